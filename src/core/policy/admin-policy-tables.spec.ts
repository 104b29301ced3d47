import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../kernel/json.js';
import { askPolicy, policyCluster, type PolicySpecs } from '../../../test/support/policy-cluster.js';
import { NETPOL_ANALYZER } from '../../../test/support/policy-exposure.js';

const ALL = 'All Connections';
const NONE = 'No Connections';
const BUT_TCP_80 = 'SCTP 1-65535,TCP 1-79,81-65535,UDP 1-65535';
const BUT_UDP_80 = 'SCTP 1-65535,TCP 1-65535,UDP 1-79,81-65535';
const BUT_TCP_80_81 = 'SCTP 1-65535,TCP 1-79,82-65535,UDP 1-65535';
const BUT_80_81 = 'SCTP 1-65535,TCP 1-79,82-65535,UDP 1-79,82-65535';
const BUT_80 = 'SCTP 1-65535,TCP 1-79,81-65535,UDP 1-79,81-65535';

const pods = (namespace: string | undefined, pod?: string): JsonObject => ({
  pods: {
    namespaceSelector: namespace === undefined ? {} : { matchLabels: { ns: namespace } },
    podSelector: pod === undefined ? {} : { matchLabels: { pod } },
  },
});
const namespaces = (name?: string): JsonObject => ({ namespaces: name === undefined ? {} : { matchLabels: { ns: name } } });

const PORT_80: JsonObject = { portNumber: { port: 80 } };
const UDP_80: JsonObject = { portNumber: { port: 80, protocol: 'UDP' } };
const range = (protocol: string): JsonObject => ({ portRange: { protocol, start: 80, end: 81 } });
const RANGES = [range('TCP'), range('UDP')];

type Rule = readonly [action: 'Allow' | 'Deny' | 'Pass', peer: JsonObject, ...ports: readonly JsonObject[]];
interface Written {
  readonly subject: JsonObject;
  readonly priority?: number;
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

function rules(key: 'from' | 'to', list: readonly Rule[]): JsonObject[] {
  return list.map(([action, peer, ...ports]) => ({ action, [key]: [peer], ...(ports.length > 0 ? { ports } : {}) }));
}

function policy({ subject, priority, ingress = [], egress = [] }: Written): JsonObject {
  return { subject, ...(priority === undefined ? {} : { priority }), ingress: rules('from', ingress), egress: rules('to', egress) };
}

const anp = (written: Written) => policy({ priority: 100, ...written });
const EVERYBODY = namespaces();
const X_A = pods('x', 'a');
const X_B = pods('x', 'b');
const UDP_80_FROM_Y = (action: Rule[0]): Rule => [action, namespaces('y'), UDP_80];
const UDP_80_TO_X = (action: Rule[0]): Rule => [action, namespaces('x'), UDP_80];
const TCP_80_TO_X = (action: Rule[0]): Rule => [action, namespaces('x'), PORT_80];
const FROM_Y = (action: Rule[0]): Rule => [action, namespaces('y')];
const TO_X = (action: Rule[0]): Rule => [action, namespaces('x')];
const everywhere = (written: Omit<Written, 'subject'>) => anp({ subject: EVERYBODY, ...written });
const baseline = (ingress: readonly Rule[]) => policy({ subject: EVERYBODY, ingress });
const DENY_ALL = baseline([['Deny', EVERYBODY]]);
const DENY_EGRESS = everywhere({ egress: [['Deny', EVERYBODY, ...RANGES]] });
const allowEgress = (priority: number) => everywhere({ priority, egress: [['Allow', EVERYBODY, ...RANGES]] });
const xAToXB = (action: Rule[0], ...ports: readonly JsonObject[]): Written => ({ subject: X_A, egress: [[action, X_B, ...ports]] });
const networkPolicyOfA = (from?: readonly JsonObject[]): JsonObject => ({
  podSelector: { matchLabels: { pod: 'a' } },
  policyTypes: ['Ingress'],
  ingress: [{ ...(from ? { from } : {}), ports: [{ protocol: 'UDP', port: 80 }] }],
});

/** What is not everything, by `from -> to`; `x/* -> y/*` is all of them. */
type Expected = Readonly<Record<string, string>>;
type Case = readonly [name: string, policies: PolicySpecs, expected: Expected, names?: string, pods?: string];

const ANP: readonly Case[] = [
  ['egress port number protocol unspecified', { 'anp p': anp(xAToXB('Deny', PORT_80)) }, { 'x/a -> x/b': BUT_TCP_80 }],
  [
    'ingress port number protocol unspecified',
    { 'anp p': anp({ subject: X_A, ingress: [['Deny', X_B, PORT_80]] }) },
    { 'x/b -> x/a': BUT_TCP_80 },
  ],
  [
    'ingress named port',
    { 'anp p': anp({ subject: X_A, ingress: [['Deny', X_B, { namedPort: 'serve-80-tcp' }]] }) },
    { 'x/b -> x/a': BUT_TCP_80 },
  ],
  [
    'ingress same labels port range',
    { 'anp p': anp({ subject: X_A, ingress: [['Deny', pods('x'), range('TCP')]] }) },
    { 'x/* -> x/a': BUT_TCP_80_81 },
    'x y z',
    'a b c',
  ],
  ['not same labels', { 'anp p': anp({ subject: X_A, ingress: [['Deny', pods('y'), UDP_80]] }) }, { 'y/* -> x/a': BUT_UDP_80 }],
  [
    'ordering matters for overlapping rules (order #1)',
    {
      'anp p': anp({
        subject: X_A,
        ingress: [
          ['Allow', pods('y', 'a'), UDP_80],
          ['Deny', pods('y'), UDP_80],
        ],
      }),
    },
    { 'y/b -> x/a': BUT_UDP_80 },
  ],
  [
    'ordering matters for overlapping rules (order #2)',
    {
      'anp p': anp({
        subject: X_A,
        ingress: [
          ['Deny', pods('y'), UDP_80],
          ['Allow', pods('y', 'a'), UDP_80],
        ],
      }),
    },
    { 'y/* -> x/a': BUT_UDP_80 },
  ],
  ['deny all egress', { 'anp p': DENY_EGRESS }, { '* -> *': BUT_80_81 }],
  ['multiple ANPs (priority order #1)', { 'anp a': allowEgress(99), 'anp p': DENY_EGRESS }, {}],
  ['multiple ANPs (priority order #2)', { 'anp a': allowEgress(101), 'anp p': DENY_EGRESS }, { '* -> *': BUT_80_81 }],
  [
    'unmatched ingress and egress connection #1',
    { 'anp p': everywhere({ egress: [TCP_80_TO_X('Allow'), TO_X('Deny')], ingress: [UDP_80_FROM_Y('Allow'), FROM_Y('Deny')] }) },
    { 'x/* -> x/*': 'TCP 80', 'y/* -> x/*': NONE, 'y/* -> y/*': 'UDP 80' },
  ],
  ['unmatched #2', { 'anp p': everywhere({ egress: [TCP_80_TO_X('Allow')], ingress: [UDP_80_FROM_Y('Allow')] }) }, {}],
  [
    'unmatched #4',
    { 'anp p': everywhere({ egress: [UDP_80_TO_X('Deny')], ingress: [UDP_80_FROM_Y('Allow')] }) },
    { '* -> x/*': BUT_UDP_80 },
  ],
  [
    'unmatched #6',
    { 'anp p': everywhere({ egress: [UDP_80_TO_X('Allow')], ingress: [UDP_80_FROM_Y('Deny')] }) },
    { 'y/* -> *': BUT_UDP_80 },
  ],
  [
    'unmatched #7',
    {
      'anp a': policy({ priority: 15, subject: namespaces('y'), egress: [['Allow', namespaces('x'), range('TCP')], TO_X('Deny')] }),
      'anp b': policy({ priority: 4, subject: namespaces('x'), ingress: [UDP_80_FROM_Y('Allow')] }),
    },
    { 'y/* -> x/*': 'TCP 80-81' },
  ],
  [
    'unmatched #13',
    { 'anp p': everywhere({ egress: [TCP_80_TO_X('Pass'), TO_X('Deny')], ingress: [UDP_80_FROM_Y('Pass'), FROM_Y('Deny')] }) },
    { 'x/* -> x/*': 'TCP 80', 'y/* -> x/*': NONE, 'y/* -> y/*': 'UDP 80' },
  ],
  ['ANP allow specific port', { 'anp p': anp(xAToXB('Allow', UDP_80)) }, {}],
  ['ANP deny specific port', { 'anp p': anp(xAToXB('Deny', UDP_80)) }, { 'x/a -> x/b': BUT_UDP_80 }],
];

const BANP: readonly Case[] = [
  ['egress', { 'banp default': policy({ subject: X_A, egress: [['Deny', pods(undefined, 'b')]] }) }, { 'x/a -> */b': NONE }],
  ['ingress', { 'banp default': policy({ subject: X_A, ingress: [['Deny', pods(undefined, 'b')]] }) }, { '*/b -> x/a': NONE }],
  [
    'ordering matters for overlapping rules (order #1)',
    {
      'banp default': baseline([
        ['Allow', pods('y', 'b')],
        ['Deny', EVERYBODY],
      ]),
    },
    { 'x/* -> *': NONE, 'y/a -> *': NONE },
  ],
  [
    'ordering matters for overlapping rules (order #2)',
    {
      'banp default': baseline([
        ['Deny', EVERYBODY],
        ['Deny', pods('y', 'b')],
      ]),
    },
    { '* -> *': NONE },
  ],
  ['banp allow specific port', { 'banp default': policy(xAToXB('Allow', PORT_80)) }, {}],
  ['banp deny specific port', { 'banp default': policy(xAToXB('Deny', PORT_80)) }, { 'x/a -> x/b': BUT_TCP_80 }],
];

const WITH_NETWORK_POLICIES: readonly Case[] = [
  [
    'ANP allow all over NetPol',
    { 'x/base': networkPolicyOfA(), 'anp p': everywhere({ priority: 99, ingress: [['Allow', EVERYBODY, ...RANGES]] }) },
    { '* -> x/a': 'TCP 80-81,UDP 80-81' },
  ],
  [
    'ANP allow some over NetPol',
    { 'x/base': networkPolicyOfA(), 'anp p': everywhere({ priority: 99, ingress: [['Allow', namespaces('x'), ...RANGES]] }) },
    { 'x/* -> x/a': 'TCP 80-81,UDP 80-81', 'y/* -> x/a': 'UDP 80' },
  ],
  [
    'unmatched #8',
    {
      'x/base': { podSelector: {}, policyTypes: ['Egress'] },
      'anp p': policy({ priority: 15, subject: namespaces('y'), ingress: [['Allow', namespaces('x')]] }),
    },
    { 'x/* -> *': NONE },
  ],
  [
    'BANP deny all after NetPol',
    { 'x/base': networkPolicyOfA([{ podSelector: { matchLabels: { pod: 'b' } } }]), 'banp default': DENY_ALL },
    { 'x/b -> x/a': 'UDP 80', 'x/a -> x/b': NONE },
    'x',
  ],
];

const BOTH: readonly Case[] = [
  [
    'BANP deny all after ANP',
    { 'anp p': anp({ subject: X_A, ingress: [['Allow', namespaces('x'), UDP_80]] }), 'banp default': DENY_ALL },
    { '* -> *': NONE, 'x/b -> x/a': 'UDP 80' },
  ],
  [
    'ANP pass some and allow rest over BANP',
    {
      'anp a': anp({ subject: X_A, ingress: [['Pass', namespaces('x'), UDP_80]] }),
      'anp b': everywhere({ priority: 101, ingress: [['Allow', EVERYBODY]] }),
      'banp default': DENY_ALL,
    },
    { 'x/b -> x/a': BUT_UDP_80 },
  ],
  [
    'unmatched #3',
    {
      'anp p': everywhere({ egress: [UDP_80_TO_X('Pass')], ingress: [UDP_80_FROM_Y('Allow')] }),
      'banp default': baseline([FROM_Y('Deny')]),
    },
    { 'y/* -> *': 'UDP 80' },
  ],
  [
    'unmatched #5',
    {
      'anp p': everywhere({ egress: [UDP_80_TO_X('Allow')], ingress: [UDP_80_FROM_Y('Pass')] }),
      'banp default': baseline([FROM_Y('Deny')]),
    },
    { 'y/* -> *': NONE },
  ],
  [
    'unmatched #11',
    {
      'anp p': everywhere({ egress: [UDP_80_TO_X('Pass')], ingress: [UDP_80_FROM_Y('Deny')] }),
      'banp default': baseline([FROM_Y('Allow')]),
    },
    { 'y/* -> *': BUT_UDP_80 },
  ],
  [
    'unmatched #12',
    {
      'anp p': everywhere({ egress: [UDP_80_TO_X('Deny')], ingress: [UDP_80_FROM_Y('Pass')] }),
      'banp default': baseline([FROM_Y('Allow')]),
    },
    { '* -> x/*': BUT_UDP_80 },
  ],
  [
    'unmatched #14',
    {
      'anp p': everywhere({ egress: [TCP_80_TO_X('Pass'), TO_X('Allow')], ingress: [UDP_80_FROM_Y('Pass'), FROM_Y('Allow')] }),
      'banp default': baseline([FROM_Y('Deny')]),
    },
    { 'y/* -> *': BUT_UDP_80 },
  ],
  [
    'unmatched #9',
    {
      'anp p': anp({ subject: namespaces('y'), egress: [TO_X('Pass')] }),
      'banp default': policy({ subject: namespaces('y'), egress: [TO_X('Deny')] }),
    },
    { 'y/* -> x/*': NONE },
  ],
  ['allow specific ports', { 'anp p': anp(xAToXB('Allow', UDP_80)), 'banp default': policy(xAToXB('Allow', PORT_80)) }, {}],
  [
    'deny specific ports',
    { 'anp p': anp(xAToXB('Deny', UDP_80)), 'banp default': policy(xAToXB('Deny', PORT_80)) },
    { 'x/a -> x/b': BUT_80 },
  ],
];

const PORTS = 'serve-80-tcp=80 serve-81-tcp=81 serve-80-udp=80/UDP serve-81-udp=81/UDP';

/** Every pair of pods that differ. */
function pairsOf(names: string, podNames: string): readonly string[] {
  const all = names.split(' ').flatMap((namespace) => podNames.split(' ').map((pod) => `${namespace}/${pod}`));
  return all.flatMap((from) => all.filter((to) => to !== from).map((to) => `${from} -> ${to}`));
}

/** The last that fits. */
function expectedOf(pair: string, expected: Expected): string {
  const fits = (pattern: string) => new RegExp(`^${pattern.replaceAll('*', '[a-z/]+')}$`).test(pair);
  return Object.entries(expected).findLast(([pattern]) => fits(pattern))?.[1] ?? ALL;
}

/**
 * kubernetes-sigs/network-policy-api `cmd/policy-assistant/test/integration/integration_test.go`, with what np-guard/netpol-analyzer added in its `pkg/internal/testutils` examples of
 * parsed resources: every pair of pods of each.
 */
describe.each([
  ['AdminNetworkPolicy', ANP],
  ['BaselineAdminNetworkPolicy', BANP],
  ['with NetworkPolicies', WITH_NETWORK_POLICIES],
  ['both', BOTH],
] as const)('tables of policy-assistant: %s', (_, cases) => {
  it.each(cases.map((one) => [one[0], one] as const))('%s', (__, [, policies, expected, names = 'x y', podNames = 'a b']) => {
    const objects = names
      .split(' ')
      .flatMap((namespace) => [
        `ns ${namespace} ns=${namespace}`,
        ...podNames.split(' ').map((pod) => `${namespace}/${pod} pod=${pod} ${PORTS}`),
      ]);
    const model = policyCluster(objects.join('\n'), policies, NETPOL_ANALYZER);
    const pairs = pairsOf(names, podNames);
    expect(pairs.map((pair) => [pair, askPolicy(model, pair).result.connection])).toEqual(
      pairs.map((pair) => [pair, expectedOf(pair, expected)]),
    );
  });
});

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../kernel/json.js';
import type { PolicySpecs } from '../../../test/support/policy-cluster.js';
import { deployments, exposureLines } from '../../../test/support/policy-exposure.js';

const OUT = '0.0.0.0-255.255.255.255';
const ALL = 'All Connections';
const HELLO_WORLD = { matchLabels: { 'kubernetes.io/metadata.name': 'hello-world' } };
const WHOLE = { namespaces: HELLO_WORLD };
const ONLY_A = { pods: { namespaceSelector: HELLO_WORLD, podSelector: { matchLabels: { app: 'a-app' } } } };
const EVERYBODY = { namespaces: {} };
const EVERY_POD = { pods: { namespaceSelector: {}, podSelector: {} } };
const OWN_PODS = { pods: { namespaceSelector: HELLO_WORLD } };
const SLYTHERIN = { namespaces: { matchLabels: { 'conformance-house': 'slytherin' } } };
const NEW_APP = {
  pods: {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'new-ns' } },
    podSelector: { matchLabels: { app: 'new-app' } },
  },
};
const MONITORING = { pods: { podSelector: { matchLabels: { role: 'monitoring' } } } };

type Action = 'Allow' | 'Deny' | 'Pass';
/** `TCP 80`; none is everything. */
type Rule = readonly [action: Action, peer: JsonObject, ...ports: readonly string[]];

/** `local-port` is a name. */
const portOf = (port: string): JsonObject =>
  port.includes(' ') ? { portNumber: { protocol: port.slice(0, 3), port: Number(port.slice(4)) } } : { namedPort: port };

function rules(key: 'from' | 'to', list: readonly Rule[]): JsonObject[] {
  return list.map(([action, peer, ...ports]) => ({
    action,
    [key]: [peer],
    ...(ports.length > 0 ? { ports: ports.map(portOf) } : {}),
  }));
}

/** One of a `priority`; the baseline one where there is none. */
function policy(subject: JsonObject, both: { ingress?: readonly Rule[]; egress?: readonly Rule[] }, priority?: number): JsonObject {
  const { ingress = [], egress = [] } = both;
  return { subject, ...(priority === undefined ? {} : { priority }), ingress: rules('from', ingress), egress: rules('to', egress) };
}

/** The same rules both ways. */
const bothWays = (...list: readonly Rule[]) => ({ ingress: list, egress: list });

function networkPolicy(from?: readonly JsonObject[], to = from): JsonObject {
  return {
    podSelector: { matchLabels: { app: 'a-app' } },
    policyTypes: ['Ingress', 'Egress'],
    ...(from && to ? { ingress: from.map((one) => ({ from: [one] })), egress: to.map((one) => ({ to: [one] })) } : {}),
  };
}

const but = (port: number) => `SCTP 1-65535,TCP 1-${port - 1},${port + 1}-65535,UDP 1-65535`;
/** The same lines both ways. */
const ways = (workload: string, ...exposed: readonly (readonly [who: string, connection: string])[]) =>
  exposed.flatMap(([who, connection]) => [`${workload} => ${who} : ${connection}`, `${workload} <= ${who} : ${connection}`]);
const OPEN_B = ways('workload-b', [OUT, ALL], ['entire-cluster', ALL]);
const UNPROTECTED_B = ['workload-b is not protected on Egress', 'workload-b is not protected on Ingress'];

interface Case {
  readonly name: string;
  /** Ports that have names, of workload-a and workload-b. */
  readonly ports?: readonly [a: string, b: string];
  readonly policies: PolicySpecs;
  readonly lines: readonly string[];
}

const MANAGED_PODS = {
  namespaceSelector: {
    matchLabels: { foo: 'managed' },
    matchExpressions: [
      { key: 'env', operator: 'Exists' },
      { key: 'app', operator: 'DoesNotExist' },
    ],
  },
  podSelector: {
    matchLabels: { app: 'app-x' },
    matchExpressions: [{ key: 'role', operator: 'NotIn', values: ['monitoring', 'search', 'web'] }],
  },
};
const MANAGED_NAME =
  '[namespace with {foo=managed,{Key:app,Operator:DoesNotExist,Values:[],},{Key:env,Operator:Exists,Values:[],}}]/[pod with {app=app-x,{Key:role,Operator:NotIn,Values:[monitoring search web],}}]';
const reversed = ({ namespaceSelector, podSelector }: typeof MANAGED_PODS) => ({
  namespaceSelector: { ...namespaceSelector, matchExpressions: [...namespaceSelector.matchExpressions].toReversed() },
  podSelector,
});

const CASES: readonly Case[] = [
  {
    name: 'anp_1: allowed before a policy that denies all',
    policies: { 'anp p': policy(WHOLE, bothWays(['Allow', SLYTHERIN, 'TCP 80']), 10), 'hello-world/deny': networkPolicy() },
    lines: [...ways('workload-a', ['[namespace with {conformance-house=slytherin}]/[all pods]', 'TCP 80']), ...OPEN_B],
  },
  {
    name: 'anp_2_w_np: beside what a policy allows others',
    policies: {
      'anp p': policy(WHOLE, bothWays(['Allow', SLYTHERIN, 'TCP 80']), 10),
      'hello-world/p': networkPolicy([{ namespaceSelector: { matchLabels: { 'conformance-house': 'gryffindor' } } }]),
    },
    lines: [
      ...ways(
        'workload-a',
        ['[namespace with {conformance-house=slytherin}]/[all pods]', 'TCP 80'],
        ['[namespace with {conformance-house=gryffindor}]/[all pods]', ALL],
      ),
      ...OPEN_B,
    ],
  },
  {
    name: 'anp_4_entire_cluster_example: one port of the whole cluster',
    policies: { 'anp p': policy(WHOLE, bothWays(['Allow', EVERYBODY, 'TCP 80']), 10), 'hello-world/deny': networkPolicy() },
    lines: [...ways('workload-a', ['entire-cluster', 'TCP 80']), ...OPEN_B],
  },
  {
    name: 'anp_5_entire_cluster_example: all but one port, and addresses outside as ever',
    policies: { 'anp p': policy(WHOLE, bothWays(['Deny', EVERYBODY, 'TCP 80']), 10) },
    lines: ['workload-a', 'workload-b'].flatMap((workload) => ways(workload, [OUT, ALL], ['entire-cluster', but(80)])),
  },
  {
    name: 'anp_6_entire_cluster_example: what is passed is left to the policy',
    policies: {
      'anp p': policy(WHOLE, bothWays(['Pass', EVERYBODY, 'TCP 80']), 10),
      'hello-world/p': {
        podSelector: { matchLabels: { app: 'a-app' } },
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: 9090 }] }],
        egress: [{ to: [{ namespaceSelector: {} }], ports: [{ port: 80 }, { port: 9090 }] }],
      },
    },
    lines: ['workload-a => entire-cluster : TCP 80,9090', 'workload-a <= entire-cluster : TCP 9090', ...OPEN_B],
  },
  {
    name: 'anp_10_with_real_pod: a denial of a pod that is there is no exception',
    policies: {
      'anp p': policy(
        ONLY_A,
        {
          egress: [
            ['Deny', { pods: { namespaceSelector: HELLO_WORLD, podSelector: { matchLabels: { app: 'b-app' } } } }],
            ['Allow', EVERYBODY],
          ],
        },
        10,
      ),
    },
    lines: [
      ...ways('workload-a', [OUT, ALL], ['entire-cluster', ALL]),
      ...OPEN_B,
      'workload-a is not protected on Ingress',
      ...UNPROTECTED_B,
    ],
  },
  {
    name: 'anp_11_with_named_port: only the pod that receives knows number and protocol',
    ports: ['local-port=8050/UDP', 'local-port=8050'],
    policies: { 'anp p': policy(ONLY_A, bothWays(['Allow', EVERYBODY, 'local-port']), 10), 'hello-world/deny': networkPolicy() },
    lines: ['workload-a => entire-cluster :  local-port', 'workload-a <= entire-cluster : UDP 8050', ...OPEN_B, ...UNPROTECTED_B],
  },
  {
    name: 'anp_12: the pods of one namespace before the baseline',
    policies: {
      'anp p': policy(ONLY_A, bothWays(['Allow', OWN_PODS, 'TCP 9090']), 10),
      'banp default': policy(ONLY_A, bothWays(['Deny', EVERY_POD, 'TCP 9090'])),
    },
    lines: [...ways('workload-a', [OUT, ALL], ['entire-cluster', but(9090)], ['[all pods]', ALL]), ...OPEN_B, ...UNPROTECTED_B],
  },
  {
    name: 'anp_13: no addresses outside, and the baseline denies the rest',
    policies: {
      'anp p': policy(
        ONLY_A,
        {
          egress: [
            ['Deny', { networks: ['0.0.0.0/0'] }],
            ['Allow', NEW_APP, 'TCP 80'],
          ],
          ingress: [['Allow', OWN_PODS, 'TCP 9090']],
        },
        10,
      ),
      'banp default': policy(ONLY_A, bothWays(['Deny', EVERY_POD])),
    },
    lines: [
      'workload-a => new-ns/[pod with {app=new-app}] : TCP 80',
      `workload-a <= ${OUT} : All Connections`,
      'workload-a <= [all pods] : TCP 9090',
      ...OPEN_B,
      ...UNPROTECTED_B,
    ],
  },
  {
    name: 'anp_14: expressions in another order are the same pods',
    policies: {
      'anp p': policy(ONLY_A, { egress: [['Allow', { pods: MANAGED_PODS }]], ingress: [['Allow', { pods: reversed(MANAGED_PODS) }]] }, 10),
      'banp default': policy(WHOLE, bothWays(['Deny', EVERY_POD])),
    },
    lines: ways('workload-a', [OUT, ALL], [MANAGED_NAME, ALL]),
  },
  {
    name: 'anp_15: four of them by their priorities',
    policies: {
      'anp a': policy(ONLY_A, bothWays(['Allow', OWN_PODS, 'TCP 9090']), 10),
      'anp b': policy(ONLY_A, bothWays(['Deny', OWN_PODS]), 100),
      'anp c': policy(
        WHOLE,
        {
          egress: [
            ['Pass', NEW_APP, 'UDP 53'],
            ['Allow', NEW_APP, 'UDP 58'],
          ],
        },
        25,
      ),
      'anp d': policy(ONLY_A, bothWays(['Deny', { pods: { namespaceSelector: {} } }]), 200),
    },
    lines: [
      ...ways('workload-a', [OUT, ALL], ['[all pods]', 'TCP 9090']),
      'workload-a => new-ns/[pod with {app=new-app}] : UDP 53,58',
      ...OPEN_B,
      'workload-b is not protected on Ingress',
    ],
  },
  {
    name: 'anp_16: certain pods of any namespace are left out of the whole cluster',
    policies: {
      'anp p': policy(ONLY_A, bothWays(['Deny', MONITORING]), 10),
      'hello-world/p': networkPolicy([{ namespaceSelector: {} }]),
    },
    lines: [
      ...ways('workload-a', ['[all namespaces]/[pod with {role=monitoring}]', 'No Connections'], ['entire-cluster', ALL]),
      ...OPEN_B,
      ...UNPROTECTED_B,
    ],
  },
];

/** np-guard/netpol-analyzer `exposure_test_with_anp_…` of `tests/` and `test_outputs/connlist/`; 3, 7, 8 and 9 are in exposure.spec.ts. */
describe('exposure: policies of the cluster, as netpol-analyzer tells it', () => {
  it.each(CASES.map((one) => [one.name, one] as const))('%s', (_, { policies, lines, ports: [a, b] = ['', ''] }) => {
    const model = deployments([`hello-world/workload-a app=a-app ${a}`.trim(), `hello-world/workload-b app=b-app ${b}`.trim()], policies, [
      ['hello-world', { 'kubernetes.io/metadata.name': 'hello-world' }],
    ]);
    expect([...exposureLines(model)].sort()).toEqual([...lines].sort());
  });
});

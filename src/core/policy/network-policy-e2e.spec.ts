import { describe, expect, it } from 'vitest';
import { askPolicy, policyCluster, type PolicySpecs } from '../../../test/support/policy-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import type { ProfileSettings } from '../model/profile-settings.js';

/**
 * kubernetes `test/e2e/network/netpol/network_policy.go`: namespaces x, y, z with pods a, b, c that serve ports 80 and 81, each by its name. Of every step one row:
 * the pods, the policies that are there by then, the port that is tried, and who reaches whom: everybody everybody, but as the lines say, the later before the
 * earlier. What a pod has to say to itself the suite leaves aside (`probe.go`, ignoreLoopback).
 */

const SETTINGS: ProfileSettings = { policy: { ipBlockMatchesPods: true } };
const PORTS = ['80', '81']
  .flatMap((port) => ['TCP', 'UDP', 'SCTP'].map((of) => `serve-${port}-${of.toLowerCase()}=${port}/${of}`))
  .join(' ');
const ADDRESS: Readonly<Record<string, string>> = { x: '10.0.1', y: '10.0.2', z: '10.0.3', a: '1', b: '2', c: '3' };

function clusterOf(pods: readonly string[], policies: PolicySpecs, more: Readonly<Record<string, string>>) {
  const namespaces = ['x', 'y', 'z'].map((name) => `ns ${name} ns=${name} ${more[name] ?? ''}`);
  const lines = pods.map((pod) => {
    const [namespace = '', name = ''] = pod.split('/');
    return `${pod} pod=${name} ${more[pod] ?? ''} ${PORTS} @${ADDRESS[namespace] ?? ''}.${ADDRESS[name] ?? ''}`;
  });
  return policyCluster([...namespaces, ...lines].join('\n'), policies, SETTINGS);
}

/** The pairs that do not reach one another, as the lines of a row have it: `* -> x/a no`, `y -> x/a yes`. */
function expectedDenials(pairs: readonly (readonly [from: string, to: string])[], lines: string): readonly string[] {
  const means = (pattern: string, pod: string) => pattern === '*' || pattern === pod || pod.startsWith(`${pattern}/`);
  const rules = lines.split(', ').filter(Boolean);
  const verdict = ([from, to]: readonly [string, string]) =>
    rules.reduce((reaches, rule) => {
      const [of = '', , at = '', word] = rule.split(' ');
      return means(of, from) && means(at, to) ? word === 'yes' : reaches;
    }, true);
  return pairs.filter((pair) => !verdict(pair)).map(([from, to]) => `${from} -> ${to}`);
}

const select = (matchLabels: JsonObject): JsonObject => ({ matchLabels });
const expression = (key: string, operator: string, ...values: string[]): JsonObject => ({ matchExpressions: [{ key, operator, values }] });
const a = select({ pod: 'a' });
/** Both or one of ingress and egress, for every pod or those selected. */
const about = (podSelector: JsonObject, { ingress, egress }: { ingress?: readonly object[]; egress?: readonly object[] }): JsonObject =>
  ({
    podSelector,
    ...(ingress ? { ingress } : {}),
    ...(egress ? { egress } : {}),
    policyTypes: [...(ingress ? ['Ingress'] : []), ...(egress ? ['Egress'] : [])],
  }) as JsonObject;
const toA = (...ingress: object[]): PolicySpecs => ({ 'x/p': about(a, { ingress }) });
const fromA = (...egress: object[]): PolicySpecs => ({ 'x/p': about(a, { egress }) });
const inX = (spec: Parameters<typeof about>[1]): PolicySpecs => ({ 'x/p': about({}, spec) });
const ns = (name: string): JsonObject => ({ namespaceSelector: select({ ns: name }) });
const pod = (name: string): JsonObject => ({ podSelector: select({ pod: name }) });
const elsewhere: JsonObject = { namespaceSelector: expression('ns', 'NotIn', 'x') };
const tcp = (port: number | string): JsonObject => ({ port, protocol: 'TCP' });
const blocks = (cidr: string, ...except: string[]): JsonObject => ({
  to: [{ ipBlock: { cidr, ...(except.length > 0 ? { except } : {}) } }],
});

type Row = readonly [
  what: string,
  pods: string,
  policies: PolicySpecs,
  tried: string,
  reached: string,
  labels?: Readonly<Record<string, string>>,
];

const stacked = { 'x/81': about(a, { ingress: [{ from: [ns('y')], ports: [tcp(81)] }] }) };
const denied = { 'x/deny': about({}, { ingress: [] }) };
const both = { 'x/p': about(a, { ingress: [{ from: [pod('b')] }], egress: [{ ports: [{ port: 80 }] }] }) };
const clientSide = {
  'x/p': about(a, { egress: [{ to: [{ ...ns('y'), ...pod('a') }] }] }),
  'y/a': about(a, { ingress: [{ from: [{ ...ns('x'), ...pod('a') }] }] }),
  'y/b': about(select({ pod: 'b' }), { ingress: [{ from: [{ ...ns('x'), ...pod('a') }] }] }),
};

const ROWS: readonly Row[] = [
  ["a 'default-deny-ingress' policy", 'x/a x/b y/a', inX({ ingress: [] }), '80', '* -> x no'],
  ["a 'default-deny-all' policy", 'x/a x/b y/a', inX({ ingress: [], egress: [] }), '80', '* -> x no, x -> * no'],
  ['from pods within the namespace', 'x/a x/b x/c y/a', toA({ from: [pod('b')] }), '80', '* -> x/a no, x/b -> x/a yes'],
  [
    'to a target, where all others are closed',
    'x/a x/b y/a',
    { ...denied, ...toA({ from: [{ podSelector: {}, namespaceSelector: {} }] }) },
    '80',
    '* -> x/b no',
  ],
  ['from all namespaces', 'x/a x/b y/a z/a', toA({ from: [{ namespaceSelector: {} }] }), '80', ''],
  ['from another namespace', 'x/a x/b y/a z/a', toA({ from: [ns('y')] }), '80', 'x -> x/a no, z -> x/a no'],
  [
    'a podSelector with matchExpressions',
    'x/a x/b y/a',
    toA({ from: [{ podSelector: expression('pod', 'In', 'b') }] }),
    '80',
    '* -> x/a no, x/b -> x/a yes',
  ],
  [
    'a namespaceSelector with matchExpressions',
    'x/a x/b y/a z/a',
    toA({ from: [{ namespaceSelector: expression('ns', 'In', 'y') }] }),
    '80',
    'x -> x/a no, z -> x/a no',
  ],
  ['podSelector or namespaceSelector', 'x/a x/b x/c y/a', toA({ from: [elsewhere, pod('b')] }), '80', 'x/c -> x/a no'],
  [
    'podSelector and namespaceSelector',
    'x/a x/b y/a y/b z/b',
    toA({ from: [{ ...elsewhere, ...pod('b') }] }),
    '80',
    '* -> x/a no, y/b -> x/a yes, z/b -> x/a yes',
  ],
  [
    'several pods of several namespaces',
    'x/a x/b y/a y/b y/c',
    toA({ from: [{ ...elsewhere, podSelector: expression('pod', 'In', 'b', 'c') }] }),
    '80',
    'x -> x/a no, y/a -> x/a no',
  ],
  ['any of several podSelectors', 'x/a x/b x/c', toA({ from: [pod('b'), pod('c')] }), '80', ''],
  ['a pod of another namespace', 'x/a x/b y/a y/b z/a', toA({ from: [{ ...ns('y'), ...pod('a') }] }), '80', '* -> x/a no, y/a -> x/a yes'],
  ['ports', 'x/a x/b y/a y/b z/a', stacked, '81', 'x -> x/a no, z -> x/a no'],
  ['stacked policies: the port of neither', 'x/a x/b y/a y/b z/a', stacked, '80', '* -> x/a no'],
  [
    'stacked policies: the port of the second',
    'x/a x/b y/a y/b z/a',
    { ...stacked, 'x/80': about(a, { ingress: [{ from: [ns('y')], ports: [tcp(80)] }] }) },
    '80',
    'x -> x/a no, z -> x/a no',
  ],
  ['an allow-all policy', 'x/a x/b y/a', inX({ ingress: [{}] }), '80', ''],
  ['a named port', 'x/a x/b y/a', inX({ ingress: [{ ports: [{ port: 'serve-81-tcp' }] }] }), '81', ''],
  ['a named port, and another one', 'x/a x/b y/a', inX({ ingress: [{ ports: [{ port: 'serve-81-tcp' }] }] }), '80', '* -> x no'],
  [
    'a named port for a namespace',
    'x/a x/b y/a z/a',
    toA({ from: [ns('y')], ports: [tcp('serve-80-tcp')] }),
    '80',
    'x -> x/a no, z -> x/a no',
  ],
  [
    'a named port for a namespace, and another',
    'x/a x/b y/a z/a',
    toA({ from: [ns('y')], ports: [tcp('serve-80-tcp')] }),
    '81',
    '* -> x/a no',
  ],
  ['a named port of egress', 'x/a y/a', inX({ egress: [{ ports: [{ port: 'serve-80-tcp' }] }] }), '80', ''],
  ['a named port of egress, and another', 'x/a y/a', inX({ egress: [{ ports: [{ port: 'serve-80-tcp' }] }] }), '81', 'x -> * no'],
  ['an updated policy: from allow-all to deny-all', 'x/a y/a', inX({ ingress: [] }), '81', '* -> x no'],
  ['a namespace without the label', 'x/a y/a', toA({ from: [{ namespaceSelector: select({ ns2: 'updated' }) }] }), '80', '* -> x/a no'],
  [
    'a namespace that got it',
    'x/a y/a',
    toA({ from: [{ namespaceSelector: select({ ns2: 'updated' }) }] }),
    '80',
    '',
    { y: 'ns2=updated' },
  ],
  ['a pod without the label', 'x/a x/b', toA({ from: [{ podSelector: select({ pod: 'b', pod2: 'updated' }) }] }), '80', '* -> x/a no'],
  [
    'a pod that got it',
    'x/a x/b',
    toA({ from: [{ podSelector: select({ pod: 'b', pod2: 'updated' }) }] }),
    '80',
    '',
    { 'x/b': 'pod2=updated' },
  ],
  ['from pods of other namespaces', 'x/a x/b y/a z/a', inX({ ingress: [{ from: [{ podSelector: {} }] }] }), '80', 'y -> x no, z -> x no'],
  ['to a pod that is not selected', 'x/a y/a', { 'x/p': about(select({ target: 'isolated' }), { ingress: [] }) }, '80', ''],
  [
    'to a pod that got the label',
    'x/a y/a',
    { 'x/p': about(select({ target: 'isolated' }), { ingress: [] }) },
    '80',
    '* -> x/a no',
    { 'x/a': 'target=isolated' },
  ],
  ['egress of a pod', 'x/a x/b y/a', fromA(), '80', 'x/a -> * no'],
  ['egress of a namespace', 'x/a x/b y/a', inX({ egress: [] }), '80', 'x -> * no'],
  ['ingress and egress together', 'x/a x/b x/c y/a', both, '80', '* -> x/a no, x/b -> x/a yes'],
  ['ingress and egress together, another port', 'x/a x/b x/c y/a', both, '81', '* -> x/a no, x/a -> * no, x/b -> x/a yes'],
  [
    'egress denied on the client side, "even if the server explicitly allows this traffic"',
    'x/a y/a y/b',
    clientSide,
    '80',
    'x/a -> * no, * -> y/a no, x/a -> y/a yes, * -> y/b no',
  ],
  [
    'egress to a server of another namespace',
    'x/a y/a y/b',
    fromA({ to: [{ ...ns('y'), ...pod('a') }] }),
    '80',
    'x/a -> * no, x/a -> y/a yes',
  ],
  ['any port of a protocol', 'x/a y/a', toA({ ports: [{ protocol: 'TCP' }] }), '80', ''],
  ['any port of a protocol, over another', 'x/a y/a', toA({ ports: [{ protocol: 'TCP' }] }), '80 UDP', '* -> x/a no'],
  ['one port of ingress', 'x/a y/a', inX({ ingress: [{ ports: [{ port: 80 }] }] }), '81', '* -> x no'],
  [
    'and an allow-all policy beside',
    'x/a y/a',
    { ...inX({ ingress: [{ ports: [{ port: 80 }] }] }), 'x/all': about({}, { ingress: [{}] }) },
    '81',
    '',
  ],
  ['one port of egress', 'x/a y/a', inX({ egress: [{ ports: [{ port: 80 }] }] }), '81', 'x -> * no'],
  [
    'and an allow-all policy of egress',
    'x/a y/a',
    { ...inX({ egress: [{ ports: [{ port: 80 }] }] }), 'x/all': about({}, { egress: [{}] }) },
    '81',
    '',
  ],
  ['egress to a CIDR', 'x/a y/a y/b', fromA(blocks('10.0.2.2/32')), '80', 'x/a -> * no, x/a -> y/b yes'],
  ['egress to a CIDR but for an address', 'x/a x/b x/c', fromA(blocks('0.0.0.0/4', '10.0.1.2/32')), '80', 'x/a -> x/b no'],
  [
    'an address excepted by one policy, and allowed by another',
    'x/a x/b x/c',
    { ...fromA(blocks('0.0.0.0/4', '10.0.1.2/32')), 'x/b': about(a, { egress: [blocks('10.0.1.2/32')] }) },
    '80',
    '',
  ],
  ['an address excepted, and the policy updated to it', 'x/a x/b x/c', fromA(blocks('10.0.1.2/32')), '80', 'x/a -> * no, x/a -> x/b yes'],
  ['egress allowed', 'x/a x/b y/a', { 'x/out': about(a, { egress: [{}] }) }, '80', ''],
  ['and ingress denied, independently', 'x/a x/b y/a', { 'x/out': about(a, { egress: [{}] }), ...toA() }, '80', '* -> x/a no'],
  ['SCTP is not TCP', 'x/a y/a', { ...denied, ...toA({ ports: [{ port: 81, protocol: 'SCTP' }] }) }, '81', '* -> x no'],
  ['a rule for SCTP isolates', 'x/a y/a', toA({ ports: [{ port: 80, protocol: 'SCTP' }] }), '81', '* -> x/a no'],
  ['UDP is not TCP', 'x/a y/a', toA({ ports: [{ port: 81, protocol: 'UDP' }] }), '81', '* -> x/a no'],
  [
    'the label of the name of a namespace',
    'x/a x/b y/a z/a',
    toA({ from: [{ namespaceSelector: select({ 'kubernetes.io/metadata.name': 'y' }) }] }),
    '80',
    'x -> x/a no, z -> x/a no',
  ],
  [
    'the label of the name in matchExpressions',
    'x/a x/b y/a z/a',
    fromA({ to: [{ namespaceSelector: expression('kubernetes.io/metadata.name', 'NotIn', 'y') }] }),
    '80',
    'x/a -> y no',
  ],
];

const overProtocol = (protocol: 'UDP' | 'SCTP'): readonly Row[] => [
  [`${protocol}: default-deny-ingress`, 'x/a x/b y/a y/b', inX({ ingress: [] }), `80 ${protocol}`, '* -> x no'],
  [
    `${protocol}: ports`,
    'x/a x/b y/a z/a',
    toA({ from: [ns('y')], ports: [{ port: 81, protocol }] }),
    `81 ${protocol}`,
    'x -> x/a no, z -> x/a no',
  ],
  [`${protocol}: a pod of another namespace`, 'x/a x/b y/a', toA({ from: [{ ...ns('y'), ...pod('a') }] }), `80 ${protocol}`, 'x -> x/a no'],
];

describe('the end-to-end suite of Kubernetes', () => {
  const all = [...ROWS, ...overProtocol('UDP'), ...overProtocol('SCTP')].map((row) => [row[0], row] as const);
  it.each(all)('%s', (_, [, list, policies, tried, reached, labels = {}]) => {
    const pods = list.split(' ');
    const model = clusterOf(pods, policies, labels);
    const pairs = pods.flatMap((from) => pods.filter((to) => to !== from).map((to) => [from, to] as const));
    const [port = '', protocol = 'TCP'] = tried.split(' ');
    const verdicts = pairs.filter(([from, to]) => askPolicy(model, `${from} -> ${to}:${port} ${protocol}`).verdict === 'DENIED');
    expect(verdicts.map(([from, to]) => `${from} -> ${to}`)).toEqual(expectedDenials(pairs, reached));
  });
});

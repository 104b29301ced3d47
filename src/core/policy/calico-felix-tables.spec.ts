import { describe, expect, it } from 'vitest';
import { calicoCluster } from '../../../test/support/calico-cluster.js';
import { endpoints, judgedRows, type PolicySpecs, rowsOf } from '../../../test/support/policy-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import { finished } from '../kernel/steps.js';
import { hasConnection } from './internal/connection-set.js';
import { judgeConnection } from './internal/judge-connection.js';
import { partiesOf } from './internal/parties.js';
import { PolicyIndex } from './internal/policy-index.js';

const NUMBERS = { TCP: 6, UDP: 17, SCTP: 132 } as const;
type TableProtocol = keyof typeof NUMBERS;

const [SHARED, W0, W1, W2] = [1100, 1000, 1001, 1002];
/** What the tests of source ports connect to. */
const TARGET = 10_000;

const pod = (number: number, protocol: TableProtocol) =>
  `fv/w${number} name=w${number} shared-port=${SHARED}/${protocol} w${number}-port=${1000 + number}/${protocol} shared-udp=2200/UDP @10.65.0.1${number}`;
const named = (number: number) => `name == "w${number}"`;
const net = (number: number) => `10.65.0.1${number}/32`;

/** `1 -> 0 1100`: w1 to that port of w0. */
type Row = readonly [from: number, to: number, port: number];

/** The rows that arrive; with source ports they are turned round, and leave from the port. */
function arrives(rows: readonly Row[], protocol: TableProtocol, isSource: boolean, policy: JsonObject): readonly Row[] {
  const model = calicoCluster(['ns fv', ...[0, 1, 2, 3].map((number) => pod(number, protocol))].join('\n'), { 'np fv/policy-1': policy });
  const index = PolicyIndex.of(model);
  const endpointOf = (number: number) => finished(partiesOf(model, index, endpoints(model, `fv/w${number}`))).parties[0]!.class.endpoint;
  return rows.filter(([from, to, port]) => {
    const [source, destination] = isSource ? [to, from] : [from, to];
    const flow = { source: endpointOf(source), destination: endpointOf(destination), self: false, ownNode: false };
    const point = isSource ? { down: TARGET, across: port } : { down: port, across: 40_000 };
    return hasConnection(judgeConnection(index, flow).allowed, { number: NUMBERS[protocol], ...point });
  });
}

function expectRows(protocol: TableProtocol, isSource: boolean, policy: JsonObject, { some, none }: Expected): void {
  expect(arrives([...some, ...none], protocol, isSource, policy)).toEqual(some);
}

interface Expected {
  readonly some: readonly Row[];
  readonly none: readonly Row[];
}

interface Shared {
  readonly negated: boolean;
  readonly at: 'w0' | 'others';
  readonly numeric: number;
  readonly selects?: boolean;
}

function sharedPolicy(protocol: TableProtocol, isSource: boolean, { negated, at, numeric, selects = false }: Shared): JsonObject {
  const ports = ['shared-port', ...Array.from({ length: numeric }, (_, index) => 3000 + index)];
  const side = { [negated ? 'notPorts' : 'ports']: ports, ...(selects ? { selector: named(0) } : {}) };
  const rules = [{ action: 'Allow', protocol, [isSource ? 'source' : 'destination']: side }];
  const isIngress = (at === 'w0') !== isSource;
  return { selector: at === 'w0' ? named(0) : `!(${named(0)})`, [isIngress ? 'ingress' : 'egress']: rules };
}

function sharedExpected({ negated, at, numeric, selects = false }: Shared): Expected {
  const shared: readonly Row[] = [
    [1, 0, SHARED],
    [2, 0, SHARED],
  ];
  const unlisted: readonly Row[] = [
    [1, 0, W0],
    [2, 0, W0],
    [1, 0, 4000],
    [2, 0, 4000],
  ];
  const numbered: Row = [1, 0, 3000];
  const among = (some: readonly Row[], none: readonly Row[]): Expected => ({ some, none });
  const between = (): Expected => {
    if (at === 'w0') {
      return among(
        [
          [1, 2, W2],
          [2, 1, SHARED],
        ],
        [],
      );
    }
    const ofShared: Row = [1, 2, SHARED];
    if (selects) return among([], [ofShared, [2, 1, W1]]);
    return negated ? among([[1, 2, W2]], [ofShared]) : among([ofShared], [[2, 1, W1]]);
  };
  const own: readonly Row[] = [
    [0, 1, SHARED],
    [0, 2, SHARED],
    [0, 1, W1],
    [0, 2, W2],
  ];
  const isNumbered = negated ? numeric === 0 : numeric > 0;
  const { some, none } = between();
  return {
    some: [...(negated ? unlisted : shared), ...(isNumbered ? [numbered] : []), ...some, ...own],
    none: [...(negated ? shared : unlisted), ...(isNumbered ? [] : [numbered]), ...none],
  };
}

const SHARED_CASES: readonly Shared[] = [
  ...[false, true].flatMap((negated) =>
    [0, 1, 16].flatMap((numeric) => (['w0', 'others'] as const).map((at) => ({ negated, at, numeric }))),
  ),
  ...[false, true].flatMap((negated) => [0, 16].map((numeric) => ({ negated, at: 'others' as const, numeric, selects: true }))),
];

const BASELINE: Expected = {
  some: [
    [0, 1, SHARED],
    [1, 0, SHARED],
    [3, 1, SHARED],
    [3, 0, SHARED],
    [3, 2, SHARED],
    [3, 0, W0],
    [3, 1, W1],
    [2, 0, 4000],
    [3, 0, 4000],
  ],
  none: [
    [1, 3, SHARED],
    [2, 3, SHARED],
    [3, 2, W2],
    [2, 0, 3000],
  ],
};

/** The baseline with some rows on the other side. */
function but(changed: readonly Row[]): Expected {
  const isChanged = (row: Row) => changed.some((one) => one.join(' ') === row.join(' '));
  return {
    some: [...BASELINE.some.filter((row) => !isChanged(row)), ...BASELINE.none.filter(isChanged)],
    none: [...BASELINE.none.filter((row) => !isChanged(row)), ...BASELINE.some.filter(isChanged)],
  };
}

const ONLY_W0_AND_W1 = but(BASELINE.some.filter(([from]) => from > 1));
const THREE = [named(0), named(1), named(2)].map((selector) => `(${selector})`).join(' || ');
const PORTS = ['shared-port', 'w0-port', 'w1-port', 4000];

/** `same`: the side of the ports. */
const COMBINED: readonly (readonly [name: string, same: JsonObject, opposite: JsonObject, expected: Expected])[] = [
  ['baseline', { selector: THREE }, {}, BASELINE],
  ['a negative selector, removing w2', { selector: THREE, notSelector: named(2) }, {}, but([[3, 2, SHARED]])],
  [
    'only a negative selector, removing w2',
    { notSelector: named(2) },
    {},
    but([
      [3, 2, SHARED],
      [2, 3, SHARED],
      [1, 3, SHARED],
    ]),
  ],
  ['opposite selectors, removing w2 and w3', { selector: THREE }, { selector: THREE, notSelector: named(2) }, ONLY_W0_AND_W1],
  ['opposite CIDRs', { selector: THREE }, { nets: [net(0), net(1)] }, ONLY_W0_AND_W1],
  ['negated opposite CIDRs', { selector: THREE }, { notNets: [net(2), net(3)] }, ONLY_W0_AND_W1],
  ['positive and negative opposite CIDRs', { selector: THREE }, { nets: [net(0), net(1), net(2)], notNets: [net(2)] }, ONLY_W0_AND_W1],
  ['CIDRs instead of the selector', { nets: [net(0), net(1), net(2)] }, {}, BASELINE],
  ['CIDRs, and negated ones', { nets: [net(0), net(1), net(2)], notNets: [net(2), net(3)] }, {}, but([[3, 2, SHARED]])],
  [
    'negated ports conflicting with positive ports',
    { selector: THREE, notPorts: ['w0-port', W1, 4000] },
    {},
    but([
      [3, 0, W0],
      [3, 1, W1],
      [2, 0, 4000],
      [3, 0, 4000],
    ]),
  ],
];

/** projectcalico/calico `felix/fv/named_ports_test.go`, describeNamedPortTests: what Felix lets through between running workloads. */
describe.each(['TCP', 'UDP', 'SCTP'] as const)('named ports of Calico, %s', (protocol) => {
  describe.each([
    ['destination', false],
    ['source', true],
  ] as const)('at the %s', (side, isSource) => {
    it.each(
      SHARED_CASES.map((one) => {
        const { negated, at, numeric, selects } = one;
        return [
          `${negated ? 'not ' : ''}the shared port and ${numeric} numbers, at ${at}${selects ? ', with a selector' : ''}`,
          one,
        ] as const;
      }),
    )('%s', (_, one) => expectRows(protocol, isSource, sharedPolicy(protocol, isSource, one), sharedExpected(one)));

    it.each(COMBINED)('%s', (_, same, opposite, expected) => {
      const rule = { action: 'Allow', protocol, [side]: { ports: PORTS, ...same }, [isSource ? 'destination' : 'source']: opposite };
      // An ingress policy of all: with source ports, too.
      expectRows(protocol, isSource, { selector: 'all()', ingress: [rule] }, expected);
    });
  });
});

/** `felix/fv/service_policy_test.go`: "A service isn't required, as Felix is driven entirely off of endpoint slices"; `felix/serviceindex/serviceindex.go`, membersFromEndpointSlice. */
describe('services of which there are slices alone', () => {
  const PODS = 'ns default\ndefault/w0 @10.65.0.2\ndefault/w1 @10.65.1.2';
  const services = { name: 'w1-service', namespace: 'default' };
  const slice = (addresses: readonly string[], ports: readonly JsonObject[] = [{ port: 80, protocol: 'TCP' }]): PolicySpecs => ({
    'slice default/w1-eps kubernetes.io/service-name=w1-service': {
      addressType: 'IPv4',
      endpoints: addresses.map((address) => ({ addresses: [address] })),
      ports: [...ports],
    },
  });
  const policy = (direction: 'Ingress' | 'Egress', ...rules: readonly JsonObject[]): PolicySpecs => ({
    'np default/p': { order: 1000, selector: 'all()', types: [direction], [direction.toLowerCase()]: rules },
  });
  const to = { destination: { services } };
  const from = { source: { services } };
  const onPort80 = { protocol: 'TCP', source: { services }, destination: { ports: [80] } };
  const ALLOW = { action: 'Allow' };
  const tiered: PolicySpecs = {
    'tier tier1': { order: 100 },
    'np default/default-deny': { order: 1000, selector: 'all()', types: ['Egress'] },
    'np default/tier1.allow-to-w1': {
      tier: 'tier1',
      order: 1000,
      selector: 'all()',
      types: ['Egress'],
      egress: [{ action: 'Allow', ...to }, { action: 'Pass' }],
    },
  };
  const [OF_W1, OF_BOTH] = [['10.65.1.2'], ['10.65.1.2', '10.65.0.2']];

  /** `allowed`: of w0 → w1 on 80 and 81, w1 → w0 on 80 and 81. */
  it.each([
    ['allows egress to it', slice(OF_W1), policy('Egress', { action: 'Allow', ...to }), [true, false, false, false]],
    ['to both', slice(OF_BOTH), policy('Egress', { action: 'Allow', ...to }), [true, false, true, false]],
    ['denies egress to it', slice(OF_W1), policy('Egress', { action: 'Deny', ...to }, ALLOW), [false, true, true, true]],
    ['allows ingress from it', slice(OF_W1), policy('Ingress', { action: 'Allow', ...from }), [false, false, true, true]],
    ['on one port', slice(OF_W1), policy('Ingress', { action: 'Allow', ...onPort80 }), [false, false, true, false]],
    ['from both on one port', slice(OF_BOTH), policy('Ingress', { action: 'Allow', ...onPort80 }), [true, false, true, false]],
    ['from both', slice(OF_BOTH), policy('Ingress', { action: 'Allow', ...from }), [true, true, true, true]],
    ['denies ingress from it', slice(OF_W1), policy('Ingress', { action: 'Deny', ...from }, ALLOW), [true, true, false, false]],
    ['denies it on one port', slice(OF_W1), policy('Ingress', { action: 'Deny', ...onPort80 }, ALLOW), [true, true, false, true]],
    ['in another tier', slice(OF_W1), tiered, [true, false, false, false]],
    [
      '"a lack of port means no IP set membership"',
      slice(OF_W1, [{}]),
      policy('Egress', { action: 'Allow', ...to }),
      [false, false, false, false],
    ],
    ['which a source does not need', slice(OF_W1, [{}]), policy('Ingress', { action: 'Allow', ...from }), [false, false, true, true]],
    ['no slice is nobody', {}, policy('Egress', { action: 'Allow', ...to }), [false, false, false, false]],
  ] as const)('%s', (_, slices, policies, allowed) => {
    const flows = ['w0 -> w1 80', 'w0 -> w1 81', 'w1 -> w0 80', 'w1 -> w0 81'];
    const table = flows
      .map(
        (flow, index) =>
          `default/${flow.replace('-> ', '-> default/').replace(/ (\d+)$/, ':$1')} TCP = ${allowed[index] ? 'allow' : 'deny'}`,
      )
      .join('\n');
    expect(judgedRows(calicoCluster(PODS, { ...slices, ...policies }), table)).toEqual(rowsOf(table));
  });
});

/** `felix/fv/tiered_policy_test.go`: staged policies beside those that count, over three tiers. */
describe('tiers of Calico, with staged policies among them', () => {
  const NAMES = ['ep1-1', 'ep2-1', 'ep2-2', 'ep2-3', 'ep2-4'];
  const PODS = ['ns default', ...NAMES.map((name, index) => `default/${name} name=${name} on n${name[2]} @10.65.0.${index}`)].join('\n');
  const called = (...names: readonly string[]) => `name in {${names.map((name) => `"${name}"`).join(', ')}}`;
  const allow = { action: 'Allow' };
  const deny = { action: 'Deny' };
  const of = (tier: string, order: number, selector: string, rules: JsonObject): JsonObject => ({
    tier,
    order,
    selector,
    types: [...('ingress' in rules ? ['Ingress'] : []), ...('egress' in rules ? ['Egress'] : [])],
    ...rules,
  });
  const at = (side: string, action: string, ...names: readonly string[]) => ({ action, [side]: { selector: called(...names) } });
  const policies = (defaultAction: 'Deny' | 'Pass'): PolicySpecs => ({
    'tier tier1': { order: 1, defaultAction },
    'tier tier2': { order: 2, defaultAction: 'Deny' },
    'gnp default.ep1-1-allow-all': of('default', 1, called('ep1-1'), { ingress: [allow], egress: [allow] }),
    'gnp tier1.ep2-4': of('tier1', 1, called('ep2-4'), {
      ingress: [at('source', 'Allow', 'ep2-1')],
      egress: [at('destination', 'Allow', 'ep2-1')],
    }),
    'np default/tier1.np1-1': of('tier1', 1, called('ep2-1', 'ep2-2'), {
      egress: [at('source', 'Pass', 'ep2-1'), at('source', 'Deny', 'ep2-2')],
      ingress: [at('destination', 'Allow', 'ep2-1'), at('destination', 'Pass', 'ep2-2')],
    }),
    'snp default/tier2.np2-1': of('tier2', 1, called('ep2-1'), { egress: [allow] }),
    'gnp tier2.gnp2-2': of('tier2', 2, called('ep2-3'), { egress: [deny] }),
    'sgnp tier2.gnp2-2': of('tier2', 2, called('ep2-3'), { ingress: [] }),
    'snp default/tier2.np2-3': of('tier2', 3, called('ep2-2', 'ep2-3'), {
      ingress: [at('destination', 'Allow', 'ep2-2'), at('destination', 'Deny', 'ep2-3')],
    }),
    'np default/tier2.np2-4': of('tier2', 3, called('ep2-3'), { ingress: [deny] }),
    ...Object.fromEntries(
      [1, 2, 3].map((number) => [
        `sknp default/knp3-${number}`,
        { podSelector: { matchLabels: { name: 'ep2-1' } }, policyTypes: ['Egress'] },
      ]),
    ),
    'snp default/default.np3-2': of('default', 1, called('ep2-2'), { ingress: [allow] }),
    'np default/default.np3-3': of('default', 2, called('ep2-2'), { ingress: [allow] }),
    'snp default/default.np3-4': of('default', 3, called('ep2-2'), { ingress: [allow] }),
  });

  it.each([
    ['Deny', 'deny'],
    ['Pass', 'allow'],
  ] as const)('where the first ends with %s', (defaultAction, end) => {
    const table = `
      default/ep1-1 -> default/ep2-1:8055 TCP = allow  # by np1-1
      default/ep1-1 -> default/ep2-2:8055 TCP = allow  # by np3-3
      default/ep1-1 -> default/ep2-3:8055 TCP = deny   # by np2-4
      default/ep2-1 -> default/ep1-1:8055 TCP = allow  # by the profile: what is staged ends no tier
      default/ep2-2 -> default/ep1-1:8055 TCP = deny   # by np1-1
      default/ep2-3 -> default/ep1-1:8055 TCP = deny   # by gnp2-2
      default/ep1-1 -> default/ep2-4:8055 TCP = ${end}
      default/ep2-4 -> default/ep1-1:8055 TCP = ${end}`;
    expect(judgedRows(calicoCluster(PODS, policies(defaultAction)), table)).toEqual(rowsOf(table));
  });
});

/** `felix/fv/netsets_test.go`: sources and destinations that are allowed by the labels of sets, NetworkSets as GlobalNetworkSets. */
describe.each([
  ['IPv4', (number: number) => `10.64.${number}.`, 24, '0.0.0.0/0', '1', 32],
  ['IPv6', (number: number) => `fdc6:3dbc:e983:cbc${number}::`, 64, '::/0', '1', 128],
] as const)('network sets of Calico, %s', (_, prefix, bits, zero, host, whole) => {
  const PODS = ['ns fv', ...[0, 1, 2, 3].map((number) => `fv/nw${number} name=nw${number} @${prefix(number)}${host}`)].join('\n');
  const cidr = (number: number, more = 0) => `${prefix(number)}${bits === 24 ? '0' : ''}/${bits + more}`;
  const address = (number: number) => `${prefix(number)}${host}`;
  const full = (number: number) => `${address(number)}/${whole}`;
  const policy = (source: string): PolicySpecs => ({
    'gnp policy-1': {
      selector: 'all()',
      types: ['Ingress', 'Egress'],
      ingress: [{ action: 'Allow', source: { selector: source }, destination: { selector: 'has(allow-as-dest)' } }],
      egress: [{ action: 'Allow' }],
    },
  });
  const LABELS = 'has(allow-as-source) || name in {"nw3", "nw0"}';
  const sets = (sources: readonly (readonly string[])[], destinations: readonly string[]): PolicySpecs => ({
    ...Object.fromEntries(sources.map((nets, index) => [`set default/source-${index} allow-as-source=`, { nets: [...nets] }])),
    'set default/destination allow-as-dest=': { nets: [...destinations] },
  });
  const FIRST = [cidr(0), cidr(1), cidr(2)];
  const SECOND = [cidr(1), full(2), cidr(3)];
  const LAST = [cidr(2), cidr(3)];
  const BASE = '0>2 0>3 1>2 1>3 2>3';

  it.each([
    ['no matching sets', {}, ''],
    ['sets that match some', sets([FIRST], LAST), BASE],
    ['other members', sets([[cidr(1), cidr(2), cidr(3)]], [cidr(1), cidr(3)]), '1>3 2>1 2>3 3>1'],
    ['the zero CIDR', sets([[zero]], LAST), `${BASE} 3>2`],
    ['a second, overlapping set', sets([FIRST, SECOND], LAST), `${BASE} 3>2`],
    ['the second alone', sets([SECOND], LAST), '1>2 1>3 2>3 3>2'],
    [
      'duplicate and overlapping members',
      sets(
        [[cidr(1), cidr(2), full(3), full(3), cidr(3, 4), cidr(3), cidr(3), cidr(3, 4), cidr(3)]],
        [cidr(1), cidr(1, 1), full(1), cidr(3)],
      ),
      '1>3 2>1 2>3 3>1',
    ],
    [
      'an address is a CIDR of its whole length',
      sets([[cidr(1), cidr(2), full(3), address(3)]], [cidr(0), cidr(2), cidr(1), cidr(3)]),
      '1>0 1>2 1>3 2>0 2>1 2>3 3>0 3>1 3>2',
    ],
    ['no source set', sets([], LAST), ''],
    ['labels of pods beside the sets', sets([FIRST], LAST), `${BASE} 3>2`, LABELS],
    ['labels of pods without a source set', sets([], LAST), '0>2 0>3 3>2', LABELS],
  ] as const)('%s', (__, some, allowed, source: string = 'has(allow-as-source)') => {
    const pairs = [0, 1, 2, 3].flatMap((from) => [0, 1, 2, 3].filter((to) => to !== from).map((to) => `${from}>${to}`));
    const open = allowed.split(' ');
    const table = pairs.map((pair) => `fv/nw${pair[0]} -> fv/nw${pair[2]}:3000 TCP = ${open.includes(pair) ? 'allow' : 'deny'}`).join('\n');
    const global = Object.fromEntries(Object.entries(some).map(([name, spec]) => [name.replace('set default/', 'gset '), spec] as const));
    for (const objects of [some, global]) {
      expect(judgedRows(calicoCluster(PODS, { ...policy(source), ...objects }), table)).toEqual(rowsOf(table));
    }
  });
});

/** `felix/fv/named_ports_test.go`, describeNamedPortHostEndpointTests. */
describe.each(['eth0', '*'])('named ports of host endpoints of Calico, interface %s', (interfaceName) => {
  const NODES = 'node n0 192.168.0.1\nnode n1 192.168.0.2';
  const hosts = Object.fromEntries(
    [0, 1].map((number) => [
      `hep host-endpoint-${number} host-endpoint=true host=${number}`,
      {
        node: `n${number}`,
        interfaceName,
        expectedIPs: [`192.168.0.${number + 1}`],
        ports: [{ name: 'http', protocol: 'TCP', port: 8055 }],
      },
    ]),
  );
  const at = (direction: 'Ingress' | 'Egress', port: number | string): JsonObject => ({
    selector: 'host == "1" || host == "0"',
    types: [direction],
    [direction.toLowerCase()]: [{ action: 'Allow', protocol: 'TCP', destination: { ports: [port] } }],
  });

  it.each([
    ['without policies', {}, 'deny'],
    ['egress alone', { 'gnp a': at('Egress', 'http') }, 'deny'],
    ['both ways', { 'gnp a': at('Egress', 'http'), 'gnp b': at('Ingress', 'http') }, 'allow'],
    ['another number', { 'gnp a': at('Egress', 80), 'gnp b': at('Ingress', 'http') }, 'deny'],
    ['the number', { 'gnp a': at('Egress', 8055), 'gnp b': at('Ingress', 'http') }, 'allow'],
    ['another name', { 'gnp a': at('Egress', 'wrong'), 'gnp b': at('Ingress', 'http') }, 'deny'],
  ] as const)('%s', (_, policies, verdict) => {
    const table = `
      192.168.0.1 -> 192.168.0.2:8055 TCP = ${verdict}
      192.168.0.2 -> 192.168.0.1:8055 TCP = ${verdict}
      192.168.0.1 -> 192.168.0.2:8056 TCP = deny
      192.168.0.2 -> 192.168.0.1:8056 TCP = deny`;
    const settings = { cni: { plugin: 'calico', mode: 'bgp' }, policy: { ipBlockMatchesPods: true } };
    expect(judgedRows(calicoCluster(NODES, { ...hosts, ...policies }, { settings }), table)).toEqual(rowsOf(table));
  });
});

/** `felix/fv/named_ports_test.go`, "shouldn't confuse TCP and UDP ports". */
it('a named port of Calico is one of its protocol', () => {
  const pods = 'ns fv\nfv/target name=nginx tcp-port=80 udp-port=81/UDP @10.65.0.2\nfv/client @10.65.0.1';
  const rule = (protocol: string, port: string) => ({ action: 'Allow', protocol, destination: { ports: [port] } });
  const policy = (...ingress: readonly JsonObject[]): PolicySpecs => ({
    'np fv/p': { selector: 'name == "nginx"', types: ['Ingress'], ingress },
  });
  const rows = (...allowed: readonly string[]) =>
    ['80 TCP', '81 TCP', '80 UDP', '81 UDP'].map((port) => `fv/client -> fv/target:${port} = ${allowed.includes(port) ? 'allow' : 'deny'}`);
  const judged = (policies: PolicySpecs) => judgedRows(calicoCluster(pods, policies), rows().join('\n'));
  expect(judged({})).toEqual(rows('80 TCP', '81 TCP', '80 UDP', '81 UDP'));
  expect(judged(policy(rule('TCP', 'udp-port'), rule('UDP', 'tcp-port'), rule('UDP', 'http-port')))).toEqual(rows());
  expect(judged(policy(rule('TCP', 'tcp-port'), rule('UDP', 'udp-port')))).toEqual(rows('80 TCP', '81 UDP'));
});

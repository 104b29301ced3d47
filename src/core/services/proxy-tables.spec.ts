import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { serviceCluster } from '../../../test/support/service-cluster.js';
import { parseIp } from '../net/ip.js';
import { parseProtocol } from '../net/protocol.js';
import { packetVerdict } from './packet-verdict.js';

/** The addresses of the tables of kubernetes `pkg/proxy/{iptables,nftables}/proxier_test.go`, which the two have in common. */
const NODES =
  'node test-node 192.168.0.2 192.168.1.2 192.168.99.11 2001:db8::1 2001:db8:1::2 ; node remote 192.168.0.3 ; node node-1 192.168.0.4';
const PROFILE = { podCIDRs: ['10.0.0.0/8', 'fd00:10::/64'], serviceCIDRs: ['172.30.0.0/16', 'fd00:10:96::/112'] };
const SENDERS: Readonly<Record<string, string>> = {
  pod: '10.0.0.2',
  node: '192.168.0.2',
  external: '203.0.113.2',
  blocked: '203.0.113.130',
};
const MODES = ['iptables', 'nftables'] as const;

/** `pod > 172.30.0.41:80/UDP`: the sender by its name or address, on the node of the tables. */
function verdictOf(rules: string, packet: string, proxy: Readonly<Record<string, unknown>>): string {
  const model = modelOf(serviceCluster(`${NODES};${rules}`), { ...PROFILE, proxy: proxy as never });
  const {
    from = '',
    to = '',
    port,
    protocol = 'TCP',
  } = /^(?<from>\S+) > (?<to>\S+):(?<port>\d+)(?:\/(?<protocol>\w+))?$/.exec(packet)?.groups ?? {};
  const { verdict, endpoints, masquerade } = packetVerdict(model, {
    node: model.nodes.get('test-node')!,
    source: { ip: parseIp(SENDERS[from] ?? from)! },
    destination: parseIp(to)!,
    port: Number(port),
    protocol: parseProtocol(protocol)!,
  });
  const addresses = endpoints.map(({ endpoint }) => endpoint.address).sort();
  return verdict === 'DNAT' ? `${addresses.join(' ')}${masquerade ? ' masq' : ''}` : verdict;
}

type Row = readonly [packet: string, expected: string];

function table(rules: string, rows: readonly Row[], proxy: Readonly<Record<string, unknown>> = {}): void {
  it.each(MODES.flatMap((mode) => rows.map(([packet, expected]) => ({ mode, packet, expected }))))(
    '$mode: $packet → $expected',
    ({ mode, packet, expected }) => {
      expect(verdictOf(rules, packet, { mode, ...proxy })).toBe(expected);
    },
  );
}

describe('TestClusterIPGeneral', () => {
  const rules = `
    service ns1/svc1 172.30.0.41 http:80>80 ; endpoints ns1/svc1 10.180.0.1@test-node
    service ns2/svc2 172.30.0.42 http:80>80 https:443>8443 dns-udp:53>53/UDP dns-tcp:53>5353 dns-sctp:53>53/SCTP
    endpoints ns2/svc2 10.180.0.1@test-node 10.180.2.1@remote`;
  table(rules, [
    ['10.180.0.2 > 172.30.0.41:80', '10.180.0.1:80'],
    ['10.180.0.1 > 172.30.0.41:80', '10.180.0.1:80 masq'],
    ['10.180.0.2 > 172.30.0.42:80', '10.180.0.1:80 10.180.2.1:80'],
    ['10.180.0.2 > 172.30.0.42:443', '10.180.0.1:8443 10.180.2.1:8443'],
    ['10.180.0.2 > 172.30.0.42:53', '10.180.0.1:5353 10.180.2.1:5353'],
    ['10.180.0.2 > 172.30.0.42:53/UDP', '10.180.0.1:53 10.180.2.1:53'],
    ['10.180.0.2 > 172.30.0.42:53/SCTP', '10.180.0.1:53 10.180.2.1:53'],
  ]);
  it.each([
    ['10.180.0.2 > 172.30.0.42:80/UDP', 'REJECT', 'NONE'],
    ['10.180.0.2 > 172.30.0.41:443', 'REJECT', 'NONE'],
    ['10.180.0.2 > 172.30.0.50:80', 'DROP', 'NONE'],
  ])('%s → %s by nftables, %s by iptables', (packet, nftables, iptables) => {
    expect([verdictOf(rules, packet, { mode: 'nftables' }), verdictOf(rules, packet, { mode: 'iptables' })]).toEqual([nftables, iptables]);
  });
});

describe('TestLoadBalancer', () => {
  const rules = `service ns1/svc1 172.30.0.41 p80:80>80@3001 type=LoadBalancer lb=1.2.3.4 loadBalancerSourceRanges=192.168.0.0/24,203.0.113.0/25
    endpoints ns1/svc1 10.180.0.1`;
  table(rules, [
    ['pod > 172.30.0.41:80', '10.180.0.1:80'],
    ['external > 192.168.0.2:3001', '10.180.0.1:80 masq'],
    ['blocked > 192.168.0.2:3001', '10.180.0.1:80 masq'],
    ['external > 1.2.3.4:80', '10.180.0.1:80 masq'],
    ['blocked > 1.2.3.4:80', 'DROP'],
    ['pod > 1.2.3.4:80', 'DROP'],
    ['node > 1.2.3.4:80', '10.180.0.1:80 masq'],
    // Ranges that admit the node admit the address of the load balancer too: something outside kube-proxy may have put it in.
    ['1.2.3.4 > 1.2.3.4:80', '10.180.0.1:80 masq'],
  ]);
});

describe('TestNodePorts', () => {
  const both = '10.180.0.1:80 10.180.2.1:80';
  const both6 = '[fd00:10:180::1]:80 [fd00:10:180::2:1]:80';
  const rules = `service ns1/v4 172.30.0.41 p80:80>80@3001 type=NodePort ; endpoints ns1/v4 10.180.0.1 10.180.2.1@test-node
    service ns1/v6 fd00:172:30::41 p80:80>80@3002 type=NodePort ; endpoints ns1/v6 fd00:10:180::1 fd00:10:180::2:1@test-node`;
  describe('by the addresses of the mode', () => {
    table(rules, [
      ['pod > 172.30.0.41:80', both],
      ['external > 192.168.0.2:3001', `${both} masq`],
      ['node > 192.168.0.2:3001', `${both} masq`],
      ['fd00:10::2 > fd00:172:30::41:80', both6],
      ['2600:5200::1 > 2001:db8::1:3002', `${both6} masq`],
      ['2001:db8::1 > 2001:db8::1:3002', `${both6} masq`],
    ]);
    it.each([
      ['external > 192.168.1.2:3001', 'NONE', `${both} masq`],
      ['2600:5200::1 > 2001:db8:1::2:3002', 'NONE', `${both6} masq`],
    ])('%s → %s by nftables, %s by iptables', (packet, nftables, iptables) => {
      expect([verdictOf(rules, packet, { mode: 'nftables' }), verdictOf(rules, packet, { mode: 'iptables' })]).toEqual([
        nftables,
        iptables,
      ]);
    });
  });
  describe('with several --nodeport-addresses', () => {
    table(
      rules,
      [
        ['external > 192.168.1.2:3001', `${both} masq`],
        ['external > 192.168.0.2:3001', `${both} masq`],
        ['2600:5200::1 > 2001:db8:1::2:3002', `${both6} masq`],
        ['2600:5200::1 > 2001:db8::1:3002', `${both6} masq`],
      ],
      { nodePortAddresses: ['192.168.0.0/24', '192.168.1.0/24', '2001:db8::/64', '2001:db8:1::2/128'] },
    );
  });
});

describe('TestExternalTrafficPolicyLocal and …Cluster', () => {
  const [one, two] = ['10.180.0.1:80', '10.180.2.1:80'];
  const rules = (policy: string) =>
    `service ns1/svc1 172.30.0.41 p80:80>80@3001 type=LoadBalancer lb=1.2.3.4 external=192.168.99.11 externalTrafficPolicy=${policy}
     endpoints ns1/svc1 10.180.0.1 10.180.2.1@test-node`;
  const outside = ['192.168.99.11:80', '1.2.3.4:80', '192.168.0.2:3001'];
  describe('Local', () => {
    table(rules('Local'), [
      ['pod > 172.30.0.41:80', `${one} ${two}`],
      ...outside.map((to): Row => [`pod > ${to}`, `${one} ${two}`]),
      ...outside.map((to): Row => [`external > ${to}`, two]),
    ]);
  });
  describe('Cluster', () => {
    table(rules('Cluster'), [
      ['pod > 172.30.0.41:80', `${one} ${two}`],
      ...outside.map((to): Row => [`pod > ${to}`, `${one} ${two} masq`]),
      ...outside.map((to): Row => [`external > ${to}`, `${one} ${two} masq`]),
    ]);
  });
});

describe('TestTerminatingEndpointsTrafficPolicy…', () => {
  const rules = (policy: string, endpoints: string) =>
    `service ns1/svc1 172.30.1.1 :80>80 type=LoadBalancer lb=1.2.3.4 externalTrafficPolicy=${policy} healthCheckNodePort=30000 ; ${endpoints === '' ? '' : `endpoints ns1/svc1 ${endpoints}`}`;
  const READY = '10.0.1.1@test-node 10.0.1.2@test-node 10.0.1.3@test-node!draining 10.0.1.4@test-node!gone 10.0.1.5@node-1';
  const DRAINING = '10.0.1.2@test-node!draining 10.0.1.3@test-node!draining 10.0.1.4@test-node!gone 10.0.1.5@node-1';
  const ALL_DRAINING = '10.0.1.2@test-node!draining 10.0.1.3@test-node!draining 10.0.1.4@node-1!gone 10.0.1.5@node-1!draining';
  describe.each([
    ['Local', READY, '10.0.1.1:80 10.0.1.2:80 10.0.1.5:80', '10.0.1.1:80 10.0.1.2:80'],
    ['Local', DRAINING, '10.0.1.5:80', '10.0.1.2:80 10.0.1.3:80'],
    ['Local', '10.0.1.5@node-1!draining', '10.0.1.5:80', 'DROP'],
    ['Local', '10.0.1.5@test-node!gone 10.0.1.5@node-1!gone', 'REJECT', 'REJECT'],
    ['Local', '', 'REJECT', 'REJECT'],
    ['Cluster', READY, '10.0.1.1:80 10.0.1.2:80 10.0.1.5:80', '10.0.1.1:80 10.0.1.2:80 10.0.1.5:80 masq'],
    ['Cluster', ALL_DRAINING, '10.0.1.2:80 10.0.1.3:80 10.0.1.5:80', '10.0.1.2:80 10.0.1.3:80 10.0.1.5:80 masq'],
    ['Cluster', '10.0.1.5@node-1!draining', '10.0.1.5:80', '10.0.1.5:80 masq'],
    ['Cluster', '10.0.1.5@test-node!gone 10.0.1.5@node-1!gone', 'REJECT', 'REJECT'],
  ])('%s: %s', (policy, endpoints, inside, outside) => {
    table(rules(policy, endpoints), [
      ['pod > 172.30.1.1:80', inside],
      ['external > 1.2.3.4:80', outside],
    ]);
  });
});

/** One table of 27 packets, and what each setting of kube-proxy changes in it. */
describe('TestInternalExternalMasquerade', () => {
  const service = (n: number, port: number, lb: string, policy: string) =>
    `service ns${n}/svc${n} 172.30.0.4${n} p80:80>80@${port} type=LoadBalancer lb=${lb} ${policy} ; endpoints ns${n}/svc${n} 10.180.0.${n}@test-node 10.180.1.${n}@remote`;
  const rules = [
    service(1, 3001, '1.2.3.4', ''),
    service(2, 3002, '5.6.7.8', 'externalTrafficPolicy=Local'),
    service(3, 3003, '9.10.11.12', 'internalTrafficPolicy=Local'),
  ].join(';');
  const all = (n: number) => `10.180.0.${n}:80 10.180.1.${n}:80`;
  const local = (n: number) => `10.180.0.${n}:80`;
  const base: readonly Row[] = [
    ['pod > 172.30.0.41:80', all(1)],
    ['pod > 192.168.0.2:3001', `${all(1)} masq`],
    ['pod > 1.2.3.4:80', `${all(1)} masq`],
    ...['node', 'external'].flatMap((from) =>
      ['172.30.0.41:80', '192.168.0.2:3001', '1.2.3.4:80'].map((to): Row => [`${from} > ${to}`, `${all(1)} masq`]),
    ),
    ['pod > 172.30.0.42:80', all(2)],
    ['pod > 192.168.0.2:3002', all(2)],
    ['pod > 5.6.7.8:80', all(2)],
    ['node > 172.30.0.42:80', `${all(2)} masq`],
    ['node > 5.6.7.8:80', `${all(2)} masq`],
    ['external > 172.30.0.42:80', `${all(2)} masq`],
    ['external > 192.168.0.2:3002', local(2)],
    ['external > 5.6.7.8:80', local(2)],
    ['pod > 172.30.0.43:80', local(3)],
    ['pod > 192.168.0.2:3003', `${all(3)} masq`],
    ['pod > 9.10.11.12:80', `${all(3)} masq`],
    ...['node', 'external'].flatMap((from): Row[] => [
      [`${from} > 172.30.0.43:80`, `${local(3)} masq`],
      [`${from} > 192.168.0.2:3003`, `${all(3)} masq`],
      [`${from} > 9.10.11.12:80`, `${all(3)} masq`],
    ]),
  ];
  const changed = (changes: readonly Row[]) =>
    base.map(([packet, expected]): Row => (new Map(changes).has(packet) ? [packet, new Map(changes).get(packet)!] : [packet, expected]));
  const toPods = (suffix: string): Row[] => [
    ['pod > 172.30.0.41:80', `${all(1)}${suffix}`],
    ['pod > 172.30.0.42:80', `${all(2)}${suffix}`],
    ['pod > 172.30.0.43:80', `${local(3)}${suffix}`],
  ];
  // Without a detector nobody is known for a pod: no short cut for pods, and no masquerade for anybody else at cluster IPs.
  const localOnly: Row[] = [
    ['pod > 192.168.0.2:3002', local(2)],
    ['pod > 5.6.7.8:80', local(2)],
  ];
  const unmasked = ['node', 'external'].flatMap((from): Row[] => [
    [`${from} > 172.30.0.41:80`, all(1)],
    [`${from} > 172.30.0.42:80`, all(2)],
    [`${from} > 172.30.0.43:80`, local(3)],
  ]);
  describe('base', () => {
    table(rules, base);
  });
  describe('no LocalTrafficDetector', () => {
    table(rules, changed([...localOnly, ...unmasked]), { detectLocal: false });
  });
  describe('masqueradeAll', () => {
    table(rules, changed(toPods(' masq')), { masqueradeAll: true });
  });
  describe('masqueradeAll, no LocalTrafficDetector', () => {
    table(rules, changed([...localOnly, ...toPods(' masq')]), { masqueradeAll: true, detectLocal: false });
  });
});

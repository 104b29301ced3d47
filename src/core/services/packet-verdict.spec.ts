import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { serviceCluster } from '../../../test/support/service-cluster.js';
import { parseIp } from '../net/ip.js';
import { parseProtocol } from '../net/protocol.js';
import { packetVerdict } from './packet-verdict.js';

const CLUSTER = `
  node a 192.168.0.1 192.168.9.1 2001:db8::1 zone=z1
  node b 192.168.0.2 2001:db8::2 zone=z2
`;
const PROFILE = { podCIDRs: ['10.244.0.0/16', 'fd00:10::/64'], serviceCIDRs: ['10.96.0.0/12', 'fd00:96::/112'] };
/** A service with one endpoint on each node. */
const WEB = 'service web 10.96.0.10 http:80>8080 ; endpoints web 10.244.1.5@a 10.244.2.5@b';
const BOTH = 'DNAT 10.244.1.5:8080 10.244.2.5:8080';
const ON_A = 'DNAT 10.244.1.5:8080';

/** `rules | source@node > destination:port[/protocol] | VERDICT endpoints… [masquerade] REASON`, the reason being that of the rule that decided. */
type Row = [rules: string, packet: string, expected: string, proxy?: Record<string, unknown>];

const PACKET = /^(?<source>\S+?)@(?<node>\w+) > \[?(?<destination>[\da-f.:]+?)\]?:(?<port>\d+)(?:\/(?<protocol>\w+))?$/;

function verdictOf(rules: string, packet: string, proxy: Record<string, unknown> = {}): string {
  const model = modelOf(serviceCluster(`${CLUSTER};${rules}`), { ...PROFILE, proxy: proxy as never });
  const { source = '', node = '', destination = '', port, protocol = 'TCP' } = PACKET.exec(packet)?.groups ?? {};
  const answer = packetVerdict(model, {
    node: model.nodes.get(node)!,
    source: { ip: parseIp(source)! },
    destination: parseIp(destination)!,
    port: Number(port),
    protocol: parseProtocol(protocol)!,
  });
  const endpoints = answer.endpoints.map(({ endpoint }) => endpoint.address).sort();
  return [
    answer.verdict,
    ...endpoints,
    ...(answer.masquerade ? ['masquerade'] : []),
    ...(answer.verdict === 'DNAT' ? [] : [answer.reason]),
  ].join(' ');
}

function table(name: string, rows: Row[]): void {
  it.each(rows)(`${name}: %s | %s → %s`, (rules, packet, expected, proxy) => {
    expect(verdictOf(rules, packet, proxy)).toBe(expected);
  });
}

/** kubernetes `pkg/proxy/iptables/proxier.go`, syncProxyRules: the cluster IP chain. */
describe('a cluster IP', () => {
  table('sender', [
    [WEB, '10.244.1.9@a > 10.96.0.10:80', BOTH],
    [WEB, '192.168.0.1@a > 10.96.0.10:80', `${BOTH} masquerade`],
    [WEB, '203.0.113.7@a > 10.96.0.10:80', `${BOTH} masquerade`],
    [WEB, '10.244.1.9@a > 10.96.0.10:80', `${BOTH} masquerade`, { masqueradeAll: true }],
    [WEB, '192.168.0.1@a > 10.96.0.10:80', BOTH, { detectLocal: false }],
    [WEB, '203.0.113.7@a > 10.96.0.10:80', BOTH, { detectLocal: false }],
  ]);
  table('what is asked', [
    [WEB, '10.244.1.9@a > 10.96.0.10:81', 'NONE NOT_A_SERVICE'],
    [WEB, '10.244.1.9@a > 10.96.0.10:80/UDP', 'NONE NOT_A_SERVICE'],
    [WEB, '10.244.1.9@a > 10.96.0.99:80', 'NONE NOT_A_SERVICE'],
    [WEB, '10.244.1.9@a > 203.0.113.9:443', 'NONE NOT_A_SERVICE'],
    [
      'service web 10.96.0.10 http:80>8080 dns:53>5353/UDP ; endpoints web 10.244.1.5@a',
      '10.244.1.9@a > 10.96.0.10:53/UDP',
      'DNAT 10.244.1.5:5353',
    ],
    ['service web 10.96.0.10 :80>8080 ; endpoints web 10.244.1.5@a', '10.244.1.9@a > 10.96.0.10:80', ON_A],
    ['service web None http:80>8080 ; endpoints web 10.244.1.5@a', '10.244.1.9@a > 10.244.1.5:8080', 'NONE NOT_A_SERVICE'],
  ]);
  table('hairpin', [
    ['service web 10.96.0.10 http:80>8080 ; endpoints web 10.244.1.5@a', '10.244.1.5@a > 10.96.0.10:80', `${ON_A} masquerade`],
    // Of two endpoints only the sender itself is masqueraded: not every endpoint sees the node.
    [WEB, '10.244.1.5@a > 10.96.0.10:80', BOTH],
  ]);
});

/** KEP-3866 and kubernetes `pkg/proxy/nftables/proxier.go`, cluster-ips and no-endpoint chains. */
describe('nftables mode', () => {
  const nftables = { mode: 'nftables' };
  table('cluster IP', [
    [WEB, '10.244.1.9@a > 10.96.0.10:80', BOTH, nftables],
    [WEB, '10.244.1.9@a > 10.96.0.10:81', 'REJECT CLUSTER_IP_WRONG_PORT', nftables],
    [WEB, '10.244.1.9@a > 10.96.0.10:80/UDP', 'REJECT CLUSTER_IP_WRONG_PORT', nftables],
    [WEB, '10.244.1.9@a > 10.96.0.99:80', 'DROP CLUSTER_IP_UNALLOCATED', nftables],
    [WEB, '10.244.1.9@a > 203.0.113.9:80', 'NONE NOT_A_SERVICE', nftables],
  ]);
});

/** kubernetes `pkg/proxy/iptables/proxier.go`: a service port without usable endpoints has a REJECT rule for every address it has. */
describe('no endpoints', () => {
  const none = 'service web 10.96.0.10 http:80>8080@30080 type=LoadBalancer lb=203.0.113.5 external=192.0.2.9';
  table('every address', [
    [none, '10.244.1.9@a > 10.96.0.10:80', 'REJECT NO_ENDPOINTS'],
    [none, '203.0.113.7@a > 192.168.0.1:30080', 'REJECT NO_ENDPOINTS'],
    [none, '203.0.113.7@a > 203.0.113.5:80', 'REJECT NO_ENDPOINTS'],
    [none, '203.0.113.7@a > 192.0.2.9:80', 'REJECT NO_ENDPOINTS'],
    [`${none} ; endpoints web 10.244.1.5@a!unready 10.244.2.5@b!gone`, '10.244.1.9@a > 10.96.0.10:80', 'REJECT NO_ENDPOINTS'],
    [`${none} externalTrafficPolicy=Local`, '203.0.113.7@a > 192.168.0.1:30080', 'REJECT NO_ENDPOINTS'],
  ]);
});

/** KEP-2086: internalTrafficPolicy keeps to the node's endpoints, and drops where there are none. It does not bind what comes from outside. */
describe('internalTrafficPolicy: Local', () => {
  const local = 'service web 10.96.0.10 http:80>8080@30080 type=NodePort internalTrafficPolicy=Local ; endpoints web 10.244.1.5@a';
  table('node', [
    [local, '10.244.1.9@a > 10.96.0.10:80', ON_A],
    [local, '10.244.2.9@b > 10.96.0.10:80', 'DROP ITP_LOCAL_NO_LOCAL'],
    [local, '203.0.113.7@b > 192.168.0.2:30080', `${ON_A} masquerade`],
  ]);
});

/** kubernetes `pkg/proxy/iptables/proxier.go`, the external chain: with Local, pods and the node itself are short-circuited to all endpoints. */
describe('externalTrafficPolicy', () => {
  const cluster = 'service web 10.96.0.10 http:80>8080@30080 type=LoadBalancer lb=203.0.113.5 external=192.0.2.9';
  const ends = 'endpoints web 10.244.1.5@a 10.244.2.5@b';
  const local = `${cluster} externalTrafficPolicy=Local`;
  table('Cluster', [
    [`${cluster};${ends}`, '203.0.113.7@a > 192.168.0.1:30080', `${BOTH} masquerade`],
    [`${cluster};${ends}`, '203.0.113.7@a > 203.0.113.5:80', `${BOTH} masquerade`],
    [`${cluster};${ends}`, '203.0.113.7@a > 192.0.2.9:80', `${BOTH} masquerade`],
    [`${cluster};${ends}`, '10.244.1.9@a > 203.0.113.5:80', `${BOTH} masquerade`],
  ]);
  table('Local', [
    [`${local};${ends}`, '203.0.113.7@a > 192.168.0.1:30080', ON_A],
    [`${local};${ends}`, '203.0.113.7@a > 203.0.113.5:80', ON_A],
    [`${local};${ends}`, '203.0.113.7@a > 192.0.2.9:80', ON_A],
    [`${local};endpoints web 10.244.2.5@b`, '203.0.113.7@a > 203.0.113.5:80', 'DROP ETP_LOCAL_NO_LOCAL'],
    [`${local};${ends}`, '10.244.1.9@a > 203.0.113.5:80', BOTH],
    [`${local};${ends}`, '192.168.0.1@a > 203.0.113.5:80', `${BOTH} masquerade`],
    [`${local};${ends}`, '192.168.0.2@a > 192.168.0.1:30080', ON_A],
    [`${local};${ends}`, '10.244.1.9@a > 203.0.113.5:80', ON_A, { detectLocal: false }],
    [`${local};${ends}`, '203.0.113.7@a > 10.96.0.10:80', `${BOTH} masquerade`],
  ]);
});

/** kubernetes `pkg/proxy/util/nodeport_addresses.go` and the node port chains of both proxiers. */
describe('node ports', () => {
  const web = 'service web 10.96.0.10 http:80>8080@30080 type=NodePort ; endpoints web 10.244.1.5@a';
  const masked = `${ON_A} masquerade`;
  table('iptables', [
    [web, '203.0.113.7@a > 192.168.0.1:30080', masked],
    [web, '203.0.113.7@a > 192.168.9.1:30080', masked],
    [web, '203.0.113.7@a > 192.168.0.2:30080', 'NONE NOT_A_SERVICE'],
    [web, '127.0.0.1@a > 127.0.0.1:30080', masked, { localhostNodePorts: true }],
    [web, '127.0.0.1@a > 127.0.0.1:30080', 'NONE NOT_A_SERVICE', { localhostNodePorts: false }],
    // RFC 1122 section 3.2.1.3: a loopback address does not leave the host, and a pod is a host of its own
    [web, '10.244.1.9@a > 127.0.0.1:30080', 'NONE OWN_LOOPBACK', { localhostNodePorts: true }],
    [web, '192.168.0.1@a > 127.0.0.1:30080', masked, { localhostNodePorts: true }],
    [web, '192.168.0.2@a > 127.0.0.1:30080', 'NONE OWN_LOOPBACK', { localhostNodePorts: true }],
    [web, '203.0.113.7@a > 127.0.0.1:30080', 'NONE OWN_LOOPBACK', { localhostNodePorts: true }],
    [web, '203.0.113.7@a > 192.168.9.1:30080', 'NONE NOT_A_SERVICE', { nodePortAddresses: ['192.168.0.0/24'] }],
    [web, '203.0.113.7@a > 192.168.0.1:30080', masked, { nodePortAddresses: ['192.168.0.0/24'] }],
    // kubernetes pkg/proxy/apis/config/types.go NodePortAddressesPrimary
    [web, '203.0.113.7@a > 192.168.0.1:30080', masked, { nodePortAddresses: ['primary'] }],
    [web, '203.0.113.7@a > 192.168.9.1:30080', 'NONE NOT_A_SERVICE', { nodePortAddresses: ['primary'] }],
    [web, '127.0.0.1@a > 127.0.0.1:30080', 'NONE NOT_A_SERVICE', { nodePortAddresses: ['primary'], localhostNodePorts: true }],
    [web, '203.0.113.7@a > 192.168.0.1:30080/UDP', 'NONE NOT_A_SERVICE'],
  ]);
  table('nftables', [
    [web, '203.0.113.7@a > 192.168.0.1:30080', masked, { mode: 'nftables' }],
    [web, '203.0.113.7@a > 192.168.9.1:30080', 'NONE NOT_A_SERVICE', { mode: 'nftables' }],
    [web, '203.0.113.7@a > 192.168.9.1:30080', masked, { mode: 'nftables', nodePortAddresses: ['192.168.9.0/24'] }],
    [web, '127.0.0.1@a > 127.0.0.1:30080', 'NONE NOT_A_SERVICE', { mode: 'nftables', localhostNodePorts: true }],
  ]);
});

/** kubernetes `pkg/proxy/iptables/proxier.go`, firewall chain; KEP-1860 for ipMode. */
describe('a load balancer', () => {
  const ranged =
    'service web 10.96.0.10 http:80>8080@30080 type=LoadBalancer lb=203.0.113.5 loadBalancerSourceRanges=198.51.100.0/24 ; endpoints web 10.244.1.5@a';
  const masked = `${ON_A} masquerade`;
  table('source ranges', [
    [ranged, '198.51.100.7@a > 203.0.113.5:80', masked],
    [ranged, '203.0.113.7@a > 203.0.113.5:80', 'DROP LBSR_DENIED'],
    [ranged, '10.244.1.9@a > 203.0.113.5:80', 'DROP LBSR_DENIED'],
    [ranged, '203.0.113.7@a > 192.168.0.1:30080', masked],
    [ranged, '10.244.1.9@a > 10.96.0.10:80', ON_A],
    // `pkg/proxy/servicechangetracker_test.go`: a family has its own ranges, and without any it is open.
    [ranged.replace('/24', '/24,2001:db8::/32'), '203.0.113.7@a > 203.0.113.5:80', 'DROP LBSR_DENIED'],
    [ranged.replace('198.51.100.0/24', '2001:db8::/32'), '203.0.113.7@a > 203.0.113.5:80', masked],
    [ranged.replace('198.51.100.0/24', '2001:db8::/32'), '203.0.113.7@a > 203.0.113.5:80', masked, { mode: 'nftables' }],
    // cilium `pkg/loadbalancer/reconciler`, CheckSourceRange: ranges of whatever family bind both.
    [
      ranged.replace('198.51.100.0/24', '2001:db8::/32'),
      '203.0.113.7@a > 203.0.113.5:80',
      'DROP LBSR_DENIED',
      { mode: 'ebpf', ebpf: { program: 'cilium' } },
    ],
  ]);
  table('ipMode', [
    [
      'service web 10.96.0.10 http:80>8080 type=LoadBalancer lb=203.0.113.5/VIP ; endpoints web 10.244.1.5@a',
      '10.244.1.9@a > 203.0.113.5:80',
      masked,
    ],
    [
      'service web 10.96.0.10 http:80>8080 type=LoadBalancer lb=203.0.113.5/Proxy ; endpoints web 10.244.1.5@a',
      '10.244.1.9@a > 203.0.113.5:80',
      'NONE NOT_A_SERVICE',
    ],
  ]);
  const checked =
    'service web 10.96.0.10 http:80>8080 type=LoadBalancer lb=203.0.113.5 externalTrafficPolicy=Local healthCheckNodePort=31000 ; endpoints web 10.244.1.5@a';
  table('health check port', [
    [checked, '203.0.113.7@a > 192.168.0.1:31000', 'ACCEPT HEALTH_CHECK_PORT'],
    [checked, '203.0.113.7@a > 192.168.0.1:31000', 'NONE HEALTH_CHECK_PORT', { mode: 'nftables' }],
    [checked, '203.0.113.7@a > 192.168.0.1:31000/UDP', 'NONE NOT_A_SERVICE'],
  ]);
});

/** KEP-1669: with no ready endpoint those that serve while they terminate are used, by each pool for itself. */
describe('terminating endpoints', () => {
  const service = 'service web 10.96.0.10 http:80>8080@30080 type=NodePort externalTrafficPolicy=Local';
  table('fallback', [
    [`${service};endpoints web 10.244.1.5@a 10.244.1.6@a!draining`, '10.244.1.9@a > 10.96.0.10:80', ON_A],
    [`${service};endpoints web 10.244.1.5@a!draining 10.244.2.5@b!draining`, '10.244.1.9@a > 10.96.0.10:80', BOTH],
    [`${service};endpoints web 10.244.1.5@a!draining 10.244.2.5@b`, '203.0.113.7@a > 192.168.0.1:30080', ON_A],
    [`${service};endpoints web 10.244.1.5@a!draining 10.244.2.5@b`, '10.244.1.9@a > 10.96.0.10:80', 'DNAT 10.244.2.5:8080'],
    [`${service};endpoints web 10.244.1.5@a!gone 10.244.2.5@b!draining`, '203.0.113.7@a > 192.168.0.1:30080', 'DROP ETP_LOCAL_NO_LOCAL'],
  ]);
});

/** KEP-2433 (zone hints) and KEP-3015 (node hints): all ready endpoints have one, and one of them names the packet's place; else hints do not count. */
describe('topology hints', () => {
  const service = 'service web 10.96.0.10 http:80>8080';
  table('hints', [
    [`${service};endpoints web 10.244.1.5@a~z1 10.244.2.5@b~z2`, '10.244.1.9@a > 10.96.0.10:80', ON_A],
    [`${service};endpoints web 10.244.1.5@a~z1 10.244.2.5@b`, '10.244.1.9@a > 10.96.0.10:80', BOTH],
    [`${service};endpoints web 10.244.1.5@a~z3 10.244.2.5@b~z3`, '10.244.1.9@a > 10.96.0.10:80', BOTH],
    [`${service};endpoints web 10.244.1.5@a~z1 10.244.2.5@b~z2!unready`, '10.244.2.9@b > 10.96.0.10:80', ON_A],
    [`${service};endpoints web 10.244.1.5@a~z1^a 10.244.1.6@a~z1^b`, '10.244.1.9@a > 10.96.0.10:80', ON_A],
  ]);
});

/** Endpoints of the other family are invisible: kube-proxy runs one proxier a family. */
describe('IPv6', () => {
  const dual =
    'service web 10.96.0.10 fd00:96::10 http:80>8080@30080 type=NodePort ipFamilyPolicy=RequireDualStack ; endpoints web 10.244.1.5@a fd00:10::5@b';
  table('family', [
    [dual, 'fd00:10::9@a > [fd00:96::10]:80', 'DNAT [fd00:10::5]:8080'],
    [dual, '10.244.1.9@a > 10.96.0.10:80', ON_A],
    [dual, '2001:db8::77@a > [2001:db8::1]:30080', 'DNAT [fd00:10::5]:8080 masquerade'],
    ['service web fd00:96::10 http:80>8080 ; endpoints web 10.244.1.5@a', 'fd00:10::9@a > [fd00:96::10]:80', 'REJECT NO_ENDPOINTS'],
    [dual, '::1@a > [::1]:30080', 'NONE NOT_A_SERVICE', { localhostNodePorts: true }],
  ]);
});

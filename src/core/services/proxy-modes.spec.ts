import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { serviceCluster } from '../../../test/support/service-cluster.js';
import { parseIp } from '../net/ip.js';
import { packetVerdict } from './packet-verdict.js';

const NODES = 'node a 192.168.0.1 ; node b 192.168.0.2';
const PROFILE = { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'] };
const PORT = 'http:80>8080@30080';
const BOTH = 'endpoints web 10.244.1.5@a 10.244.2.5@b';
const CLUSTER = `service web 10.96.0.10 ${PORT} type=LoadBalancer lb=203.0.113.5 ; ${BOTH}`;
const LOCAL = `service web 10.96.0.10 ${PORT} type=LoadBalancer lb=203.0.113.5 externalTrafficPolicy=Local ; endpoints web 10.244.2.5@b`;

type Row = [rules: string, packet: string, expected: string];

/** `source@node > destination:port`, and `VERDICT endpoints… REASON`; an endpoint that sees the node's address ends with `~`. */
function verdictOf(rules: string, packet: string, proxy: object): string {
  const [, source = '', node = '', destination = '', port] = /^(\S+)@(\w+) > ([\d.]+):(\d+)$/.exec(packet) ?? [];
  const model = modelOf(serviceCluster(`${NODES};${rules}`), { ...PROFILE, proxy: proxy as never });
  const answer = packetVerdict(model, {
    node: model.nodes.get(node)!,
    source: { ip: parseIp(source)! },
    destination: parseIp(destination)!,
    port: Number(port),
    protocol: 'TCP',
  });
  const endpoints = answer.endpoints.map(({ endpoint, masquerade }) => `${endpoint.ip}${masquerade ? '~' : ''}`);
  return [answer.verdict, ...endpoints, ...(answer.verdict === 'DNAT' ? [] : [answer.reason])].join(' ');
}

/** kubernetes `pkg/proxy/ipvs/proxier.go`: syncEndpoint, writeIptablesRules. */
const IPVS: Row[] = [
  [CLUSTER, '10.244.1.9@a > 10.96.0.10:80', 'DNAT 10.244.1.5 10.244.2.5'],
  [CLUSTER, '10.244.1.9@a > 10.96.0.10:22', 'REJECT CLUSTER_IP_WRONG_PORT'],
  [CLUSTER, '127.0.0.1@a > 127.0.0.1:30080', 'NONE NOT_A_SERVICE'],
  [CLUSTER, '198.51.100.7@a > 203.0.113.5:80', 'DNAT 10.244.1.5~ 10.244.2.5~'],
  [LOCAL, '198.51.100.7@b > 203.0.113.5:80', 'DNAT 10.244.2.5'],
  [LOCAL, '198.51.100.7@a > 203.0.113.5:80', 'DROP ETP_LOCAL_NO_LOCAL'],
  [LOCAL, '10.244.1.9@a > 203.0.113.5:80', 'DNAT 10.244.2.5'],
];

/** cilium/cilium `Documentation/network/kubernetes/kubeproxy-free.rst`. */
const CILIUM: Row[] = [
  [CLUSTER, '10.244.1.5@a > 10.96.0.10:80', 'DNAT 10.244.1.5 10.244.2.5'],
  [CLUSTER, '198.51.100.7@a > 10.96.0.10:80', 'DROP CLUSTER_IP_FROM_OUTSIDE'],
  [CLUSTER, '198.51.100.7@a > 203.0.113.5:80', 'DNAT 10.244.1.5 10.244.2.5~'],
  [CLUSTER, '10.244.1.9@a > 192.168.0.2:30080', 'DNAT 10.244.1.5 10.244.2.5'],
  [CLUSTER, '127.0.0.1@a > 127.0.0.1:30080', 'DNAT 10.244.1.5 10.244.2.5'],
  // cilium/cilium `bpf/bpf_sock.c` sock4_wildcard_lookup: loopback counts in the network namespace of the host alone
  [CLUSTER, '10.244.1.9@a > 127.0.0.1:30080', 'NONE OWN_LOOPBACK'],
  [LOCAL, '10.244.1.9@a > 203.0.113.5:80', 'DNAT 10.244.2.5'],
  [LOCAL, '198.51.100.7@a > 203.0.113.5:80', 'DROP ETP_LOCAL_NO_LOCAL'],
];

describe.each([
  ['ipvs', { mode: 'ipvs' }, IPVS],
  ['ipvs before 1.25', { mode: 'ipvs', ipvs: { otherPorts: 'node' } }, [[CLUSTER, '10.244.1.9@a > 10.96.0.10:22', 'ACCEPT NODE_ANSWERS']]],
  ['Cilium', { mode: 'ebpf', ebpf: { program: 'cilium' } }, CILIUM],
  [
    'Cilium, DSR',
    { mode: 'ebpf', ebpf: { program: 'cilium', forwarding: 'dsr' } },
    [[CLUSTER, '198.51.100.7@a > 203.0.113.5:80', 'DNAT 10.244.1.5 10.244.2.5']],
  ],
  [
    'Calico eBPF',
    { mode: 'ebpf', ebpf: { program: 'calico' } },
    [[CLUSTER, '198.51.100.7@a > 203.0.113.5:80', 'DNAT 10.244.1.5 10.244.2.5']],
  ],
] as [string, object, Row[]][])('%s', (_, proxy, rows) => {
  it.each(rows)('%s | %s → %s', (rules, packet, expected) => {
    expect(verdictOf(rules, packet, proxy)).toBe(expected);
  });
});

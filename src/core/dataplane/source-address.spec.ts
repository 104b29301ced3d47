import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { askPath, inShort, pathCluster } from '../../../test/support/path-cluster.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

/** A node as `calico-node` and the agent of Cilium annotate it. */
function annotated(name: string, address: string, podCIDR: string, annotations: Readonly<Record<string, string>>): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, annotations },
    spec: { podCIDRs: [podCIDR] },
    status: { addresses: [{ type: 'InternalIP', address }] },
  };
}

function pod(name: string, nodeName: string, podIP: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 't', uid: name },
    spec: { nodeName, containers: [{ name: 'c', image: 'c' }] },
    status: { phase: 'Running', podIP, podIPs: [{ ip: podIP }] },
  };
}

const ADDRESSES = {
  'projectcalico.org/IPv4IPIPTunnelAddr': '10.244.7.1',
  'projectcalico.org/IPv4VXLANTunnelAddr': '10.244.7.2',
  'projectcalico.org/IPv4WireguardInterfaceAddr': '10.244.7.3',
  'network.cilium.io/ipv4-cilium-host': '10.244.7.4',
  // kubeovn/kube-ovn pkg/controller/node.go, handleAddNode: the port `ovn0` of the node; a text for each family.
  'ovn.kubernetes.io/ip_address': '100.64.0.7,fd00:100:64::7',
  // ovn-org/ovn-kubernetes go-controller/pkg/util/node_annotations.go, ovnNodeGRLRPAddrs.
  'k8s.ovn.org/node-gateway-router-lrp-ifaddrs': '{"default":{"ipv4":"100.64.0.2/16","ipv6":"fd98::2/64"},"blue":{"ipv4":"100.65.0.2/16"}}',
};

/** Node `told`, whose devices' addresses are told, and pod `x` on it. */
const TOLD = [annotated('told', '192.168.0.7', '10.244.7.0/24', ADDRESSES), pod('x', 'told', '10.244.7.9')];

const cilium = { proxy: { mode: 'ebpf', ebpf: { program: 'cilium' } } };

/*
 * A node that sends by a route takes the address of that route's device (Linux net/ipv4/fib_semantics.c, fib_select_default and inet_select_addr), and so does
 * MASQUERADE (net/netfilter/nf_nat_masquerade.c). Addresses of devices: Flannel `pkg/backend/{vxlan/device,ipip/ipip,wireguard/device}.go`, the first of the node's range; Calico, Cilium:
 * annotations of the node; bridges: the gateway of the range (containernetworking/plugins `plugins/main/bridge`); `cali*` has none.
 */
describe('a node that sends to a pod', () => {
  it.each([
    ['calico', 'ipip', {}, '10.244.7.1'],
    ['calico', 'vxlan', {}, '10.244.7.2'],
    ['calico', 'wireguard', {}, '10.244.7.3'],
    ['calico', 'bgp', {}, '192.168.0.7'],
    ['flannel', 'vxlan', {}, '10.244.7.0'],
    ['flannel', 'ipip', {}, '10.244.7.0'],
    ['flannel', 'wireguard', {}, '10.244.7.0'],
    ['flannel', 'host-gw', {}, '192.168.0.7'],
    ['cilium', 'vxlan', cilium, '10.244.7.4'],
    ['cilium', 'native', cilium, '192.168.0.7'],
    ['antrea', 'geneve', {}, '10.244.7.1'],
    ['kube-ovn', 'geneve', {}, '100.64.0.7'],
  ])('of another node has the address of the device: %s %s', (plugin, mode, more, source) => {
    const model = pathCluster({ cni: { plugin, mode }, ...more }, TOLD);
    const { result, assumptions } = askPath(model, 'node/told', 'pod/t/b');
    expect([result.from.ip, result.sourceSeen, result.reply.wrapped]).toEqual([source, source, result.forward.wrapped]);
    expect(assumptions.map(({ code }) => code)).not.toContain('SOURCE_ADDRESS_ASSUMED');
  });

  it.each([
    ['calico', 'vxlan', '192.168.0.7'],
    ['flannel', 'vxlan', '10.244.7.1'],
    ['cilium', 'native', '10.244.7.4'],
    ['kindnet', 'ptp', '10.244.7.1'],
  ])('of its own has the address of the bridge, of the end of the pair, or its own: %s %s', (plugin, mode, source) => {
    expect(askPath(pathCluster({ cni: { plugin, mode } }, TOLD), 'node/told', 'pod/t/x').result.sourceSeen).toBe(source);
  });

  // cilium/cilium pkg/k8s/apis/cilium.io/v2/types.go, NodeSpec: agents that annotate no Node write the address of `cilium_host` here.
  it('has the address of cilium_host that its CiliumNode tells', () => {
    const spec = { addresses: [{ type: 'CiliumInternalIP', ip: '10.244.7.40' }], ipam: { podCIDRs: ['10.244.7.0/24'] } };
    const objects = [
      annotated('told', '192.168.0.7', '10.244.7.0/24', {}),
      { apiVersion: 'cilium.io/v2', kind: 'CiliumNode', metadata: { name: 'told' }, spec },
    ];
    const { result } = askPath(pathCluster({ cni: { plugin: 'cilium', mode: 'vxlan' }, ...cilium }, objects), 'node/told', 'pod/t/b');
    expect(result.sourceSeen).toBe('10.244.7.40');
  });

  it('has an address that nobody tells where nobody does: the answer says so, and the reply takes the tunnel all the same', () => {
    const { result, assumptions, confidence } = askPath(pathCluster({ cni: { plugin: 'calico', mode: 'ipip' } }), 'node/node1', 'pod/t/b');
    expect([result.sourceSeen, result.reply.wrapped, confidence]).toEqual(['192.168.0.1', true, 'ASSUMED']);
    expect(assumptions.find(({ code }) => code === 'SOURCE_ADDRESS_ASSUMED')?.message).toContain('tunl0');
  });

  // felix/rules/static.go, StaticNATPostroutingChains: packets "sent down a tunnel from an incorrect local IP address of the host".
  it('through a service has its own address at first, and that of Calico’s tunnel beyond', () => {
    const model = pathCluster({ cni: { plugin: 'calico', mode: 'ipip' } }, TOLD);
    const { result, evidence } = askPath(model, 'node/told', 'svc/t/web');
    expect([result.from.ip, result.sourceSeen]).toEqual(['192.168.0.7', '10.244.7.1']);
    expect(evidence.find(({ reason }) => reason === 'MASQUERADED')?.message).toContain('tunl0');
    expect(inShort(result.reply)).toBe('eth0 cali* tunl0(IPIP 4) eth0(IPIP 4) | eth0(IPIP 4) tunl0>REVERSE_SNAT socket>REVERSE_DNAT');
  });

  // The same rule for a socket that is bound to the node's address; elsewhere than in a tunnel it has no part.
  it.each([
    ['ipip', '10.244.7.1'],
    ['vxlan', '10.244.7.2'],
    ['bgp', '192.168.0.7'],
  ])('by a socket that has the node’s own address gets that of Calico’s tunnel on the way into it: %s', (mode, source) => {
    const model = pathCluster({ cni: { plugin: 'calico', mode } }, TOLD);
    const { result } = askPath(model, 'ip/192.168.0.7', 'pod/t/b');
    expect([result.from.ip, result.sourceSeen]).toEqual(['192.168.0.7', source]);
  });

  // kubernetes pkg/proxy/ipvs/proxier.go: "The kube dummy interface has all service VIPs assigned which results in the service VIP being picked as the source IP to reach a VIP."
  it('through a service has the service’s address at first with ipvs', () => {
    const model = pathCluster({ cni: { plugin: 'flannel', mode: 'vxlan' }, proxy: { mode: 'ipvs' } });
    const { result } = askPath(model, 'node/node1', 'svc/t/web');
    expect([result.from.ip, result.sourceSeen]).toEqual(['10.96.0.10', '10.244.1.0']);
  });
});

describe('a node port', () => {
  // Older releases of OVN-Kubernetes: "DEPRECATED; use ovnNodeGRLRPAddrs moving forward" (node_annotations.go). Others tell none: the node's own stands for it.
  it.each<readonly [annotations: Readonly<Record<string, string>>, source: string, isTold: boolean]>([
    [{ 'k8s.ovn.org/node-gateway-router-lrp-ifaddr': '{"ipv4":"100.64.0.5/16"}' }, '100.64.0.5', true],
    [{ 'k8s.ovn.org/node-gateway-router-lrp-ifaddrs': '{"blue":{"ipv4":"100.65.0.2/16"}}' }, '192.168.0.7', false],
    [{ 'k8s.ovn.org/node-gateway-router-lrp-ifaddr': 'no JSON' }, '192.168.0.7', false],
    [{}, '192.168.0.7', false],
  ])('of OVN-Kubernetes shows the address of its router on the join network: %j', (annotations, source, isTold) => {
    const model = pathCluster({ cni: { plugin: 'ovn-kubernetes' } }, [annotated('told', '192.168.0.7', '10.244.7.0/24', annotations)]);
    const { result, assumptions } = askPath(model, 'ip/203.0.113.9', 'node/told', { port: '30080' });
    expect([result.sourceSeen, assumptions.every(({ code }) => code !== 'SOURCE_ADDRESS_ASSUMED')]).toEqual([source, isTold]);
  });

  // Flannel: clients are 10.244.x.0 to pods behind the tunnel, 10.244.x.1 to those behind the bridge.
  it.each([
    ['flannel', 'vxlan', 'node1', '10.244.1.0'],
    ['flannel', 'vxlan', 'node2', '10.244.2.1'],
    ['flannel', 'host-gw', 'node1', '192.168.0.1'],
    ['calico', 'bgp', 'node1', '192.168.0.1'],
    ['calico', 'ipip', 'told', '10.244.7.1'],
    ['ovn-kubernetes', 'geneve', 'told', '100.64.0.2'],
  ])('shows the address of the device by which its node sends on: %s %s at %s', (plugin, mode, node, source) => {
    const model = pathCluster({ cni: { plugin, mode } }, TOLD);
    expect(askPath(model, 'ip/203.0.113.9', `node/${node}`, { port: '30080' }).result.sourceSeen).toBe(source);
  });

  // The pod's own node masquerades what goes to another node (FLANNEL-POSTRTG rule 5), and that node what it sends on.
  it('of another node, asked by a pod, is masqueraded twice, and each node undoes its own', () => {
    const model = pathCluster({ cni: { plugin: 'flannel', mode: 'host-gw' } });
    const { forward, reply } = askPath(model, 'pod/t/a', 'node/node2', { port: '30080' }).result;
    expect(inShort(forward)).toBe('eth0 veth* cni0 eth0>SNAT | eth0>DNAT cni0>SNAT veth* eth0');
    expect(inShort(reply)).toBe('eth0 veth* cni0>REVERSE_SNAT eth0>REVERSE_DNAT | eth0>REVERSE_SNAT cni0 veth* eth0');
    expect(reply.hops.at(-1)).toMatchObject({ srcIp: '192.168.0.2', srcPort: 30_080, dstIp: '10.244.1.5' });
  });

  // cilium Documentation/network/kubernetes/kubeproxy-free.rst, DSR: the backend's node answers the client with the service's address.
  it('with direct server return is answered by the endpoint’s node itself', () => {
    const model = pathCluster({
      cni: { plugin: 'cilium', mode: 'native' },
      proxy: { mode: 'ebpf', ebpf: { program: 'cilium', forwarding: 'dsr' } },
    });
    const { result } = askPath(model, 'ip/203.0.113.9', 'node/node1', { port: '30080' });
    expect(result.sourceSeen).toBe('203.0.113.9');
    expect(inShort(result.reply)).toBe('eth0 lxc* eth0>REVERSE_DNAT | the gateway');
    expect(result.reply.hops.at(-1)).toMatchObject({ node: null, srcIp: '192.168.0.1', srcPort: 30_080 });
  });
});

// Linux net/netfilter/nf_nat_core.c, nf_nat_packet: of replies PREROUTING puts sources back, POSTROUTING and INPUT destinations.
describe('a translated destination is put back where the reply leaves the node that translated it', () => {
  it.each([
    ['flannel', 'vxlan', 'flannel.1 cni0>REVERSE_DNAT veth* eth0'],
    ['flannel', 'host-gw', '| eth0 cni0>REVERSE_DNAT veth* eth0'],
    ['calico', 'ipip', 'tunl0 cali*>REVERSE_DNAT eth0'],
    ['weave', 'fastdp', 'vethwe-bridge weave>REVERSE_DNAT veth* eth0'],
    ['antrea', 'geneve', 'antrea-tun0 br-int>REVERSE_DNAT veth* eth0'],
  ])('%s %s', (plugin, mode, end) => {
    const { reply } = askPath(pathCluster({ cni: { plugin, mode } }), 'pod/t/a', 'svc/t/web').result;
    expect(inShort(reply).endsWith(end)).toBe(true);
    expect(inShort(reply).match(/>/g)).toHaveLength(1);
  });

  // cilium/cilium bpf/bpf_lxc.c, ipv4_policy: "Reverse NAT applies to return traffic only", by the program of the client's own device.
  it('is put back at the pod’s port where a program there translates', () => {
    const proxy = { mode: 'ebpf', ebpf: { program: 'cilium', connectTime: 'none' } };
    const { reply } = askPath(pathCluster({ cni: { plugin: 'cilium', mode: 'vxlan' }, proxy }), 'pod/t/a', 'svc/t/web').result;
    expect(inShort(reply)).toMatch(/ lxc\*>REVERSE_DNAT eth0$/);
  });
});

describe('Cilium, told a native routing CIDR that does not hold the pods', () => {
  // Documentation/network/concepts/masquerading.rst: "Masquerading can take place only on those devices which run the eBPF masquerading program".
  it.each([
    ['native', 'pod/t/b', '192.168.0.1'],
    ['vxlan', 'pod/t/b', '10.244.1.5'],
    ['native', 'pod/t/c', '10.244.1.5'],
    ['vxlan', 'ip/198.51.100.9', '192.168.0.1'],
  ])('masquerades what leaves by the node’s device alone: %s, to %s', (mode, to, source) => {
    const model = pathCluster({ cni: { plugin: 'cilium', mode }, masquerade: { nativeRoutingCIDRs: ['10.99.0.0/16'] } });
    expect(askPath(model, 'pod/t/a', to).result.sourceSeen).toBe(source);
  });
});

describe('what leaves the cluster', () => {
  // felix/rules/nat.go, NATOutgoingChain: SNAT to the address in place of MASQUERADE.
  it('has Calico’s natOutgoingAddress where one is set, and the reply comes back to it', () => {
    const felix: KubernetesObject = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'FelixConfiguration',
      metadata: { name: 'default' },
      spec: { natOutgoingAddress: '203.0.113.80' },
    };
    const pool: KubernetesObject = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'IPPool',
      metadata: { name: 'p' },
      spec: { cidr: '10.244.0.0/16', natOutgoing: true, vxlanMode: 'Always' },
    };
    const { result } = askPath(pathCluster({}, [felix, pool]), 'pod/t/a', 'ip/198.51.100.9');
    expect([result.sourceSeen, result.reply.hops[0]?.dstIp, result.reply.hops.at(-1)?.dstIp]).toEqual([
      '203.0.113.80',
      '203.0.113.80',
      '10.244.1.5',
    ]);
  });
});

describe('a sender that is its own receiver', () => {
  // ip-rule(8): the table local comes first.
  it.each(['pod/t/a', 'node/node1'])('%s stays within its own network namespace', (end) => {
    const { result, summary } = askPath(pathCluster({ cni: { plugin: 'flannel', mode: 'vxlan' } }), end, end);
    expect([inShort(result.forward), inShort(result.reply)]).toEqual(['lo', 'lo']);
    expect(summary).toContain('within the sender');
  });

  it('by its service leaves it where kube-proxy translates, and not where it is told the endpoint at connect()', () => {
    const way = (settings: ProfileSettings) => inShort(askPath(pathCluster(settings), 'pod/t/b', 'svc/t/web').result.forward);
    expect(way({ cni: { plugin: 'calico', mode: 'bgp' } })).toBe('eth0 cali*>DNAT cali*>SNAT eth0');
    expect(way({ cni: { plugin: 'cilium', mode: 'native' }, ...cilium })).toBe('lo>DNAT');
  });

  // cilium pkg/defaults/defaults.go: the IPv4 loopback address of services.
  it('has Cilium’s loopback address where BPF translates at its port', () => {
    const proxy = { mode: 'ebpf', ebpf: { program: 'cilium', connectTime: 'none' } };
    const { result } = askPath(pathCluster({ cni: { plugin: 'cilium', mode: 'native' }, proxy }), 'pod/t/b', 'svc/t/web');
    expect(result.sourceSeen).toBe('169.254.42.1');
    expect(result.reply.hops.at(-1)).toMatchObject({ srcIp: '10.96.0.10', dstIp: '10.244.2.6' });
  });
});

describe('who translates services', () => {
  // kubernetes pkg/proxy/{iptables,nftables,ipvs}/proxier.go; Linux net/netfilter/ipvs/ip_vs_core.c.
  it.each([
    ['iptables', 'pod/t/a', 'PREROUTING of the node'],
    ['iptables', 'node/node1', 'OUTPUT of the node'],
    ['nftables', 'pod/t/a', 'PREROUTING of the node'],
    ['ipvs', 'pod/t/a', 'INPUT of the node'],
    ['ipvs', 'node/node1', 'OUTPUT of the node'],
  ])('%s, for %s, in %s', (mode, from, hook) => {
    const { forward } = askPath(pathCluster({ cni: { plugin: 'flannel', mode: 'vxlan' }, proxy: { mode } }), from, 'svc/t/web').result;
    expect(forward.hops.flatMap(({ translations }) => translations).find(({ kind }) => kind === 'DNAT')?.rule).toContain(hook);
  });
});

describe('the summary', () => {
  it('names the endpoint that was chosen, and the source that it sees', () => {
    const { summary } = askPath(pathCluster({ cni: { plugin: 'flannel', mode: 'vxlan' } }), 'ip/203.0.113.9', 'node/node1', {
      port: '30080',
    });
    expect(summary).toContain('10.244.2.6:8080 is chosen');
    expect(summary).toContain('the receiver sees 10.244.1.0');
  });
});

// A VPC may have ranges that are not private (docs.aws.amazon.com "VPC CIDR blocks"); its nodes' InternalIPs are of them in any case, their ExternalIPs are translations of the gateway's.
it.each(['aws-vpc-cni', 'azure-cni'] as const)(
  '%s: what pods send to a node keeps its source, whatever range the node’s address is of',
  (plugin) => {
    const node = (name: string, internal: string, external: string): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name },
      status: {
        addresses: [
          { type: 'InternalIP', address: internal },
          { type: 'ExternalIP', address: external },
        ],
      },
    });
    const pod: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', namespace: 't' },
      spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'c' }] },
      status: { phase: 'Running', podIP: '100.64.1.5', podIPs: [{ ip: '100.64.1.5' }] },
    };
    const model = modelOf([node('n1', '100.64.1.1', '198.51.100.1'), node('n2', '100.64.2.1', '198.51.100.2'), pod], { cni: { plugin } });
    const seen = (to: string) => askPath(model, 'pod/t/a', to).result.sourceSeen;
    expect([seen('node/n2'), seen('ip/198.51.100.2'), seen('ip/100.120.9.9')]).toEqual(['100.64.1.5', '100.64.1.1', '100.64.1.1']);
  },
);

// A dump without Node objects, as of EKS: pods have addresses of the nodes' own network, and no range of a node is known (shared/real/README.md, live-dumps).
it('a node whose range of pods is a guess is not said to send with an address of it', () => {
  const pod = (name: string, node: string, ip: string, hostIP: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 't' },
    spec: { nodeName: node, containers: [{ name: 'c', image: 'c' }] },
    status: { phase: 'Running', hostIP, podIP: ip, podIPs: [{ ip }] },
  });
  const model = modelOf([pod('a', 'n1', '172.31.3.134', '172.31.11.72'), pod('b', 'n2', '172.31.9.7', '172.31.6.155')]);
  const { result, assumptions } = askPath(model, 'node/n1', 'pod/t/a');
  expect(result.sourceSeen).toBe('172.31.11.72');
  expect(assumptions.map(({ code }) => code)).toContain('SOURCE_ADDRESS_ASSUMED');
});

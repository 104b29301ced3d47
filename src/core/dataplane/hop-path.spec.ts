import { describe, expect, it } from 'vitest';
import { askPath, inShort, pathCluster } from '../../../test/support/path-cluster.js';
import type { HopView } from './path-result.js';
import { parseIp } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const FLANNEL = { cni: { plugin: 'flannel', mode: 'vxlan' } };

/** `10.244.1.5→10.96.0.10:80` as the packet comes to a hop. */
function addresses(hops: readonly HopView[]): readonly string[] {
  return hops.map(({ srcIp, dstIp, dstPort }) => `${srcIp}→${dstIp}${dstPort === null ? '' : `:${dstPort}`}`);
}

function pool(natOutgoing: boolean, more: Readonly<Record<string, string>> = {}): KubernetesObject {
  return {
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name: 'p' },
    spec: { cidr: '10.244.0.0/16', natOutgoing, ...more },
  };
}

/** Node addresses as Calico writes them. */
function calicoNode(name: string, address: string, podCIDR: string): KubernetesObject {
  const [ip = ''] = address.split('/');
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, annotations: { 'projectcalico.org/IPv4Address': address } },
    spec: { podCIDRs: [podCIDR] },
    status: { addresses: [{ type: 'InternalIP', address: ip }] },
  };
}

function pod(name: string, nodeName: string, podIP: string, hostNetwork = false): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 't', uid: name },
    spec: { nodeName, hostNetwork, containers: [{ name: 'c', image: 'c' }] },
    status: { phase: 'Running', podIP, podIPs: [{ ip: podIP }] },
  };
}

// kubernetes pkg/proxy/iptables/proxier.go: DNAT in PREROUTING, marks and KUBE-POSTROUTING; replies are translated back by connection tracking.
describe('a service', () => {
  it('is left behind at the node’s routes: before, its address; after, that of the endpoint', () => {
    const { forward, reply, to, sourceSeen } = askPath(pathCluster(FLANNEL), 'pod/t/a', 'svc/t/web').result;
    expect(addresses(forward.hops).slice(0, 4)).toEqual([
      ...Array<string>(3).fill('10.244.1.5→10.96.0.10:80'),
      '10.244.1.5→10.244.2.6:8080',
    ]);
    expect(forward.hops[2]?.translations).toMatchObject([{ kind: 'DNAT', rule: 'kube-proxy (iptables) in PREROUTING of the node' }]);
    expect([to.name, sourceSeen]).toEqual(['t/b', '10.244.1.5']);
    expect(addresses(reply.hops).at(-1)).toBe('10.96.0.10→10.244.1.5');
  });

  it('is left behind at the socket where Cilium stands in for kube-proxy (kubeproxy-free.rst, socket load balancing)', () => {
    const model = pathCluster({ cni: { plugin: 'cilium', mode: 'native' }, proxy: { mode: 'ebpf', ebpf: { program: 'cilium' } } });
    const { forward, reply } = askPath(model, 'pod/t/a', 'svc/t/web').result;
    expect(inShort(forward)).toBe('eth0>DNAT lxc* eth0 | eth0 lxc* eth0');
    expect(addresses(forward.hops)[1]).toBe('10.244.1.5→10.244.2.6:8080');
    expect(reply.hops.flatMap(({ translations }) => translations)).toEqual([]);
  });

  it('is left behind at lxc* where the socket load balancer is off', () => {
    const proxy = { mode: 'ebpf', ebpf: { program: 'cilium', connectTime: 'none' } };
    const { forward } = askPath(pathCluster({ cni: { plugin: 'cilium', mode: 'native' }, proxy }), 'pod/t/a', 'svc/t/web').result;
    expect(inShort(forward)).toBe('eth0 lxc*>DNAT eth0 | eth0 lxc* eth0');
  });

  it('sends a pod back to itself masqueraded: it would answer itself directly otherwise', () => {
    const { forward, reply, sourceSeen } = askPath(pathCluster(FLANNEL), 'pod/t/b', 'svc/t/web').result;
    // Linux net/netfilter/nf_nat_masquerade.c: MASQUERADE takes the address of the device by which the packet leaves, here the bridge.
    expect([inShort(forward), sourceSeen]).toEqual(['eth0 veth* cni0>DNAT>SNAT veth* eth0', '10.244.2.1']);
    expect(addresses(reply.hops).at(-1)).toBe('10.96.0.10→10.244.2.6');
  });

  it('is entered by a node port from outside, masqueraded there, and left by the same node', () => {
    const { forward, reply, sourceSeen } = askPath(pathCluster(FLANNEL), 'ip/203.0.113.9', 'node/node1', { port: '30080' }).result;
    expect(inShort(forward)).toBe(
      'the gateway | eth0>DNAT flannel.1(VXLAN 8472 vni 1)>SNAT eth0(VXLAN 8472 vni 1) | eth0(VXLAN 8472 vni 1) flannel.1 cni0 veth* eth0',
    );
    // flannel.1 has the first address of the node's range (pkg/backend/vxlan/device.go), and its replies come back through the tunnel.
    expect(sourceSeen).toBe('10.244.1.0');
    expect(addresses(reply.hops)[0]).toBe('10.244.2.6→10.244.1.0');
    expect(inShort(reply)).toBe(
      'eth0 veth* cni0 flannel.1(VXLAN 8472 vni 1) eth0(VXLAN 8472 vni 1) | eth0(VXLAN 8472 vni 1) flannel.1>REVERSE_SNAT eth0>REVERSE_DNAT | the gateway',
    );
    expect(addresses(reply.hops).at(-1)).toBe('192.168.0.1→203.0.113.9');
    expect([forward.hops[0]?.netns, reply.hops.at(-1)?.netns]).toEqual(['outside', 'outside']);
  });

  it('is shown on the way to the endpoint that is asked for, and to no other', () => {
    const model = pathCluster(FLANNEL);
    expect(askPath(model, 'pod/t/a', 'svc/t/web', { endpoint: '10.244.2.6:8080' }).result.to.ip).toBe('10.244.2.6');
    expect(() => askPath(model, 'pod/t/a', 'svc/t/web', { endpoint: '10.244.9.9:8080' })).toThrow(/no endpoint .*10\.244\.2\.6:8080/);
  });

  const service = (name: string, spec: Readonly<Record<string, string>>): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 't' },
    spec: { selector: { app: 'b' }, ports: [{ port: 80, targetPort: 8080 }], ...spec },
  });

  // kubernetes pkg/proxy: headless services have no rules; the name server answers with the addresses of the endpoints.
  it('that is headless is translated by nobody: the client asks an endpoint itself', () => {
    const model = pathCluster(FLANNEL, [service('headless', { clusterIP: 'None' })]);
    const { result, evidence, summary } = askPath(model, 'pod/t/a', 'svc/t/headless');
    expect(result.forward.hops.concat(result.reply.hops).flatMap(({ translations }) => translations)).toEqual([]);
    expect(result.forward.hops[0]).toMatchObject({ dstIp: '10.244.2.6', dstPort: 8080 });
    expect(evidence.map(({ reason }) => reason)).toContain('ENDPOINT_ASKED');
    expect(summary).toContain('10.244.2.6:8080 is asked');
  });

  it('has its address alone: what no rule takes gets nowhere, and the answer says why', () => {
    const { verdict, summary } = askPath(pathCluster(FLANNEL), 'pod/t/a', 'ip/10.96.0.10', { port: '81' });
    expect(verdict).toBe('NO_ROUTE');
    expect(summary).toContain('81');
  });

  it('that nobody stands behind refuses', () => {
    const model = pathCluster(FLANNEL, [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'empty', namespace: 't' },
        spec: { selector: { app: 'nobody' }, clusterIP: '10.96.0.11', ports: [{ port: 80 }] },
      },
    ]);
    const { verdict, result } = askPath(model, 'pod/t/a', 'svc/t/empty');
    expect([verdict, result.forward.hops]).toEqual(['REFUSED', []]);
  });
});

// containernetworking/plugins plugins/meta/portmap: CNI-HOSTPORT-DNAT; SETMARK for the network of the container's own device, so that hairpins come back.
describe('a host port', () => {
  const asked = (ports: Readonly<Record<string, string | number>>): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 't', uid: 'p' },
    spec: { nodeName: 'node2', containers: [{ name: 'c', image: 'c', ports: [{ containerPort: 9090, hostPort: 9000, ...ports }] }] },
    status: { phase: 'Running', podIP: '10.244.2.9', podIPs: [{ ip: '10.244.2.9' }] },
  });
  const model = pathCluster(FLANNEL, [asked({})]);

  it('is the pod’s that has it, which sees who asks', () => {
    const { result, summary } = askPath(model, 'ip/203.0.113.9', 'node/node2', { port: '9000' });
    expect(inShort(result.forward)).toBe('the gateway | eth0>DNAT cni0 veth* eth0');
    expect([result.to.name, result.forward.hops.at(-1)?.dstPort, result.sourceSeen]).toEqual(['t/p', 9090, '203.0.113.9']);
    expect(result.forward.hops[1]?.translations[0]?.rule).toBe('portmap (CNI-HOSTPORT-DNAT) in PREROUTING of node2');
    expect(inShort(result.reply)).toBe('eth0 veth* cni0 eth0>REVERSE_DNAT | the gateway');
    expect(summary).toContain('10.244.2.9:9090 is chosen');
  });

  it('is masqueraded for pods of the same bridge, and for no others', () => {
    const seen = (from: string) => askPath(model, from, 'node/node2', { port: '9000' }).result.sourceSeen;
    expect([seen('pod/t/b'), seen('pod/t/a')]).toEqual(['10.244.2.1', '192.168.0.1']);
    const { evidence } = askPath(model, 'pod/t/b', 'node/node2', { port: '9000' });
    expect(evidence.find(({ reason }) => reason === 'MASQUERADED')?.message).toContain('CNI-HOSTPORT-MASQ of node2');
  });

  it.each([
    ['another port', {}, '9001', 'node/node2', undefined],
    ['another node', {}, '9000', 'node/node1', undefined],
    ['another protocol', { protocol: 'UDP' }, '9000', 'node/node2', undefined],
    ['another address', { hostIP: '192.168.0.77' }, '9000', 'ip/192.168.0.2', parseIp('192.168.0.2')],
  ] as const)('is not %s', (_, ports, port, to, toIP) => {
    const { result } = askPath(pathCluster(FLANNEL, [asked(ports)]), 'ip/203.0.113.9', to, { port, ...(toIP ? { toIP } : {}) });
    expect(result.to.kind).toBe('node');
  });
});

describe('the source', () => {
  it('of a pod is rewritten on the way to nodes by Flannel’s rule 5, and stays for pods by rule 2', () => {
    const model = pathCluster(FLANNEL);
    const toNode = askPath(model, 'pod/t/a', 'node/node2');
    expect(toNode.result.forward.hops.flatMap(({ translations }) => translations)).toMatchObject([{ kind: 'SNAT', srcIp: '192.168.0.1' }]);
    expect(toNode.evidence.find(({ stage }) => stage === 'masquerade')?.message).toContain('FLANNEL-POSTRTG rule 5');
    expect(askPath(model, 'pod/t/a', 'pod/t/b').evidence.find(({ stage }) => stage === 'masquerade')?.message).toContain('rule 2');
  });

  it('of a pod leaves the cluster as it is without natOutgoing (felix/rules/nat.go)', () => {
    const calico = { cni: { plugin: 'calico' } };
    const seen = (nat: boolean) => askPath(pathCluster(calico, [pool(nat)]), 'pod/t/a', 'ip/203.0.113.9').result.sourceSeen;
    expect([seen(true), seen(false)]).toEqual(['192.168.0.1', '10.244.1.5']);
  });

  // aws/amazon-vpc-cni-k8s README, AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: no translation to the listed ranges.
  it('stays where the AWS VPC CNI excludes the destination', () => {
    const model = pathCluster({ cni: { plugin: 'aws-vpc-cni' }, masquerade: { exemptDestinations: ['203.0.113.0/24'] } });
    expect(askPath(model, 'pod/t/a', 'ip/203.0.113.9').result.sourceSeen).toBe('10.244.1.5');
    expect(askPath(model, 'pod/t/a', 'ip/198.51.100.9').result.sourceSeen).toBe('192.168.0.1');
  });

  it('stays where ip-masq-agent leaves the destination alone', () => {
    const masquerade = { agent: true, nonMasqueradeCIDRs: ['203.0.113.0/24'] };
    const model = pathCluster({ cni: { plugin: 'kindnet' }, masquerade });
    expect(askPath(model, 'pod/t/a', 'ip/203.0.113.9').result.sourceSeen).toBe('10.244.1.5');
    expect(askPath(model, 'pod/t/a', 'ip/198.51.100.9').result.sourceSeen).toBe('192.168.0.1');
  });
});

describe('nodes', () => {
  it('reach one another as they are, whatever the pods’ network wraps', () => {
    const { result, evidence } = askPath(pathCluster(FLANNEL), 'node/node1', 'node/node2');
    expect(inShort(result.forward)).toBe('socket eth0 | eth0 socket');
    expect(evidence.some(({ reason }) => reason === 'HOST_PATH')).toBe(true);
  });

  it('reach pods of other nodes through the pods’ network, whose MTU their routes carry', () => {
    const { verdict, result } = askPath(pathCluster(FLANNEL), 'node/node1', 'pod/t/b');
    expect([verdict, result.forward.pathMtu]).toEqual(['DELIVERED', 1450]);
    expect(inShort(result.forward)).toBe(
      'socket flannel.1(VXLAN 8472 vni 1) eth0(VXLAN 8472 vni 1) | eth0(VXLAN 8472 vni 1) flannel.1 cni0 veth* eth0'.replace('>SNAT', ''),
    );
  });

  // Linux net/ipv4/route.c, ipv4_mtu: a socket's packets are no larger than the route's device takes, whatever MTU pods were given.
  it('send no larger packets than the device takes by which they leave', () => {
    const model = pathCluster({ cni: { plugin: 'flannel', mode: 'vxlan', mtu: 8950 } });
    const { verdict, result } = askPath(model, 'node/node1', 'pod/t/b');
    expect([result.forward.hops[0]?.fits, verdict]).toEqual([1450, 'SMALL_ONLY']);
    expect(askPath(model, 'node/node1', 'pod/t/b').summary).toContain('pod t/b may send 8950 bytes');
  });

  it('are what hostNetwork pods are to the network', () => {
    const model = pathCluster(FLANNEL, [pod('h', 'node2', '192.168.0.2', true)]);
    const { result } = askPath(model, 'pod/t/a', 'pod/t/h');
    expect([result.to.kind, inShort(result.forward)]).toEqual(['hostNetworkPod', 'eth0 veth* cni0 eth0>SNAT | eth0 socket']);
  });
});

describe('the underlay', () => {
  it('that takes less than the nodes’ devices loses large packets', () => {
    const subnets = [
      { cidr: '192.168.0.0/24', mtu: 9000 },
      { cidr: '192.168.9.0/24', mtu: 9000 },
    ];
    const model = pathCluster({ ...FLANNEL, underlay: { subnets, mtu: 1500 } });
    const { verdict, result, warnings } = askPath(model, 'pod/t/a', 'pod/t/d');
    expect([verdict, result.forward.hops[0]?.fits, result.forward.pathMtu]).toEqual(['SMALL_ONLY', 8950, 1450]);
    expect(warnings.map(({ code }) => code)).toEqual(['MTU_TOO_LARGE']);
    expect(askPath(model, 'pod/t/a', 'pod/t/b').verdict).toBe('DELIVERED');
  });

  // cilium Documentation/network/concepts/routing.rst: without tunnels a packet goes by the routes of its own family, whose subnets and MTUs are theirs.
  it('is that of the packet’s family where nothing is wrapped, though tunnels would go over IPv4', () => {
    const subnets = [
      { cidr: '192.168.0.0/16', mtu: 1500 },
      { cidr: '2001:db8::/64', mtu: 1400 },
      { cidr: '2001:db8:9::/64', mtu: 1400 },
    ];
    const model = pathCluster({ cni: { plugin: 'cilium', mode: 'native' }, underlay: { subnets } });
    const { result } = askPath(model, 'pod/t/a', 'pod/t/d', { family: 6 });
    expect([inShort(result.forward), result.forward.pathMtu]).toEqual(['eth0 lxc* eth0 | routers | eth0 lxc* eth0', 1400]);
  });

  it('with a VLAN is entered by its device', () => {
    const model = pathCluster({ cni: { plugin: 'unknown', mode: 'vlan' }, underlay: { subnets: [{ cidr: '192.168.0.0/24', vlan: 12 }] } });
    expect(inShort(askPath(model, 'pod/t/a', 'pod/t/b').result.forward)).toBe('eth0 eth0.12 | eth0.12 eth0');
  });

  it('whose routers know no pods brings nothing across subnets that is not wrapped', () => {
    const model = pathCluster({
      cni: { plugin: 'calico', mode: 'bgp' },
      underlay: { routesPods: false, subnets: [{ cidr: '192.168.0.0/24' }] },
    });
    const { verdict, evidence } = askPath(model, 'pod/t/a', 'pod/t/d');
    expect([verdict, evidence.some(({ reason }) => reason === 'UNDERLAY_WITHOUT_ROUTES')]).toEqual(['NO_ROUTE', true]);
    expect(askPath(model, 'pod/t/a', 'pod/t/b').verdict).toBe('DELIVERED');
  });

  it('makes an assumption of what nobody told', () => {
    const { assumptions } = askPath(
      pathCluster({ cni: { plugin: 'calico', mode: 'vxlan', crossSubnet: true }, underlay: {} }),
      'pod/t/a',
      'pod/t/d',
    );
    expect(assumptions.map(({ code }) => code)).toEqual(['UNDERLAY_MTU_ASSUMED', 'NODE_SUBNET_UNKNOWN']);
  });
});

describe('Calico’s CrossSubnet', () => {
  // felix/calc/l3_route_resolver.go nodeInOurSubnet: only the local prefix counts.
  it('goes one way wrapped and the other as it is where masks differ', () => {
    const nodes = [calicoNode('wide', '10.0.0.1/16', '10.244.1.0/24'), calicoNode('narrow', '10.0.1.1/24', '10.244.2.0/24')];
    const pods = [pod('w', 'wide', '10.244.1.9'), pod('n', 'narrow', '10.244.2.9')];
    const model = pathCluster({ underlay: {} }, [...nodes, ...pods, pool(true, { vxlanMode: 'CrossSubnet' })]);
    const { result, warnings } = askPath(model, 'pod/t/w', 'pod/t/n');
    expect([result.forward.wrapped, result.reply.wrapped]).toEqual([false, true]);
    expect(warnings.map(({ code }) => code)).toEqual(['ASYMMETRIC']);
  });

  it('is the destination’s pool’s, whatever the profile says of the cluster', () => {
    const model = pathCluster({}, [pool(true, { ipipMode: 'Always' })]);
    expect(askPath(model, 'pod/t/a', 'pod/t/b').result).toMatchObject({ mode: 'ipip', podMtu: 1480 });
  });

  // `shared/reference/ipam-dataplane.md` §9, "no pool → no pool route"; felix/calc/l3_route_resolver.go.
  it.each(['vxlan', 'ipip', 'bgp'])('is none where the destination is in no pool, in mode %s too', (mode) => {
    const model = pathCluster({ cni: { plugin: 'calico', mode } }, [pool(true, { cidr: '10.99.0.0/16' })]);
    const { verdict, result, evidence } = askPath(model, 'pod/t/a', 'pod/t/b');
    expect([verdict, result.forward.wrapped, evidence.some(({ reason }) => reason === 'NO_POOL_ROUTE')]).toEqual(['NO_ROUTE', false, true]);
  });

  // bird_ipam.cfg.template: blocks are sent before pools are asked, and what no pool is about is programmed as it is.
  it.each([
    ['ipip', 'DELIVERED'],
    ['vxlan', 'NO_ROUTE'],
  ])('is BIRD’s alone where a block outlived its pool, in mode %s: %s', (mode, expected) => {
    const block = (cidr: string, host: string): KubernetesObject => ({
      apiVersion: 'projectcalico.org/v3',
      kind: 'IPAMBlock',
      metadata: { name: cidr.replaceAll(/[./]/g, '-') },
      spec: { cidr, affinity: `host:${host}`, allocations: Array<null>(16).fill(null), attributes: [] },
    });
    const objects = [pool(true, { cidr: '10.99.0.0/16' }), block('10.244.1.0/28', 'node1'), block('10.244.2.0/28', 'node2')];
    const { verdict, result } = askPath(pathCluster({ cni: { plugin: 'calico', mode } }, objects), 'pod/t/a', 'pod/t/b');
    expect([verdict, result.forward.wrapped]).toEqual([expected, false]);
  });
});

describe('an end', () => {
  // Placement is the scheduler's, and addresses the plugin's: a Deployment alone tells neither.
  it('that is a pod which a workload would make has a guessed node and address, and the answer says so', () => {
    const workload: KubernetesObject = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'made', namespace: 't' },
      spec: {
        selector: { matchLabels: { app: 'made' } },
        template: { metadata: { labels: { app: 'made' } }, spec: { containers: [{ name: 'c', image: 'c' }] } },
      },
    };
    const codes = (from: string, to: string) => askPath(pathCluster(FLANNEL, [workload]), from, to).assumptions.map(({ code }) => code);
    expect(codes('deploy/t/made', 'pod/t/b')).toEqual(expect.arrayContaining(['NODE_PLACEMENT', 'POD_ADDRESSES']));
    expect(codes('pod/t/a', 'pod/t/b')).not.toContain('NODE_PLACEMENT');
  });

  // RFC 1122 section 3.2.1.3, RFC 4291 sections 2.5.2, 2.5.3 and 2.7; pods of one family cannot send packets of the other.
  it.each([
    ['127.0.0.1', '127.0.0.1 is a loopback address: a packet for it does not leave its sender'],
    ['::1', '::1 is a loopback address: a packet for it does not leave its sender'],
    ['0.0.0.0', '0.0.0.0 is the unspecified address: no packet is sent to it or from it over a network'],
    ['224.0.0.1', '224.0.0.1 is for many receivers: the path is asked of one'],
    ['255.255.255.255', '255.255.255.255 is for many receivers: the path is asked of one'],
    ['2001:db8::7', '2001:db8::7 is IPv6, and the other end has no IPv6 address'],
  ])('that is %s is reached over no network', (address, message) => {
    const { verdict, evidence, result } = askPath(pathCluster(FLANNEL), 'pod/t/a', `ip/${address}`);
    expect([verdict, evidence[0]?.message, result.forward.hops]).toEqual(['UNKNOWN', message, []]);
  });

  it('that is on no node makes the answer unknown', () => {
    const model = pathCluster(FLANNEL, [
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 't' }, spec: { containers: [] }, status: { phase: 'Pending' } },
    ]);
    const { verdict, confidence, evidence } = askPath(model, 'pod/t/p', 'pod/t/b');
    expect([verdict, confidence, evidence[0]?.reason]).toEqual(['UNKNOWN', 'INSUFFICIENT_INFO', 'NOT_PLACED']);
  });

  it('of several stands for all, and the answer says so', () => {
    expect(askPath(pathCluster(FLANNEL), 'ns/t', 'pod/t/b').assumptions.map(({ code }) => code)).toContain('FIRST_OF_SEVERAL');
  });
});

// RFC 5737: 198.51.100.0/24 is for documentation; here it stands for the internet.
describe('a prefix as the end of a path', () => {
  const end = (to: string) => {
    const { result, assumptions } = askPath(pathCluster(FLANNEL), 'pod/t/a', to);
    return [result.to.kind, result.to.ip, ...assumptions.filter(({ code }) => code === 'FIRST_OF_SEVERAL').map(({ message }) => message)];
  };

  it('is somebody outside where it names everybody, the first pod where it names pods, and an address of its own where nobody has one', () => {
    // Three nodes and four pods.
    const everybody = '`cidr/0.0.0.0/0` names 7 pods and nodes, and everybody outside: the internet stands for all';
    expect(end('cidr/0.0.0.0/0')).toEqual(['outside', '198.51.100.1', everybody]);
    expect(end('cidr/10.244.2.0/24')).toEqual(['pod', '10.244.2.6']);
    expect(end('cidr/203.0.113.0/24')).toEqual(['outside', '203.0.113.1']);
    expect(end('cidr/203.0.113.8/31')).toEqual(['outside', '203.0.113.8']);
  });
});

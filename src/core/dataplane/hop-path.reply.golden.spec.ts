import { describe, expect, it } from 'vitest';
import { askPath, inShort, pathCluster } from '../../../test/support/path-cluster.js';
import type { NetworkModel } from '../model/network-model.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import type { IpFamily } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

/**
 * What each plugin and mode has between a pod and the wire: the way out of a pod to where the node decides, the way in, what wraps, by family, and what goes first where the node
 * itself sends. `C`: within a subnet nothing is wrapped. The sources are those of `hop-path.golden.spec.ts`. What happens to a packet on the way is the same everywhere:
 *
 * - Linux `net/netfilter/nf_nat_core.c`: destinations are rewritten where a packet comes to the node's decision (PREROUTING, OUTPUT), sources where it leaves (POSTROUTING); of
 *   replies, sources are put back where they come in, destinations where they leave (POSTROUTING, INPUT).
 * - kubernetes `pkg/proxy/iptables/proxier.go`: a node port of policy Cluster is masqueraded, one of policy Local is not, and elsewhere than at an endpoint's node dropped.
 * - cilium Documentation/security/network/encryption-wireguard.rst, "Which traffic is encrypted": between pods alone, unless node-to-node encryption is on.
 * - weave net/expose.go: packets from outside to containers of the node are not masqueraded, so that policy Local keeps the client's address.
 * - §11, "Replies retrace the path, undoing NAT by connection tracking": the same devices the other way round, on one node, in a subnet, across subnets.
 * - Pods of macvlan go past all this: `hop-path.macvlan.spec.ts`.
 * - What a plugin masquerades: `masquerade.spec.ts` names the sources. All of these masquerade what goes out; who leaves packets to nodes alone: below.
 */
const ROWS = `
calico bgp            | eth0 cali*       | cali* eth0       | -                                               | -
calico ipip           | eth0 cali*       | cali* eth0       | tunl0 IPIP 4                                    | -
calico ipip C         | eth0 cali*       | cali* eth0       | tunl0 IPIP 4                                    | -
calico vxlan          | eth0 cali*       | cali* eth0       | vxlan.calico VXLAN 4789 vni 4096                | vxlan-v6.calico VXLAN 4789 vni 4096
calico vxlan C        | eth0 cali*       | cali* eth0       | vxlan.calico VXLAN 4789 vni 4096                | vxlan-v6.calico VXLAN 4789 vni 4096
calico wireguard      | eth0 cali*       | cali* eth0       | wireguard.cali WIREGUARD 51820                  | wg-v6.cali WIREGUARD 51821
flannel vxlan         | eth0 veth* cni0  | cni0 veth* eth0  | flannel.1 VXLAN 8472 vni 1                      | flannel-v6.1 VXLAN 8472 vni 1
flannel vxlan C       | eth0 veth* cni0  | cni0 veth* eth0  | flannel.1 VXLAN 8472 vni 1                      | flannel-v6.1 VXLAN 8472 vni 1
flannel host-gw       | eth0 veth* cni0  | cni0 veth* eth0  | -                                               | -
flannel ipip          | eth0 veth* cni0  | cni0 veth* eth0  | flannel.ipip IPIP 4                             | none
flannel wireguard     | eth0 veth* cni0  | cni0 veth* eth0  | flannel-wg WIREGUARD 51820                      | flannel-wg-v6 WIREGUARD 51821
flannel udp           | eth0 veth* cni0  | cni0 veth* eth0  | flannel0 UDP 8285                               | none
canal vxlan           | eth0 cali*       | cali* eth0       | flannel.1 VXLAN 8472 vni 1                      | flannel-v6.1 VXLAN 8472 vni 1
canal host-gw         | eth0 cali*       | cali* eth0       | -                                               | -
canal ipip            | eth0 cali*       | cali* eth0       | flannel.ipip IPIP 4                             | none
canal wireguard       | eth0 cali*       | cali* eth0       | flannel-wg WIREGUARD 51820                      | flannel-wg-v6 WIREGUARD 51821
weave fastdp          | eth0 veth* weave | weave veth* eth0 | vethwe-bridge vethwe-datapath vxlan-6784 VXLAN 6784 | none
weave sleeve          | eth0 veth* weave | weave veth* eth0 | vethwe-bridge vethwe-pcap weaver SLEEVE 6783    | none
cilium vxlan          | eth0 lxc*        | lxc* eth0        | cilium_vxlan VXLAN 8472 vni identity            | =
cilium geneve         | eth0 lxc*        | lxc* eth0        | cilium_geneve GENEVE 6081 vni identity          | =
cilium native         | eth0 lxc*        | lxc* eth0        | -                                               | -
cilium native wireguard | eth0 lxc*      | lxc* eth0        | cilium_wg0 WIREGUARD 51871                      | =
cilium native ipsec   | eth0 lxc*        | lxc* eth0        | ESP 50                                          | =
cilium vxlan wireguard | eth0 lxc*       | lxc* eth0        | cilium_vxlan VXLAN 8472 vni identity + cilium_wg0 WIREGUARD 51871 | =
cilium vxlan ipsec    | eth0 lxc*        | lxc* eth0        | cilium_vxlan VXLAN 8472 vni identity + ESP 50   | =
cilium geneve wireguard | eth0 lxc*      | lxc* eth0        | cilium_geneve GENEVE 6081 vni identity + cilium_wg0 WIREGUARD 51871 | =
cilium geneve ipsec   | eth0 lxc*        | lxc* eth0        | cilium_geneve GENEVE 6081 vni identity + ESP 50 | =
cilium eni            | eth0 lxc*        | lxc* eth0        | -                                               | -
cilium eni wireguard  | eth0 lxc*        | lxc* eth0        | cilium_wg0 WIREGUARD 51871                      | =
cilium eni ipsec      | eth0 lxc*        | lxc* eth0        | ESP 50                                          | =
antrea geneve         | eth0 veth* br-int | br-int veth* eth0 | antrea-tun0 GENEVE 6081                       | =
antrea vxlan          | eth0 veth* br-int | br-int veth* eth0 | antrea-tun0 VXLAN 4789                        | =
antrea gre            | eth0 veth* br-int | br-int veth* eth0 | antrea-tun0 GRE 47                            | none
antrea geneve ipsec   | eth0 veth* br-int | br-int veth* eth0 | antrea-tun0 GENEVE 6081 + ESP 50              | =
antrea vxlan ipsec    | eth0 veth* br-int | br-int veth* eth0 | antrea-tun0 VXLAN 4789 + ESP 50               | =
antrea geneve wireguard | eth0 veth* br-int antrea-gw0 | antrea-gw0 br-int veth* eth0 | antrea-wg0 WIREGUARD 51820 | =
antrea native         | eth0 veth* br-int antrea-gw0 | antrea-gw0 br-int veth* eth0 | -                       | -
kube-ovn geneve       | eth0 veth* br-int | br-int veth* eth0 | genev_sys_6081 GENEVE 6081                    | =
kube-ovn vxlan        | eth0 veth* br-int | br-int veth* eth0 | vxlan_sys_4789 VXLAN 4789                     | =
kube-ovn stt          | eth0 veth* br-int | br-int veth* eth0 | stt_sys_7471 STT 7471                         | =
ovn-kubernetes geneve | eth0 veth* br-int | br-int veth* eth0 | genev_sys_6081 GENEVE 6081                    | =
ovn-kubernetes geneve ipsec | eth0 veth* br-int | br-int veth* eth0 | genev_sys_6081 GENEVE 6081 + ESP 50     | =
aws-vpc-cni eni       | eth0 eni*        | eni* eth0        | -                                               | -
azure-cni eni         | eth0 azv*        | azv* eth0        | -                                               | -
kube-router bgp       | eth0 veth* kube-bridge | kube-bridge veth* eth0 | -                                   | -
kube-router ipip      | eth0 veth* kube-bridge | kube-bridge veth* eth0 | tun-ipip IPIP 4                     | tun-ipip IPIP 41
kube-router ipip C    | eth0 veth* kube-bridge | kube-bridge veth* eth0 | tun-ipip IPIP 4                     | tun-ipip IPIP 41
kube-router fou       | eth0 veth* kube-bridge | kube-bridge veth* eth0 | tun-fou GUE 5555                    | tun-fou GUE 5555
kindnet ptp           | eth0 veth*       | veth* eth0       | -                                               | -
unknown routed        | eth0 veth*       | veth* eth0       | -                                               | -
`;

/** Modes whose routes stay within a segment. */
const ON_LINK_ONLY = ['flannel host-gw', 'canal host-gw', 'kindnet ptp'];

/** Pods of a node are on one bridge, which is passed once; elsewhere each has a device of its own on the node. */
const BRIDGES: ReadonlySet<string> = new Set(['cni0', 'weave', 'kube-bridge', 'br-int']);

/**
 * Nodes for which pods keep their addresses: Cilium’s BPF without tunnels; cloudnativelabs/kube-router pkg/controllers/routing/pod_egress.go, kube-router-node-ips; those of a virtual network, whose
 * addresses nodes have (aws/amazon-vpc-cni-k8s README, AWS_VPC_K8S_CNI_EXTERNALSNAT: "to destinations outside of the VPC"); Kube-OVN, below.
 */
const KEEPS_TO_NODES = /^(?:cilium (?:native|eni)|kube-router|kube-ovn|aws|azure)/;

/**
 * Plugins whose tunnels lead what pods send to the address of another node. kubeovn/kube-ovn pkg/controller/node.go, handleAddNode: `ip4.dst == <node>` is rerouted to that node's port of the join
 * network, test/e2e "should hit baseline node IP route". kube-router pkg/tunnels/linux_tunnels.go, SetupOverlayTunnel: the peer is dev the tunnel in the table to which a rule leads what pods send.
 */
const TUNNELS_TO_NODES = /^(?:kube-ovn|kube-router (?:ipip|fou))/;

/** aws/amazon-vpc-cni-k8s pkg/networkutils/network.go, updateHostIptablesRules: "For v6, we don't add any SNAT or Connmark rules". */
const KEEPS_IPV6 = /^aws/;

/** By which a switch reaches its node, and what is outside, where that is another: antrea docs/design/architecture.md; kube-ovn docs, overlay; ovn-kubernetes docs/design/topology.md, the shared gateway. */
const GATEWAYS: Readonly<Record<string, readonly [own: string, outward: string]>> = {
  antrea: ['antrea-gw0', 'antrea-gw0'],
  'kube-ovn': ['ovn0', 'ovn0'],
  'ovn-kubernetes': ['ovn-k8s-mp0', 'br-ex'],
};

interface Row {
  readonly name: string;
  readonly settings: ProfileSettings;
  readonly crossSubnet: boolean;
  readonly out: string;
  readonly into: string;
  /** Names of devices and what is put around the packet; undefined: nothing is; `none`: the family is not carried. */
  readonly wraps: Readonly<Record<IpFamily, string | undefined>>;
  /** Only what pods send to one another is wrapped. */
  readonly podsOnly: boolean;
  /** A bridge or switch that wraps by itself: what the node sends, or passes on, passes it too, and the device by which it reaches the node. */
  readonly hub: { readonly own: readonly string[]; readonly outward: readonly string[] };
  /** From a switch to what is outside, where it does not stand in `out`. */
  readonly outward: readonly string[];
  readonly families: readonly IpFamily[];
}

const KINDS = /(?:^|\s)((?:VXLAN|GENEVE|IPIP|GUE|GRE|STT|WIREGUARD|ESP|SLEEVE|UDP) .*)$/;

const TABLE: readonly Row[] = ROWS.trim()
  .split('\n')
  .map((line) => {
    const [name = '', out = '', into = '', wrap4 = '', wrap6 = ''] = line.split('|').map((cell) => cell.trim());
    const [plugin = '', mode = '', more] = name.split(' ');
    const crossSubnet = more === 'C';
    const cni = { plugin, mode, crossSubnet, encryption: more === undefined || crossSubnet ? undefined : more };
    const known = (text: string) => (text === '-' ? undefined : text);
    const wraps = { 4: known(wrap4), 6: known(wrap6 === '=' ? wrap4 : wrap6) };
    const families: readonly IpFamily[] = wraps[6] === 'none' ? [4] : [4, 6];
    // Of Cilium what encrypts, of what is inside of it nothing.
    const podsOnly = plugin === 'cilium' && cni.encryption !== undefined;
    const [own, outward] = GATEWAYS[plugin] ?? [];
    const isSwitch = own !== undefined && !out.includes(own);
    const hub =
      plugin === 'weave'
        ? { own: ['weave'], outward: ['weave'] }
        : { own: isSwitch ? [own, 'br-int'] : [], outward: isSwitch ? [outward!, 'br-int'] : [] };
    return { name, settings: { cni }, crossSubnet, out, into, wraps, podsOnly, hub, outward: isSwitch ? [outward!] : [], families };
  });

// The plugins and modes that the data plane is to know (shared/reference/ipam-dataplane.md §8, §11). VLANs: `hop-path.macvlan.spec.ts`.
it('every plugin and mode of the data plane’s list is there, with both families where it carries them', () => {
  const listed = [
    ...['bgp', 'ipip', 'vxlan', 'ipip C', 'vxlan C', 'wireguard'].map((mode) => `calico ${mode}`),
    ...['vxlan', 'host-gw', 'ipip', 'wireguard'].map((mode) => `flannel ${mode}`),
    ...['fastdp', 'sleeve'].map((mode) => `weave ${mode}`),
    ...['vxlan', 'geneve', 'native', 'eni'].flatMap((mode) => ['', ' wireguard', ' ipsec'].map((more) => `cilium ${mode}${more}`)),
    ...['geneve', 'native', 'geneve wireguard'].map((mode) => `antrea ${mode}`),
    'kube-ovn geneve',
    'ovn-kubernetes geneve',
    'aws-vpc-cni eni',
    'kube-router ipip',
    'unknown routed',
  ];
  expect(listed.filter((name) => !TABLE.some((row) => row.name === name))).toEqual([]);
  // No IPv6: IP in IP of Flannel and its UDP, Weave (site/concepts; flannel Documentation/backends.md), GRE of Antrea (pkg/agent/agent.go: "GRE tunnel type is not supported for IPv6 overlay").
  const single = TABLE.filter(({ families }) => families.length === 1).map(({ name }) => name);
  expect(single).toEqual(['flannel ipip', 'flannel udp', 'canal ipip', 'weave fastdp', 'weave sleeve', 'antrea gre']);
});

// pkg/tunnels/linux_tunnels.go lays the route to the peer with the tunnel; without one (overlay-type `subnet`) the node's own route leads there, and no route of BGP does.
it('kube-router: a node of the subnet is reached by the node’s own route', () => {
  const model = pathCluster({ cni: { plugin: 'kube-router', mode: 'ipip', crossSubnet: true } });
  const rules = (to: string) => askPath(model, 'pod/t/a', to).result.forward.hops.map(({ rule }) => rule);
  expect(rules('node/node2').join()).not.toContain('BGP');
  expect(rules('node/node3').join()).toContain('192.168.9.3 is dev the tunnel to it');
});

type Relation = 'subnet' | 'cross';

/** Who is at the ends where those are not pods: a node sends or receives, or one passes on what comes from outside, or goes there. */
interface Ends {
  readonly first?: string;
  readonly last?: string;
  readonly ofNode?: 'out' | 'in' | undefined;
  readonly isPassedOn?: boolean;
}

/** Between two nodes: devices that wrap, the wire, devices that unwrap. What the first and the last do besides comes behind them. */
function middle(row: Row, family: IpFamily, relation: Relation, { first = '', last = '', ofNode, isPassedOn = false }: Ends = {}): string {
  const layers = layersOf(row, family, relation, ofNode !== undefined);
  const isRouted = relation === 'cross';
  if (layers.length === 0) return `eth0${first} |${isRouted ? ' routers |' : ''} eth0${last}`;
  const around = (count: number) =>
    count === 0
      ? ''
      : `(${layers
          .slice(0, count)
          .map(({ kind }) => kind)
          .toReversed()
          .join(' around ')})`;
  const hub = isPassedOn ? row.hub.outward : row.hub.own;
  const wrapping = layers.flatMap(({ devices }, index) =>
    devices.map((device, place) => `${device}${place === devices.length - 1 ? around(index + 1) : ''}`),
  );
  const unwrapping = layers.flatMap(({ devices }, index) => devices.map((device) => `${device}${around(index)}`)).toReversed();
  const whole = around(layers.length);
  const there = [...(ofNode === 'out' ? hub : []), ...wrapping, `eth0${whole}`];
  const back = [`eth0${whole}`, ...unwrapping, ...(ofNode === 'in' ? hub.toReversed() : [])];
  there[0] = `${there[0]}${first}`;
  back[back.length - 1] = `${back.at(-1)}${last}`;
  return `${there.join(' ')} |${isRouted ? ` routers${whole} |` : ''} ${back.join(' ')}`;
}

/** What is put around a packet, innermost first, and by which devices. */
function layersOf(row: Row, family: IpFamily, relation: Relation, isOfNode: boolean) {
  const text = row.crossSubnet && relation === 'subnet' ? undefined : row.wraps[family];
  const layers = (text?.split(' + ') ?? []).map((layer) => ({
    kind: KINDS.exec(layer)?.[1] ?? '',
    devices: layer.replace(KINDS, '').trim().split(' ').filter(Boolean),
  }));
  return row.podsOnly && isOfNode ? layers.slice(0, -1) : layers;
}

/** With what the device does that translates services: a switch, or the last on the way out and the first on the way in. */
const translating = (devices: string, what: string, isOut: boolean) =>
  devices.includes('br-int')
    ? devices.replace('br-int', `br-int${what}`)
    : isOut
      ? `${devices}${what}`
      : devices.replace(/^\S+/, (first) => `${first}${what}`);

/** The same service with policy Local, and a hostNetwork pod of node2. */
const MORE: readonly KubernetesObject[] = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'local', namespace: 't' },
    spec: {
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      selector: { app: 'b' },
      clusterIP: '10.96.0.20',
      clusterIPs: ['10.96.0.20', 'fd00:96::20'],
      ipFamilies: ['IPv4', 'IPv6'],
      ipFamilyPolicy: 'RequireDualStack',
      ports: [{ name: 'http', port: 80, targetPort: 8080, nodePort: 30_081 }],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'h', namespace: 't', uid: 'h' },
    spec: { nodeName: 'node2', hostNetwork: true, containers: [{ name: 'c', image: 'c' }] },
    status: { phase: 'Running', podIP: '192.168.0.2', podIPs: [{ ip: '192.168.0.2' }, { ip: '2001:db8::2' }] },
  },
];

const CLIENT: Readonly<Record<IpFamily, string>> = { 4: 'ip/203.0.113.9', 6: 'ip/2001:db8:ffff::9' };

const CASES = TABLE.flatMap((row) => row.families.map((family) => ({ row, family, name: `${row.name}, IPv${family}` })));

describe.each(CASES)('$name', ({ row, family }) => {
  const model: NetworkModel = pathCluster(row.settings, MORE);
  const ways = (from: string, to: string, port?: string) => {
    const { verdict, result } = askPath(model, from, to, { family, port });
    return [verdict === 'SMALL_ONLY' ? 'DELIVERED' : verdict, inShort(result.forward), inShort(result.reply)];
  };
  const keepsToNodes = KEEPS_TO_NODES.test(row.name);
  const outward = row.outward.map((device) => `${device} `).join('');

  it.each([
    ['subnet', 'b'],
    ['cross', 'd'],
  ] as const)('from pod to pod and back, %s', (relation, pod) => {
    if (relation === 'cross' && ON_LINK_ONLY.includes(row.name)) return expect(ways('pod/t/a', 'pod/t/d')[0]).toBe('NO_ROUTE');
    const between = middle(row, family, relation);
    const way = `${row.out} ${between} ${row.into}`;
    return expect(ways('pod/t/a', `pod/t/${pod}`)).toEqual(['DELIVERED', way, way]);
  });

  it('from pod to pod of the node and back: a bridge, or the routes of the node, once', () => {
    const [bridge] = row.into.split(' ').filter((device) => BRIDGES.has(device));
    const [out, into] = [row.out, row.into].map((devices) => devices.replace(/ ?antrea-gw0 ?/, ''));
    const way = `${out} ${bridge ? into!.replace(`${bridge} `, '') : into}`;
    expect(ways('pod/t/a', 'pod/t/c')).toEqual(['DELIVERED', way, way]);
  });

  it('out of the cluster and back', () => {
    const isKept = family === 6 && KEEPS_IPV6.test(row.name);
    expect(ways('pod/t/a', CLIENT[family])).toEqual([
      'DELIVERED',
      `${row.out} ${outward}eth0${isKept ? '' : '>SNAT'} | the gateway`,
      `the gateway | eth0${isKept ? '' : '>REVERSE_SNAT'} ${outward}${row.into}`,
    ]);
  });

  it('to a service and back', () => {
    const between = middle(row, family, 'subnet');
    expect(ways('pod/t/a', 'svc/t/web')).toEqual([
      'DELIVERED',
      `${translating(row.out, '>DNAT', true)} ${between} ${row.into}`,
      `${row.out} ${between} ${translating(row.into, '>REVERSE_DNAT', false)}`,
    ]);
  });

  it.each(['node/node2', 'pod/t/h'])('to a node, or a pod on its network, and back: %s', (to) => {
    const back = keepsToNodes
      ? `socket ${middle(row, family, 'subnet', { ofNode: 'out' })} ${row.into}`
      : `socket eth0 | eth0>REVERSE_SNAT ${outward}${row.into}`;
    const there = TUNNELS_TO_NODES.test(row.name)
      ? middle(row, family, 'subnet', { ofNode: 'in' })
      : `${outward}eth0${keepsToNodes ? '' : '>SNAT'} | eth0`;
    expect(ways('pod/t/a', to)).toEqual(['DELIVERED', `${row.out} ${there} socket`, back]);
  });

  it('to a node of another subnet: through the tunnel where that leads to nodes, and by the underlay elsewhere', () => {
    const there = TUNNELS_TO_NODES.test(row.name)
      ? middle(row, family, 'cross', { ofNode: 'in' })
      : `${outward}eth0${keepsToNodes ? '' : '>SNAT'} | routers | eth0`;
    expect(ways('pod/t/a', 'node/node3')[1]).toBe(`${row.out} ${there} socket`);
  });

  it.each(['node/node2', 'pod/t/h'])('from a node, or a pod on its network, and back: %s', (from) => {
    expect(ways(from, 'pod/t/a')).toEqual([
      'DELIVERED',
      `socket ${middle(row, family, 'subnet', { ofNode: 'out' })} ${row.into}`,
      `${row.out} ${middle(row, family, 'subnet', { ofNode: 'in' })} socket`,
    ]);
  });

  it('through a node port of policy Cluster, on to another node, and back by the first', () => {
    expect(ways(CLIENT[family], 'node/node1', '30080')).toEqual([
      'DELIVERED',
      `the gateway | eth0>DNAT ${middle(row, family, 'subnet', { first: '>SNAT', ofNode: 'out', isPassedOn: true })} ${row.into}`,
      `${row.out} ${middle(row, family, 'subnet', { last: '>REVERSE_SNAT', ofNode: 'in', isPassedOn: true })} eth0>REVERSE_DNAT | the gateway`,
    ]);
  });

  it('through a node port of policy Local, at the endpoint’s node alone, with the client’s address', () => {
    expect(ways(CLIENT[family], 'node/node2', '30081')).toEqual([
      'DELIVERED',
      `the gateway | eth0>DNAT ${outward}${row.into}`,
      `${row.out} ${outward}eth0>REVERSE_DNAT | the gateway`,
    ]);
    expect(ways(CLIENT[family], 'node/node1', '30081')[0]).toBe('REFUSED');
  });
});

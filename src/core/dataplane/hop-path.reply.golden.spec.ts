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
 * - What a plugin masquerades: `masquerade.spec.ts` names the sources. All of these masquerade what goes out; only Cilium without tunnels and kube-router leave packets to nodes alone.
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
kube-router bgp       | eth0 veth* kube-bridge | kube-bridge veth* eth0 | -                                   | -
kindnet ptp           | eth0 veth*       | veth* eth0       | -                                               | -
unknown routed        | eth0 veth*       | veth* eth0       | -                                               | -
`;

/** Modes whose routes stay within a segment. */
const ON_LINK_ONLY = ['flannel host-gw', 'canal host-gw', 'kindnet ptp'];

/** Pods of a node are on one bridge, which is passed once; elsewhere each has a device of its own on the node. */
const BRIDGES: ReadonlySet<string> = new Set(['cni0', 'weave', 'kube-bridge']);

/** Nodes for which pods keep their addresses: Cilium’s BPF without tunnels; cloudnativelabs/kube-router pkg/controllers/routing/pod_egress.go, kube-router-node-ips. */
const KEEPS_TO_NODES = /^(?:cilium native|kube-router)/;

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
  /** A bridge that wraps by itself: what the node sends passes it too. */
  readonly hub: string;
  readonly families: readonly IpFamily[];
}

const KINDS = /(?:^|\s)((?:VXLAN|GENEVE|IPIP|WIREGUARD|ESP|SLEEVE|UDP) .*)$/;

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
    const podsOnly = cni.encryption !== undefined;
    return { name, settings: { cni }, crossSubnet, out, into, wraps, podsOnly, hub: plugin === 'weave' ? 'weave' : '', families };
  });

// The plugins and modes that the data plane is to know (shared/reference/ipam-dataplane.md §8, §11). VLANs: `hop-path.macvlan.spec.ts`; Cilium's encryption inside of tunnels: `hop-path.golden.spec.ts`.
it('every plugin and mode of the data plane’s list is there, with both families where it carries them', () => {
  const listed = [
    ...['bgp', 'ipip', 'vxlan', 'ipip C', 'vxlan C', 'wireguard'].map((mode) => `calico ${mode}`),
    ...['vxlan', 'host-gw', 'ipip', 'wireguard'].map((mode) => `flannel ${mode}`),
    ...['fastdp', 'sleeve'].map((mode) => `weave ${mode}`),
    ...['vxlan', 'geneve', 'native', 'native wireguard', 'native ipsec'].map((mode) => `cilium ${mode}`),
    'unknown routed',
  ];
  expect(listed.filter((name) => !TABLE.some((row) => row.name === name))).toEqual([]);
  // No IPv6: IP in IP of Flannel and its UDP, Weave (site/concepts; flannel Documentation/backends.md).
  const single = TABLE.filter(({ families }) => families.length === 1).map(({ name }) => name);
  expect(single).toEqual(['flannel ipip', 'flannel udp', 'canal ipip', 'weave fastdp', 'weave sleeve']);
});

type Relation = 'subnet' | 'cross';

/** Between two nodes: devices that wrap, the wire, devices that unwrap. What the first and the last do besides comes behind them. */
function middle(row: Row, family: IpFamily, relation: Relation, { first = '', last = '', ofNode = '' } = {}): string {
  const isPlain = (row.crossSubnet && relation === 'subnet') || (row.podsOnly && ofNode !== '');
  const text = isPlain ? undefined : row.wraps[family];
  const isRouted = relation === 'cross';
  if (text === undefined) return `eth0${first} |${isRouted ? ' routers |' : ''} eth0${last}`;
  const around = `(${KINDS.exec(text)?.[1]})`;
  const devices = text.replace(KINDS, '').trim().split(' ').filter(Boolean);
  const wrapping = devices.map((device, index) => (index === devices.length - 1 ? `${device}${around}` : device));
  const hub = ofNode === '' || row.hub === '' ? [] : [row.hub];
  const there = [...(ofNode.includes('out') ? hub : []), ...wrapping, `eth0${around}`];
  const back = [`eth0${around}`, ...devices.toReversed(), ...(ofNode.includes('in') ? hub : [])];
  there[0] = `${there[0]}${first}`;
  back[back.length - 1] = `${back.at(-1)}${last}`;
  return `${there.join(' ')} |${isRouted ? ` routers${around} |` : ''} ${back.join(' ')}`;
}

/** With what the last, or the first, of some devices does. */
const lastDoes = (devices: string, what: string) => `${devices}${what}`;
const firstDoes = (devices: string, what: string) => devices.replace(/^\S+/, (first) => `${first}${what}`);

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
    const way = `${row.out} ${bridge ? row.into.replace(`${bridge} `, '') : row.into}`;
    expect(ways('pod/t/a', 'pod/t/c')).toEqual(['DELIVERED', way, way]);
  });

  it('out of the cluster and back', () => {
    expect(ways('pod/t/a', CLIENT[family])).toEqual([
      'DELIVERED',
      `${row.out} eth0>SNAT | the gateway`,
      `the gateway | eth0>REVERSE_SNAT ${row.into}`,
    ]);
  });

  it('to a service and back', () => {
    const between = middle(row, family, 'subnet');
    expect(ways('pod/t/a', 'svc/t/web')).toEqual([
      'DELIVERED',
      `${lastDoes(row.out, '>DNAT')} ${between} ${row.into}`,
      `${row.out} ${between} ${firstDoes(row.into, '>REVERSE_DNAT')}`,
    ]);
  });

  it.each(['node/node2', 'pod/t/h'])('to a node, or a pod on its network, and back: %s', (to) => {
    const back = keepsToNodes
      ? `socket ${middle(row, family, 'subnet', { ofNode: 'out' })} ${row.into}`
      : `socket eth0 | eth0>REVERSE_SNAT ${row.into}`;
    expect(ways('pod/t/a', to)).toEqual(['DELIVERED', `${row.out} eth0${keepsToNodes ? '' : '>SNAT'} | eth0 socket`, back]);
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
      `the gateway | eth0>DNAT ${middle(row, family, 'subnet', { first: '>SNAT', ofNode: 'out' })} ${row.into}`,
      `${row.out} ${middle(row, family, 'subnet', { last: '>REVERSE_SNAT', ofNode: 'in' })} eth0>REVERSE_DNAT | the gateway`,
    ]);
  });

  it('through a node port of policy Local, at the endpoint’s node alone, with the client’s address', () => {
    expect(ways(CLIENT[family], 'node/node2', '30081')).toEqual([
      'DELIVERED',
      `the gateway | eth0>DNAT ${row.into}`,
      `${row.out} eth0>REVERSE_DNAT | the gateway`,
    ]);
    expect(ways(CLIENT[family], 'node/node1', '30081')[0]).toBe('REFUSED');
  });
});

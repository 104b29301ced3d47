import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { podLines, workloadCluster } from '../../../test/support/workload-cluster.js';
import type { Json, JsonObject } from '../kernel/json.js';
import { formatCidr } from '../net/cidr.js';
import { formatIp } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import type { NetworkModel } from './network-model.js';
import type { ProfileSettings } from './profile-settings.js';

function service(name: string, spec: JsonObject, status?: JsonObject): KubernetesObject {
  const [namespace = '', own = ''] = name.includes('/') ? name.split('/') : ['t', name];
  const ports: Json = [{ port: 80 }];
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name: own },
    spec: { ports, ...spec },
    ...(status === undefined ? {} : { status }),
  };
}

/** `10.96.0.10 observed`: the cluster IPs of a service. */
function clusterIPs(model: NetworkModel, name: string): string[] {
  return (model.services.get(name)?.clusterIPs ?? []).map(({ value, provenance }) => `${formatIp(value)} ${provenance}`);
}

/** What a number of services of a range get, in order. */
function given(serviceCIDRs: readonly string[], count: number, spec: JsonObject = {}): string[] {
  const services = Array.from({ length: count }, (_, index) => service(`s${index}`, spec));
  const model = modelOf(services, { serviceCIDRs });
  return [...model.services.values()].flatMap(({ clusterIPs: ips }) => ips.map(({ value }) => formatIp(value)));
}

/** kubernetes `pkg/kubelet/network`; the host-local plugin (containernetworking/plugins `ipam/host-local`): the first address is the gateway's. */
describe('addresses of pods', () => {
  it.each([
    [
      'the lowest of the node’s range after network and gateway',
      'Pod a ; Pod b ; Node n1 10.244.7.0/24',
      ['a @n1 10.244.7.2', 'b @n1 10.244.7.3'],
    ],
    [
      'none that somebody has',
      'Pod a ; Pod b @n1 10.244.7.2 Running ; Node n1 10.244.7.0/24 10.244.7.3',
      ['a @n1 10.244.7.4', 'b @n1 10.244.7.2'],
    ],
    ['one of each family', 'Pod a ; Node n1 10.244.7.0/24 fd00:7::/64', ['a @n1 10.244.7.2 fd00:7::2']],
    ['until the range is full', 'Pod a ; Pod b ; Node n1 10.244.7.0/30', ['a @n1 10.244.7.2', 'b @n1 -']],
    // containernetworking/plugins `plugins/ipam/host-local/main.go` cmdAdd: when one range set is full, the addresses of the others are given back.
    ['none where one family is full', 'Pod a ; Pod b ; Node n1 10.244.7.0/30 fd00:7::/64', ['a @n1 10.244.7.2 fd00:7::2', 'b @n1 -']],
    ['the node’s own on the host network', 'Pod a hostNetwork ; Node n1 10.244.7.0/24 192.168.0.1 fd00::1', ['a @n1 192.168.0.1 fd00::1']],
    ['the node’s internal ones before external ones', 'Pod a hostNetwork ; Node n1 ext:203.0.113.1 192.168.0.1', ['a @n1 192.168.0.1']],
    ['of a made-up node on the host network', 'Pod a hostNetwork', ['a @node-1 192.0.2.11']],
    ['what the status says, whatever the node’s range', 'Pod a @n1 172.16.0.9 Running ; Node n1 10.244.7.0/24', ['a @n1 172.16.0.9']],
    [
      'none of a finished pod, which another may have',
      'Pod a @n1 10.244.7.2 Succeeded ; Pod b ; Node n1 10.244.7.0/24',
      ['a @n1 -', 'b @n1 10.244.7.2'],
    ],
  ])('%s', (_what, cluster, expected) => {
    expect(podLines(modelOf(workloadCluster(cluster)))).toEqual(expected);
  });

  it.each([
    ['their ranges are full', 'Pod a ; Pod b ; Node n1 10.244.7.0/30', {}, '1 pod without an address: the ranges of their nodes are full'],
    [
      'nothing tells of a range',
      'Pod a ; Pod b ; Node n1',
      { cni: { plugin: 'aws-vpc-cni' } },
      '2 pods without an address: nothing tells of a range of their nodes',
    ],
    [
      'of more than one cause',
      'Pod a ; Pod b hostNetwork ; Node n1',
      { cni: { plugin: 'aws-vpc-cni' } },
      '2 pods without an address: 1, for nothing tells of a range of their nodes; 1, for their nodes, whose network they are in, have no address',
    ],
  ] as const)('are told to be missing where %s', (_why, cluster, settings: ProfileSettings, message) => {
    expect(modelOf(workloadCluster(cluster), settings).assumptions).toContainEqual({ code: 'PODS_WITHOUT_ADDRESS', message });
  });

  it('know whether their range is known', () => {
    const provenance = (settings: ProfileSettings) => modelOf(workloadCluster('Pod a ; Node n1'), settings).pods[0]?.ips[0]?.provenance;
    expect(provenance({})).toBe('assumed');
    expect(provenance({ podCIDRs: ['10.200.0.0/16'] })).toBe('derived');
  });
});

/** kubernetes `pkg/controller/nodeipam/ipam/cidrset` and `range_allocator.go`: round robin, what nodes and services have is occupied first. */
describe('ranges of nodes', () => {
  const ranges = (cluster: string, settings: ProfileSettings) =>
    [...modelOf(workloadCluster(cluster), settings).nodes.values()].map(({ name, podCIDRs }) =>
      [name, ...podCIDRs.map(({ value }) => formatCidr(value))].join(' '),
    );

  it.each<readonly [string, string, ProfileSettings, readonly string[]]>([
    ['a /24 each', 'Node n1 ; Node n2', { podCIDRs: ['10.244.0.0/16'] }, ['n1 10.244.0.0/24', 'n2 10.244.1.0/24']],
    [
      'after those that nodes have',
      'Node n1 ; Node n2 10.244.0.0/24',
      { podCIDRs: ['10.244.0.0/16'] },
      ['n1 10.244.1.0/24', 'n2 10.244.0.0/24'],
    ],
    [
      'by the masks of each family',
      'Node n1 ; Node n2',
      { ipFamilies: ['IPv4', 'IPv6'], podCIDRs: ['10.0.0.0/16', 'fd00::/48'], nodeCIDRMaskSizes: { v4: 20, v6: 56 } },
      ['n1 10.0.0.0/20 fd00::/56', 'n2 10.0.16.0/20 fd00:0:0:100::/56'],
    ],
    [
      'never the service range',
      'Node n1 ; Node n2',
      { podCIDRs: ['10.0.0.0/16'], serviceCIDRs: ['10.0.0.0/23'] },
      ['n1 10.0.2.0/24', 'n2 10.0.3.0/24'],
    ],
    // cilium/cilium `operator/pkg/ipam/allocator/clusterpool`: nothing there knows of services.
    [
      'the service range too by Cilium’s operator',
      'Node n1 ; Node n2',
      { cni: { plugin: 'cilium', ipam: 'cluster-pool' }, podCIDRs: ['10.0.0.0/16'], serviceCIDRs: ['10.0.0.0/23'] },
      ['n1 10.0.0.0/24', 'n2 10.0.1.0/24'],
    ],
    [
      '… and not where Cilium leaves ranges to kube-controller-manager',
      'Node n1 ; Node n2',
      { cni: { plugin: 'cilium', ipam: 'kubernetes' }, podCIDRs: ['10.0.0.0/16'], serviceCIDRs: ['10.0.0.0/23'] },
      ['n1 10.0.2.0/24', 'n2 10.0.3.0/24'],
    ],
    // cilium Documentation/network/concepts/ipam/{eni,azure}.rst: pods have addresses of interfaces.
    ...[{ plugin: 'cilium', mode: 'eni' }, { plugin: 'cilium', ipam: 'azure' }, { plugin: 'azure-cni' }, { plugin: 'aws-vpc-cni' }].map(
      (cni) => [`none with ${Object.values(cni).join(' ')}`, 'Node n1', { cni }, ['n1']] as const,
    ),
    ['none when all are taken', 'Node n1 ; Node n2', { podCIDRs: ['10.0.0.0/24'] }, ['n1 10.0.0.0/24', 'n2']],
    [
      'from the next range of the cluster then',
      'Node n1 ; Node n2',
      { podCIDRs: ['10.0.0.0/24', '10.9.0.0/24'] },
      ['n1 10.0.0.0/24', 'n2 10.9.0.0/24'],
    ],
  ])('%s', (_what, cluster, settings, expected) => {
    expect(ranges(cluster, settings)).toEqual(expected);
  });

  /**
   * A pod's address is of its node's range (kubernetes.io, cluster networking; host-local), so that pods tell which one it is; on EKS pods have addresses of the VPC
   * (amazon-vpc-cni-k8s `README.md`) and nodes have none.
   */
  it.each<readonly [string, string, ProfileSettings, readonly string[]]>([
    ['the first ones where pods lie in them', 'Pod a @n1 10.244.0.9 Running', {}, ['n1 10.244.0.0/24']],
    [
      'where the pods of each lie, and others for those without pods',
      'Pod a @n1 10.244.2.9 Running ; Pod b @n1 10.244.2.7 Running ; Pod c @n3 10.244.0.7 Running ; Node n1 ; Node n2 ; Node n3',
      {},
      ['n1 10.244.2.0/24', 'n2 10.244.1.0/24', 'n3 10.244.0.0/24'],
    ],
    [
      'none where nobody tells of the plugin and pods of a node lie apart',
      'Pod a @n1 172.31.3.134 Running ; Pod b @n2 172.31.3.57 Running ; Pod c @n2 172.31.1.75 Running',
      {},
      ['n1', 'n2'],
    ],
    [
      'none where nobody tells of the plugin and the pods of one node lie together, those of another apart',
      'Pod a @n1 172.31.3.134 Running ; Pod b @n1 172.31.3.57 Running ; Pod c @n2 172.31.5.75 Running ; Pod d @n2 172.31.6.75 Running',
      {},
      ['n1', 'n2'],
    ],
    [
      'none for the node one of whose pods lies in the part that would be its own, the other not',
      'Pod a @n1 10.244.0.4 Running ; Pod b @n1 10.244.8.4 Running',
      { cni: { plugin: 'flannel' } },
      ['n1'],
    ],
    [
      'none for two nodes whose pods lie in one part',
      'Pod a @n1 10.244.4.9 Running ; Pod b @n2 10.244.4.10 Running',
      { cni: { plugin: 'flannel' }, podCIDRs: ['10.244.0.0/16'] },
      ['n1', 'n2'],
    ],
    ['none where single pods show no range', 'Pod a @n1 172.31.3.134 Running ; Pod b @n2 172.31.9.57 Running', {}, ['n1', 'n2']],
    [
      'none for the node whose pods lie apart, where the plugin gives ranges',
      'Pod a @n1 10.244.7.4 Running ; Pod b @n1 10.244.8.4 Running ; Pod c @n2 10.244.9.4 Running',
      { cni: { plugin: 'flannel' } },
      ['n1', 'n2 10.244.9.0/24'],
    ],
    [
      'none beside the cluster’s ranges, nor where another node has the range',
      'Pod a @n1 10.9.0.4 Running ; Pod b @n2 10.244.4.9 Running ; Node n1 ; Node n2 ; Node n3 10.244.4.0/24',
      { cni: { plugin: 'flannel' }, podCIDRs: ['10.244.0.0/16'] },
      ['n1', 'n2', 'n3 10.244.4.0/24'],
    ],
    // kubernetes `pkg/controller/nodeipam/ipam/cidrset/cidr_set_test.go` TestOccupy: a range takes every part that it touches, larger and smaller ones alike.
    [
      'none in any part of a larger range of another node',
      'Pod a @n1 10.244.5.9 Running ; Node n1 ; Node n2 10.244.4.0/23',
      { cni: { plugin: 'flannel' }, podCIDRs: ['10.244.0.0/16'] },
      ['n1', 'n2 10.244.4.0/23'],
    ],
    [
      'none around a smaller range of another node',
      'Pod a @n1 10.244.4.9 Running ; Node n1 ; Node n2 10.244.4.64/26',
      { cni: { plugin: 'flannel' }, podCIDRs: ['10.244.0.0/16'], nodeCIDRMaskSizes: { v4: 24 } },
      ['n1', 'n2 10.244.4.64/26'],
    ],
    [
      'never larger than the cluster’s, and the one with the pods’ where there is one',
      'Pod a @n2 10.244.4.9 Running ; Node n1 ; Node n2',
      { cni: { plugin: 'flannel' }, podCIDRs: ['10.244.4.0/25'] },
      ['n1', 'n2 10.244.4.0/25'],
    ],
    [
      'whatever finished pods and those on the host network had',
      'Pod a @n1 172.31.3.134 Succeeded ; Pod b @n1 192.168.0.1 hostNetwork Running ; Pod c @n1 172.31.4.7 Failed',
      {},
      ['n1 10.244.0.0/24'],
    ],
    [
      'by kube-controller-manager, whatever blocks of Calico the pods lie in',
      'Pod a @n1 10.244.7.4 Running ; Pod b @n1 10.244.8.4 Running',
      { cni: { plugin: 'calico' } },
      ['n1 10.244.0.0/24'],
    ],
    [
      'of each family by itself',
      'Pod a @n1 10.244.3.4 fd00:0:0:1::4 Running ; Pod b @n1 10.244.3.5 fd00:0:0:2::5 Running',
      { cni: { plugin: 'flannel' }, ipFamilies: ['IPv4', 'IPv6'], podCIDRs: ['10.244.0.0/16', 'fd00::/48'] },
      ['n1 10.244.3.0/24'],
    ],
  ])('are %s', (_what, cluster, settings, expected) => {
    expect(ranges(cluster, settings)).toEqual(expected);
  });
});

/** KEP-3070 and kubernetes `pkg/registry/core/service/ipallocator`: the dynamic band first, the static one when it is full; network and broadcast never. */
describe('cluster IPs', () => {
  const last = (address: string) => Number(address.split('.')[3]);

  it('come from the dynamic band: of 10.0.0.0/24 from .17 on', () => {
    const addresses = given(['10.0.0.0/24'], 238).map(last);
    expect(new Set(addresses).size).toBe(238);
    expect([Math.min(...addresses), Math.max(...addresses)]).toEqual([17, 254]);
  });

  it('and from the static one when that is full, but for the first, which is the API server’s', () => {
    const addresses = given(['10.0.0.0/24'], 260).map(last);
    expect(addresses).toHaveLength(253);
    expect([Math.min(...addresses), Math.max(...addresses)]).toEqual([2, 254]);
  });

  it('have no static band in a range of 16', () => {
    expect(
      given(['10.0.0.0/28'], 20)
        .map(last)
        .sort((a, b) => a - b),
    ).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  });

  it('that were given stay and are given to nobody else', () => {
    const addresses = given(['10.0.0.0/29'], 3);
    const model = modelOf([...['x', 'y', 'z'].map((name) => service(name, {})), service('a', { clusterIP: addresses[0] ?? '' })], {
      serviceCIDRs: ['10.0.0.0/29'],
    });
    expect(clusterIPs(model, 't/a')).toEqual([`${addresses[0]} observed`]);
    expect(new Set([...model.services.values()].map((one) => formatIp(one.clusterIPs[0]?.value ?? { family: 4, value: 0n }))).size).toBe(4);
  });

  it('of `default/kubernetes` are the first, of the DNS service what pods ask', () => {
    const model = modelOf([service('default/kubernetes', {}), service('kube-system/kube-dns', {})], { serviceCIDRs: ['10.7.0.0/16'] });
    expect(clusterIPs(model, 'default/kubernetes')).toEqual(['10.7.0.1 derived']);
    expect(clusterIPs(model, 'kube-system/kube-dns')).toEqual(['10.7.0.10 derived']);
  });

  it.each<readonly [string, JsonObject, number]>([
    ['headless', { clusterIP: 'None' }, 0],
    ['ExternalName', { type: 'ExternalName', externalName: 'example.com' }, 0],
    ['ClusterIP', {}, 1],
    ['NodePort', { type: 'NodePort' }, 1],
    ['LoadBalancer', { type: 'LoadBalancer' }, 1],
    ['dual-stack preferred', { ipFamilyPolicy: 'PreferDualStack' }, 2],
    ['single-stack of the other family', { ipFamilies: ['IPv6'] }, 1],
  ])('%s', (_what, spec, count) => {
    expect(given(['10.0.0.0/16', 'fd00::/112'], 1, spec)).toHaveLength(count);
  });

  it('are a guess where the range is one', () => {
    expect(clusterIPs(modelOf([service('a', {})]), 't/a')[0]).toMatch(/ assumed$/);
  });
});

/** KEP-3668 and kubernetes `portallocator/allocator.go`; `storage/alloc.go` updateNodePorts. */
describe('node ports', () => {
  const ports = (model: NetworkModel, name: string) => model.services.get(name)?.nodePorts.map((port) => port?.value);

  it('come from the dynamic band: of 30000–32767 from 30086 on', () => {
    const model = modelOf(Array.from({ length: 40 }, (_, index) => service(`s${index}`, { type: 'NodePort' })));
    const all = [...model.services.keys()].flatMap((name) => ports(model, name) ?? []).map(Number);
    expect(new Set(all).size).toBe(40);
    expect(all.every((port) => port >= 30_086 && port <= 32_767)).toBe(true);
  });

  it.each<readonly [string, JsonObject, readonly (number | string | undefined)[]]>([
    ['a ClusterIP service has none', {}, [undefined]],
    ['a load balancer may do without', { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }, [undefined]],
    ['a load balancer has them by default', { type: 'LoadBalancer' }, ['some']],
    ['a given one stays, wherever it lies', { type: 'NodePort', ports: [{ port: 80, nodePort: 8080 }] }, [8080]],
  ])('%s', (_what, spec, expected) => {
    const actual = ports(modelOf([service('a', spec)]), 't/a')?.map((port) =>
      port === undefined || expected.includes(port) ? port : 'some',
    );
    expect(actual).toEqual(expected);
  });

  /** kubernetes `pkg/registry/core/service/storage/rest_test.go`, TestInitNodePorts; the last two by `findRequestedNodePort`: "find one with the same port number and NodePort specified". */
  it.each<[string, readonly (readonly [port: number, protocol: string, nodePort?: number])[], readonly number[]]>([
    ['one specified NodePort', [[53, 'TCP', 30_053]], [30_053]],
    [
      'two same ports with different protocols and the same NodePorts',
      [
        [53, 'TCP', 30_054],
        [53, 'UDP', 30_054],
      ],
      [30_054, 30_054],
    ],
    [
      'two same ports with different protocols and different NodePorts',
      [
        [53, 'TCP', 30_055],
        [53, 'UDP', 30_056],
      ],
      [30_055, 30_056],
    ],
    [
      'two different ports with different protocols and different NodePorts',
      [
        [53, 'TCP', 30_057],
        [54, 'UDP', 30_058],
      ],
      [30_057, 30_058],
    ],
    [
      'two same ports with different protocols but only one NodePort',
      [
        [53, 'TCP', 30_059],
        [53, 'UDP'],
      ],
      [30_059, 30_059],
    ],
    [
      'the same, the second one given',
      [
        [53, 'TCP'],
        [53, 'UDP', 30_059],
      ],
      [30_059, 30_059],
    ],
    [
      'two given and one not: the first',
      [
        [53, 'TCP'],
        [53, 'UDP', 30_060],
        [53, 'SCTP', 30_061],
      ],
      [30_060, 30_060, 30_061],
    ],
  ])('%s', (_, given, expected) => {
    const list = given.map(([port, protocol, nodePort]) => ({
      name: `p-${port}-${protocol.toLowerCase()}`,
      port,
      protocol,
      ...(nodePort === undefined ? {} : { nodePort }),
    }));
    expect(ports(modelOf([service('a', { type: 'NodePort', ports: list })]), 't/a')).toEqual(expected);
  });

  it('are shared by the protocols of one port', () => {
    const both = [
      { name: 't', port: 53, protocol: 'TCP' },
      { name: 'u', port: 53, protocol: 'UDP' },
    ];
    const [tcp, udp] = ports(modelOf([service('a', { type: 'NodePort', ports: both })]), 't/a') ?? [];
    expect(tcp).toBeGreaterThan(0);
    expect(udp).toBe(tcp);
  });
});

describe('owners of addresses', () => {
  const owners = (model: NetworkModel, ip: string) =>
    (model.ipOwners.get(ip) ?? []).map(({ type, ip: { provenance } }) => `${type} ${provenance}`);

  it('are pods, nodes and services; finished pods own nothing', () => {
    const model = modelOf([
      ...workloadCluster(
        'Pod a @n1 10.0.0.1 Running ; Pod b @n1 10.0.0.1 Failed ; Pod h @n1 hostNetwork 192.168.0.1 Running ; Node n1 192.168.0.1 ext:203.0.113.9',
      ),
      service(
        's',
        { clusterIP: '10.96.0.5', type: 'LoadBalancer', externalIPs: ['198.51.100.7'] },
        { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } },
      ),
    ]);
    expect(owners(model, '10.0.0.1')).toEqual(['pod observed']);
    expect(owners(model, '192.168.0.1')).toEqual(['pod observed', 'node observed']);
    expect(owners(model, '203.0.113.9')).toEqual(['node observed']);
    expect(owners(model, '10.96.0.5')).toEqual(['clusterIP observed']);
    expect(owners(model, '203.0.113.1')).toEqual(['loadBalancer observed']);
    expect(owners(model, '198.51.100.7')).toEqual(['externalIP observed']);
  });

  it('may be several: that is a finding, not an error', () => {
    expect(owners(modelOf(workloadCluster('Pod a @n1 10.0.0.1 Running ; Pod b @n1 10.0.0.1 Running')), '10.0.0.1')).toEqual([
      'pod observed',
      'pod observed',
    ]);
  });
});

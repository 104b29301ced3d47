import { describe, expect, it } from 'vitest';
import { askPath, inShort, pathCluster } from '../../../test/support/path-cluster.js';
import type { CniPlugin } from '../model/network-profile.js';
import type { IpFamily } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { podMtu } from './pod-mtu.js';

/** What switches beside the mode change in the ways of `hop-path.golden.spec.ts`. */

const TARGETS = { same: 'pod/t/c', subnet: 'pod/t/b', cross: 'pod/t/d', external: 'ip/203.0.113.9', service: 'svc/t/web' } as const;

// openshift/api `operator/v1/types_network.go`, RoutingViaHost: "to exit via the ovn-k8s-mp0 management port into the host before sending it out".
it('OVN-Kubernetes with the local gateway goes out through the routes of the node, and in the cluster as before', () => {
  const [local, shared] = [true, false].map((routingViaHost) => pathCluster({ cni: { plugin: 'ovn-kubernetes', routingViaHost } }));
  const outside = askPath(local!, 'pod/t/a', TARGETS.external).result;
  expect(inShort(outside.forward)).toBe('eth0 veth* br-int ovn-k8s-mp0 eth0>SNAT | the gateway');
  expect(outside.reply.hops.map(({ device }) => device)).toEqual(outside.forward.hops.map(({ device }) => device).toReversed());
  for (const name of ['same', 'subnet', 'cross', 'service'] as const) {
    const [here, there] = [local!, shared!].map((model) => inShort(askPath(model, 'pod/t/a', TARGETS[name]).result.forward));
    expect(here).toBe(there);
  }
});

// shared/reference/ipam-dataplane.md §11, Flannel, Service: "endpoint on the same node: back over `cni0` (bridge netfilter must be on, else the un-DNAT of the reply is missed)".
describe('a service whose endpoint is on the node of the sender', () => {
  const service: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'near', namespace: 't' },
    spec: { selector: { app: 'c' }, clusterIP: '10.96.0.30', clusterIPs: ['10.96.0.30'], ports: [{ port: 80, targetPort: 8080 }] },
  };
  const asked = (plugin: string, bridgeNetfilter?: boolean, from = 'pod/t/a') =>
    askPath(pathCluster({ cni: { plugin }, underlay: { bridgeNetfilter: bridgeNetfilter ?? null } }, [service]), from, 'svc/t/near');
  const notes = (answer: ReturnType<typeof asked>) => answer.assumptions.filter(({ code }) => code === 'BRIDGE_NETFILTER_ASSUMED');

  it.each(['flannel', 'weave', 'kube-router'])('%s: replies over the bridge, which has to call netfilter', (plugin) => {
    const [untold, on, off] = [asked(plugin), asked(plugin, true), asked(plugin, false)];
    expect([untold.verdict, notes(untold).length, on.verdict, notes(on).length]).toEqual(['DELIVERED', 1, 'DELIVERED', 0]);
    expect([off.verdict, off.result.reply.hops]).toEqual(['NO_ROUTE', []]);
    expect(off.summary).toContain('the packet arrives, and its reply does not');
  });

  it.each(['calico', 'antrea', 'kindnet'])('%s has no bridge, or one that translates by itself', (plugin) => {
    expect([asked(plugin, false).verdict, notes(asked(plugin))]).toEqual(['DELIVERED', []]);
  });

  it('where it is the sender itself, its packet is masqueraded, and the reply comes to the node', () => {
    expect([asked('flannel', false, 'pod/t/c').verdict, notes(asked('flannel', undefined, 'pod/t/c'))]).toEqual(['DELIVERED', []]);
  });
});

// aws/amazon-vpc-cni-k8s README, AWS_EXTERNAL_SERVICE_CIDRS.
it.each([
  ['203.0.113.0/24', /table main/],
  ['198.51.100.0/24', /1536 from its secondary addresses/],
])('the AWS VPC CNI leads what goes to ranges of its list by the table main: %s', (cidr, rule) => {
  const agent: KubernetesObject = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'aws-node', namespace: 'kube-system' },
    spec: {
      selector: { matchLabels: { app: 'aws' } },
      template: {
        metadata: { labels: { app: 'aws' } },
        spec: {
          hostNetwork: true,
          containers: [
            { name: 'aws-node', image: 'amazon-k8s-cni:v1.20', env: [{ name: 'AWS_EXTERNAL_SERVICE_CIDRS', value: `${cidr}, x` }] },
          ],
        },
      },
    },
  };
  const { result } = askPath(pathCluster({}, [agent]), 'pod/t/a', TARGETS.external);
  expect(result.forward.hops.find(({ device }) => device === 'eni*')?.rule).toMatch(rule);
});

// shared/reference/ipam-dataplane.md §11; cilium/cilium pkg/datapath/linux/linux_defaults/linux_defaults.go.
it('Cilium with ENIs: a rule leads from the pod to the table of its interface, and another to the pod of the other node', () => {
  const { result } = askPath(pathCluster({ cni: { plugin: 'cilium', mode: 'eni' } }), 'pod/t/a', 'pod/t/d');
  expect(result.forward.hops.map((hop) => hop.rule).join('; ')).toMatch(/rule 111 .* table 10 .* rule 20/);
});

// shared/reference/ipam-dataplane.md §9; cilium/cilium pkg/datapath/linux/node.go, createDirectRouteSpec: "must be directly reachable".
it.each([
  ['required', 'NO_ROUTE', 'eth0 lxc*'],
  ['optional', 'DELIVERED', 'eth0 lxc* eth0 | routers | eth0 lxc* eth0'],
  ['none', 'DELIVERED', 'eth0 lxc* eth0 | routers | eth0 lxc* eth0'],
])('Cilium’s direct routes lead to nodes of the segment; to others %s: %s', (directRoutes, expected, way) => {
  const model = pathCluster({ cni: { plugin: 'cilium', mode: 'native', directRoutes } });
  const near = askPath(model, 'pod/t/a', 'pod/t/b');
  expect([near.verdict, inShort(near.result.forward)]).toEqual(['DELIVERED', 'eth0 lxc* eth0 | eth0 lxc* eth0']);
  const far = askPath(model, 'pod/t/a', 'pod/t/d');
  expect([far.verdict, inShort(far.result.forward)]).toEqual([expected, way]);
  expect(far.evidence.some(({ reason }) => reason === 'NOT_ON_LINK')).toBe(expected === 'NO_ROUTE');
  // Whoever has told that the routers know the pods has told that it does not matter.
  const told = pathCluster({
    cni: { plugin: 'cilium', mode: 'native', directRoutes },
    underlay: { routesPods: true, subnets: [{ cidr: '192.168.0.0/24' }, { cidr: '192.168.9.0/24' }] },
  });
  expect(askPath(told, 'pod/t/a', 'pod/t/d').verdict).toBe('DELIVERED');
});

// antrea-io/antrea `cmd/antrea-agent/options.go`, validateNodeOptions: "TrafficEncryptionMode %s may only be enabled in encap mode"; noEncap and hybrid have no encryption.
it.each(['wireguard', 'ipsec'] as const)('Antrea encrypts nothing by %s where packets go between nodes as they are', (encryption) => {
  for (const mode of ['native', 'noEncap', 'hybrid']) {
    const refused = podMtu({ cni: 'antrea', mode, underlayFamily: 4, hostMtu: 1500, options: { encryption } });
    expect(refused).toMatchObject({ ok: false, error: { kind: 'invalid-request', errors: [{ pointer: '/encryption' }] } });
  }
  const { result } = askPath(pathCluster({ cni: { plugin: 'antrea', mode: 'native', encryption } }), 'pod/t/a', 'pod/t/b');
  expect([result.podMtu, result.forward.wrapped]).toEqual([1500, false]);
});

// kubeovn/kube-ovn pkg/daemon/handler.go: a pod of an underlay has the MTU of its provider network's device, and nothing is put around its packets.
it('Kube-OVN’s VLAN lets packets of the whole MTU of the device pass', () => {
  const { verdict, result, warnings } = askPath(
    pathCluster({ cni: { plugin: 'kube-ovn', mode: 'vlan', mtu: 1500 } }),
    'pod/t/a',
    'pod/t/b',
  );
  expect([verdict, result.podMtu, result.forward.pathMtu, warnings]).toEqual(['DELIVERED', 1500, 1500, []]);
});

describe('IPv6', () => {
  // The MTU over an underlay of IPv6: `pod-mtu.spec.ts` names the sources. Cilium and Antrea tunnel over IPv4 where nodes have it.
  it.each<readonly [CniPlugin, string, IpFamily]>([
    ['calico', 'vxlan', 6],
    ['calico', 'wireguard', 6],
    ['calico', 'bgp', 6],
    ['flannel', 'wireguard', 6],
    ['cilium', 'vxlan', 4],
    ['antrea', 'geneve', 4],
  ])('%s %s goes over IPv%4$s, with the MTU of that', (cni, mode, underlayFamily) => {
    const { verdict, result } = askPath(pathCluster({ cni: { plugin: cni, mode } }), 'pod/t/a', 'pod/t/d', { family: 6 });
    const table = podMtu({ cni, mode, underlayFamily, hostMtu: 1500 });
    expect([verdict, result.podMtu, result.forward.pathMtu]).toEqual(['DELIVERED', ...Array(2).fill(table.ok && table.value.podMtu)]);
    expect(
      result.forward.hops.flatMap(({ encap }) => encap).every(({ outerSrc }) => outerSrc.includes(':') === (underlayFamily === 6)),
    ).toBe(true);
  });

  it('Flannel’s VXLAN loses the largest packets: it subtracts 50 bytes and puts 70 around them', () => {
    const { verdict, result } = askPath(pathCluster({ cni: { plugin: 'flannel', mode: 'vxlan' } }), 'pod/t/a', 'pod/t/b', { family: 6 });
    expect([verdict, result.podMtu, result.forward.pathMtu]).toEqual(['SMALL_ONLY', 1450, 1430]);
  });

  it.each([
    ['weave', 'fastdp'],
    ['flannel', 'ipip'],
    // pkg/agent/agent.go: "GRE tunnel type is not supported for IPv6 overlay".
    ['antrea', 'gre'],
  ])('%s %s does not carry it', (plugin, mode) => {
    const { verdict, evidence } = askPath(pathCluster({ cni: { plugin, mode } }), 'pod/t/a', 'pod/t/b', { family: 6 });
    expect([verdict, evidence.some(({ reason }) => reason === 'FAMILY_NOT_CARRIED')]).toEqual(['NO_ROUTE', true]);
  });
});

/**
 * weaveworks/weave `router/crypto.go`: 28 bytes of IP and UDP, 14 of Ethernet, 6 of the sender's name and 14 before the frame; encrypted 8 + secretbox.Overhead (16) more. `router/sleeve.go`: it finds the
 * path's MTU out by itself. `test/163_encryption_test` and `site/concepts/encryption.md`: in the clear where both peers trust each other's subnet.
 */
describe('Weave', () => {
  const between = (mode: string, cni: object, to = 'pod/t/b') => {
    const { verdict, result } = askPath(pathCluster({ cni: { plugin: 'weave', mode, mtu: 1450, ...cni } }), 'pod/t/a', to);
    const kinds = result.forward.hops.flatMap(({ encap }) => encap.map(({ kind, encrypted }) => `${kind}${encrypted ? ' encrypted' : ''}`));
    return [verdict, result.forward.pathMtu, [...new Set(kinds)].sort().join(', ')];
  };
  const ENCRYPTED = { encryption: 'ipsec' };
  const TRUSTED = { ...ENCRYPTED, trustedSubnets: ['192.168.0.0/24'] };

  it.each([
    ['sleeve', {}, 'pod/t/b', 'DELIVERED', 1500 - 62, 'SLEEVE'],
    ['sleeve', ENCRYPTED, 'pod/t/b', 'DELIVERED', 1500 - 86, 'SLEEVE encrypted'],
    ['sleeve', TRUSTED, 'pod/t/b', 'DELIVERED', 1500 - 62, 'SLEEVE'],
    ['sleeve', TRUSTED, 'pod/t/d', 'DELIVERED', 1500 - 86, 'SLEEVE encrypted'],
    ['fastdp', ENCRYPTED, 'pod/t/b', 'SMALL_ONLY', 1500 - 84, 'ESP encrypted, VXLAN'],
    ['fastdp', TRUSTED, 'pod/t/b', 'DELIVERED', 1450, 'VXLAN'],
    ['fastdp', TRUSTED, 'pod/t/d', 'SMALL_ONLY', 1500 - 84, 'ESP encrypted, VXLAN'],
  ])('by %s, told %j, to %s: %s', (mode, cni, to, verdict, pathMtu, kinds) => {
    expect(between(mode, cni, to)).toEqual([verdict, pathMtu, kinds]);
  });
});

/** weaveworks/weave `site/concepts/encryption.md`: the fast datapath goes into ESP, sleeve encrypts its own packets by NaCl. */
it.each([
  ['fastdp', undefined, ['VXLAN false']],
  ['fastdp', 'ipsec', ['ESP true', 'VXLAN false']],
  ['sleeve', undefined, ['SLEEVE false']],
  ['sleeve', 'ipsec', ['SLEEVE true']],
] as const)('Weave %s with encryption %s', (mode, encryption, expected) => {
  const { hops } = askPath(pathCluster({ cni: { plugin: 'weave', mode, ...(encryption ? { encryption } : {}) } }), 'pod/t/a', 'pod/t/b')
    .result.forward;
  expect([...new Set(hops.flatMap(({ encap }) => encap).map(({ kind, encrypted }) => `${kind} ${encrypted}`))].sort()).toEqual(expected);
});

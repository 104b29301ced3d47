import { describe, expect, it } from 'vitest';
import { askPath, pathCluster } from '../../../test/support/path-cluster.js';
import { finished } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { CARRIERS } from './carriers.js';
import { nodeRoutes } from './node-routes.js';
import { podMtuAnswer } from './pod-mtu-answer.js';
import { tunnels } from './tunnels.js';

const ALL = { node: undefined, limit: 1000 };

function tunnelsOf(model: NetworkModel, node?: string): readonly string[] {
  const answer = tunnels(model, { ...ALL, node });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value.result.tunnels.map(({ node: name, device, kind, address, port, number, networkId, mtu, when }) =>
    [name, device, kind, address, port ?? number, networkId, mtu, when].join(' '),
  );
}

function routesOf(model: NetworkModel, node: string, family: 4 | 6 = 4): readonly string[] {
  const answer = finished(nodeRoutes(model, { node, family, limit: 1000 }));
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value.result.routes.map(
    ({ destination, via, device, reachable }) => `${destination} ${via ?? '-'} ${device}${reachable ? '' : ' unreachable'}`,
  );
}

const IPV4 = { ipFamilies: ['IPv4'] };

// Devices, ports and network ids: the sources of `carriers.ts`.
describe('tunnels', () => {
  it('are one of each node', () => {
    expect(tunnelsOf(pathCluster({ ...IPV4, cni: { plugin: 'flannel', mode: 'vxlan' } }))).toEqual([
      'node1 flannel.1 VXLAN 192.168.0.1 8472 1 1450 Always',
      'node2 flannel.1 VXLAN 192.168.0.2 8472 1 1450 Always',
      'node3 flannel.1 VXLAN 192.168.9.3 8472 1 1450 Always',
    ]);
  });

  // flannel pkg/backend/vxlan/vxlan.go: the device is named after the network id.
  it('have the port and the network id that are set', () => {
    const cni = { plugin: 'flannel', mode: 'vxlan', vni: 7, tunnelPort: 4789 };
    expect(tunnelsOf(pathCluster({ ...IPV4, cni }), 'node2')).toEqual(['node2 flannel.7 VXLAN 192.168.0.2 4789 7 1450 Always']);
  });

  it('are those of Calico’s pools', () => {
    const pool = (name: string, cidr: string, mode: Readonly<Record<string, string>>): KubernetesObject => ({
      apiVersion: 'projectcalico.org/v3',
      kind: 'IPPool',
      metadata: { name },
      spec: { cidr, ...mode },
    });
    const pools = [pool('a', '10.244.0.0/17', { ipipMode: 'Always' }), pool('b', '10.244.128.0/17', { vxlanMode: 'CrossSubnet' })];
    expect(tunnelsOf(pathCluster(IPV4, pools), 'node1')).toEqual([
      'node1 tunl0 IPIP 192.168.0.1 4  1480 Always',
      'node1 vxlan.calico VXLAN 192.168.0.1 4789 4096 1450 CrossSubnet',
    ]);
  });

  it('are two, one in the other, where Cilium encrypts', () => {
    const cni = { plugin: 'cilium', mode: 'geneve', encryption: 'wireguard' };
    expect(tunnelsOf(pathCluster({ ...IPV4, cni }), 'node1')).toEqual([
      'node1 cilium_geneve GENEVE 192.168.0.1 6081 identity 1450 Always',
      'node1 cilium_wg0 WIREGUARD 192.168.0.1 51871  1420 Always',
    ]);
  });

  it('have an assumed MTU where nobody tells that of the nodes’ devices', () => {
    const confidence = (underlay: ProfileSettings) => {
      const answer = tunnels(pathCluster({ ...IPV4, cni: { plugin: 'flannel', mode: 'vxlan' }, ...underlay }), ALL);
      return answer.ok ? answer.value.confidence : answer.error.message;
    };
    expect([confidence({}), confidence({ underlay: { mtu: 1500 } })]).toEqual(['ASSUMED', 'CERTAIN']);
  });

  it('are none where nothing is wrapped', () => {
    const answer = tunnels(pathCluster({ cni: { plugin: 'flannel', mode: 'host-gw' } }), ALL);
    expect(answer).toMatchObject({ ok: true, value: { verdict: 'NONE', result: { tunnels: [] } } });
  });

  // A tunnel has two ends: Cilium's agents learn those of others from the addresses of their nodes (cilium/cilium pkg/node/manager); what cannot be listed is told.
  it.each([
    [['node2'], 4, 'TUNNELS', ['NODE_WITHOUT_ADDRESS']],
    [['node1', 'node2', 'node3'], 0, 'TUNNELS', ['NODE_WITHOUT_ADDRESS']],
    [[], 6, 'TUNNELS', []],
  ] as const)('of nodes without an address are left out, and told: %j', (names, count, verdict, codes) => {
    const model = pathCluster({ ...IPV4, cni: { plugin: 'cilium', mode: 'geneve', encryption: 'wireguard' } });
    const nodes = new Map(
      [...model.nodes].map(([name, node]) => [name, names.some((one) => one === name) ? { ...node, addresses: [] } : node]),
    );
    const answer = tunnels({ ...model, nodes }, ALL);
    if (!answer.ok) throw new Error(answer.error.message);
    const { result, warnings } = answer.value;
    expect([result.tunnels.length, answer.value.verdict, warnings.map(({ code }) => code)]).toEqual([count, verdict, codes]);
    for (const name of names) expect(warnings[0]?.message).toContain(name);
  });

  it.each([
    ['vxlan', 'TUNNELS', 'no tunnel is known: there are no nodes'],
    ['host-gw', 'NONE', 'wraps nothing'],
  ])('are not denied where no node is known: %s', (mode, verdict, said) => {
    const answer = tunnels({ ...pathCluster({ cni: { plugin: 'flannel', mode } }), nodes: new Map() }, ALL);
    expect(answer).toMatchObject({ ok: true, value: { verdict, summary: expect.stringContaining(said) as string } });
  });

  it('of a node that there is not are refused', () => {
    expect(tunnels(pathCluster(IPV4), { node: 'node9', limit: 1 })).toMatchObject({
      ok: false,
      error: { kind: 'unknown-node', errors: [{ pointer: '/node' }] },
    });
  });
});

describe('routes of a node', () => {
  it('are one to its own pods and one to those of every other node', () => {
    expect(routesOf(pathCluster({ ...IPV4, cni: { plugin: 'flannel', mode: 'vxlan', crossSubnet: true } }), 'node1')).toEqual([
      '10.244.1.0/24 - cni0',
      '10.244.2.0/24 192.168.0.2 eth0',
      '10.244.3.0/24 10.244.3.0 flannel.1',
    ]);
  });

  // Documentation/network/concepts/routing.rst of Cilium: a route to each other node's range; ip-route(8): a next hop is of the route's family.
  it.each([
    ['calico', 'bgp', 4, 'cali*', '/32'],
    ['calico', 'bgp', 6, 'cali*', '/128'],
    ['cilium', 'native', 4, 'cilium_host', 'lxc*'],
    ['antrea', 'geneve', 4, 'antrea-gw0', 'br-int'],
  ] as const)('to its own pods are dev %4$s with %1$s, IPv%3$i', (plugin, mode, family, device, why) => {
    const answer = finished(nodeRoutes(pathCluster({ cni: { plugin, mode } }), { node: 'node1', family, limit: 10 }));
    const own = answer.ok ? answer.value.result.routes.find(({ kind }) => kind === 'own-pods') : undefined;
    expect(own).toMatchObject({ device, why: expect.stringContaining(why) });
  });

  // projectcalico/calico `felix/calc/l3_route_resolver.go`: a route for each block, and one for each address that another node than the block's has.
  it('are of the blocks that were imported, and of single addresses that are borrowed', () => {
    const block = (cidr: string, host: string): KubernetesObject => ({
      apiVersion: 'projectcalico.org/v3',
      kind: 'IPAMBlock',
      metadata: { name: cidr.replaceAll(/[./]/g, '-') },
      spec: { cidr, affinity: `host:${host}`, allocations: Array<null>(16).fill(null), attributes: [] },
    });
    const settings = { ...IPV4, cni: { plugin: 'calico', mode: 'bgp' }, underlay: { routesPods: true } };
    const blocks = [block('10.244.1.0/28', 'node1'), block('10.244.2.0/28', 'node2'), block('10.244.3.0/28', 'node2')];
    const routes = routesOf(pathCluster(settings, blocks), 'node1');
    expect(routes.map((route) => route.split(' ')[0])).toEqual(['10.244.1.0/28', '10.244.2.0/28', '10.244.3.0/28', '10.244.3.8/32']);
    expect(askPath(pathCluster(settings, blocks), 'pod/t/a', 'pod/t/d').result.to).toMatchObject({ node: 'node3', ip: '10.244.3.8' });
  });

  it('have a next hop of their own family', () => {
    const model = pathCluster({ cni: { plugin: 'cilium', mode: 'native' } });
    expect(routesOf(model, 'node1', 6).filter((one) => / \d+\.\d+\.\d+\.\d+ /.test(one))).toEqual([]);
    expect(routesOf(model, 'node1', 6)).toContain('fd00:244:0:2::/64 2001:db8::2 eth0');
  });

  const answerOf = (model: NetworkModel, node: string) => {
    const answer = finished(nodeRoutes(model, { node, family: 4, limit: 1000 }));
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.value;
  };

  // felix/dataplane/linux/vxlan_mgr.go: routes through VXLAN lead to the VTEP's address, and RouteClassVXLANSameSubnet is Felix' own; of IPIP they are BIRD's.
  it('are Felix’ with VXLAN, in the same subnet too, and BIRD’s with IPIP', () => {
    const why = (mode: string) =>
      answerOf(pathCluster({ ...IPV4, cni: { plugin: 'calico', mode, crossSubnet: true } }), 'node1').result.routes.map((one) => one.why);
    expect(why('vxlan').slice(1)).toEqual([
      expect.stringContaining('Felix’ route 10.244.2.0/26 via 192.168.0.2'),
      expect.stringContaining('Felix’ route 10.244.3.0/26 via the address of vxlan.calico of node3 dev vxlan.calico onlink'),
    ]);
    expect(why('ipip').slice(1)).toEqual([
      expect.stringContaining('BIRD’s route 10.244.2.0/26 via 192.168.0.2'),
      expect.stringContaining('BIRD’s route 10.244.3.0/26 via 192.168.9.3 dev tunl0 onlink'),
    ]);
  });

  it('say where what is wrapped is sent, and which next hop nobody tells', () => {
    const { result, assumptions } = answerOf(pathCluster({ ...IPV4, cni: { plugin: 'calico', mode: 'vxlan' } }), 'node1');
    expect(result.routes.map(({ via, tunnelTo }) => [via, tunnelTo])).toEqual([
      [null, null],
      [null, '192.168.0.2'],
      [null, '192.168.9.3'],
    ]);
    expect(assumptions.map(({ code }) => code)).toEqual(['NEXT_HOP_UNKNOWN']);
  });

  // A router of another subnet is no next hop that an object names: ip-route(8), a gateway is on-link.
  it('have no next hop that is told where a router is in between', () => {
    expect(routesOf(pathCluster({ ...IPV4, cni: { plugin: 'calico', mode: 'bgp' } }), 'node1').slice(1)).toEqual([
      '10.244.2.0/26 192.168.0.2 eth0',
      '10.244.3.0/26 - eth0',
    ]);
  });

  it('are assumed where nobody tells the subnets of nodes, and certain where they are told', () => {
    const cni = { plugin: 'cilium', mode: 'native' };
    const told = answerOf(pathCluster({ ...IPV4, cni, underlay: { subnets: [{ cidr: '192.168.0.0/16' }] } }), 'node1');
    const untold = answerOf(pathCluster({ ...IPV4, cni, underlay: {} }), 'node1');
    expect([told.confidence, untold.confidence]).toEqual(['CERTAIN', 'ASSUMED']);
    expect(untold.assumptions.map(({ code }) => code)).toEqual(['NODE_SUBNET_UNKNOWN', 'UNDERLAY_ROUTES_ASSUMED']);
  });

  it('are told in words that fit one, and none that is wrapped', () => {
    const summary = (settings: ProfileSettings) => answerOf(pathCluster({ ...IPV4, ...settings }), 'node1').summary;
    expect(summary({ cni: { plugin: 'weave', mode: 'fastdp' }, podCIDRs: ['10.244.0.0/16'] })).toBe(
      'node node1: 1 route to pods, none of them through tunnels',
    );
    expect(summary({ cni: { plugin: 'flannel', mode: 'vxlan' } })).toBe('node node1: 3 routes to pods, 2 of them through tunnels');
  });

  // Only one row of `carriers.ts` is theirs: there is nothing that somebody could tell.
  it.each([
    ['kindnet', undefined, []],
    ['aws-vpc-cni', undefined, []],
    ['kindnet', 'vxlan', ['CARRIER_ASSUMED']],
    // docs/user-guide.md of kube-router: `--enable-overlay` is on by default.
    ['kube-router', undefined, []],
    ['kube-router', 'vxlan', ['CARRIER_ASSUMED']],
  ] as const)('of %s, told the mode %s, assume %j', (plugin, mode, expected) => {
    const { assumptions } = answerOf(pathCluster({ ...IPV4, cni: { plugin, mode: mode ?? null } }), 'node1');
    expect(assumptions.map(({ code }) => code).filter((code) => code === 'CARRIER_ASSUMED')).toEqual(expected);
  });

  it('are to blocks with Calico', () => {
    expect(routesOf(pathCluster({ ...IPV4, cni: { plugin: 'calico', mode: 'ipip', blockSize: 26 } }), 'node1')).toEqual([
      '10.244.1.0/26 - cali*',
      '10.244.2.0/26 192.168.0.2 tunl0',
      '10.244.3.0/26 192.168.9.3 tunl0',
    ]);
  });

  it('lead nowhere where host-gw meets another subnet', () => {
    expect(routesOf(pathCluster({ ...IPV4, cni: { plugin: 'flannel', mode: 'host-gw' } }), 'node1').at(-1)).toBe(
      '10.244.3.0/24 - eth0 unreachable',
    );
  });

  it('are one to the whole network with Weave', () => {
    expect(routesOf(pathCluster({ ...IPV4, podCIDRs: ['10.244.0.0/16'], cni: { plugin: 'weave', mode: 'fastdp' } }), 'node1')).toEqual([
      '10.244.0.0/16 - weave',
    ]);
  });

  it.each(['flannel vxlan', 'flannel host-gw', 'calico ipip', 'cilium native', 'cilium vxlan', 'kindnet ptp'])(
    'agree with the path: %s',
    (text) => {
      const [plugin, mode] = text.split(' ');
      const model = pathCluster({ ...IPV4, cni: { plugin: plugin!, mode: mode! } });
      for (const [pod, node] of [
        ['b', 'node2'],
        ['d', 'node3'],
      ] as const) {
        const { verdict, result } = askPath(model, 'pod/t/a', `pod/t/${pod}`);
        const answer = finished(nodeRoutes(model, { node: 'node1', family: 4, limit: 100 }));
        const route = answer.ok ? answer.value.result.routes.find((one) => one.node === node) : undefined;
        expect([route?.reachable, route?.reachable && route.wrapped]).toEqual([
          verdict !== 'NO_ROUTE',
          verdict !== 'NO_ROUTE' && result.forward.wrapped,
        ]);
      }
    },
  );
});

describe('the texts of the tables', () => {
  const modes = Object.entries(CARRIERS).flatMap(([plugin, { modes: known }]) => Object.keys(known).map((mode) => ({ plugin, mode })));

  it.each(modes)('have every place filled in: $plugin $mode', ({ plugin, mode }) => {
    const model = pathCluster({ cni: { plugin, mode } });
    const families = [4, 6] as const;
    const answers = [
      tunnels(model, ALL),
      finished(nodeRoutes(model, { node: 'node1', family: undefined, limit: 100 })),
      ...families.flatMap((family) => ['pod/t/b', 'pod/t/c', 'node/node2'].map((to) => askPath(model, 'pod/t/a', to, { family }))),
    ];
    expect(JSON.stringify(answers)).not.toMatch(/\{[a-z]+\}/);
  });
});

describe('the MTU of the cluster’s pods', () => {
  const ask = (model: NetworkModel, more: Partial<Parameters<typeof podMtuAnswer>[1]> = {}) => {
    const answer = podMtuAnswer(model, {
      cni: undefined,
      mode: undefined,
      underlayFamily: undefined,
      hostMtu: undefined,
      options: {},
      ...more,
    });
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.value;
  };

  it('is that of the path, and another one with other values', () => {
    const model = pathCluster({ ...IPV4, cni: { plugin: 'cilium', mode: 'vxlan' } });
    expect(ask(model).result.podMtu).toBe(askPath(model, 'pod/t/a', 'pod/t/b').result.podMtu);
    // cilium pkg/mtu/mtu_test.go: 1500 − 50 − 80.
    expect(ask(model, { options: { encryption: 'wireguard' } }).result.podMtu).toBe(1370);
    expect(ask(model, { hostMtu: 9001 }).result.podMtu).toBe(8951);
    expect(ask(model, { cni: 'calico', mode: 'ipip' }).result).toMatchObject({ podMtu: 1480, transport: { protocol: 'ip', number: 4 } });
  });

  it('does not fit where it is set too large', () => {
    expect(ask(pathCluster({ ...IPV4, cni: { plugin: 'flannel', mode: 'vxlan', mtu: 1500 } })).verdict).toBe('TOO_LARGE');
  });
});

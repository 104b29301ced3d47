import { describe, expect, it } from 'vitest';
import { askPath, inShort, pathCluster } from '../../../test/support/path-cluster.js';
import { finished } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { clusterMtu } from './cluster-mtu.js';
import { dataplaneLint } from './dataplane-lint.js';
import { nodeRoutes } from './node-routes.js';
import { tunnels } from './tunnels.js';

/**
 * WireGuard of Calico.
 * - projectcalico/calico `felix/wireguard/wireguard.go`, shouldProgramWireguardPeer: "A peer to have a endpoint address of the same IP version […], a valid public key, and only a single peer to be
 *   claiming that public key"; what is for others is thrown back to the routes of the table main. `felix/wireguard/wireguard_test.go` tries v4 and v6 each with and without the other.
 * - `felix/dataplane/linux/wireguard_mgr.go`: remote hosts are in its table where EncryptHostTraffic is on.
 * - shared/reference/ipam-dataplane.md §11: "Takes precedence over IPIP/VXLAN between WireGuard nodes"; "Into hostNetwork pod […]: no encapsulation (Calico IPIP/WireGuard host options excepted)".
 */
const key = (letter: string) => `${letter.repeat(43)}=`;

type Told = Readonly<Record<string, string>>;

/** Nodes as in `pathCluster`, with annotations. */
function nodes(...annotations: readonly (Told | undefined)[]): readonly KubernetesObject[] {
  return annotations.flatMap((told, index): readonly KubernetesObject[] => {
    if (!told) return [];
    const number = index + 1;
    const addresses = number === 3 ? ['192.168.9.3', '2001:db8:9::3'] : [`192.168.0.${number}`, `2001:db8::${number}`];
    return [
      {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: `node${number}`, annotations: told },
        spec: { podCIDRs: [`10.244.${number}.0/24`, `fd00:244:0:${number}::/64`] },
        status: { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) },
      },
    ];
  });
}

const keyed = (letter: string): Told => ({ 'projectcalico.org/WireguardPublicKey': key(letter) });
const keyed6 = (letter: string): Told => ({ 'projectcalico.org/WireguardPublicKeyV6': key(letter) });

const pool = (name: string, cidr: string, mode: object): KubernetesObject => ({
  apiVersion: 'projectcalico.org/v3',
  kind: 'IPPool',
  metadata: { name },
  spec: { cidr, natOutgoing: true, ...mode },
});
const felix = (spec: Readonly<Record<string, boolean>>, name = 'default'): KubernetesObject => ({
  apiVersion: 'projectcalico.org/v3',
  kind: 'FelixConfiguration',
  metadata: { name },
  spec,
});

const POOLS = [pool('v4', '10.244.0.0/16', { ipipMode: 'Always' }), pool('v6', 'fd00:244::/48', { vxlanMode: 'Always' })];
const BY_HAND: ProfileSettings = { cni: { plugin: 'calico', mode: 'wireguard' } };

/** The model that objects alone tell: the plugin is found by its pools. */
const told = (...objects: readonly KubernetesObject[]) => pathCluster({}, [...POOLS, ...objects]);

const kinds = (model: NetworkModel, to: string, family: 4 | 6 = 4) => {
  const { result } = askPath(model, 'pod/t/a', to, { family });
  return [result.forward, result.reply].map(({ hops }) => hops.flatMap(({ encap }) => encap.map(({ kind }) => kind))[0] ?? '-');
};

describe('WireGuard of Calico', () => {
  // felix/wireguard/wireguard_test.go, "Enable wireguard": {v4, not v6}, {v4, v6}, {not v4, v6}.
  it.each([
    [{ wireguardEnabled: true }, 'WIREGUARD', 'VXLAN'],
    [{ wireguardEnabled: true, wireguardEnabledV6: false }, 'WIREGUARD', 'VXLAN'],
    [{ wireguardEnabled: true, wireguardEnabledV6: true }, 'WIREGUARD', 'WIREGUARD'],
    [{ wireguardEnabledV6: true }, 'IPIP', 'WIREGUARD'],
    [{ wireguardEnabled: false }, 'IPIP', 'VXLAN'],
  ])('is there for each family by itself: %j', (spec, v4, v6) => {
    const model = told(felix(spec));
    expect([kinds(model, 'pod/t/b', 4), kinds(model, 'pod/t/b', 6)]).toEqual([
      [v4, v4],
      [v6, v6],
    ]);
  });

  it('of one node alone says nothing of the others', () => {
    expect(kinds(told(felix({ wireguardEnabled: true }, 'node.node1')), 'pod/t/b')).toEqual(['IPIP', 'IPIP']);
  });

  it.each<[name: string, annotations: readonly (Told | undefined)[], toB: string, toD: string]>([
    ['no node tells a key', [], 'WIREGUARD', 'WIREGUARD'],
    ['every node has one', [keyed('a'), keyed('b'), keyed('c')], 'WIREGUARD', 'WIREGUARD'],
    ['the receiver’s node has none', [keyed('a'), undefined, keyed('c')], 'IPIP', 'WIREGUARD'],
    ['the sender’s node has none', [undefined, keyed('b'), keyed('c')], 'IPIP', 'IPIP'],
    ['it has that of another', [keyed('a'), keyed('c'), keyed('c')], 'IPIP', 'IPIP'],
    ['it has the key of 32 zeros: its kernel has no WireGuard', [keyed('a'), keyed('A'), keyed('c')], 'IPIP', 'WIREGUARD'],
    ['its key is none', [keyed('a'), { 'projectcalico.org/WireguardPublicKey': 'abcd' }, keyed('c')], 'IPIP', 'WIREGUARD'],
    ['it has that of the other family alone', [keyed('a'), keyed6('b'), keyed('c')], 'IPIP', 'WIREGUARD'],
  ])('joins nodes that have a key of their own, and others go by their pool: %s', (_, annotations, toB, toD) => {
    const model = told(felix({ wireguardEnabled: true }), ...nodes(...annotations));
    expect([kinds(model, 'pod/t/b'), kinds(model, 'pod/t/d')]).toEqual([
      [toB, toB],
      [toD, toD],
    ]);
  });

  it('says which node has no key', () => {
    const model = told(felix({ wireguardEnabled: true }), ...nodes(keyed('a'), undefined, keyed('c')));
    const message = askPath(model, 'pod/t/a', 'pod/t/b').evidence.find(({ stage }) => stage === 'carriage')?.message;
    expect(message).toContain(
      'node node2 has no WireGuard key of its own: the pool of the destination: every packet to another node is wrapped',
    );
  });

  it('without pools goes as it is where it does not go by WireGuard', () => {
    const model = pathCluster(BY_HAND, nodes(keyed('a'), undefined, keyed('c')));
    expect([kinds(model, 'pod/t/b'), kinds(model, 'pod/t/d')]).toEqual([
      ['-', '-'],
      ['WIREGUARD', 'WIREGUARD'],
    ]);
  });

  it('is a tunnel of the nodes that have a key, and the pools’ are there beside it for the rest', () => {
    const listed = (model: NetworkModel) => {
      const answer = tunnels(model, { node: undefined, limit: 100 });
      if (!answer.ok) throw new Error(answer.error.message);
      return answer.value.result.tunnels.map(({ node, kind, family }) => `${node} ${kind} ${family}`);
    };
    const on = felix({ wireguardEnabled: true, wireguardEnabledV6: true });
    expect(listed(told(on))).toEqual(['node1', 'node2', 'node3'].flatMap((name) => [`${name} WIREGUARD 4`, `${name} WIREGUARD 6`]));
    const some = nodes({ ...keyed('a'), ...keyed6('a') }, keyed6('b'), { ...keyed('c'), ...keyed6('c') });
    expect(listed(told(on, ...some)).toSorted()).toEqual([
      'node1 IPIP 4',
      'node1 WIREGUARD 4',
      'node1 WIREGUARD 6',
      'node2 IPIP 4',
      'node2 WIREGUARD 6',
      'node3 IPIP 4',
      'node3 WIREGUARD 4',
      'node3 WIREGUARD 6',
    ]);
  });

  it('routes agree with the path', () => {
    const model = told(felix({ wireguardEnabled: true }), ...nodes(keyed('a'), undefined, keyed('c')));
    const answer = finished(nodeRoutes(model, { node: 'node1', family: 4, limit: 100 }));
    const routes = answer.ok ? answer.value.result.routes.filter(({ kind }) => kind === 'other-node') : [];
    expect(routes.map(({ node, device }) => `${node} ${device}`)).toEqual(['node2 tunl0', 'node3 wireguard.cali']);
  });

  // felix/dataplane/linux/int_dataplane.go, determinePodMTU: one MTU for all pods of a node, the smallest of what is enabled.
  it.each([
    [{ wireguardEnabled: true }, 1430],
    [{ wireguardEnabledV6: true }, 1420],
    [{ wireguardEnabled: false }, 1430],
  ])('takes of the MTU by family: %j', (spec, expected) => {
    const model = told(felix(spec));
    expect([clusterMtu(model, 4).podMtu, clusterMtu(model, 6).podMtu]).toEqual([expected, expected]);
  });

  it.each<[name: string, annotations: readonly (Told | undefined)[], nodes: readonly (readonly string[])[]]>([
    ['no node tells a key', [], []],
    ['every node has one', [keyed('a'), keyed('b'), keyed('c')], []],
    ['one has none', [keyed('a'), undefined, keyed('c')], [['node2']]],
    ['two have the same', [keyed('a'), keyed('c'), keyed('c')], [['node2', 'node3']]],
  ])('that does not reach every node is a finding: %s', (_, annotations, expected) => {
    const model = told(felix({ wireguardEnabled: true }), ...nodes(...annotations));
    const { findings } = finished(dataplaneLint(model, { codes: ['NODES_NOT_ENCRYPTED'], severity: 'info' })).result;
    expect(findings.map((one) => one.nodes)).toEqual(expected);
  });

  // Peers ask no subnet: where some nodes are none, what is told is of a pair that goes by its pool, as the paths of the same model do.
  describe('leaves to routes of the pools', () => {
    const findingsOf = (model: NetworkModel, code: 'NODES_UNREACHABLE' | 'ROUTES_ASYMMETRIC') =>
      finished(dataplaneLint(model, { codes: [code], severity: 'info' })).result.findings.map((one) => one.nodes);
    const on = felix({ wireguardEnabled: true });

    it.each<[name: string, annotations: readonly (Told | undefined)[], parted: readonly (readonly string[])[]]>([
      ['nothing where all are peers', [keyed('a'), keyed('b'), keyed('c')], []],
      ['what a node sends that is none, to another subnet', [keyed('a'), undefined, keyed('c')], [['node2', 'node3']]],
      ['what is sent to a node of another subnet that is none', [keyed('a'), keyed('b'), undefined], [['node1', 'node3']]],
    ])('%s', (_, annotations, parted) => {
      const plain = [pool('v4', '10.244.0.0/16', { ipipMode: 'Never' }), on, ...nodes(...annotations)];
      const settings: ProfileSettings = { cni: { plugin: 'calico' }, ipFamilies: ['IPv4'] };
      const subnets = ['192.168.0.0/24', '192.168.9.0/24'].map((cidr) => ({ cidr }));
      const model = pathCluster({ ...settings, underlay: { subnets, routesPods: false } }, plain);
      expect(findingsOf(model, 'NODES_UNREACHABLE')).toEqual(parted);
      const withoutPools = pathCluster({ ...settings, underlay: { subnets, routesPods: false } }, plain.slice(1));
      expect(findingsOf(withoutPools, 'NODES_UNREACHABLE')).toEqual(parted);
    });

    it.each<[name: string, annotations: readonly Told[], pairs: readonly (readonly string[])[]]>([
      ['no ways that differ where all are peers', [keyed('a'), keyed('b'), keyed('c')], []],
      ['ways that differ of those that are none', [keyed('a'), {}, keyed('c')], [['node3', 'node2']]],
    ])('%s', (_, annotations, pairs) => {
      const own = ['192.168.0.1/16', '192.168.0.2/16', '192.168.9.3/24'];
      const told3 = annotations.map((one, index) => ({ ...one, 'projectcalico.org/IPv4Address': own[index] ?? '' }));
      const crossing = [pool('v4', '10.244.0.0/16', { vxlanMode: 'CrossSubnet' }), on, ...nodes(...told3)];
      const model = pathCluster({ cni: { plugin: 'calico' }, ipFamilies: ['IPv4'], underlay: {} }, crossing);
      expect(findingsOf(model, 'ROUTES_ASYMMETRIC')).toEqual(pairs);
    });
  });

  it('that is of IPv6 alone is told of where it is turned on', () => {
    const model = told(felix({ wireguardEnabledV6: true }), ...nodes(keyed6('a'), {}, keyed6('c')));
    const { findings } = finished(dataplaneLint(model, { codes: ['NODES_NOT_ENCRYPTED'], severity: 'info' })).result;
    expect(findings).toMatchObject([
      { nodes: ['node2'], object: { kind: 'FelixConfiguration', name: 'default' }, pointer: '/spec/wireguardEnabledV6' },
    ]);
  });
});

describe('WireGuard of nodes themselves (wireguardHostEncryptionEnabled)', () => {
  const hosts = (annotations: readonly (Told | undefined)[] = []) =>
    told(felix({ wireguardEnabled: true, wireguardHostEncryptionEnabled: true }), ...nodes(...annotations));
  const W = '(WIREGUARD 51820)';

  it('carries what nodes send one another, and what pods send to nodes, there and back', () => {
    const between = `wireguard.cali${W} eth0${W} | eth0${W} wireguard.cali`;
    const ofNodes = askPath(hosts(), 'node/node1', 'node/node2').result;
    expect([inShort(ofNodes.forward), inShort(ofNodes.reply)]).toEqual([`socket ${between} socket`, `socket ${between} socket`]);
    const ofPod = askPath(hosts(), 'pod/t/a', 'node/node2').result;
    expect(inShort(ofPod.forward)).toBe(`eth0 cali* wireguard.cali${W}>SNAT eth0${W} | eth0${W} wireguard.cali socket`);
    expect(inShort(ofPod.reply)).toBe(`socket ${between}>REVERSE_SNAT cali* eth0`);
    expect([ofNodes.forward.pathMtu, ofPod.forward.pathMtu]).toEqual([1440, 1430]);
  });

  it('is for the very address of the other node', () => {
    const step = askPath(hosts(), 'node/node1', 'node/node2').evidence.find(({ stage }) => stage === 'carriage');
    expect(step?.message).toContain('192.168.0.2/32 is allowed to the peer 192.168.0.2');
  });

  it('is not there between nodes that are no peers, in the other family, or where Felix is not told', () => {
    expect(inShort(askPath(hosts([keyed('a'), undefined, keyed('c')]), 'node/node1', 'node/node2').result.forward)).toBe(
      'socket eth0 | eth0 socket',
    );
    expect(inShort(askPath(hosts(), 'node/node1', 'node/node2', { family: 6 }).result.forward)).toBe('socket eth0 | eth0 socket');
    expect(inShort(askPath(told(felix({ wireguardEnabled: true })), 'node/node1', 'node/node2').result.forward)).toBe(
      'socket eth0 | eth0 socket',
    );
  });
});

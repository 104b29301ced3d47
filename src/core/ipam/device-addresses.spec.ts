import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { finished } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import { formatIp, parseIp } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { allocateAddress } from './allocate-address.js';
import { AllocationBook } from './allocation-book.js';
import { ipamLint } from './ipam-lint.js';
import { listPools } from './list-pools.js';
import { nextFree } from './next-free.js';
import { ownIp } from './own-ip.js';
import { poolCapacity } from './pool-capacity.js';

/*
 * Tunnels of Calico have addresses of pools (projectcalico/calico `libcalico-go/lib/apis/internalapi`, `node/pkg/allocateip`), and Cilium's agent takes one address of the node's range for
 * `cilium_host` and one for the health endpoint (shared/reference/ipam-dataplane.md §3.4), so neither gives them to pods.
 */

const SETTINGS: ProfileSettings = { serviceCIDRs: ['10.96.0.0/24'], clusterDomain: 'cluster.local' };
const CALICO: ProfileSettings = { ...SETTINGS, podCIDRs: ['10.0.0.0/28', 'fd00::/112'], cni: { plugin: 'calico', blockSize: 30 } };
const CILIUM: ProfileSettings = { ...SETTINGS, podCIDRs: ['10.244.0.0/24'], cni: { plugin: 'cilium' } };

const node = (name: string, annotations: Readonly<Record<string, string>> = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, annotations },
  status: { allocatable: { pods: '250' }, addresses: [{ type: 'InternalIP', address: '192.168.0.1' }] },
});

const pod = (name: string, nodeName: string, podIP: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 't', uid: name },
  spec: { nodeName, containers: [{ name: 'c', image: 'c' }] },
  status: { phase: 'Running', podIP, podIPs: [{ ip: podIP }] },
});

const ciliumNode = (spec: object): KubernetesObject => ({
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumNode',
  metadata: { name: 'a' },
  spec: spec as never,
});

const owner = (model: NetworkModel, ip: string) => ownIp(model, new AllocationBook(), parseIp(ip)!);

function lowest(model: NetworkModel, count: number): readonly string[] {
  const answer = nextFree(model, new AllocationBook(), { plane: 'pod', family: 4, strategy: 'lowest', count, seed: '' });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value.result.addresses;
}

function usage(model: NetworkModel): string {
  const answer = finished(listPools(model, new AllocationBook(), { plane: 'pod', family: 4 }, false));
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value.result.pools.map(({ used, available }) => `${used} used, ${available} free`).join();
}

function room(model: NetworkModel): readonly string[] | undefined {
  const answer = finished(poolCapacity(model, new AllocationBook(), {}));
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value.result.pools[0]?.nodes.map(({ node: name, more, limitedBy }) => `${name} ${more} ${limitedBy}`);
}

describe('the address of a device of a node', () => {
  it.each([
    ['projectcalico.org/IPv4IPIPTunnelAddr', '10.0.0.1', 'tunl0'],
    ['projectcalico.org/IPv4VXLANTunnelAddr', '10.0.0.1', 'vxlan.calico'],
    ['projectcalico.org/IPv6VXLANTunnelAddr', 'fd00::1', 'vxlan-v6.calico'],
    ['projectcalico.org/IPv4WireguardInterfaceAddr', '10.0.0.1', 'wireguard.cali'],
    ['projectcalico.org/IPv6WireguardInterfaceAddr', 'fd00::1', 'wg-v6.cali'],
    ['network.cilium.io/ipv4-cilium-host', '10.0.0.1', 'cilium_host'],
    ['network.cilium.io/ipv6-cilium-host', 'fd00::1', 'cilium_host'],
    ['network.cilium.io/ipv4-health-ip', '10.0.0.1', 'lxc_health'],
    ['network.cilium.io/ipv6-health-ip', 'fd00::1', 'lxc_health'],
    ['network.cilium.io/ipv4-Ingress-ip', '10.0.0.1', 'ingress'],
    ['network.cilium.io/ipv6-Ingress-ip', 'fd00::1', 'ingress'],
  ])('belongs to the node: %s', (annotation, ip, device) => {
    const { verdict, result, evidence } = owner(modelOf([node('a', { [annotation]: ip })], CALICO), ip);
    expect(verdict).toBe('OWNED');
    expect(result.owners).toMatchObject([{ type: 'node', plane: 'pod', name: `Node a (${device})`, node: 'a', provenance: 'observed' }]);
    const pointer = `/metadata/annotations/${annotation.replace('/', '~1')}`;
    expect(evidence).toContainEqual(expect.objectContaining({ reason: 'HELD_BY_NODE', pointer }));
  });

  it.each([
    ['no address', 'tunnel'],
    ['one of the other family', 'fd00::1'],
  ])('is not told by an annotation that has %s', (_, value) => {
    const model = modelOf([node('a', { 'projectcalico.org/IPv4IPIPTunnelAddr': value })], CALICO);
    expect(model.nodes.get('a')?.devices).toEqual([]);
  });

  it('is not handed out, by itself or by name, and is used', () => {
    const tunnels = { 'projectcalico.org/IPv4IPIPTunnelAddr': '10.0.0.1', 'projectcalico.org/IPv4WireguardInterfaceAddr': '10.0.0.2' };
    const [bare, model] = [modelOf([node('a')], CALICO), modelOf([node('a', tunnels)], CALICO)];
    expect([lowest(bare, 2), lowest(model, 2)]).toEqual([
      ['10.0.0.0', '10.0.0.1'],
      ['10.0.0.0', '10.0.0.3'],
    ]);
    expect([usage(bare), usage(model)]).toEqual(['0 used, 16 free', '2 used, 14 free']);
    const ask = (address: string) => {
      const asked = { pool: 'pods.10.0.0.0_28', identifier: 'x', owner: null, address: parseIp(address) };
      const decided = allocateAddress(model, new AllocationBook(), asked);
      return decided.ok ? formatIp(decided.value.made[0]!.ip) : `${decided.error.kind}: ${decided.error.message}`;
    };
    expect([ask('10.0.0.1'), ask('10.0.0.3')]).toEqual(['ip-taken: 10.0.0.1 belongs to Node a (tunl0)', '10.0.0.3']);
  });

  it('is in conflict with that of a pod, and with that of another node, not with the node’s own', () => {
    const tunnel = { 'projectcalico.org/IPv4VXLANTunnelAddr': '10.0.0.1' };
    const withPod = owner(modelOf([node('a', tunnel), node('b'), pod('web', 'b', '10.0.0.1')], CALICO), '10.0.0.1');
    expect([withPod.verdict, withPod.result.owners.map(({ name }) => name)]).toEqual(['CONFLICT', ['Pod t/web', 'Node a (vxlan.calico)']]);
    expect(owner(modelOf([node('a', tunnel), node('b', tunnel)], CALICO), '10.0.0.1').verdict).toBe('CONFLICT');
    // One address of one node, told twice.
    const lent = owner(modelOf([node('a', { 'projectcalico.org/IPv4WireguardInterfaceAddr': '192.168.0.1' })], CALICO), '192.168.0.1');
    expect([lent.verdict, lent.result.owners.map(({ name }) => name)]).toEqual(['OWNED', ['Node a']]);
  });

  it('is found to be a pod’s too, and is in use where it was given out', () => {
    const book = AllocationBook.after(
      1,
      ['10.0.0.1', '10.0.0.3'].map((ip, index) => ({
        pool: 'pods.10.0.0.0_28',
        plane: 'pod' as const,
        ip: parseIp(ip)!,
        identifier: ip,
        owner: null,
        byName: true,
        sequence: index + 1,
        allocatedAt: '2026-01-01T00:00:00Z',
        allocatedBy: 't',
      })),
    );
    const tunnels = { 'projectcalico.org/IPv4IPIPTunnelAddr': '10.0.0.1', 'projectcalico.org/IPv4VXLANTunnelAddr': '10.0.0.2' };
    const model = modelOf([node('a', tunnels), pod('web', 'a', '10.0.0.2')], CALICO);
    const { findings } = finished(
      ipamLint(model, book, { codes: ['SEVERAL_OWNERS', 'ALLOCATED_NOT_IN_USE'], severity: 'info', limit: 10 }),
    ).result;
    expect(findings.map(({ code, addresses }) => `${code} ${addresses.join()}`).sort()).toEqual([
      'ALLOCATED_NOT_IN_USE 10.0.0.3',
      'SEVERAL_OWNERS 10.0.0.2',
    ]);
  });

  it('makes the block that it is in one of the node’s, where no blocks were imported', () => {
    // Four blocks of four: a has the first, of which three are left, and may take the three that nobody has.
    expect(room(modelOf([node('a', { 'projectcalico.org/IPv4IPIPTunnelAddr': '10.0.0.1' })], CALICO))).toEqual(['a 15 POOL_LIMIT']);
  });
});

const healthOff = (key: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'cilium-config', namespace: 'kube-system' },
  data: { [key]: 'false' },
});

describe('the address of OVN-Kubernetes’ management port', () => {
  const OVN: ProfileSettings = { ...SETTINGS, podCIDRs: ['10.128.0.0/14'], cni: { plugin: 'ovn-kubernetes' } };
  const subnets = (text: string) => ({ 'k8s.ovn.org/node-subnets': text });

  // ovn-org/ovn-kubernetes go-controller/pkg/util/{subnet_annotations,net}.go: the first address is the gateway's, the second the port's; a text, or a list of them.
  it.each<readonly [what: string, object: KubernetesObject, ip: string, pointer: string]>([
    ['one range', node('a', subnets('{"default":"10.129.0.0/23"}')), '10.129.0.2', '/metadata/annotations/k8s.ovn.org~1node-subnets'],
    [
      'one of each family',
      node('a', subnets('{"default":["10.129.0.0/23","fd01:0:0:1::/64"]}')),
      'fd01:0:0:1::2',
      '/metadata/annotations/k8s.ovn.org~1node-subnets',
    ],
    ['no annotation', { ...node('a'), spec: { podCIDRs: ['10.130.0.0/24'] } }, '10.130.0.2', '/spec/podCIDRs'],
    [
      'an annotation of no use',
      { ...node('a', subnets('{"blue":["10.9.0.0/24"]}')), spec: { podCIDRs: ['10.130.0.0/24'] } },
      '10.130.0.2',
      '/spec/podCIDRs',
    ],
  ])('is the second of the node’s range: %s', (_, object, ip, pointer) => {
    const { verdict, result, evidence } = owner(modelOf([object], OVN), ip);
    expect([verdict, result.owners.map(({ name }) => name)]).toEqual(['OWNED', ['Node a (ovn-k8s-mp0)']]);
    expect(evidence).toContainEqual(expect.objectContaining({ reason: 'HELD_BY_NODE', pointer }));
  });

  it('is not given to pods', () => {
    expect(lowest(modelOf([node('a', subnets('{"default":["10.129.0.0/23"]}'))], { ...OVN, podCIDRs: ['10.129.0.0/23'] }), 1)).toEqual([
      '10.129.0.3',
    ]);
  });
});

describe('the addresses that Cilium’s agent keeps', () => {
  // As agents write them: cilium/cilium `pkg/nodediscovery/nodediscovery.go`, mutateNodeResource.
  const spec = {
    addresses: [
      { type: 'InternalIP', ip: '192.168.0.1' },
      { type: 'CiliumInternalIP', ip: '10.244.0.28' },
    ],
    health: { ipv4: '10.244.0.9' },
    ingress: { ipv4: '10.244.0.77' },
    ipam: { podCIDRs: ['10.244.0.0/25'] },
  };

  it.each([
    ['10.244.0.28', 'Node a (cilium_host)', '/spec/addresses'],
    ['10.244.0.9', 'Node a (lxc_health)', '/spec/health'],
    ['10.244.0.77', 'Node a (ingress)', '/spec/ingress'],
  ])('are told by its CiliumNode: %s, %s', (ip, name, pointer) => {
    const { result, evidence } = owner(modelOf([node('a'), ciliumNode(spec)], CILIUM), ip);
    expect(result.owners.map((one) => one.name)).toEqual([name]);
    expect(evidence).toContainEqual(
      expect.objectContaining({ reason: 'HELD_BY_NODE', pointer, object: expect.objectContaining({ kind: 'CiliumNode', name: 'a' }) }),
    );
  });

  // shared/reference/ipam-dataplane.md §3.4: "the agent takes one for the router (`cilium_host`) and one for health".
  it.each<readonly [what: string, objects: readonly KubernetesObject[], more: number]>([
    ['neither is told', [], 252],
    ['the router is told', [ciliumNode({ ...spec, health: {}, ingress: {}, ipam: { podCIDRs: ['10.244.0.0/24'] } })], 252],
    ['both are told', [ciliumNode({ ...spec, ingress: {}, ipam: { podCIDRs: ['10.244.0.0/24'] } })], 252],
    ['there is no health endpoint', [healthOff('enable-endpoint-health-checking')], 253],
    ['there are no health checks', [healthOff('enable-health-checking')], 253],
  ])('are taken whether objects tell them or not: %s', (_, objects, more) => {
    const big = { ...node('a'), status: { allocatable: { pods: '500' } } };
    expect(room(modelOf([big, ...objects], CILIUM))).toEqual([`a ${more} NODE_RANGE_LIMIT`]);
    const found = finished(
      ipamLint(modelOf([big, ...objects], CILIUM), new AllocationBook(), { codes: ['NODE_RANGE_TOO_SMALL'], severity: 'info', limit: 10 }),
    );
    expect(found.result.findings.map(({ message }) => message)).toEqual([
      `node a takes 500 pods, and 10.244.0.0/24 gives ${more} addresses`,
    ]);
  });

  it('are told of in a note where nobody says which they are', () => {
    const notes = (objects: readonly KubernetesObject[]) => {
      const answer = finished(
        listPools(modelOf([node('a'), ...objects], CILIUM), new AllocationBook(), { plane: 'pod', family: 4 }, false),
      );
      return answer.ok ? answer.value.assumptions.filter(({ code }) => code === 'OWN_ADDRESSES_UNTOLD').map(({ message }) => message) : [];
    };
    expect(notes([])).toEqual([
      'of 1 node ranges Cilium’s router and health endpoint have addresses that no object tells, 2 in all: they count as free',
    ]);
    expect(notes([ciliumNode(spec)])).toEqual([]);
  });

  it('count once where the Node tells them too, and pods get the rest of the range', () => {
    const annotations = { 'network.cilium.io/ipv4-cilium-host': '10.244.0.28', 'network.cilium.io/ipv4-health-ip': '10.244.0.9' };
    const model = modelOf([node('a', annotations), ciliumNode(spec)], CILIUM);
    expect(owner(model, '10.244.0.28').result.owners).toHaveLength(1);
    // 128 addresses without the first and the last, and without the three.
    expect(room(model)).toEqual(['a 123 NODE_RANGE_LIMIT']);
  });
});

import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { formatCidr } from '../net/cidr.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { normaliseObject } from '../resources/normalise-object.js';

const pool = (name: string, spec: object): KubernetesObject => ({
  apiVersion: 'cilium.io/v2alpha1',
  kind: 'CiliumPodIPPool',
  metadata: { name },
  spec: spec as never,
});
const POOLS = [
  pool('blue', { ipv4: { cidrs: ['10.10.0.0/16'], maskSize: 27 } }),
  pool('default', { ipv4: { cidrs: ['10.20.0.0/16'], maskSize: 24 }, ipv6: { cidrs: ['fd00:20::/104'], maskSize: 120 } }),
];
const config = (data: Readonly<Record<string, string>>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'cilium-config', namespace: 'kube-system' },
  data,
});
const node = (name: string): KubernetesObject => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
const CILIUM = { cni: { plugin: 'cilium' }, ipFamilies: ['IPv4'] } as const;

/**
 * cilium/cilium `Documentation/network/concepts/ipam/multi-pool.rst`: nodes ask for addresses of the default pool when they start (`--ipam-multi-pool-pre-allocation`,
 * `default=8`), and of others once a pod asks for one of them.
 */
describe('pools of Cilium', () => {
  it.each<[string, readonly KubernetesObject[], string]>([
    ['the default pool', [config({ ipam: 'multi-pool' })], '10.20.0.0/24'],
    ['another one that is the default', [config({ ipam: 'multi-pool', 'ipam-default-ip-pool': 'blue' })], '10.10.0.0/27'],
    ['where no configuration tells the mode', [], '10.20.0.0/24'],
  ])('give nodes their first range: %s', (_, objects, range) => {
    const { nodes } = modelOf([...objects, ...POOLS, node('a')], CILIUM);
    expect(nodes.get('a')?.podCIDRs.map(({ value }) => formatCidr(value))).toEqual([range]);
  });

  it.each<[string, readonly KubernetesObject[], string | undefined, string | undefined]>([
    ['are of the mode multi-pool where nothing else tells', [], 'multi-pool', 'CiliumPodIPPool'],
    ['are not read in another mode', [config({ ipam: 'kubernetes' })], 'kubernetes', undefined],
  ])('%s', (_, objects, mode, source) => {
    const { profile, profileSources } = modelOf([...objects, ...POOLS], CILIUM);
    expect([profile.cni.ipam, profileSources.get('podCIDRs')?.object?.kind]).toEqual([mode, source]);
  });

  it('tell what a node gets of IPv6', () => {
    const { profile } = modelOf([config({ ipam: 'multi-pool' }), ...POOLS], CILIUM);
    expect(profile.nodeCIDRMaskSizes).toEqual({ v4: 24, v6: 120 });
  });
});

// cilium/cilium `pkg/k8s/apis/cilium.io/v2/ippool_types.go`, PoolCIDR: what is reserved of a prefix came after `cidr`.
it('a prefix of a pool tells what of it is not read', () => {
  const spec = {
    ipv4: { cidrs: [{ cidr: '10.10.0.0/16' }, { cidr: '10.20.0.0/16', reservedRange: '10.20.0.1-10.20.0.9' }], maskSize: 27 },
  };
  const { diagnostics } = normaliseObject({ ...pool('red', spec), apiVersion: 'cilium.io/v2' });
  expect(diagnostics.map(({ code, pointer }) => [code, pointer])).toEqual([['unknown-field', '/spec/ipv4/cidrs/1/reservedRange']]);
});

import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { clusterMtu } from './cluster-mtu.js';

/** Rows of projectcalico/calico `felix/calc/encapsulation_resolver_test.go`, and `felix/dataplane/linux/int_dataplane.go`, determinePodMTU and ConfigureDefaultMTUs. */

const calico = (kind: string, name: string, spec: object): KubernetesObject => ({
  apiVersion: 'projectcalico.org/v3',
  kind,
  metadata: { name },
  spec: spec as never,
});
const pool = (cidr: string, ipipMode: string, vxlanMode: string, more: object = {}): KubernetesObject =>
  calico('IPPool', cidr.replaceAll(/[.:/]/g, '-'), { cidr, ipipMode, vxlanMode, ...more });
const felix = (spec: object, name = 'default'): KubernetesObject => calico('FelixConfiguration', name, spec);

const mtuOf = (objects: readonly KubernetesObject[], cni: object = {}) =>
  clusterMtu(modelOf(objects, { cni: { plugin: 'calico', ...cni } }), 4, { hostMtu: 1500 });

/** What the MTU is the smallest of. */
const inUse = (objects: readonly KubernetesObject[]) => /smallest of (.*), which/.exec(mtuOf(objects).why)?.[1] ?? '';

const MIXED = [pool('192.168.1.0/24', 'Never', 'Always'), pool('192.168.2.0/24', 'CrossSubnet', 'Never')];

describe('EncapsulationCalculator: what pools ask for', () => {
  it.each<[name: string, pools: readonly KubernetesObject[], expected: string]>([
    ['no pools', [], ''],
    ['no encapsulation', [pool('192.168.1.0/24', 'Never', 'Never')], ''],
    ['IPIP Always', [pool('192.168.1.0/24', 'Always', 'Never')], 'ipip'],
    ['VXLAN Always', [pool('192.168.1.0/24', 'Never', 'Always')], 'vxlan4'],
    ['both CrossSubnet', [pool('192.168.1.0/24', 'CrossSubnet', 'CrossSubnet')], 'ipip, vxlan4'],
    ['two pools', MIXED, 'ipip, vxlan4'],
    ['two pools, and one of them removed', MIXED.slice(0, 1), 'vxlan4'],
    ['one with and one without', [pool('192.168.1.0/24', 'Never', 'Always'), pool('192.168.2.0/24', 'Never', 'Never')], 'vxlan4'],
    ['IPv6, VXLAN Always', [pool('fe80::/122', 'Never', 'Always')], 'vxlan6'],
    ['IPv6, VXLAN CrossSubnet', [pool('fe80::/122', 'Never', 'CrossSubnet')], 'vxlan6'],
    ['IPv6, no VXLAN', [pool('fe80::/122', 'Never', 'Never')], ''],
    // handlePool never looks whether a pool is disabled.
    [
      'a disabled pool',
      [pool('192.168.1.0/24', 'Never', 'Always', { disabled: true }), pool('192.168.2.0/24', 'Never', 'Never')],
      'vxlan4',
    ],
  ])('%s: %3$j', (_, pools, expected) => {
    expect(inUse(pools)).toBe(expected);
  });
});

describe('EncapsulationCalculator: what Felix is told goes before pools', () => {
  const NONE = pool('192.168.1.0/24', 'Never', 'Never');

  it.each<[ipipEnabled: boolean | undefined, vxlanEnabled: boolean | undefined, pools: readonly KubernetesObject[], expected: string]>([
    [true, undefined, [NONE], 'ipip'],
    [undefined, true, [NONE], 'vxlan4'],
    [true, true, [NONE], 'ipip, vxlan4'],
    [false, false, MIXED, ''],
    [false, true, [pool('192.168.1.0/24', 'Never', 'Always'), pool('fe80::/122', 'Never', 'Never')], 'vxlan4'],
    [false, false, [pool('fe80::/122', 'Never', 'Always')], 'vxlan6'],
  ])('ipipEnabled %s, vxlanEnabled %s: %4$j', (ipipEnabled, vxlanEnabled, pools, expected) => {
    const told = Object.fromEntries(Object.entries({ ipipEnabled, vxlanEnabled }).filter(([, value]) => value !== undefined));
    expect(inUse([...pools, felix(told)])).toBe(expected);
  });
});

describe('determinePodMTU: the smallest of all that is enabled, each what is set for it, else reckoned', () => {
  it.each<[name: string, objects: readonly KubernetesObject[], expected: number]>([
    ['nothing', [pool('192.168.1.0/24', 'Never', 'Never')], 1500],
    ['the smaller of two', MIXED, 1450],
    ['VXLAN over IPv6 beside them', [...MIXED, pool('fd00:9::/122', 'Never', 'Always')], 1430],
    ['set for VXLAN', [...MIXED, felix({ vxlanMTU: 1410 })], 1410],
    ['set for IPIP, less than what VXLAN is reckoned', [...MIXED, felix({ ipipMTU: 1400 })], 1400],
    ['set for IPIP, more than what VXLAN is reckoned', [...MIXED, felix({ ipipMTU: 1470 })], 1450],
    ['set for VXLAN, and there is none', [pool('192.168.1.0/24', 'Always', 'Never'), felix({ vxlanMTU: 1410 })], 1480],
    ['0 is reckoned', [...MIXED, felix({ vxlanMTU: 0, ipipMTU: 0 })], 1450],
    ['WireGuard of IPv4', [pool('192.168.1.0/24', 'Never', 'Never'), felix({ wireguardEnabled: true })], 1440],
    ['WireGuard of IPv6', [pool('192.168.1.0/24', 'Never', 'Never'), felix({ wireguardEnabledV6: true })], 1420],
    ['WireGuard beside IPIP', [pool('192.168.1.0/24', 'Always', 'Never'), felix({ wireguardEnabled: true })], 1440],
    ['set for WireGuard', [pool('192.168.1.0/24', 'Always', 'Never'), felix({ wireguardEnabled: true, wireguardMTU: 1380 })], 1380],
    ['set for one node alone', [...MIXED, felix({ vxlanMTU: 1300 }, 'node.a')], 1450],
  ])('%s', (_, objects, expected) => {
    expect(mtuOf(objects).podMtu).toBe(expected);
  });

  it('what is set in the profile goes before all of it', () => {
    expect(mtuOf([...MIXED, felix({ vxlanMTU: 1410 })], { mtu: 1200 }).podMtu).toBe(1200);
  });
});

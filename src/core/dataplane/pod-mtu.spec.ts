import { describe, expect, it } from 'vitest';
import type { CniPlugin } from '../model/network-profile.js';
import { CARRIERS, modeNamed } from './carriers.js';
import { fitsUnderlay, type MtuOptions, podMtu, podMtuOfEnabled } from './pod-mtu.js';

function mtuOf(cni: CniPlugin, mode: string, underlayFamily: 4 | 6, hostMtu: number, options?: MtuOptions) {
  const mtu = podMtu({ cni, mode, underlayFamily, hostMtu, options });
  if (!mtu.ok) throw new Error(mtu.error.message);
  return mtu.value;
}

describe('the MTU of pods', () => {
  // Each line: plugin, mode, family of the underlay, MTU of the device, MTU of pods, and whose test or constant says so.
  it.each([
    ['calico', 'ipip', 4, 1500, 1480, 'felix/dataplane/linux/int_dataplane.go ConfigureDefaultMTUs'],
    ['calico', 'vxlan', 4, 9001, 8951, 'felix/dataplane/linux/int_dataplane.go ConfigureDefaultMTUs'],
    ['calico', 'wireguard', 4, 1500, 1440, 'felix/dataplane/linux/int_dataplane_test.go:239'],
    ['calico', 'wireguard', 6, 1500, 1420, 'felix/dataplane/linux/int_dataplane.go'],
    ['flannel', 'vxlan', 6, 1500, 1450, 'flannel pkg/backend/vxlan/vxlan_network.go encapOverhead'],
    ['flannel', 'udp', 4, 1500, 1472, 'flannel pkg/backend/udp'],
    ['cilium', 'native', 4, 1400, 1400, 'cilium pkg/mtu/mtu_test.go TestNewConfiguration'],
    ['cilium', 'geneve', 6, 1400, 1330, 'cilium pkg/mtu/mtu_test.go TestNewConfiguration'],
    ['antrea', 'gre', 4, 1500, 1458, 'antrea pkg/agent/config/node_config_test.go'],
    ['kube-ovn', 'stt', 6, 1500, 1408, 'kube-ovn pkg/util/const.go'],
    [
      'kube-router',
      'ipip',
      4,
      1500,
      1500,
      'kube-router pkg/utils/node.go GetNodeMTU: that of the device; cloudnativelabs/kube-router#1086',
    ],
    ['kube-router', 'fou', 6, 9000, 9000, 'the same, whatever the family and the tunnel'],
    ['weave', 'fastdp', 4, 9001, 1376, 'weave net/bridge.go: never derived from the device'],
    ['aws-vpc-cni', 'eni', 4, 9001, 9001, 'amazon-vpc-cni-k8s README'],
  ] as const)('%s %s over IPv%i, %i bytes: %i (%s)', (cni, mode, family, hostMtu, expected, _source) => {
    expect(mtuOf(cni, mode, family, hostMtu).podMtu).toBe(expected);
  });

  // weaveworks/weave net/bridge.go leaves room for ESP whether there is a password or not; net/ipsec/ipsec.go; sleeve encrypts by NaCl in its own packets.
  it.each([
    ['fastdp', undefined, { protocol: 'udp', port: 6784 }],
    ['fastdp', 'ipsec', { protocol: 'ip', number: 50 }],
    ['sleeve', 'ipsec', { protocol: 'udp', port: 6783 }],
  ] as const)('weave %s, encrypted by %s, is the same', (mode, encryption, transport) => {
    expect(mtuOf('weave', mode, 4, 1500, { encryption })).toMatchObject({ podMtu: 1376, overhead: 84, transport });
  });

  // cilium pkg/mtu/mtu_test.go TestNewConfiguration; felix int_dataplane_test.go:227; antrea node_config_test.go.
  it.each([
    ['cilium', 'vxlan', { encryption: 'ipsec', authKeyBytes: 32 }, 1400, 1257, { protocol: 'ip', number: 50 }],
    ['cilium', 'native', { encryption: 'wireguard' }, 1400, 1320, { protocol: 'udp', port: 51_871 }],
    ['cilium', 'native', { dsr: 'ipip' }, 1500, 1480, { protocol: 'ip', number: 4 }],
    ['cilium', 'geneve', { dsr: 'geneve' }, 1500, 1438, { protocol: 'udp', port: 6081 }],
    ['calico', 'wireguard', { provider: 'aks', encryptHostTraffic: true }, 1500, 1340, { protocol: 'udp', port: 51_820 }],
    ['antrea', 'geneve', { encryption: 'wireguard' }, 1500, 1440, { protocol: 'udp', port: 51_820 }],
    ['antrea', 'gre', { encryption: 'ipsec' }, 1500, 1420, { protocol: 'ip', number: 50 }],
    ['antrea', 'geneve', { multicluster: true, multiclusterEncryption: 'wireguard' }, 1500, 1390, { protocol: 'udp', port: 6081 }],
  ] as const)('%s %s with %o: %i bytes give %i', (cni, mode, options, hostMtu, expected, transport) => {
    expect(mtuOf(cni, mode, 4, hostMtu, options)).toMatchObject({ podMtu: expected, overhead: hostMtu - expected, transport });
  });

  // antrea pkg/agent/config/node_config.go, CalculateMTUDeduction: it returns before it looks at what is between the nodes of the cluster.
  it.each([
    ['geneve', { multicluster: true }, 1450],
    ['geneve', { multicluster: true, encryption: 'wireguard' }, 1450],
    ['gre', { multicluster: true, multiclusterEncryption: 'wireguard', encryption: 'ipsec' }, 1398],
    ['noEncap', { multicluster: true }, 1450],
    ['noEncap', { multicluster: true, multiclusterEncryption: 'wireguard' }, 1390],
    ['networkPolicyOnly', {}, 1500],
    ['hybrid', {}, 1450],
  ] as const)('of antrea %s with a gateway to other clusters is that of the tunnel to them: %o gives %i', (mode, options, expected) => {
    expect(mtuOf('antrea', mode, 4, 1500, options).podMtu).toBe(expected);
  });

  // cilium pkg/mtu/mtu_test.go, TestNewConfiguration: the MTU of the device stays, that of the route is smaller; of Felix and Flannel pods' devices have the smaller one.
  it.each([
    ['cilium', 'vxlan', 1400],
    ['cilium', 'native', 1400],
    ['calico', 'vxlan', null],
    ['flannel', 'vxlan', null],
  ] as const)('of the device of pods of %s %s is %s', (cni, mode, expected) => {
    expect(mtuOf(cni, mode, 4, 1400).deviceMtu).toBe(expected);
  });

  it('is reckoned where 0 is set (felix/dataplane/linux/int_dataplane.go, ConfigureDefaultMTUs)', () => {
    const mtu = podMtuOfEnabled({ cni: 'calico', enabled: ['vxlan4'], hostMtu: 1500, configured: { vxlan4: 0 } });
    expect(mtu).toEqual({ ok: true, value: { podMtu: 1450, widest: 'vxlan4', warnings: [] } });
  });

  it('is one for all that is enabled on a node, the smallest', () => {
    expect(podMtuOfEnabled({ cni: 'calico', enabled: ['ipip', 'vxlan4', 'vxlan6'], hostMtu: 1500 })).toEqual({
      ok: true,
      value: { podMtu: 1430, widest: 'vxlan6', warnings: [] },
    });
  });

  it('is what is set, and a warning where that is more than the device has', () => {
    const mtu = podMtuOfEnabled({ cni: 'calico', enabled: ['ipip'], hostMtu: 1500, configured: { ipip: 8981 } });
    expect(mtu).toMatchObject({ ok: true, value: { podMtu: 8981, warnings: [{ code: 'MTU_LARGER_THAN_HOST' }] } });
  });

  it('warns of the 20 bytes that Flannel forgets over IPv6', () => {
    expect(mtuOf('flannel', 'vxlan', 6, 1500).warnings).toMatchObject([{ code: 'OVERHEAD_UNDERSTATED' }]);
    expect(mtuOf('flannel', 'vxlan', 4, 1500).warnings).toEqual([]);
  });

  it('names the modes that there are, and the nearest', () => {
    const mtu = podMtu({ cni: 'calico', mode: 'vxlam', underlayFamily: 4, hostMtu: 1500 });
    expect(mtu).toMatchObject({
      ok: false,
      error: { kind: 'invalid-request', hint: 'did you mean `vxlan`?', errors: [{ pointer: '/mode' }] },
    });
  });

  it('refuses a family that the mode does not go over', () => {
    expect(podMtu({ cni: 'calico', mode: 'ipip', underlayFamily: 6, hostMtu: 1500 }).ok).toBe(false);
  });

  it('fits or does not', () => {
    expect([fitsUnderlay(1450, 50, 1500), fitsUnderlay(1450, 50, 1460)]).toEqual([true, false]);
  });
});

describe('the table of carriers', () => {
  const rows = Object.entries(CARRIERS).flatMap(([cni, { modes }]) => Object.entries(modes).map(([mode, row]) => ({ cni, mode, row })));

  it.each(rows)('$cni $mode has a source, and wraps exactly where it has a transport', ({ row }) => {
    expect(row.source).not.toBe('');
    for (const family of [4, 6] as const) {
      expect((row.onWire?.[family] ?? row.overhead[family] ?? 0) > 0).toBe(row.transport[family] !== undefined);
    }
  });

  it.each(Object.entries(CARRIERS))('the usual mode of %s is one of its modes', (cni, { usual }) => {
    expect(modeNamed(cni as CniPlugin, usual)).toBe(usual);
  });
});

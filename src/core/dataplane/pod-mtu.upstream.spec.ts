import { describe, expect, it } from 'vitest';
import { type MtuOptions, podMtu } from './pod-mtu.js';

/** Rows of the plugins' own tests: what is subtracted from the MTU of the device. */
type Row = readonly [mode: string, underlayFamily: 4 | 6, options: MtuOptions, deduction: number];

const deductionOf = (cni: 'cilium' | 'antrea', [mode, underlayFamily, options]: Row, hostMtu: number) => {
  const mtu = podMtu({ cni, mode, underlayFamily, hostMtu, options });
  return mtu.ok ? hostMtu - mtu.value.podMtu : mtu.error.message;
};

// cilium/cilium pkg/mtu/mtu_test.go, TestNewConfiguration: a base of 1400, TunnelOverhead 50, EncryptionIPsecOverhead 77, WireguardOverhead 80; keys of 16, 32 and 12 bytes. With WireGuard and a tunnel:
// pkg/mtu/mtu.go, getRouteMTU, "WireguardOverhead + TunnelOverhead".
describe('Cilium, TestNewConfiguration', () => {
  it.each<Row>([
    ['native', 4, {}, 0],
    ['vxlan', 4, {}, 50],
    ['geneve', 4, {}, 50],
    ['native', 4, { encryption: 'ipsec', authKeyBytes: 16 }, 77],
    ['native', 4, { encryption: 'ipsec', authKeyBytes: 32 }, 77 + 16],
    ['native', 4, { encryption: 'ipsec', authKeyBytes: 12 }, 77 - 4],
    ['vxlan', 4, { encryption: 'ipsec', authKeyBytes: 16 }, 50 + 77],
    ['vxlan', 4, { encryption: 'ipsec', authKeyBytes: 32 }, 50 + 77 + 16],
    ['native', 4, { encryption: 'wireguard' }, 80],
    ['vxlan', 4, { encryption: 'wireguard' }, 80 + 50],
  ])('%s over IPv%i, %j: %i', (...row) => {
    expect(deductionOf('cilium', row, 1400)).toBe(row[3]);
  });
});

// antrea-io/antrea pkg/agent/config/node_config_test.go, TestCalculateMTUDeduction, every row.
describe('Antrea, TestCalculateMTUDeduction', () => {
  it.each<Row>([
    ['vxlan', 4, {}, 50],
    ['geneve', 4, {}, 50],
    ['gre', 4, {}, 42],
    ['geneve', 6, {}, 70],
    ['geneve', 4, { encryption: 'wireguard' }, 60],
    ['geneve', 6, { encryption: 'wireguard' }, 80],
    ['geneve', 4, { multicluster: true }, 50],
    ['geneve', 4, { multicluster: true, multiclusterEncryption: 'wireguard' }, 110],
    ['geneve', 4, { encryption: 'ipsec' }, 88],
    ['geneve', 6, { encryption: 'ipsec' }, 108],
    ['vxlan', 4, { encryption: 'ipsec' }, 88],
    ['gre', 4, { encryption: 'ipsec' }, 80],
  ])('%s over IPv%i, %j: %i', (...row) => {
    expect(deductionOf('antrea', row, 1500)).toBe(row[3]);
  });
});

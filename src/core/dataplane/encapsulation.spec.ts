import { describe, expect, it } from 'vitest';
import { parseCidr } from '../net/cidr.js';
import { parseIp } from '../net/ip.js';
import { encapsulationDecision, encapsulationTo } from './encapsulation.js';

const pair = (subnet: string | undefined, remote: string, sameNode = false) => ({
  localSubnet: subnet === undefined ? undefined : parseCidr(subnet),
  remoteAddress: parseIp(remote)!,
  sameNode,
});

// projectcalico/calico felix/calc/l3_route_resolver.go nodeInOurSubnet.
describe('whether packets are wrapped', () => {
  it.each([
    ['Always', '10.0.1.0/24', '10.0.1.9', true],
    ['Never', '10.0.1.0/24', '10.0.9.9', false],
    ['CrossSubnet', '10.0.1.0/24', '10.0.1.9', false],
    ['CrossSubnet', '10.0.1.0/24', '10.0.2.9', true],
    ['CrossSubnet', '2001:db8:1::/64', '2001:db8:1::ffff', false],
    // l3_route_resolver_test.go, "should add crossSubnet routes in pure V6 env".
    ['CrossSubnet', 'abcd:eeee::/32', 'abcd:ffff::1', true],
    ['CrossSubnet', undefined, '10.0.1.9', true],
    // antrea-io/antrea pkg/agent/config/node_config_test.go, TestNetworkConfig_NeedsTunnelToPeer: encap, noEncap, hybrid and hybrid.
    ['Always', '192.168.0.0/24', '192.168.0.5', true],
    ['Never', '192.168.0.0/24', '192.168.0.5', false],
    ['CrossSubnet', '192.168.0.0/24', '10.0.0.0', true],
    ['CrossSubnet', '192.168.0.0/24', '192.168.0.5', false],
  ] as const)('%s from %s to %s: %s', (mode, subnet, remote, expected) => {
    expect(encapsulationDecision(mode, pair(subnet, remote)).encapsulate).toBe(expected);
  });

  it('never on one node', () => {
    expect(encapsulationDecision('Always', pair('10.0.1.0/24', '10.0.1.9', true)).encapsulate).toBe(false);
  });

  it('is each side’s own decision: masks that differ make two ways of one', () => {
    expect(encapsulationDecision('CrossSubnet', pair('10.0.0.0/16', '10.0.1.1')).encapsulate).toBe(false);
    expect(encapsulationDecision('CrossSubnet', pair('10.0.1.0/24', '10.0.0.1')).encapsulate).toBe(true);
  });
});

describe('which pool decides', () => {
  const pool = (cidr: string, ipipMode = 'Never', vxlanMode = 'Never') =>
    ({ cidr: parseCidr(cidr), ipipMode, vxlanMode }) as Parameters<typeof encapsulationTo>[0][number];
  const pools = [pool('10.0.0.0/8'), pool('10.1.0.0/16', 'Always'), pool('10.2.0.0/16', 'Never', 'CrossSubnet')];

  it.each([
    ['10.1.0.5', { encapsulation: 'ipip', mode: 'Always' }],
    ['10.2.0.5', { encapsulation: 'vxlan', mode: 'CrossSubnet' }],
    ['10.3.0.5', { encapsulation: 'none', mode: 'Never' }],
    ['192.0.2.1', undefined],
  ])('%s: that of the destination with the longest prefix', (destination, expected) => {
    expect(encapsulationTo(pools, parseIp(destination)!)).toEqual(expected);
  });
});

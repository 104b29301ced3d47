import { describe, expect, it } from 'vitest';
import { askPath, inShort, pathCluster } from '../../../test/support/path-cluster.js';
import type { IpFamily } from '../net/ip.js';

/**
 * Direct server return of Cilium: how the node that a client's packet enters by hands it to the endpoint's. shared/reference/ipam-dataplane.md §8, §11: "NodePort: BPF on eth0, SNAT or DSR (Geneve
 * option or IPIP)". cilium/cilium `bpf/lib/nodeport.h`: options of 8 bytes (dsr_opt_v4) and 24 (dsr_opt_v6); "After DSR IPIP: [rssSrcIP -> backendIP], [clientIP:clientPort ->
 * serviceIP:servicePort]"; `pkg/mtu/mtu.go`: 12 of Geneve's option, 20 and 48 of IPIP. The replies go to the client by the endpoint's own node.
 */

const CLIENT: Readonly<Record<IpFamily, string>> = { 4: 'ip/203.0.113.9', 6: 'ip/2001:db8:ffff::9' };

function ask(mode: string, dispatch: string, more: { readonly forwarding?: string; readonly family?: IpFamily } = {}) {
  const { forwarding = 'dsr', family = 4 } = more;
  const model = pathCluster({
    cni: { plugin: 'cilium', mode },
    proxy: { mode: 'ebpf', ebpf: { program: 'cilium', forwarding, dispatch } },
  });
  return askPath(model, CLIENT[family], 'node/node1', { port: '30080', family });
}

describe('a client’s packet', () => {
  it.each<readonly [mode: string, dispatch: string, family: IpFamily, way: string, fits: number]>([
    ['native', 'option', 4, 'the gateway | eth0>DNAT eth0 | eth0 lxc* eth0', 1492],
    ['native', 'option', 6, 'the gateway | eth0>DNAT eth0 | eth0 lxc* eth0', 1476],
    ['native', 'ipip', 4, 'the gateway | eth0 eth0(IPIP 4) | eth0(IPIP 4)>DNAT lxc* eth0', 1480],
    ['native', 'ipip', 6, 'the gateway | eth0 eth0(IPIP 41) | eth0(IPIP 41)>DNAT lxc* eth0', 1452],
    [
      'native',
      'geneve',
      4,
      'the gateway | eth0>DNAT cilium_geneve(GENEVE 6081 vni identity) eth0(GENEVE 6081 vni identity) | eth0(GENEVE 6081 vni identity) cilium_geneve lxc* eth0',
      1438,
    ],
    [
      'geneve',
      'geneve',
      4,
      'the gateway | eth0>DNAT cilium_geneve(GENEVE 6081 vni identity) eth0(GENEVE 6081 vni identity) | eth0(GENEVE 6081 vni identity) cilium_geneve lxc* eth0',
      1438,
    ],
  ])('in mode %s with dispatch by %s, IPv%i: %s', (mode, dispatch, family, way, fits) => {
    const { verdict, result } = ask(mode, dispatch, { family });
    expect([verdict, inShort(result.forward), result.forward.pathMtu]).toEqual(['DELIVERED', way, fits]);
    // The client is seen, and answered in the service's name, past the node that it came by.
    expect(result.sourceSeen).toBe(CLIENT[family].slice(3));
    expect(inShort(result.reply)).toBe('eth0 lxc* eth0>REVERSE_DNAT | the gateway');
  });

  it('in IP in IP is sent to the endpoint, and has the service’s address inside till it is there', () => {
    const { hops } = ask('native', 'ipip').result.forward;
    const wrapped = hops.filter(({ encap }) => encap.length > 0);
    expect(wrapped.map(({ encap: [outer], dstIp }) => [outer?.outerSrc, outer?.outerDst, dstIp])).toEqual([
      ['192.168.0.1', '10.244.2.6', '192.168.0.1'],
      ['192.168.0.1', '10.244.2.6', '192.168.0.1'],
    ]);
    expect(hops.at(-1)).toMatchObject({ dstIp: '10.244.2.6', dstPort: 8080 });
  });

  it('is not handed on where the endpoint is on the node that it comes by', () => {
    const proxy = { mode: 'ebpf', ebpf: { program: 'cilium', forwarding: 'dsr', dispatch: 'ipip' } };
    const model = pathCluster({ cni: { plugin: 'cilium', mode: 'native' }, proxy });
    expect(inShort(askPath(model, CLIENT[4], 'node/node2', { port: '30080' }).result.forward)).toBe('the gateway | eth0>DNAT lxc* eth0');
  });

  it('is handed on as between pods where nothing returns directly', () => {
    expect(inShort(ask('native', 'ipip', { forwarding: 'snat' }).result.forward)).toBe(
      'the gateway | eth0>DNAT eth0>SNAT | eth0 lxc* eth0',
    );
    // Options of IP and IPIP need native routing: the agent does not start so.
    expect(inShort(ask('vxlan', 'ipip').result.forward)).toContain('cilium_vxlan(VXLAN 8472 vni identity)');
  });
});

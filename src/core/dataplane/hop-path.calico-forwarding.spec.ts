import { describe, expect, it } from 'vitest';
import { askPath, inShort, pathCluster } from '../../../test/support/path-cluster.js';
import type { IpFamily } from '../net/ip.js';

/**
 * Service column of Calico, shared/reference/ipam-dataplane.md §11: "NodePort may be forwarded node to node by VXLAN and returned directly (DSR)". projectcalico/calico `felix/bpf-gpl/nat.h`:
 * CALI_VXLAN_VNI 0xca11c0 = 13242816; `nat4.h`, `nat6.h`, vxlan_encap: UDP to Felix' VXLANPort, 50 or 70 bytes; `tc.c`, do_nat: outer addresses are those of the two nodes, what is inside is not
 * rewritten before it is unwrapped, and a reply gets the service's address before it is wrapped; with DSR it leaves by the endpoint's own node. `felix/design/bpf-services-nat.md`: whatever the pools say.
 */

const CLIENT: Readonly<Record<IpFamily, string>> = { 4: 'ip/203.0.113.9', 6: 'ip/2001:db8:ffff::9' };
const AROUND = '(VXLAN 4789 vni 13242816)';

interface Asked {
  readonly forwarding?: string;
  readonly family?: IpFamily;
  readonly node?: string;
}

function ask(cni: object, { forwarding = 'tunnel', family = 4, node = 'node1' }: Asked = {}) {
  const model = pathCluster({ cni: { plugin: 'calico', ...cni }, proxy: { mode: 'ebpf', ebpf: { program: 'calico', forwarding } } });
  return askPath(model, CLIENT[family], `node/${node}`, { port: '30080', family });
}

describe('a client’s packet for a pod of another node', () => {
  it.each([
    [{ mode: 'bgp' }, 4],
    [{ mode: 'ipip' }, 4],
    [{ mode: 'vxlan', vni: 77 }, 4],
    [{ mode: 'bgp' }, 6],
  ] as const)('with %j, IPv%i, goes there and back in VXLAN', (cni, family) => {
    const { verdict, result } = ask(cni, { family });
    expect([verdict, inShort(result.forward), inShort(result.reply)]).toEqual([
      'DELIVERED',
      `the gateway | eth0 eth0${AROUND} | eth0${AROUND}>DNAT cali* eth0`,
      `eth0 cali*>REVERSE_DNAT eth0${AROUND} | eth0${AROUND} eth0 | the gateway`,
    ]);
    expect(result.sourceSeen).toBe(CLIENT[family].slice(3));
    expect(result.forward.pathMtu).toBe(family === 4 ? 1450 : 1430);
  });

  it('is sent from node to node, and has the service’s address till it is there', () => {
    const { forward, reply } = ask({ mode: 'bgp' }).result;
    const wrapped = ({ hops }: typeof forward) =>
      hops.flatMap(({ encap: [outer], srcIp, dstIp }) => (outer ? [[outer.outerSrc, outer.outerDst, srcIp, dstIp].join(' ')] : []));
    expect(wrapped(forward)).toEqual(Array(2).fill('192.168.0.1 192.168.0.2 203.0.113.9 192.168.0.1'));
    expect(wrapped(reply)).toEqual(Array(2).fill('192.168.0.2 192.168.0.1 192.168.0.1 203.0.113.9'));
    expect(forward.hops.flatMap(({ translations }) => translations.map(({ rule }) => rule))).toEqual([
      'Calico’s BPF at the device of node2',
    ]);
  });

  it('goes to a port of VXLAN that Felix is told', () => {
    expect(inShort(ask({ mode: 'bgp', tunnelPort: 4790 }).result.forward)).toContain('(VXLAN 4790 vni 13242816)');
  });

  it('is answered past the node that it came by with direct return', () => {
    const { result } = ask({ mode: 'bgp' }, { forwarding: 'dsr' });
    expect([inShort(result.forward), inShort(result.reply)]).toEqual([
      `the gateway | eth0 eth0${AROUND} | eth0${AROUND}>DNAT cali* eth0`,
      'eth0 cali* eth0>REVERSE_DNAT | the gateway',
    ]);
  });

  it('is not wrapped where the endpoint is on the node that it comes by', () => {
    expect(inShort(ask({ mode: 'bgp' }, { node: 'node2' }).result.forward)).toBe('the gateway | eth0>DNAT cali* eth0');
  });
});

import { describe, expect, it } from 'vitest';
import { askPath, pathCluster } from '../../../test/support/path-cluster.js';
import type { CniPlugin } from '../model/network-profile.js';
import type { IpFamily } from '../net/ip.js';
import type { HopView } from './path-result.js';
import { CARRIERS, encryptionIn } from './carriers.js';
import { podMtu } from './pod-mtu.js';

/**
 * The list of ways is made from the table of carriers, so that none is missing: every plugin, mode and encryption × same node, same subnet, other subnet, a node, outside, a service × both
 * families × there and back. `hop-path.golden.spec.ts` has the devices and their sources; here stands what holds for all of them.
 *
 * - A reply passes what the packet passed, the other way round (shared/reference/ipam-dataplane.md §11: "Replies retrace the path, undoing NAT by connection tracking").
 * - What passes between nodes is what the table of MTUs gives pods (§8), less where more is put around packets than the plugin subtracts.
 * - Modes with a next hop that has to be on-link end at another subnet (§11, "node3 unreachable (not on-link)"); the others do not.
 */
const CASES = (Object.keys(CARRIERS) as CniPlugin[]).flatMap((plugin) =>
  Object.keys(CARRIERS[plugin].modes).flatMap((mode) =>
    ([undefined, 'wireguard', 'ipsec'] as const)
      .filter((encryption) => !encryption || encryptionIn(plugin, mode, { encryption, crossSubnet: false }))
      .flatMap((encryption) =>
        ([4, 6] as const).map((family) => ({
          plugin,
          mode,
          encryption,
          family,
          name: `${plugin} ${mode} ${encryption ?? ''} IPv${family}`,
        })),
      ),
  ),
);

const HOST_MTU = 1500;
const OUTSIDE: Readonly<Record<IpFamily, string>> = { 4: 'ip/203.0.113.9', 6: 'ip/2001:db8:ffff::9' };

const devices = (hops: readonly HopView[]) => hops.map(({ device, node }) => `${device} of ${node}`);

describe.each(CASES)('$name', ({ plugin, mode, encryption, family }) => {
  const model = pathCluster({ cni: { plugin, mode, ...(encryption ? { encryption } : {}) } });
  const { modes, tunnelsOverIPv4, encryptions } = CARRIERS[plugin];
  const carrier = modes[mode]!;
  const over: IpFamily = tunnelsOverIPv4 ? 4 : family;
  // Calico's pools of IPv6 have no IPIP: what the mode does not go over goes as it is (felix: "no IPIP on v6"), and has its MTU all the same (felix: determinePodMTU, one for all pods of a node).
  const isPlain = plugin === 'calico' && carrier.overhead[over] === undefined;
  const table = podMtu({ cni: plugin, mode, underlayFamily: isPlain ? 4 : over, hostMtu: HOST_MTU, options: { encryption } });
  const isCarried = isPlain || (carrier.overhead[over] !== undefined && (carrier.podsOf ?? family) === family);
  const isChild = plugin === 'unknown' && mode !== 'routed';
  const ask = (to: string) => askPath(model, 'pod/t/a', to, { family });

  it('to another node of the subnet, and back, by the same devices, with what the table of MTUs lets pass', () => {
    const { verdict, result } = ask('pod/t/b');
    if (!isCarried) return expect(verdict).toBe('NO_ROUTE');
    const cipher = encryption && encryptions[encryption];
    const onWire = (carrier.onWire?.[over] ?? carrier.overhead[over] ?? 0) + (cipher?.onWire?.[over] ?? cipher?.overhead[over] ?? 0);
    const around = cipher?.adds === 'instead' ? (cipher.overhead[over] ?? 0) : onWire;
    const told = table.ok ? table.value.podMtu : HOST_MTU;
    const passes = Math.min(told, HOST_MTU - around);
    expect([result.podMtu, result.forward.pathMtu, result.reply.pathMtu]).toEqual([told, passes, passes]);
    expect(verdict).toBe(passes < told && !carrier.tellsSender ? 'SMALL_ONLY' : 'DELIVERED');
    return expect(devices(result.reply.hops)).toEqual(devices(result.forward.hops).toReversed());
  });

  it('to another subnet, where the next hop need not be on-link', () => {
    const { verdict, result } = ask('pod/t/d');
    if (!isCarried || carrier.onLinkOnly) return expect([verdict, result.reply.hops]).toEqual(['NO_ROUTE', []]);
    expect(verdict).not.toBe('NO_ROUTE');
    return expect(devices(result.reply.hops)).toEqual(devices(result.forward.hops).toReversed());
  });

  it.each(['pod/t/c', 'outside'])('on the node, and out of the cluster: %s', (to) => {
    const { verdict, result } = ask(to === 'outside' ? OUTSIDE[family] : to);
    expect(verdict).toBe('DELIVERED');
    expect(result.forward.hops.every(({ encap }) => encap.length === 0)).toBe(true);
    expect(devices(result.reply.hops)).toEqual(devices(result.forward.hops).toReversed());
  });

  it('to a service, where the sender’s node, its plugin or its pod translates, and the reply has the service’s address again', () => {
    const { verdict, result } = ask('svc/t/web');
    if (!isCarried || isChild) return expect(verdict).toBe('NO_ROUTE');
    const kinds = ({ hops }: { readonly hops: readonly HopView[] }) =>
      hops.flatMap(({ translations }) => translations.map(({ kind }) => kind));
    expect([kinds(result.forward), kinds(result.reply)]).toEqual([['DNAT'], ['REVERSE_DNAT']]);
    return expect(devices(result.reply.hops)).toEqual(devices(result.forward.hops).toReversed());
  });

  it('to a node and from it: what is rewritten on the way there is put back on the way here', () => {
    const rewritten = { SNAT: 'REVERSE_SNAT', DNAT: 'REVERSE_DNAT' } as const;
    for (const [from, to] of [
      ['pod/t/a', 'node/node2'],
      ['node/node2', 'pod/t/a'],
    ] as const) {
      const { verdict, result } = askPath(model, from, to, { family });
      const isRewritten = result.forward.hops.some(({ translations }) => translations.length > 0);
      if (!isCarried && !isRewritten) {
        // What goes to the pod itself, or its reply, has no way.
        expect(verdict).toBe('NO_ROUTE');
        continue;
      }
      expect(verdict).not.toBe('NO_ROUTE');
      const undone = result.reply.hops.flatMap(({ translations }) => translations.map(({ kind }) => kind));
      const done = result.forward.hops.flatMap(({ translations }) => translations.map(({ kind }) => kind));
      expect(undone).toEqual(done.map((kind) => rewritten[kind as 'SNAT' | 'DNAT']).toReversed());
      expect([result.reply.hops.at(-1)?.srcIp, result.reply.hops.at(-1)?.dstIp]).toEqual([
        result.forward.hops[0]?.dstIp,
        result.forward.hops[0]?.srcIp,
      ]);
    }
  });
});

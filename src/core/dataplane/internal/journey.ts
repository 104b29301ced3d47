import type { PathRelation, WayView } from '../path-result.js';
import { backward, repliesByBridge } from './backward.js';
import type { Carriage } from './carriage.js';
import type { DeviceAddress } from './device-address.js';
import type { EgressGateway } from './egress-gateway.js';
import { type Outward, outward } from './outward.js';
import type { JourneyEnds } from './journey-ends.js';
import type { SourceRewriting } from './rewriting.js';
import { type Addressed, narrate, wayOf } from './stage.js';
import { Ways } from './ways.js';

/** A packet there, and its reply back. */
export class Journey {
  private constructor(
    readonly forward: WayView,
    readonly reply: WayView,
    /** As the sender sends it, and as the receiver sees it. */
    readonly sent: Addressed,
    readonly arrives: Addressed,
    /** The address of the device by which the packet leaves the sender's node, where the sender took it for its own. */
    readonly sentWith: DeviceAddress | undefined,
    readonly relation: PathRelation,
    /** Of the packet, between the nodes; undefined: the plugin does not carry it. */
    readonly carriage: Carriage | undefined,
    readonly replyCarriage: Carriage | undefined,
    /** What each node on the way there does to the source. */
    readonly rewritings: readonly SourceRewriting[],
    /** The sender's own address is the receiver's: the packet stays where it is. */
    readonly isLoopback: boolean,
    readonly lost: Carriage['lost'],
    readonly replyLost: Carriage['lost'],
    /** What Cilium's policies of egress gateways say; undefined: nothing. */
    readonly gateway: EgressGateway | undefined,
    /** The service's address is put back in the reply where the bridge of the node calls its netfilter. */
    readonly repliesByBridge: boolean,
  ) {}

  /** Follows the packet, then its reply. */
  static of(ends: JourneyEnds): Journey {
    const ways = new Ways(ends.model, ends.underlay, ends.family);
    const out = outward(ends, ways);
    const there = narrate(out.stages, out.packet);
    const back = out.lost ? undefined : backward(ends, ways, out);
    const reply = back && !back.lost ? narrate(back.stages, reversed(there.arrives)).hops : [];
    return new Journey(
      wayOf(there.hops),
      wayOf(reply),
      out.packet,
      there.arrives,
      out.own,
      relationOf(ends),
      carriageOf(out),
      back?.carriage,
      out.passages.map(({ rewriting }) => rewriting),
      out.isLoopback,
      out.lost,
      back?.lost,
      out.gateway,
      repliesByBridge(
        ends,
        out,
        out.passages.some(({ rewriting }) => rewriting.address !== undefined),
      ),
    );
  }
}

function carriageOf({ passages, gateway }: Outward): Carriage | undefined {
  return (gateway ? passages[0] : passages.at(-1))?.leg.carriage;
}

function reversed({ source, destination, sourcePort, destinationPort }: Addressed): Addressed {
  return { source: destination, destination: source, sourcePort: destinationPort, destinationPort: sourcePort };
}

function relationOf({ from, to, underlay, family }: JourneyEnds): PathRelation {
  if (from.kind === 'outside' || to.kind === 'outside') return 'outside';
  if (from.node === to.node) return 'same-node';
  const onLink = underlay.isOnLink(from.node, to.node, family);
  return onLink === undefined ? 'unknown-subnet' : onLink ? 'same-subnet' : 'cross-subnet';
}

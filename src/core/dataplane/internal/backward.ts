import { attachmentOf } from '../attachments.js';
import type { Carriage } from './carriage.js';
import { answersDirectly, dispatchOf } from './direct-return.js';
import { toGateway } from './egress-gateway.js';
import type { JourneyEnds } from './journey-ends.js';
import type { Outward, Passage } from './outward.js';
import { type Stage, translating, type Translation } from './stage.js';
import type { HostPlace, Place } from './place.js';
import type { Leg, Ways } from './ways.js';

/** The way of a reply. */
export interface Backward {
  readonly stages: readonly Stage[];
  readonly carriage: Carriage | undefined;
  readonly lost: Carriage['lost'];
}

/** A node that the reply has to pass, since it is the one that knows what was done to the packet. */
interface Waypoint {
  readonly place: HostPlace;
  readonly unmasks: boolean;
}

/**
 * The reply goes to whoever the receiver saw, and translations are undone by the node that did them: sources as it comes in, destinations as it goes out (Linux
 * `net/netfilter/nf_nat_core.c`, nf_nat_packet: in the direction of replies PREROUTING undoes what POSTROUTING did, and the other way round).
 */
export function backward(ends: JourneyEnds, ways: Ways, out: Outward): Backward {
  if (out.isLoopback) return byLoopback(out);
  const waypoints = out.passages.toReversed().flatMap((passage) => waypointOf(ends, out, passage) ?? []);
  if (areJoined(ends)) return passesBridgeOnly(ends, out, waypoints) ? pastNetfilter(ends, ways) : byHub(ends, ways, out, waypoints);
  const places: readonly Place[] = [ends.to, ...waypoints.map(({ place }) => place), home(ends, out)];
  const legs = places.slice(1).map((place, index) => ways.leg(places[index] ?? ends.to, place));
  const unmasking = legs.map(({ stages, arrival }, index) =>
    waypoints[index]?.unmasks ? translating(stages, arrival, [unmasked(out, index, waypoints)]) : stages,
  );
  const stages = undone(ends, out, { waypoints, legs, unmasking });
  const [carriage] = legs.flatMap((leg) => leg.carriage ?? []);
  return { stages: stages.flat(), carriage, lost: legs.find(({ lost }) => lost)?.lost };
}

/** Where the sender is to the reply: at the address that it sent with. */
function home({ from }: JourneyEnds, { own }: Outward): Place {
  return from.kind === 'host' && own ? { ...from, ip: own.ip, isOfPods: own.isOfPods } : from;
}

/** Both are pods of one bridge or switch, which does all there is to do. */
function areJoined({ model, from, to }: JourneyEnds): boolean {
  return from.kind === 'pod' && to.kind === 'pod' && from.node === to.node && attachmentOf(model).hub !== undefined;
}

/**
 * The reply goes over the bridge straight to the sender, whose packet the node's netfilter had translated: only where the bridge calls it is the service's address put back (kubernetes
 * documentation, "Network Plugins": net/bridge/bridge-nf-call-iptables).
 */
export function repliesByBridge(ends: JourneyEnds, { translation }: Pick<Outward, 'translation'>, isMasqueraded: boolean): boolean {
  const { hub, ownServices } = attachmentOf(ends.model);
  return areJoined(ends) && !isMasqueraded && translation?.at === 'routing' && hub !== undefined && ownServices === undefined;
}

function passesBridgeOnly(ends: JourneyEnds, out: Outward, waypoints: readonly Waypoint[]): boolean {
  return !ends.model.profile.underlay.bridgeNetfilter && repliesByBridge(ends, out, waypoints.length > 0);
}

function pastNetfilter({ to, from }: JourneyEnds, ways: Ways): Backward {
  const message =
    'it goes over the bridge to the sender, past the node’s netfilter (`underlay.bridgeNetfilter`), with the address of the endpoint in place of the service’s, and the sender does not take it';
  return { stages: ways.leg(to, from).stages, carriage: undefined, lost: { reason: 'BRIDGE_NETFILTER_OFF', message } };
}

function byHub(ends: JourneyEnds, ways: Ways, out: Outward, waypoints: readonly Waypoint[]): Backward {
  const { stages, routing } = ways.leg(ends.to, ends.from);
  const isTurned = out.translation !== undefined && out.translation.at !== 'socket';
  const undoing = [...waypoints.map((_, index) => unmasked(out, index, waypoints)), ...(isTurned ? [restored(out)] : [])];
  return { stages: translating(stages, routing, undoing), carriage: undefined, lost: undefined };
}

/** Nothing passes but the sender's own namespace: INPUT undoes what OUTPUT did. */
function byLoopback(out: Outward): Backward {
  const stages = out.passages[0]?.leg.stages ?? [];
  const isTurned = out.translation !== undefined && out.translation.at !== 'socket';
  return { stages: translating(stages, 0, isTurned ? [restored(out)] : []), carriage: undefined, lost: undefined };
}

function waypointOf(ends: JourneyEnds, out: Outward, { rewriting, leg }: Passage): Waypoint | undefined {
  const { node, address } = rewriting;
  const host = { kind: 'host', transit: true, isAnyAddress: false } as const;
  const by = out.gateway?.exit?.node === node ? toGateway(ends.model) : undefined;
  if (node && address) return { place: { ...host, node, ip: address.ip, isOfPods: address.isOfPods, by }, unmasks: true };
  const isEntry = out.entry !== undefined && leg === out.passages.at(-1)?.leg;
  if (!isEntry || answersDirectly(ends)) return undefined;
  const back = dispatchOf(ends);
  return { place: { ...host, node: out.entry, ip: out.packet.source, isOfPods: back !== undefined, by: back }, unmasks: false };
}

interface Legs {
  readonly waypoints: readonly Waypoint[];
  readonly legs: readonly Leg[];
  readonly unmasking: readonly (readonly Stage[])[];
}

/** The destination is put back by whoever had rewritten it. */
function undone(ends: JourneyEnds, out: Outward, { waypoints, legs, unmasking }: Legs): readonly (readonly Stage[])[] {
  const { translation, entry } = out;
  if (!translation || translation.at === 'socket') return unmasking;
  const { from, model, turn } = ends;
  const last = legs.length - 1;
  const at = (leg: number, stage: number) =>
    unmasking.map((stages, index) => (index === leg ? translating(stages, stage, [restored(out)]) : stages));
  const port = legs[last]?.port;
  // A switch that translates by itself does so for replies too.
  const isOwn = attachmentOf(model).ownServices !== undefined && turn?.translator === 'service-proxy';
  if (port !== undefined && !entry && isOwn) return at(last, port - 1);
  // "Returned from NAT tunnel, already SNATed, just forward it" (projectcalico/calico felix/bpf-gpl/tc.c): the program at the endpoint has put it back.
  if (waypoints.some(({ place }) => place.by?.keepsDestination)) return at(0, legs[0]?.routing ?? 0);
  const translator = entry ?? (from.kind === 'outside' ? undefined : from.node);
  const passed = waypoints.findIndex(({ place }) => place.node === translator);
  if (passed >= 0) return at(passed + 1, legs[passed + 1]?.exit ?? 0);
  return at(last, (entry ? legs[last]?.exit : legs[last]?.entry) ?? 0);
}

function restored({ packet }: Outward): Translation {
  return {
    kind: 'REVERSE_DNAT',
    change: { source: packet.destination, sourcePort: packet.destinationPort },
    rule: 'connection tracking',
  };
}

/** The source that a waypoint had masked: the sender's, or that of the waypoint before it on the way there. */
function unmasked({ packet }: Outward, index: number, waypoints: readonly Waypoint[]): Translation {
  const before = waypoints.slice(index + 1).find(({ unmasks }) => unmasks);
  const destination = before?.place.ip ?? packet.source;
  return { kind: 'REVERSE_SNAT', change: { destination, destinationPort: packet.sourcePort }, rule: 'connection tracking' };
}

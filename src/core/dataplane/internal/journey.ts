import type { ModelNode, NetworkModel } from '../../model/network-model.js';
import { type Ip, type IpFamily, parseIp, sameIp } from '../../net/ip.js';
import type { Protocol } from '../../net/protocol.js';
import { masqueradeDecision } from '../masquerade.js';
import type { PathRelation, WayView } from '../path-result.js';
import type { Carriage } from './carriage.js';
import { masqueradingOf } from './masquerading-of.js';
import { type ServiceTurn, translationPlace } from './service-turn.js';
import { type Addressed, narrate, type Stage, translating, type Translation, wayOf } from './stage.js';
import type { Underlay } from './underlay.js';
import { type Leg, type Place, Ways } from './ways.js';

/** Between whom. */
export interface JourneyEnds {
  readonly model: NetworkModel;
  readonly underlay: Underlay;
  readonly family: IpFamily;
  readonly from: Place;
  readonly to: Place;
  readonly turn: ServiceTurn | undefined;
  readonly protocol: Protocol;
  readonly port: number | null;
}

/** A source that was rewritten, or not. */
export interface SourceRewriting {
  readonly node: ModelNode | undefined;
  readonly source: Ip | undefined;
  readonly rule: string;
}

/** A packet there, and its reply back. */
export class Journey {
  private constructor(
    readonly forward: WayView,
    readonly reply: WayView,
    readonly arrives: Addressed,
    readonly relation: PathRelation,
    /** Of the packet, between the nodes; undefined: the plugin does not carry it. */
    readonly carriage: Carriage | undefined,
    readonly replyCarriage: Carriage | undefined,
    readonly rewriting: SourceRewriting,
    readonly lost: Carriage['lost'],
    readonly replyLost: Carriage['lost'],
  ) {}

  /** Follows the packet, then its reply. */
  static of(ends: JourneyEnds): Journey {
    const ways = new Ways(ends.model, ends.underlay, ends.family);
    const out = outward(ends, ways);
    const packet = firstPacket(ends);
    const there = narrate(out.stages, packet);
    const back = out.lost ? undefined : backward(ends, ways, out, { packet, arrives: there.arrives });
    const reply = back && !back.lost ? narrate(back.stages, reversed(there.arrives)).hops : [];
    return new Journey(
      wayOf(there.hops),
      wayOf(reply),
      there.arrives,
      relationOf(ends),
      out.carriage,
      back?.carriage,
      out.rewriting,
      out.lost,
      back?.lost,
    );
  }
}

interface Outward {
  readonly stages: readonly Stage[];
  readonly carriage: Carriage | undefined;
  readonly lost: Carriage['lost'];
  readonly rewriting: SourceRewriting;
  /** The node that translates the destination, where that is not the sender's. */
  readonly entry: ModelNode | undefined;
  readonly translatedAt: 'socket' | 'port' | 'routing' | undefined;
}

function firstPacket({ from, to, turn, port }: JourneyEnds): Addressed {
  const asked = turn ? parseIp(turn.answer.result.destination.ip ?? '') : undefined;
  return { source: from.ip, destination: asked ?? to.ip, sourcePort: null, destinationPort: port };
}

function reversed({ source, destination, sourcePort, destinationPort }: Addressed): Addressed {
  return { source: destination, destination: source, sourcePort: destinationPort, destinationPort: sourcePort };
}

/** The node of the sender translates services, but for node ports of other nodes and senders outside: then the node that the packet enters by. */
function entryOf({ from, turn, model, protocol }: JourneyEnds): ModelNode | undefined {
  if (!turn?.node) return undefined;
  if (from.kind === 'outside') return turn.node;
  const isAtSocket = translationPlace(model, protocol, from.kind === 'pod' ? 'pod' : 'node').at === 'socket';
  return isAtSocket || from.node === turn.node ? undefined : turn.node;
}

function outward(ends: JourneyEnds, ways: Ways): Outward {
  const { from, to, turn, model, underlay, family } = ends;
  const entry = entryOf(ends);
  const dnat = turn && dnatOf(turn);
  if (!entry) {
    const leg = ways.leg(from, to);
    const sender = from.kind === 'outside' ? undefined : from.node;
    const rewriting = rewritingAt(ends, sender);
    const place =
      dnat && from.kind !== 'outside' ? translationPlace(model, ends.protocol, from.kind === 'pod' ? 'pod' : 'node') : undefined;
    const at = place?.at === 'socket' ? 0 : place?.at === 'port' ? Math.min(1, leg.routing) : leg.routing;
    const turned = translating(leg.stages, at, dnat && place ? [{ ...dnat, rule: place.rule }] : []);
    const stages = translating(turned, leg.exit, snatOf(rewriting));
    return { ...settled(leg, stages), rewriting, entry: undefined, translatedAt: place?.at };
  }
  const address = underlay.addressOf(entry, family) ?? to.ip;
  const passing: Place = { kind: 'host', node: entry, ip: address, transit: true };
  const [first, second] = [ways.leg(from, passing), ways.leg(passing, to)];
  const rewriting = rewritingAt(ends, entry);
  const chain = `kube-proxy (${model.profile.proxy.mode}) in PREROUTING of ${entry.name}`;
  const turned = translating(first.stages, first.stages.length - 1, dnat ? [{ ...dnat, rule: chain }] : []);
  const rest = translating(second.stages, second.exit, snatOf(rewriting));
  const end = settled(second, rest);
  return { ...end, stages: [...turned, ...end.stages], rewriting, entry, translatedAt: 'routing' };
}

/** A leg that leads nowhere ends where the packet would have left the node. */
function settled({ carriage, exit }: Leg, stages: readonly Stage[]): Pick<Outward, 'stages' | 'carriage' | 'lost'> {
  return carriage?.lost ? { stages: stages.slice(0, exit), carriage, lost: carriage.lost } : { stages, carriage, lost: undefined };
}

function dnatOf({ endpoint }: ServiceTurn): Translation | undefined {
  const destination = endpoint && parseIp(endpoint.ip);
  return endpoint && destination && { kind: 'DNAT', change: { destination, destinationPort: endpoint.port }, rule: '' };
}

function snatOf({ source, rule }: SourceRewriting): readonly Translation[] {
  return source ? [{ kind: 'SNAT', change: { source }, rule }] : [];
}

/** Whose address a packet carries once it has left the node: kube-proxy's marks come first, then the plugin's rules. */
function rewritingAt({ model, underlay, family, from, to, turn }: JourneyEnds, node: ModelNode | undefined): SourceRewriting {
  if (!node) return { node, source: undefined, rule: 'the packet comes from outside: its source stays' };
  const address = underlay.addressOf(node, family);
  if (turn?.endpoint?.masquerade)
    return { node, source: address, rule: `KUBE-POSTROUTING of ${node.name}: kube-proxy has marked the packet` };
  const isLocal = to.kind === 'host' && to.node === node;
  if (isLocal) return { node, source: undefined, rule: 'the packet does not leave the node' };
  if (from.kind === 'host' && to.kind !== 'pod') return { node, source: undefined, rule: 'the packet has the node’s own address' };
  const decision = masqueradeDecision(masqueradingOf(model, node), { source: from.ip, destination: to.ip, destinationIsLocal: isLocal });
  const source = decision.masquerade && address && !sameIp(address, from.ip) ? address : undefined;
  return { node, source, rule: decision.why };
}

interface Backward {
  readonly stages: readonly Stage[];
  readonly carriage: Carriage | undefined;
  readonly lost: Carriage['lost'];
}

/** The reply goes to whoever the receiver saw, and translations are undone where they were done. */
function backward(
  ends: JourneyEnds,
  ways: Ways,
  out: Outward,
  { packet, arrives }: { readonly packet: Addressed; readonly arrives: Addressed },
): Backward {
  const { from, to, turn } = ends;
  const { rewriting, entry } = out;
  const undone: Translation[] = [];
  if (rewriting.source)
    undone.push({
      kind: 'REVERSE_SNAT',
      change: { destination: packet.source, destinationPort: packet.sourcePort },
      rule: 'connection tracking',
    });
  if (turn?.endpoint && out.translatedAt !== 'socket')
    undone.push({
      kind: 'REVERSE_DNAT',
      change: { source: packet.destination, sourcePort: packet.destinationPort },
      rule: 'connection tracking',
    });
  const via = rewriting.source ? rewriting.node : entry;
  if (via && (entry || from.kind !== 'outside')) {
    const passing: Place = { kind: 'host', node: via, ip: rewriting.source ?? arrives.source, transit: true };
    const [first, second] = [ways.leg(to, passing), ways.leg(passing, from)];
    const lost = first.carriage?.lost ?? second.carriage?.lost;
    const all = [...first.stages, ...second.stages];
    const at = first.stages.length === 0 ? 0 : Math.min(first.arrival, first.stages.length - 1);
    return { stages: translating(all, at, undone), carriage: first.carriage ?? second.carriage, lost };
  }
  const leg = ways.leg(to, from);
  return {
    stages: translating(leg.stages, sameNode(ends) ? leg.routing : leg.arrival, undone),
    carriage: leg.carriage,
    lost: leg.carriage?.lost,
  };
}

function sameNode({ from, to }: JourneyEnds): boolean {
  return from.kind !== 'outside' && to.kind !== 'outside' && from.node === to.node;
}

function relationOf(ends: JourneyEnds): PathRelation {
  const { from, to, underlay, family } = ends;
  if (from.kind === 'outside' || to.kind === 'outside') return 'outside';
  if (sameNode(ends)) return 'same-node';
  const onLink = underlay.isOnLink(from.node, to.node, family);
  return onLink === undefined ? 'unknown-subnet' : onLink ? 'same-subnet' : 'cross-subnet';
}

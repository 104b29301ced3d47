import type { ModelNode } from '../../model/network-model.js';
import { formatIp, type Ip, parseIp } from '../../net/ip.js';
import type { Carriage } from './carriage.js';
import type { DeviceAddress } from './device-address.js';
import type { JourneyEnds } from './journey-ends.js';
import { dispatchOf } from './direct-return.js';
import { type EgressGateway, egressGatewayOf, egressRule, toGateway } from './egress-gateway.js';
import { rewritingAt, type SourceRewriting } from './rewriting.js';
import { proxyHookAt, type ServiceTurn, type TranslationPlace, translationPlace } from './service-turn.js';
import { type Addressed, type Stage, translating, type Translation } from './stage.js';
import type { HostPlace, Place } from './place.js';
import type { Leg, Ways } from './ways.js';

/** What a node does to a packet that passes it. */
export interface Passage {
  readonly leg: Leg;
  readonly rewriting: SourceRewriting;
}

/** The way to the receiver. */
export interface Outward {
  /** As the sender sends it. */
  readonly packet: Addressed;
  readonly stages: readonly Stage[];
  /** One, or two where a node in between translates the destination. */
  readonly passages: readonly Passage[];
  /** The address of the device by which the packet leaves the sender's node, where the sender took it for its own. */
  readonly own: DeviceAddress | undefined;
  /** The node that translates the destination, where that is not the sender's. */
  readonly entry: ModelNode | undefined;
  readonly translation: TranslationPlace | undefined;
  readonly isLoopback: boolean;
  readonly lost: Carriage['lost'];
  /** What Cilium's policies of egress gateways say; undefined: nothing. */
  readonly gateway?: EgressGateway | undefined;
}

/** Follows a packet from the sender to the receiver. */
export function outward(ends: JourneyEnds, ways: Ways): Outward {
  const { from, turn, model, protocol } = ends;
  const entry = entryOf(ends);
  const translation =
    turn && from.kind !== 'outside' && !entry ? translationPlace(model, protocol, senderOf(from), turn.translator) : undefined;
  if (from.kind !== 'outside' && isLoopback(ends, translation)) return byLoopback(ends, ways, translation);
  if (entry) return byEntry(ends, ways, entry);
  if (from.kind === 'pod' && turn && translation?.at !== 'socket' && ways.passesNode) return passingBy(ends, ways, turn);
  const gateway = turn ? undefined : egressGatewayOf(model, ends.underlay, ends.family, ends);
  return gateway ? byGateway(ends, ways, gateway) : straight(ends, ways, translation);
}

const senderOf = ({ kind }: Place): 'pod' | 'node' => (kind === 'pod' ? 'pod' : 'node');

/** The node of the sender translates services, but for node ports of other nodes and senders outside: then the node that the packet enters by. */
function entryOf({ from, turn, model, protocol }: JourneyEnds): ModelNode | undefined {
  if (!turn?.node) return undefined;
  if (from.kind === 'outside') return turn.node;
  const isAtSocket = translationPlace(model, protocol, senderOf(from), turn.translator).at === 'socket';
  return isAtSocket || from.node === turn.node ? undefined : turn.node;
}

/** What is for the sender's own address stays where it is: what a pod sends to a service only where it is told the endpoint at `connect()`. */
function isLoopback({ from, to }: JourneyEnds, translation: TranslationPlace | undefined): boolean {
  if (from.kind === 'host') return to.kind === 'host' && from.node === to.node;
  return from.kind === 'pod' && to.kind === 'pod' && from.pod === to.pod && (!translation || translation.at === 'socket');
}

function byLoopback(ends: JourneyEnds, ways: Ways, translation: TranslationPlace | undefined): Outward {
  const { from, to, turn } = ends;
  const leg = ways.leg(from, to);
  const source = from.kind === 'host' && from.isAnyAddress ? to.ip : from.ip;
  const rewriting = {
    node: from.kind === 'outside' ? undefined : from.node,
    address: undefined,
    rule: 'the packet does not leave the sender',
  };
  const stages = from.kind === 'outside' ? [] : ways.within(from);
  return {
    packet: firstPacket(ends, source),
    stages: translating(stages, 0, turn && translation ? dnatOf(turn, translation.rule) : []),
    passages: [{ leg: { ...leg, stages }, rewriting }],
    own: undefined,
    entry: undefined,
    translation,
    isLoopback: true,
    lost: undefined,
  };
}

function straight(ends: JourneyEnds, ways: Ways, translation: TranslationPlace | undefined): Outward {
  const { model, from, to, turn } = ends;
  const leg = ways.leg(from, to);
  const own = ownAddress(ends, leg, translation);
  const packet = firstPacket(ends, own?.ip ?? sourceOf(ends));
  const node = from.kind === 'outside' ? undefined : from.node;
  const marker = turn?.endpoint?.masquerade ? turn.translator : undefined;
  const rewriting = rewritingAt(model, {
    node,
    from,
    to,
    leg,
    source: packet.source,
    destination: to.ip,
    marker,
    hasAddressOfDevice: own !== undefined,
  });
  const at = translation?.at === 'socket' ? 0 : translation?.at === 'port' ? Math.min(1, leg.routing) : leg.routing;
  const turned = translating(leg.stages, at, turn && translation ? dnatOf(turn, translation.rule) : []);
  const stages = translating(turned, leg.exit, snatOf(rewriting));
  return { packet, ...settled(leg, stages), passages: [{ leg, rewriting }], own, entry: undefined, translation, isLoopback: false };
}

/** What goes past its node to a service: to whoever has its address outside. */
function passingBy(ends: JourneyEnds, ways: Ways, { destination: { ip } }: ServiceTurn): Outward {
  const { from, to } = ends;
  const packet = firstPacket(ends, from.ip);
  const leg = ways.leg(from, { kind: 'outside', name: 'whoever has the address of the service', ip: ip ?? to.ip });
  const message = `the packet for ${formatIp(packet.destination)} goes past the node and its service proxy, and nobody translates it, unless the network outside leads it to a node`;
  return {
    packet,
    stages: leg.stages,
    passages: [],
    own: undefined,
    entry: undefined,
    translation: undefined,
    isLoopback: false,
    lost: { reason: 'SERVICE_PASSED_BY', message },
  };
}

/** Through a node that is neither the sender's nor need be the receiver's. */
function byEntry(ends: JourneyEnds, ways: Ways, entry: ModelNode): Outward {
  const { model, underlay, family, from, to, turn } = ends;
  const packet = firstPacket(ends, from.ip);
  const address = underlay.addressOf(entry, family) ?? to.ip;
  const by = dispatchOf(ends);
  const passing: HostPlace = { kind: 'host', node: entry, ip: address, transit: true, isOfPods: false, isAnyAddress: false, by };
  const [first, second] = [ways.leg(from, passing), ways.leg(passing, to)];
  const node = from.kind === 'outside' ? undefined : from.node;
  const sent = { node, from, to: passing, leg: first, source: packet.source, destination: packet.destination };
  const own = rewritingAt(model, { ...sent, marker: undefined, hasAddressOfDevice: false });
  const source = own.address?.ip ?? packet.source;
  const marker = turn?.endpoint?.masquerade ? turn.translator : undefined;
  const passed = { node: entry, from, to, leg: second, source, destination: to.ip };
  const there = rewritingAt(model, { ...passed, marker, hasAddressOfDevice: false });
  const masqueraded = translating(first.stages, first.exit, snatOf(own));
  const translator = by?.keepsDestination && to.kind === 'pod' ? to.node : entry;
  const translation: TranslationPlace = { at: 'routing', rule: proxyHookAt(model, translator, turn?.translator ?? 'service-proxy') };
  const dnat = turn ? dnatOf(turn, translation.rule) : [];
  const turned = by?.keepsDestination ? masqueraded : translating(masqueraded, first.stages.length - 1, dnat);
  const onward = by?.keepsDestination ? translating(second.stages, second.arrival, dnat) : second.stages;
  const { stages, lost } = settled(second, translating(onward, second.exit, snatOf(there)));
  return {
    packet,
    stages: [...turned, ...stages],
    passages: [
      { leg: first, rewriting: own },
      { leg: second, rewriting: there },
    ],
    own: undefined,
    entry,
    translation,
    isLoopback: false,
    lost,
  };
}

/** Out of the cluster as a policy of egress gateways wants it: by the gateway's node, with its address, or not at all. */
function byGateway(ends: JourneyEnds, ways: Ways, gateway: EgressGateway): Outward {
  const { model, underlay, family, from, to } = ends;
  const packet = firstPacket(ends, from.ip);
  const common = { packet, own: undefined, entry: undefined, translation: undefined, isLoopback: false, gateway };
  const { exit } = gateway;
  if (!exit) {
    const leg = ways.leg(from, to);
    return { ...common, stages: leg.stages.slice(0, leg.exit), passages: [], lost: { reason: 'NO_EGRESS_GATEWAY', message: gateway.why } };
  }
  const { node, address } = exit;
  const rewriting: SourceRewriting = { node, address, rule: egressRule(gateway, address) };
  const isHere = from.kind === 'pod' && from.node === node;
  const place: HostPlace = {
    kind: 'host',
    node,
    ip: underlay.addressOf(node, family) ?? address.ip,
    transit: true,
    isOfPods: true,
    isAnyAddress: false,
    by: toGateway(model),
  };
  const there = isHere ? undefined : ways.leg(from, place);
  const out = ways.leg(isHere ? from : place, to);
  const kept: SourceRewriting = { node: from.kind === 'outside' ? undefined : from.node, address: undefined, rule: gateway.why };
  const passages: readonly Passage[] = [...(there ? [{ leg: there, rewriting: kept }] : []), { leg: out, rewriting }];
  const { stages, lost } = settled(out, translating(out.stages, out.exit, snatOf(rewriting)));
  return { ...common, stages: [...(there?.stages ?? []), ...stages], passages, lost: there?.lost ?? lost };
}

/** A node that nobody told an address takes that of the device which the route leads to; undefined: it was told one, or the route is one to a service. */
function ownAddress(
  { from, turn }: JourneyEnds,
  { leavesWith }: Leg,
  translation: TranslationPlace | undefined,
): DeviceAddress | undefined {
  const isByRoute = from.kind === 'host' && from.isAnyAddress && (!turn || translation?.at === 'socket');
  return isByRoute ? leavesWith : undefined;
}

/** To a service a node sends with its own address, but with ipvs with the service's: it has them all on `kube-ipvs0` (kubernetes `pkg/proxy/ipvs/proxier.go`). */
function sourceOf({ model, from, turn }: JourneyEnds): Ip {
  const isOfService = from.kind === 'host' && from.isAnyAddress && model.profile.proxy.mode === 'ipvs';
  return (isOfService && turn?.destination.ip) || from.ip;
}

function firstPacket({ to, turn, port }: JourneyEnds, source: Ip): Addressed {
  const asked = turn?.destination.ip;
  return { source, destination: asked ?? to.ip, sourcePort: null, destinationPort: port };
}

/** A leg that leads nowhere ends where the packet would have left the node. */
function settled({ lost, exit }: Leg, stages: readonly Stage[]): Pick<Outward, 'stages' | 'lost'> {
  return lost ? { stages: stages.slice(0, exit), lost } : { stages, lost: undefined };
}

function dnatOf({ endpoint }: ServiceTurn, rule: string): readonly Translation[] {
  const destination = endpoint && parseIp(endpoint.ip);
  return endpoint && destination ? [{ kind: 'DNAT', change: { destination, destinationPort: endpoint.port }, rule }] : [];
}

function snatOf({ address, rule }: SourceRewriting): readonly Translation[] {
  return address ? [{ kind: 'SNAT', change: { source: address.ip }, rule }] : [];
}

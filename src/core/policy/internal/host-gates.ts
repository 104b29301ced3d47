import { describeRef } from '../../kernel/object-ref.js';
import type { CalicoBook } from './calico-book.js';
import type { Governing } from './calico-hosts.js';
import { hostLayers, profileLayer } from './calico-layers.js';
import type { Direction } from './direction.js';
import { actingFailsafe } from './failsafe-rule.js';
import type { ActingPolicy, GateAt, LayerAt, LayerHost, SubjectEndpoint } from './layer.js';
import type { PolicyBook } from './policy-book.js';
import type { HostEndpoint, PodEndpoint } from './policy-endpoint.js';
import { turnedLayer } from './turned-rule.js';
import type { Whose } from './whose.js';

/** What is needed to build gates. */
interface Place {
  readonly book: PolicyBook;
  readonly calico: CalicoBook;
  /** Of the rules: those about packets that enter the node, or that leave it. */
  readonly direction: Direction;
}

/**
 * The gates that Calico's host endpoints put around an endpoint. Packets that a node sends or takes itself pass its host endpoint alone; those of its pods pass,
 * between the wire and the pod, what the policies say of packets that are forwarded (projectcalico/calico `felix/rules/static.go`; docs.tigera.io, "Summary of
 * host endpoint policies"). `own` is the gate of the endpoint's own policies.
 */
export function hostGates(
  book: PolicyBook,
  calico: CalicoBook,
  direction: Direction,
  subject: SubjectEndpoint,
  own: readonly GateAt[],
): readonly GateAt[] {
  if (subject.kind === 'host') return gatesOfHost({ book, calico, direction }, subject);
  if (!calico.forwards || subject.node === undefined) return own;
  return direction === 'egress'
    ? leavingGates({ book, calico, direction }, subject, own)
    : arrivingGates({ book, calico, direction }, subject, own);
}

/** "Untracked, pre-DNAT and normal policies all apply. If a packet is explicitly allowed by untracked policy, it skips over any pre-DNAT and normal policy", and so on; the failsafe ports come before all of them, the profiles behind. */
function gatesOfHost(place: Place, subject: HostEndpoint): readonly GateAt[] {
  const { hosts } = place.calico;
  // What a node sends to a pod of another node may take a tunnel; what comes from one does not.
  const [wire, tunnel] = [hosts.between(subject, false), place.direction === 'egress' ? hosts.between(subject, true) : undefined];
  if (place.direction === 'ingress' || wire?.host === tunnel?.host)
    return gate(wire && terminatingLayers(place, subject, wire), 'everybody');
  return [
    ...gate(wire && terminatingLayers(place, subject, wire), 'all but pods'),
    ...gate(tunnel && terminatingLayers(place, subject, tunnel), 'pods'),
  ];
}

function terminatingLayers({ book, calico, direction }: Place, { node }: HostEndpoint, governing: Governing): readonly LayerAt[] {
  const host = layerHost(governing);
  const failsafe = actingFailsafe(calico.hosts.failsafe(direction, node), direction, false);
  const layers = (name: 'calico' | 'calico-untracked' | 'calico-pre-dnat') =>
    hostLayers(book, calico, direction, governing.host, { name, host });
  return [
    ...failsafeLayer(failsafe, host),
    // "DoNotTrack policy is not supported for a HEP with `interfaceName: *`; ignoring it" (felix `endpoint_mgr.go`).
    ...(governing.wildcard ? [] : layers('calico-untracked')),
    ...(direction === 'ingress' ? layers('calico-pre-dnat') : []),
    ...layers('calico'),
    ...profileLayer(calico, direction, calico.profilesOfHost(governing.host), host),
  ];
}

/**
 * From a pod to the wire: a host endpoint of every interface sees the packets enter the node from the pod, and the one of the interface that they take sees them
 * leave. "AOF policy on all-interfaces host endpoints will result in the ingress and egress policy boundaries being enforced" (felix `fv/hostendpoints_test.go`).
 */
function leavingGates(place: Place, subject: PodEndpoint, own: readonly GateAt[]): readonly GateAt[] {
  const { hosts } = place.calico;
  const wildcard = hosts.wildcardOf(subject.node);
  const governing = wildcard && { host: wildcard, wildcard: true, assumed: undefined };
  const inward = { ...place, direction: 'ingress' as const };
  const enter = (forwards: boolean) => governing && enteringLayers(inward, subject, governing, forwards);
  return [
    ...turnedGate(enter(true), 'all but its own node'),
    // "Pre-dnat policy is applied before normal policy and before the DefaultEndpointToHostAction" (felix `fv/ep_to_host_action_test.go`).
    ...turnedGate(enter(false), 'its own node'),
    ...own,
    ...linksOf(place, subject).flatMap(([link, inside]) =>
      gate(forwardLayers(place, link), inside ? 'pods of other nodes' : 'other nodes and outside'),
    ),
  ];
}

/** From the wire to a pod: the other way round. */
function arrivingGates(place: Place, subject: PodEndpoint, own: readonly GateAt[]): readonly GateAt[] {
  const wildcard = place.calico.hosts.wildcardOf(subject.node);
  const outward = { ...place, direction: 'egress' as const };
  const leave = wildcard && forwardLayers(outward, { host: wildcard, wildcard: true, assumed: undefined });
  return [
    ...linksOf(place, subject).flatMap(([link, inside]) => {
      const whose = inside ? 'other nodes and their pods' : 'outside';
      return [...gate(untrackedLayers(place, subject, link), whose), ...gate(enteringLayers(place, subject, link, true), whose)];
    }),
    ...own,
    ...turnedGate(leave, 'all but its own node'),
  ];
}

/** The host endpoints of the interfaces over which a pod's node talks to others, and whether these are of the cluster. */
function linksOf({ calico: { hosts } }: Place, { node, address, families }: PodEndpoint): readonly (readonly [Governing, boolean])[] {
  const family = address?.family ?? (families.length === 1 ? families[0] : undefined);
  const side = { node, address: hosts.addressOf(node, family) };
  return [true, false].flatMap((inside) => {
    const governing = hosts.between(side, inside);
    return governing ? [[governing, inside] as const] : [];
  });
}

/**
 * "Untracked policies technically do apply, but never have any net positive effect for such flows": what they deny does not come through; what they allow is
 * left to the next gate.
 */
function untrackedLayers({ book, calico, direction }: Place, { node }: PodEndpoint, governing: Governing): readonly LayerAt[] {
  if (governing.wildcard) return [];
  const host = layerHost(governing);
  const layers = hostLayers(book, calico, direction, governing.host, { name: 'calico-untracked', host });
  const failsafe = actingFailsafe(calico.hosts.failsafe(direction, node), direction, false);
  return layers.length === 0 ? [] : [...failsafeLayer(failsafe, host), ...layers];
}

/** "If a packet is explicitly allowed by pre-DNAT policy, it skips over any normal policy": of packets that enter a node and are not for itself. */
function enteringLayers(
  { book, calico, direction }: Place,
  { node }: PodEndpoint,
  governing: Governing,
  forwards: boolean,
): readonly LayerAt[] {
  const host = layerHost(governing);
  const first = actingFailsafe(calico.hosts.failsafe(direction, node), direction, true);
  const early = hostLayers(book, calico, direction, governing.host, { name: 'calico-pre-dnat', host, first });
  return forwards ? [...early, ...forwardLayers({ book, calico, direction }, governing)] : early;
}

/** "Forwarded traffic is allowed by default if no policies apply to the endpoint and direction": there are no profiles behind the tiers. */
function forwardLayers({ book, calico, direction }: Place, governing: Governing): readonly LayerAt[] {
  return hostLayers(book, calico, direction, governing.host, { name: 'calico-forward', host: layerHost(governing) });
}

/** "By default, Calico blocks traffic from workload endpoints to the host itself", unless it is told otherwise; policies of the host endpoint are not asked. */
export function endpointToHostLayers({ hosts }: CalicoBook, subject: SubjectEndpoint): readonly LayerAt[] {
  const { configuration: policy, pointer, drops } = hosts.endpointToHost(subject.node);
  if (!drops) return [];
  const acting = { policy, pointer, place: undefined, isolates: true, rules: [] };
  return [{ layer: 'calico-endpoint-to-host', policies: [acting], rules: [], end: 'Deny' }];
}

function failsafeLayer(policies: readonly ActingPolicy[], host: LayerHost): readonly LayerAt[] {
  const rules = policies.flatMap((one) => one.rules);
  return policies.length === 0 ? [] : [{ layer: 'calico-failsafe', policies, rules, end: 'open', host }];
}

function layerHost({ host, assumed }: Governing): LayerHost {
  return { name: describeRef(host.ref), assumed };
}

function gate(layers: readonly LayerAt[] | undefined, whose: Whose): readonly GateAt[] {
  return layers && layers.length > 0 ? [{ layers, whose, turned: false }] : [];
}

function turnedGate(layers: readonly LayerAt[] | undefined, whose: Whose): readonly GateAt[] {
  return gate(layers?.map(turnedLayer), whose).map((one) => ({ ...one, turned: true }));
}

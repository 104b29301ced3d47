import { finished, type Steps } from '../../kernel/steps.js';
import { ALL_CONNECTIONS, type ConnectionSet, NO_CONNECTIONS, unionConnections } from './connection-set.js';
import { afterLayer, PLAIN, type Standing } from './decide-in-order.js';
import type { Direction } from './direction.js';
import { gatesAt } from './gates-at.js';
import { endpointToHostLayers } from './host-gates.js';
import { type FlowSides, JudgingLayer, type LayerJudgement } from './judge-layer.js';
import type { GateAt, LayerAt, LayerName, SubjectEndpoint } from './layer.js';
import { layersAt } from './layers-at.js';
import type { PolicyBook } from './policy-book.js';
import { behindFront, type ServiceFront, untranslated } from './service-front.js';
import { onOneHost, type PolicyEndpoint } from './policy-endpoint.js';
import { isAmong, onNodeOf } from './whose.js';

/** A connection to be judged. */
export interface Flow extends FlowSides {
  /** Both sides are the same pod. */
  readonly self: boolean;
  /** The source asks for a service, which chose the destination. */
  readonly viaService?: boolean;
  /** One side is a pod, and the other is (on) the node on which it runs. */
  readonly ownNode: boolean;
  /** Where the source aims, if a service is to choose the destination and its address is to be translated. */
  readonly front?: ServiceFront | undefined;
}

/** Why no policy is asked. */
export type Exemption = 'LOOPBACK' | 'OWN_NODE' | 'TO_OWN_POD' | 'ENDPOINT_TO_HOST' | 'HOST' | 'OUTSIDE_CLUSTER';

/** What one side's policies say of a connection. */
export interface DirectionJudgement {
  readonly direction: Direction;
  readonly exemption: Exemption | undefined;
  /** Those with policies that select the subject, in order. */
  readonly layers: readonly LayerJudgement[];
  /** Some policy decides over some connection: not everything is allowed by default. */
  readonly isolated: boolean;
  readonly allowed: ConnectionSet;
}

/** What {@link judgeDirectionInSteps} finds, in one go. */
export function judgeDirection(book: PolicyBook, direction: Direction, flow: Flow): DirectionJudgement {
  return finished(judgeDirectionInSteps(book, direction, flow));
}

/** Judges one direction. Yields often where there are many rules. "A connection is allowed if the egress evaluation at the source and the ingress evaluation at the destination allow it." */
export function* judgeDirectionInSteps(book: PolicyBook, direction: Direction, flow: Flow): Steps<DirectionJudgement> {
  const [subject, other] = direction === 'egress' ? [flow.source, flow.destination] : [flow.destination, flow.source];
  const exemption = exemptionOf(book, direction, flow, subject);
  if (exemption !== undefined || subject.kind === 'address') return exempt(direction, exemption ?? 'OUTSIDE_CLUSTER');
  const gates = gatesOf(book, direction, flow, subject);
  if (gates.length === 0 && flow.self && book.settings.loopback === 'allow') return exempt(direction, 'LOOPBACK');
  if (subject.kind === 'host' && (gates.length === 0 || onOneHost(flow.source, flow.destination))) return exempt(direction, 'HOST');
  const layers: LayerJudgement[] = [];
  let [through, isolated] = [ALL_CONNECTIONS, false];
  for (const [gate, at] of gates.entries()) {
    if (!isAmong(at.whose, other.kind, onNodeOf(subject, other))) continue;
    let standing: Standing<ConnectionSet> = { allowed: NO_CONNECTIONS, open: through };
    for (const one of at.layers) {
      const { judging, front } = judgingAt(book, one, direction, subject, flow);
      while (judging.goOn()) yield;
      const judged = judging.judged({ open: standing.open, gate });
      const layer = front ? behindFront(judged, front) : judged;
      layers.push(layer);
      standing = afterLayer(standing, layer, one.end, PLAIN);
    }
    isolated ||= standing.open !== through;
    // "By default, a pod is non-isolated … all connections are allowed."
    through = unionConnections(standing.allowed, standing.open);
  }
  return { direction, exemption: undefined, layers, isolated, allowed: through };
}

/** "Pre-DNAT: rules in that policy should be applied before any DNAT", in terms of the original destination address and port: `front`, if that is so. */
function judgingAt(
  book: PolicyBook,
  at: LayerAt,
  direction: Direction,
  subject: SubjectEndpoint,
  flow: Flow,
): { readonly judging: JudgingLayer; readonly front: ConnectionSet | undefined } {
  const seen =
    flow.front && book.calico && at.layer.startsWith('calico-pre-dnat')
      ? untranslated(book.calico, direction, flow, flow.front)
      : undefined;
  if (!seen) return { judging: new JudgingLayer(at, direction, subject, flow), front: undefined };
  const { destination, asked } = seen;
  const sides = { source: flow.source, destination };
  return { judging: new JudgingLayer(at, direction, direction === 'ingress' ? destination : subject, sides), front: asked };
}

/** Nothing passes beside. */
const IN_PLACE = { whose: 'everybody', turned: false } as const;

/** A pod and itself have no wire between them, and a node that drops what its pods send to it has nothing else to say. */
function gatesOf(book: PolicyBook, direction: Direction, { self, ownNode, source }: Flow, subject: SubjectEndpoint): readonly GateAt[] {
  if (self) {
    const layers = layersOfLoop(book, layersAt(book, direction, subject));
    return layers.length === 0 ? [] : [{ layers, ...IN_PLACE }];
  }
  const toHost = direction === 'ingress' && ownNode && source.kind === 'pod' && book.calico;
  return toHost ? [{ layers: endpointToHostLayers(toHost, subject), ...IN_PLACE }] : gatesAt(book, direction, subject);
}

function exempt(direction: Direction, exemption: Exemption): DirectionJudgement {
  return { direction, exemption, layers: [], isolated: false, allowed: ALL_CONNECTIONS };
}

/**
 * What a pod meets that reaches itself through a service: "A Pod connecting to a Service IP that the service proxy load-balances back to the same Pod is subject
 * to ClusterNetworkPolicy", whatever the plugin does (network-policy-api `site-src/api-overview.md`). The other policies are as the profile says.
 */
function layersOfLoop({ settings }: PolicyBook, layers: readonly LayerAt[]): readonly LayerAt[] {
  return settings.loopback === 'allow' ? layers.filter(({ layer }) => OF_CLUSTER.has(layer)) : layers;
}

const OF_CLUSTER: ReadonlySet<LayerName> = new Set(['Admin', 'Baseline', 'calico:kube-admin', 'calico:kube-baseline']);

/** Where no policy is asked, whoever it selects. */
function exemptionOf({ settings, calico }: PolicyBook, direction: Direction, flow: Flow, subject: PolicyEndpoint): Exemption | undefined {
  if (flow.self && !flow.viaService && settings.loopback === 'allow') return 'LOOPBACK';
  if (!flow.ownNode) return undefined;
  if (subject.kind === 'pod') return direction === 'ingress' && settings.nodeToOwnPod ? 'OWN_NODE' : undefined;
  // "Traffic from a host to its workload endpoints is always allowed, despite any policy in place."
  if (!calico) return undefined;
  if (direction === 'egress') return 'TO_OWN_POD';
  return calico.hosts.endpointToHost(subject.kind === 'host' ? subject.node : undefined).drops ? undefined : 'ENDPOINT_TO_HOST';
}

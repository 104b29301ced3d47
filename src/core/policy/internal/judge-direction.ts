import { ALL_CONNECTIONS, type ConnectionSet, NO_CONNECTIONS, unionConnections } from './connection-set.js';
import { afterLayer, PLAIN, type Standing } from './decide-in-order.js';
import type { Direction } from './direction.js';
import { judgeLayer, type FlowSides, type LayerJudgement } from './judge-layer.js';
import type { LayerAt, LayerName } from './layer.js';
import { layersAt } from './layers-at.js';
import type { PolicyBook } from './policy-book.js';
import { onOneHost, type PolicyEndpoint } from './policy-endpoint.js';
import type { PolicySettings } from './policy-settings.js';

/** A connection to be judged. */
export interface Flow extends FlowSides {
  /** Both sides are the same pod. */
  readonly self: boolean;
  /** The source asks for a service, which chose the destination. */
  readonly viaService?: boolean;
  /** The source is (on) the node on which the destination pod runs. */
  readonly ownNode: boolean;
}

/** Why no policy is asked. */
export type Exemption = 'LOOPBACK' | 'OWN_NODE' | 'HOST' | 'OUTSIDE_CLUSTER';

/** What one side's policies say of a connection. */
export interface DirectionJudgement {
  readonly direction: Direction;
  readonly exemption: Exemption | undefined;
  /** Those with policies that select the subject, in order; each with what earlier ones have left open. */
  readonly layers: readonly (LayerJudgement & { readonly open: ConnectionSet })[];
  /** Some policy decides over some connection: not everything is allowed by default. */
  readonly isolated: boolean;
  readonly allowed: ConnectionSet;
}

/** Judges one direction. "A connection is allowed if the egress evaluation at the source and the ingress evaluation at the destination allow it." */
export function judgeDirection(book: PolicyBook, direction: Direction, flow: Flow): DirectionJudgement {
  const subject = direction === 'egress' ? flow.source : flow.destination;
  const exemption = exemptionOf(book.settings, direction, flow, subject);
  if (exemption !== undefined || subject.kind === 'address') return exempt(direction, exemption ?? 'OUTSIDE_CLUSTER');
  const at = flow.self ? layersOfLoop(book, layersAt(book, direction, subject)) : layersAt(book, direction, subject);
  if (at.length === 0 && flow.self && book.settings.loopback === 'allow') return exempt(direction, 'LOOPBACK');
  if (subject.kind === 'host' && (at.length === 0 || onOneHost(flow.source, flow.destination))) return exempt(direction, 'HOST');
  const layers: DirectionJudgement['layers'][number][] = [];
  let standing: Standing<ConnectionSet> = { allowed: NO_CONNECTIONS, open: ALL_CONNECTIONS };
  for (const one of at) {
    const layer = judgeLayer(one, direction, subject, flow);
    layers.push({ ...layer, open: standing.open });
    standing = afterLayer(standing, layer, one.end, PLAIN);
  }
  const { allowed, open } = standing;
  // "By default, a pod is non-isolated … all connections are allowed."
  return { direction, exemption: undefined, layers, isolated: open !== ALL_CONNECTIONS, allowed: unionConnections(allowed, open) };
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
function exemptionOf(settings: PolicySettings, direction: Direction, flow: Flow, subject: PolicyEndpoint): Exemption | undefined {
  if (flow.self && !flow.viaService && settings.loopback === 'allow') return 'LOOPBACK';
  return direction === 'ingress' && subject.kind === 'pod' && flow.ownNode && settings.nodeToOwnPod ? 'OWN_NODE' : undefined;
}

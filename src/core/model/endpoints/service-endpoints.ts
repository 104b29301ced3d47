import { qualifiedName } from '../../kernel/object-ref.js';
import type { IpFamily } from '../../net/ip.js';
import type { Endpoints, EndpointSlice } from '../../resources/endpoint-slice.js';
import { selectorOfLabels } from '../../resources/label-selector.js';
import type { Service } from '../../resources/service.js';
import { API_SERVICE } from '../api-service.js';
import type { EndpointCandidate, ModelNode, ModelPod, ServiceEndpoints } from '../network-model.js';
import type { LabelIndex } from '../internal/label-index.js';
import { deriveSlices, type PublishedPod } from './derive-slices.js';
import { judgePod } from './judge-pod.js';
import { isMirrored, mirrorEndpoints } from './mirror-endpoints.js';
import { nearMisses } from './near-misses.js';
import { observedCandidates } from './observed-candidates.js';
import { portsOfService } from './pod-ports.js';
import { MANAGED_BY, MIRRORING_CONTROLLER, SLICE_CONTROLLER } from './slice-labels.js';

/** What the cluster looks like to the controller. */
export interface EndpointWorld {
  readonly pods: readonly ModelPod[];
  readonly nodes: ReadonlyMap<string, ModelNode>;
  readonly labels: LabelIndex;
  /** Each zone's part of the CPUs; undefined where the nodes do not tell. */
  readonly shares: ReadonlyMap<string, number> | undefined;
}

/** What was imported of a service's endpoints. */
export interface ObservedEndpoints {
  readonly slices: readonly EndpointSlice[];
  readonly legacy: Endpoints | undefined;
}

const NOTHING: ServiceEndpoints = { source: 'none', slices: [], candidates: [] };
/** Written by the API servers themselves (kubernetes `pkg/controlplane/reconcilers`): that the input has none does not say that there are none. */
const OF_THE_API_SERVERS: ServiceEndpoints = { ...NOTHING, source: 'not-imported' };

/**
 * The endpoints of a service. Imported slices count; else imported Endpoints do, for a service with a selector as for one without; else they follow from the
 * pods that the selector matches. Slices that somebody else keeps stand beside those that follow. Nothing is derived for a service without a selector or for
 * an ExternalName.
 */
export function serviceEndpoints(
  service: Service,
  families: readonly IpFamily[],
  observed: ObservedEndpoints,
  world: EndpointWorld,
): ServiceEndpoints {
  const { selector } = service;
  const isSelecting = selector !== undefined && service.type !== 'ExternalName';
  const judged = isSelecting ? judgeSelected(service, selector, families, world) : undefined;
  const candidates = judged?.candidates ?? [];
  const beside = judged && judged.published.length > 0 && observed.slices.every(isOfOthers) ? observed.slices : [];
  const told = toldEndpoints(service, { ...observed, slices: beside.length > 0 ? [] : observed.slices });
  if (told) return { ...told, candidates: observedCandidates(candidates, world.pods, told.slices) };
  if (!judged) return qualifiedName(service.ref) === API_SERVICE ? OF_THE_API_SERVERS : NOTHING;
  return { source: 'derived', slices: [...deriveSlices(service, families, judged.published, world.shares), ...beside], candidates };
}

/** Whether a slice says that neither controller of Kubernetes keeps it: both leave it alone (kubernetes/api `discovery/v1`, `managed-by`). */
function isOfOthers({ labels }: EndpointSlice): boolean {
  const by = labels[MANAGED_BY];
  return by !== undefined && by !== SLICE_CONTROLLER && by !== MIRRORING_CONTROLLER;
}

/** What the import tells. The slices of a selectorless service's own Endpoints stand beside the user's; where the mirror was imported too, once. */
function toldEndpoints(service: Service, { slices, legacy }: ObservedEndpoints): Pick<ServiceEndpoints, 'source' | 'slices'> | undefined {
  const hasMirror = slices.some((slice) => slice.labels[MANAGED_BY] === MIRRORING_CONTROLLER);
  const mirror =
    legacy && isMirrored(legacy) && (slices.length === 0 || (service.selector === undefined && !hasMirror)) ? legacy : undefined;
  if (slices.length > 0)
    return { source: 'observed-slices', slices: mirror ? [...slices, ...mirrorEndpoints(mirror, slices.length)] : slices };
  return mirror && { source: 'mirrored-endpoints', slices: mirrorEndpoints(mirror) };
}

function judgeSelected(
  service: Service,
  selector: NonNullable<Service['selector']>,
  families: readonly IpFamily[],
  { pods, nodes, labels }: EndpointWorld,
): { readonly candidates: readonly EndpointCandidate[]; readonly published: readonly PublishedPod[] } {
  const namespace = service.ref.namespace ?? 'default';
  const portsOf = portsOfService(service);
  const selected = labels.select(namespace, selectorOfLabels(selector));
  const candidates: EndpointCandidate[] = [];
  const published: PublishedPod[] = [];
  for (const id of selected) {
    const pod = pods[id];
    if (!pod) continue;
    const node = pod.nodeName && nodes.get(pod.nodeName.value);
    const ports = portsOf(pod.spec);
    const candidate = judgePod(pod, service, families, node, ports);
    candidates.push(candidate);
    if (candidate.included) published.push({ pod, node, ports });
  }
  return { candidates: [...candidates, ...nearMisses(namespace, selector, selected, pods, labels)], published };
}

import type { EndpointCandidate, ModelPod, ModelService, NetworkModel } from '../../model/network-model.js';
import type { ServicePort } from '../../resources/service.js';
import type { ServiceReason } from '../service-reasons.js';
import type { EndpointView, ExcludedView } from '../service-question.js';

/**
 * Selected pods that neither stand among the chosen endpoints nor carry a reason yet: those that are in no slice, lack the port, or have no address of the
 * family. With them every pod that the service selects is accounted for (INV-SVC-3).
 */
export function accountedPods(
  model: NetworkModel,
  service: ModelService,
  port: ServicePort | undefined,
  endpoints: readonly EndpointView[],
  excluded: readonly ExcludedView[],
): readonly ExcludedView[] {
  const accounted = new Set([...endpoints, ...excluded].map(({ pod }) => pod));
  return service.endpoints.candidates.flatMap((candidate) => {
    const pod = model.pods[candidate.pod];
    if (!pod || candidate.reason === 'SELECTOR_NEAR_MISS' || accounted.has(`${pod.namespace}/${pod.name}`)) return [];
    return [{ endpoint: null, pod: `${pod.namespace}/${pod.name}`, node: pod.nodeName?.value ?? null, ...whyNot(candidate, pod, port) }];
  });
}

function whyNot(
  candidate: EndpointCandidate,
  pod: ModelPod,
  port: ServicePort | undefined,
): { readonly reason: ServiceReason; readonly message: string } {
  if (!candidate.included) return { reason: candidate.reason, message: candidate.message };
  const lacks = candidate.missingPorts.find((one) => port && (one.port === port.name || one.port === String(port.port)));
  if (lacks) return { reason: lacks.reason, message: `pod ${pod.name} has no container port for \`${String(port?.targetPort)}\`` };
  return { reason: 'FAMILY_MISMATCH', message: `pod ${pod.name} is an endpoint of the other address family only` };
}

/** `namespace/name` of the pod that has an endpoint's address, when its slice does not name one. */
export function podAt(model: NetworkModel, ip: string): string | undefined {
  const owner = (model.ipOwners.get(ip) ?? []).find((one) => one.type === 'pod');
  const pod = owner?.type === 'pod' ? model.pods[owner.pod] : undefined;
  return pod && !pod.spec.hostNetwork ? `${pod.namespace}/${pod.name}` : undefined;
}

import type { EndpointCandidate, ModelPod, ModelService, NetworkModel } from '../../model/network-model.js';

/** A pod that a service selects, with what became of it. */
export interface SelectedPod {
  readonly pod: ModelPod;
  readonly candidate: EndpointCandidate;
}

/** The pods that the selector matches. */
export function selectedPods(model: NetworkModel, { endpoints }: ModelService): readonly SelectedPod[] {
  return endpoints.candidates.flatMap((candidate) => {
    const pod = model.pods[candidate.pod];
    return pod && candidate.reason !== 'SELECTOR_NEAR_MISS' ? [{ pod, candidate }] : [];
  });
}

/** Those that are one label off. */
export function nearbyPods(model: NetworkModel, { endpoints }: ModelService): readonly ModelPod[] {
  return endpoints.candidates.flatMap(({ pod, reason }) => (reason === 'SELECTOR_NEAR_MISS' ? (model.pods[pod] ?? []) : []));
}

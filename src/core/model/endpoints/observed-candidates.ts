import { formatIp } from '../../net/ip.js';
import type { Endpoint, EndpointSlice } from '../../resources/endpoint-slice.js';
import type { EndpointCandidate, ModelPod } from '../network-model.js';

/**
 * The candidates as imported slices tell them: what is published stands there, whatever the rules would give. A pod that no slice names, though the rules
 * would publish it, was not ready when the slices were written, as far as they tell.
 */
export function observedCandidates(
  candidates: readonly EndpointCandidate[],
  pods: readonly ModelPod[],
  slices: readonly EndpointSlice[],
): readonly EndpointCandidate[] {
  const { byPod, byAddress } = publishedBy(slices);
  return candidates.map((candidate) => {
    const pod = pods[candidate.pod];
    if (!pod) return candidate;
    const published =
      byPod.get(`${pod.namespace}/${pod.name}`) ??
      pod.ips.map(({ value }) => byAddress.get(formatIp(value))).find((one) => one !== undefined);
    return published ? asPublished(candidate, published) : notPublished(candidate);
  });
}

function publishedBy(slices: readonly EndpointSlice[]): { byPod: ReadonlyMap<string, Endpoint>; byAddress: ReadonlyMap<string, Endpoint> } {
  const byPod = new Map<string, Endpoint>();
  const byAddress = new Map<string, Endpoint>();
  for (const slice of slices) {
    for (const endpoint of slice.endpoints) {
      const { targetRef, addresses } = endpoint;
      if (targetRef?.kind === 'Pod') byPod.set(`${targetRef.namespace ?? slice.ref.namespace ?? ''}/${targetRef.name}`, endpoint);
      // An address whose pod is named belongs to that pod, even if another one has got it since.
      else for (const address of addresses) byAddress.set(address, endpoint);
    }
  }
  return { byPod, byAddress };
}

function asPublished(candidate: EndpointCandidate, { ready, terminating }: Endpoint): EndpointCandidate {
  const { reason } = candidate;
  const state = ready ? 'ready' : terminating ? 'terminating' : 'not ready';
  const agrees = candidate.included && candidate.ready === ready;
  const told = ready ? 'READY' : terminating ? 'TERMINATING' : 'NOT_READY';
  return { ...candidate, included: true, ready, reason: agrees ? reason : told, message: `published as ${state}` };
}

function notPublished(candidate: EndpointCandidate): EndpointCandidate {
  if (!candidate.included) return candidate;
  return { ...candidate, included: false, ready: false, reason: 'NOT_READY', message: 'selected, but no imported slice names it' };
}

import type { IpFamily } from '../../net/ip.js';
import type { Service } from '../../resources/service.js';
import type { EndpointCandidate, ModelNode, ModelPod } from '../network-model.js';
import { conditionsOf } from './pod-to-endpoint.js';
import type { PodPorts } from './pod-ports.js';

/**
 * Whether a pod that the selector matches is published, and how (kubernetes/endpointslice `reconciler.go`, `util/controller_utils.go` `ShouldPodBeInEndpoints`). A pod
 * that offers none of the service's ports is published all the same, in a slice without ports that nobody can use.
 */
export function judgePod(
  pod: ModelPod,
  service: Service,
  families: readonly IpFamily[],
  node: ModelNode | undefined,
  { ports, missing }: PodPorts,
): EndpointCandidate {
  const left = leftOut(pod, service, families, node);
  if (left) return { pod: pod.id, included: false, ready: false, ...left, missingPorts: missing };
  const { ready, serving, terminating } = conditionsOf(pod, service);
  const portless = ports.length === 0 ? missing[0] : undefined;
  if (portless) {
    const targets = [...new Set(missing.map(({ target }) => `\`${target}\``))].join(', ');
    const message = `published without a port: no container has the port that the service targets (${targets})`;
    return { pod: pod.id, included: true, ready, reason: portless.reason, message, missingPorts: missing };
  }
  return { pod: pod.id, included: true, ready, ...published(ready, serving, terminating), missingPorts: missing };
}

type Judgement = Pick<EndpointCandidate, 'reason' | 'message'>;

function leftOut(pod: ModelPod, service: Service, families: readonly IpFamily[], node: ModelNode | undefined): Judgement | undefined {
  if (pod.finished) return { reason: 'POD_TERMINAL_PHASE', message: `the pod has finished (phase ${pod.phase.value})` };
  if (pod.ips.length === 0) {
    const why = pod.placementProblem === undefined ? '' : `: ${pod.placementProblem}`;
    return { reason: 'NO_POD_IP', message: `the pod has no address (phase ${pod.phase.value})${why}` };
  }
  if (!node && !service.publishNotReadyAddresses) {
    const name = pod.nodeName?.value;
    return { reason: 'NODE_MISSING', message: name === undefined ? 'the pod is on no node' : `node \`${name}\` of the pod does not exist` };
  }
  if (pod.ips.some(({ value }) => families.includes(value.family))) return undefined;
  return {
    reason: 'FAMILY_MISMATCH',
    message: `the pod has no IPv${families.join(' or IPv')} address, and the service is of no other family`,
  };
}

function published(ready: boolean, serving: boolean, terminating: boolean): Judgement {
  if (serving && !terminating) return { reason: 'READY', message: 'ready' };
  const state = terminating ? `terminating, ${serving ? 'still serving' : 'no longer serving'}` : 'not ready';
  if (ready) return { reason: 'PUBLISHED_NOT_READY', message: `${state}; published as ready because of publishNotReadyAddresses` };
  return { reason: terminating ? 'TERMINATING' : 'NOT_READY', message: state };
}

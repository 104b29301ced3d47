import { prepareNames } from '../../core/dns/prepare-names.js';
import type { Steps } from '../../core/kernel/steps.js';
import type { ModelService, NetworkModel } from '../../core/model/network-model.js';
import { resolveEndpoints } from '../../core/model/resolve-endpoints.js';
import { policyVerdict } from '../../core/policy/policy-verdict.js';
import { prepareServices } from '../../core/services/prepare-services.js';
import { nameStage } from './name-stage.js';
import { packetStage } from './packet-stage.js';
import type { TraceDestination } from './trace-destination.js';
import { type TraceQuestion, traceRequest } from './trace-request.js';
import type { TraceSender } from './trace-sender.js';

/**
 * Builds what the rooms look up in a model, and build at their first question: one request is traced from any pod to any service, a room at a time, so that
 * between two of them others get their turn.
 */
export function* prepareTrace(model: NetworkModel): Steps<void> {
  const pod = model.pods.find(({ finished, ips }) => !finished && ips.length > 0);
  const service = [...model.services.values()].find(({ clusterIPs, resource }) => clusterIPs.length > 0 && resource.ports.length > 0);
  if (!pod || !service) return;
  const endpoints = resolveEndpoints(model, { type: 'pod', namespace: pod.namespace, name: pod.name });
  if (!endpoints.ok) return;
  const sender: TraceSender = {
    label: `pod ${pod.namespace}/${pod.name}`,
    endpoints: endpoints.value,
    pods: [pod],
    asker: { pod },
    ip: undefined,
  };
  const destination = nameOf(service);
  const server = { model, serial: 0, upstream: undefined };
  yield* prepareNames(model);
  yield* prepareServices(model);
  const name = nameStage(server, sender, destination, 'glibc');
  if (!name.ok) return;
  yield;
  const question: TraceQuestion = { sender, destination, libc: 'glibc', node: undefined, protocol: undefined, proxied: model };
  packetStage(model, { sender, destination, name: name.value, node: undefined, protocol: undefined });
  yield;
  yield* policyVerdict(model, { from: endpoints.value, to: endpoints.value, protocol: 'TCP', port: '80' });
  yield* traceRequest(server, question);
}

function nameOf({ namespace, name, resource }: ModelService): TraceDestination {
  const port = String(resource.ports[0]?.port ?? '');
  return { text: `${name}.${namespace}:${port}`, target: { kind: 'name', name: `${name}.${namespace}` }, port, path: undefined };
}

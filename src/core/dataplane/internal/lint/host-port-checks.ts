import type { Steps } from '../../../kernel/steps.js';
import { hostPortConflict, type HostPortKey } from '../../../model/host-port-conflict.js';
import type { ModelPod, NetworkModel } from '../../../model/network-model.js';
import { formatIp } from '../../../net/ip.js';
import type { DataplaneDraft } from '../../dataplane-finding.js';

/** A port of a node that a pod asks for. */
interface HostPort extends HostPortKey {
  readonly pod: ModelPod;
  readonly pointer: string;
  readonly containerPort: number;
}

const PODS_A_STEP = 1000;
/** Pods that ask for one port of one node: every further one is like the others. */
const MOST_OF_ONE_PORT = 20;

/** Pods of one node that exclude one another. The scheduler places no second one, so that an import that has both tells of an odd cluster. */
export function* hostPortChecks(model: NetworkModel): Steps<readonly DataplaneDraft[]> {
  return [...(yield* conflicts(model)), ...(yield* differing(model))];
}

/** Ports of the node that are not those of the container, on the node's own network; once for all pods of a workload. */
function* differing({ pods }: NetworkModel): Steps<readonly DataplaneDraft[]> {
  const drafts: DataplaneDraft[] = [];
  const told = new Set<string>();
  for (const [index, pod] of pods.entries()) {
    if (index % PODS_A_STEP === 0) yield;
    if (!pod.spec.hostNetwork) continue;
    for (const { pointer, port, containerPort } of hostPortsOf(pod)) {
      const key = `${pod.workload} ${pointer}`;
      if (port === containerPort || told.has(key)) continue;
      told.add(key);
      const message = `${pod.namespace}/${pod.name} is on the network of its node, and asks for port ${port} of it in place of its own, ${containerPort}`;
      drafts.push({
        code: 'HOST_PORT_DIFFERS',
        object: pod.ref,
        pointer,
        message,
        fix: `set hostPort to ${containerPort}, or leave it out`,
      });
    }
  }
  return drafts;
}

function* conflicts({ pods }: NetworkModel): Steps<readonly DataplaneDraft[]> {
  const byPlace = new Map<string, HostPort[]>();
  const drafts: DataplaneDraft[] = [];
  for (const [index, pod] of pods.entries()) {
    if (index % PODS_A_STEP === 0) yield;
    if (pod.nodeName === undefined || pod.finished) continue;
    const node = pod.nodeName.value;
    for (const port of hostPortsOf(pod)) {
      const key = `${node} ${port.protocol} ${port.port}`;
      const known = byPlace.get(key) ?? [];
      byPlace.set(key, known);
      const other = known.find((one) => one.pod !== pod && hostPortConflict(one, port));
      if (other) drafts.push(conflict(node, port, other));
      if (known.length < MOST_OF_ONE_PORT) known.push(port);
    }
  }
  return drafts;
}

function* hostPortsOf(pod: ModelPod): Generator<HostPort> {
  for (const [index, container] of pod.spec.containers.entries()) {
    for (const [position, { hostPort, hostIP, protocol, containerPort }] of container.ports.entries()) {
      if (hostPort === undefined) continue;
      const place = container.sidecar ? `initContainers/${container.position ?? 0}` : `containers/${index}`;
      const pointer = `/spec/${place}/ports/${position}/hostPort`;
      yield { pod, pointer, containerPort, protocol, port: hostPort, ip: hostIP ? formatIp(hostIP) : '0.0.0.0' };
    }
  }
}

function conflict(node: string, { pod, pointer, protocol, port, ip }: HostPort, other: HostPort): DataplaneDraft {
  const [name, first] = [pod, other.pod].map((one) => `${one.namespace}/${one.name}`);
  const message = `${name} asks for ${protocol} ${port} of ${ip} on node ${node}, which ${first} has already (${other.ip})`;
  return {
    code: 'HOST_PORT_CONFLICT',
    object: pod.ref,
    pointer,
    message,
    fix: 'give one of them another hostPort or hostIP, or keep them on different nodes',
    nodes: [node],
  };
}

import type { EvidenceStep } from '../../core/kernel/evidence.js';
import type { ModelPod, NetworkModel } from '../../core/model/network-model.js';
import type { Protocol } from '../../core/net/protocol.js';
import type { TraceSender } from './trace-sender.js';

/** What a sender finds on its own loopback. */
export interface LoopbackStage {
  /** `127.0.0.1:8080` */
  readonly address: string;
  /** `all`: every sender offers the port itself; `some`: not all of them; undefined: the sender stands outside, and nothing is known of it. */
  readonly offered: 'all' | 'some' | 'none' | undefined;
  /** Completes “… reaches …: ”. */
  readonly message: string;
  readonly steps: readonly EvidenceStep[];
}

/** Who shares a loopback, and what it is called. */
interface Machine {
  readonly label: string;
  readonly pods: readonly ModelPod[];
}

/**
 * Whether a sender offers the port that it asks itself for: the packet stays in its network namespace, where neither services nor policies are asked. A port is offered
 * where a container declares it; on the host all hostNetwork pods of the node share one loopback.
 */
export function loopbackStage(
  model: NetworkModel,
  sender: TraceSender,
  asked: { readonly address: string; readonly port: number; readonly protocol: Protocol },
): LoopbackStage {
  const { address, port, protocol } = asked;
  const machines = machinesOf(model, sender);
  const steps = machines.map((machine) => stepOf(machine, address, port, protocol));
  const matches = steps.filter(({ outcome }) => outcome === 'match').length;
  const offered = machines.length === 0 ? undefined : matches === 0 ? 'none' : matches === steps.length ? 'all' : 'some';
  const told = steps.find(({ outcome }) => outcome === (offered === 'all' ? 'match' : 'no-match')) ?? steps[0];
  const nobody = `${address} is ${sender.label} itself: what listens there is not known`;
  const step: EvidenceStep = { stage: 'loopback', outcome: 'info', reason: 'OWN_LOOPBACK', message: nobody };
  return { address, offered, message: told?.message ?? nobody, steps: steps.length > 0 ? steps : [step] };
}

/** Whether the sender stands on the network of a node: its loopback is the node's, where kube-proxy may serve node ports. */
export function isOnHost({ pods, endpoints }: TraceSender): boolean {
  return pods.length > 0 ? pods.every(({ spec }) => spec.hostNetwork) : endpoints.nodes.length > 0;
}

function machinesOf(model: NetworkModel, { pods, endpoints }: TraceSender): readonly Machine[] {
  const own = pods.filter(({ spec }) => !spec.hostNetwork).map((pod) => ({ label: `pod ${pod.namespace}/${pod.name}`, pods: [pod] }));
  const hosts = new Set([
    ...pods.flatMap(({ spec, nodeName }) => (spec.hostNetwork && nodeName ? [nodeName.value] : [])),
    ...endpoints.nodes,
  ]);
  const ofHosts = [...hosts].map((node) => ({
    label: `node ${node}`,
    pods: model.pods.filter(({ spec, nodeName, finished }) => spec.hostNetwork && !finished && nodeName?.value === node),
  }));
  return [...own, ...ofHosts];
}

function stepOf({ label, pods }: Machine, address: string, port: number, protocol: Protocol): EvidenceStep {
  const base = { stage: 'loopback', reason: 'OWN_LOOPBACK' } as const;
  for (const pod of pods) {
    for (const [index, { name, ports, sidecar }] of pod.spec.containers.entries()) {
      if (!ports.some((one) => one.containerPort === port && one.protocol === protocol)) continue;
      const pointer = sidecar ? '/spec/initContainers' : `/spec/containers/${index}/ports`;
      const message = `${address} is ${label} itself, whose container \`${name}\` listens on ${port}/${protocol}`;
      return { ...base, outcome: 'match', object: pod.ref, pointer, message };
    }
  }
  const declared = pods.flatMap(({ spec }) =>
    spec.containers.flatMap(({ ports }) => ports.map((one) => `${one.containerPort}/${one.protocol}`)),
  );
  const list = declared.length === 0 ? 'it declares no port' : `it declares ${[...new Set(declared)].slice(0, 5).join(', ')}`;
  const message = `${address} is ${label} itself, and none of its containers declares port ${port}/${protocol}: ${list}`;
  return { ...base, outcome: 'no-match', object: pods.length === 1 ? pods[0]?.ref : undefined, message };
}

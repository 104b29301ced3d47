import { inMap } from '../../kernel/in-map.js';
import type { Provenance } from '../../kernel/provenance.js';
import { forEachInSteps, type Steps } from '../../kernel/steps.js';
import type { Ip } from '../../net/ip.js';
import type { DetectedProfile } from '../detect-profile.js';
import type { ModelNode } from '../network-model.js';
import { type Assumptions, counted } from './assumptions.js';
import { type BelievedNode, buildNodes } from './build-nodes.js';
import { addressesOnNodes } from './cut-pod-cidrs.js';
import type { PodDraft } from './pod-draft.js';
import type { ResourceIndex } from './resource-index.js';
import type { WorkloadDraft } from './workload-draft.js';

/** Bounds of what is made up: at most as many nodes as the range for documentation has addresses. `MOST_PODS`: kubelet's `maxPods`. */
const FEWEST = 3;
const MOST = 240;
const MOST_PODS = 110;

/**
 * The cluster's nodes by name. Node objects count where there are any; without a single one, the names that pods give are believed; where nothing tells
 * and pods have to be somewhere, nodes are made up.
 */
export function* settleNodes(
  index: ResourceIndex,
  drafts: ReadonlyMap<string, WorkloadDraft>,
  detected: DetectedProfile,
  assumptions: Assumptions,
): Steps<ReadonlyMap<string, ModelNode>> {
  const believed = index.nodes.length > 0 ? [] : yield* believedNodes(index);
  const synthesise = index.nodes.length === 0 && believed.length === 0 ? neededNodes(drafts) : 0;
  const podCIDRProvenance = rangeProvenance(detected, 'podCIDRs');
  const nodes = yield* buildNodes({
    imported: index.nodes,
    ciliumNodes: index.ciliumNodes,
    believed,
    synthesise,
    profile: detected.profile,
    podAddresses: yield* addressesOnNodes(index.pods),
    podCIDRProvenance,
  });
  if (believed.length > 0) {
    assumptions.add('NODES_BELIEVED', `no Node object was imported: ${counted(believed.length, 'node')} known by name from the pods`);
  }
  if (synthesise > 0) {
    const names = `\`node-1\` to \`node-${synthesise}\``;
    assumptions.add(
      'NODES_SYNTHESISED',
      `nothing tells of the nodes: ${names} stand for them, with addresses for documentation (RFC 5737, RFC 3849)`,
    );
  }
  return new Map(nodes.map((node) => [node.name, node]));
}

/** How sure a range of the profile is: what a user has set counts as observed. */
export function rangeProvenance({ sources }: Pick<DetectedProfile, 'sources'>, field: string): Provenance {
  const provenance = sources.get(field)?.provenance ?? 'assumed';
  return provenance === 'set' ? 'observed' : provenance;
}

/** Nodes that pods name, with the host addresses the pods' statuses tell. */
function* believedNodes(index: ResourceIndex): Steps<readonly BelievedNode[]> {
  const nodes = new Map<string, Map<string, Ip>>();
  yield* forEachInSteps(index.pods, 1_000, ({ spec, status }) => {
    if (spec.nodeName === undefined) return;
    const ips = inMap(nodes, spec.nodeName, () => new Map<string, Ip>());
    const ip = status?.hostIP;
    if (ip) ips.set(`${ip.family}/${ip.value}`, ip);
  });
  return [...nodes].map(([name, ips]) => ({ name, addresses: [...ips.values()].map((ip) => ({ type: 'InternalIP', ip })) }));
}

/** How many nodes the pods need that have none: three, so that spreading shows, and more where a node would have more pods than kubelet takes. */
function neededNodes(drafts: ReadonlyMap<string, WorkloadDraft>): number {
  let count = 0;
  for (const { maker, pods } of drafts.values()) {
    if (pods.length > 0) count += pods.filter(isHomeless).length;
    else if (maker) count += maker.kind === 'DaemonSet' ? 1 : (maker.replicas ?? 0);
  }
  return count === 0 ? 0 : Math.min(Math.max(FEWEST, Math.ceil(count / MOST_PODS)), MOST);
}

/** A pod of a manifest, or one that runs and does not tell where. */
function isHomeless(pod: PodDraft): boolean {
  return pod.resource?.status === undefined || (pod.ips.length > 0 && !pod.nodeName);
}

import { compareText } from '../../kernel/compare.js';
import { describeRef } from '../../kernel/object-ref.js';
import { derived } from '../../kernel/provenance.js';
import type { PodSpec } from '../../resources/pod.js';
import type { ModelNode } from '../network-model.js';
import { runsDaemon } from '../daemon-pods.js';
import { type Assumptions, counted } from './assumptions.js';
import { expandWorkload } from './expand-workload.js';
import { type Lack, PodAddresses } from './give-addresses.js';
import { inChunks } from './in-chunks.js';
import { inNamespaceOrder } from './in-namespace-order.js';
import { Placement } from './place-pods.js';
import type { PodDraft } from './pod-draft.js';
import type { WorkloadDraft } from './workload-draft.js';

/** What Kubernetes is made for (kubernetes.io, "Considerations for large clusters"); a slip of the pen in `replicas` must not make more. */
const MOST_PODS = 150_000;

const byName = (a: PodDraft, b: PodDraft) => compareText(a.name, b.name);

/**
 * Every pod of the cluster in the order of namespace and name: the imported ones, and those that the workloads without pods would make. Pods that nobody
 * has seen running get a node and an address; what a status says stays as it is.
 */
export function* makePods(
  drafts: ReadonlyMap<string, WorkloadDraft>,
  nodes: readonly ModelNode[],
  assumptions: Assumptions,
): Generator<undefined, readonly PodDraft[]> {
  yield* expandAll(drafts, nodes, assumptions);
  const pods = yield* inNamespaceOrder(
    [...drafts.values()].flatMap((draft) => draft.pods),
    (pod) => pod.namespace,
    byName,
  );
  yield* placeAll(pods, nodes, assumptions);
  yield* addressAll(pods, nodes, assumptions);
  return pods;
}

function* expandAll(
  drafts: ReadonlyMap<string, WorkloadDraft>,
  nodes: readonly ModelNode[],
  assumptions: Assumptions,
): Generator<undefined> {
  // A name has one owner: an imported pod keeps it.
  const taken = new Set<string>();
  for (const draft of drafts.values()) for (const pod of draft.pods) taken.add(`${pod.namespace}/${pod.name}`);
  const daemonNodes = (spec: PodSpec) => nodes.filter((node) => runsDaemon(spec, node)).map((node) => node.name);
  let made = 0;
  let cut: WorkloadDraft | undefined;
  for (const draft of drafts.values()) {
    for (const pod of expandWorkload(draft, daemonNodes)) {
      const key = `${pod.namespace}/${pod.name}`;
      if (taken.has(key)) continue;
      if (taken.size >= MOST_PODS) {
        cut ??= draft;
        break;
      }
      taken.add(key);
      draft.pods.push(pod);
      if (++made % 1_000 === 0) yield;
    }
  }
  if (made > 0) {
    const message = `${counted(made, 'pod')} not in the input: the ones that the workloads' controllers would make, taken to be ready`;
    assumptions.add('PODS_EXPANDED', message);
  }
  if (cut) {
    const message = `no pods beyond ${MOST_PODS} in all, the most a cluster is made for: ${describeRef(cut.ref)} and those after it have fewer than they want`;
    assumptions.add('PODS_NOT_EXPANDED', message);
  }
}

/** Whether the model has to say where the pod is: nobody has seen it in a cluster. */
function isOpen(pod: PodDraft): boolean {
  return !pod.finished && pod.resource?.status === undefined;
}

/** Without Node objects nothing is known against a pod that has an address and names no node: it runs somewhere. */
function isLost(pod: PodDraft, nodes: readonly ModelNode[]): boolean {
  return pod.ips.length > 0 && !pod.nodeName && !nodes.some((node) => node.resource);
}

function* placeAll(pods: readonly PodDraft[], nodes: readonly ModelNode[], assumptions: Assumptions): Generator<undefined> {
  const placement = new Placement(nodes, pods);
  const known = new Set(nodes.map((node) => node.name));
  let [placed, unplaced] = [0, 0];
  for (const chunk of inChunks(pods)) {
    for (const pod of chunk) {
      if (!isOpen(pod) && !isLost(pod, nodes)) continue;
      if (!pod.nodeName) placement.place(pod);
      else if (!known.has(pod.nodeName.value)) pod.placementProblem = `node \`${pod.nodeName.value}\` does not exist`;
      if (pod.nodeName?.provenance === 'derived') placed++;
      if (pod.placementProblem === undefined) continue;
      unplaced++;
      pod.phase = derived('Pending');
      pod.ready = derived(false);
    }
    yield;
  }
  if (placed > 0)
    assumptions.add('NODE_PLACEMENT', `the node of ${counted(placed, 'pod')} is a guess: spread evenly over the nodes that fit`);
  if (unplaced > 0) assumptions.add('PODS_UNPLACED', `${counted(unplaced, 'pod')} that no node fits: taken to be Pending`);
}

function* addressAll(pods: readonly PodDraft[], nodes: readonly ModelNode[], assumptions: Assumptions): Generator<undefined> {
  const addresses = new PodAddresses(nodes, pods);
  const without = new Map<Lack, number>();
  let given = 0;
  for (const chunk of inChunks(pods)) {
    for (const pod of chunk) {
      if (!isOpen(pod) || pod.placementProblem !== undefined) continue;
      const lack = addresses.give(pod);
      if (lack) without.set(lack, (without.get(lack) ?? 0) + 1);
      else given++;
    }
    yield;
  }
  if (given > 0)
    assumptions.add(
      'POD_ADDRESSES',
      `the addresses of ${counted(given, 'pod')} are not in the input: taken from the ranges of their nodes`,
    );
  if (without.size > 0) assumptions.add('PODS_WITHOUT_ADDRESS', withoutText(without));
}

const LACKS: Readonly<Record<Lack, string>> = {
  'no-node': 'there is no node',
  'no-range': 'nothing tells of a range of their nodes',
  'range-full': 'the ranges of their nodes are full',
  'no-node-address': 'their nodes, whose network they are in, have no address',
};

function withoutText(without: ReadonlyMap<Lack, number>): string {
  const all = [...without.values()].reduce((sum, count) => sum + count, 0);
  const reasons = [...without].map(([lack, count]) => (count === all ? LACKS[lack] : `${count}, for ${LACKS[lack]}`));
  return `${counted(all, 'pod')} without an address: ${reasons.join('; ')}`;
}

import { compareText } from '../../kernel/compare.js';
import { derived } from '../../kernel/provenance.js';
import type { PodSpec } from '../../resources/pod.js';
import type { ModelNode } from '../network-model.js';
import { misfit } from './node-fit.js';
import type { PodDraft } from './pod-draft.js';

/** A node with the number of pods on it. */
interface Seat {
  readonly node: ModelNode;
  pods: number;
}

/** What of a pod decides where it fits. */
function constraintsOf(spec: PodSpec): string {
  return JSON.stringify([spec.nodeSelector, spec.requiredNodeTerms, spec.tolerations]);
}

/**
 * Spreads pods over the nodes they fit: each goes to the node with the fewest pods, the first by name among equals. That is no scheduler, only
 * a repeatable guess at what one would do, so every placement is `derived` and the model notes NODE_PLACEMENT.
 */
export class Placement {
  private readonly seats: ReadonlyMap<string, Seat>;
  private readonly queues = new Map<string, SeatQueue>();
  private readonly keys = new Map<PodSpec, string>();
  /** By constraints: nodes only fill up, so what fits nowhere never will, for the same reasons. */
  private readonly problems = new Map<string, string>();

  constructor(
    private readonly nodes: readonly ModelNode[],
    placed: Iterable<PodDraft>,
  ) {
    this.seats = new Map(nodes.map((node) => [node.name, { node, pods: 0 }]));
    for (const pod of placed) this.occupy(pod);
  }

  /** Counts a pod that has its node already. */
  occupy(pod: PodDraft): void {
    const seat = pod.finished || !pod.nodeName ? undefined : this.seats.get(pod.nodeName.value);
    if (seat) seat.pods++;
  }

  /** Gives a pod its node, or the reason why it has none. */
  place(pod: PodDraft): void {
    const key = this.keys.get(pod.spec) ?? constraintsOf(pod.spec);
    this.keys.set(pod.spec, key);
    const seat = this.queueFor(key, pod.spec).take();
    if (seat) {
      pod.nodeName = derived(seat.node.name);
      return;
    }
    pod.placementProblem = this.problems.get(key) ?? this.explain(pod.spec);
    this.problems.set(key, pod.placementProblem);
  }

  private queueFor(key: string, spec: PodSpec): SeatQueue {
    const known = this.queues.get(key);
    if (known) return known;
    const fitting = [...this.seats.values()].filter((seat) => misfit(spec, seat.node) === undefined);
    const queue = new SeatQueue(fitting);
    this.queues.set(key, queue);
    return queue;
  }

  private explain(spec: PodSpec): string {
    const reasons = new Map<string, number>();
    for (const node of this.nodes) {
      const reason = misfit(spec, node) ?? 'too many pods';
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    const parts = [...reasons].sort(([a], [b]) => compareText(a, b)).map(([reason, count]) => `${count} ${reason}`);
    return `0/${this.nodes.length} nodes are available: ${parts.join(', ')}`;
  }
}

/** A seat as it was when it entered the queue. */
interface Entry {
  readonly seat: Seat;
  readonly rank: number;
  readonly pods: number;
}

/**
 * A binary heap of seats by (pods, name). Seats are shared between queues, so an entry may be out of date; counts only grow, so it is enough to
 * look again when the entry comes up.
 */
class SeatQueue {
  private readonly heap: Entry[];

  constructor(seats: readonly Seat[]) {
    const entries = seats.map((seat, rank) => ({ seat, rank, pods: seat.pods }));
    this.heap = entries.sort((a, b) => a.pods - b.pods || a.rank - b.rank);
  }

  /** The seat with the fewest pods that has room, one pod fuller. */
  take(): Seat | undefined {
    for (let top = this.heap[0]; top; top = this.heap[0]) {
      const { seat, rank } = top;
      const full = seat.pods >= (seat.node.resource?.maxPods ?? Number.POSITIVE_INFINITY);
      if (full) {
        this.replaceTop(this.heap.pop());
        continue;
      }
      const current = top.pods === seat.pods;
      if (current) seat.pods++;
      this.replaceTop({ seat, rank, pods: seat.pods });
      if (current) return seat;
    }
    return undefined;
  }

  private replaceTop(entry: Entry | undefined): void {
    if (!entry || this.heap.length === 0) return;
    this.heap[0] = entry;
    let at = 0;
    for (;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const smaller = this.before(right, left) ? right : left;
      if (!this.before(smaller, at)) return;
      this.swap(smaller, at);
      at = smaller;
    }
  }

  private before(a: number, b: number): boolean {
    const [first, second] = [this.heap[a], this.heap[b]];
    if (!first || !second) return first !== undefined;
    return first.pods < second.pods || (first.pods === second.pods && first.rank < second.rank);
  }

  private swap(a: number, b: number): void {
    const [first, second] = [this.heap[a], this.heap[b]];
    if (first && second) [this.heap[a], this.heap[b]] = [second, first];
  }
}

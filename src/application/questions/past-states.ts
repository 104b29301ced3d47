import type { NetworkModel } from '../../core/model/network-model.js';
import { inStretches } from '../../manifests/pace.js';
import type { Coordinate } from '../clusters/coordinate.js';
import { ModelSource } from '../clusters/model-source.js';
import type { Revision } from '../clusters/revision.js';
import { RevisionStore } from '../clusters/revision-store.js';
import { AllocationStore } from '../ipam/allocation-store.js';
import type { PastState, Question } from './question.js';

/** Revisions that are looked at, the newest ones. */
const MOST_REVISIONS = 1000;
/** States that are measured: a model is compiled for each. */
const MOST_STATES = 16;

/** Measures earlier states of a cluster for questions about its history. Which ones is a function of the coordinate, so that an answer can be had again. */
export class PastStates {
  constructor(
    private readonly revisions: RevisionStore,
    private readonly models: ModelSource,
    private readonly allocations: AllocationStore,
  ) {}

  /** States up to the coordinate's, oldest first, spread evenly over the time; allocations no younger than `sequence`. */
  async measure(
    question: Pick<Question, 'measure' | 'prepare'>,
    { cluster, revision }: Coordinate,
    sequence: number,
  ): Promise<readonly PastState[]> {
    const newest = await this.revisions.revisions(cluster, MOST_REVISIONS, revision + 1);
    const states: PastState[] = [];
    for (const { number, createdAt } of spread(newest.toReversed())) {
      const model = await this.models.modelAt(cluster, number);
      await prepared(question, model);
      const then = Math.min(sequence, await this.allocations.sequenceAt(cluster, createdAt));
      const book = await this.allocations.book(cluster, then);
      states.push({ revision: number, at: createdAt.toISOString(), measured: question.measure?.({ model, allocations: book }) ?? {} });
    }
    return states;
  }
}

/** Resolves when what the question looks its answers up in is built. */
export async function prepared({ prepare }: Pick<Question, 'prepare'>, model: NetworkModel): Promise<void> {
  if (prepare) await inStretches(prepare(model));
}

/** The last revision of each of sixteen equal stretches of time; the first and the last one are among them. */
function spread(oldestFirst: readonly Revision[]): readonly Revision[] {
  const [first, last] = [oldestFirst[0], oldestFirst.at(-1)];
  if (!first || !last || oldestFirst.length <= MOST_STATES) return oldestFirst;
  const span = last.createdAt.getTime() - first.createdAt.getTime();
  const stretchOf = ({ createdAt }: Revision) =>
    span === 0 ? 0 : Math.floor(((createdAt.getTime() - first.createdAt.getTime()) * (MOST_STATES - 1)) / span);
  const byStretch = new Map(oldestFirst.slice(1).map((revision) => [stretchOf(revision), revision]));
  return [first, ...[...byStretch.values()].slice(-(MOST_STATES - 1))];
}

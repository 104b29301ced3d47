import type { z } from 'zod';
import type { AllocationBook } from '../../core/ipam/allocation-book.js';
import type { Note } from '../../core/kernel/answer.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { atParameter, problemAt } from '../../core/kernel/problem-place.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { type Principal, refusal } from '../access/principal.js';
import type { Coordinate } from '../clusters/coordinate.js';
import { Coordinates } from '../clusters/coordinates.js';
import { ModelSource } from '../clusters/model-source.js';
import { AllocationsAt } from '../ipam/allocations-at.js';
import { SupposedModels } from '../what-if/supposed-models.js';
import type { Supposed } from '../what-if/what-if-input.js';
import { PastStates, prepared } from './past-states.js';
import type { Question, QuestionContext } from './question.js';

/** A coordinate, and who asks there. */
export interface AskedAt extends Coordinate {
  /** Undefined: nobody who may read any other cluster. */
  readonly asker?: Principal | undefined;
  /** Gives what fires when nobody waits for the answer any more; made only where an answer may have to wait: few do. */
  readonly until?: (() => AbortSignal) | undefined;
}

/** What the context of a question is made of besides the model. */
export interface Found {
  readonly allocations: AllocationBook;
  /** What is compared with. */
  readonly before: Coordinate | undefined;
}

/** What a question is asked of where something is supposed, and the note that says so. */
export interface SupposedContext {
  readonly context: QuestionContext;
  readonly note: Note;
}

const NOBODY = problem('insufficient-role', 'another cluster is read for somebody who may read it');

/** Finds the states that questions are asked of: those that are stored, and those that are supposed. */
export class AskedStates {
  constructor(
    private readonly models: ModelSource,
    private readonly supposed: SupposedModels,
    private readonly allocations: AllocationsAt,
    private readonly coordinates: Coordinates,
    private readonly past: PastStates,
  ) {}

  /** The model that is stored. */
  async modelAt({ cluster, revision }: Coordinate): Promise<NetworkModel> {
    return this.models.modelAt(cluster, revision);
  }

  /** Names the state that the question compares with; undefined for one that does not. Fails with the problems of its coordinate. */
  async beforeOf(
    question: Question,
    at: AskedAt,
    input: z.output<z.ZodObject>,
    isSupposed: boolean,
  ): Promise<Result<Coordinate | undefined, Problem>> {
    const wanted = question.comparesWith?.(input, isSupposed);
    if (!wanted) return ok(undefined);
    const { cluster, asker } = at;
    const { parameter = 'since', elsewhere } = wanted;
    if (elsewhere) {
      const refused = asker ? refusal(asker, 'viewer', elsewhere.cluster) : NOBODY;
      if (refused) return err(problemAt(`/${elsewhere.parameter}`, refused));
      return atParameter(elsewhere.parameter, await this.coordinates.resolve(elsewhere.cluster, wanted, parameter));
    }
    if (wanted.asIs) return ok({ cluster, revision: at.revision });
    if (wanted.revision === undefined && wanted.at === undefined) return ok({ cluster, revision: at.revision - 1 });
    if (wanted.revision === '0') return ok({ cluster, revision: 0 }); // nothing was before the first revision
    const revision = await this.coordinates.revisionOf(cluster, wanted, parameter);
    return revision.ok ? ok({ cluster, revision: revision.value }) : revision;
  }

  /** What a question is asked of, where nothing is supposed. */
  async contextOf(question: Question, at: Coordinate, model: NetworkModel, { allocations, before }: Found): Promise<QuestionContext> {
    const { cluster, revision } = at;
    const context = { cluster: cluster.name, revision, model, allocations };
    await prepared(question, model);
    if (question.measure) return this.withPast(question, at, context);
    return before === undefined ? context : { ...context, before: await this.storedState(before) };
  }

  /** The same where something is. Fails with `invalid-request`, about `apply` or `delete`, and with `unknown-object` where an object to be gone is not there. */
  async supposedContext(
    question: Question,
    at: AskedAt,
    supposed: Supposed,
    { allocations, before }: Found,
  ): Promise<Result<SupposedContext, Problem>> {
    const compared = question.supposesCompared ? (before ?? at) : undefined;
    const { cluster, revision } = compared ?? at;
    const changed = await this.supposed.changedAt(cluster, revision, supposed, at.until?.());
    if (!changed.ok) return changed;
    const { model, note } = changed.value;
    const stored = compared || question.measure ? await this.modelAt(at) : undefined;
    const asked = compared && stored ? stored : model;
    const context = await this.contextOf(question, at, asked, { allocations, before: compared ? undefined : before });
    if (compared) return ok({ context: { ...context, before: { cluster: cluster.name, revision, model } }, note });
    const measuredAsIs = stored && question.measure?.({ model: stored, allocations: context.allocations });
    return ok({ context: measuredAsIs ? { ...context, measuredAsIs } : context, note });
  }

  private async storedState(at: Coordinate): Promise<QuestionContext['before']> {
    return { cluster: at.cluster.name, revision: at.revision, model: await this.modelAt(at) };
  }

  /** The newest book moves on while the past is measured: the answer is about what it was before. */
  private async withPast(question: Question, at: Coordinate, context: QuestionContext): Promise<QuestionContext> {
    const { sequence } = context.allocations;
    const past = await this.past.measure(question, at, sequence);
    const book = await this.allocations.book(at, sequence);
    return { ...context, allocations: book.ok ? book.value : context.allocations, past };
  }
}

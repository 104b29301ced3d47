import type { z } from 'zod';
import { AllocationBook } from '../../core/ipam/allocation-book.js';
import type { AllocationPast } from '../../core/ipam/allocation-memory.js';
import type { Note } from '../../core/kernel/answer.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { atParameter, problemAt } from '../../core/kernel/problem-place.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { inStretches, Pace } from '../../manifests/pace.js';
import { type Principal, refusal } from '../access/principal.js';
import type { Coordinate } from '../clusters/coordinate.js';
import { Coordinates } from '../clusters/coordinates.js';
import { ModelSource } from '../clusters/model-source.js';
import { AllocationsAt } from '../ipam/allocations-at.js';
import { ChangeReader } from '../what-if/read-changes.js';
import { SupposedStates } from '../what-if/supposed-states.js';
import type { Supposed } from '../what-if/what-if-input.js';
import { Answered } from './answered.js';
import { PastStates } from './past-states.js';
import type { Asked, AnswerEnvelope, Question, QuestionContext } from './question.js';
import { SecondTimeMemory } from './second-time-memory.js';
import { isTextFormat, type TextFormat, writeTable } from './text-table.js';

const NO_ALLOCATIONS = new AllocationBook();

/** An answer weighs its text, and about three times as much again as objects. */
const WEIGHT_OF_TEXT = 4;

/** What the context of a question is made of. */
interface Found {
  readonly model: NetworkModel;
  readonly allocations: AllocationBook;
  /** What is compared with. */
  readonly before: Coordinate | undefined;
}

type PastReader = (sequence: unknown) => Promise<Result<AllocationPast, Problem>>;

/** A coordinate, and who asks there. */
export interface AskedAt extends Coordinate {
  /** Undefined: nobody who may read any other cluster. */
  readonly asker?: Principal | undefined;
}

/**
 * Asks questions. An answer is a pure function of cluster, revision, profile version and question, and where it reads allocations of their sequence too, so answers are kept, up to
 * `maxBytes` (0: none), from the second time on that they are asked for: what is asked once costs nobody any memory, and dies young.
 */
export class AskQuestion {
  private readonly answers: SecondTimeMemory<Answered>;

  constructor(
    private readonly models: ModelSource,
    private readonly allocations: AllocationsAt,
    private readonly coordinates: Coordinates,
    private readonly past: PastStates,
    private readonly changes: ChangeReader,
    maxBytes: number,
  ) {
    this.answers = new SecondTimeMemory(maxBytes, ({ body }) => WEIGHT_OF_TEXT * body.length);
  }

  /** Answers one question. `input` is what the question's schema made of it. Fails with the problems of the question and of its coordinate. */
  async ask(question: Question, at: AskedAt, input: z.output<z.ZodObject>): Promise<Result<Answered, Problem>> {
    const before = await this.beforeOf(question, at, input);
    if (!before.ok) return before;
    const book = await this.bookAt(question, at, input['allocationSequence']);
    if (!book.ok) return book;
    const supposed = question.whatIf?.(input);
    if (supposed) {
      const envelope = await this.suppose(question, at, input, supposed, { allocations: book.value, before: before.value });
      return envelope.ok ? ok(new Answered(envelope.value)) : envelope;
    }
    const { sequence } = book.value;
    const key = `${stateText(at)} ${question.name} ${JSON.stringify(input)} ${sequence} ${before.value ? stateText(before.value) : ''}`;
    const remembered = this.answers.get(key);
    if (remembered) return ok(remembered);
    const found = await this.plainContext(question, at, { allocations: book.value, before: before.value });
    const context = await this.recall(question, input, found, async (sequence) => this.allocations.past(at, sequence));
    if (!context.ok) return context;
    const envelope = await answerWith(context.value, question, input);
    if (!envelope.ok) return envelope;
    const answered = new Answered(envelope.value);
    // The newest book moves on while others are served: what was answered meanwhile belongs to no one sequence.
    if (context.value.allocations.sequence === sequence) this.answers.offer(key, () => answered.toKeep());
    return ok(answered);
  }

  /** Begins to write the answer as text, for a question that has rows. Fails as {@link ask} does; what it writes is a pure function of the same things. */
  async write(
    question: Question,
    at: AskedAt,
    input: z.output<z.ZodObject>,
    format: TextFormat,
  ): Promise<Result<AsyncGenerator<string>, Problem>> {
    const before = await this.beforeOf(question, at, input);
    if (!before.ok) return before;
    const supposed = question.whatIf?.(input);
    const found = { allocations: NO_ALLOCATIONS, before: before.value };
    const state = supposed
      ? await this.supposedContext(question, at, supposed, found)
      : ok({ context: await this.plainContext(question, at, found) });
    if (!state.ok) return state;
    const steps = question.table?.(state.value.context, input, format);
    if (!steps) return err(onlyRows(question, format));
    const table = await inStretches(steps);
    return table.ok ? ok(paced(writeTable(table.value, format))) : table;
  }

  /** Answers of a state as it would be. Nothing of it is kept: who supposes something asks once. */
  private async suppose(
    question: Question,
    at: AskedAt,
    input: z.output<z.ZodObject>,
    supposed: Supposed,
    { explains, ...found }: Omit<Found, 'model'> & Pick<QuestionContext, 'explains'>,
  ): Promise<Result<AnswerEnvelope, Problem>> {
    const state = await this.supposedContext(question, at, supposed, found);
    if (!state.ok) return state;
    const { context, note } = state.value;
    const envelope = await answerWith({ ...context, explains }, question, input);
    return envelope.ok ? ok({ ...envelope.value, warnings: [note, ...envelope.value.warnings] }) : envelope;
  }

  /** What a question is asked of where something is supposed, and the note that says so. */
  private async supposedContext(
    question: Question,
    at: AskedAt,
    supposed: Supposed,
    { allocations, before }: Omit<Found, 'model'>,
  ): Promise<Result<{ readonly context: QuestionContext; readonly note: Note }, Problem>> {
    const changes = await this.changes.read(supposed);
    if (!changes.ok) return changes;
    const ofOther = supposed.of === 'compared';
    const place = ofOther ? (before ?? at) : at;
    const changed = await this.models.changedAt(place.cluster, place.revision, changes.value);
    if (!changed.ok) return changed;
    const { model, note } = changed.value;
    const asked = ofOther ? await this.models.modelAt(at.cluster, at.revision) : model;
    const context = await this.contextOf(question, at, { model: asked, allocations, before: ofOther ? undefined : before });
    const other = ofOther ? { before: { cluster: place.cluster.name, revision: place.revision, model } } : {};
    return ok({ context: { ...context, ...other }, note });
  }

  private async plainContext(question: Question, at: Coordinate, found: Omit<Found, 'model'>): Promise<QuestionContext> {
    return this.contextOf(question, at, { ...found, model: await this.models.modelAt(at.cluster, at.revision) });
  }

  /** Names the state that the question compares with; undefined for one that does not. */
  private async beforeOf(question: Question, at: AskedAt, input: z.output<z.ZodObject>): Promise<Result<Coordinate | undefined, Problem>> {
    const wanted = question.comparesWith?.(input);
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

  private async contextOf(question: Question, at: Coordinate, { model, allocations, before }: Found): Promise<QuestionContext> {
    const { cluster, revision } = at;
    const context = { cluster: cluster.name, revision, model, allocations };
    if (question.measure) return this.withPast(question.measure, at, context);
    if (before === undefined) return context;
    const other = await this.models.modelAt(before.cluster, before.revision);
    return { ...context, before: { cluster: before.cluster.name, revision: before.revision, model: other } };
  }

  /** The newest book moves on while the past is measured: the answer is about what it was before. */
  private async withPast(measure: NonNullable<Question['measure']>, at: Coordinate, context: QuestionContext): Promise<QuestionContext> {
    const { sequence } = context.allocations;
    const past = await this.past.measure(measure, at, sequence);
    const book = await this.allocations.book(at, sequence);
    return { ...context, allocations: book.ok ? book.value : context.allocations, past };
  }

  /**
   * Answers many questions of one kind at one coordinate, one after the other as they are taken; each has its own answer or problem.
   * Nothing of it is kept. Where nobody reads the explanation (`explains` false), engines that can leave it out do. Throws the reason of `until` soon after it fires.
   */
  async *askAll(
    question: Question,
    at: AskedAt,
    inputs: Iterable<Result<z.output<z.ZodObject>, Problem>>,
    explains: boolean,
    until?: AbortSignal,
  ): AsyncGenerator<Result<AnswerEnvelope, Problem>> {
    const model = await this.models.modelAt(at.cluster, at.revision);
    const bookFor = this.booksAt(question, at);
    const pastFor = this.pastsAt(at);
    const states = new SupposedStates();
    const answerOne = async (input: z.output<z.ZodObject>): Promise<Result<AnswerEnvelope, Problem>> => {
      const book = await bookFor(input['allocationSequence']);
      if (!book.ok) return book;
      const before = await this.beforeOf(question, at, input);
      if (!before.ok) return before;
      const supposed = question.whatIf?.(input);
      const tooMany = supposed && states.refusal(supposed, before.value ? stateText(before.value) : '');
      if (tooMany) return err(tooMany);
      if (supposed) return this.suppose(question, at, input, supposed, { allocations: book.value, before: before.value, explains });
      const found = await this.contextOf(question, at, { model, allocations: book.value, before: before.value });
      const context = await this.recall(question, input, found, pastFor);
      return context.ok ? answerWith({ ...context.value, explains }, question, input) : context;
    };
    const pace = new Pace();
    for (const input of inputs) {
      yield input.ok ? await answerOne(input.value) : input;
      if (pace.isDue) await pace.rest();
      until?.throwIfAborted();
    }
  }

  /** The book of each sequence that is named, read once. */
  private booksAt(question: Question, at: Coordinate): (sequence: unknown) => Promise<Result<AllocationBook, Problem>> {
    const books = new Map<unknown, Promise<Result<AllocationBook, Problem>>>();
    return async (sequence) => {
      const book = books.get(sequence) ?? this.bookAt(question, at, sequence);
      books.set(sequence, book);
      return book;
    };
  }

  /** What strategies remember after each sequence that is named, read once; the newest moves on, and is read each time. */
  private pastsAt(at: Coordinate): PastReader {
    const pasts = new Map<unknown, ReturnType<PastReader>>();
    return async (sequence) => {
      if (sequence === undefined && !at.time) return this.allocations.past(at);
      const past = pasts.get(sequence) ?? this.allocations.past(at, sequence);
      pasts.set(sequence, past);
      return past;
    };
  }

  /** The context with what strategies remember; the last thing that is waited for, as it moves on with the book. */
  private async recall(
    question: Question,
    input: z.output<z.ZodObject>,
    context: QuestionContext,
    pastFor: PastReader,
  ): Promise<Result<QuestionContext, Problem>> {
    if (!question.looksBack?.(context.model, input)) return ok(context);
    const past = await pastFor(input['allocationSequence']);
    return past.ok ? ok({ ...context, allocations: past.value.book, memory: past.value.memory }) : past;
  }

  private async bookAt(question: Question, at: Coordinate, sequence: unknown): Promise<Result<AllocationBook, Problem>> {
    return question.readsAllocations ? this.allocations.book(at, sequence) : ok(NO_ALLOCATIONS);
  }
}

const NOBODY = problem('insufficient-role', 'another cluster is read for somebody who may read it');

/** What a model is a function of. */
function stateText({ cluster, revision }: Coordinate): string {
  return `${cluster.id} ${revision} ${cluster.profileVersion}`;
}

async function answerWith(
  context: QuestionContext,
  question: Question,
  input: z.output<z.ZodObject>,
): Promise<Result<AnswerEnvelope, Problem>> {
  const { format } = input;
  if (question.table && isTextFormat(format)) return err(onlyText(question, format));
  const asked = question.steps ? await inStretches(question.steps(context, input)) : question.ask(context, input);
  return asked.ok ? ok(envelopeOf(context.revision, asked.value)) : asked;
}

function onlyText({ name }: Question, format: TextFormat): Problem {
  const message = `\`${format}\` is text, and this is JSON`;
  const hint = `leave \`format\` out, or ask for the text alone: \`GET …/queries/${name}?format=${format}\``;
  return problem('invalid-request', message, { hint, errors: [{ pointer: '/format', code: 'not-applicable', message, hint }] });
}

function onlyRows({ name }: Question, format: TextFormat): Problem {
  const message = `the answer to \`${name}\` has no rows to write as \`${format}\``;
  return problem('invalid-request', message, { errors: [{ pointer: '/format', code: 'not-applicable', message }] });
}

/** Lets other requests through while it is written. */
async function* paced(parts: Iterable<string>): AsyncGenerator<string> {
  const pace = new Pace();
  for (const part of parts) {
    if (part !== '') yield part;
    if (pace.isDue) await pace.rest();
  }
}

/** The members in the order in which people read them. */
function envelopeOf(revision: number, { question, answer }: Asked<string, unknown>): AnswerEnvelope {
  const { verdict, summary, result, evidence, assumptions, warnings, confidence, enforcement } = answer;
  return { revision, question, verdict, summary, result, evidence, assumptions, warnings, confidence, enforcement };
}

import type { z } from 'zod';
import { AllocationBook } from '../../core/ipam/allocation-book.js';
import type { AllocationPast } from '../../core/ipam/allocation-memory.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { inStretches, Pace } from '../../manifests/pace.js';
import type { Coordinate } from '../clusters/coordinate.js';
import { AllocationsAt } from '../ipam/allocations-at.js';
import { SupposedStates } from '../what-if/supposed-states.js';
import { type Supposed, supposedOf, supposedText, withoutSupposed } from '../what-if/what-if-input.js';
import { Answered } from './answered.js';
import { type AskedAt, AskedStates, type Found } from './asked-states.js';
import type { Asked, AnswerEnvelope, Question, QuestionContext } from './question.js';
import { SecondTimeMemory } from './second-time-memory.js';
import { isTextFormat, type TextFormat, writeTable } from './text-table.js';

const NO_ALLOCATIONS = new AllocationBook();

/** An answer weighs its text, and about three times as much again as objects. */
const WEIGHT_OF_TEXT = 4;

type PastReader = (sequence: unknown) => Promise<Result<AllocationPast, Problem>>;

/** A question of a state as it would be. */
interface SupposedAsk {
  readonly question: Question;
  readonly at: AskedAt;
  readonly input: z.output<z.ZodObject>;
  readonly supposed: Supposed;
  readonly found: Found;
  readonly pastFor: PastReader;
  readonly explains?: boolean;
}

/**
 * Asks questions. An answer is a pure function of cluster, revision, profile version and question, and where it reads allocations of their sequence too, so answers are kept, up to
 * `maxBytes` (0: none), from the second time on that they are asked for: what is asked once costs nobody any memory, and dies young.
 */
export class AskQuestion {
  private readonly answers: SecondTimeMemory<Answered>;

  constructor(
    private readonly states: AskedStates,
    private readonly allocations: AllocationsAt,
    maxBytes: number,
  ) {
    this.answers = new SecondTimeMemory(maxBytes, ({ body }) => WEIGHT_OF_TEXT * body.length);
  }

  /**
   * Answers one question. `input` is what the question's schema made of it; where nobody reads the explanation (`explains` false), an engine that can leave it out
   * does. Fails with the problems of the question and of its coordinate.
   */
  async ask(question: Question, at: AskedAt, input: z.output<z.ZodObject>, explains = true): Promise<Result<Answered, Problem>> {
    const supposed = supposedOf(input);
    const before = await this.states.beforeOf(question, at, input, supposed !== undefined);
    if (!before.ok) return before;
    const book = await this.bookAt(question, at, input['allocationSequence']);
    if (!book.ok) return book;
    const found = { allocations: book.value, before: before.value };
    const pastFor: PastReader = async (sequence) => this.allocations.past(at, sequence);
    if (supposed) {
      const envelope = await this.suppose({ question, at, input, supposed, found, explains, pastFor });
      return envelope.ok ? ok(new Answered(envelope.value)) : envelope;
    }
    const { sequence } = book.value;
    const whole = `${stateText(at)} ${question.name} ${JSON.stringify(input)} ${sequence} ${before.value ? stateText(before.value) : ''}`;
    const key = explains ? whole : `${whole} verdict`;
    const remembered = this.answers.get(whole) ?? (explains ? undefined : this.answers.get(key));
    if (remembered) return ok(remembered);
    const plain = await this.states.contextOf(question, at, await this.states.modelAt(at), found);
    const context = await this.recall(question, input, plain, pastFor);
    if (!context.ok) return context;
    const envelope = await answerWith(explains ? context.value : { ...context.value, explains }, question, input);
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
    const supposed = supposedOf(input);
    const before = await this.states.beforeOf(question, at, input, supposed !== undefined);
    if (!before.ok) return before;
    const found = { allocations: NO_ALLOCATIONS, before: before.value };
    const state = supposed
      ? await this.states.supposedContext(question, at, supposed, found)
      : ok({ context: await this.states.contextOf(question, at, await this.states.modelAt(at), found) });
    if (!state.ok) return state;
    const steps = question.table?.(state.value.context, withoutSupposed(input), format);
    if (!steps) return err(onlyRows(question, format));
    const table = await inStretches(steps);
    return table.ok ? ok(paced(writeTable(table.value, format))) : table;
  }

  /** Answers of a state as it would be. Nothing of it is kept: who supposes something asks once. */
  private async suppose({ question, at, supposed, found, explains, ...asked }: SupposedAsk): Promise<Result<AnswerEnvelope, Problem>> {
    const state = await this.states.supposedContext(question, at, supposed, found);
    if (!state.ok) return state;
    const input = withoutSupposed(asked.input);
    const context = await this.recall(question, input, state.value.context, asked.pastFor);
    if (!context.ok) return context;
    const envelope = await answerWith({ ...context.value, explains }, question, input);
    if (!envelope.ok) return envelope;
    const { question: understood, warnings } = envelope.value;
    return ok({
      ...envelope.value,
      question: { ...understood, ...supposedText(supposed) },
      warnings: [state.value.note, ...warnings],
    });
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
    const model = await this.states.modelAt(at);
    const bookFor = this.booksAt(question, at);
    const pastFor = this.pastsAt(at);
    const states = new SupposedStates();
    const answerOne = async (input: z.output<z.ZodObject>): Promise<Result<AnswerEnvelope, Problem>> => {
      const book = await bookFor(input['allocationSequence']);
      if (!book.ok) return book;
      const supposed = supposedOf(input);
      const before = await this.states.beforeOf(question, at, input, supposed !== undefined);
      if (!before.ok) return before;
      const found = { allocations: book.value, before: before.value };
      if (supposed) {
        const tooMany = states.refusal(supposed, before.value ? stateText(before.value) : '');
        return tooMany ? err(tooMany) : this.suppose({ question, at, input, supposed, found, explains, pastFor });
      }
      const plain = await this.states.contextOf(question, at, model, found);
      const context = await this.recall(question, input, plain, pastFor);
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

import type { z } from 'zod';
import { AllocationBook } from '../../core/ipam/allocation-book.js';
import type { Problem } from '../../core/kernel/problem.js';
import { ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { Pace } from '../../manifests/pace.js';
import type { Coordinate } from '../clusters/coordinate.js';
import { ModelSource } from '../clusters/model-source.js';
import { AllocationsAt } from '../ipam/allocations-at.js';
import { Answered } from './answered.js';
import type { Asked, AnswerEnvelope, Question } from './question.js';
import { SecondTimeMemory } from './second-time-memory.js';

const NO_ALLOCATIONS = new AllocationBook();

/** An answer weighs its text, and about three times as much again as objects. */
const WEIGHT_OF_TEXT = 4;

/**
 * Asks questions. An answer is a pure function of cluster, revision, profile version and question, and where it reads allocations of their sequence too, so answers are kept, up to
 * `maxBytes` (0: none), from the second time on that they are asked for: what is asked once costs nobody any memory, and dies young.
 */
export class AskQuestion {
  private readonly answers: SecondTimeMemory<Answered>;

  constructor(
    private readonly models: ModelSource,
    private readonly allocations: AllocationsAt,
    maxBytes: number,
  ) {
    this.answers = new SecondTimeMemory(maxBytes, ({ body }) => WEIGHT_OF_TEXT * body.length);
  }

  /** Answers one question. `input` is what the question's schema made of it. Fails with the problems of the question and of its coordinate. */
  async ask(question: Question, at: Coordinate, input: z.output<z.ZodObject>): Promise<Result<Answered, Problem>> {
    const { cluster, revision } = at;
    const place = `${cluster.id} ${revision} ${cluster.profileVersion} ${question.name} ${JSON.stringify(input)}`;
    const book = await this.bookAt(question, at, input['allocationSequence']);
    if (!book.ok) return book;
    const key = `${place} ${book.value.sequence}`;
    const remembered = this.answers.get(key);
    if (remembered) return ok(remembered);
    const model = await this.models.modelAt(cluster, revision);
    // The newest book may have moved on while the model was compiled; from here on it cannot.
    const envelope = answerWith({ model, book: book.value }, question, at, input);
    if (!envelope.ok) return envelope;
    const answered = new Answered(envelope.value);
    this.answers.offer(key, () => answered);
    return ok(answered);
  }

  /** Answers many questions of one kind at one coordinate; each has its own answer or problem. Nothing of it is kept. */
  async askAll(
    question: Question,
    at: Coordinate,
    inputs: readonly Result<z.output<z.ZodObject>, Problem>[],
  ): Promise<readonly Result<AnswerEnvelope, Problem>[]> {
    const model = await this.models.modelAt(at.cluster, at.revision);
    const bookFor = this.booksAt(question, at);
    const answerOne = async (input: z.output<z.ZodObject>): Promise<Result<AnswerEnvelope, Problem>> => {
      const book = await bookFor(input['allocationSequence']);
      return book.ok ? answerWith({ model, book: book.value }, question, at, input) : book;
    };
    const answers: Result<AnswerEnvelope, Problem>[] = [];
    const pace = new Pace();
    for (const input of inputs) {
      answers.push(input.ok ? await answerOne(input.value) : input);
      if (pace.isDue) await pace.rest();
    }
    return answers;
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

  private async bookAt(question: Question, at: Coordinate, sequence: unknown): Promise<Result<AllocationBook, Problem>> {
    return question.readsAllocations ? this.allocations.book(at, sequence) : ok(NO_ALLOCATIONS);
  }
}

function answerWith(
  { model, book }: { readonly model: NetworkModel; readonly book: AllocationBook },
  question: Question,
  at: Coordinate,
  input: z.output<z.ZodObject>,
): Result<AnswerEnvelope, Problem> {
  const asked = question.ask({ cluster: at.cluster.name, revision: at.revision, model, allocations: book }, input);
  return asked.ok ? ok(envelopeOf(at.revision, asked.value)) : asked;
}

/** The members in the order in which people read them. */
function envelopeOf(revision: number, { question, answer }: Asked<string, unknown>): AnswerEnvelope {
  const { verdict, summary, result, evidence, assumptions, warnings, confidence, enforcement } = answer;
  return { revision, question, verdict, summary, result, evidence, assumptions, warnings, confidence, enforcement };
}

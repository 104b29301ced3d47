import type { z } from 'zod';
import type { AllocationBook } from '../../core/ipam/allocation-book.js';
import type { AllocationMemory } from '../../core/ipam/allocation-memory.js';
import type { Answer } from '../../core/kernel/answer.js';
import type { Problem } from '../../core/kernel/problem.js';
import type { Result } from '../../core/kernel/result.js';
import type { RuleCoverage } from '../../core/kernel/rule-coverage.js';
import { finished, type Steps } from '../../core/kernel/steps.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { CoordinateText } from '../clusters/coordinate.js';
import { comparedWhatIfInput, whatIfInput } from '../what-if/what-if-input.js';
import type { TextFormat, TextTable } from './text-table.js';

/** What a question is asked of: the compiled model of one coordinate. */
export interface QuestionContext {
  readonly cluster: string;
  readonly revision: number;
  readonly model: NetworkModel;
  /** What was handed out through the API; empty for questions that do not read it. */
  readonly allocations: AllocationBook;
  /** What strategies remember of the changes up to those; nothing for questions that do not look back. */
  readonly memory?: AllocationMemory | undefined;
  /** False: nobody reads the evidence, nor the members of the result that a question names as `explanation`; they may be left empty. */
  readonly explains?: boolean;
  /** What {@link Question.measure} found in states up to this one, oldest first. */
  readonly past?: readonly PastState[] | undefined;
  /** What it found in this one as it is, where the model is one that is supposed: growth from there to here is none of the past. */
  readonly measuredAsIs?: PastState['measured'] | undefined;
  /** The state that the model is compared with, for questions that compare. */
  readonly before?: { readonly cluster: string; readonly revision: number; readonly model: NetworkModel } | undefined;
}

/** An earlier state of a cluster, and what a question measured of it. */
export interface PastState {
  readonly revision: number;
  /** RFC 3339. */
  readonly at: string;
  readonly measured: Readonly<Record<string, bigint>>;
}

/** Another state of the cluster, and the parameter that names it; `since` where none is told. */
export interface ComparedState extends CoordinateText {
  /** The state that is asked itself, as it is: for one that is supposed of it. */
  readonly asIs?: boolean;
  readonly parameter?: string;
  /** A state of another cluster, and the parameter that names that. Whoever asks has to be allowed to read it. */
  readonly elsewhere?: { readonly cluster: string; readonly parameter: string } | undefined;
}

/** An engine's answer, and the question as it was understood: selectors resolved, defaults filled in. */
export interface Asked<V extends string, R> {
  readonly question: Readonly<Record<string, unknown>>;
  readonly answer: Answer<V, R>;
}

/** The envelope both doors send. */
export interface AnswerEnvelope<V extends string = string, R = unknown> extends Answer<V, R> {
  readonly revision: number;
  readonly question: Readonly<Record<string, unknown>>;
}

/** Counts which rules of stored objects the answers to a suite of questions go by. */
export interface RuleCount<I, R> {
  /** Adds the rules that an answer could have gone by; it goes by some of them where `counts`; `isSupposed`: they may be rules of a state that is not stored. Nothing that only explains may be missing of it. */
  add(input: I, answer: AnswerEnvelope<string, R>, counts: boolean, isSupposed: boolean): Steps<void>;
  coverage(): Steps<RuleCoverage>;
}

/** A question that runs on the demo fleet; a test executes every one of them through both doors. */
export interface QuestionExample {
  readonly title: string;
  readonly cluster: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/**
 * One question of one room: its name, what may be asked, what may be answered, and the function that answers. REST (GET, POST, batch), OpenAPI,
 * GraphQL and the parity test are all driven by this one definition; nothing is computed in a controller or a resolver.
 */
export interface Question<I extends z.ZodObject = z.ZodObject, V extends string = string, R = unknown> {
  /** kebab-case, as in `/queries/policy-verdict`; GraphQL's field is the same in camelCase. */
  readonly name: string;
  readonly room: string;
  readonly title: string;
  /**
   * A strict, flat object whose members are text, numbers, booleans or lists of text, each with a `.describe()`. Values of a query string arrive as text
   * and are coerced by the schema (`z.coerce`), so one schema serves GET and POST.
   */
  readonly input: I;
  /** The shape of `result`, with a `.describe()` where a name does not explain itself. Becomes the OpenAPI schema. */
  readonly result: z.ZodType<R>;
  /** Every verdict with its meaning. */
  readonly verdicts: Readonly<Record<V, string>>;
  /** Every reason code of the evidence with its meaning. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly examples: readonly QuestionExample[];
  /** Members of `result` that only explain the verdict: like the evidence, the view `verdict` is sent without them. */
  readonly explanation?: readonly string[];
  /** The answer depends on what was handed out through the API too. Its input has `allocationSequence`, its result says which one it was. */
  readonly readsAllocations?: true;
  /** What answers are looked up in, built once for a model, a step at a time, before the question is asked of it. */
  prepare?(model: NetworkModel): Steps<void>;
  /** Whether the order in which addresses were handed out and given back matters too. */
  looksBack?(model: NetworkModel, input: z.output<I>): boolean;
  /** The coordinate that the model is compared with; left out there: the revision before, or the newest one of another cluster. Undefined: with none. */
  comparesWith?(input: z.output<I>, isSupposed: boolean): ComparedState | undefined;
  /** Set where `apply` and `delete` change the state that the model is compared with, not the one that is asked. */
  readonly supposesCompared?: true;
  /** For a question about the history: what it wants to know of each of some earlier states, as numbers by name. */
  readonly measure?: (state: Pick<QuestionContext, 'model' | 'allocations'>) => Readonly<Record<string, bigint>>;
  /** For a question whose answers go by rules of stored objects. */
  countRules?(model: NetworkModel): RuleCount<z.output<I>, R>;
  /**
   * The same answer as rows of text, for a `format` of {@link TEXT_FORMATS} in its input or the media type that a request accepts; REST alone sends it. Asked with
   * such a format, `ask` is not called.
   */
  table?(context: QuestionContext, input: z.output<I>, format: TextFormat): Steps<Result<TextTable, Problem>>;
  ask(context: QuestionContext, input: z.output<I>): Result<Asked<V, R>, Problem>;
  /** Set where answering may take long: the same as `ask`, with pauses in which others are served. */
  steps?(context: QuestionContext, input: z.output<I>): Steps<Result<Asked<V, R>, Problem>>;
}

/** Checks a question's types at its definition; the registry then holds questions of all shapes. Each can be asked of a state as it would be (`apply`, `delete`), and knows nothing of it. */
export function defineQuestion<I extends z.ZodObject, V extends string, R>(question: Question<I, V, R>): Question<I, V, R> {
  return { ...question, input: supposing(question.input, question.supposesCompared ? comparedWhatIfInput : whatIfInput) };
}

/** The question sees what is its own, and that is what its type says: what was supposed is taken off before it is asked. */
function supposing<I extends z.ZodObject>(input: I, more: typeof whatIfInput): I;
function supposing(input: z.ZodObject, more: typeof whatIfInput): z.ZodObject {
  return input.safeExtend(more);
}

/** The same for a question whose answer takes long and is worked out in steps. */
export function defineLongQuestion<I extends z.ZodObject, V extends string, R>(
  question: Omit<Question<I, V, R>, 'ask' | 'steps'> & Required<Pick<Question<I, V, R>, 'steps'>>,
): Question<I, V, R> {
  return defineQuestion({ ...question, ask: (context, input) => finished(question.steps(context, input)) });
}

/** A question that looks at no object: there is nothing to suppose. */
export function defineQuestionOfNothing<I extends z.ZodObject, V extends string, R>(question: Question<I, V, R>): Question<I, V, R> {
  return question;
}

import type { Json, JsonObject } from '../../core/kernel/json.js';

/** What an answer has to be, as much of it as is told. */
export interface Expectation {
  readonly verdict?: string | undefined;
  /** A part of `result`: members that are named have to be as they are told, lists element by element. */
  readonly result?: Json | undefined;
}

/** One input of the question, and the answer that it has to get. */
export interface AssertionCase {
  readonly name?: string | undefined;
  /** As `POST …/queries/<question>` takes it. */
  readonly input: JsonObject;
  readonly expect: Expectation;
}

/** A question and the answers that a team requires. */
export interface AssertionContent {
  readonly description?: string | undefined;
  /** Name of a question of the registry. */
  readonly question: string;
  readonly cases: readonly AssertionCase[];
  /** Share of the rules, 0 to 1, that the cases have to go by. */
  readonly requiredCoverage?: number | undefined;
}

/** An assertion of a cluster, without its cases. */
export interface AssertionSummary extends Omit<AssertionContent, 'cases'> {
  readonly name: string;
  readonly caseCount: number;
  /** Counts its changes: what `If-Match` of a change names. */
  readonly version: number;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly updatedAt: Date;
  readonly updatedBy: string;
}

/** An assertion of a cluster. It is of no revision: it can be run at any. */
export interface Assertion extends AssertionSummary {
  readonly cases: readonly AssertionCase[];
}

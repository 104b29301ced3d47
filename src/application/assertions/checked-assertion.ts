import type { z } from 'zod';
import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { isJsonObject, type Json } from '../../core/kernel/json.js';
import { type Problem, problem, type ProblemDetail } from '../../core/kernel/problem.js';
import { problemAt } from '../../core/kernel/problem-place.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { Steps } from '../../core/kernel/steps.js';
import { parseInput } from '../input/parse-input.js';
import type { Question } from '../questions/question.js';
import { QUESTIONS } from '../questions/registry.js';
import { isTextFormat } from '../questions/text-table.js';
import type { AssertionCase, AssertionContent } from './assertion.js';
import { partFaults } from './part-faults.js';

/** So many errors are told. */
const MOST_ERRORS = 100;
/** So many values has the expectation of a case: they are checked, and compared, in one go. */
const MOST_VALUES = 5_000;

const BY_NAME: ReadonlyMap<string, Question> = new Map(QUESTIONS.map((question) => [question.name, question]));

/** The question that an assertion is about. Fails with `unknown-question`. */
export function questionOf({ question: name }: Pick<AssertionContent, 'question'>): Result<Question, Problem> {
  const question = BY_NAME.get(name);
  if (question) return ok(question);
  const hint = didYouMeanHint(name, BY_NAME.keys()) ?? `the questions are ${[...BY_NAME.keys()].join(', ')}`;
  return err(problemAt('/question', problem('unknown-question', `there is no question \`${name}\``, { hint })));
}

/** The input of a case as the question reads it; its problem is about the input. */
export function inputOf({ input: schema }: Question, { input }: AssertionCase): Result<z.output<z.ZodObject>, Problem> {
  return parseInput(schema, input);
}

/**
 * Checks an assertion against its question: whether there is such a question, whether it takes the inputs, and whether an answer to it can be as it is expected to be. Fails with
 * `unknown-question`, and with `invalid-request` that names all that is wrong, up to a hundred places. Yields after each case: between two steps the caller may let others run.
 */
export function* checkAssertion(content: AssertionContent): Steps<Result<Question, Problem>> {
  const found = questionOf(content);
  if (!found.ok) return found;
  const question = found.value;
  const errors: ProblemDetail[] = [...coverageFaults(question, content)];
  for (const [index, one] of content.cases.entries()) {
    if (errors.length >= MOST_ERRORS) break;
    yield;
    errors.push(...caseFaults(question, one).map((detail) => ({ ...detail, pointer: `/cases/${index}${detail.pointer}` })));
  }
  const [first, ...others] = errors.slice(0, MOST_ERRORS);
  if (!first) return found;
  const message = `${first.message}${others.length > 0 ? ` (and ${others.length} more)` : ''}`;
  return err(
    problem('invalid-request', message, { ...(first.hint === undefined ? {} : { hint: first.hint }), errors: [first, ...others] }),
  );
}

function coverageFaults(question: Question, { requiredCoverage }: AssertionContent): readonly ProblemDetail[] {
  if (requiredCoverage === undefined || question.countRules) return [];
  const known = QUESTIONS.flatMap((one) => (one.countRules ? [`\`${one.name}\``] : []));
  const message = `which rules \`${question.name}\` goes by is not counted: leave \`requiredCoverage\` out`;
  return [{ pointer: '/requiredCoverage', code: 'not-applicable', message, hint: `rules are counted for ${known.join(', ')}` }];
}

function caseFaults(question: Question, one: AssertionCase): readonly ProblemDetail[] {
  const read = inputOf(question, one);
  const faults = read.ok ? formatFaults(question, read.value) : problemAt('', read.error).errors;
  const ofInput = (faults ?? []).map((detail) => ({ ...detail, pointer: `/input${detail.pointer}` }));
  return [...ofInput, ...expectationFaults(question, one)];
}

function formatFaults(question: Question, { format }: z.output<z.ZodObject>): readonly ProblemDetail[] {
  if (!question.table || !isTextFormat(format)) return [];
  return [
    {
      pointer: '/format',
      code: 'not-applicable',
      message: `\`${format}\` is text, of which no part can be expected: leave \`format\` out`,
    },
  ];
}

function expectationFaults({ name, verdicts, result: schema }: Question, { expect }: AssertionCase): readonly ProblemDetail[] {
  const { verdict, result } = expect;
  const saysNothing = result === undefined || (isJsonObject(result) && Object.keys(result).length === 0);
  if (verdict === undefined && saysNothing) {
    const message = 'nothing is expected: say `verdict`, a part of `result`, or both';
    return [{ pointer: '/expect', code: 'missing', message }];
  }
  const faults: ProblemDetail[] = [];
  if (verdict !== undefined && !Object.hasOwn(verdicts, verdict)) {
    const names = Object.keys(verdicts);
    const hint = didYouMeanHint(verdict, names) ?? `the verdicts are ${names.map((one) => `\`${one}\``).join(', ')}`;
    faults.push({ pointer: '/expect/verdict', code: 'invalid-value', message: `\`${name}\` has no verdict \`${verdict}\``, hint });
  }
  if (result !== undefined) faults.push(...resultFaults(schema, result));
  return faults;
}

function resultFaults(schema: z.ZodType, result: Json): readonly ProblemDetail[] {
  if (valuesIn(result, MOST_VALUES) > MOST_VALUES) {
    const message = `\`/result\` has more than ${MOST_VALUES} values: name the part of the result that counts, or take several cases`;
    return [{ pointer: '/expect/result', code: 'invalid-value', message }];
  }
  return partFaults(schema, result, '/result').map((detail) => ({ ...detail, pointer: `/expect${detail.pointer}` }));
}

/** How many values stand in a value, itself included; counted until there are more than `most`. */
function valuesIn(value: Json, most: number): number {
  let count = 1;
  if (typeof value !== 'object' || value === null) return count;
  for (const member of Object.values(value)) {
    if (count > most) break;
    count += valuesIn(member ?? null, most - count);
  }
  return count;
}

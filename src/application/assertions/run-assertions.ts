import type { Principal } from '../access/principal.js';
import type { RuleCoverage } from '../../core/kernel/rule-coverage.js';
import { invariant } from '../../core/kernel/invariant.js';
import type { Problem } from '../../core/kernel/problem.js';
import { problemBelow } from '../../core/kernel/problem-place.js';
import { ok, type Result } from '../../core/kernel/result.js';
import { inStretches } from '../../manifests/pace.js';
import { Coordinates } from '../clusters/coordinates.js';
import { ModelSource } from '../clusters/model-source.js';
import { planList } from '../objects/list-plan.js';
import type { ListRequest } from '../objects/list-request.js';
import type { AskedAt } from '../questions/asked-states.js';
import { AskQuestion } from '../questions/ask-question.js';
import type { AnswerEnvelope, Question } from '../questions/question.js';
import { supposedOf } from '../what-if/what-if-input.js';
import type { Assertion, AssertionCase, AssertionContent, AssertionSummary } from './assertion.js';
import type { AssertionRun, CaseOutcome } from './assertion-run.js';
import { Assertions } from './assertions.js';
import { checkAssertion, inputOf, questionOf } from './checked-assertion.js';
import { type Mismatch, mismatches } from './mismatches.js';

/** So many places are told of one case. */
const MOST_MISMATCHES = 20;
/** So many cases are run by one request, as many as a batch of questions has. */
const MOST_CASES = 1000;

/** Runs of assertions that follow one another by name. */
interface RunsAfter {
  readonly items: readonly AssertionRun[];
  readonly last: string;
  /** How many assertions come after the last. */
  readonly remaining: number;
}

/** A part of the runs of all assertions of a cluster. */
export interface RunPage extends Omit<RunsAfter, 'last'> {
  readonly revision: number;
  /** What gets the next page; null: this is the last. */
  readonly continue: string | null;
}

/** Runs assertions at a coordinate. Nothing of it is kept: the same assertion at the same revision gives the same, where its question does not look at another cluster or at a coordinate that moves (`withCluster`, `withRevision`, `since`). */
export class RunAssertions {
  constructor(
    private readonly assertions: Assertions,
    private readonly asking: AskQuestion,
    private readonly models: ModelSource,
    private readonly coordinates: Coordinates,
  ) {}

  /** Fails with `unknown-assertion`. */
  async run(at: AskedAt, name: string, until?: AbortSignal): Promise<Result<AssertionRun, Problem>> {
    const assertion = await this.assertions.findIn(at.cluster, name);
    return assertion.ok ? this.runStored(assertion.value, at, until) : assertion;
  }

  /** Runs what is not stored. Fails as saving it would, but for Secrets: nothing of it is kept. */
  async runDraft(at: AskedAt, content: AssertionContent, until?: AbortSignal): Promise<Result<AssertionRun, Problem>> {
    const question = await inStretches(checkAssertion(content));
    return question.ok ? ok(await this.runAt(question.value, content, at, until)) : question;
  }

  /** Runs all assertions of a cluster, a page at a time, all at the revision of the first page. Fails with the problems of the coordinate and of the page. */
  async runAll(cluster: string, asker: Principal, request: ListRequest, until?: AbortSignal): Promise<Result<RunPage, Problem>> {
    const found = await this.assertions.clusterNamed(cluster);
    if (!found.ok) return found;
    const plan = planList(request, { scope: ['assertion-runs', found.value.id], fields: [], sorts: ['name'] });
    if (!plan.ok) return plan;
    const { limit, from, next } = plan.value;
    const pinned = from?.revisions[0];
    const number = await this.coordinates.revisionOf(found.value, pinned === undefined ? request : { revision: String(pinned) });
    if (!number.ok) return number;
    const revision = number.value;
    const runs = await this.runAfter({ cluster: found.value, revision, asker }, from?.after[0] ?? '', limit, until);
    if (!runs.ok) return runs;
    const { items, last, remaining } = runs.value;
    return ok({ revision, items, continue: remaining > 0 ? next({ revisions: [revision], after: [last] }) : null, remaining });
  }

  /** Runs the assertions behind a name, `limit` or as many as have no more than a thousand cases together. Fails with `unknown-cluster` where the cluster is deleted meanwhile. */
  async runAfter(at: AskedAt, name: string, limit: number, until?: AbortSignal): Promise<Result<RunsAfter, Problem>> {
    const all = await this.assertions.listIn(at.cluster);
    if (!all.ok) return all;
    const rest = all.value.filter((one) => one.name > name);
    const chosen = withinCases(rest.slice(0, limit));
    const items: AssertionRun[] = [];
    for (const one of chosen) {
      const assertion = await this.assertions.findIn(at.cluster, one.name);
      if (!assertion.ok && assertion.error.kind === 'unknown-assertion') continue; // it was deleted meanwhile
      const run = assertion.ok ? await this.runStored(assertion.value, at, until) : assertion;
      if (!run.ok) return run;
      items.push(run.value);
    }
    return ok({ items, last: chosen.at(-1)?.name ?? name, remaining: rest.length - chosen.length });
  }

  private async runStored(assertion: Assertion, at: AskedAt, until: AbortSignal | undefined): Promise<Result<AssertionRun, Problem>> {
    const question = questionOf(assertion);
    if (!question.ok) return question;
    const { name, version } = assertion;
    return ok({ ...(await this.runAt(question.value, assertion, at, until)), assertion: name, version });
  }

  private async runAt(question: Question, content: AssertionContent, at: AskedAt, until: AbortSignal | undefined): Promise<AssertionRun> {
    const { cases, requiredCoverage } = content;
    const inputs: ReturnType<typeof inputOf>[] = [];
    const rules = question.countRules?.(await this.models.modelAt(at.cluster, at.revision));
    const outcomes: CaseOutcome[] = [];
    const asked = until ? { ...at, until: () => until } : at;
    for await (const answer of this.asking.askAll(question, asked, read(question, cases, inputs), true, until)) {
      const index = outcomes.length;
      const one = cases[index];
      invariant(one, 'there are as many answers as cases');
      const outcome = outcomeOf(one, index, answer);
      outcomes.push(outcome);
      const input = inputs[index];
      if (rules && answer.ok && input?.ok)
        await inStretches(rules.add(input.value, answer.value, outcome.outcome === 'PASSED', supposedOf(input.value) !== undefined));
    }
    const coverage = rules ? await inStretches(rules.coverage()) : null;
    return concluded(question.name, at.revision, outcomes, coverage, requiredCoverage ?? null);
  }
}

/** Reads each input when its turn comes, and keeps it in `inputs`. */
function* read(
  question: Question,
  cases: readonly AssertionCase[],
  inputs: ReturnType<typeof inputOf>[],
): Generator<ReturnType<typeof inputOf>> {
  for (const one of cases) {
    const input = inputOf(question, one);
    inputs.push(input);
    yield input;
  }
}

/** The first ones, at least one, that have no more cases together than one request runs. */
function withinCases(summaries: readonly AssertionSummary[]): readonly AssertionSummary[] {
  let cases = 0;
  const end = summaries.findIndex(({ caseCount }, index) => (cases += caseCount) > MOST_CASES && index > 0);
  return end < 0 ? summaries : summaries.slice(0, end);
}

function outcomeOf(one: AssertionCase, index: number, answer: Result<AnswerEnvelope, Problem>): CaseOutcome {
  const place = { index, name: one.name ?? null };
  if (!answer.ok) {
    const why = problemBelow(`/cases/${index}/input`, answer.error);
    return { ...place, outcome: 'FAILED', verdict: null, summary: null, mismatches: [], omitted: 0, problem: why };
  }
  const { verdict, summary } = answer.value;
  const found = [...differences(one, answer.value)];
  return {
    ...place,
    outcome: found.length === 0 ? 'PASSED' : 'FAILED',
    verdict,
    summary,
    mismatches: found.slice(0, MOST_MISMATCHES),
    omitted: Math.max(0, found.length - MOST_MISMATCHES),
    problem: null,
  };
}

function* differences({ expect }: AssertionCase, { verdict, result }: AnswerEnvelope): Generator<Mismatch> {
  if (expect.verdict !== undefined) yield* mismatches(expect.verdict, verdict, '/verdict');
  if (expect.result !== undefined) yield* mismatches(expect.result, result, '/result');
}

function concluded(
  question: string,
  revision: number,
  cases: readonly CaseOutcome[],
  coverage: RuleCoverage | null,
  requiredCoverage: number | null,
): AssertionRun {
  const failed = cases.filter(({ outcome }) => outcome === 'FAILED').length;
  const passed = cases.length - failed;
  const isCovered = requiredCoverage === null || (coverage?.share ?? 0) >= requiredCoverage;
  const verdict = failed === 0 && isCovered ? 'PASSED' : 'FAILED';
  const summary = [`${passed} of ${cases.length} case${cases.length === 1 ? '' : 's'} passed`];
  if (coverage) {
    const share = coverage.share === null ? '' : ` (${percentText(coverage.share)})`;
    summary.push(`${coverage.covered} of ${coverage.rules} rules covered${share}`);
  }
  if (requiredCoverage !== null && !isCovered) summary.push(`${percentText(requiredCoverage)} required`);
  return {
    assertion: null,
    version: null,
    question,
    revision,
    verdict,
    summary: summary.join('; '),
    passed,
    failed,
    cases,
    coverage,
    requiredCoverage,
  };
}

function percentText(share: number): string {
  return `${Math.floor(share * 1000) / 10} %`;
}

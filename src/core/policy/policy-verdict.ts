import type { Answer, Confidence, Note } from '../kernel/answer.js';
import { uniqueNotes } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { Steps } from '../kernel/steps.js';
import { PROTOCOLS } from '../net/protocol.js';
import type { NetworkModel } from '../model/network-model.js';
import { conditionsOf } from './internal/conditions-of.js';
import { type ConnectionSet, connectionsOf, isEverything, sameConnections } from './internal/connection-set.js';
import { enforcementOf, isEnforced, unenforcedPolicies, unmodelledPolicies } from './internal/enforcement.js';
import type { FlowWords } from './internal/flow-words.js';
import { flowsBetween } from './internal/flows.js';
import { caseView, judgeAll, type JudgedCase, wordsOf } from './internal/judged-cases.js';
import { nearMisses } from './internal/near-misses.js';
import type { Party } from './internal/parties.js';
import type { PolicyEndpoint } from './internal/policy-endpoint.js';
import { PolicyIndex } from './internal/policy-index.js';
import { rulesBetween } from './internal/rules-about.js';
import { type Sides, sidesOf } from './internal/question-sides.js';
import { showDirection } from './internal/show-direction.js';
import { stagedVerdict } from './internal/staged-verdict.js';
import { summariseVerdict } from './internal/verdict-summary.js';
import { connectionOfAll, directionResult, joinVerdicts } from './internal/verdict-totals.js';
import { verdictNotes } from './internal/verdict-notes.js';
import type { PolicyQuestion } from './policy-question.js';
import type { DirectionResult, PolicyCase, PolicyNearMiss, PolicyVerdict, PolicyVerdictResult } from './policy-result.js';

/** The most pairs of unlike sources and unlike destinations that one question may compare. */
const MOST_VERDICT_PAIRS = 20_000;
/** The most rules that the cases of one question may keep with how they fared. */
const MOST_JUDGED_RULES = 200_000;
/** The most rules that are asked for one question: some seconds of work. */
const MOST_ASKED_RULES = 10_000_000;
/** Up to how many cases the evidence tells, with what would allow them. */
const MOST_TOLD = 50;
/** Up to how many cases the result lists. */
const MOST_CASES = 1_000;
/** Up to how many policies, rules, conditions and near misses it lists of each, unless more are asked for. */
const MOST_LISTED = 100;

/**
 * Whether policies let the sources reach the destinations, and why: egress of the source, ingress of the destination, each with every policy of the
 * namespace, every rule of those that isolate, every peer and port; without all that where nobody reads it (`explains` false). Services are judged behind their address translation, on endpoint and target port. Yields often.
 *
 * Fails with `invalid-request` (no such port) and `limit-too-large` (more pairs than {@link MOST_VERDICT_PAIRS}, more rules to ask than {@link MOST_ASKED_RULES}, or cases with more rules than {@link MOST_JUDGED_RULES}:
 * ask `connectivity`, or name less).
 * Sources of the rules: README.md.
 */
export function* policyVerdict(
  model: NetworkModel,
  question: PolicyQuestion,
  explains = true,
): Steps<Result<Answer<PolicyVerdict, PolicyVerdictResult>, Problem>> {
  const index = yield* PolicyIndex.inSteps(model);
  const sides = yield* sidesOf(model, index, question);
  if (!sides.ok) return sides;
  const { sources, destinations } = sides.value;
  if (sources.length * destinations.length > MOST_VERDICT_PAIRS) return err(tooMany(sides.value));
  const rules = yield* rulesBetween(index, endpointsOf(sources), endpointsOf(destinations));
  if (rules > MOST_ASKED_RULES) return err(tooManyRules(sides.value, MOST_ASKED_RULES, 'asked'));
  const cases = yield* judgeAll(index, flowsBetween(sources, destinations), MOST_JUDGED_RULES);
  if (!cases) return err(tooManyRules(sides.value, MOST_JUDGED_RULES, 'told'));
  const trail = new Trail();
  for (const step of sides.value.steps) trail.add(step);
  if (cases.length === 0 && sources.length > 0 && destinations.length > 0) {
    const message = 'the two sides have no address family in common: no packet goes from one to the other';
    trail.add({ stage: 'endpoints', outcome: 'no-match', reason: 'NO_COMMON_FAMILY', message });
  }
  const misses: PolicyNearMiss[] = [];
  for (const one of cases.slice(0, MOST_TOLD)) {
    const words = wordsOf(one);
    if (explains) yield* showCase(index, trail, one, words, cases.length > 1);
    misses.push(...(yield* missesOf(index, one, words)));
  }
  if (cases.length > MOST_TOLD) {
    const message = `and ${cases.length - MOST_TOLD} more cases, which \`cases\` lists: name fewer endpoints to see their rules`;
    trail.add({ stage: 'case', outcome: 'info', reason: 'NOT_TOLD', message });
  }
  return ok(yield* conclude(model, question, sides.value, cases, distinctMisses(misses), trail));
}

function endpointsOf(parties: readonly Party[]): readonly PolicyEndpoint[] {
  return parties.map(({ class: { endpoint } }) => endpoint);
}

function tooManyRules({ sources, destinations }: Sides, maximum: number, done: 'asked' | 'told'): Problem {
  const what = `${sources.length} kinds of sources and ${destinations.length} of destinations`;
  const message = `the question is about ${what}, for which more than ${maximum} rules would have to be ${done}`;
  const hint = 'name fewer endpoints with `from` and `to` (`ns/…`, `deploy/…`, `label:…`), or ask `connectivity`';
  return problem('limit-too-large', message, { hint, extra: { maximum } });
}

function untoldCases(cases: readonly JudgedCase[]): readonly Note[] {
  if (cases.length <= MOST_CASES) return [];
  const message = `the first ${MOST_CASES} of ${cases.length} cases are listed: name fewer endpoints to see the others; verdict and \`pairs\` are those of all`;
  return [{ code: 'CASES_NOT_TOLD', message }];
}

function tooMany({ sources, destinations }: Sides): Problem {
  const pairs = sources.length * destinations.length;
  const message = `the question compares ${pairs} kinds of pairs (${sources.length} kinds of sources, ${destinations.length} of destinations), more than ${MOST_VERDICT_PAIRS}`;
  const hint = 'name fewer endpoints with `from` and `to` (`ns/…`, `deploy/…`, `label:…`), or ask `connectivity`';
  return problem('limit-too-large', message, { hint, extra: { maximum: MOST_VERDICT_PAIRS } });
}

function* showCase(index: PolicyIndex, trail: Trail, one: JudgedCase, words: FlowWords, several: boolean): Steps<void> {
  const view = several ? caseView(one) : undefined;
  const parent = view
    ? trail.add({
        stage: 'case',
        outcome: one.verdict === 'ALLOWED' ? 'allow' : one.verdict === 'DENIED' ? 'deny' : 'pass',
        reason: 'CASE',
        message: `${words.source} → ${words.destination} ${view.asked}: ${one.verdict}${one.pairs > 1 ? `, as ${one.pairs} pairs in all` : ''}`,
      })
    : null;
  yield;
  yield* showDirection(trail, parent, index, one.judgement.egress, words);
  yield* showDirection(trail, parent, index, one.judgement.ingress, words);
}

/** Whoever asks for every port does not mean to open all of them. */
function* missesOf(index: PolicyIndex, one: JudgedCase, words: FlowWords): Steps<readonly PolicyNearMiss[]> {
  const missing = one.verdict === 'DENIED' || (one.verdict === 'MIXED' && !isBroad(words.asked));
  yield;
  return missing ? yield* nearMisses(index, words, one) : [];
}

function isBroad(asked: ConnectionSet): boolean {
  return PROTOCOLS.some((protocol) => sameConnections(asked, connectionsOf(protocol))) || isEverything(asked);
}

function distinctMisses(misses: readonly PolicyNearMiss[]): readonly PolicyNearMiss[] {
  const seen = new Set<string>();
  return misses.filter(({ direction, fix }) => {
    const key = `${direction} ${fix}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function* conclude(
  model: NetworkModel,
  question: PolicyQuestion,
  sides: Sides,
  cases: readonly JudgedCase[],
  misses: readonly PolicyNearMiss[],
  trail: Trail,
): Steps<Answer<PolicyVerdict, PolicyVerdictResult>> {
  const policyVerdict = joinVerdicts(cases.map((one) => one.verdict));
  const enforced = isEnforced(model);
  const verdict = enforced || policyVerdict === 'NO_ENDPOINT' ? policyVerdict : 'ALLOWED';
  const enforcement = enforcementOf(model);
  if (verdict !== policyVerdict) {
    const message = `${enforcement.cni} enforces no policies: what they say (${policyVerdict}) has no effect`;
    trail.add({ stage: 'enforcement', outcome: 'allow', reason: 'NOT_ENFORCED', message });
  }
  const { told: result, untold } = toldOf(
    yield* resultOf(model, question, policyVerdict, cases, misses),
    question.mostListed ?? MOST_LISTED,
  );
  showStaged(trail, result);
  const notes = yield* verdictNotes(model, question, cases);
  const warnings = uniqueNotes([
    ...sides.warnings,
    ...notes.warnings,
    ...untoldCases(cases),
    ...untold,
    ...unenforcedPolicies(model),
    ...unmodelledPolicies(model),
  ]);
  return {
    verdict,
    summary: summariseVerdict(question, verdict, result, enforcement, cases, trail.list()),
    result,
    evidence: trail.list(),
    assumptions: uniqueNotes(notes.assumptions),
    warnings,
    confidence: confidenceOf(sides, notes, warnings),
    enforcement,
  };
}

function* resultOf(
  model: NetworkModel,
  question: PolicyQuestion,
  policyVerdict: PolicyVerdict,
  cases: readonly JudgedCase[],
  misses: readonly PolicyNearMiss[],
): Steps<PolicyVerdictResult> {
  const views: PolicyCase[] = [];
  for (const one of cases.slice(0, MOST_CASES)) {
    yield;
    views.push(caseView(one));
  }
  return {
    policyVerdict,
    egress: yield* directionResult(cases, 'egress'),
    ingress: yield* directionResult(cases, 'ingress'),
    connection: yield* connectionOfAll(cases),
    pairs: pairsOf(cases),
    cases: views,
    conditions: yield* conditionsOf(cases),
    nearMisses: misses,
    staged: yield* stagedVerdict(model, question, cases),
  };
}

/** The result with no list longer than people can use, and what of each is left out. */
function toldOf(result: PolicyVerdictResult, most: number): { readonly told: PolicyVerdictResult; readonly untold: readonly Note[] } {
  const untold: Note[] = [];
  const first = <T>(all: readonly T[], what: string): readonly T[] => {
    if (all.length <= most) return all;
    const message = `the first ${most} of ${all.length} ${what} are listed: ask for fewer ports and endpoints to see the others; the verdict is that of all`;
    untold.push({ code: 'LIST_NOT_TOLD', message });
    return all.slice(0, most);
  };
  const side = (one: DirectionResult, direction: string): DirectionResult => ({
    ...one,
    isolatedBy: first(one.isolatedBy, `policies that isolate for ${direction}`),
    decidedBy: first(one.decidedBy, `rules that decide about ${direction}`),
  });
  const { egress, ingress, conditions, nearMisses } = result;
  const told: PolicyVerdictResult = {
    ...result,
    egress: side(egress, 'egress'),
    ingress: side(ingress, 'ingress'),
    conditions: first(conditions, 'conditions'),
    nearMisses: first(nearMisses, 'near misses'),
  };
  return { told, untold };
}

/** Staged policies are told apart from all that decides. */
function showStaged(trail: Trail, { policyVerdict, staged }: PolicyVerdictResult): void {
  if (!staged) return;
  const names = staged.policies.map(({ policy, action }) => `${policy} (${action})`).join(', ');
  const then = staged.verdict === policyVerdict ? `it would still be ${staged.verdict}` : `it would be ${staged.verdict}`;
  trail.add({ stage: 'staged', outcome: 'info', reason: 'STAGED', message: `staged and not enforced: ${names}; with them ${then}` });
}

function pairsOf(cases: readonly JudgedCase[]): PolicyVerdictResult['pairs'] {
  const count = (verdict?: string) =>
    cases.reduce((sum, one) => sum + (verdict === undefined || one.verdict === verdict ? one.pairs : 0), 0);
  return { total: count(), allowed: count('ALLOWED'), denied: count('DENIED'), mixed: count('MIXED') };
}

function confidenceOf(
  sides: Sides,
  notes: { readonly assumptions: readonly Note[]; readonly insufficient: boolean },
  warnings: readonly Note[],
): Confidence {
  if (sides.insufficient || notes.insufficient) return 'INSUFFICIENT_INFO';
  return notes.assumptions.length > 0 || warnings.some(({ code }) => code === 'NOT_MODELLED') ? 'ASSUMED' : 'CERTAIN';
}

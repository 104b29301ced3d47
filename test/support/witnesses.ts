import { parseInput } from '../../src/application/input/parse-input.js';
import { routeQuestion } from '../../src/application/ingress/route.js';
import type { LintedRule, RouteLintQuestion, RulePlace } from '../../src/core/ingress/route-lint-result.js';
import { AllocationBook } from '../../src/core/ipam/allocation-book.js';
import { compareText } from '../../src/core/kernel/compare.js';
import { describeRef } from '../../src/core/kernel/object-ref.js';
import type { RuleCoverage } from '../../src/core/kernel/rule-coverage.js';
import { finished } from '../../src/core/kernel/steps.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { lintRoutes } from './route-lint.js';

type Witness = NonNullable<LintedRule['witness']>;

/** A rule, the request that is said to reach it, and what becomes of that. */
interface Sent {
  readonly rule: LintedRule;
  readonly input: ReturnType<typeof inputOf>;
  readonly answer: ReturnType<typeof answerTo>;
}

/** The witness of a rule as a user sends it to the question `route`: what the lint tells is all that is needed. */
function inputOf({ class: ingressClass, gateway, dialect }: LintedRule, witness: Witness) {
  const { method, url, headers, clientAddress, alpn, clientCertificate } = witness;
  const through = gateway === null ? { class: ingressClass ?? undefined } : { gateway };
  const client = { clientAddress: clientAddress ?? undefined, clientCertificate: clientCertificate ?? undefined };
  const hello = { alpn: alpn.length === 0 ? undefined : alpn };
  const read = parseInput(routeQuestion.input, { url, method, headers, dialect, ...through, ...client, ...hello });
  if (!read.ok) throw new Error(`${url}: ${read.error.message}`);
  return read.value;
}

function answerTo(model: NetworkModel, input: ReturnType<typeof inputOf>) {
  const asked = routeQuestion.ask({ cluster: 'c', revision: 1, model, allocations: new AllocationBook() }, input);
  if (!asked.ok) throw new Error(`${input.url}: ${asked.error.message}`);
  const { question, answer } = asked.value;
  return { ...answer, question, revision: 1 };
}

const placeOf = ({ object, pointer }: RulePlace) => `${describeRef(object)} ${pointer}`;
const linesOf = (places: readonly RulePlace[]) => places.map(placeOf).toSorted(compareText);

/** What a suite of requests covers, as a run of an assertion counts it. */
function coverageOf(model: NetworkModel, suite: readonly Sent[]): RuleCoverage {
  const count = routeQuestion.countRules?.(model);
  if (!count) throw new Error('the question `route` counts no rules');
  for (const { input, answer } of suite) finished(count.add(input, answer, true, false));
  return finished(count.coverage());
}

/** Whether the request goes by the rule; of a canary that shares it the coverage tells. */
function reaches(model: NetworkModel, sent: Sent): boolean {
  const place = placeOf(sent.rule);
  const isSelected = sent.answer.result.candidates.some((one) => one.outcome === 'selected' && `${one.object} ${one.pointer}` === place);
  return isSelected || linesOf(coverageOf(model, [sent]).tried).includes(place);
}

/** The lint tells of paths and matches; the coverage counts default backends too. */
const isLinted = ({ pointer }: RulePlace) => pointer !== '/spec/defaultBackend';

/** A suite of the witnesses of one class or Gateway goes by the rules that have one and by no others, of all that the lint names. */
function coverageFaults(model: NetworkModel, suite: readonly Sent[], rules: readonly LintedRule[]): readonly string[] {
  const { tried, untried } = coverageOf(model, suite);
  const compare = (what: string, found: readonly string[], wanted: readonly string[]) =>
    found.join('\n') === wanted.join('\n') ? [] : [`${what} ${found.join(', ')} instead of ${wanted.join(', ')}`];
  return [
    ...compare('witnesses go by', linesOf(tried.filter(isLinted)), linesOf(suite.map(({ rule }) => rule))),
    ...compare('counted are', linesOf([...tried, ...untried].filter(isLinted)), linesOf(rules)),
  ];
}

function byScope(rules: readonly LintedRule[]): ReadonlyMap<string, readonly LintedRule[]> {
  const scopes = new Map<string, LintedRule[]>();
  for (const rule of rules) {
    const scope = JSON.stringify([rule.dialect, rule.class, rule.gateway]);
    scopes.set(scope, [...(scopes.get(scope) ?? []), rule]);
  }
  return scopes;
}

/** What `route-lint` says of its witnesses and does not hold (INV-ING-7, INV-ING-9), a line each, and how many rules are live. */
export function witnessFaults(model: NetworkModel, asked: Partial<RouteLintQuestion> = {}): { live: number; faults: readonly string[] } {
  const { rules, states } = lintRoutes(model, asked);
  const faults: string[] = [];
  for (const [scope, all] of byScope(rules)) {
    const suite = all.flatMap((rule): readonly Sent[] => {
      if ((rule.state === 'live') !== (rule.witness !== null)) faults.push(`${scope} ${placeOf(rule)} is ${rule.state}, witness or not`);
      if (rule.witness === null) return [];
      const input = inputOf(rule, rule.witness);
      return [{ rule, input, answer: answerTo(model, input) }];
    });
    for (const sent of suite)
      if (!reaches(model, sent)) faults.push(`${scope} ${sent.input.url} does not reach ${placeOf(sent.rule)}: ${sent.answer.summary}`);
    if (suite.length > 0) faults.push(...coverageFaults(model, suite, all).map((one) => `${scope} ${one}`));
  }
  return { live: states.live, faults };
}

import type { Answer } from '../kernel/answer.js';
import type { Severity } from '../kernel/diagnostic.js';
import { prepareRouting } from './prepare-routing.js';
import { didYouMeanHint } from '../kernel/did-you-mean.js';
import { Trail } from '../kernel/evidence.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { CITED_BY_LINT } from './internal/answer-citations.js';
import { citation, CLASS, commonCitation } from './internal/citations.js';
import { compareNames, knownClass, notesOfClasses } from './internal/class-choice.js';
import { handlingOf } from './internal/class-claim.js';
import { classesWithOwnKinds, dialectOfClass } from './internal/class-dialect.js';
import { classScopes, isServed } from './internal/class-members.js';
import { leftOver } from './internal/class-untaken.js';
import type { ClassRouter } from './internal/dialect.js';
import { type GatewayState, gatewayState } from './internal/gateway/gateway-state.js';
import { defaultClassDrafts } from './internal/lint/creation-checks.js';
import { lintClass } from './internal/lint/class-rules.js';
import { lintGateway } from './internal/lint/gateway-rules.js';
import { Ledger } from './internal/lint/ledger.js';
import { lintLostParents } from './internal/lint/lost-parents.js';
import { lintOwnRules } from './internal/lint/own-rules.js';
import { routerOf } from './internal/router-cache.js';
import { ROUTE_LINT_CODES } from './route-lint-codes.js';
import type { RouteLintQuestion, RouteLintResult, RouteLintVerdict } from './route-lint-result.js';

/** What is looked at: a class by its dialect, or a Gateway. */
type Scope = { readonly router: ClassRouter; readonly isHandled: boolean } | { readonly state: GatewayState };

/**
 * Looks at every rule of Ingresses and routes: whether a request reaches it, with one that does, or which rules take everything it matches; which objects claim the same;
 * where backends and Secrets are missing. Nothing is guessed: what neither a request nor a proof shows is `undecided`. Yields often: between two steps the caller may
 * let others run. Fails with `unknown-object` for a class or a Gateway that does not exist.
 */
export function* routeLint(
  model: NetworkModel,
  question: RouteLintQuestion,
): Steps<Result<Answer<RouteLintVerdict, RouteLintResult>, Problem>> {
  if (question.gateway === undefined) yield* prepareRouting(model, question);
  const scopes = scopesOf(model, question);
  if (!scopes.ok) return scopes;
  const ledger = new Ledger(question);
  if (question.gateway === undefined && ledger.wants(undefined)) for (const draft of defaultClassDrafts(model)) ledger.add(draft);
  for (const scope of scopes.value) {
    yield;
    if ('router' in scope) {
      yield* lintClass(model, scope.router, scope.isHandled, ledger);
      yield* lintOwnRules(scope.router, ledger);
    } else yield* lintGateway(model, scope.state, ledger);
  }
  if (question.gateway === undefined && question.class === undefined) yield* lintLostParents(model, ledger);
  return ok(conclude(scopes.value, ledger.result(), notesOf(model, scopes.value, question)));
}

function scopesOf(model: NetworkModel, { class: asked, gateway, dialect }: RouteLintQuestion): Result<readonly Scope[], Problem> {
  const scopesOfClass = (name: string | undefined): readonly Scope[] => {
    const router = routerOf(model, name, dialect ?? dialectOfClass(model, name).judged);
    const left = name !== undefined && isServed(model, name) ? leftOver(model, name) : undefined;
    return [{ router, isHandled: handlingOf(model, name) !== 'undefined-class' }, ...(left ? [{ router: left, isHandled: false }] : [])];
  };
  const { gateways } = model.gatewayApi;
  if (asked !== undefined) {
    const known = knownClass(model, asked);
    return known.ok ? ok(scopesOfClass(known.value)) : known;
  }
  if (gateway === undefined) {
    const { taken, untaken } = classScopes(model);
    const ofIngresses = [...new Set([...taken, ...untaken.keys()])].sort(compareNames);
    const classes = [...new Set([...ofIngresses, ...classesWithOwnKinds(model)])];
    return ok([...classes.flatMap(scopesOfClass), ...[...gateways.keys()].flatMap((name) => scopeOfGateway(model, name))]);
  }
  const found = scopeOfGateway(model, gateway);
  if (found.length > 0) return ok(found);
  const hint = didYouMeanHint(gateway, gateways.keys());
  return err(problem('unknown-object', `no Gateway \`${gateway}\``, hint === undefined ? {} : { hint }));
}

function scopeOfGateway(model: NetworkModel, name: string): readonly Scope[] {
  const state = gatewayState(model, name);
  return state ? [{ state }] : [];
}

/** What is taken for granted of the controllers whose rules were looked at: as `route` says it of a request. */
function notesOf(model: NetworkModel, scopes: readonly Scope[], { dialect }: RouteLintQuestion) {
  const classes = scopes.flatMap((scope) => ('router' in scope ? [scope.router.className] : []));
  return notesOfClasses(model, classes, dialect);
}

function conclude(
  scopes: readonly Scope[],
  result: RouteLintResult,
  { assumptions, warnings }: ReturnType<typeof notesOfClasses>,
): Answer<RouteLintVerdict, RouteLintResult> {
  const trail = new Trail();
  const dialects = scopes.map((scope) => ('state' in scope ? 'gateway-api' : scope.router.dialect));
  for (const scope of scopes) trail.add({ stage: 'scope', outcome: 'info', reason: 'SCOPE_LINTED', ...shown(scope) });
  for (const { code, count } of result.counts) {
    const { means, source } = ROUTE_LINT_CODES[code];
    trail.add({
      stage: 'lint',
      outcome: 'info',
      reason: 'LINT_FOUND',
      message: `${code}: ${means} (${count} found; ${source})`,
      cites: commonCitation(CITED_BY_LINT[code], dialects),
    });
  }
  return {
    verdict: verdictOf(result),
    summary: summarise(result),
    result,
    evidence: trail.list(),
    assumptions,
    warnings,
    confidence: assumptions.length + warnings.length > 0 ? 'ASSUMED' : 'CERTAIN',
    enforcement: null,
  };
}

function shown(scope: Scope) {
  if ('state' in scope) {
    const { ref, namespace } = scope.state.gateway;
    return { object: ref, cites: citation('G1'), message: `Gateway ${namespace}/${ref.name}, by the rules of gateway-api` };
  }
  const { className, dialect } = scope.router;
  const cites = commonCitation(CLASS, [dialect]);
  return {
    cites,
    message: `${className === undefined ? 'Ingresses without class' : `class \`${className}\``}, by the rules of ${dialect}`,
  };
}

function verdictOf({ counts }: RouteLintResult): RouteLintVerdict {
  const has = (severity: Severity) => counts.some((one) => one.severity === severity);
  return has('error') ? 'ERRORS' : has('warning') ? 'WARNINGS' : has('info') ? 'NOTES' : 'CLEAN';
}

function summarise({ states, counts }: RouteLintResult): string {
  const { rules, live, shadowed, unreachable, undecided } = states;
  const others = Object.entries({ shadowed, unreachable, undecided }).flatMap(([state, count]) =>
    count === 0 ? [] : [`${count} ${state}`],
  );
  const sum = (severity: Severity) => counts.reduce((all, one) => all + (one.severity === severity ? one.count : 0), 0);
  const found = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const count = sum(severity);
    const word = severity === 'info' ? 'note' : severity;
    return count === 0 ? [] : [`${count} ${word}${count === 1 ? '' : 's'}`];
  });
  return `${rules} rule${rules === 1 ? '' : 's'}: ${[`${live} live`, ...others].join(', ')}; ${found.length === 0 ? 'nothing found' : found.join(', ')}`;
}

import { type Answer, type Note, uniqueNotes } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import { inMap } from '../kernel/in-map.js';
import { describeRef } from '../kernel/object-ref.js';
import type { Problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { NetworkModel } from '../model/network-model.js';
import { clientSecretFault } from './client-secret.js';
import { candidateOf, hostStep, otherClassPaths, pathStep } from './internal/candidates.js';
import { citationsOf } from './internal/citations.js';
import { type CertificateOutcome, chooseCertificate } from './internal/certificate-choice.js';
import { chooseClass, type ClassChoice } from './internal/class-choice.js';
import { shownClass } from './internal/class-members.js';
import type { ClassRouter, Judgement, Outcome } from './internal/dialect.js';
import { nearMisses } from './internal/near-misses.js';
import { distinctOutcomes, gapsOf, notFound } from './internal/outcomes.js';
import { readRequestHost, type RequestHost } from './internal/request-host.js';
import { describeOutcome, summarise } from './internal/route-summary.js';
import type { RouteQuestion, RouteRequest } from './route-request.js';
import type { ForwardedRequest, NearMiss, RouteCandidate, RoutePossibility, RouteResult, RouteVerdict } from './route-result.js';

/** What of an answer is read: all of it; all but evidence and candidates, half of the work; or what becomes of the request alone, without what came nearest where nothing serves it. */
export type RouteReading = 'whole' | 'verdict' | 'outcome';

/** What the evaluation of one request collects on its way down the pipeline. */
interface Evaluation {
  readonly model: NetworkModel;
  readonly reads: RouteReading;
  readonly trail: Trail;
  readonly candidates: RouteCandidate[];
  readonly judgements: Judgement[];
  readonly outcomes: Outcome[];
  readonly assumptions: Note[];
  readonly warnings: Note[];
}

/**
 * Which backend gets a request, and why: class → certificate → host → path → backend → service port → endpoints. Every path of the host is a candidate, and
 * each loser names the first key that decided against it. Where the rules admit several outcomes the verdict is `UNDEFINED` and all of them are listed.
 * Fails with `unknown-object` when the asked class or the Secret of the client does not exist, with `invalid-request` when that holds no certificate. Rules: KEP-1453 and `networking/v1/types.go` (README.md names them).
 * What nobody reads is not made: it stays empty.
 */
export function route(
  model: NetworkModel,
  question: RouteQuestion,
  reads: RouteReading = 'whole',
): Result<Answer<RouteVerdict, RouteResult>, Problem> {
  const { request } = question;
  const secret = request.clientCertificate?.secret;
  const fault = secret === undefined ? undefined : clientSecretFault(model, secret);
  if (fault) return err(fault);
  const host = readRequestHost(request.host);
  const chosen = chooseClass(model, question.class, question.dialect, host);
  if (!chosen.ok) return chosen;
  const choice = chosen.value;
  const evaluation: Evaluation = {
    model,
    reads,
    trail: new Trail(citationsOf(choice.dialect)),
    candidates: [],
    judgements: [],
    outcomes: [],
    assumptions: [],
    warnings: [],
  };
  if (reads === 'whole') showClass(model, choice, host, evaluation);
  const certificate = showCertificate(model, choice, request, evaluation);
  for (const router of choice.routers) judgeClass(router, request, host, evaluation);
  if (choice.routers.length === 0) evaluation.outcomes.push(notFound(undefined));
  return ok(conclude(model, request, host, choice, certificate, evaluation));
}

function showClass(model: NetworkModel, choice: ClassChoice, host: RequestHost, { trail, candidates }: Evaluation): void {
  let parent: number | null = null;
  for (const step of choice.steps) parent = trail.add(step);
  for (const { judged, className } of otherClassPaths(model, choice.routers, host)) {
    trail.add({ ...pathStep(judged, parent), stage: 'class' });
    candidates.push(candidateOf(judged, className));
  }
}

function showCertificate(
  model: NetworkModel,
  choice: ClassChoice,
  request: RouteRequest,
  { trail, reads }: Evaluation,
): CertificateOutcome | undefined {
  if (request.scheme !== 'https') return undefined;
  const [only, ...others] = choice.routers;
  const own = others.length === 0 ? only?.certificateFor : undefined;
  const lists = choice.routers.map((router) => router.members);
  const outcome = own?.(request.sni, request) ?? chooseCertificate(model, lists, request.sni);
  if (reads === 'whole') for (const step of outcome.steps) trail.add(step);
  return outcome;
}

function judgeClass(router: ClassRouter, request: RouteRequest, host: RequestHost, evaluation: Evaluation): void {
  const judgement = router.judge(request, host);
  evaluation.trail.goBy(citationsOf(router.dialect));
  if (evaluation.reads === 'whole') showPaths(router, judgement, host, evaluation);
  evaluation.judgements.push(judgement);
  evaluation.outcomes.push(...judgement.outcomes);
  evaluation.assumptions.push(...judgement.assumptions);
  evaluation.warnings.push(...judgement.warnings);
}

/** How each path of the host fared. */
function showPaths(router: ClassRouter, { judged: rules }: Judgement, host: RequestHost, evaluation: Evaluation): void {
  const { model, trail, candidates } = evaluation;
  const hosts = router.hostSteps(host);
  const parents = new Map(hosts.map((step, index) => [step.host, trail.add(hostStep(step, host, index === 0))]));
  if (hosts.length === 0) {
    const named = router.className === undefined ? 'without class' : `of class \`${router.className}\``;
    trail.add({
      stage: 'host',
      outcome: 'no-match',
      reason: 'HOST_UNKNOWN',
      message: `no rule of an Ingress ${named} covers host \`${host.name}\``,
    });
  }
  for (const judged of rules) {
    trail.add(pathStep(judged, parents.get(judged.rule.host) ?? null));
    candidates.push(candidateOf(judged, shownClass(model, router, judged.rule.ingress)));
  }
}

function conclude(
  model: NetworkModel,
  request: RouteRequest,
  host: RequestHost,
  choice: ClassChoice,
  certificate: CertificateOutcome | undefined,
  evaluation: Evaluation,
): Answer<RouteVerdict, RouteResult> {
  const { trail, outcomes, candidates, reads } = evaluation;
  const distinct = distinctOutcomes(outcomes);
  const ways = distinct.map((outcome) => describeOutcome(outcome, host));
  const gaps = gapsOf(outcomes);
  const clear = distinct.length === 1 ? distinct[0] : undefined;
  if (reads === 'whole') showDecision(trail, distinct, gaps);
  const verdict = clear?.reached.verdict ?? 'UNDEFINED';
  const assumptions = [...choice.assumptions, ...evaluation.assumptions, ...finalDot(host), ...(certificate?.assumptions ?? [])];
  const missedBy = reads === 'outcome' ? [] : missed(model, choice, request, host, evaluation, distinct);
  const near = [...distinct.flatMap(({ reached }) => reached.nearMisses), ...missedBy];
  const notModelled = unmodelled(model);
  const guessed = assumptions.length > 0 || choice.warnings.length > 0 || notModelled.length > 0;
  return {
    verdict,
    summary: `${summarise(request, distinct, ways, clear ? [] : gaps, near)}${byWhom(choice)}`,
    result: resultOf(model, request, choice, certificate, { distinct, ways, gaps, near, candidates }),
    evidence: trail.list(),
    assumptions: uniqueNotes(assumptions),
    warnings: uniqueNotes([...choice.warnings, ...evaluation.warnings, ...(clear ? gaps : []), ...notModelled]),
    confidence: verdict === 'UNDEFINED' ? 'INSUFFICIENT_INFO' : guessed ? 'ASSUMED' : 'CERTAIN',
    enforcement: null,
  };
}

/** What was found out about a request. */
interface Conclusion {
  readonly distinct: readonly Outcome[];
  /** How each of them is described. */
  readonly ways: readonly string[];
  readonly gaps: readonly Note[];
  readonly near: readonly NearMiss[];
  readonly candidates: readonly RouteCandidate[];
}

/** Spelled out: a literal with spreads grows member by member, and batches make many. */
function resultOf(
  model: NetworkModel,
  request: RouteRequest,
  { routers, dialect }: ClassChoice,
  certificate: CertificateOutcome | undefined,
  { distinct, ways, gaps, near, candidates }: Conclusion,
): RouteResult {
  const named = routers.length === 1 ? routers[0]?.className : undefined;
  const clear = distinct.length === 1 ? distinct[0] : undefined;
  const isServed = clear?.reached.verdict === 'ROUTED' || clear?.reached.verdict === 'DEFAULT_BACKEND';
  return {
    dialect,
    class: named ?? null,
    controller: controllerOf(model, named),
    status: clear?.status ?? null,
    grpcStatus: null,
    gateway: null,
    listener: null,
    errorShare: 0,
    limits: null,
    mirrors: clear?.mirrors ?? [],
    errorPages: clear?.errorPages ?? null,
    responseHeaders: clear?.responseHeaders ?? [],
    backends: clear?.backends ?? [],
    pick: null,
    forwarded: isServed ? (clear.forwarded ?? forwarded(request)) : null,
    redirect: clear?.redirect ?? null,
    certificate: certificate?.certificate ?? null,
    candidates,
    possibilities: distinct.map((outcome, index) => possibilityOf(outcome, ways[index] ?? '')),
    unspecified: uniqueNotes([...(clear ? clear.reached.unspecified : gaps), ...(certificate?.unspecified ?? [])]),
    nearMisses: near,
  };
}

/** The way of each outcome to its endpoints, and what the rules leave open or deny. */
function showDecision(trail: Trail, distinct: readonly Outcome[], gaps: readonly Note[]): void {
  for (const { reached, router } of distinct) {
    if (router) trail.goBy(citationsOf(router.dialect));
    for (const step of reached.steps) trail.add(step);
  }
  if (distinct.length > 1) {
    for (const { code, message } of gaps) trail.add({ stage: 'decision', outcome: 'info', reason: code, message });
  } else if (distinct[0]?.status === 404) {
    const message = 'no rule and no default backend serves the request: 404';
    trail.add({ stage: 'decision', outcome: 'no-match', reason: 'NOT_FOUND', message });
  }
}

function controllerOf(model: NetworkModel, name: string | undefined): string | null {
  return (name === undefined ? undefined : model.ingressClasses.get(name)?.controller) ?? null;
}

/** The dialect that was judged by, and why where it is not the controller's own. */
function byWhom({ routers, dialect, warnings }: ClassChoice): string {
  if (routers.length === 0) return '';
  const [only] = routers;
  const names = routers.length === 1 && only ? only.dialect : [...new Set(routers.map((router) => router.dialect))].join(' and ');
  const instead = warnings.find(({ code }) => code === 'DIALECT_NOT_MODELLED');
  return ` (judged by ${names === '' ? dialect : names}${instead ? `: ${instead.message}` : ''})`;
}

/** Where nothing changes the request. */
function forwarded({ method, host, path, query, headers }: RouteRequest): ForwardedRequest {
  const others = headers.filter(([name]) => name.toLowerCase() !== 'host');
  return {
    method,
    host,
    path: query === undefined ? path : `${path}?${query}`,
    headers: others.map(([name, value]) => `${name}: ${value}`),
  };
}

/** Near misses are worth telling where some outcome is that no path matches. */
function missed(
  model: NetworkModel,
  choice: ClassChoice,
  request: RouteRequest,
  host: RequestHost,
  { judgements }: Evaluation,
  distinct: readonly Outcome[],
): RouteResult['nearMisses'] {
  const unmatched = distinct.some(({ reached }) => reached.verdict === 'NOT_FOUND' || reached.verdict === 'DEFAULT_BACKEND');
  if (!unmatched) return [];
  const judged = judgements.flatMap((judgement) => judgement.judged);
  return nearMisses(model, choice.routers, request, host, judged);
}

function possibilityOf({ reached, status, router, place, backends }: Outcome, why: string): RoutePossibility {
  return {
    verdict: reached.verdict,
    status,
    backends,
    class: router?.className ?? null,
    object: place ? describeRef(place.ingress.ref) : null,
    pointer: place?.pointer ?? null,
    why,
  };
}

function finalDot(host: RequestHost): readonly Note[] {
  if (!host.hadFinalDot) return [];
  const message = `the final dot of the host is ignored, as controllers do; rules name \`${host.name}\``;
  return [{ code: 'HOST_FINAL_DOT', message }];
}

/** Objects of other routing APIs that were imported and might serve the same requests. */
function unmodelled(model: NetworkModel): readonly Note[] {
  return inMap(unmodelledOf, model, () => countUnmodelled(model));
}

const unmodelledOf = new WeakMap<NetworkModel, readonly Note[]>();

function countUnmodelled(model: NetworkModel): readonly Note[] {
  const kinds = new Map<string, number>();
  for (const { ref, affects } of model.unmodelled) if (affects === 'routing') kinds.set(ref.kind, (kinds.get(ref.kind) ?? 0) + 1);
  return [...kinds].map(([kind, count]) => ({
    code: 'NOT_MODELLED',
    message: `${count} object${count === 1 ? '' : 's'} of kind ${kind} ${count === 1 ? 'is' : 'are'} stored but not modelled, and may route requests too`,
  }));
}

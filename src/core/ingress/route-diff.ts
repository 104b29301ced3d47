import type { Answer, Note } from '../kernel/answer.js';
import { type Evidence, Trail } from '../kernel/evidence.js';
import { firstFew } from '../kernel/first-few.js';
import type { Problem } from '../kernel/problem.js';
import { atParameter } from '../kernel/problem-place.js';
import { ok, type Result } from '../kernel/result.js';
import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { inBrief } from '../kernel/in-brief.js';
import { DifferenceBook } from './internal/diff/difference-book.js';
import { compareSides, connectionIn } from './internal/diff/compare-sides.js';
import { type Side, sideOf } from './internal/diff/side.js';
import type { Sampling } from './internal/diff/tried-requests.js';
import {
  type ComparedSide,
  ROUTE_DIFF_DOUBTS,
  ROUTE_DIFF_VERDICTS,
  type RouteAspect,
  type RouteDiffDoubt,
  type RouteDiffQuestion,
  type RouteDiffResult,
  type RouteDiffVerdict,
  type RouteDifference,
  type RouteWitness,
  type SideAnswer,
  UNUSUAL_ASPECTS,
} from './route-diff-result.js';
import type { DialectName } from './route-request.js';
import type { RouteResult, RouteVerdict } from './route-result.js';

/** So many differences are explained in one step. */
const STRETCH = 20;

/** What of an answer shows that it rests on too little. */
const NOT_MODELLED: ReadonlySet<string> = new Set(['NOT_MODELLED', 'ANNOTATION_NOT_MODELLED', 'DIALECT_NOT_MODELLED']);

/** That no answer came of a rule: who reads "alike" would take it for a success. */
const NOTHING_COMPARED: Note = {
  code: 'NOTHING_COMPARED',
  message: 'no rule of either side serves any of these requests, so nothing was compared but that',
};

/** The models of both sides; one and the same where both are of one revision of one cluster. */
export interface DiffModels {
  readonly a: NetworkModel;
  readonly b: NetworkModel;
}

/**
 * Whether two sides route alike: the same requests through two classes, dialects, Gateways, clusters or revisions. Requests are made up from the rules of both sides so that they tell
 * all of these apart, and each is routed by both, as `route` does it; what differs is told with the requests that show it. Unless the question asks for what is `unusual`, paths are plain ones (no
 * `//`, no dots to resolve, nothing encoded), and a header or a parameter is sent twice only between Gateways by the rules of two implementations.
 * Yields often. Fails with `unknown-object` for a class or a Gateway that does not exist, about `class`, `gateway`, `withClass` or `withGateway`.
 */
export function* routeDiff(
  models: DiffModels,
  question: RouteDiffQuestion,
): Steps<Result<Answer<RouteDiffVerdict, RouteDiffResult>, Problem>> {
  const a = atParameter(question.a.by === 'ingress' ? 'class' : 'gateway', yield* sideOf(models.a, question.a));
  if (!a.ok) return a;
  const b = atParameter(question.b.by === 'ingress' ? 'withClass' : 'withGateway', yield* sideOf(models.b, question.b));
  if (!b.ok) return b;
  const book = new DifferenceBook(question, { a: a.value, b: b.value });
  const sampling: Sampling = { expressions: 0, conditions: 0 };
  const isCut = yield* compareSides(a.value, b.value, question, book, sampling);
  if (!isCut.ok) return isCut;
  const found = book.result();
  const deciding = yield* decidingSteps(a.value, b.value, book, found.differences);
  return ok(conclude(question, a.value, b.value, book, { ...found, deciding }, { ...sampling, isCut: isCut.value }));
}

/** Of each side the step that decided about the first request of a difference. */
type Deciding = ReadonlyMap<RouteDifference, readonly Evidence[]>;

/** Answers are compared without their evidence: the first request of each difference that is told is routed once more. */
function* decidingSteps(a: Side, b: Side, book: DifferenceBook, differences: readonly RouteDifference[]): Steps<Deciding> {
  const deciding = new Map<RouteDifference, readonly Evidence[]>();
  for (const difference of differences) {
    const first = book.firstOf(difference);
    if (!first) continue;
    const { request, port } = first;
    const answers = [a, b].map((side) => (request.connection ? side.connect(connectionIn(request), port) : side.explain(request, port)));
    deciding.set(
      difference,
      answers.flatMap((answer) => (answer.ok && answer.value !== 'requests' ? stepsOfSide(answer.value) : [])),
    );
    if (deciding.size % STRETCH === 0) yield;
  }
  return deciding;
}

/** The rule that was selected, or what ended the request; where no rule took it, also why that does not which comes nearest, for this is what has to be mended. */
function stepsOfSide({ verdict, result, evidence }: Answer<RouteVerdict, RouteResult>): readonly Evidence[] {
  const selected = verdict === 'ROUTED' ? evidence.findLast(({ outcome }) => outcome === 'selected') : undefined;
  const last = selected ?? evidence.at(-1);
  const [near] = verdict === 'NOT_FOUND' ? result.nearMisses : [];
  const nearest = near && evidence.find(({ reason, object }) => object !== null && reason === near.reason);
  return [nearest, last].flatMap((step) => step ?? []);
}

function conclude(
  question: RouteDiffQuestion,
  a: Side,
  b: Side,
  book: DifferenceBook,
  { deciding, ...found }: ReturnType<DifferenceBook['result']> & { readonly deciding: Deciding },
  { expressions, conditions, isCut }: Sampling & { readonly isCut: boolean },
): Answer<RouteDiffVerdict, RouteDiffResult> {
  const { cluster = null, revision = null, requests } = question;
  const notModelled = book.warnings.filter(({ code }) => NOT_MODELLED.has(code)).length;
  const certificatesDiffer = book.toldByClients && question.scheme !== 'http' && !a.clients.asksForCertificatesLike(b.clients);
  const doubt = (code: RouteDiffDoubt, count: number) => (count === 0 ? [] : [{ code, count, message: ROUTE_DIFF_DOUBTS[code] }]);
  const doubts = [
    ...doubt('OUTCOME_OPEN', found.requests.open),
    ...doubt('EXPRESSIONS_SAMPLED', expressions),
    ...doubt('CONDITIONS_SAMPLED', conditions),
    ...doubt('REQUESTS_LIMITED', isCut ? requests : 0),
    ...doubt('NOT_SERVED', book.isServed ? 0 : [a, b].filter(({ isHandled }) => !isHandled).length),
    ...doubt('NOT_MODELLED', notModelled),
    ...doubt('LIMITS_NOT_COMPARED', book.limitsOpen),
    ...doubt('CLIENTS_NOT_COMPARED', book.clientsOpen || Number(certificatesDiffer)),
  ];
  const verdict = found.requests.different > 0 ? 'DIFFERENT' : doubts.length > 0 ? 'UNKNOWN' : 'EQUIVALENT';
  const result: RouteDiffResult = {
    a: comparedSide(a, { cluster: null, revision: null }),
    b: comparedSide(b, { cluster, revision }),
    ...found,
    doubts,
  };
  const leftOut = leftOutNotes(book.leftOut);
  const { assumptions } = book;
  const idle = book.isServed || verdict === 'DIFFERENT' ? [] : [NOTHING_COMPARED];
  const warnings = [...idle, ...leftOut, ...bodyLimitNotes(a, b), ...book.warnings];
  return {
    verdict,
    summary: [summarise(verdict, a, b, result), ...[...idle, ...leftOut].map(({ message }) => message)].join('; '),
    result,
    evidence: evidenceOf(a, b, result, deciding).list(),
    assumptions,
    warnings,
    confidence: verdict === 'UNKNOWN' ? 'INSUFFICIENT_INFO' : assumptions.length > 0 || notModelled > 0 ? 'ASSUMED' : 'CERTAIN',
    enforcement: null,
  };
}

/** Controllers that write `client_max_body_size 1m`, and the setting that says otherwise (kubernetes/ingress-nginx `internal/ingress/controller/config/config.go`, nginx/kubernetes-ingress `internal/configs/config_params.go`). */
const BODY_LIMITS: Readonly<Partial<Record<DialectName, string>>> = {
  'ingress-nginx': 'proxy-body-size',
  'nginx-f5': 'client-max-body-size',
};

/** Requests are compared without bodies: it is told where one side alone turns large ones away by default. */
function bodyLimitNotes(a: Side, b: Side): readonly Note[] {
  const [ofA, ofB] = [a, b].map(({ dialects }) => dialects.find((name) => BODY_LIMITS[name] !== undefined));
  const limiting = ofA ?? ofB;
  if (limiting === undefined || (ofA !== undefined && ofB !== undefined)) return [];
  const message = `${limiting} answers bodies larger than 1m with 413 unless \`${BODY_LIMITS[limiting] ?? ''}\` says otherwise; the other side has no such limit by default`;
  return [{ code: 'BODY_LIMIT_DIFFERS', message }];
}

/** Differences that are not told, where the question does not ask for them. */
function leftOutNotes(counts: DifferenceBook['leftOut']): readonly Note[] {
  return UNUSUAL_ASPECTS.flatMap(({ aspect, code, what }) => {
    const count = counts.get(aspect);
    if (count === undefined) return [];
    return [{ code, message: `${count} of the requests ${what}, which is left out unless \`aspect\` names \`${aspect}\`` }];
  });
}

function comparedSide(
  { class: ingressClass, gateway, dialects, rules }: Side,
  place: Pick<ComparedSide, 'cluster' | 'revision'>,
): ComparedSide {
  return { ...place, class: ingressClass, gateway, dialects, rules: rules.length };
}

/** ` of revision 3 of cluster \`fjord\``. */
function placeText({ cluster, revision }: ComparedSide): string {
  return `${revision === null ? '' : ` of revision ${revision}`}${cluster === null ? '' : ` of cluster \`${cluster}\``}`;
}

function evidenceOf(a: Side, b: Side, { b: placed, requests, differences }: RouteDiffResult, deciding: Deciding): Trail {
  const trail = new Trail();
  for (const message of [a.title, `${b.title}${placeText(placed)}`]) trail.add({ stage: 'side', outcome: 'info', reason: 'SIDE', message });
  const { tried, same, different, open } = requests;
  const message = `${tried} tried: ${same} alike, ${different} not, ${open} left open`;
  trail.add({ stage: 'requests', outcome: 'info', reason: 'REQUESTS_TRIED', message });
  for (const one of differences) {
    const parent = trail.add({ stage: 'difference', outcome: 'no-match', reason: 'DIFFERENCE', message: describeDifference(one) });
    for (const { reason, message: why, object, pointer = null, cites } of deciding.get(one) ?? [])
      trail.addBelow(parent, {
        stage: 'difference',
        outcome: 'info',
        reason: 'DECIDED_BY',
        message: `${reason}: ${why}`,
        object: object ?? undefined,
        pointer: pointer ?? undefined,
        cites,
      });
  }
  return trail;
}

/** `GET http://a/b: status, path; ROUTED shop/web:80 by Ingress shop/web, and ROUTED shop/web:80 by Ingress shop/all; path \`/b\`, and \`/\``. */
function describeDifference({ aspects, requests, witnesses: [first] }: RouteDifference): string {
  if (!first) return aspects.join(', ');
  const { a, b } = first;
  const count = requests === 1 ? '' : ` and ${requests - 1} more`;
  const details = aspects.flatMap((aspect) => detailText(aspect, a, b));
  return [`${requestText(first)}${count}: ${aspects.join(', ')}`, `${answerText(a)}, and ${answerText(b)}`, ...details].join('; ');
}

/** `GET https://a/b (without a client certificate)`, `tcp://a:5432`. */
function requestText({ method, url, sni, authStatus, clientCertificate, clientAddress }: RouteWitness): string {
  const isRequest = url.startsWith('http:') || url.startsWith('https:');
  const client = [
    ...(sni === '' ? ['without SNI'] : []),
    ...(clientAddress === null ? [] : [`from ${clientAddress}`]),
    ...(clientCertificate === '' ? ['without a client certificate'] : []),
    ...(authStatus === null ? [] : [`authStatus ${authStatus}`]),
  ];
  return `${isRequest ? `${method} ` : ''}${url}${client.length === 0 ? '' : ` (${client.join(', ')})`}`;
}

/** What only one side has of an aspect that the answers do not tell in short. */
function detailText(aspect: RouteAspect, a: SideAnswer, b: SideAnswer): readonly string[] {
  if (aspect === 'status' || aspect === 'backend' || aspect === 'redirect' || aspect === 'unserved') return [];
  const [ofA, ofB] = [partsOf(a[aspect]), partsOf(b[aspect])];
  return [`${aspect} ${partsText(ofA.filter((part) => !ofB.includes(part)))}, and ${partsText(ofB.filter((part) => !ofA.includes(part)))}`];
}

function partsOf(value: SideAnswer['path' | 'mirrors']): readonly string[] {
  return value === null ? [] : typeof value === 'string' ? [value] : value;
}

function partsText(parts: readonly string[]): string {
  return parts.length === 0
    ? 'none'
    : firstFew(
        parts.map((part) => `\`${inBrief(part)}\``),
        1,
      );
}

function answerText({ verdict, status, backends, redirect, object, pointer }: SideAnswer): string {
  const to = redirect ?? (backends.length > 0 ? backends.join(' + ') : '');
  const by = object === null ? 'no rule' : `${object}${pointer === null ? '' : ` ${pointer}`}`;
  return `${[verdict, ...(status === null || redirect !== null ? [] : [String(status)]), ...(to === '' ? [] : [to])].join(' ')} by ${by}`;
}

function summarise(
  verdict: RouteDiffVerdict,
  a: Side,
  b: Side,
  { b: placed, requests, counts, differences, doubts }: RouteDiffResult,
): string {
  const sides = `${a.title} and ${b.title}${placeText(placed)}`;
  const of = `${requests.tried} requests`;
  const [first] = differences;
  if (verdict === 'DIFFERENT' && first) {
    const parts = counts.map(({ aspect, requests: count }) => `${aspect} ${count}`).join(', ');
    return `${sides} differ on ${requests.different} of ${of} (${parts}); first ${describeDifference(first)}`;
  }
  if (verdict === 'EQUIVALENT') return `${sides} answer ${of} alike: ${ROUTE_DIFF_VERDICTS[verdict]}`;
  return `${sides} answer none of ${of} differently, which is no proof: ${doubts.map(({ message }) => message).join('; ')}`;
}

import { type Note, uniqueNotes } from '../../../kernel/answer.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { RouteRequest } from '../../route-request.js';
import type { NearMiss, RoutePossibility } from '../../route-result.js';
import { GAPS } from '../gaps.js';
import { type Decision, plainStatus, UNTOUCHED } from './decision.js';
import { followRule, type RuleOutcome } from './follow-rule.js';
import type { GatewayState } from './gateway-state.js';
import { isGRPC, UNIMPLEMENTED } from './grpc-match.js';
import { type Listeners, NOT_ISOLATED, notIsolated } from './isolation.js';
import { GATEWAY_DIALECTS_BY_NAME, type GatewayDialect } from './gateway-dialect.js';
import { bestCovering } from './hostnames.js';
import { type HTTPCandidate, httpCandidates } from './http-candidates.js';
import { type ReadRequest, readRequest } from './http-match.js';
import type { JudgedListener } from './listener-status.js';
import { candidateOf, candidateStep, judge, type JudgedCandidate } from './judged-candidate.js';
import { losesByHost, rankReadings } from './rank-readings.js';
import { ageNotes, winnersOf } from './winners.js';
import { gatewayNearMisses } from './gateway-near-misses.js';

/** What the gateway answers where nothing matches: a call of gRPC is answered with 200 and grpc-status 12. */
export function notFound(request: RouteRequest, why: string): Decision {
  const call = isCall(request);
  return { ...plainStatus('NOT_FOUND', call ? 200 : 404, why), grpcStatus: call ? UNIMPLEMENTED : null };
}

function isCall(request: RouteRequest): boolean {
  return isGRPC(readRequest(request, GATEWAY_DIALECTS_BY_NAME['gateway-api']));
}

/** Decides about a request on its listener, by every way in which its path may be read (divergence D7); where they end differently nothing is guessed. */
export function decideHTTP(
  model: NetworkModel,
  state: GatewayState,
  listener: JudgedListener,
  request: RouteRequest,
  host: string,
  dialect: GatewayDialect,
): Decision {
  const [path = request.path, ...readings] = dialect.paths(request.path);
  const among = (reading: string) => (listeners: Listeners) =>
    decideReading(model, state, listeners, { ...request, path: reading }, host, dialect);
  const decided = among(path)([listener]);
  const others = readings.map((reading) => among(reading)([listener]));
  const code = 'PATH_NORMALISATION_UNSPECIFIED';
  const read = eitherWay(decided, others, { code, message: GAPS[code] }, possibleNothing(request, listener));
  const all = notIsolated(state, listener, dialect);
  return all ? eitherWay(read, [among(path)(all)], NOT_ISOLATED, possibleNothing(request, listener)) : read;
}

/** A request whose connection was opened for another listener than its host belongs to (rule G45), where that may count for nothing. */
export function decideMisdirected(
  model: NetworkModel,
  state: GatewayState,
  listener: JudgedListener,
  request: RouteRequest,
  host: string,
  dialect: GatewayDialect,
  why: string,
): Decision {
  const refused = plainStatus('MISDIRECTED', 421, why);
  const all = notIsolated(state, listener, dialect);
  if (!all) return refused;
  const [path = request.path] = dialect.paths(request.path);
  const byAll = decideReading(model, state, all, { ...request, path }, host, dialect);
  const possible = { verdict: 'MISDIRECTED', status: 421, backends: [], class: null, object: null, pointer: null, why } as const;
  return eitherWay({ ...refused, possibilities: [possible] }, [byAll], NOT_ISOLATED, possibleNothing(request, listener));
}

/** What was decided, unless it ends otherwise in another way that may as well be. */
function eitherWay(decided: Decision, ways: readonly Decision[], gap: Note, nothing: RoutePossibility): Decision {
  const others = ways.filter((other) => endOf(other) !== endOf(decided));
  if (others.length === 0) return decided;
  const possibilities = [decided, ...others].flatMap((one) => (one.possibilities.length > 0 ? one.possibilities : [nothing]));
  const distinct = new Map(possibilities.map((one) => [`${one.verdict} ${one.object ?? ''}${one.pointer ?? ''}`, one]));
  const candidates = others.find((other) => other.candidates.length > decided.candidates.length) ?? decided;
  return undecided([...distinct.values()], uniqueNotes([...decided.unspecified, gap]), candidates);
}

/** What a client sees, and who gets the request. */
function endOf({ verdict, status, redirect, backends }: Decision): string {
  return JSON.stringify([
    verdict,
    status,
    redirect?.location,
    backends.map(({ namespace, service, port, share }) => [namespace, service, port, share]),
  ]);
}

/** The match that ranks first, by every reading of what the text leaves open about precedence. */
function decideReading(
  model: NetworkModel,
  state: GatewayState,
  listeners: Listeners,
  request: RouteRequest,
  host: string,
  dialect: GatewayDialect,
): Decision {
  const [listener] = listeners;
  const read = readRequest(request, dialect);
  const all = ofOneHost(candidatesAmong(state, listeners, host, read), host, dialect);
  const winners = winnersOf(all, dialect);
  const judged = judge(all, winners, rankReadings(dialect));
  const shown = { candidates: judged.map(candidateOf), steps: judged.map(candidateStep) };
  const outcomes = winners.map(({ candidate, gap }) => ({ ...followRule(model, candidate, request, read, listener), gap }));
  const distinct = outcomes.filter((one, index) => outcomes.findIndex((other) => sameEnd(one, other)) === index);
  const gaps = uniqueNotes(outcomes.flatMap(({ gap }) => gap ?? []));
  const [first, ...others] = distinct;
  if (!first) return unmatched(state, listener, request, host, judged, shown);
  const isCertain = winners.some(({ candidate }) => candidate.outcome.state === 'match');
  if (others.length > 0 || !isCertain) {
    const nothing = isCertain ? [] : [possibleNothing(request, listener)];
    return undecided([...distinct.map(possibilityOf), ...nothing], gaps, shown);
  }
  const { steps, ...rest } = first;
  return {
    ...UNTOUCHED,
    ...rest,
    ...shown,
    unspecified: [...rest.unspecified, ...fallThrough(all, first.candidate, dialect)],
    possibilities: [possibilityOf(first)],
    warnings: [...gaps, ...first.warnings],
    assumptions: [...ageNotes(all, winners, dialect), ...first.assumptions],
    steps: [...shown.steps, ...steps],
  };
}

/** Those of several listeners; a route that is on more than one of them has the longest hostname that it has on any. */
function candidatesAmong(
  state: GatewayState,
  listeners: readonly JudgedListener[],
  host: string,
  read: ReadRequest,
): readonly HTTPCandidate[] {
  if (listeners.length < 2) return listeners.flatMap((listener) => httpCandidates(state, listener, host, read));
  const found = new Map<string, HTTPCandidate>();
  for (const one of listeners.flatMap((listener) => httpCandidates(state, listener, host, read))) {
    const key = `${describeRef(one.route.ref)} ${one.match.pointer}`;
    const known = found.get(key);
    if (!known || known.longest < one.longest) found.set(key, one);
  }
  return [...found.values()];
}

/** Where a hostname is a virtual host of its own, the routes under wider ones are not asked (divergence D15). */
function ofOneHost(all: readonly HTTPCandidate[], host: string, { hasVirtualHosts }: GatewayDialect): readonly HTTPCandidate[] {
  if (!hasVirtualHosts) return all;
  const hostnames = all.map(({ hostname }) => hostname);
  const closest = bestCovering(hostnames, host) ?? undefined;
  return all.map((one): HTTPCandidate => {
    if (one.hostname === closest) return one;
    const [own, other] = [one.hostname ?? '*', closest ?? '*'];
    return { ...one, outcome: { state: 'excluded', reason: 'HOST_LESS_SPECIFIC', key: 'hostname', own, other } };
  });
}

/** By the text a wider hostname serves where no match of the most specific one holds; gateways that keep a virtual host per name answer 404 (divergence D15). */
function fallThrough(all: readonly HTTPCandidate[], winner: HTTPCandidate, dialect: GatewayDialect): readonly Note[] {
  const [reading] = rankReadings(dialect);
  const closer = dialect.isText && reading ? all.find((one) => losesByHost(winner, one, reading)) : undefined;
  if (!closer) return [];
  const message = `no match of hostname \`${closer.hostname ?? ''}\` holds: by the text the wider hostname \`${winner.hostname ?? '(every host)'}\` serves, gateways with a virtual host per name answer 404`;
  return [{ code: 'HOST_FALLTHROUGH_UNSPECIFIED', message }];
}

type Shown = Pick<Decision, 'candidates' | 'steps'>;

function nothingMatches(request: RouteRequest, { listener }: JudgedListener): Decision {
  const answered = isCall(request) ? 'Unimplemented (grpc-status 12)' : '404';
  return notFound(request, `${answered}: no rule of a route on listener \`${listener.name}\` matches`);
}

function unmatched(
  state: GatewayState,
  listener: JudgedListener,
  request: RouteRequest,
  host: string,
  judged: readonly JudgedCandidate[],
  shown: Shown,
): Decision {
  const nothing = nothingMatches(request, listener);
  const step: EvidenceStep = { stage: 'decision', outcome: 'no-match', reason: 'NOT_FOUND', message: nothing.why };
  const nearMisses = gatewayNearMisses(state, listener, host, judged);
  return { ...nothing, ...shown, why: withNearest(nothing.why, nearMisses), nearMisses, steps: [...shown.steps, step] };
}

function withNearest(why: string, [near]: readonly NearMiss[]): string {
  return near ? `${why}; nearest: ${near.object === null ? '' : `${near.object}, `}${near.message} (${near.fix})` : why;
}

function undecided(possibilities: readonly RoutePossibility[], gaps: readonly Note[], shown: Shown): Decision {
  const steps = gaps.map(({ code, message }): EvidenceStep => ({ stage: 'decision', outcome: 'info', reason: code, message }));
  const ways = possibilities.map(({ why }) => why).join(' | ');
  return {
    ...UNTOUCHED,
    verdict: 'UNDEFINED',
    status: null,
    why: `undefined: ${ways} (${gaps.map(({ message }) => message).join('; ')})`,
    candidates: shown.candidates,
    possibilities,
    unspecified: gaps,
    steps: [...shown.steps, ...steps],
  };
}

function possibilityOf({ verdict, status, backends, candidate, why }: RuleOutcome): RoutePossibility {
  return { verdict, status, backends, class: null, object: describeRef(candidate.route.ref), pointer: candidate.match.pointer, why };
}

/** Where only a pattern can match, it may also be that nothing does. */
function possibleNothing(request: RouteRequest, listener: JudgedListener): RoutePossibility {
  const { verdict, status, why } = nothingMatches(request, listener);
  return { verdict, status, backends: [], class: null, object: null, pointer: null, why };
}

/** Whether two outcomes end alike: what the client sees and who gets the request. */
function sameEnd(a: RuleOutcome, b: RuleOutcome): boolean {
  const end = ({ verdict, status, backends, redirect, forwarded, responseHeaders, unspecified }: RuleOutcome) =>
    JSON.stringify([
      verdict,
      status,
      redirect?.location,
      forwarded,
      responseHeaders,
      unspecified,
      backends.map(({ namespace, service, port, share, forwarded: own }) => [namespace, service, port, share, own]),
    ]);
  return end(a) === end(b);
}

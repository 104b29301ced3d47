import type { HTTPMatch, HTTPRoute, RouteRule } from '../../../resources/gateway-route.js';
import { prefixPath } from '../path-rule.js';
import { hostnameCovers, hostnameRank } from './hostnames.js';
import type { GatewayState } from './gateway-state.js';
import { matchHTTP, type MatchOutcome, type ReadRequest } from './http-match.js';
import type { JudgedListener } from './listener-status.js';

/** One entry of `matches[]` of a rule of an attached route, and how the request fares with it. */
export interface HTTPCandidate {
  readonly route: HTTPRoute;
  readonly rule: RouteRule<HTTPMatch>;
  readonly ruleIndex: number;
  readonly match: HTTPMatch;
  readonly matchIndex: number;
  /** The hostname under which the route is reached, its intersection with the listener's; null: none of them covers the host. */
  readonly hostname: string | undefined | null;
  /** The same as the route writes it. */
  readonly written: string | undefined;
  readonly outcome: MatchOutcome;
}

/** Every match of every HTTPRoute on a listener, in the order of the routes. */
export function httpCandidates(
  state: GatewayState,
  listener: JudgedListener,
  host: string,
  request: ReadRequest,
): readonly HTTPCandidate[] {
  const candidates: HTTPCandidate[] = [];
  const seen = new Set<HTTPRoute>();
  for (const { route, attached } of state.attachments) {
    const here = attached.find((one) => one.listener === listener);
    if (route.kind !== 'HTTPRoute' || !here || seen.has(route)) continue;
    seen.add(route);
    const hostname = bestCovering(here.hostnames, host);
    const written = hostname === null ? undefined : (bestCovering(route.hostnames, host) ?? hostname);
    for (const [ruleIndex, rule] of route.rules.entries()) {
      for (const [matchIndex, match] of rule.matches.entries()) {
        const outcome: MatchOutcome =
          hostname === null
            ? { state: 'no-match', reason: 'HOST_NO_MATCH', key: 'hostname', own: here.hostnames.join(', '), other: host }
            : matchHTTP(match, request);
        candidates.push({ route, rule, ruleIndex, match, matchIndex, hostname, written, outcome });
      }
    }
  }
  return candidates;
}

/** The most specific hostname that covers the host; null where none does. */
function bestCovering(hostnames: readonly (string | undefined)[], host: string): string | undefined | null {
  let best: string | undefined | null = null;
  for (const hostname of hostnames) {
    if (!hostnameCovers(hostname, host)) continue;
    const [precise, length] = hostnameRank(hostname);
    const [bestPrecise, bestLength] = best === null ? [-1, -1] : hostnameRank(best);
    if (precise > bestPrecise || (precise === bestPrecise && length > bestLength)) best = hostname;
  }
  return best;
}

/** A way to read what the text of the specification leaves open about precedence. */
export interface RankReading {
  /** Whether keys 1 and 2 see the route's hostname as it is written, or its intersection with the listener's (kubernetes-sigs/gateway-api#5120). */
  readonly hostnames: 'intersected' | 'written';
  /** Whether a `/` at the end of a prefix counts as a character of it. */
  readonly finalSlash: boolean;
}

/** The ways in which implementations read the text; the first is how its words are taken most often. */
export const RANK_READINGS: readonly RankReading[] = [
  { hostnames: 'intersected', finalSlash: true },
  { hostnames: 'written', finalSlash: true },
  { hostnames: 'intersected', finalSlash: false },
];

interface RankKey {
  readonly name: string;
  /** Why a candidate loses on this key. */
  readonly reason: string;
  readonly smallerWins?: true;
  readonly value: (candidate: HTTPCandidate, reading: RankReading) => number | string;
}

const hostOf = (candidate: HTTPCandidate, reading: RankReading) =>
  hostnameRank(reading.hostnames === 'written' ? candidate.written : (candidate.hostname ?? undefined));

/** 6.3, key by key (`apis/v1/httproute_types.go`, `HTTPRouteRule.Matches` and `HTTPRouteSpec.Hostnames`). */
const RANK_KEYS: readonly RankKey[] = [
  { name: 'hostname', reason: 'HOST_LESS_SPECIFIC', value: (one, reading) => hostOf(one, reading)[0] },
  { name: 'hostname-length', reason: 'HOST_LESS_SPECIFIC', value: (one, reading) => hostOf(one, reading)[1] },
  { name: 'path-type', reason: 'NOT_EXACT', value: ({ match }) => (match.path.type === 'Exact' ? 1 : 0) },
  {
    name: 'path-length',
    reason: 'PATH_SHORTER',
    value: ({ match: { path } }, { finalSlash }) =>
      path.type === 'PathPrefix' ? (finalSlash ? path.value : prefixPath(path.value)).length : 0,
  },
  { name: 'method', reason: 'NO_METHOD', value: ({ match }) => (match.method === undefined ? 0 : 1) },
  { name: 'headers', reason: 'FEWER_HEADERS', value: ({ match }) => match.headers.length },
  { name: 'query', reason: 'FEWER_QUERY_PARAMS', value: ({ match }) => match.queryParams.length },
  { name: 'age', reason: 'YOUNGER', smallerWins: true, value: ({ route }) => route.createdAt ?? '~' },
  { name: 'name', reason: 'NAME_LATER', smallerWins: true, value: ({ route }) => `${route.namespace}/${route.ref.name}` },
  { name: 'rule', reason: 'RULE_LATER', smallerWins: true, value: ({ ruleIndex }) => ruleIndex },
  { name: 'match', reason: 'RULE_LATER', smallerWins: true, value: ({ matchIndex }) => matchIndex },
];

/** The first key on which two candidates differ. */
export interface RankDifference {
  readonly key: string;
  readonly reason: string;
  readonly own: string;
  readonly other: string;
}

/** Why a candidate loses to another; undefined where it does not. */
export function lostOn(loser: HTTPCandidate, winner: HTTPCandidate, reading: RankReading): RankDifference | undefined {
  for (const { name, reason, smallerWins, value } of RANK_KEYS) {
    const [own, other] = [value(loser, reading), value(winner, reading)];
    if (own === other) continue;
    const loses = smallerWins ? own > other : own < other;
    return loses ? { key: name, reason, own: String(own), other: String(other) } : undefined;
  }
  return undefined;
}

/** The candidate that ranks first by a reading; undefined where none matches. */
export function bestOf(candidates: readonly HTTPCandidate[], reading: RankReading): HTTPCandidate | undefined {
  return candidates.reduce<HTTPCandidate | undefined>(
    (best, candidate) => (best === undefined || lostOn(best, candidate, reading) ? candidate : best),
    undefined,
  );
}

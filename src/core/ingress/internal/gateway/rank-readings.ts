import { prefixPath } from '../path-rule.js';
import { ageOf } from './age.js';
import { envoyRank, type EnvoyRank } from './envoy-rank.js';
import type { GatewayDialect } from './gateway-dialect.js';
import { hostnameRank } from './hostnames.js';
import type { HTTPCandidate, ReadMatch } from './http-candidates.js';
import { callRuleLength } from './traefik-call.js';

/** A way to read what the text of the specification leaves open about precedence. */
export interface RankReading {
  /** Whether keys 1 and 2 see the route's hostname as it is written, or its intersection with the listener's (kubernetes-sigs/gateway-api#5120). */
  readonly hostnames: 'intersected' | 'written';
  /** Whether a `/` at the end of a prefix counts as a character of it. */
  readonly finalSlash: boolean;
  readonly keys: readonly RankKey[];
}

interface RankKey {
  readonly name: string;
  /** Why a candidate loses on this key. */
  readonly reason: string;
  readonly smallerWins?: true;
  readonly value: (candidate: HTTPCandidate, reading: RankReading) => number | string;
  /** As answers write it, where that is not the value. */
  readonly shown?: (candidate: HTTPCandidate) => string;
}

const hostOf = (candidate: HTTPCandidate, reading: RankReading) =>
  hostnameRank(reading.hostnames === 'written' ? candidate.written : candidate.hostname);

/** Where matches are equal. */
const TIE_KEYS: readonly RankKey[] = [
  {
    name: 'age',
    reason: 'YOUNGER',
    smallerWins: true,
    value: ({ route }) => ageOf(route),
    shown: ({ route }) => route.createdAt ?? 'unknown',
  },
  { name: 'name', reason: 'NAME_LATER', smallerWins: true, value: ({ route }) => `${route.namespace}/${route.ref.name}` },
  { name: 'rule', reason: 'RULE_LATER', smallerWins: true, value: ({ ruleIndex }) => ruleIndex },
  { name: 'match', reason: 'RULE_LATER', smallerWins: true, value: ({ matchIndex }) => matchIndex },
];

/** 6.3, key by key (`apis/v1/httproute_types.go` and `grpcroute_types.go`, `Hostnames` and `Matches`). Routes of the two kinds never meet: they share no hostname. */
const RANK_KEYS: readonly RankKey[] = [
  { name: 'hostname', reason: 'HOST_LESS_SPECIFIC', value: (one, reading) => hostOf(one, reading)[0] },
  { name: 'hostname-length', reason: 'HOST_LESS_SPECIFIC', value: (one, reading) => hostOf(one, reading)[1] },
  { name: 'path-type', reason: 'NOT_EXACT', value: ({ match }) => (match.path?.type === 'Exact' ? 1 : 0) },
  {
    name: 'path-length',
    reason: 'PATH_SHORTER',
    value: ({ match: { path } }, { finalSlash }) =>
      path?.type === 'PathPrefix' ? (finalSlash ? path.value : prefixPath(path.value)).length : 0,
  },
  { name: 'grpc-service', reason: 'CALL_LESS_SPECIFIC', value: ({ match }) => match.call[0] },
  { name: 'grpc-method', reason: 'CALL_LESS_SPECIFIC', value: ({ match }) => match.call[1] },
  { name: 'method', reason: 'NO_METHOD', value: ({ match }) => (match.method === undefined ? 0 : 1) },
  { name: 'headers', reason: 'FEWER_HEADERS', value: ({ match }) => match.headers },
  { name: 'query', reason: 'FEWER_QUERY_PARAMS', value: ({ match }) => match.queryParams },
  ...TIE_KEYS,
];

/** The ways in which implementations read the text; the first is how its words are taken most often. */
export const RANK_READINGS: readonly RankReading[] = [
  { hostnames: 'intersected', finalSlash: true, keys: RANK_KEYS },
  { hostnames: 'written', finalSlash: true, keys: RANK_KEYS },
  { hostnames: 'intersected', finalSlash: false, keys: RANK_KEYS },
];

/**
 * traefik/traefik `pkg/provider/kubernetes/gateway/httproute.go`, `buildMatchRule` and `buildHostRule`: one router for all hostnames of a route, whose priority is the characters of the longest of
 * them, a number for every part of the match, and one for every rule that does not stand before its own (rule T9, divergence D21); of a GRPCRoute the characters of the rule (`grpcroute.go`).
 */
const SUM: RankReading = {
  hostnames: 'intersected',
  finalSlash: true,
  keys: [{ name: 'priority', reason: 'LOWER_PRIORITY', value: (one) => one.longest + sumOf(one.match) + rulesFrom(one) }],
};

/** `loadHTTPRouteConfiguration`: of two rules of a route the earlier one has the more. */
function rulesFrom({ route, ruleIndex }: HTTPCandidate): number {
  return route.kind === 'HTTPRoute' ? route.rules.length - ruleIndex : 0;
}

function sumOf({ type, value, method, headers, queryParams, source }: ReadMatch): number {
  if ('service' in source) return callRuleLength(source);
  const named = (method === undefined ? 0 : 1000) + headers * 100 + queryParams * 10;
  if (type === 'Exact') return 100_000 + named;
  return (value === '/' ? 1 : 10_000 + value.length * 100) + named;
}

const byEnvoy = (name: string, reason: string, value: (rank: EnvoyRank) => number): RankKey => ({
  name,
  reason,
  value: ({ match }) => value(envoyRank(match.source)),
});

/**
 * envoyproxy/gateway `internal/gatewayapi/sort.go`, `XdsIRRoutes.Less` (since 1.3.3), below one hostname: the kind of path, its characters, headers (the method is one of them), those of them that
 * are exact, parameters alike; routes come there by age and name (`ProcessHTTPRoutes`).
 */
const ENVOY: RankReading = {
  hostnames: 'intersected',
  finalSlash: true,
  keys: [
    byEnvoy('path-type', 'NOT_EXACT', ({ pathKind }) => pathKind),
    byEnvoy('path-length', 'PATH_SHORTER', ({ pathLength }) => pathLength),
    byEnvoy('headers', 'FEWER_HEADERS', ({ headers }) => headers),
    byEnvoy('exact-headers', 'FEWER_HEADERS', ({ exactHeaders }) => exactHeaders),
    byEnvoy('query', 'FEWER_QUERY_PARAMS', ({ queryParams }) => queryParams),
    byEnvoy('exact-query', 'FEWER_QUERY_PARAMS', ({ exactQueryParams }) => exactQueryParams),
    ...TIE_KEYS,
  ],
};

const READINGS_OF: Readonly<Record<GatewayDialect['precedence'], readonly RankReading[]>> = {
  keys: RANK_READINGS,
  sum: [SUM],
  envoy: [ENVOY],
};

/** The ways in which a dialect ranks: several where the text leaves it open. */
export function rankReadings({ precedence }: GatewayDialect): readonly RankReading[] {
  return READINGS_OF[precedence];
}

/** The first key on which two candidates differ. */
export interface RankDifference {
  readonly key: string;
  readonly reason: string;
  readonly own: string;
  readonly other: string;
}

/** Why a candidate loses to another; undefined where it does not. */
export function lostOn(loser: HTTPCandidate, winner: HTTPCandidate, reading: RankReading): RankDifference | undefined {
  for (const { name, reason, smallerWins, value, shown } of reading.keys) {
    const [own, other] = [value(loser, reading), value(winner, reading)];
    if (own === other) continue;
    const loses = smallerWins ? own > other : own < other;
    if (!loses) return undefined;
    return { key: name, reason, own: shown?.(loser) ?? String(own), other: shown?.(winner) ?? String(other) };
  }
  return undefined;
}

/** Whether a candidate loses by its hostname alone (keys 1 and 2). */
export function losesByHost(loser: HTTPCandidate, winner: HTTPCandidate, reading: RankReading): boolean {
  const [own, other] = [hostOf(loser, reading), hostOf(winner, reading)];
  return own[0] < other[0] || (own[0] === other[0] && own[1] < other[1]);
}

/** The candidate that ranks first by a reading; undefined where none matches. */
export function bestOf(candidates: readonly HTTPCandidate[], reading: RankReading): HTTPCandidate | undefined {
  return candidates.reduce<HTTPCandidate | undefined>(
    (best, candidate) => (best === undefined || lostOn(best, candidate, reading) ? candidate : best),
    undefined,
  );
}

import type { NetworkModel } from '../../../model/network-model.js';
import type { GRPCMatch, GRPCRoute, HTTPMatch, HTTPRoute, NamedMatch } from '../../../resources/gateway-route.js';
import type { RouteLintCodeName } from '../../route-lint-codes.js';
import type { RuleWitness, RulePlace, RuleState } from '../../route-lint-result.js';
import type { RouteRequest } from '../../route-request.js';
import type { AttachedRoute } from '../gateway/attachments.js';
import { choose } from '../gateway/choose-listener.js';
import type { GatewayState } from '../gateway/gateway-state.js';
import { type HTTPCandidate, httpCandidates } from '../gateway/http-candidates.js';
import { lostOn, RANK_READINGS } from '../gateway/rank-readings.js';
import { GATEWAY_DIALECTS_BY_NAME } from '../gateway/gateway-dialect.js';
import { readRequest } from '../gateway/http-match.js';
import { winnersOf } from '../gateway/winners.js';
import { coversByElements } from '../open-path.js';
import { ListenerWitnesses, withoutCertificate } from './listener-witness.js';
import { unreachableRoute } from './unreachable-route.js';
import { witnessHosts } from './witness-requests.js';

const TEXT = GATEWAY_DIALECTS_BY_NAME['gateway-api'];

/** What was shown of one match. */
export interface MatchProof {
  readonly state: RuleState;
  readonly witness?: RuleWitness;
  readonly by?: readonly RulePlace[];
  readonly why?: string;
  readonly code?: RouteLintCodeName;
}

type Route = HTTPRoute | GRPCRoute;
type Match = HTTPMatch | GRPCMatch;
type RequestsTo = (attached: AttachedRoute, host: string) => readonly RouteRequest[];

/** What one request showed. */
type Attempt =
  | { readonly ends: 'own'; readonly witness: RuleWitness }
  | { readonly ends: 'other'; readonly winner: HTTPCandidate }
  | { readonly ends: 'open'; readonly why: string };

/**
 * Shows of matches of a Gateway's routes that a request reaches them, or that none does: on each listener and hostname another match ranks first by every reading and
 * asks for nothing that this one does not. Whether it ranks first depends on the two alone (6.3), not on the request.
 */
export class GatewayProver {
  private readonly witnessFor: (hostname: string | undefined) => string;
  private readonly witnesses: ListenerWitnesses;

  constructor(
    private readonly model: NetworkModel,
    private readonly state: GatewayState,
  ) {
    const written = model.gatewayApi.routes.flatMap((route) => route.hostnames);
    const hostnames = new Set([...written, ...state.listeners.flatMap(({ listener }) => listener.hostname ?? [])]);
    this.witnessFor = witnessHosts((name) => hostnames.has(name));
    this.witnesses = new ListenerWitnesses(model);
  }

  /** Why nothing reaches a route that is attached so; undefined where it is served. */
  unreachable(attached: readonly AttachedRoute[]): string | undefined {
    return unreachableRoute(this.model, this.state, attached);
  }

  prove(route: Route, match: Match, served: readonly AttachedRoute[], requestsTo: RequestsTo): MatchProof {
    const by: HTTPCandidate[] = [];
    let undecided: string | undefined;
    for (const attached of served) {
      for (const hostname of attached.hostnames) {
        const here = this.onHostname(route, match, attached, hostname, requestsTo);
        if (here.ends === 'own') return { state: 'live', witness: here.witness };
        if (here.ends === 'open') undecided ??= here.why;
        else by.push(here.winner);
      }
    }
    if (undecided !== undefined) return { state: 'undecided', why: undecided, code: 'ING-UNDECIDED' };
    const places = by.map((one) => ({ object: one.route.ref, pointer: one.match.pointer }));
    const names = [...new Set(by.map(textOf))].join(' and ');
    return { state: 'shadowed', by: places, why: `all it matches is taken by ${names}`, code: 'ING-SHADOWED' };
  }

  private onHostname(route: Route, match: Match, attached: AttachedRoute, hostname: string | undefined, requestsTo: RequestsTo): Attempt {
    const host = this.witnessFor(hostname);
    let why = 'no request was found that reaches it';
    for (const request of requestsTo(attached, host)) {
      const attempt = this.attempt(route, match, attached, host, request);
      if (attempt.ends !== 'open') return attempt;
      why = attempt.why;
    }
    return { ends: 'open', why };
  }

  private attempt(route: Route, match: Match, attached: AttachedRoute, host: string, request: RouteRequest): Attempt {
    const { listener } = attached;
    const { listener: taken } = choose(this.state, { scheme: request.scheme, port: listener.listener.port, host, sni: request.sni });
    if (taken !== listener) return { ends: 'open', why: `listener \`${taken?.listener.name ?? '(none)'}\` takes requests for \`${host}\`` };
    const all = httpCandidates(this.state, listener, host, readRequest(request, TEXT));
    const winners = winnersOf(all, TEXT);
    const [first] = winners;
    if (!first) return { ends: 'open', why: 'no request was found that it matches' };
    if (winners.length > 1 || first.candidate.outcome.state !== 'match') {
      return { ends: 'open', why: winners.find(({ gap }) => gap)?.gap?.message ?? 'several rules may take its requests' };
    }
    const isOwn = (one: HTTPCandidate) => one.route === route && one.match.pointer === match.pointer;
    if (isOwn(first.candidate)) {
      const witness = this.witnesses.of(request, listener);
      return witness ? { ends: 'own', witness } : { ends: 'open', why: withoutCertificate(listener) };
    }
    const own = all.find(isOwn);
    const winner = first.candidate;
    const isProven = own && RANK_READINGS.every((reading) => lostOn(own, winner, reading)) && asksNoMore(winner, match);
    return isProven ? { ends: 'other', winner } : { ends: 'open', why: `${textOf(winner)} takes the requests that were tried` };
  }
}

const textOf = ({ route, match }: HTTPCandidate) =>
  `${match.type} \`${match.value}\` of ${route.kind} ${route.namespace}/${route.ref.name}`;

/** Whether every request that `match` admits is admitted by the winner, which is reached under the same host. */
function asksNoMore({ route, match: { pointer } }: HTTPCandidate, match: Match): boolean {
  const winner = route.rules.flatMap((rule): readonly Match[] => rule.matches).find((one) => one.pointer === pointer);
  if (!winner) return false;
  const isNamed = (all: readonly NamedMatch[], { type, name, value }: NamedMatch) =>
    type === 'Exact' && all.some((one) => one.type === 'Exact' && one.name === name && one.value === value);
  if (!winner.headers.every((one) => isNamed(match.headers, one))) return false;
  if (winner.method !== undefined && winner.method !== match.method) return false;
  if (!('path' in winner) || !('path' in match)) {
    if ('path' in winner || 'path' in match || winner.type !== 'Exact' || match.type !== 'Exact') return false;
    return winner.service === undefined || winner.service === match.service;
  }
  if (!winner.queryParams.every((one) => isNamed(match.queryParams, one))) return false;
  if (winner.path.type === 'PathPrefix')
    return match.path.type !== 'RegularExpression' && coversByElements(winner.path.value, match.path.value);
  return winner.path.type === 'Exact' && match.path.type === 'Exact' && winner.path.value === match.path.value;
}

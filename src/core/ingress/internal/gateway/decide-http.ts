import { type Note, uniqueNotes } from '../../../kernel/answer.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { RouteRequest } from '../../route-request.js';
import type {
  NearMiss,
  ResponseHeaderChange,
  RouteBackend,
  RouteCandidate,
  RouteMirror,
  RoutePossibility,
  RouteResult,
  RouteVerdict,
} from '../../route-result.js';
import { followRule, type RuleOutcome } from './follow-rule.js';
import type { GatewayState } from './gateway-state.js';
import { isGRPC } from './grpc-match.js';
import { httpCandidates } from './http-candidates.js';
import { readRequest } from './http-match.js';
import type { JudgedListener } from './listener-status.js';
import { candidateOf, candidateStep, judge } from './judged-candidate.js';
import { winnersOf } from './winners.js';
import { gatewayNearMisses } from './gateway-near-misses.js';

/** What becomes of a request behind its listener. */
export interface Decision {
  readonly verdict: RouteVerdict;
  readonly status: number | null;
  /** The way, in one line. */
  readonly why: string;
  readonly backends: readonly RouteBackend[];
  readonly errorShare: number;
  readonly forwarded: RouteResult['forwarded'];
  readonly redirect: RouteResult['redirect'];
  readonly mirrors: readonly RouteMirror[];
  readonly responseHeaders: readonly ResponseHeaderChange[];
  readonly candidates: readonly RouteCandidate[];
  readonly possibilities: readonly RoutePossibility[];
  readonly unspecified: readonly Note[];
  readonly warnings: readonly Note[];
  readonly nearMisses: readonly NearMiss[];
  readonly steps: readonly EvidenceStep[];
}

const NOTHING = {
  backends: [],
  errorShare: 0,
  forwarded: null,
  redirect: null,
  mirrors: [],
  responseHeaders: [],
  candidates: [],
  possibilities: [],
  unspecified: [],
  warnings: [],
  nearMisses: [],
  steps: [],
} as const;

/** A decision that the gateway takes by itself. */
export function plainStatus(verdict: RouteVerdict, status: number | null, why: string): Decision {
  return { ...NOTHING, verdict, status, why };
}

/** What the gateway answers where nothing matches: a call of gRPC is answered with 200 and grpc-status 12. */
export function notFoundStatus(request: RouteRequest): number {
  return isGRPC(readRequest(request)) ? 200 : 404;
}

/** Decides about a request on its listener: the match that ranks first, by every reading of what the text leaves open; where the readings end differently nothing is guessed. */
export function decideHTTP(
  model: NetworkModel,
  state: GatewayState,
  listener: JudgedListener,
  request: RouteRequest,
  host: string,
): Decision {
  const read = readRequest(request);
  const all = httpCandidates(state, listener, host, read);
  const winners = winnersOf(all);
  const judged = judge(all, winners);
  const shown = { candidates: judged.map(candidateOf), steps: judged.map(candidateStep) };
  const port = listener.listener.port;
  const outcomes = winners.map(({ candidate, gap }) => ({ ...followRule(model, candidate, request, read, port), gap }));
  const distinct = outcomes.filter((one, index) => outcomes.findIndex((other) => sameEnd(one, other)) === index);
  const gaps = uniqueNotes(outcomes.flatMap(({ gap }) => gap ?? []));
  const [first] = distinct;
  if (!first) {
    const grpc = isGRPC(read);
    const answered = grpc ? 'Unimplemented (grpc-status 12)' : '404';
    const why = `${answered}: no rule of a route on listener \`${listener.listener.name}\` matches`;
    const step: EvidenceStep = { stage: 'decision', outcome: 'no-match', reason: 'NOT_FOUND', message: why };
    const nearMisses = gatewayNearMisses(state, listener, host, judged);
    return {
      ...NOTHING,
      verdict: 'NOT_FOUND',
      status: notFoundStatus(request),
      why: withNearest(why, nearMisses),
      ...shown,
      nearMisses,
      steps: [...shown.steps, step],
    };
  }
  if (distinct.length > 1) return undecided(distinct, gaps, shown);
  const possibilities = [possibilityOf(first)];
  const { steps, ...rest } = first;
  return { ...NOTHING, ...rest, ...shown, possibilities, warnings: gaps, steps: [...shown.steps, ...steps] };
}

function withNearest(why: string, [near]: readonly NearMiss[]): string {
  return near ? `${why}; nearest: ${near.object === null ? '' : `${near.object}, `}${near.message} (${near.fix})` : why;
}

function undecided(distinct: readonly RuleOutcome[], gaps: readonly Note[], shown: Pick<Decision, 'candidates' | 'steps'>): Decision {
  const steps = gaps.map(({ code, message }): EvidenceStep => ({ stage: 'decision', outcome: 'info', reason: code, message }));
  const ways = distinct.map(({ why }) => why).join(' | ');
  return {
    ...NOTHING,
    verdict: 'UNDEFINED',
    status: null,
    why: `undefined: ${ways} (${gaps.map(({ message }) => message).join('; ')})`,
    candidates: shown.candidates,
    possibilities: distinct.map(possibilityOf),
    unspecified: gaps,
    steps: [...shown.steps, ...steps],
  };
}

function possibilityOf({ verdict, status, backends, candidate, why }: RuleOutcome): RoutePossibility {
  return { verdict, status, backends, class: null, object: describeRef(candidate.route.ref), pointer: candidate.match.pointer, why };
}

/** Whether two outcomes end alike: what the client sees and who gets the request. */
function sameEnd(a: RuleOutcome, b: RuleOutcome): boolean {
  const end = ({ verdict, status, backends, redirect, forwarded }: RuleOutcome) =>
    JSON.stringify([
      verdict,
      status,
      redirect?.location,
      forwarded,
      backends.map(({ namespace, service, port, share }) => [namespace, service, port, share]),
    ]);
  return end(a) === end(b);
}

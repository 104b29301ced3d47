import { assertNever } from '../../../kernel/assert-never.js';
import type { Note } from '../../../kernel/answer.js';
import type { RouteRequest } from '../../route-request.js';
import type { RouteLimits, RouteVerdict } from '../../route-result.js';
import { type AttemptsOutcome, playAttempts } from './attempts.js';
import type { HTTPCandidate } from './http-candidates.js';

/** How a rule ends, by its backends alone: the verdict, the status and the way in words. */
export type RuleEnd = readonly [verdict: RouteVerdict, status: number | null, words: string];

/** How a rule ends after its timeouts and retries. */
interface PlayedEnd {
  readonly limits: RouteLimits | null;
  readonly verdict: RouteVerdict;
  readonly status: number | null;
  readonly end: string;
  readonly unspecified: readonly Note[];
}

type Rule = HTTPCandidate['rule'];

/** A rule by whose limits and sessions nobody goes. */
export function withoutLimits(rule: Rule): Rule {
  return { ...rule, timeouts: { request: undefined, backendRequest: undefined }, retry: undefined, session: undefined };
}

/** What the limits of a rule make of a request whose backend behaves as the question says; without such a word they are told and change nothing. */
export function played(
  rule: Rule,
  { backendBehaviour }: Pick<RouteRequest, 'backendBehaviour'>,
  [verdict, status, end]: RuleEnd,
): PlayedEnd {
  const limits = limitsOf(rule);
  const plain = { limits, verdict, status, end, unspecified: [] };
  if (!backendBehaviour || verdict !== 'ROUTED') return plain;
  const outcome = playAttempts(rule.timeouts, rule.retry, backendBehaviour);
  const sent = { ...(limits ?? NO_LIMITS), sent: outcome.sent };
  return { ...plain, limits: sent, ...endOf(outcome, plain) };
}

function endOf(outcome: AttemptsOutcome, { verdict, end }: Pick<PlayedEnd, 'verdict' | 'end'>): Omit<PlayedEnd, 'limits'> {
  const after = `${outcome.sent} attempt${outcome.sent === 1 ? '' : 's'}`;
  switch (outcome.end) {
    case 'timeout':
      return { verdict: 'TIMED_OUT', status: 504, end: `${end}, timed out in ${after}: 504`, unspecified: [] };
    case 'failed': {
      const message = 'the specification does not say which error a client sees whose backend cannot be reached';
      const unspecified = [{ code: 'STATUS_UNSPECIFIED', message }];
      return {
        verdict: 'BACKEND_FAILED',
        status: 503,
        end: `${end}, not reached in ${after}: an error, 503 in most gateways`,
        unspecified,
      };
    }
    case 'open':
    case 'racing': {
      const message =
        outcome.end === 'open'
          ? 'a retry without `attempts` is repeated as often as the implementation likes'
          : 'how long is waited before a retry is up to the implementation (`backoff` is where it begins), and so is whether the timeout of the request comes first';
      return { verdict: 'UNDEFINED', status: null, end: `${end}: ${message}`, unspecified: [{ code: 'RETRIES_UNSPECIFIED', message }] };
    }
    case 'answered': {
      const answer = outcome.status === undefined ? `answered in ${after}` : `answers ${outcome.status} in ${after}`;
      return { verdict, status: outcome.status ?? null, end: `${end}, ${answer}`, unspecified: [] };
    }
    default:
      return assertNever(outcome.end);
  }
}

const NO_LIMITS = { request: null, backendRequest: null, retries: null, retriedStatuses: [] };

function limitsOf({ timeouts: { request, backendRequest }, retry }: Rule): RouteLimits | null {
  const limit = (timeout: number | undefined) => (timeout === undefined || timeout === 0 ? null : timeout);
  if (limit(request) === null && limit(backendRequest) === null && !retry) return null;
  return {
    request: limit(request),
    backendRequest: limit(backendRequest),
    retries: retry?.attempts ?? null,
    retriedStatuses: retry?.codes ?? [],
    sent: null,
  };
}

/** Session persistence goes before the weights: later requests of a session go where its first one went (rule G46; `apis/v1/shared_types.go`, `SessionPersistence`). */
export function sessionNotes({ session, backends }: Rule): readonly Note[] {
  if (!session || backends.length < 2) return [];
  const name = session.name === undefined ? '' : ` \`${session.name}\``;
  const message = `the rule keeps sessions together by ${session.type === 'Cookie' ? 'a cookie' : 'a header'}${name}: the shares hold for the first request of each`;
  return [{ code: 'SESSION_PERSISTENCE', message }];
}

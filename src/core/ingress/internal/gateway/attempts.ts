import type { RouteRetry, RouteTimeouts } from '../../../resources/gateway-route.js';
import type { BackendBehaviour } from '../../route-request.js';

/** How the attempts to reach a backend end. */
export interface AttemptsOutcome {
  /**
   * `answered`: the backend's answer goes to the client; `failed`: no connection; `timeout`: 504; `open`: how often is retried is up to the implementation; `racing`: so is how long it
   * waits before, and with that whether the request's own timeout comes first.
   */
  readonly end: 'answered' | 'failed' | 'timeout' | 'open' | 'racing';
  /** The status of the backend's answer, where it is a failure. */
  readonly status: number | undefined;
  /** Attempts in all. */
  readonly sent: number;
}

/** One attempt: whether it is good, and how long it takes. */
interface Attempt {
  readonly end: 'good' | 'status' | 'connection' | 'timeout';
  readonly took: number;
}

/**
 * Plays the attempts of a gateway by the timeouts and the retries of a rule (rules G34 and G35; `apis/v1/httproute_types.go`, `HTTPRouteTimeouts` and
 * `HTTPRouteRetry`): a request is sent again at most `attempts` times, after a listed status, a connection error or a timed out attempt, all within the request's own timeout.
 */
export function playAttempts(timeouts: RouteTimeouts, retry: RouteRetry | undefined, behaviour: BackendBehaviour): AttemptsOutcome {
  const status = typeof behaviour.failure === 'number' ? behaviour.failure : undefined;
  let [elapsed, waited] = [0, 0];
  for (let sent = 1; ; sent++) {
    const { end, took } = attempt(timeouts, behaviour, sent);
    elapsed += took;
    if (limitOf(timeouts.request) < elapsed) return { end: 'timeout', status: undefined, sent };
    if (limitOf(timeouts.request) < elapsed + waited) return { end: 'racing', status: undefined, sent };
    if (end === 'good') return { end: 'answered', status: undefined, sent };
    const mayRetry = retry !== undefined && (end !== 'status' || (status !== undefined && retry.codes.includes(status)));
    if (mayRetry && retry.attempts === undefined) return { end: 'open', status, sent };
    if (mayRetry && sent <= (retry.attempts ?? 0)) {
      waited += retry.backoff ?? 0;
      continue;
    }
    if (end === 'status') return { end: 'answered', status, sent };
    return { end: end === 'timeout' ? 'timeout' : 'failed', status: undefined, sent };
  }
}

function attempt({ backendRequest }: RouteTimeouts, { failures, failure, delay }: BackendBehaviour, number: number): Attempt {
  if (number > failures) return { end: 'good', took: 0 };
  if (delay > limitOf(backendRequest)) return { end: 'timeout', took: limitOf(backendRequest) };
  if (failure === undefined) return { end: 'good', took: delay };
  return { end: failure === 'connection' ? 'connection' : 'status', took: delay };
}

/** Zero and nothing are no limit (`HTTPRouteTimeouts`: "a zero-valued duration […] disables the timeout"). */
function limitOf(timeout: number | undefined): number {
  return timeout === undefined || timeout === 0 ? Number.POSITIVE_INFINITY : timeout;
}

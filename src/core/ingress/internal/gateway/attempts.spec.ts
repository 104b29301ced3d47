import { describe, expect, it } from 'vitest';
import type { RouteRetry, RouteTimeouts } from '../../../resources/gateway-route.js';
import type { BackendBehaviour } from '../../route-request.js';
import { playAttempts } from './attempts.js';

const NONE: RouteTimeouts = { request: undefined, backendRequest: undefined };
const play = (behaviour: Partial<BackendBehaviour>, retry?: RouteRetry, timeouts: Partial<RouteTimeouts> = {}) => {
  const whole = { failures: Number.POSITIVE_INFINITY, failure: undefined, delay: 0, ...behaviour };
  const { end, status, sent } = playAttempts({ ...NONE, ...timeouts }, retry, whole);
  return `${end}${status === undefined ? '' : ` ${status}`} ${sent}`;
};
const retry = (attempts: number | undefined, ...codes: number[]): RouteRetry => ({ attempts, codes, backoff: undefined });

/** `HTTPRouteRetry.Attempts`: "the maximum number of times an individual request from the gateway to a backend should be retried. If the maximum […] the Gateway MUST return an error". */
describe('retries', () => {
  it.each<[what: string, behaviour: Partial<BackendBehaviour>, rule: RouteRetry | undefined, expected: string]>([
    ['nothing goes wrong', { failures: 0 }, retry(3, 500), 'answered 1'],
    ['no retry without a word of it', { failures: 1, failure: 500 }, undefined, 'answered 500 1'],
    ['a listed status, often enough', { failures: 3, failure: 500 }, retry(3, 500), 'answered 4'],
    ['a listed status, once too often', { failures: 4, failure: 500 }, retry(3, 500), 'answered 500 4'],
    ['another status', { failures: 1, failure: 503 }, retry(3, 500), 'answered 503 1'],
    ['no retry at all', { failures: 1, failure: 500 }, retry(0, 500), 'answered 500 1'],
    ['a connection error is retried whatever is listed', { failures: 2, failure: 'connection' }, retry(2), 'answered 3'],
    ['a connection error, once too often', { failures: 3, failure: 'connection' }, retry(2), 'failed 3'],
    ['unspecified attempts are implementation-specific', { failures: 1, failure: 'connection' }, retry(undefined), 'open 1'],
    ['unspecified attempts decide nothing where no retry is due', { failures: 1, failure: 404 }, retry(undefined, 500), 'answered 404 1'],
  ])('%s', (_, behaviour, rule, expected) => {
    expect(play(behaviour, rule)).toBe(expected);
  });
});

/** `HTTPRouteTimeouts.Request`: "the maximum duration for a gateway to respond to an HTTP request"; `BackendRequest`: "a timeout for an individual request from the gateway to a backend". */
describe('timeouts', () => {
  it.each<
    [what: string, behaviour: Partial<BackendBehaviour>, timeouts: Partial<RouteTimeouts>, rule: RouteRetry | undefined, expected: string]
  >([
    ['within the limit', { delay: 500 }, { request: 500 }, undefined, 'answered 1'],
    ['beyond it', { delay: 501 }, { request: 500 }, undefined, 'timeout 1'],
    ['within that of one attempt', { delay: 500 }, { backendRequest: 500 }, undefined, 'answered 1'],
    ['of one attempt', { delay: 501 }, { backendRequest: 500 }, undefined, 'timeout 1'],
    ['zero disables both', { delay: 10_000 }, { request: 0, backendRequest: 0 }, undefined, 'answered 1'],
    ['a timed out attempt is retried', { failures: 1, delay: 501 }, { backendRequest: 500 }, retry(1), 'answered 2'],
    ['as often as allowed', { failures: 2, delay: 501 }, { backendRequest: 500 }, retry(1), 'timeout 2'],
    ['retries take place within the request', { failures: 2, delay: 300, failure: 500 }, { request: 500 }, retry(3, 500), 'timeout 2'],
    ['and end where they fit', { failures: 2, delay: 200, failure: 500 }, { request: 500 }, retry(3, 500), 'answered 3'],
  ])('%s', (_, behaviour, timeouts, rule, expected) => {
    expect(play(behaviour, rule, timeouts)).toBe(expected);
  });
});

/** `HTTPRouteRetry.Backoff`: "the entire duration of the initial request and any retry attempts MUST not exceed the Request timeout duration". */
describe('the wait before a retry', () => {
  const waiting = { ...retry(3, 500), backoff: 400 };

  it('leaves open whether the timeout of the request comes first, where it could', () => {
    expect(play({ failures: 2, failure: 500 }, waiting, { request: 1000 })).toBe('answered 3');
    expect(play({ failures: 3, failure: 500 }, waiting, { request: 1000 })).toBe('racing 4');
    expect(play({ failures: 3, failure: 500 }, waiting)).toBe('answered 4');
    expect(play({ failures: 3, failure: 500, delay: 600 }, waiting, { request: 1000 })).toBe('timeout 2');
  });
});

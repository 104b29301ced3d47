import { afterEach, describe, expect, it, vi } from 'vitest';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { requestFor } from '../../../test/support/ask-route.js';
import { HttpRouter } from './internal/traefik/http-router.js';
import { route } from './route.js';
import { routerOf, routerSteps } from './internal/router-cache.js';
import { prepareRouting } from './prepare-routing.js';
import { INGRESS_DIALECTS } from './route-request.js';

const COUNT = 1_200;
const lines = Array.from({ length: COUNT }, (_, number) => `i${number} : h${number}.foo.com Prefix /a -> w`);
const model = modelOf(ingressCluster(lines.join('\n')));

/** The steps that are taken until it is done. */
function countOf(steps: Iterator<unknown>): number {
  let count = 0;
  while (!steps.next().done) count++;
  return count;
}

afterEach(() => void vi.restoreAllMocks());

describe('the tables of a class', () => {
  it.each(INGRESS_DIALECTS)('are built in steps that grow in number and not in length: %s', (dialect) => {
    expect(countOf(prepareRouting(model, { class: 'c', dialect }))).toBeGreaterThan(COUNT / 100);
    // Nothing is left to be done by whoever asks next.
    expect(countOf(prepareRouting(model, { class: 'c', dialect }))).toBe(0);
    expect(countOf(routerSteps(model, 'c', dialect))).toBe(0);
    expect(routerOf(model, 'c', dialect).hosts).toContain('h7.foo.com');
  });

  it('are one and the same for those who wait and those who cannot', () => {
    const other = modelOf(ingressCluster(lines.join('\n')));
    const waiting = routerSteps(other, 'c', 'ingress-nginx');
    waiting.next();
    const router = routerOf(other, 'c', 'ingress-nginx');
    expect(waiting.next()).toEqual({ done: true, value: router });
  });

  it('are those of every class that a controller handles where none is asked about, and none of one that does not exist', () => {
    const both = modelOf(ingressCluster('a#c : foo.com Prefix /a -> w\nb#d : foo.com Prefix /b -> w'));
    countOf(prepareRouting(both, { class: 'e', dialect: undefined }));
    countOf(prepareRouting(both, { class: undefined, dialect: undefined }));
    for (const name of ['c', 'd']) expect(countOf(routerSteps(both, name, 'ingress-v1'))).toBe(0);
  });

  /** What is counted is work: how often it is asked whose a router is. */
  it.each(['traefik', 'traefik-strict', 'traefik-ingress-nginx'] as const)(
    'are short steps, and leave nothing to the first https request: %s',
    (dialect) => {
      const own = modelOf(ingressCluster(lines.flatMap((line) => [line, line.replace('/a', '/b'), line.replace('/a', '/c')]).join('\n')));
      const asked = vi.spyOn(HttpRouter.prototype, 'holder', 'get');
      const steps = prepareRouting(own, { class: 'c', dialect });
      let most = 0;
      while (!steps.next().done) {
        most = Math.max(most, asked.mock.calls.length);
        asked.mockClear();
      }
      expect(most).toBeGreaterThan(0);
      expect(most).toBeLessThan(3_600 / 2);
      asked.mockClear();
      const answer = route(own, { request: requestFor('https://h7.foo.com/a'), class: 'c', dialect });
      expect(answer.ok && answer.value.verdict).toBe('ROUTED');
      expect(asked.mock.calls.length).toBeLessThan(100);
    },
  );
});

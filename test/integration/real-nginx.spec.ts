import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import type { ProfileSettings } from '../../src/core/model/profile-settings.js';
import { askRoute } from '../support/ask-route.js';
import { modelOf } from '../support/model.js';
import { compareAnswers } from '../support/nginx/compare-answers.js';
import {
  dialectIngresses,
  manifestsOf,
  otherNameIngresses,
  plainIngresses,
  randomNumbers,
  requestNear,
  type WrittenIngress,
  type WrittenRequest,
} from '../support/nginx/random-ingresses.js';
import { NGINX, type RunningNginx, startNginx } from '../support/nginx/running-nginx.js';

/** The server’s configuration is written from the annotations as they stand, `$request_uri` of a redirect included, which the validators of v1.12 would refuse. */
const UNVALIDATED: ProfileSettings = {
  ingress: { controllers: [{ class: 'nginx', dialect: 'ingress-nginx', options: { 'enable-annotation-validation': 'false' } }] },
};

describe.skipIf(NGINX === undefined)('ingress-nginx against a real nginx (skipped where none is installed)', () => {
  describe.each([
    { what: 'plain hosts and paths', ingresses: plainIngresses(300, randomNumbers(1)), requests: 24_000, least: 20_000 },
    { what: 'names with and without `www.`', ingresses: otherNameIngresses(200, randomNumbers(4)), requests: 4_000, least: 3_000 },
    { what: 'expressions, rewrites and redirects', ingresses: dialectIngresses(200, randomNumbers(2)), requests: 6_000, least: 2_000 },
  ])('$what', ({ ingresses, requests, least }) => {
    let nginx: RunningNginx;
    let model: NetworkModel;
    beforeAll(async () => {
      nginx = await startNginx(ingresses);
      model = modelOf(manifestsOf(ingresses), UNVALIDATED);
    });
    afterAll(() => nginx.stop());

    it(`are answered alike, ${requests.toLocaleString('en')} requests`, async () => {
      const asked = distinctRequests(ingresses, requests);
      const { compared, differences } = await compareAnswers(
        asked,
        (sent) => routed(model, sent),
        async (sent) => nginx.ask(sent),
      );
      expect(differences.slice(0, 10)).toEqual([]);
      expect(compared).toBeGreaterThanOrEqual(least);
    }, 300_000);
  });
});

function distinctRequests(ingresses: readonly WrittenIngress[], count: number): readonly WrittenRequest[] {
  const random = randomNumbers(3);
  const known = new Map<string, WrittenRequest>();
  for (let tries = 0; known.size < count && tries < 20 * count; tries++) {
    const sent = requestNear(ingresses, random);
    known.set(`${sent.host} ${sent.target}`, sent);
  }
  return [...known.values()];
}

/** What the product says, in nginx's words. */
function routed(model: NetworkModel, { host, target }: WrittenRequest): string {
  const { verdict, result } = askRoute(model, `http://${host}${target}`, { host, dialect: 'ingress-nginx' });
  const [backend] = result.backends;
  if (verdict === 'ROUTED') return `200 ${backend?.service} ${result.forwarded?.path}`;
  return result.redirect ? `${result.status} ${result.redirect.location}` : `${result.status ?? verdict}`;
}

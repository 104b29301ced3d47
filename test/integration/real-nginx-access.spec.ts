import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { route } from '../../src/core/ingress/route.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { parseIp } from '../../src/core/net/ip.js';
import { requestFor } from '../support/ask-route.js';
import { modelOf } from '../support/model.js';
import { compareAnswers } from '../support/nginx/compare-answers.js';
import { CAN_GUARD, type GuardedNginx, startGuardedNginx } from '../support/nginx/running-guarded-nginx.js';
import {
  ACCESS_HOSTS,
  accessRequests,
  CERTIFICATE_HOSTS,
  certificateRequests,
  guardedManifests,
  type GuardedRequest,
} from '../support/nginx/written-access.js';

describe.skipIf(!CAN_GUARD)('whom ingress-nginx lets in, against a real nginx (skipped where nginx or openssl is not installed)', () => {
  describe.each<[pages: readonly number[]]>([[[]], [[401, 403]]])('with pages for %j', (pages) => {
    let nginx: GuardedNginx;
    let model: NetworkModel;
    beforeAll(async () => {
      nginx = await startGuardedNginx(pages);
      // A page that is no path with one part only is what the validators of v1.12 would refuse.
      const controllers = [
        {
          class: 'nginx',
          dialect: 'ingress-nginx',
          options: { 'enable-annotation-validation': 'false', 'custom-http-errors': pages.join(','), 'default-backend-service': 't/pages' },
        },
      ];
      model = modelOf(guardedManifests([...CERTIFICATE_HOSTS, ...ACCESS_HOSTS], nginx.certificates), { ingress: { controllers } });
    }, 60_000);
    afterAll(() => nginx.stop());

    it.each([
      { what: 'certificates of clients, by each name of the hello', requests: certificateRequests(), least: 600 },
      { what: 'addresses, passwords and the answers of a service', requests: accessRequests(), least: 3_000 },
    ])('$what', { timeout: 120_000 }, async ({ requests, least }) => {
      const { compared, differences } = await compareAnswers(
        requests,
        (sent) => routed(model, sent),
        async (sent) => nginx.ask(sent),
      );
      expect(differences.slice(0, 10)).toEqual([]);
      expect(compared).toBeGreaterThanOrEqual(least);
    });
  });
});

const TOLD = ['ssl-client-verify', 'ssl-client-subject-dn', 'ssl-client-issuer-dn', 'ssl-client-cert', 'X-Code'];

/** What the product says, in nginx's words. */
function routed(model: NetworkModel, { scheme, host, target, client, sni, certificate, auth }: GuardedRequest): string {
  const request = {
    ...requestFor(`${scheme}://${host}${target}`),
    sni: sni || undefined,
    clientAddress: parseIp(client),
    clientCertificate: { secret: certificate === '' ? undefined : `t/${certificate}` },
    auth: { status: auth, headers: [] },
  };
  const answer = route(model, { request, class: 'nginx', dialect: 'ingress-nginx' });
  if (!answer.ok) throw new Error(answer.error.message);
  const { verdict, result } = answer.value;
  if (verdict !== 'ROUTED' && verdict !== 'DEFAULT_BACKEND')
    return result.redirect ? `${result.status} ${result.redirect.location}` : `${result.status ?? verdict}`;
  const told = TOLD.map((name) => headerOf(result.forwarded?.headers ?? [], name));
  // Whoever writes a page answers with the status that it is told.
  const status = verdict === 'DEFAULT_BACKEND' ? headerOf(result.forwarded?.headers ?? [], 'X-Code') : '200';
  return `${status} ${result.backends[0]?.service} ${[result.forwarded?.path, ...told].join('|')}`;
}

/** What cannot be known without the arithmetic of keys is read as what nginx finds out of certificates that its authority has issued. */
function headerOf(headers: readonly string[], name: string): string {
  const line = headers.find((one) => one.startsWith(`${name}: `)) ?? '';
  return line.slice(name.length + 2).replace('{verify}', 'SUCCESS');
}

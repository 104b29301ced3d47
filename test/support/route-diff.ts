import type { RouteDiffQuestion, RouteDiffResult, RouteDiffVerdict, RouteSide } from '../../src/core/ingress/route-diff-result.js';
import { type DiffModels, routeDiff } from '../../src/core/ingress/route-diff.js';
import type { DialectName, IngressDialectName } from '../../src/core/ingress/route-request.js';
import type { Answer } from '../../src/core/kernel/answer.js';
import { finished } from '../../src/core/kernel/steps.js';

/** Class `c`, by a dialect. */
export const classSide = (dialect: IngressDialectName): RouteSide => ({ by: 'ingress', class: 'c', dialect });

/** Gateway `shop/gw`. */
export const gatewaySide = (dialect?: Extract<DialectName, `${string}-gateway` | 'gateway-api'>): RouteSide => ({
  by: 'gateway',
  gateway: 'shop/gw',
  dialect,
});

/** How two sides differ; a problem fails the test. */
export function diffRoutes(
  models: DiffModels,
  question: Pick<RouteDiffQuestion, 'a' | 'b'> & Partial<RouteDiffQuestion>,
): Answer<RouteDiffVerdict, RouteDiffResult> {
  const defaults = {
    cluster: undefined,
    revision: undefined,
    host: undefined,
    scheme: undefined,
    unusual: false,
    aspects: undefined,
    requests: 20_000,
    limit: 1000,
    witnesses: 20,
  };
  const answer = finished(routeDiff(models, { ...defaults, ...question }));
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

/** `GET http://foo.com/x: status; ROUTED web, NOT_FOUND 404`, of every witness; before the colon what else is told of it. */
export function differenceLines({ differences }: RouteDiffResult): readonly string[] {
  return differences.flatMap(({ aspects, witnesses }) =>
    witnesses.map(({ method, url, headers, clientAddress, clientCertificate, authStatus, sni, alpn, a, b }) => {
      const asked = [
        method,
        url,
        ...headers,
        ...(clientAddress === null ? [] : [`from ${clientAddress}`]),
        ...(sni === '' ? ['without SNI'] : []),
        ...alpn,
        ...(clientCertificate === '' ? ['without certificate'] : []),
        ...(authStatus === null ? [] : [`authStatus ${authStatus}`]),
      ].join(' ');
      const ends = [a, b].map(({ verdict, status, backends, redirect }) => {
        const to =
          redirect ?? (backends.length > 0 ? backends.map((one) => one.replace(/^[^/]*\/([^:]*):\d+/, '$1')).join('+') : (status ?? ''));
        return `${verdict} ${to}`.trim();
      });
      return `${asked}: ${aspects.join(' ')}; ${ends.join(', ')}`;
    }),
  );
}

import { err, ok, type Result } from '../../../kernel/result.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { Header, RouteRequest } from '../../route-request.js';
import type { RouteErrorPages } from '../../route-result.js';
import type { Outcome } from '../dialect.js';
import { headerValue } from '../header-list.js';
import { backendKey } from '../outcomes.js';
import type { Pages } from '../traefik/pages.js';
import type { Treated } from '../traefik/treated.js';
import type { ProviderBackends } from './backends.js';
import type { Location } from './locations.js';
import type { ProviderSettings } from './settings.js';

/**
 * `buildCustomHTTPErrors`: the Service of `default-backend` where the Ingress itself names errors, else that of the provider; nothing where there is neither. Without such a
 * Service, and by a status that is none, Traefik cannot make the middleware, and no router either.
 */
export function pagesOf(location: Location, settings: ProviderSettings, backends: ProviderBackends): Result<Pages | undefined, string> {
  const { annotations, ingress, backend } = location;
  const own = annotations.text('custom-http-errors') ?? '';
  const asked = own === '' ? settings.customHTTPErrors : (annotations.list('custom-http-errors') ?? []);
  const named = own === '' ? '' : (annotations.text('default-backend') ?? '');
  if (asked.length === 0 || (named === '' && settings.defaultBackendService === undefined)) return ok(undefined);
  const wrong = asked.find((text) => rangeOf(text) === undefined);
  if (wrong !== undefined) return err(`\`custom-http-errors\`: \`${wrong}\` is no status`);
  const writer = named === '' ? backends.ofProvider() : backends.atFirstPort(ingress, annotations, named);
  const service = named === '' ? settings.defaultBackendService : `${ingress.namespace}/${named}`;
  if (!writer) return err(`\`custom-http-errors\`: there is no Service ${service} with a port that could write the pages`);
  const headers: readonly Header[] = [
    ['X-Namespaces', ingress.namespace],
    ['X-Ingress-Name', ingress.ref.name],
    ['X-Service-Name', backend.name],
    ['X-Service-Port', String(backend.port)],
  ];
  return ok({ statuses: statusesOf(new Set(asked)), writer, headers });
}

/** `types.NewHTTPCodeRanges`: `404`, `500-599`; what stands behind another `-` is passed over. */
function rangeOf(text: string): readonly [low: number, high: number] | undefined {
  const [first = '', last = first] = text.split('-', 2);
  return [first, last].every((code) => /^\+?\d{1,18}$/.test(code)) ? [Number(first), Number(last)] : undefined;
}

/** In the order in which they are named. Beyond 999 there is no status. */
function statusesOf(texts: Iterable<string>): readonly number[] {
  const statuses = new Set<number>();
  for (const text of texts) {
    const [low, high] = rangeOf(text) ?? [0, 0];
    for (let status = Math.max(100, low); status <= Math.min(999, high); status++) statuses.add(status);
  }
  return [...statuses];
}

/**
 * `pkg/middlewares/customerrors/custom_errors.go`: an error of whatever stands behind the middleware gets its page from the Service, and keeps its status. That of a request that is served
 * is told.
 */
export function withPages(outcome: Outcome, request: RouteRequest, { pages, forwarded }: Treated): Outcome {
  if (!pages) return outcome;
  const { statuses, writer, headers } = pages;
  const { backend } = writer;
  const told = (status: string) => [...headers, ...headersOf(request, status, forwarded.path)].map(([name, value]) => `${name}: ${value}`);
  if (outcome.status === null) {
    const errorPages: RouteErrorPages = {
      statuses,
      ofBackend: true,
      namespace: backend?.namespace ?? null,
      service: backend?.service ?? null,
      port: backend?.port ?? null,
      headers: told('{status}'),
    };
    return { ...outcome, errorPages };
  }
  if (!statuses.includes(outcome.status) || !backend || backend.endpoints.length === 0) return outcome;
  const { status } = outcome;
  const message = `${status} is one of the errors whose pages are written by Service ${backend.namespace}/${backend.service}; the client gets it with the status ${status}`;
  const step: EvidenceStep = { stage: 'backend', outcome: 'info', reason: 'ERROR_PAGE', message };
  return {
    ...outcome,
    key: `${backendKey(backend)} page ${status}`,
    reached: { ...outcome.reached, verdict: 'DEFAULT_BACKEND', backend, steps: [...outcome.reached.steps, step, ...writer.steps] },
    backends: [backend],
    status: null,
    redirect: null,
    mirrors: [],
    responseHeaders: [],
    forwarded: { method: 'GET', host: request.host, path: '/', headers: told(String(status)) },
  };
}

/** The request may have been rewritten by then, in place: what it was called is told where nothing was. */
function headersOf(request: RouteRequest, status: string, sent: string): readonly Header[] {
  const uri = request.query === undefined ? request.path : `${request.path}?${request.query}`;
  return [
    ['X-Code', status],
    ['X-Format', headerValue(request.headers, 'accept') ?? ''],
    ['X-Original-Uri', sent === uri ? uri : '{uri}'],
  ];
}

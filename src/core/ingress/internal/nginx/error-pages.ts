import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { RouteErrorPages } from '../../route-result.js';
import type { BackendOutcome } from '../backend-outcome.js';
import type { Outcome } from '../dialect.js';
import { backendKey } from '../outcomes.js';
import { askedOf } from './access.js';
import type { Context } from './context.js';
import { ownDefaultBackend, serviceInstead } from './default-backends.js';
import { accessOf } from './forwarded-access.js';
import { generalStatuses } from './general-pages.js';
import { headerVariable } from './heard-request.js';
import { requestUri } from './rewrite.js';
import type { Location } from './servers.js';
import type { Visit } from './visit.js';

/** Errors whose pages somebody else writes. */
interface Pages {
  readonly statuses: readonly number[];
  readonly ofBackend: boolean;
  /** Undefined: the controller itself, which answers 404. */
  readonly writer: BackendOutcome | undefined;
}

/** The pages of a location: its own, or those that the controller is set to; undefined: nginx writes them itself, and backends theirs (`error_page`, `proxy_intercept_errors`). */
function pagesOf(context: Context, { location, page, client }: Visit): Pages | undefined {
  const { options, model } = context;
  // No second page is looked for (`recursive_error_pages off`).
  if (page !== undefined) return undefined;
  const asked = location.annotations?.errorPages;
  const general = options.errorStatuses.length > 0 && options.interceptsErrors;
  if (asked && asked.statuses.length > 0) {
    const own = location.upstream && location.ingress && serviceInstead(model, location.ingress, asked.service);
    return { statuses: asked.statuses, ofBackend: general || !asked.leavesBackend, writer: own ?? ownDefaultBackend(context) };
  }
  const statuses = hasSignIn(context, location) ? [] : generalStatuses(context, client.guard);
  return statuses.length === 0 ? undefined : { statuses, ofBackend: general, writer: ownDefaultBackend(context) };
}

/** `error_page 401` of the location itself, for which it has no others of the whole controller (`nginx.tmpl`; kubernetes/ingress-nginx#2989). */
function hasSignIn({ options }: Context, location: Location): boolean {
  const { signIn = '' } = askedOf(options, location)?.service ?? {};
  return signIn !== '';
}

/** The errors of a request whose pages somebody else writes, as they are told to a client that asks. */
export function errorPagesOf(context: Context, visit: Visit): RouteErrorPages | null {
  const pages = pagesOf(context, visit);
  const backend = pages?.writer?.backend;
  return (
    (pages && {
      statuses: pages.statuses,
      ofBackend: pages.ofBackend,
      namespace: backend?.namespace ?? null,
      service: backend?.service ?? null,
      port: backend?.port ?? null,
      path: '/',
      headers: pageHeaders(visit, '{status}'),
    }) ??
    null
  );
}

/** What whoever writes a page is told of the error (`CUSTOM_ERRORS` of the template). */
export function pageHeaders({ location, request }: Visit, status: string): readonly string[] {
  const { ingress, rule, upstream } = location;
  const backend = rule?.backend ?? upstream?.backend;
  const named = backend?.type === 'service' ? backend : undefined;
  const accept = headerVariable('accept', request) ?? '';
  const headers: readonly (readonly [name: string, value: string])[] = [
    ['X-Code', status],
    ['X-Format', accept],
    ['X-Original-URI', requestUri(request)],
    ['X-Namespace', ingress?.namespace ?? ''],
    ['X-Ingress-Name', ingress?.ref.name ?? ''],
    ['X-Service-Name', named?.name ?? ''],
    ['X-Service-Port', String(named?.port ?? '')],
  ];
  // nginx leaves out a header that is empty.
  return headers.filter(([, value]) => value !== '').map(([name, value]) => `${name}: ${value}`);
}

/** What becomes of an error of the controller itself, which is the status that the client gets unless another is told: the page of whoever writes it, with that one's own status. */
export function withPage(context: Context, visit: Visit, outcome: Outcome, error = outcome.status): Outcome {
  const pages = outcome.redirect === null && error !== null ? pagesOf(context, visit) : undefined;
  if (!pages || error === null || !pages.statuses.includes(error)) return outcome;
  const { request } = visit;
  const { backend } = pages.writer ?? {};
  const who = backend
    ? `Service ${backend.namespace}/${backend.service}`
    : 'the default backend of the controller itself, which answers 404';
  const message = `${error} is one of the errors whose pages are written by ${who}`;
  const step: EvidenceStep = { stage: 'backend', outcome: 'info', reason: 'ERROR_PAGE', message };
  const steps = [...outcome.reached.steps, step, ...(pages.writer?.steps ?? [])];
  const plain = { ...outcome, mirrors: [], responseHeaders: [], forwarded: undefined };
  if (!backend) {
    const reached = { ...outcome.reached, verdict: 'NOT_FOUND', backend: undefined, steps } as const;
    return { ...plain, key: 'NOT_FOUND', reached, backends: [], status: 404 };
  }
  return {
    ...plain,
    key: `${backendKey(backend)} page ${error}`,
    reached: { ...outcome.reached, verdict: 'DEFAULT_BACKEND', backend, steps },
    backends: [backend],
    status: null,
    forwarded: {
      method: request.method,
      host: accessOf(context.options, request).host,
      path: request.query === undefined ? '/' : `/?${request.query}`,
      headers: [...otherHeaders(visit), ...pageHeaders(visit, String(error))],
    },
  };
}

function otherHeaders({ request }: Visit): readonly string[] {
  return request.headers.filter(([name]) => name.toLowerCase() !== 'host').map(([name, value]) => `${name}: ${value}`);
}

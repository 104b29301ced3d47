import type { Note } from '../../../kernel/answer.js';
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
import type { NginxOptions } from './options.js';
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
  const signsIn = hasSignIn(context, location);
  const ofBackend = interceptsBackend(options, location);
  if (asked && asked.statuses.length > 0) {
    const own = location.upstream && location.ingress && serviceInstead(model, location.ingress, asked.service);
    // `error_page 401` to sign in stands before those of the annotation, and the first one of a status counts (`ngx_http_special_response_handler`).
    const statuses = signsIn ? asked.statuses.filter((status) => status !== 401) : asked.statuses;
    return { statuses, ofBackend, writer: own ?? ownDefaultBackend(context) };
  }
  const statuses = signsIn ? [] : generalStatuses(context, client.guard);
  return statuses.length === 0 ? undefined : { statuses, ofBackend, writer: ownDefaultBackend(context) };
}

/** `proxy_intercept_errors`: of the whole controller, or of the location. */
function interceptsBackend(options: NginxOptions, { annotations }: Location): boolean {
  const own = annotations?.errorPages;
  const isGeneral = options.errorStatuses.length > 0 && options.interceptsErrors;
  return isGeneral || (own !== undefined && own.statuses.length > 0 && !own.leavesBackend);
}

/** What is told of a 401 of the backend itself, which leads to the page where clients sign in as that of the service that is asked about them does. */
export function signInOfBackend(context: Context, { location, page }: Visit): readonly Note[] {
  if (page !== undefined || !hasSignIn(context, location) || !interceptsBackend(context.options, location)) return [];
  const message =
    'where the backend itself answers 401, the client is sent to sign in: `custom-http-errors` makes nginx look at errors of backends';
  return [{ code: 'SIGN_IN_FOR_BACKEND', message }];
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
      headers: pageHeaders(context, visit, '{status}'),
    }) ??
    null
  );
}

/** What whoever writes a page is told of the error (`CUSTOM_ERRORS` of the template). */
export function pageHeaders({ options }: Context, { location, request }: Visit, status: string): readonly string[] {
  const { ingress, rule, upstream } = location;
  const backend = rule?.backend ?? upstream?.backend;
  const named = backend?.type === 'service' ? backend : undefined;
  const accept = headerVariable('accept', request, options.joinsHeaders) ?? '';
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
      headers: [...otherHeaders(visit), ...pageHeaders(context, visit, String(error))],
    },
  };
}

function otherHeaders({ request }: Visit): readonly string[] {
  return request.headers.filter(([name]) => name.toLowerCase() !== 'host').map(([name, value]) => `${name}: ${value}`);
}

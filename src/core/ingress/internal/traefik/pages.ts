import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { Header, RouteRequest } from '../../route-request.js';
import type { ForwardedRequest, RouteErrorPages } from '../../route-result.js';
import type { BackendOutcome } from '../backend-outcome.js';
import type { Outcome } from '../dialect.js';
import { backendKey } from '../outcomes.js';

/** An error as whoever writes its page is told of it. */
export interface SeenError {
  /** `{status}`: any. */
  readonly status: string;
  readonly request: RouteRequest;
  /** The request may have been rewritten by then, in place: undefined where something was. */
  readonly uri: string | undefined;
}

/** Errors of a router whose pages another Service writes. */
export interface Pages {
  readonly statuses: readonly number[];
  readonly writer: Pick<BackendOutcome, 'backend' | 'steps'>;
  /** Where that one is asked for the page, and what it is told beside the request. */
  readonly ask: (error: SeenError) => { readonly path: string; readonly headers: readonly Header[] };
}

/** A request behind middlewares, with the pages of errors that they ask for. */
interface Paged {
  readonly pages: Pages | undefined;
  readonly forwarded: ForwardedRequest;
}

/**
 * `pkg/middlewares/customerrors/custom_errors.go`: an error of whatever stands behind the middleware gets its page from the Service, and keeps its status. That of a request that is served
 * is told.
 */
export function withPages(outcome: Outcome, request: RouteRequest, { pages, forwarded }: Paged): Outcome {
  if (!pages || outcome.reached.verdict === 'UNDEFINED') return outcome;
  const { statuses, writer } = pages;
  const { backend } = writer;
  const original = request.query === undefined ? request.path : `${request.path}?${request.query}`;
  const asked = (status: string) => {
    const { path, headers } = pages.ask({ status, request, uri: forwarded.path === original ? original : undefined });
    return { path, headers: headers.map(([name, value]) => `${name}: ${value}`) };
  };
  if (outcome.status === null) {
    const errorPages: RouteErrorPages = {
      statuses,
      ofBackend: true,
      namespace: backend?.namespace ?? null,
      service: backend?.service ?? null,
      port: backend?.port ?? null,
      ...asked('{status}'),
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
    forwarded: { method: 'GET', host: request.host, ...asked(String(status)) },
  };
}

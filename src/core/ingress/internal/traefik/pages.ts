import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { Header, RouteRequest } from '../../route-request.js';
import type { ForwardedRequest, RouteErrorPages } from '../../route-result.js';
import type { BackendOutcome } from '../backend-outcome.js';
import type { Outcome } from '../dialect.js';
import { backendKey } from '../outcomes.js';

/** An error as whoever writes its page is told of it. */
export interface SeenError {
  /** That the client gets, and that of the error: `{status}` for any. */
  readonly status: string;
  readonly original: string;
  readonly request: RouteRequest;
  /** The request may have been rewritten by then, in place: undefined where something was. */
  readonly uri: string | undefined;
}

/** Errors of a router whose pages another Service writes. */
export interface Pages {
  readonly statuses: readonly number[];
  /** The status that the client gets of an error. */
  readonly shownAs: (status: number) => number;
  readonly writer: Pick<BackendOutcome, 'backend' | 'steps'>;
  /** Where that one is asked for the page, and what it is told beside the request. */
  readonly ask: (error: SeenError) => { readonly path: string; readonly headers: readonly Header[] };
  /** The headers of the request that it is sent. */
  readonly sends: (header: Header) => boolean;
}

/** A request behind middlewares, with the pages of errors that they ask for, the outermost first. */
interface Paged {
  readonly pages: readonly Pages[];
  readonly forwarded: ForwardedRequest;
}

/**
 * `pkg/middlewares/customerrors/custom_errors.go`: an error of whatever stands behind the middleware gets its page from the Service, and keeps its status, or gets another one, which those
 * further out see. That of a request that is served is told by the outermost.
 */
export function withPages(outcome: Outcome, request: RouteRequest, paged: Paged): Outcome {
  const { pages, forwarded } = paged;
  if (outcome.reached.verdict === 'UNDEFINED') return outcome;
  const original = request.query === undefined ? request.path : `${request.path}?${request.query}`;
  const uri = forwarded.path === original ? original : undefined;
  let paging = outcome;
  for (const one of pages.toReversed()) paging = withPage(paging, one, request, uri);
  return paging;
}

function withPage(outcome: Outcome, pages: Pages, request: RouteRequest, uri: string | undefined): Outcome {
  const { statuses, writer } = pages;
  const { backend } = writer;
  const status = outcome.status ?? outcome.pageStatus;
  if (status === undefined) {
    const { path, headers } = pages.ask({ status: '{status}', original: '{originalStatus}', request, uri });
    const errorPages: RouteErrorPages = {
      statuses,
      ofBackend: true,
      namespace: backend?.namespace ?? null,
      service: backend?.service ?? null,
      port: backend?.port ?? null,
      path,
      headers: textsOf(headers),
    };
    return { ...outcome, errorPages };
  }
  if (!statuses.includes(status) || !backend || backend.endpoints.length === 0) return outcome;
  const shown = pages.shownAs(status);
  const message = `${status} is one of the errors whose pages are written by Service ${backend.namespace}/${backend.service}; the client gets it with the status ${shown}`;
  const step: EvidenceStep = { stage: 'backend', outcome: 'info', reason: 'ERROR_PAGE', message };
  const { path, headers } = pages.ask({ status: String(shown), original: String(status), request, uri });
  const sent = request.headers.filter((header) => header[0].toLowerCase() !== 'host' && pages.sends(header));
  return {
    ...outcome,
    key: `${backendKey(backend)} page ${shown}`,
    reached: { ...outcome.reached, verdict: 'DEFAULT_BACKEND', backend, steps: [...outcome.reached.steps, step, ...writer.steps] },
    backends: [backend],
    status: null,
    pageStatus: shown,
    redirect: null,
    mirrors: [],
    responseHeaders: [],
    forwarded: { method: 'GET', host: request.host, path, headers: textsOf([...sent, ...headers]) },
  };
}

function textsOf(headers: readonly Header[]): readonly string[] {
  return headers.map(([name, value]) => `${name}: ${value}`);
}

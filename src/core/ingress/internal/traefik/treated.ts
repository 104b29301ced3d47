import type { Note } from '../../../kernel/answer.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { ForwardedRequest, ResponseHeaderChange, RouteRedirect } from '../../route-result.js';
import type { TraefikGapCode } from '../gaps.js';
import type { Pages } from './pages.js';

/** A request after the middlewares of its router. */
export interface Treated {
  readonly forwarded: ForwardedRequest;
  readonly responseHeaders: readonly ResponseHeaderChange[];
  /** What a middleware answers by itself; undefined: the request goes on. */
  readonly answer: { readonly status: number; readonly redirect: RouteRedirect | undefined } | undefined;
  /** Why it cannot be told what comes of it. */
  readonly unknown: { readonly code: TraefikGapCode | 'CLIENT_ADDRESS_UNKNOWN'; readonly message: string } | undefined;
  /** Errors behind middlewares whose pages another Service writes, the outermost first. */
  readonly pages: readonly Pages[];
  readonly steps: readonly EvidenceStep[];
  readonly assumptions: readonly Note[];
}

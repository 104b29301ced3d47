import type { Note } from '../../../kernel/answer.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import type {
  NearMiss,
  ResponseHeaderChange,
  RouteBackend,
  RouteCandidate,
  RouteMirror,
  RoutePossibility,
  RouteResult,
  RouteVerdict,
} from '../../route-result.js';

/** What becomes of a request behind its listener. */
export interface Decision {
  readonly verdict: RouteVerdict;
  readonly status: number | null;
  readonly grpcStatus: number | null;
  /** The way, in one line. */
  readonly why: string;
  readonly backends: readonly RouteBackend[];
  readonly errorShare: number;
  readonly forwarded: RouteResult['forwarded'];
  readonly redirect: RouteResult['redirect'];
  readonly limits: RouteResult['limits'];
  readonly mirrors: readonly RouteMirror[];
  readonly responseHeaders: readonly ResponseHeaderChange[];
  readonly candidates: readonly RouteCandidate[];
  readonly possibilities: readonly RoutePossibility[];
  readonly unspecified: readonly Note[];
  readonly assumptions: readonly Note[];
  readonly warnings: readonly Note[];
  readonly nearMisses: readonly NearMiss[];
  readonly steps: readonly EvidenceStep[];
}

/** Of a request that nobody was sent. */
export const UNSENT = {
  grpcStatus: null,
  backends: [],
  errorShare: 0,
  forwarded: null,
  redirect: null,
  limits: null,
  mirrors: [],
  unspecified: [],
  assumptions: [],
  nearMisses: [],
  warnings: [],
} as const;

/** A decision that leads nowhere and changes nothing. */
export const UNTOUCHED = { ...UNSENT, responseHeaders: [], candidates: [], possibilities: [], steps: [] } as const;

/** A decision that the gateway takes by itself. */
export function plainStatus(verdict: RouteVerdict, status: number | null, why: string): Decision {
  return { ...UNTOUCHED, verdict, status, why };
}

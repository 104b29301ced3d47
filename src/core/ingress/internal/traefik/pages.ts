import type { Header } from '../../route-request.js';
import type { BackendOutcome } from '../backend-outcome.js';

/** Errors of a router whose pages another Service writes. */
export interface Pages {
  readonly statuses: readonly number[];
  readonly writer: BackendOutcome;
  /** What that one is told whatever the request is. */
  readonly headers: readonly Header[];
}

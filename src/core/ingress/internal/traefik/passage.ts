import type { Note } from '../../../kernel/answer.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { Header } from '../../route-request.js';
import type { ResponseHeaderChange } from '../../route-result.js';
import type { Treated } from './treated.js';

/** A request on its way through the middlewares of a router. Each of them makes a new one. */
export interface Passage {
  readonly scheme: 'http' | 'https';
  readonly method: string;
  readonly host: string;
  /** Encoded, as it is sent on. */
  readonly path: string;
  readonly query: string | undefined;
  /** Without `Host`. */
  readonly headers: readonly Header[];
  readonly responseHeaders: readonly ResponseHeaderChange[];
  readonly answer: Treated['answer'];
  readonly unknown: Treated['unknown'];
  readonly pages: Treated['pages'];
  readonly steps: readonly EvidenceStep[];
  readonly assumptions: readonly Note[];
}

/** `RequestURI`: an empty path is sent as `/`. */
export function requestUri({ path, query }: Pick<Passage, 'path' | 'query'>): string {
  const sent = path === '' ? '/' : path;
  return query === undefined ? sent : `${sent}?${query}`;
}

import type { Note } from '../../../kernel/answer.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { ResponseHeaderChange } from '../../route-result.js';
import type { Treated } from './treated.js';

type Header = readonly [name: string, value: string];

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
  readonly steps: readonly EvidenceStep[];
  readonly assumptions: readonly Note[];
}

/** `Header.Set`: one value in place of all there are; without value, none. */
export function withHeader(headers: readonly Header[], name: string, value: string | undefined): readonly Header[] {
  const others = headers.filter(([own]) => own.toLowerCase() !== name.toLowerCase());
  return value === undefined ? others : [...others, [name, value]];
}

/** The first value of a header. */
export function headerValue(headers: readonly Header[], name: string): string | undefined {
  return headers.find(([own]) => own.toLowerCase() === name.toLowerCase())?.[1];
}

/** `RequestURI`: an empty path is sent as `/`. */
export function requestUri({ path, query }: Pick<Passage, 'path' | 'query'>): string {
  const sent = path === '' ? '/' : path;
  return query === undefined ? sent : `${sent}?${query}`;
}

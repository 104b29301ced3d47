import type { Header } from '../route-request.js';

/** One value in place of all there are; without value, none. Names count without case. */
export function withHeader(headers: readonly Header[], name: string, value: string | undefined): readonly Header[] {
  const others = headers.filter(([own]) => own.toLowerCase() !== name.toLowerCase());
  return value === undefined ? others : [...others, [name, value]];
}

/** The first value of a header. */
export function headerValue(headers: readonly Header[], name: string): string | undefined {
  return headers.find(([own]) => own.toLowerCase() === name.toLowerCase())?.[1];
}

import { hash } from 'node:crypto';
import type { Expected, ExpectedState } from '../../application/input/expected.js';
import { problem, ProblemError } from '../../core/kernel/problem.js';

/** A strong or a weak entity tag (RFC 9110 §8.8.3), or a number without quotes, with what follows it. */
const ELEMENT = /\s*(W\/"[^"]*"|"[^"]*"|\d[\w.-]*)\s*(?:,|$)/y;
const NUMBERED = /^"?(\d{1,9})(?:\.([\w-]+)(?:\.[\w-]+)?)?"?$/;

/**
 * The entity tag of something that has a number: `"41.<digest>"`, and `"41.<digest>.<digest>"` where more is shown than a change could lose. {@link expectedIn} reads the number and
 * the first digest again.
 */
export function numberedTag(number: number, body: unknown, ...more: readonly unknown[]): string {
  const digests = more.length === 0 ? [digestOf(body)] : [digestOf(body), digestOf(more)];
  return `"${[number, ...digests].join('.')}"`;
}

/**
 * What `If-Match` expects: entity tags of {@link numberedTag}, or numbers alone; weak tags never match (RFC 9110 §13.1.1). `bodyOf`: what the first digest of a tag is of.
 * Undefined where the header is left out. Throws `invalid-request`.
 */
export function expectedIn<T>(header: string | undefined, bodyOf: (state: T) => unknown): Expected<T> | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (text === '*') return { text, states: undefined };
  return { text, states: elementsOf(text).flatMap((element) => stateOf(element, bodyOf)) };
}

function elementsOf(text: string): readonly string[] {
  const elements: string[] = [];
  ELEMENT.lastIndex = 0;
  while (ELEMENT.lastIndex < text.length) {
    const element = ELEMENT.exec(text)?.[1];
    if (element === undefined) throw new ProblemError(noTags(text));
    elements.push(element);
  }
  if (elements.length === 0) throw new ProblemError(noTags(text));
  return elements;
}

function stateOf<T>(element: string, bodyOf: (state: T) => unknown): readonly ExpectedState<T>[] {
  const [, number, digest] = NUMBERED.exec(element) ?? [];
  if (number === undefined) return [];
  return [{ number: Number(number), isIt: digest === undefined ? undefined : (current) => digestOf(bodyOf(current)) === digest }];
}

function digestOf(body: unknown): string {
  return hash('sha1', JSON.stringify(body), 'base64url');
}

function noTags(text: string) {
  const message = `\`If-Match: ${text.slice(0, 80)}\` names no version`;
  return problem('invalid-request', message, { hint: 'send the `ETag` of what you read, or its number as `"41"`' });
}

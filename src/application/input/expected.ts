import { type Problem, problem } from '../../core/kernel/problem.js';

/** What a writer expects to be there, so that nobody's change is lost (`If-Match`, RFC 9110 §13.1.1). */
export interface Expected<T> {
  /** As it was sent. */
  readonly text: string;
  /** One of these; undefined: whatever it is, but something (`*`). */
  readonly states: readonly ExpectedState<T>[] | undefined;
}

/** A state by its number. */
export interface ExpectedState<T> {
  readonly number: number;
  /** Whether it is the very one that was read: numbers begin anew where something is deleted and made again. Undefined: the number alone is expected. */
  readonly isIt?: ((current: T) => boolean) | undefined;
}

/** What is there. */
export interface NumberedState<T> {
  readonly number: number;
  readonly state: T;
}

/** A number alone. */
export function expectedNumber<T>(number: number | null | undefined): Expected<T> | undefined {
  return typeof number === 'number' ? { text: String(number), states: [{ number }] } : undefined;
}

/** Why nothing may be written, as `precondition-failed` with the number that is there; undefined: what is expected is there, or nothing is. */
export function notExpected<T>(
  what: string,
  current: NumberedState<T> | undefined,
  expected: Expected<T> | undefined,
): Problem | undefined {
  if (!expected) return undefined;
  const { states, text } = expected;
  const isThere = current && (states ?? [{ number: current.number }]).some((one) => isMet(one, current));
  if (isThere) return undefined;
  const meant = states?.length === 0 ? 'which names no state of it: weak tags never match' : 'it was changed meanwhile';
  const message = current ? `${what} is at ${current.number}, not ${text.slice(0, 80)}: ${meant}` : `${what} is not there`;
  const isOther = current && states?.some(({ number }) => number === current.number);
  return preconditionFailed(isOther ? anotherState(what, current.number) : message, current?.number ?? null);
}

/** A write that is refused for what it expects. */
export function preconditionFailed(message: string, current: number | null): Problem {
  return problem('precondition-failed', message, { hint: 'read it again, then change it', extra: { current } });
}

/** Why a number that is right is not enough. */
export function anotherState(what: string, number: number): string {
  return `${what} is another one of the same number, ${number}: it was made anew, or something else of it changed`;
}

function isMet<T>({ number, isIt }: ExpectedState<T>, current: NumberedState<T>): boolean {
  return number === current.number && (!isIt || isIt(current.state));
}

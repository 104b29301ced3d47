import type { Steps } from '../../kernel/steps.js';
import type { Direction } from './direction.js';
import { gatesAt } from './gates-at.js';
import type { PolicyBook } from './policy-book.js';
import type { PolicyEndpoint } from './policy-endpoint.js';

/** How many rules decide about an endpoint in one direction: what judging one connection of it costs at most. */
function rulesAbout(book: PolicyBook, direction: Direction, endpoint: PolicyEndpoint): number {
  if (endpoint.kind === 'address') return 0;
  let count = 0;
  for (const { layers } of gatesAt(book, direction, endpoint)) for (const { rules } of layers) count += rules.length;
  return count;
}

/** How many rules decide about all of the endpoints. Yields after each. */
export function* rulesAboutAll(book: PolicyBook, direction: Direction, endpoints: Iterable<PolicyEndpoint>): Steps<number> {
  let sum = 0;
  for (const endpoint of endpoints) {
    sum += rulesAbout(book, direction, endpoint);
    yield;
  }
  return sum;
}

/** How many rules are asked when each source is judged with each destination. Yields after each of them. */
export function* rulesBetween(
  book: PolicyBook,
  sources: readonly PolicyEndpoint[],
  destinations: readonly PolicyEndpoint[],
): Steps<number> {
  const leaving = yield* rulesAboutAll(book, 'egress', sources);
  const arriving = yield* rulesAboutAll(book, 'ingress', destinations);
  return leaving * destinations.length + arriving * sources.length;
}

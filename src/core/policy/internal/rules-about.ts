import type { Direction } from './direction.js';
import { gatesAt } from './gates-at.js';
import type { PolicyBook } from './policy-book.js';
import type { PolicyEndpoint } from './policy-endpoint.js';

/** How many rules decide about an endpoint in one direction: what judging one connection of it costs at most. */
export function rulesAbout(book: PolicyBook, direction: Direction, endpoint: PolicyEndpoint): number {
  if (endpoint.kind === 'address') return 0;
  let count = 0;
  for (const { layers } of gatesAt(book, direction, endpoint)) for (const { rules } of layers) count += rules.length;
  return count;
}

/** How many rules are asked when each source is judged with each destination. */
export function rulesBetween(book: PolicyBook, sources: readonly PolicyEndpoint[], destinations: readonly PolicyEndpoint[]): number {
  const sum = (direction: Direction, endpoints: readonly PolicyEndpoint[]) =>
    endpoints.reduce((all, one) => all + rulesAbout(book, direction, one), 0);
  return sum('egress', sources) * destinations.length + sum('ingress', destinations) * sources.length;
}

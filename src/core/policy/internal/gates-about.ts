import type { Direction } from './direction.js';
import { gatesAt } from './gates-at.js';
import type { GateAt } from './layer.js';
import type { PolicyBook } from './policy-book.js';
import type { PolicyEndpoint } from './policy-endpoint.js';

/**
 * The gates that do something about an endpoint, with those of their layers' rules that concern it: what stays when nobody asks for the evidence. That a pod has
 * nothing but its profiles, which allow everything, is nothing.
 */
export function gatesAbout(book: PolicyBook, direction: Direction, endpoint: PolicyEndpoint): readonly GateAt[] {
  if (endpoint.kind === 'address') return [];
  return gatesAt(book, direction, endpoint).flatMap((gate) => {
    const layers = gate.layers
      .map((layer) => ({ ...layer, rules: layer.rules.filter((rule) => rule.concerns(endpoint)) }))
      .filter(({ end, rules }) => end === 'Deny' || rules.length > 0);
    const idle = endpoint.kind === 'pod' && layers.every(({ layer }) => layer === 'calico-profiles');
    return layers.length === 0 || idle ? [] : [{ ...gate, layers }];
  });
}

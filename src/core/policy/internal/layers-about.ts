import type { Direction } from './direction.js';
import type { LayerAt } from './layer.js';
import { layersAt } from './layers-at.js';
import type { PolicyBook } from './policy-book.js';
import type { PolicyEndpoint } from './policy-endpoint.js';

/**
 * The layers that do something about an endpoint, with those of their rules that concern it: what stays when nobody asks for the evidence. None where a pod has
 * nothing but its profiles, which allow everything.
 */
export function layersAbout(book: PolicyBook, direction: Direction, endpoint: PolicyEndpoint): readonly LayerAt[] {
  if (endpoint.kind === 'address') return [];
  const layers = layersAt(book, direction, endpoint)
    .map((layer) => ({ ...layer, rules: layer.rules.filter((rule) => rule.concerns(endpoint)) }))
    .filter(({ end, rules }) => end === 'Deny' || rules.length > 0);
  return endpoint.kind === 'pod' && layers.every(({ layer }) => layer === 'calico-profiles') ? [] : layers;
}

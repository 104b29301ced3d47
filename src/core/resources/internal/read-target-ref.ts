import type { Endpoint } from '../endpoint-slice.js';
import type { ObjectReader } from './object-reader.js';

/** Reads the object an endpoint stands for. */
export function readTargetRef(endpoint: ObjectReader): Endpoint['targetRef'] {
  const reference = endpoint.object('targetRef');
  const name = reference?.filledText('name');
  if (!reference || name === undefined) return undefined;
  return { kind: reference.text('kind') ?? '', namespace: reference.filledText('namespace'), name };
}

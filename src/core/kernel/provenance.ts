/**
 * Where a value of the model comes from: `observed` in an imported object's status or spec; `derived` by the rules of a controller;
 * `defaulted` by the API server's rules; `assumed` because the input does not tell.
 */
export type Provenance = 'observed' | 'derived' | 'defaulted' | 'assumed';

/** A value that knows its provenance. */
export interface Sourced<T> {
  readonly value: T;
  readonly provenance: Provenance;
}

/** Shorthand for a value read from an imported object. */
export function observed<T>(value: T): Sourced<T> {
  return { value, provenance: 'observed' };
}

/** Shorthand for a value computed by a controller's rule. */
export function derived<T>(value: T): Sourced<T> {
  return { value, provenance: 'derived' };
}

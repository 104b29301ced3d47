import type { Json } from './json.js';

/** One step of a JSON patch (RFC 6902). */
export interface PatchStep {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  /** Left out for `remove`. */
  readonly value?: Json;
}

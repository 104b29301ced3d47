import { z } from 'zod';

/** One of some kinds, in whatever case it is written: kubectl takes `httproute`, too. */
export function kindInput<const K extends readonly [string, ...string[]]>(kinds: K) {
  const inOwnCase = (written: unknown): unknown =>
    typeof written === 'string' ? (kinds.find((kind) => kind.toLowerCase() === written.toLowerCase()) ?? written) : written;
  return z.preprocess(inOwnCase, z.enum(kinds));
}

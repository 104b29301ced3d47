import { z } from 'zod';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { type Cidr, cidrOf } from '../../core/net/cidr.js';
import { familyBits, parseIp } from '../../core/net/ip.js';
import { cidrAt } from './allocation-input.js';

/** How something lies to a prefix, as it was written. */
export interface PrefixFilterText {
  readonly within?: string | undefined;
  readonly contains?: string | undefined;
  readonly overlaps?: string | undefined;
}

/** The same, read. */
export interface PrefixFilter {
  readonly within?: Cidr | undefined;
  readonly contains?: Cidr | undefined;
  readonly overlaps?: Cidr | undefined;
}

/** One of the filters' parameters. */
export const PLACE = z.string().min(1).max(64);

/** Reads the prefixes; an address is a prefix of its whole length. Fails with `invalid-request`. */
export function readPrefixFilter(text: PrefixFilterText): Result<PrefixFilter, Problem> {
  const within = placeAt(text.within, '/within');
  if (!within.ok) return within;
  const contains = placeAt(text.contains, '/contains');
  if (!contains.ok) return contains;
  const overlaps = placeAt(text.overlaps, '/overlaps');
  if (!overlaps.ok) return overlaps;
  return ok({ within: within.value, contains: contains.value, overlaps: overlaps.value });
}

function placeAt(text: string | undefined, pointer: string): Result<Cidr | undefined, Problem> {
  if (text === undefined) return ok(undefined);
  if (text.includes('/')) return cidrAt(text, pointer);
  const ip = parseIp(text);
  if (ip) return ok(cidrOf(ip, familyBits(ip.family)));
  const message = `\`${text.slice(0, 80)}\` is neither an address nor a prefix`;
  const hint = 'such as `10.0.0.1`, `10.0.0.0/24` or `fd00:10::/64`';
  return err(problem('invalid-request', message, { hint, errors: [{ pointer, code: 'invalid-prefix', message, hint }] }));
}

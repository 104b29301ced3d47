import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import { type Cidr, cidrCovers, cidrSize, cidrsOverlap, formatCidr } from '../net/cidr.js';
import { familyBits, type IpFamily } from '../net/ip.js';
import { type IpRange, rangeOfCidr, subtractRanges } from '../net/ip-set.js';
import { freePrefixes, largestPrefix } from './free-prefixes.js';
import { fragmentationOf } from './pool-utilization.js';
import { countAddresses } from './usable-addresses.js';

/** The planes that a cluster takes ranges for. */
export const FLEET_PLANES = ['pod', 'service', 'node'] as const;

/** One of them. */
export type FleetPlane = (typeof FLEET_PLANES)[number];

/** A range that a cluster has of a space. A cluster has one of each plane and family. */
export interface FleetRange {
  readonly cluster: string;
  readonly plane: FleetPlane;
  readonly prefix: Cidr;
}

/** What a cluster asks for: any prefix of a length, or this one. */
export interface FleetWish {
  readonly plane: FleetPlane;
  readonly family: IpFamily;
  readonly prefixLength: number;
  readonly prefix?: Cidr | undefined;
}

/** A space as it is when somebody asks: its own prefixes, what clusters have of it, and what else is not to be given. */
export interface FleetState {
  readonly name: string;
  readonly prefixes: readonly Cidr[];
  readonly taken: readonly FleetRange[];
  /** Ranges that clusters use without having them of the space. */
  readonly avoid: readonly IpRange[];
}

/** What comes of a request: what the cluster had already, and what it gets. */
export interface FleetGrant {
  readonly kept: readonly FleetRange[];
  readonly given: readonly FleetRange[];
}

/**
 * Gives a cluster what it asks for, in the order of its wishes, each at the lowest aligned gap that fits; all of it or nothing. What it has already of a plane and family it
 * keeps, so that the same request gets the same answer. Fails with `pool-exhausted`, `ip-taken`, `identifier-reused` and `invalid-request`.
 */
export function grantRanges(state: FleetState, cluster: string, wishes: readonly FleetWish[]): Result<FleetGrant, Problem> {
  const kept: FleetRange[] = [];
  const given: FleetRange[] = [];
  for (const [index, wish] of wishes.entries()) {
    const at = `/ranges/${index}`;
    const repeated = wishes.findIndex(({ plane, family }) => plane === wish.plane && family === wish.family) < index;
    if (repeated) return err(invalid(`${at}/plane`, `a cluster has one ${wish.plane} range of IPv${wish.family}: it is asked for twice`));
    const has = state.taken.find((one) => one.cluster === cluster && one.plane === wish.plane && one.prefix.family === wish.family);
    if (has) {
      if (!fulfils(has.prefix, wish)) return err(reused(cluster, has, wish));
      kept.push(has);
      continue;
    }
    const found = find(state, given, wish, at);
    if (!found.ok) return found;
    given.push({ cluster, plane: wish.plane, prefix: found.value });
  }
  return ok({ kept, given });
}

function fulfils(prefix: Cidr, wish: FleetWish): boolean {
  return wish.prefix ? formatCidr(prefix) === formatCidr(wish.prefix) : prefix.prefix === wish.prefixLength;
}

function find(state: FleetState, given: readonly FleetRange[], wish: FleetWish, at: string): Result<Cidr, Problem> {
  if (wish.prefix) return named(state, given, wish.prefix, `${at}/prefix`);
  const free = freeOf(state, given, wish.family);
  const [prefix] = freePrefixes(free, wish.prefixLength, 1);
  return prefix ? ok(prefix) : err(exhausted(state, free, wish));
}

/** Only what another cluster has of the space stands in the way of a prefix by name: how else would a cluster's own range get into the space? */
function named(state: FleetState, given: readonly FleetRange[], prefix: Cidr, pointer: string): Result<Cidr, Problem> {
  if (!state.prefixes.some((one) => cidrCovers(one, prefix))) {
    return err(invalid(pointer, `${formatCidr(prefix)} is outside \`${state.name}\` (${state.prefixes.map(formatCidr).join(', ')})`));
  }
  const other = [...state.taken, ...given].find((one) => cidrsOverlap(one.prefix, prefix));
  if (!other) return ok(prefix);
  const holder = `the ${other.plane} range ${formatCidr(other.prefix)} of \`${other.cluster}\``;
  const hint = 'ask for a `prefixLength` to get the lowest free range';
  return err(problem('ip-taken', `${formatCidr(prefix)} meets ${holder}`, { hint, extra: { address: formatCidr(prefix), holder } }));
}

function freeOf(
  { prefixes, taken, avoid }: Pick<FleetState, 'prefixes' | 'taken' | 'avoid'>,
  given: readonly FleetRange[],
  family: IpFamily,
): readonly IpRange[] {
  const own = prefixes.filter((prefix) => prefix.family === family).map(rangeOfCidr);
  return subtractRanges(own, [...avoid, ...[...taken, ...given].map(({ prefix }) => rangeOfCidr(prefix))]);
}

/** How full a space is, of one family. Numbers of addresses as decimal text. */
export interface FleetSpaceUse {
  readonly family: IpFamily;
  readonly capacity: string;
  readonly taken: string;
  readonly free: string;
  readonly usedPercent: number;
  /** The longest free prefix; null where nothing is free. */
  readonly largestFree: string | null;
  readonly fragments: number;
  /** By the largest free prefix: a range is one. See {@link fragmentationOf}. */
  readonly fragmentationPercent: number;
}

/** How full a space is by what clusters have of it. */
export function spaceUse(prefixes: readonly Cidr[], taken: readonly FleetRange[]): readonly FleetSpaceUse[] {
  const families: readonly IpFamily[] = [4, 6];
  return families.flatMap((family) => {
    const capacity = countAddresses(subtractRanges(prefixes.filter((prefix) => prefix.family === family).map(rangeOfCidr), []));
    if (capacity === 0n) return [];
    const free = freeOf({ prefixes, taken, avoid: [] }, [], family);
    const left = countAddresses(free);
    const largest = largestPrefix(free);
    return [
      {
        family,
        capacity: String(capacity),
        taken: String(capacity - left),
        free: String(left),
        usedPercent: Number(((capacity - left) * 10_000n) / capacity) / 100,
        largestFree: largest ? formatCidr(largest) : null,
        fragments: free.length,
        fragmentationPercent: fragmentationOf(left, largest ? cidrSize(largest) : 0n),
      },
    ];
  });
}

function exhausted({ name }: FleetState, free: readonly IpRange[], { plane, family, prefixLength }: FleetWish): Problem {
  const largest = largestPrefix(free);
  const left = countAddresses(free);
  const message = `\`${name}\` has no free /${prefixLength} of IPv${family} for ${plane}s: ${largest ? `the largest free prefix is ${formatCidr(largest)}` : 'nothing is free'}`;
  const requested = String(1n << BigInt(familyBits(family) - prefixLength));
  return problem('pool-exhausted', message, {
    extra: { requested, available: String(left), largestFree: largest ? formatCidr(largest) : null },
  });
}

function reused(cluster: string, has: FleetRange, wish: FleetWish): Problem {
  const wanted = wish.prefix ? formatCidr(wish.prefix) : `a /${wish.prefixLength}`;
  const message = `\`${cluster}\` has ${formatCidr(has.prefix)} for ${wish.plane}s already, and ${wanted} is asked for`;
  return problem('identifier-reused', message, {
    hint: 'release the ranges of the cluster first',
    extra: { prefix: formatCidr(has.prefix) },
  });
}

function invalid(pointer: string, message: string): Problem {
  return problem('invalid-request', message, { errors: [{ pointer, code: 'invalid-value', message }] });
}

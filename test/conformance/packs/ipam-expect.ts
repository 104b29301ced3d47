import { parseCidr } from '../../../src/core/net/cidr.js';
import { formatIp, parseIp } from '../../../src/core/net/ip.js';
import { type IpRange, mergeRanges, rangeContains, rangeOfCidr } from '../../../src/core/net/ip-set.js';
import { type Actual, type Expectation, type FamilyExpectation, type Json, textOf } from './ipam-vector.js';

/** A check of one member of an expectation. Earlier results are known by name. */
type Check = (expected: never, actual: Actual, earlier: ReadonlyMap<string, readonly Json[]>) => boolean;

/** Numbers are compared as numbers of any size, addresses and prefixes in canonical form. */
function canonical(value: Json | undefined): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') {
    if (/^-?\d+$/.test(value)) return BigInt(value).toString();
    const ip = parseIp(value);
    return ip ? formatIp(ip) : value;
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([name, member]) => `${name}:${canonical(member)}`);
    return `{${members.sort().join()}}`;
  }
  return String(value);
}

const CHECKS: {
  readonly [M in keyof Expectation]-?: (
    expected: NonNullable<Expectation[M]>,
    ...rest: Parameters<Check> extends [never, ...infer R] ? R : never
  ) => boolean;
} = {
  ok: (_, { error }) => error === null,
  error: (expected, { error }) => error?.code === expected,
  message: (expected, { error }) => error?.message === expected,
  messagePrefix: (expected, { error }) => error?.message.startsWith(expected) ?? false,
  messageContains: (expected, { error }) => error?.message.includes(expected) ?? false,
  // A list is the last result, or all results.
  value: (expected, { results }) =>
    canonical(results.at(-1)) === canonical(expected) || (Array.isArray(expected) && canonical(results) === canonical(expected)),
  warning: (expected, { warnings }) => warnings?.includes(expected) ?? false,
  match: (expected, { results }) =>
    Object.entries(expected).every(([name, member]) => canonical(memberOf(results.at(-1), name)) === canonical(member)),
  // Of a result that is a set, how many addresses it has.
  count: (expected, { results }) => canonical(memberOf(results.at(-1), 'count') ?? results.length) === canonical(expected),
  first: (expected, { results }) => canonical(results[0]) === canonical(expected),
  distinct: (_, { results }) => new Set(results.map(canonical)).size === results.length,
  set: (expected, { results }) => sameSet(results, expected),
  in: (expected, { results }) => results.every((one) => inOne(one, expected)),
  notIn: (expected, { results }) => results.every((one) => !inOne(one, expected)),
  sameAs: (expected, { results }, earlier) => canonical(results.at(-1)) === canonical(named(expected, earlier).at(-1)),
  notSameAs: (expected, { results }, earlier) => canonical(results.at(-1)) !== canonical(named(expected, earlier).at(-1)),
  notSameAsAny: (expected, { results }, earlier) => expected.every((name) => !includes(named(name, earlier), results.at(-1))),
  sameAsOneOf: (expected, { results }, earlier) => expected.some((name) => includes(named(name, earlier), results.at(-1))),
  sameSequenceAs: (expected, { results }, earlier) => canonical(results) === canonical(named(expected, earlier)),
  // Asked of the allocator by the runner, which puts what it lists into the results.
  hasAll: (expected, { results }, earlier) =>
    [expected].flat().every((name) => named(name, earlier).every((one) => includes(results, one))),
  failures: (expected, { failures }) => failures === expected,
  attempts: (expected, { attempts }) => attempts === expected,
  state: (expected, { state }) =>
    Object.entries(expected).every(([name, member]) => canonical(spread(state?.[name])) === canonical(spread(member))),
  available: (expected, { results }) => {
    const given = memberOf(results.at(-1), 'available');
    return Object.entries(expected).every(([name, member]) => {
      const value = memberOf(given, name);
      return name === 'free'
        ? sameSet((value ?? []) as readonly Json[], member as readonly Json[])
        : canonical(value) === canonical(member);
    });
  },
  contains: (expected, { results }) => expected.every((one) => inOne(one, setOf(results))),
  excludes: (expected, { results }) => !expected.some((one) => inOne(one, setOf(results))),
  v4: (expected, { families }) => holdsOfFamily(expected, families?.v4),
  v6: (expected, { families }) => holdsOfFamily(expected, families?.v6),
  unallocated: (expected, { members }) => canonical(members?.unallocated) === canonical(expected),
  released: (expected, { members }) => canonical(members?.released) === canonical(expected),
  byHandle: (expected, { members }) => canonical(members?.byHandle) === canonical(expected),
  status: (expected, { members }) => members?.status === expected,
  claimed: (expected, { members }) => canonical(members?.claimed) === canonical(expected),
  failed: (expected, { members }) => canonical(members?.failed) === canonical(expected),
};

/** The set that is the result, as ranges. */
function setOf(results: readonly Json[]): readonly Json[] {
  return (memberOf(results.at(-1), 'set') ?? []) as readonly Json[];
}

/** Counts hold for each run, messages for the last. */
function holdsOfFamily(expected: FamilyExpectation, runs: NonNullable<Actual['families']>['v4'] | undefined): boolean {
  const given = (runs ?? []).map(({ addresses }) => addresses as readonly Json[]);
  const { count, messages, in: inside, notIn } = expected;
  return (
    given.length > 0 &&
    (count === undefined || given.every((addresses) => new Set(addresses.map(canonical)).size === count)) &&
    (messages === undefined || canonical(runs?.at(-1)?.messages) === canonical(messages)) &&
    (inside === undefined || given.flat().every((one) => inOne(one, inside))) &&
    (notIn === undefined || given.flat().every((one) => !inOne(one, notIn)))
  );
}

/** What the pack calls "members of the result": of the last one. A result without such a member does not hold. */
function isMemberOfResult(name: string): Check {
  return (expected, { results }) => {
    const member = memberOf(results.at(-1), name);
    return member !== undefined && canonical(member) === canonical(expected);
  };
}

/** The members that do not hold. */
export function broken(expected: Expectation, actual: Actual, earlier: ReadonlyMap<string, readonly Json[]>): readonly string[] {
  return Object.entries(expected).flatMap(([name, member]) => {
    const check = (CHECKS as Readonly<Record<string, Check | undefined>>)[name] ?? isMemberOfResult(name);
    return check(member as never, actual, earlier) ? [] : [name];
  });
}

/** The results that `name`, `name[i]` or `name[i:j]` refers to. */
export function named(reference: string, earlier: ReadonlyMap<string, readonly Json[]>): readonly Json[] {
  const [, name = '', from, colon, to] = /^\$?([\w.]+)(?:\[(\d+)(?:(:)(\d+))?\])?$/.exec(reference) ?? [];
  const results = earlier.get(name);
  if (!results) throw new Error(`\`${reference}\` refers to nothing`);
  if (from === undefined) return results;
  return colon === undefined ? results.slice(Number(from), Number(from) + 1) : results.slice(Number(from), Number(to));
}

function includes(list: readonly Json[], value: Json | undefined): boolean {
  return list.some((one) => canonical(one) === canonical(value));
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [name: string]: Json })[name]
    : undefined;
}

/** `["0-3"]` and `[[0, 3]]` are the same ranges. */
function spread(value: Json | undefined): Json | undefined {
  if (!Array.isArray(value)) return value;
  return value.map((one: Json) => (typeof one === 'string' && /^\d+-\d+$/.test(one) ? one.split('-').map(Number) : one));
}

/** Ranges of addresses or numbers; single values are ranges of one. */
function rangesOf(values: readonly Json[]): readonly IpRange[] {
  return mergeRanges(values.map(rangeOf));
}

function rangeOf(value: Json): IpRange {
  if (Array.isArray(value)) return { family: 6, first: BigInt(value[0] as number), last: BigInt(value[1] as number) };
  const text = textOf(value);
  const cidr = parseCidr(text);
  if (cidr) return rangeOfCidr(cidr);
  const [from = '', to = from] = text.split('-');
  const first = parseIp(from);
  const last = parseIp(to);
  if (first && last) return { family: first.family, first: first.value, last: last.value };
  return { family: 6, first: BigInt(from), last: BigInt(to) };
}

function inOne(value: Json, ranges: readonly Json[]): boolean {
  const { family, first, last } = rangeOf(value);
  return rangesOf(ranges).some((range) => rangeContains(range, { family, value: first }) && rangeContains(range, { family, value: last }));
}

function sameSet(results: readonly Json[], expected: readonly Json[]): boolean {
  const text = (ranges: readonly IpRange[]) => ranges.map(({ family, first, last }) => `${family} ${first} ${last}`).join();
  return text(rangesOf(results)) === text(rangesOf(expected));
}

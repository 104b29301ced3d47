import { firstFew } from '../kernel/first-few.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import { type Cidr, cidrCovers, cidrsOverlap, formatCidr } from '../net/cidr.js';
import { formatIp, type Ip } from '../net/ip.js';
import { type IpRange, rangeOfCidr } from '../net/ip-set.js';
import type { NetworkModel } from '../model/network-model.js';
import { admits, allPools, poolsMeeting } from './all-pools.js';
import { ownersIn } from './address-owners.js';
import { type Place, placeText, spanOf } from './allocation.js';
import type { AllocationBook } from './allocation-book.js';
import type { AllocationOptions } from './allocation-options.js';
import { type AllocationSource, invalidAllocation } from './allocation-source.js';
import { firstClipped } from './clip-ranges.js';
import { heldAddresses } from './held-addresses.js';
import type { IpPool } from './ip-pool.js';
import { nodeRanges } from './node-ranges.js';
import { inRanges } from './pool-utilization.js';

/**
 * The pool that gives what is asked for by name: the first that it lies in. It may be reserved, but has to be nobody's, and of an address the rule of the pool has to hand it out. A
 * prefix may have addresses that are never handed out one by one; it is taken as a whole. Fails with `ip-taken` and `invalid-request`.
 */
export function poolOfNamed(
  model: NetworkModel,
  book: AllocationBook,
  sources: readonly AllocationSource[],
  options: AllocationOptions,
  place: Place,
): Result<IpPool, Problem> {
  const range = rangeOfCidr(spanOf(place));
  const pool = sources.find((source) => source.pool.span.some((span) => isInside(range, span)))?.pool;
  if (!pool) return err(outside(model, sources, place));
  const barred = barredBy(model, options, place);
  if (barred) return err(barred);
  if (place.prefixLength === undefined && !inRanges(pool.usable, range.family, range.first)) {
    const message = `\`${pool.name}\` never hands ${placeText(place)} out (rule \`${pool.usableRule ?? 'none'}\`)`;
    return err(invalidAllocation('/address', 'unusable', message, 'leave `address` out, or name it with its neighbours as a `prefix`'));
  }
  const holder = holderIn(model, book, pool, range) ?? (options.node === undefined ? nodeOf(pool, place) : undefined);
  return holder === undefined ? ok(pool) : err(ipTaken(place, holder));
}

function isInside(range: IpRange, span: IpRange): boolean {
  return span.family === range.family && span.first <= range.first && range.last <= span.last;
}

function pointerOf({ prefixLength }: Place): string {
  return prefixLength === undefined ? '/address' : '/prefix';
}

function outside(model: NetworkModel, sources: readonly AllocationSource[], place: Place): Problem {
  const alike = sources.some(({ pool }) => pool.family === place.ip.family);
  if (!alike) return otherFamily(model, sources, place, pointerOf(place));
  const contains = spanOf(place);
  const right = poolsMeeting(model, rangeOfCidr(contains)).filter((pool) => pool.strategy !== null && admits({ contains }, pool));
  const hint =
    right.length === 0
      ? undefined
      : `it is in ${firstFew(
          right.map(({ name }) => `\`${name}\``),
          3,
        )}`;
  return invalidAllocation(pointerOf(place), 'not-in-pool', `${placeText(place)} is outside ${poolsText(sources)}`, hint);
}

/** `invalid-request`: none of the pools has addresses of the family. Names one that has. */
export function otherFamily(model: NetworkModel, sources: readonly AllocationSource[], place: Place, pointer: string): Problem {
  const { family } = place.ip;
  const has = `${poolsText(sources)} has IPv${sources[0]?.pool.family ?? 0} addresses`;
  const right = allPools(model).find((pool) => pool.strategy !== null && pool.family === family);
  const hint = right ? `\`${right.name}\` hands IPv${family} addresses out` : `no pool of the cluster hands IPv${family} addresses out`;
  return invalidAllocation(pointer, 'other-family', `${placeText(place)} is IPv${family}, and ${has}`, hint);
}

function poolsText(sources: readonly AllocationSource[]): string {
  return sources.map(({ pool }) => `\`${pool.name}\` (${pool.declared.join(', ')})`).join(' and ');
}

/** Why the options do not admit it; undefined: they do. */
function barredBy(model: NetworkModel, { within = [], exclude = [], node }: AllocationOptions, place: Place): Problem | undefined {
  const span = spanOf(place);
  const refuse = (message: string): Problem => invalidAllocation(pointerOf(place), 'not-admitted', `${placeText(place)} ${message}`);
  const listed = (cidrs: readonly Cidr[]): string => cidrs.slice(0, 5).map(formatCidr).join(', ') || 'none';
  if (within.length > 0 && !within.some((cidr) => cidrCovers(cidr, span))) return refuse(`is outside \`within\` (${listed(within)})`);
  const barred = exclude.find((cidr) => cidrsOverlap(cidr, span));
  if (barred) return refuse(`${cidrCovers(barred, span) ? 'lies in' : 'meets'} ${formatCidr(barred)} of \`exclude\``);
  const named = node === undefined ? undefined : model.nodes.get(node);
  const own = named && nodeRanges(model, named);
  if (own && !own.some((cidr) => cidrCovers(cidr, span))) return refuse(`is outside the ranges of node \`${node}\` (${listed(own)})`);
  return undefined;
}

/** Who has the first address of a range that somebody has, in words; undefined: nobody has any. */
function holderIn(model: NetworkModel, book: AllocationBook, pool: IpPool, range: IpRange): string | undefined {
  const given = book.takenOf(pool.plane, pool.family).firstIn(range);
  if (given !== undefined) return recipientOf(book, pool, { family: range.family, value: given });
  const held = firstClipped(heldAddresses(model), range);
  if (!held) return undefined;
  const ip = { family: held.family, value: held.first };
  const name = ownersIn(model, ip)[0]?.name ?? '';
  const who = name === '' ? 'somebody in the cluster' : name;
  return range.first === range.last ? who : `${who} (${formatIp(ip)})`;
}

function recipientOf(book: AllocationBook, { plane }: IpPool, ip: Ip): string {
  const allocation = book.holder(plane, ip);
  if (!allocation) return `nobody until ${book.restOf(plane, ip) ?? 'it has rested'}: it was given back and rests`;
  const what = allocation.prefixLength === undefined ? '' : ` (${placeText(allocation)})`;
  return `\`${allocation.identifier}\` of pool \`${allocation.pool}\`${what}`;
}

/** The part of a node that a prefix meets: it belongs to the node as a whole. */
function nodeOf({ layout }: IpPool, place: Place): string | undefined {
  if (place.prefixLength === undefined) return undefined;
  const block = layout?.blocks.find(({ cidr }) => cidrsOverlap(cidr, spanOf(place)));
  return block && `${block.node === null ? 'no node, as a block of Calico' : `node \`${block.node}\``} (${formatCidr(block.cidr)})`;
}

/** `ip-taken`: says whose it is. */
export function ipTaken(place: Place, holder: string): Problem {
  const address = placeText(place);
  if (place.prefixLength === undefined) {
    const hint = 'leave `address` out to get the next free one';
    return problem('ip-taken', `${address} belongs to ${holder}`, { hint, extra: { address, holder } });
  }
  const hint = 'send `prefixLength` in place of `prefix` to get the next free one';
  return problem('ip-taken', `${address} is not free: it meets what belongs to ${holder}`, { hint, extra: { address, holder } });
}

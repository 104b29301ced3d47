import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import { formatIp, type Ip } from '../net/ip.js';
import type { NetworkModel } from '../model/network-model.js';
import type { Allocation, NewAllocation } from './allocation.js';
import type { AllocationBook } from './allocation-book.js';
import { AllocationMemory } from './allocation-memory.js';
import { type AllocationOptions, requestText } from './allocation-options.js';
import { type AllocationSource, barredBy, invalidAllocation, sourcesOf } from './allocation-source.js';
import type { AllocationStrategy } from './allocation-strategy.js';
import { ownersIn } from './address-owners.js';
import type { IpPool } from './ip-pool.js';
import type { RejectedPool } from './next-free.js';
import { pickAddresses } from './pick-addresses.js';
import { poolUsage } from './pool-usage.js';
import { inRanges } from './pool-utilization.js';
import { SeededNumbers } from './seeded-numbers.js';

/** What a caller asks for. */
export interface AllocationRequest {
  readonly pool: string;
  readonly identifier: string;
  readonly owner: string | null;
  /** Undefined: whichever the strategy chooses. */
  readonly address: Ip | undefined;
  readonly options?: AllocationOptions | undefined;
}

/** Why these addresses. */
export interface AllocationExplanation {
  readonly pool: string;
  /** Null: the caller had them already, or named one. */
  readonly strategy: AllocationStrategy | null;
  readonly requested: number;
  readonly message: string;
  /** Those that were tried before, and the first reason. */
  readonly rejectedPools: readonly RejectedPool[];
}

/** Addresses to be handed out; or what the caller has already. */
export interface AllocationDecision {
  readonly known: readonly Allocation[];
  readonly made: readonly NewAllocation[];
  readonly explanation: AllocationExplanation;
}

const NOTHING = new AllocationMemory();

/**
 * Decides which addresses a caller gets: those it has under this identifier, the one it names, or those that the strategy takes among the ones that nobody has, in the cluster's
 * objects or through the API. Equal state and equal request give an equal decision (INV-IPAM-5). `memory` is looked at by `fifo` and `roundRobin` alone. Fails with
 * `unknown-pool`, `unknown-node`, `identifier-reused`, `address-taken`, `pool-exhausted` and `invalid-request`.
 */
export function allocateAddress(
  model: NetworkModel,
  book: AllocationBook,
  request: AllocationRequest,
  memory: AllocationMemory = NOTHING,
): Result<AllocationDecision, Problem> {
  const { options = {} } = request;
  const names = [request.pool, ...(options.otherPools ?? [])];
  for (const name of names) {
    const known = book.members(name, request.identifier);
    if (known.length > 0) return knownAs(known, request);
  }
  const sources = sourcesOf(model, book, names, options);
  if (!sources.ok) return sources;
  return request.address
    ? named(model, book, sources.value, request, request.address)
    : chosen(model, book, sources.value, request, memory);
}

/** The same request again gets the same addresses; another one under the same identifier is refused. */
function knownAs(known: readonly Allocation[], request: AllocationRequest): Result<AllocationDecision, Problem> {
  const { identifier, address, owner, options = {} } = request;
  const [first] = known;
  if (!first) return ok({ known, made: [], explanation: explained(request, request.pool, null, 'nothing') });
  const sameAddress = first.byName ? address !== undefined && formatIp(address) === formatIp(first.ip) : address === undefined;
  const sameOptions = (first.terms?.request ?? '') === requestText(options);
  if (sameAddress && first.owner === owner && sameOptions) {
    return ok({ known, made: [], explanation: explained(request, first.pool, null, `\`${identifier}\` has it already`) });
  }
  const differs = !sameAddress
    ? `as ${formatIp(first.ip)}${first.byName ? ', asked for by name' : ''}`
    : first.owner === owner
      ? `on other terms (${first.terms?.request || 'none'})`
      : `for ${first.owner === null ? 'no owner' : `owner \`${first.owner}\``}`;
  const hint = 'release it first, or take another identifier';
  const extra = { address: formatIp(first.ip), owner: first.owner };
  return err(problem('identifier-reused', `\`${identifier}\` was handed out ${differs}, by another request`, { hint, extra }));
}

/** An address by name may be reserved, but has to be one that the rule of the first pool it lies in hands out, and nobody's. */
function named(
  model: NetworkModel,
  book: AllocationBook,
  sources: readonly AllocationSource[],
  request: AllocationRequest,
  ip: Ip,
): Result<AllocationDecision, Problem> {
  const text = formatIp(ip);
  const pool = sources.find((source) => inRanges(source.pool.span, ip.family, ip.value))?.pool;
  if (!pool) return err(outside(sources, ip));
  const barred = barredBy(model, request.options ?? {}, ip);
  if (barred) return err(barred);
  if (!inRanges(pool.usable, ip.family, ip.value)) {
    return err(
      invalidAllocation('/address', 'unusable', `\`${pool.name}\` never hands ${text} out (rule \`${pool.usableRule ?? 'none'}\`)`),
    );
  }
  const holder = holderOf(model, book, pool, ip);
  if (holder !== undefined) return err(taken(text, holder));
  return ok(decision(request, pool, [ip.value], null, 'asked for by name', []));
}

function outside(sources: readonly AllocationSource[], ip: Ip): Problem {
  const alike = sources.some(({ pool }) => pool.family === ip.family);
  return alike
    ? invalidAllocation('/address', 'not-in-pool', `${formatIp(ip)} is outside ${poolsText(sources)}`)
    : otherFamily(sources, ip, '/address');
}

function otherFamily(sources: readonly AllocationSource[], ip: Ip, pointer: string): Problem {
  const has = `${poolsText(sources)} has IPv${sources[0]?.pool.family ?? 0} addresses`;
  return invalidAllocation(pointer, 'other-family', `${formatIp(ip)} is IPv${ip.family}, and ${has}`);
}

function poolsText(sources: readonly AllocationSource[]): string {
  return sources.map(({ pool }) => `\`${pool.name}\` (${pool.declared.join(', ')})`).join(' and ');
}

/** Whose the address is, in words; undefined: nobody's. */
function holderOf(model: NetworkModel, book: AllocationBook, pool: IpPool, ip: Ip): string | undefined {
  const allocation = book.holder(pool.plane, ip);
  if (allocation) return `\`${allocation.identifier}\` of pool \`${allocation.pool}\``;
  const rests = book.restOf(pool.plane, ip);
  if (rests !== undefined) return `nobody until ${rests}: it was given back and rests`;
  const [owner] = ownersIn(model, ip);
  return owner && (owner.name === '' ? 'somebody in the cluster' : owner.name);
}

/** From the first pool that has so many; where fewer will do and none has, from the one that has most. */
function chosen(
  model: NetworkModel,
  book: AllocationBook,
  sources: readonly AllocationSource[],
  request: AllocationRequest,
  memory: AllocationMemory,
): Result<AllocationDecision, Problem> {
  const { count = 1, strategy = 'lowest', partial = false, preferred } = request.options ?? {};
  if (preferred && !sources.some(({ pool }) => pool.family === preferred.family)) return err(otherFamily(sources, preferred, '/preferred'));
  const rejected: RejectedPool[] = [];
  let most: { readonly pool: IpPool; readonly values: readonly bigint[] } | undefined;
  for (const source of sources) {
    const { pool, space } = source;
    const wanted = preferred?.family === pool.family ? preferred.value : undefined;
    const values = pickAddresses(space, strategy, count, choiceOf(book, source, request, memory), wanted);
    const how =
      wanted !== undefined && values[0] === wanted
        ? 'the preferred address is free'
        : `\`${strategy}\` takes ${values.length === 1 ? 'it' : 'them'} next`;
    if (values.length === count) return ok(decision(request, pool, values, strategy, how, rejected));
    // Fewer than were asked for are all there are.
    rejected.push({ pool: pool.name, reason: values.length === 0 ? 'POOL_EXHAUSTED' : 'POOL_TOO_SMALL', available: String(values.length) });
    if (values.length > (most?.values.length ?? 0)) most = { pool, values };
  }
  if (!partial || !most) return err(exhausted(model, book, sources, request, rejected));
  const others = rejected.filter(({ pool }) => pool !== most?.pool.name);
  const how = `assigned ${most.values.length} out of ${count} requested addresses: no more are free in ${sources.map(({ pool }) => `\`${pool.name}\``).join(', ')}`;
  return ok(decision(request, most.pool, most.values, strategy, how, others));
}

function choiceOf(book: AllocationBook, { pool }: AllocationSource, { options = {} }: AllocationRequest, memory: AllocationMemory) {
  const { seed, strategy } = options;
  return {
    cursor: strategy === 'roundRobin' ? memory.cursor(pool.name) : undefined,
    released: memory.released(pool.plane, pool.family),
    upperBand: pool.bands?.dynamic?.[0],
    numbers: new SeededNumbers(seed ?? (strategy === undefined ? '' : String(book.sequence))),
  };
}

function decision(
  request: AllocationRequest,
  { name, plane, family }: IpPool,
  values: readonly bigint[],
  strategy: AllocationStrategy | null,
  message: string,
  rejectedPools: readonly RejectedPool[],
): AllocationDecision {
  const { identifier, owner, address, options = {} } = request;
  const text = requestText(options);
  const made = values.map((value, ordinal): NewAllocation => ({
    pool: name,
    plane,
    ip: { family, value },
    identifier,
    owner,
    byName: address !== undefined,
    ordinal,
    request: text,
    leaseSeconds: options.leaseSeconds ?? null,
    cooldownSeconds: options.cooldownSeconds ?? 0,
  }));
  return { known: [], made, explanation: explained(request, name, strategy, message, rejectedPools) };
}

function explained(
  { options }: AllocationRequest,
  pool: string,
  strategy: AllocationStrategy | null,
  message: string,
  rejectedPools: readonly RejectedPool[] = [],
): AllocationExplanation {
  return { pool, strategy, requested: options?.count ?? 1, message, rejectedPools };
}

/** Says what is left of the first pool, and of all. */
function exhausted(
  model: NetworkModel,
  book: AllocationBook,
  sources: readonly AllocationSource[],
  { options = {} }: AllocationRequest,
  rejectedPools: readonly RejectedPool[],
): Problem {
  const { count = 1 } = options;
  const [first] = sources;
  const numbers = first && poolUsage(model, book, first.pool);
  const [capacity, used, reserved] = [String(numbers?.capacity ?? 0n), String(numbers?.used ?? 0n), String(numbers?.reserved ?? 0n)];
  const available = String(first?.space.free ?? 0n);
  const left = rejectedPools.map(({ pool, available: some }) => `\`${pool}\` has ${some}`).join(', ');
  const limits = (['within', 'exclude', 'node'] as const).filter((name) => options[name] !== undefined).map((name) => `\`${name}\``);
  const admitted = limits.length === 0 ? '' : ` that ${limits.join(' and ')} ${limits.length === 1 ? 'admits' : 'admit'}`;
  const message =
    count === 1 && sources.length === 1
      ? `pool \`${first?.pool.name ?? ''}\` has no free address${admitted}: ${used} of ${capacity} are used, ${reserved} reserved`
      : `no pool has ${count} free ${count === 1 ? 'address' : 'addresses'}${admitted}: ${left}`;
  const largestFree = String(first?.space.largestRun() ?? 0n);
  return problem('pool-exhausted', message, {
    extra: { requested: count, available, largestFree, capacity, used, reserved, rejectedPools },
    ...(count > 1 ? { hint: 'ask for fewer, or send `partial`' } : {}),
  });
}

function taken(address: string, holder: string): Problem {
  const hint = 'leave `address` out to get the next free one';
  return problem('address-taken', `${address} belongs to ${holder}`, { hint, extra: { address, holder } });
}

import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import { describeRef } from '../kernel/object-ref.js';
import { formatIp, type Ip } from '../net/ip.js';
import type { IpRange } from '../net/ip-set.js';
import type { SparseBitmap } from '../net/sparse-bitmap.js';
import type { NetworkModel } from '../model/network-model.js';
import type { Allocation } from './allocation.js';
import type { AllocationBook } from './allocation-book.js';
import { allPools, takenIn, unknownPool } from './all-pools.js';
import { heldAddresses, holdersOf } from './held-addresses.js';
import type { IpPool } from './ip-pool.js';
import { refOfOwner } from './own-ip.js';
import { inRanges, offeredBy, utilizationOf } from './pool-utilization.js';

/** What a caller asks for. */
export interface AllocationRequest {
  readonly pool: string;
  readonly identifier: string;
  readonly owner: string | null;
  /** Undefined: the lowest free one. */
  readonly address: Ip | undefined;
}

/** An address to be handed out; or what the caller has already. */
export type AllocationDecision =
  | { readonly type: 'allocate'; readonly allocation: Pick<Allocation, 'pool' | 'plane' | 'ip' | 'identifier' | 'owner' | 'byName'> }
  | { readonly type: 'known'; readonly allocation: Allocation };

/**
 * Decides which address a caller gets: the one it has under this identifier, the one it names, or the lowest one that nobody has, in the cluster's objects or through the API.
 * Equal state and equal request give an equal decision (INV-IPAM-5). Fails with `unknown-pool`, `identifier-reused`, `address-taken`, `pool-exhausted` and `invalid-request`.
 */
export function allocateAddress(
  model: NetworkModel,
  book: AllocationBook,
  request: AllocationRequest,
): Result<AllocationDecision, Problem> {
  const known = book.find(request.pool, request.identifier);
  if (known) return knownAs(known, request);
  const pool = poolToServe(model, request.pool);
  if (!pool.ok) return pool;
  const ip = request.address ? demanded(model, book, pool.value, request.address) : lowest(model, book, pool.value);
  if (!ip.ok) return ip;
  const { identifier, owner, address } = request;
  const { name, plane } = pool.value;
  return ok({ type: 'allocate', allocation: { pool: name, plane, ip: ip.value, identifier, owner, byName: address !== undefined } });
}

/** The same request again gets the same answer; another one under the same identifier is refused. */
function knownAs(known: Allocation, { identifier, address, owner }: AllocationRequest): Result<AllocationDecision, Problem> {
  const sameAddress = known.byName ? address !== undefined && formatIp(address) === formatIp(known.ip) : address === undefined;
  if (sameAddress && known.owner === owner) return ok({ type: 'known', allocation: known });
  const differs = sameAddress ? `for ${known.owner === null ? 'no owner' : `owner \`${known.owner}\``}` : `as ${formatIp(known.ip)}`;
  const message = `\`${identifier}\` was handed out ${differs}${known.byName ? ', asked for by name' : ''}, by another request`;
  const hint = 'release it first, or take another identifier';
  return err(problem('identifier-reused', message, { hint, extra: { address: formatIp(known.ip), owner: known.owner } }));
}

function poolToServe(model: NetworkModel, name: string): Result<IpPool, Problem> {
  const pools = allPools(model);
  const pool = pools.find((one) => one.name === name);
  if (!pool)
    return err(
      unknownPool(
        name,
        pools.map((one) => one.name),
      ),
    );
  if (pool.strategy !== null) return ok(pool);
  const message = `nothing is handed out of \`${name}\`: it lists ${pool.why}`;
  const serving = pools.filter(({ strategy }) => strategy !== null).map((one) => one.name);
  return err(invalid('/pool', 'not-a-source', message, `pools to allocate from: ${serving.join(', ')}`));
}

/** An address by name may be reserved, but has to be one that the pool's rule hands out, and nobody's. */
function demanded(model: NetworkModel, book: AllocationBook, pool: IpPool, ip: Ip): Result<Ip, Problem> {
  const text = formatIp(ip);
  if (!inRanges(pool.span, ip.family, ip.value)) {
    return err(invalid('/address', 'not-in-pool', `${text} is outside \`${pool.name}\` (${pool.declared.join(', ')})`));
  }
  if (!inRanges(pool.usable, ip.family, ip.value)) {
    return err(invalid('/address', 'unusable', `\`${pool.name}\` never hands ${text} out (rule \`${pool.usableRule ?? 'none'}\`)`));
  }
  const allocation = book.holder(pool.plane, ip);
  if (allocation) return err(taken(text, `\`${allocation.identifier}\` of pool \`${allocation.pool}\``));
  const [holder] = holdersOf(model, ip);
  const ref = holder && refOfOwner(model, holder);
  return holder ? err(taken(text, ref ? describeRef(ref) : 'somebody in the cluster')) : ok(ip);
}

function lowest(model: NetworkModel, book: AllocationBook, pool: IpPool): Result<Ip, Problem> {
  const value = lowestAbsent(offeredOf(model, pool), book.takenOf(pool.plane, pool.family));
  return value === undefined ? err(exhausted(model, book, pool)) : ok({ family: pool.family, value });
}

function lowestAbsent(offered: readonly IpRange[], isTaken: SparseBitmap): bigint | undefined {
  for (const { first, last } of offered) {
    const value = isTaken.nextAbsent(first);
    if (value <= last) return value;
  }
  return undefined;
}

const MEMORY = new WeakMap<IpPool, readonly IpRange[]>();

/** What nobody in the cluster has of a pool. Memoised: pools are made once for each model. */
function offeredOf(model: NetworkModel, pool: IpPool): readonly IpRange[] {
  const known = MEMORY.get(pool);
  if (known) return known;
  const offered = offeredBy(pool, heldAddresses(model));
  MEMORY.set(pool, offered);
  return offered;
}

function exhausted(model: NetworkModel, book: AllocationBook, pool: IpPool): Problem {
  const { capacity, used, reserved, available } = utilizationOf(pool, takenIn(model, book, pool));
  const message = `pool \`${pool.name}\` has no free address: ${used} of ${capacity} are used, ${reserved} reserved`;
  const extra = { requested: 1, available: String(available), capacity: String(capacity), used: String(used), reserved: String(reserved) };
  return problem('pool-exhausted', message, { extra });
}

function taken(address: string, holder: string): Problem {
  const hint = 'leave `address` out to get the lowest free one';
  return problem('address-taken', `${address} belongs to ${holder}`, { hint, extra: { address, holder } });
}

function invalid(pointer: string, code: string, message: string, hint?: string): Problem {
  return problem('invalid-request', message, { errors: [{ pointer, code, message }], ...(hint === undefined ? {} : { hint }) });
}

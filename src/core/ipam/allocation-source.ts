import { firstFew } from '../kernel/first-few.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import { formatCidr } from '../net/cidr.js';
import { familyBits } from '../net/ip.js';
import { type IpRange, rangeOfCidr, subtractRanges } from '../net/ip-set.js';
import type { NetworkModel } from '../model/network-model.js';
import type { AllocationBook } from './allocation-book.js';
import type { AllocationOptions } from './allocation-options.js';
import { allPools, poolNamed } from './all-pools.js';
import { type FreeSpace, intersectRanges } from './free-space.js';
import type { IpPool } from './ip-pool.js';
import { nodeRanges } from './node-ranges.js';
import { offeredOf, offeredWhole } from './pool-usage.js';
import { unknownNode } from '../model/unknown-node.js';

/** Pools that a hint names. */
const MOST_NAMED = 20;

/** A pool that may serve a request, and what is free of it that the request admits. */
export interface AllocationSource {
  readonly pool: IpPool;
  /** Of the prefixes that are asked for; 0 of addresses. */
  readonly hostBits: number;
  /** The addresses that the request admits and that nobody has in the cluster. */
  readonly offered: readonly IpRange[];
  /** In units of so many host bits. */
  readonly space: FreeSpace;
}

/** The pools of these names, in their order, narrowed to what the options admit. Fails with `unknown-pool`, `unknown-node` and `invalid-request`. */
export function sourcesOf(
  model: NetworkModel,
  book: AllocationBook,
  names: readonly string[],
  options: AllocationOptions,
): Result<readonly AllocationSource[], Problem> {
  const sources: AllocationSource[] = [];
  const { prefixLength } = options;
  for (const [index, name] of names.entries()) {
    const served = poolToServe(model, name, index === 0 ? '/pool' : `/otherPools/${index - 1}`);
    if (!served.ok) return served;
    const pool = served.value;
    const hostBits = prefixLength === undefined ? 0 : familyBits(pool.family) - prefixLength;
    if (hostBits < 0) return err(tooLong(pool));
    const all = prefixLength === undefined ? offeredOf(model, pool) : offeredWhole(model, pool, options.node !== undefined);
    const offered = admitted(model, pool, options, all);
    if (!offered.ok) return offered;
    sources.push({ pool, hostBits, offered: offered.value, space: book.takenOf(pool.plane, pool.family).free(offered.value, hostBits) });
  }
  return ok(sources);
}

/** `invalid-request`: the pool has no prefixes of that length. */
export function tooLong({ name, family }: IpPool): Problem {
  const message = `\`${name}\` has IPv${family} addresses, whose prefixes have a length of 0 to ${familyBits(family)}`;
  return invalidAllocation('/prefixLength', 'too-long', message);
}

/** `invalid-request` about one place. */
export function invalidAllocation(pointer: string, code: string, message: string, hint?: string): Problem {
  const shown = hint === undefined ? {} : { hint };
  return problem('invalid-request', message, { errors: [{ pointer, code, message, ...shown }], ...shown });
}

function poolToServe(model: NetworkModel, name: string, pointer: string): Result<IpPool, Problem> {
  const named = poolNamed(model, name);
  if (!named.ok || named.value.strategy !== null) return named;
  const message = `nothing is handed out of \`${name}\`: it lists ${named.value.why}`;
  const serving = allPools(model).flatMap((pool) => (pool.strategy === null ? [] : [pool.name]));
  return err(invalidAllocation(pointer, 'not-a-source', message, `pools to allocate from: ${firstFew(serving, MOST_NAMED)}`));
}

/** The part of the offered addresses that lies within what the options name, on their node, and outside what they exclude. */
function admitted(
  model: NetworkModel,
  pool: IpPool,
  { within = [], exclude = [], node: nodeName }: AllocationOptions,
  offered: readonly IpRange[],
): Result<readonly IpRange[], Problem> {
  if (within.length + exclude.length === 0 && nodeName === undefined) return ok(offered);
  for (const [member, cidrs] of Object.entries({ within, exclude })) {
    const index = cidrs.findIndex(({ family }) => family !== pool.family);
    const cidr = cidrs[index];
    if (!cidr) continue;
    const message = `${formatCidr(cidr)} is IPv${cidr.family}, and \`${pool.name}\` has IPv${pool.family} addresses`;
    return err(invalidAllocation(`/${member}/${index}`, 'other-family', message));
  }
  const node = nodeName === undefined ? undefined : model.nodes.get(nodeName);
  if (nodeName !== undefined && !node) return err(unknownNode(model.nodes.keys(), nodeName));
  const bounds = [within.map(rangeOfCidr), node && nodeRanges(model, node).map(rangeOfCidr)];
  let left = offered;
  for (const [index, ranges] of bounds.entries()) if (ranges && (index > 0 || ranges.length > 0)) left = intersectRanges(left, ranges);
  return ok(exclude.length === 0 ? left : subtractRanges(left, exclude.map(rangeOfCidr)));
}

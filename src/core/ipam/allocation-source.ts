import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import { type Cidr, cidrContains, formatCidr } from '../net/cidr.js';
import { formatIp, type Ip } from '../net/ip.js';
import { type IpRange, rangeOfCidr, subtractRanges } from '../net/ip-set.js';
import type { NetworkModel } from '../model/network-model.js';
import type { AllocationBook } from './allocation-book.js';
import type { AllocationOptions } from './allocation-options.js';
import { allPools, unknownPool } from './all-pools.js';
import { FreeSpace, intersectRanges } from './free-space.js';
import type { IpPool } from './ip-pool.js';
import { nodeRanges } from './node-ranges.js';
import { offeredOf } from './pool-usage.js';
import { unknownNode } from '../model/unknown-node.js';

/** A pool that may serve a request, and its free addresses that the request admits. */
export interface AllocationSource {
  readonly pool: IpPool;
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
  for (const [index, name] of names.entries()) {
    const pool = poolToServe(model, name, index === 0 ? '/pool' : `/otherPools/${index - 1}`);
    if (!pool.ok) return pool;
    const offered = admitted(model, pool.value, options, offeredOf(model, pool.value));
    if (!offered.ok) return offered;
    sources.push({ pool: pool.value, space: new FreeSpace(offered.value, book.takenOf(pool.value.plane, pool.value.family)) });
  }
  return ok(sources);
}

/** Why the options do not admit an address that is asked for by name; undefined: they do. */
export function barredBy(model: NetworkModel, { within = [], exclude = [], node }: AllocationOptions, ip: Ip): Problem | undefined {
  const text = formatIp(ip);
  const refuse = (message: string): Problem => invalidAllocation('/address', 'not-admitted', message);
  const listed = (cidrs: readonly Cidr[]): string => cidrs.slice(0, 5).map(formatCidr).join(', ') || 'none';
  if (within.length > 0 && !within.some((cidr) => cidrContains(cidr, ip)))
    return refuse(`${text} is outside \`within\` (${listed(within)})`);
  const barred = exclude.find((cidr) => cidrContains(cidr, ip));
  if (barred) return refuse(`${text} lies in ${formatCidr(barred)} of \`exclude\``);
  const named = node === undefined ? undefined : model.nodes.get(node);
  const own = named && nodeRanges(model, named);
  if (own && !own.some((cidr) => cidrContains(cidr, ip)))
    return refuse(`${text} is outside the ranges of node \`${node}\` (${listed(own)})`);
  return undefined;
}

/** `invalid-request` about one place. */
export function invalidAllocation(pointer: string, code: string, message: string, hint?: string): Problem {
  const shown = hint === undefined ? {} : { hint };
  return problem('invalid-request', message, { errors: [{ pointer, code, message, ...shown }], ...shown });
}

function poolToServe(model: NetworkModel, name: string, pointer: string): Result<IpPool, Problem> {
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
  return err(invalidAllocation(pointer, 'not-a-source', message, `pools to allocate from: ${serving.join(', ')}`));
}

/** The part of the offered addresses that lies within what the options name, on their node, and outside what they exclude. */
function admitted(
  model: NetworkModel,
  pool: IpPool,
  { within = [], exclude = [], node: nodeName }: AllocationOptions,
  offered: readonly IpRange[],
): Result<readonly IpRange[], Problem> {
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

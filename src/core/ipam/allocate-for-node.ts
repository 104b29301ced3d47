import type { Problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { ModelNode, NetworkModel } from '../model/network-model.js';
import { unknownNode } from '../model/unknown-node.js';
import { formatIp } from '../net/ip.js';
import { type IpRange, mergeRanges, rangeOfCidr, subtractRanges } from '../net/ip-set.js';
import { type AllocationDecision, type AllocationRequest, decision, placeOf } from './allocation-decision.js';
import type { AllocationBook } from './allocation-book.js';
import { ipTaken, poolOfNamed } from './allocation-by-name.js';
import type { AllocationMemory } from './allocation-memory.js';
import type { AllocationOptions } from './allocation-options.js';
import { lackForNode, notAsNodesGive, notInOrderOfBlocks } from './allocation-problems.js';
import { type AllocationSource, sourcesOf } from './allocation-source.js';
import { CalicoGrants } from './internal/calico/calico-grants.js';
import { hasBlocks, prefixesOf } from './internal/calico/model-pools.js';
import type { IpPool } from './ip-pool.js';
import { type Lack, type NodeGrant, partsText } from './node-grant.js';
import type { RejectedPool } from './rejected-pool.js';

/** Whether what a node gets is the plugin's to say: addresses, of pools that it cuts into blocks. Prefixes are no plugin's. */
export function asksForNode(model: NetworkModel, { options, prefix }: Pick<AllocationRequest, 'options' | 'prefix'>): boolean {
  return options?.node !== undefined && options.prefixLength === undefined && !prefix && hasBlocks(model);
}

/** What gives nodes their addresses; undefined: the request is for no node, or is no plugin's to serve. */
export function nodeGrants(
  model: NetworkModel,
  book: AllocationBook,
  request: AllocationRequest,
  memory: AllocationMemory,
): CalicoGrants | undefined {
  return asksForNode(model, request) ? new CalicoGrants(model, book, memory) : undefined;
}

/**
 * Decides which addresses a caller gets for a node, as the plugin gives them: the pure function that the simulation runs, on the cluster as it stands. Pools are asked one by one, in
 * order. Fails with `unknown-pool`, `unknown-node`, `ip-taken`, `pool-exhausted`, `block-limit`, `strict-affinity` and `invalid-request`.
 */
export function allocateForNode(
  model: NetworkModel,
  book: AllocationBook,
  request: AllocationRequest,
  names: readonly string[],
  grants: CalicoGrants,
): Result<AllocationDecision, Problem> {
  const { node: name = '', ...options } = request.options ?? {};
  const sources = sourcesOf(model, book, names, options);
  if (!sources.ok) return sources;
  const node = model.nodes.get(name);
  if (!node) return err(unknownNode(model.nodes.keys(), name));
  const stray = sources.value.find(({ pool }) => pool.plane !== 'pod');
  if (stray) return err(notAsNodesGive('/node', `\`${stray.pool.name}\` has no addresses of nodes’ pods`, 'leave `node` out'));
  const place = placeOf(request);
  if (!place) return any(node, sources.value, request, grants);
  const pool = poolOfNamed(model, book, sources.value, options, place);
  if (!pool.ok) return pool;
  const grant = grants.named(node, place.ip);
  if (!('code' in grant)) return ok(granted(request, pool.value, grant, null, 'asked for by name', []));
  if (grant.code !== 'STRICT_AFFINITY') return err(ipTaken(place, grant.message));
  const lack: Lack = { reason: 'STRICT_AFFINITY', message: `${formatIp(place.ip)}: ${grant.message}`, error: grant.message };
  return err(lackForNode(request, { given: [], parts: [], lack, owned: 0, limit: null }, sources.value, [rejection(pool.value, lack, 0)]));
}

/** From the first pool that gives so many; where fewer will do and none does, from the one that gives most. */
function any(
  node: ModelNode,
  sources: readonly AllocationSource[],
  request: AllocationRequest,
  grants: CalicoGrants,
): Result<AllocationDecision, Problem> {
  const { count = 1, strategy = 'fifo', partial = false, preferred } = request.options ?? {};
  if (strategy !== 'fifo') return err(notInOrderOfBlocks(strategy, 'node'));
  const rejected: RejectedPool[] = [];
  let most: { readonly pool: IpPool; readonly grant: NodeGrant } | undefined;
  let first: NodeGrant | undefined;
  for (const { pool, space } of sources) {
    const isFree = preferred?.family === pool.family && space.isFree(preferred.value);
    const barred = barredBy(pool, request.options ?? {});
    const grant = grants.any({
      node,
      pools: prefixesOf(pool),
      family: pool.family,
      count,
      preferred: isFree ? preferred : undefined,
      barred,
    });
    if (!grant.lack) return ok(granted(request, pool, grant, strategy, `node ${node.name} gets ${partsText(grant.parts)}`, rejected));
    first ??= grant;
    rejected.push(rejection(pool, grant.lack, grant.given.length));
    if (grant.given.length > (most?.grant.given.length ?? 0)) most = { pool, grant };
  }
  if (!partial || !most) return err(lackForNode(request, first, sources, rejected));
  const { pool, grant } = most;
  const message = `${grant.lack?.message ?? ''}; node ${node.name} gets ${partsText(grant.parts)}`;
  return ok(
    granted(
      request,
      pool,
      grant,
      strategy,
      message,
      rejected.filter((one) => one.pool !== pool.name),
    ),
  );
}

function granted(
  request: AllocationRequest,
  pool: IpPool,
  { given, parts }: NodeGrant,
  strategy: 'fifo' | null,
  message: string,
  rejected: readonly RejectedPool[],
): AllocationDecision {
  return decision(request, pool, given, strategy, message, rejected, parts);
}

function rejection({ name }: IpPool, { reason }: Lack, given: number): RejectedPool {
  return { pool: name, reason, available: String(given) };
}

/** What the options do not admit of a pool. */
function barredBy({ span, family }: IpPool, { within = [], exclude = [] }: AllocationOptions): readonly IpRange[] {
  const outside = within.length === 0 ? [] : subtractRanges(span, within.map(rangeOfCidr));
  return mergeRanges([...outside, ...exclude.filter((cidr) => cidr.family === family).map(rangeOfCidr)]);
}

import { compareText } from '../../core/kernel/compare.js';
import type { CalicoIPPool } from '../../core/resources/calico-ip-pool.js';
import type { Pace } from '../../manifests/pace.js';
import type { ReadObject } from '../models/read-revision.js';
import { PoolsApart } from './pools-apart.js';

interface PlacedPool {
  readonly key: string;
  readonly pool: CalicoIPPool;
  readonly read: ReadObject;
}

/** The controller's own words. */
const OVERLAPS = 'CIDROverlap: CIDR overlaps another pool; disabled to prevent IP allocation conflicts.';
/** The reason of a pool that is being deleted. */
const TERMINATING = 'Terminating';

/**
 * Lets Calico's controller judge the pools again where one has changed: of pools that overlap the one that was allocatable before is, then the older one, then the first by name; those that
 * are disabled or being deleted are in nobody's way (projectcalico/calico `kube-controllers/pkg/controllers/ippool/pool_controller.go`, reconcileConditions, poolSortFunc). Where no status
 * shows that there is that controller, nothing changes: releases without it let pools of the CRD overlap.
 */
export async function settlePools(touched: Iterable<string>, objects: Map<string, ReadObject>, pace: Pace): Promise<void> {
  if (![...touched].some((key) => key.includes('/IPPool/'))) return;
  const pools: PlacedPool[] = [];
  for (const [key, read] of objects) {
    if (read.resource?.kind === 'IPPool') pools.push({ key, pool: read.resource, read });
    if (pace.isDue) await pace.rest();
  }
  if (!pools.some(({ pool }) => pool.isJudged)) return;
  const active = PoolsApart.none();
  for (const { key, pool, read } of pools.sort(byRank)) {
    if (pace.isDue) await pace.rest();
    if (!pool.cidr || pool.disabled || pool.notAllocatable?.startsWith(TERMINATING)) continue;
    const notAllocatable = active.otherMet(pool, pool.cidr) === undefined ? undefined : OVERLAPS;
    if (notAllocatable === undefined) active.take(pool);
    if (notAllocatable !== pool.notAllocatable) objects.set(key, { ...read, resource: { ...pool, notAllocatable, isJudged: true } });
  }
}

function byRank({ pool: a }: PlacedPool, { pool: b }: PlacedPool): number {
  const closed = Number(a.notAllocatable !== undefined) - Number(b.notAllocatable !== undefined);
  return closed || ageOf(a) - ageOf(b) || compareText(a.ref.name, b.ref.name);
}

/** Without an age: the eldest, as a timestamp of zero is. */
function ageOf({ createdAt }: CalicoIPPool): number {
  const at = Date.parse(createdAt ?? '');
  return Number.isNaN(at) ? 0 : at;
}

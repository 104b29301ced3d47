import type { LoadBalancerBlock } from '../../../resources/load-balancer-pool.js';
import type { IpamReason } from '../../ipam-reasons.js';
import type { BalancerCondition, ClaimRefusal } from './balancer-claim.js';
import type { PoolConflict } from './cilium-ranges.js';

/** The operator's own words for what a service is refused (cilium/cilium `operator/pkg/lbipam/lbipam.go`, satisfySpecificIPRequests, satisfyGenericRequests). */
const REASONS: Partial<Record<IpamReason, string>> = {
  BALANCER_NO_POOL: 'no_pool',
  BALANCER_SELECTOR: 'pool_selector_mismatch',
  BALANCER_TAKEN: 'already_allocated',
  BALANCER_INCOMPATIBLE: 'already_allocated_incompatible_service',
  POOL_EXHAUSTED: 'out_of_ips',
};

/** The condition of a service. Each refusal is written over the one before (`setSVCSatisfiedCondition`). */
export function satisfiedCondition(refusals: readonly ClaimRefusal[]): BalancerCondition {
  const type = 'cilium.io/IPAMRequestSatisfied';
  const last = refusals.at(-1);
  if (!last) return { type, status: 'True', reason: 'satisfied', message: '' };
  return { type, status: 'False', reason: REASONS[last.reason] ?? last.reason, message: last.message };
}

/** The conditions of a pool. `given`: addresses of it that services have. Ends that are kept back count as used (`handleNewPool`), whatever is disabled counts on (`updatePoolCounts`). */
export function poolConditions(
  blocks: readonly LoadBalancerBlock[],
  given: number,
  conflict: PoolConflict | undefined,
): readonly BalancerCondition[] {
  const total = blocks.reduce((sum, { range }) => sum + range.last - range.first + 1n, 0n);
  const used = BigInt(given + 2 * blocks.filter(({ keepsEnds }) => keepsEnds).length);
  const count = (type: string, number: bigint): BalancerCondition => ({
    type: `cilium.io/${type}`,
    status: 'Unknown',
    reason: 'noreason',
    message: String(number),
  });
  const type = 'cilium.io/PoolConflict';
  return [
    conflict
      ? { type, status: 'True', reason: 'cidr_overlap', message: conflict.message }
      : { type, status: 'False', reason: 'resolved', message: '' },
    count('IPsTotal', total),
    count('IPsAvailable', total - used),
    count('IPsUsed', used),
  ];
}

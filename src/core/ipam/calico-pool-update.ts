import { formatCidr, parseCidr } from '../net/cidr.js';
import type { CalicoIPPool } from '../resources/calico-ip-pool.js';
import { DEFAULT_POOL_USES } from './calico-pool-choice.js';

/**
 * Whether Calico lets the CIDR of a pool be written so: as it stands, or in canonical text where it was stored in another
 * (projectcalico/calico `libcalico-go/lib/clientv3/ippool.go`, `cidrChangeOK`).
 */
export function mayRewriteCidr(stored: string, written: string): boolean {
  if (stored === written) return true;
  const [before, after] = [parseCidr(stored), parseCidr(written)];
  return before !== undefined && after !== undefined && formatCidr(before) === formatCidr(after) && formatCidr(after) === written;
}

/** A pool, and its CIDR as it is written. */
export interface WrittenPool {
  readonly pool: CalicoIPPool;
  readonly cidr: string;
}

/** Why Calico refuses to change a pool so; what it has handed out is of the old blocks. Nothing where it does not (`api/pkg/apis/projectcalico/v3/ippool.go`, `libcalico-go/lib/clientv3/ippool.go`). */
export function poolUpdateRefusals(before: WrittenPool, after: WrittenPool): readonly string[] {
  const refusals: string[] = [];
  if (!mayRewriteCidr(before.cidr, after.cidr)) refusals.push('CIDR cannot be changed');
  if (before.pool.blockSize !== after.pool.blockSize) refusals.push('BlockSize cannot be changed');
  const gaveToServices = before.pool.allowedUses.includes('LoadBalancer');
  const uses: readonly string[] = after.pool.allowedUses.length > 0 ? after.pool.allowedUses : DEFAULT_POOL_USES;
  if (gaveToServices && uses.some((use) => use !== 'LoadBalancer')) {
    refusals.push('allowed use cannot be changed from LoadBalancer to Workload or Tunnel');
  }
  return refusals;
}

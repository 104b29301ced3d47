import { err, ok, type Result } from '../kernel/result.js';
import { type Cidr, formatCidr } from '../net/cidr.js';
import { familyBits, formatIp, type Ip, type IpFamily } from '../net/ip.js';
import { type CalicoSelector, calicoSelectorMatches } from '../resources/calico-selector.js';
import type { Labels } from '../resources/resource.js';

/** What a Calico pool may be used for. */
export type CalicoPoolUse = 'Workload' | 'Tunnel' | 'LoadBalancer';

/** A pool as automatic assignment sees it (projectcalico/calico `api/pkg/apis/projectcalico/v3/ippool.go`). */
export interface CalicoPool {
  readonly cidr: Cidr;
  /** Prefix length of its blocks. */
  readonly blockSize: number;
  readonly enabled: boolean;
  /** Undefined selects everything. */
  readonly nodeSelector: CalicoSelector | undefined;
  readonly namespaceSelector: CalicoSelector | undefined;
  /** A manual pool serves only those who ask for it. */
  readonly assignmentMode: 'Automatic' | 'Manual';
  readonly allowedUses: readonly CalicoPoolUse[];
}

/** The uses of a pool that names none. */
export const DEFAULT_POOL_USES: readonly CalicoPoolUse[] = ['Workload', 'Tunnel'];

/** Who asks for an address. */
export interface PoolRequest {
  readonly family: IpFamily;
  /** Pools asked for by name bypass selectors and assignment mode. */
  readonly requested: readonly Cidr[];
  readonly nodeLabels: Labels;
  /** Undefined: there is no namespace, and selectors of namespaces are not asked. */
  readonly namespaceLabels: Labels | undefined;
  /** Addresses that the host keeps of each block. A pool whose blocks have no more than these cannot be asked for; of those that nobody asked for one with larger blocks is enough, as in Calico. */
  readonly keptOfBlock: number;
}

/** Why no pool serves, in the words of Calico. */
export interface PoolRefusal {
  readonly code: 'NO_QUALIFIED_POOL' | 'POOL_NOT_ENABLED';
  readonly message: string;
}

/**
 * The pools that may serve a request, in the order in which they are tried; none where no selector fits
 * (projectcalico/calico `libcalico-go/lib/ipam/ipam.go`, `determinePools`).
 */
export function choosePools(pools: readonly CalicoPool[], request: PoolRequest): Result<readonly CalicoPool[], PoolRefusal> {
  const enabled = pools.filter((pool) => pool.enabled && pool.cidr.family === request.family);
  const fitting = enabled.filter((pool) => holdsMoreThan(pool, request.keptOfBlock));
  if (fitting.length === 0) return err({ code: 'NO_QUALIFIED_POOL', message: 'cannot find a qualified ippool' });
  if (request.requested.length > 0) return requestedPools(fitting, request.requested);
  return ok(enabled.filter((pool) => pool.assignmentMode === 'Automatic' && selects(pool, request)));
}

/** Those of the pools that may be used so. */
export function poolsForUse(pools: readonly CalicoPool[], use: CalicoPoolUse): Result<readonly CalicoPool[], PoolRefusal> {
  const fitting = pools.filter(({ allowedUses }) => allowedUses.includes(use));
  if (fitting.length > 0) return ok(fitting);
  return err({ code: 'NO_QUALIFIED_POOL', message: `cannot find a qualified ippool, no pools match the required use (${use})` });
}

/** That an address of the pool is not for that use, in the words of Calico (`qualifyPoolForIP`). */
export function notForUse({ cidr, allowedUses }: CalicoPool, ip: Ip, use: CalicoPoolUse): string {
  return `IP address ${formatIp(ip)} is in IP pool "${formatCidr(cidr)}", which is not allowed for use "${use}" (allowedUses: [${allowedUses.join(' ')}])`;
}

/** Whether the pool takes the node. */
export function selectsNode({ nodeSelector }: CalicoPool, labels: Labels): boolean {
  return !nodeSelector || calicoSelectorMatches(nodeSelector, labels);
}

function selects(pool: CalicoPool, { nodeLabels, namespaceLabels }: PoolRequest): boolean {
  if (!selectsNode(pool, nodeLabels)) return false;
  return !pool.namespaceSelector || !namespaceLabels || calicoSelectorMatches(pool.namespaceSelector, namespaceLabels);
}

function requestedPools(usable: readonly CalicoPool[], requested: readonly Cidr[]): Result<readonly CalicoPool[], PoolRefusal> {
  const chosen: CalicoPool[] = [];
  for (const cidr of requested.map(formatCidr)) {
    const pool = usable.find((one) => formatCidr(one.cidr) === cidr);
    if (!pool) return err({ code: 'POOL_NOT_ENABLED', message: `the given pool (${cidr}) does not exist, or is not enabled` });
    chosen.push(pool);
  }
  return ok(chosen);
}

function holdsMoreThan({ cidr, blockSize }: CalicoPool, kept: number): boolean {
  return 2 ** (familyBits(cidr.family) - blockSize) > kept;
}

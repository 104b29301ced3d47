import { inMap } from '../../kernel/in-map.js';
import type { NetworkModel } from '../../model/network-model.js';
import { type Cidr, formatCidr } from '../../net/cidr.js';
import { type CalicoIPPool, preferOpen } from '../../resources/calico-ip-pool.js';

const MEMORY = new WeakMap<NetworkModel, ReadonlyMap<string, readonly CalicoIPPool[]>>();

/** The pool of Calico that has this prefix. */
export function declaredPool(model: NetworkModel, cidr: Cidr): CalicoIPPool | undefined {
  return poolDeclaredAs(model, [formatCidr(cidr)]);
}

/** The pool of Calico that has one of these prefixes, which are canonical text. There may be as many pools as ranges: they are looked up. */
export function poolDeclaredAs(model: NetworkModel, prefixes: readonly string[]): CalicoIPPool | undefined {
  let pools = MEMORY.get(model);
  if (!pools) MEMORY.set(model, (pools = byPrefix(model)));
  return preferOpen(prefixes.flatMap((prefix) => pools.get(prefix) ?? []));
}

function byPrefix({ calico }: NetworkModel): ReadonlyMap<string, readonly CalicoIPPool[]> {
  const pools = new Map<string, CalicoIPPool[]>();
  for (const pool of calico.ipPools) if (pool.cidr) inMap(pools, formatCidr(pool.cidr), () => []).push(pool);
  return pools;
}

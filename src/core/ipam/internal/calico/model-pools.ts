import type { NetworkModel } from '../../../model/network-model.js';
import { type Cidr, parseCidr } from '../../../net/cidr.js';
import { type CalicoIPPool, whyClosed } from '../../../resources/calico-ip-pool.js';
import type { CalicoSelector } from '../../../resources/calico-selector.js';
import { parseCalicoSelector } from '../../../resources/parse-calico-selector.js';
import { type CalicoPool, type CalicoPoolUse, DEFAULT_POOL_USES } from '../../calico-pool-choice.js';
import type { IpPool } from '../../ip-pool.js';
import { declaredPool } from '../declared-pool.js';
import { blockSizeOf } from '../node-rooms.js';

/** A pool as Calico's address management sees it; none where its prefix is broken. */
export function calicoPoolOf(pool: CalicoIPPool, allowedUses: readonly CalicoPoolUse[]): readonly CalicoPool[] {
  const { cidr, blockSize, nodeSelector, namespaceSelector, assignmentMode } = pool;
  if (!cidr || blockSize < cidr.prefix) return [];
  const selectors = { nodeSelector: selectorOf(nodeSelector), namespaceSelector: selectorOf(namespaceSelector) };
  return [{ cidr, blockSize, enabled: !whyClosed(pool), ...selectors, assignmentMode, allowedUses }];
}

/** Undefined selects everything; so does what cannot be read, which Calico would not have stored. */
export function selectorOf(text: string | undefined): CalicoSelector | undefined {
  const selector = text === undefined ? undefined : parseCalicoSelector(text);
  return selector?.ok ? selector.value : undefined;
}

/** Whether nodes get their addresses of Calico's blocks: its CNI plugin may be told to leave addresses to host-local. */
export function hasBlocks({ profile, calico }: NetworkModel): boolean {
  return profile.cni.plugin === 'calico' && calico.cni?.type !== 'host-local';
}

const POOLS = new WeakMap<NetworkModel, readonly CalicoPool[]>();

/** The pools of a cluster, in order; a range of pods that no IPPool has is one that says nothing. Memoised: a model never changes. */
export function calicoPools(model: NetworkModel): readonly CalicoPool[] {
  const known = POOLS.get(model) ?? readPools(model);
  POOLS.set(model, known);
  return known;
}

function readPools(model: NetworkModel): readonly CalicoPool[] {
  const undeclared = model.profile.podCIDRs.filter((cidr) => !declaredPool(model, cidr));
  return [
    ...model.calico.ipPools.flatMap((pool) => calicoPoolOf(pool, usesOf(pool))),
    ...undeclared.map((cidr): CalicoPool => ({
      cidr,
      blockSize: blockSizeOf(model, cidr, undefined),
      enabled: true,
      nodeSelector: undefined,
      namespaceSelector: undefined,
      assignmentMode: 'Automatic',
      allowedUses: DEFAULT_POOL_USES,
    })),
  ];
}

const USES: readonly CalicoPoolUse[] = ['Workload', 'Tunnel', 'LoadBalancer'];

function usesOf({ allowedUses }: CalicoIPPool): readonly CalicoPoolUse[] {
  return allowedUses.length === 0 ? DEFAULT_POOL_USES : USES.filter((use) => allowedUses.includes(use));
}

/** The prefix of a pool of pods. */
export function prefixesOf({ declared }: Pick<IpPool, 'declared'>): readonly Cidr[] {
  return declared.flatMap((text) => parseCidr(text) ?? []);
}

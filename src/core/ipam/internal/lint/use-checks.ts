import { describeRef } from '../../../kernel/object-ref.js';
import type { Steps } from '../../../kernel/steps.js';
import type { IpOwner, NetworkModel } from '../../../model/network-model.js';
import { CidrIndex } from '../../../net/cidr-index.js';
import { formatIp, type Ip } from '../../../net/ip.js';
import { rangeOfCidr, rangeToCidrs } from '../../../net/ip-set.js';
import { allPools } from '../../all-pools.js';
import { type Allocation, placeText, spanOf } from '../../allocation.js';
import { firstClipped } from '../../clip-ranges.js';
import { devicesWith, heldAddresses, rangeOf } from '../../held-addresses.js';
import type { IpamDraft } from '../../ipam-finding.js';
import type { IpPool } from '../../ip-pool.js';
import { planeOfOwner } from '../../observed-pools.js';
import { refOfOwner, rivalsFor } from '../../address-owners.js';

const ADDRESSES_A_STEP = 500;

/** What each address in use says: who has it, whether its pool gives such addresses, and whether it was given out. Those of the host network are their node's. */
export function* useChecks(model: NetworkModel, live: readonly Allocation[]): Steps<readonly IpamDraft[]> {
  const drafts: IpamDraft[] = [];
  const pools = poolIndex(model);
  const managed = new Set(live.map(({ pool }) => pool));
  const given = new Set<string>();
  let count = 0;
  for (const { ip, prefixLength } of live) {
    if (count++ % ADDRESSES_A_STEP === 0) yield;
    if (prefixLength === undefined) given.add(formatIp(ip));
  }
  const whole = live.filter(({ prefixLength }) => prefixLength !== undefined);
  const prefixes = yield* CidrIndex.inSteps(whole.map((one) => [spanOf(one), one.plane] as const));
  for (const owners of model.ipOwners.values()) {
    if (count++ % ADDRESSES_A_STEP === 0) yield;
    const [first] = owners;
    if (!first) continue;
    const ip = first.ip.value;
    const rivals = rivalsFor(model, ip);
    if (rivals.length > 1) drafts.push(severalOwners(model, first, ip, rivals));
    for (const owner of owners) drafts.push(...checkUse(model, owner, pools));
    const pool = ownPoolOf(model, first, pools);
    const isGiven = given.has(formatIp(ip)) || (pool !== undefined && [...prefixes.at(ip)].includes(pool.plane));
    if (pool && managed.has(pool.name) && !isGiven) drafts.push(notAllocated(model, first, pool));
  }
  return drafts;
}

/** Pools named in a message. */
const MOST_POOLS = 5;

/** The pools that are declared, by what is in them. */
function poolIndex(model: NetworkModel): CidrIndex<IpPool> {
  const pools = allPools(model).filter(({ usableRule }) => usableRule !== null);
  return CidrIndex.of(pools.flatMap((pool) => pool.span.flatMap(rangeToCidrs).map((cidr) => [cidr, pool] as const)));
}

function severalOwners(model: NetworkModel, owner: IpOwner, ip: Ip, rivals: readonly string[]): IpamDraft {
  return {
    code: 'SEVERAL_OWNERS',
    object: refOfOwner(model, owner),
    message: `${formatIp(ip)} belongs to ${rivals.join(' and to ')}`,
    fix: 'make one of them anew, so that it gets another address',
    addresses: [formatIp(ip)],
  };
}

/** Pods of the host network and everything outside the planes of pods and services have no pool to be in. */
function isPooled(model: NetworkModel, owner: IpOwner): boolean {
  if (owner.type === 'pod') return model.pods[owner.pod]?.spec.hostNetwork !== true;
  return owner.type === 'clusterIP';
}

function ownPoolOf(model: NetworkModel, owner: IpOwner, pools: CidrIndex<IpPool>): IpPool | undefined {
  const plane = planeOfOwner(owner);
  if (!isPooled(model, owner)) return undefined;
  const around = [...pools.at(owner.ip.value)].filter((pool) => pool.plane === plane);
  // The network address of a range may be any address of a larger one.
  return around.find((pool) => gives(pool, owner.ip.value)) ?? around[0];
}

function gives(pool: IpPool, ip: Ip): boolean {
  return firstClipped(pool.usable, rangeOf(ip)) !== undefined;
}

/** Only what is seen counts: addresses that the model gave itself are where they belong. */
function checkUse(model: NetworkModel, owner: IpOwner, pools: CidrIndex<IpPool>): readonly IpamDraft[] {
  if (!isPooled(model, owner) || owner.ip.provenance !== 'observed') return [];
  const { value: ip } = owner.ip;
  const object = refOfOwner(model, owner);
  const pool = ownPoolOf(model, owner, pools);
  const name = object ? describeRef(object) : '';
  const plane = planeOfOwner(owner);
  if (!pool) {
    const known = allPools(model)
      .filter((one) => one.plane === plane && one.usableRule !== null)
      .slice(0, MOST_POOLS);
    const message = `${name} has ${formatIp(ip)}, which is in none of the ${plane} ranges ${known.flatMap(({ declared }) => declared).join(', ')}`;
    const fix = 'add the range to the cluster’s profile, or make the object anew so that it gets an address of a pool';
    return [{ code: 'IN_USE_OUTSIDE_POOLS', object, pointer: pointerOf(owner), message, fix, addresses: [formatIp(ip)] }];
  }
  if (gives(pool, ip)) return [];
  const message = `${name} has ${formatIp(ip)}, which \`${pool.name}\` never gives (rule \`${pool.usableRule ?? 'none'}\`)`;
  const fix = 'make the object anew, so that it gets another address';
  return [{ code: 'UNUSABLE_IN_USE', object, pointer: pointerOf(owner), message, fix, addresses: [formatIp(ip)] }];
}

function pointerOf({ type }: IpOwner): string {
  return type === 'pod' ? '/status/podIPs' : '/spec/clusterIPs';
}

function notAllocated(model: NetworkModel, owner: IpOwner, pool: IpPool): IpamDraft {
  const object = refOfOwner(model, owner);
  const address = formatIp(owner.ip.value);
  return {
    code: 'IN_USE_NOT_ALLOCATED',
    object,
    message: `${object ? describeRef(object) : ''} has ${address} of \`${pool.name}\`, which was not given out through the API`,
    fix: 'allocate the address by name, so that it is accounted for',
    addresses: [address],
  };
}

/** What was given out and nobody has: no address of it, where it is a prefix. It may be for somebody outside the cluster, so it is a note. */
export function* leakChecks(model: NetworkModel, live: readonly Allocation[]): Steps<readonly IpamDraft[]> {
  const held = heldAddresses(model);
  const isUsed = (one: Allocation): boolean =>
    one.prefixLength === undefined
      ? model.ipOwners.has(formatIp(one.ip)) || devicesWith(model, one.ip).length > 0
      : firstClipped(held, rangeOfCidr(spanOf(one))) !== undefined;
  const drafts: IpamDraft[] = [];
  for (const [index, one] of live.entries()) {
    if (index % ADDRESSES_A_STEP === 0) yield;
    if (!isUsed(one)) drafts.push(leak(one));
  }
  return drafts;
}

function leak(one: Allocation): IpamDraft {
  return {
    code: 'ALLOCATED_NOT_IN_USE',
    message: `${placeText(one)} of \`${one.pool}\` was given to \`${one.owner ?? one.identifier}\` at ${one.allocatedAt}, and nobody in the cluster has it`,
    fix: `release \`${one.identifier}\` when two looks, some time apart, see nobody with it`,
    addresses: [placeText(one)],
  };
}

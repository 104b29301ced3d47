import { assertNever } from '../kernel/assert-never.js';
import type { Answer, Note } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import { firstFew } from '../kernel/first-few.js';
import { formatCidr } from '../net/cidr.js';
import { formatIp, type Ip, type IpFamily } from '../net/ip.js';
import type { NetworkModel } from '../model/network-model.js';
import type { AddressPlane } from './address-plane.js';
import { modelOwners, type OwnerView, rivalsFor } from './address-owners.js';
import { allPools, poolsMeeting } from './all-pools.js';
import { type Allocation, placeText } from './allocation.js';
import type { AllocationBook } from './allocation-book.js';
import { rangeOf } from './held-addresses.js';
import type { PoolBlock, IpPool } from './ip-pool.js';
import { blocksAround } from './blocks-around.js';
import { confidenceOf, poolAssumptions, usageAssumptions } from './list-pools.js';
import { inRanges } from './pool-utilization.js';
import { type KnownPrefixView, knownPrefixView, prefixesAround } from './prefix-tree.js';

/** What an address is. */
export const IP_OWNER_VERDICTS = {
  OWNED: 'one owner has it',
  CONFLICT: 'several owners have it that cannot all be right',
  FREE: 'it is in a pool, and nobody has it',
  RESERVED: 'nobody has it, and its pool never hands it out by itself',
  OUTSIDE: 'it is in no pool, and nobody has it',
} as const satisfies Record<string, string>;

/** One of them. */
export type IpOwnerVerdict = keyof typeof IP_OWNER_VERDICTS;

/** An address that was handed out through the API, alone or in a prefix. */
export interface AllocationFact {
  /** The prefix that was handed out as a whole; null: the one address. */
  readonly prefix: string | null;
  readonly pool: string;
  readonly plane: AddressPlane;
  readonly owner: string | null;
  readonly identifier: string;
  readonly sequence: number;
  /** RFC 3339. */
  readonly allocatedAt: string;
  readonly allocatedBy: string;
}

/** A pool the address is in. */
export interface MembershipView {
  readonly pool: string;
  readonly plane: AddressPlane;
  readonly usable: boolean;
  readonly reserved: boolean;
  readonly band: 'static' | 'dynamic' | null;
  readonly block: { readonly cidr: string; readonly node: string | null } | null;
}

/** What the question answers with. */
export interface IpOwnerResult {
  readonly ip: string;
  readonly family: IpFamily;
  readonly owners: readonly OwnerView[];
  readonly pools: readonly MembershipView[];
  /** The known prefixes that it is in, the smallest first. */
  readonly chain: readonly KnownPrefixView[];
  /** At most one a plane. */
  readonly allocations: readonly AllocationFact[];
  /** Of the newest allocation or release the answer knows of; 0 before the first. */
  readonly allocationSequence: number;
}

/** Who has an address, and which pools, blocks and bands it is in. */
export function ownIp(model: NetworkModel, book: AllocationBook, ip: Ip): Answer<IpOwnerVerdict, IpOwnerResult> {
  const trail = new Trail();
  const allocations = book.holders(ip);
  const owners = [...modelOwners(model, ip, trail), ...allocations.map((allocation) => allocationOwner(allocation, trail))];
  if (owners.length === 0)
    trail.add({ stage: 'owners', outcome: 'no-match', reason: 'NOBODY', message: `nobody has ${formatIp(ip)}`, provenance: 'derived' });
  const holding = poolsMeeting(model, rangeOf(ip));
  const memberships = holding.map((pool) => membershipOf(pool, ip, trail));
  explainOutside(trail, allPools(model), holding, ip);
  const rivals = rivalsFor(model, ip);
  const verdict = verdictOf(owners, memberships, rivals);
  const assumptions = [
    ...poolAssumptions(holding),
    ...ownerAssumptions(owners),
    ...(owners.some(isSeen) ? [] : usageAssumptions(model, holding)),
  ];
  return {
    verdict,
    summary: summaryOf(verdict, ip, owners, memberships),
    result: {
      ip: formatIp(ip),
      family: ip.family,
      owners,
      pools: memberships,
      chain: prefixesAround(model, holding, book, ip).map(knownPrefixView),
      allocations: allocations.map(factOf),
      allocationSequence: book.sequence,
    },
    evidence: trail.list(),
    assumptions,
    warnings: rivals.length > 1 ? [{ code: 'SEVERAL_OWNERS', message: `${formatIp(ip)} belongs to ${rivals.join(' and to ')}` }] : [],
    confidence: confidenceOf(assumptions),
    enforcement: null,
  };
}

/** One note for each owner whose address is in a range that is a guess. */
function ownerAssumptions(owners: readonly OwnerView[]): readonly Note[] {
  const guesses = owners.filter(({ provenance }) => provenance === 'assumed');
  return guesses.map(({ name }) => ({ code: 'ADDRESS_ASSUMED', message: `${name}: its range is a guess` }));
}

/** The input shows that it has the address; who else might have been given it does not matter then. */
function isSeen({ provenance }: OwnerView): boolean {
  return provenance === 'observed';
}

function allocationOwner(allocation: Allocation, trail: Trail): OwnerView {
  const { pool, plane, owner, identifier } = allocation;
  const name = owner ?? identifier;
  const what = allocation.prefixLength === undefined ? '' : `${placeText(allocation)} was `;
  trail.add({
    stage: 'owners',
    outcome: 'match',
    reason: 'HELD_BY_ALLOCATION',
    message: `${what}handed out to \`${name}\` from pool \`${pool}\``,
  });
  return { type: 'allocation', plane, object: null, name, node: null, provenance: 'observed' };
}

function factOf(allocation: Allocation): AllocationFact {
  const { pool, plane, owner, identifier, sequence, allocatedAt, allocatedBy } = allocation;
  return {
    prefix: allocation.prefixLength === undefined ? null : placeText(allocation),
    pool,
    plane,
    owner,
    identifier,
    sequence,
    allocatedAt,
    allocatedBy,
  };
}

function membershipOf(pool: IpPool, ip: Ip, trail: Trail): MembershipView {
  const { name, plane, source, pointer, provenance } = pool;
  const usable = inRanges(pool.usable, ip.family, ip.value);
  const reserved = inRanges(pool.reserved, ip.family, ip.value);
  const [block] = blocksAround(pool, ip);
  const band = bandOf(pool, ip.value);
  const step = { stage: 'pools', outcome: 'match', provenance } as const;
  const parent = trail.add({
    ...step,
    reason: 'IN_POOL',
    message: `in pool \`${name}\` (${pool.declared.join(', ')})`,
    object: source ?? undefined,
    pointer: pointer ?? undefined,
  });
  if (block) trail.add({ ...step, reason: 'IN_BLOCK', message: `in ${rangeName(placeOf(block))}`, parent });
  if (band) trail.add({ ...step, reason: band === 'static' ? 'STATIC_BAND' : 'DYNAMIC_BAND', message: `in the ${band} band`, parent });
  if (reserved) trail.add({ ...step, reason: 'RESERVED', message: `reserved in \`${name}\``, parent });
  if (!usable) trail.add({ ...step, outcome: 'excluded', reason: 'UNUSABLE', message: unusableText(pool), parent });
  return { pool: name, plane, usable, reserved, band, block: block ? placeOf(block) : null };
}

function placeOf({ cidr, node }: PoolBlock): NonNullable<MembershipView['block']> {
  return { cidr: formatCidr(cidr), node };
}

function rangeName({ cidr, node }: NonNullable<MembershipView['block']>): string {
  return `${cidr} of ${node === null ? 'no node' : `node ${node}`}`;
}

function unusableText({ name, usableRule }: IpPool): string {
  return `\`${name}\` never hands it out (rule \`${usableRule ?? 'none'}\`)`;
}

function bandOf({ bands }: IpPool, value: bigint): 'static' | 'dynamic' | null {
  if (bands?.static && bands.static[0] <= value && value <= bands.static[1]) return 'static';
  return bands?.dynamic && bands.dynamic[0] <= value && value <= bands.dynamic[1] ? 'dynamic' : null;
}

/** Pools without the address that are named one by one. */
const MOST_OUTSIDE = 100;

function explainOutside(trail: Trail, all: readonly IpPool[], holding: readonly IpPool[], ip: Ip): void {
  const step = { stage: 'pools', outcome: 'no-match', reason: 'NOT_IN_POOL' } as const;
  const isHolding = new Set(holding);
  const others = all.slice(0, MOST_OUTSIDE + holding.length).filter((pool) => !isHolding.has(pool));
  for (const { name, declared, provenance } of others.slice(0, MOST_OUTSIDE))
    trail.add({ ...step, message: `${formatIp(ip)} is outside \`${name}\` (${firstFew(declared, 3)})`, provenance });
  const left = all.length - holding.length - MOST_OUTSIDE;
  if (left > 0) trail.add({ ...step, message: `${formatIp(ip)} is outside ${left} more pool${left === 1 ? '' : 's'}` });
}

function verdictOf(owners: readonly OwnerView[], pools: readonly MembershipView[], rivals: readonly string[]): IpOwnerVerdict {
  if (rivals.length > 1) return 'CONFLICT';
  if (owners.length > 0) return 'OWNED';
  if (pools.length === 0) return 'OUTSIDE';
  return pools.every(({ usable, reserved }) => reserved || !usable) ? 'RESERVED' : 'FREE';
}

function summaryOf(verdict: IpOwnerVerdict, ip: Ip, owners: readonly OwnerView[], pools: readonly MembershipView[]): string {
  const address = formatIp(ip);
  const where = pools.map(({ pool, block }) => (block ? `${pool}, range ${rangeName(block)}` : pool)).join('; ');
  switch (verdict) {
    case 'OWNED':
    case 'CONFLICT':
      return `${address} belongs to ${owners.map(({ name }) => name).join(' and to ')}${where === '' ? '' : ` (${where})`}`;
    case 'FREE':
      return `${address} is free in ${where}`;
    case 'RESERVED':
      return `${address} belongs to nobody and is not handed out by ${where}`;
    case 'OUTSIDE':
      return `${address} belongs to nobody and is in no pool`;
    default:
      return assertNever(verdict);
  }
}

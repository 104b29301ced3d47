import { firstFew } from '../../../kernel/first-few.js';
import { inMap } from '../../../kernel/in-map.js';
import type { Steps } from '../../../kernel/steps.js';
import type { CniPlugin } from '../../../model/network-profile.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { type Cidr, cidrContains, cidrsOverlap, formatCidr, parseCidr } from '../../../net/cidr.js';
import { formatIp } from '../../../net/ip.js';
import { type IpRange, rangeOfCidr, subtractRanges } from '../../../net/ip-set.js';
import { allPools } from '../../all-pools.js';
import type { IpamDraft } from '../../ipam-finding.js';
import type { IpPool } from '../../ip-pool.js';
import { type Comparison, overlapsOf } from '../../overlaps.js';
import { rangeText } from '../../pool-view.js';

const cidrs = (...texts: readonly string[]): readonly Cidr[] => texts.flatMap((text) => parseCidr(text) ?? []);

const RESERVED = cidrs('127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '::1/128', 'fe80::/10', 'ff00::/8');
const DOCKER = cidrs('172.17.0.0/16');
/** Addresses that nobody on the internet has: private ones, those of carriers' translators, benchmarks and documentation, and what is reserved. */
const NOT_PUBLIC = [
  ...cidrs('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '198.18.0.0/15', '192.0.2.0/24', '198.51.100.0/24'),
  ...cidrs('203.0.113.0/24', '240.0.0.0/4', 'fc00::/7', '2001:db8::/32'),
  ...RESERVED,
];

/** Ranges of the cluster against one another and against what the world does with addresses. Yields often: pools may meet by the thousand. */
export function* rangeChecks(model: NetworkModel): Steps<readonly IpamDraft[]> {
  const pools = allPools(model);
  return [
    ...(yield* overlapChecks(model, pools)),
    ...pools.filter(({ usableRule }) => usableRule !== null).flatMap(worldChecks),
    ...ciliumCheck(model),
  ];
}

/** Overlaps of one pair of pools that are told: listed addresses may be many. */
const MOST_OF_A_PAIR = 5;
/** Pools that one pool is told to share addresses with, of one code. */
const MOST_OTHERS = 20;
/** Overlaps of one range with ranges of one kind that are looked at. */
const MOST_LOOKS = 100;
/** Ranges between two pauses. */
const BREATH = 100;

/** Plugins that give pods addresses of the nodes’ own network. */
const ON_NODE_NETWORK: ReadonlySet<CniPlugin> = new Set(['aws-vpc-cni', 'azure-cni']);

interface SharedAddresses {
  readonly addresses: string[];
  count: number;
}

/** The pools that one pool shares addresses with: the first of them, for thousands may lie on one another, and each pair of them be one finding. */
class Others {
  readonly told = new Map<IpPool, SharedAddresses>();
  /** Overlaps that are counted alone. */
  untold = 0;

  add(other: IpPool, range: IpRange): void {
    if (this.told.size === MOST_OTHERS && !this.told.has(other)) {
      this.untold++;
      return;
    }
    const pair = inMap(this.told, other, () => ({ addresses: [], count: 0 }));
    pair.count++;
    if (pair.addresses.length < MOST_OF_A_PAIR) pair.addresses.push(rangeText(range));
  }
}

type OverlapCode = 'POOLS_OVERLAP' | 'PLANES_OVERLAP';

function* overlapChecks({ profile }: NetworkModel, pools: readonly IpPool[]): Steps<readonly IpamDraft[]> {
  const shared: Readonly<Record<OverlapCode, Map<IpPool, Others>>> = { POOLS_OVERLAP: new Map(), PLANES_OVERLAP: new Map() };
  // What was reckoned from the addresses of pods, or taken for want of anything better, proves no overlap.
  const known = pools.filter(({ provenance }) => provenance === 'observed' || provenance === 'defaulted');
  const ranges = known.flatMap((of) => of.span.map((range) => ({ range, of })));
  let looks = 0;
  for (const { of: a, others, count } of overlapsOf(ranges, comparisonFor(profile.cni.plugin))) {
    if (++looks % BREATH === 0) yield;
    // All others are of one kind.
    const ofCode = shared[others.some(({ of }) => of.plane === a.plane) ? 'POOLS_OVERLAP' : 'PLANES_OVERLAP'];
    for (const { of: b, shared: range } of others) {
      // Of a pair that meets in several places now the one begins first, now the other.
      const isTurned = ofCode.get(b)?.told.has(a) ?? false;
      inMap(ofCode, isTurned ? b : a, () => new Others()).add(isTurned ? a : b, range);
    }
    inMap(ofCode, a, () => new Others()).untold += count - others.length;
  }
  return [...(yield* overlapDrafts('POOLS_OVERLAP', shared)), ...(yield* overlapDrafts('PLANES_OVERLAP', shared))];
}

function comparisonFor(plugin: CniPlugin): Comparison<IpPool> {
  return {
    kindOf: ({ plane, usableRule }) => `${plane}${usableRule === null ? ', listed' : ''}`,
    meets: (a, b) => {
      // Nodes that are load balancers of a kind, and externalIPs that are nodes', are as they should be.
      if (a.usableRule === null && b.usableRule === null) return false;
      const planes = [a.plane, b.plane];
      // ServiceCIDRs may overlap: an address is an object, whichever of them it is taken from (KEP-1880).
      if (a.plane === 'service' && b.plane === 'service') return false;
      return !(planes.includes('pod') && planes.includes('node') && ON_NODE_NETWORK.has(plugin));
    },
    most: MOST_LOOKS,
  };
}

function* overlapDrafts(code: OverlapCode, shared: Readonly<Record<OverlapCode, ReadonlyMap<IpPool, Others>>>): Steps<IpamDraft[]> {
  const drafts: IpamDraft[] = [];
  for (const [a, { told, untold }] of shared[code]) {
    yield;
    for (const [b, pair] of told) drafts.push(overlap(code, a, b, pair));
    const message = `\`${a.name}\` shares addresses ${untold} more ${untold === 1 ? 'time' : 'times'}`;
    if (untold > 0) drafts.push({ ...APART, code, ...poolPlace(a), message, addresses: [] });
  }
  return drafts;
}

const APART = { fix: 'give one of them a range of its own; a fleet space gives ranges that meet no others' };

function poolPlace({ source, pointer }: IpPool): Pick<IpamDraft, 'object' | 'pointer'> {
  return { object: source, pointer: pointer ?? undefined };
}

function overlap(code: OverlapCode, a: IpPool, b: IpPool, { addresses, count }: SharedAddresses): IpamDraft {
  const message = `\`${a.name}\` and \`${b.name}\` share ${firstFew(addresses, MOST_OF_A_PAIR, count)}`;
  return { ...APART, code, ...poolPlace(a.source ? a : b), message, addresses };
}

function worldChecks(pool: IpPool): readonly IpamDraft[] {
  const declared = pool.declared.flatMap((text) => parseCidr(text) ?? []);
  const common = { object: pool.source, pointer: pool.pointer ?? undefined };
  const meets = (code: 'RESERVED_RANGE' | 'DOCKER_RANGE', known: readonly Cidr[], fix: string) =>
    declared.flatMap((cidr) =>
      known
        .filter((one) => cidrsOverlap(one, cidr))
        .map((one) => ({ ...common, code, message: `\`${pool.name}\` overlaps ${formatCidr(one)}`, fix, addresses: [formatCidr(one)] })),
    );
  return [
    ...meets('RESERVED_RANGE', RESERVED, 'take a private range: RFC 1918, RFC 4193'),
    ...meets('DOCKER_RANGE', DOCKER, 'take another range, or set `bip` of Docker on the nodes'),
    // Load balancers are there to have addresses that the internet knows.
    ...(pool.plane === 'lb' ? [] : publicCheck(pool, declared)),
  ];
}

function publicCheck({ name, plane, source, pointer }: IpPool, declared: readonly Cidr[]): readonly IpamDraft[] {
  const outside = subtractRanges(declared.map(rangeOfCidr), NOT_PUBLIC.map(rangeOfCidr));
  if (outside.length === 0) return [];
  const addresses = outside.slice(0, MOST_OF_A_PAIR).map(rangeText);
  const message = `\`${name}\` gives ${plane}s public addresses: ${addresses.join(', ')}`;
  const fix = 'take a private range, or leave it where the addresses are your own';
  return [{ code: 'PUBLIC_RANGE', object: source, pointer: pointer ?? undefined, message, fix, addresses }];
}

function ciliumCheck({ profile, nodes }: NetworkModel): readonly IpamDraft[] {
  const range = profile.podCIDRs.find((cidr) => formatCidr(cidr) === '10.0.0.0/8');
  if (profile.cni.plugin !== 'cilium' || !range) return [];
  const inside = [...nodes.values()].flatMap(({ addresses }) =>
    addresses.filter(({ ip }) => cidrContains(range, ip)).map(({ ip }) => formatIp(ip)),
  );
  if (inside.length === 0) return [];
  const message = `${inside.length} addresses of nodes lie in 10.0.0.0/8, which Cilium cuts into ranges for pods`;
  const fix = 'set `cluster-pool-ipv4-cidr` to a range that nothing else is in';
  return [{ code: 'CILIUM_DEFAULT_RANGE', message, fix, addresses: inside }];
}

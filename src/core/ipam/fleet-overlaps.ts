import type { Answer, Note } from '../kernel/answer.js';
import type { Severity } from '../kernel/diagnostic.js';
import { Trail } from '../kernel/evidence.js';
import type { IpRange } from '../net/ip-set.js';
import type { AddressPlane } from './address-plane.js';
import type { IpPool } from './ip-pool.js';
import { confidenceOf } from './list-pools.js';
import { rangeText } from './pool-view.js';

/** Whether clusters have addresses in common. */
export const FLEET_VERDICTS = {
  DISJOINT: 'no two clusters have addresses in common',
  OVERLAPPING: 'clusters have addresses in common',
  NO_CLUSTERS: 'there are no two clusters to compare',
} as const satisfies Record<string, string>;

/** One of them. */
export type FleetVerdict = keyof typeof FLEET_VERDICTS;

/** What an overlap means, and the reason codes of the evidence, by what the addresses are for. */
export const FLEET_CODES = {
  NODES_OVERLAP: { severity: 'error', means: 'nodes have addresses that others have too: on one network they cannot both be reached' },
  PODS_OVERLAP: { severity: 'warning', means: 'pods of the clusters cannot be routed to one another, nor seen apart outside' },
  PLANES_OVERLAP: { severity: 'warning', means: 'pods of one cluster have addresses of another one’s services or load balancers' },
  SERVICES_OVERLAP: {
    severity: 'info',
    means: 'ClusterIPs mean nothing outside their cluster; they cannot be exported to the other as they are',
  },
} as const satisfies Record<string, { readonly severity: Severity; readonly means: string }>;

/** A code of an overlap. */
export type FleetCode = keyof typeof FLEET_CODES;

/** A cluster and its pools at one revision. */
export interface FleetCluster {
  readonly name: string;
  readonly revision: number;
  readonly pools: readonly IpPool[];
}

/** A pool that has part in an overlap. */
export interface FleetMember {
  readonly cluster: string;
  readonly pool: string;
  readonly plane: AddressPlane;
  readonly ranges: readonly string[];
}

/** Pools of several clusters that have addresses in common. */
export interface FleetOverlap {
  readonly code: FleetCode;
  readonly severity: Severity;
  /** Where they meet: the first five ranges, and how many there are. */
  readonly addresses: readonly string[];
  readonly places: number;
  readonly members: readonly FleetMember[];
  readonly message: string;
}

/** What the question answers with. */
export interface FleetOverlapsResult {
  readonly clusters: readonly { readonly name: string; readonly revision: number }[];
  readonly overlaps: readonly FleetOverlap[];
}

interface Entry {
  readonly range: IpRange;
  readonly cluster: string;
  readonly pool: IpPool;
}

const GRAVITY: readonly Severity[] = ['error', 'warning', 'info'];
const MOST_ADDRESSES = 5;

/** Which pools of different clusters share addresses. Pools that nothing tells of are left out: they prove nothing. */
export function fleetOverlaps(clusters: readonly FleetCluster[]): Answer<FleetVerdict, FleetOverlapsResult> {
  const entries = clusters.flatMap(({ name: cluster, pools }) =>
    pools.filter(isKnown).flatMap((pool) => pool.span.map((range): Entry => ({ range, cluster, pool }))),
  );
  const overlaps = [...togetherOf(entries)].map(overlapOf).sort((a, b) => GRAVITY.indexOf(a.severity) - GRAVITY.indexOf(b.severity));
  const trail = new Trail();
  for (const { code, message } of overlaps) trail.add({ stage: 'overlaps', outcome: 'info', reason: code, message });
  const assumptions = clusters.flatMap(assumed);
  const verdict = clusters.length < 2 ? 'NO_CLUSTERS' : overlaps.length > 0 ? 'OVERLAPPING' : 'DISJOINT';
  return {
    verdict,
    summary: summaryOf(clusters.length, overlaps),
    result: { clusters: clusters.map(({ name, revision }) => ({ name, revision })), overlaps },
    evidence: trail.list(),
    assumptions,
    warnings: [],
    confidence: confidenceOf(assumptions),
    enforcement: null,
  };
}

function isKnown({ provenance }: IpPool): boolean {
  return provenance !== 'assumed';
}

function assumed({ name, pools }: FleetCluster): readonly Note[] {
  const guesses = pools.filter((pool) => !isKnown(pool)).map((pool) => `\`${pool.name}\``);
  if (guesses.length === 0) return [];
  return [{ code: 'POOL_ASSUMED', message: `${name}: nothing tells of ${guesses.join(', ')}, which are left out` }];
}

/** Entries of several clusters that meet, those of the same pools together. One pass in order of address. */
function togetherOf(entries: readonly Entry[]): Iterable<readonly Entry[][]> {
  const sorted = [...entries].sort(
    ({ range: a }, { range: b }) => a.family - b.family || (a.first < b.first ? -1 : a.first > b.first ? 1 : 0),
  );
  const byPools = new Map<string, Entry[][]>();
  let group: Entry[] = [];
  let last = -1n;
  const close = (): void => {
    if (new Set(group.map(({ cluster }) => cluster)).size > 1) {
      const key = [...new Set(group.map(({ cluster, pool }) => `${cluster} ${pool.name}`))].sort().join('\n');
      byPools.set(key, [...(byPools.get(key) ?? []), group]);
    }
    group = [];
  };
  for (const entry of sorted) {
    const { range } = entry;
    if (group[0]?.range.family !== range.family || range.first > last) {
      close();
      last = range.last;
    } else if (range.last > last) last = range.last;
    group.push(entry);
  }
  close();
  return byPools.values();
}

function overlapOf(groups: readonly Entry[][]): FleetOverlap {
  const members = new Map<string, FleetMember>();
  for (const { cluster, pool } of groups.flat()) {
    const { name, plane, declared } = pool;
    members.set(`${cluster} ${name}`, { cluster, pool: name, plane, ranges: declared.slice(0, MOST_ADDRESSES) });
  }
  const list = [...members.values()];
  const code = codeOf(new Set(list.map(({ plane }) => plane)));
  const addresses = groups.slice(0, MOST_ADDRESSES).map(placeText);
  const names = list.map(({ cluster, plane }) => `the ${plane}s of ${cluster}`);
  const { severity, means } = FLEET_CODES[code];
  return {
    code,
    severity,
    addresses,
    places: groups.length,
    members: list,
    message: `${addresses.join(', ')}: ${names.join(', ')} meet; ${means}`,
  };
}

/** The narrowest of the ranges that meet: what is inside of all that hold it. */
function placeText(group: readonly Entry[]): string {
  const size = ({ range }: Entry): bigint => range.last - range.first;
  const [first] = [...group].sort((a, b) => (size(a) < size(b) ? -1 : size(a) > size(b) ? 1 : 0));
  return first ? rangeText(first.range) : '';
}

function codeOf(planes: ReadonlySet<AddressPlane>): FleetCode {
  if (planes.has('node')) return 'NODES_OVERLAP';
  if (planes.size > 1) return 'PLANES_OVERLAP';
  return planes.has('service') ? 'SERVICES_OVERLAP' : 'PODS_OVERLAP';
}

function summaryOf(count: number, overlaps: readonly FleetOverlap[]): string {
  if (count < 2) return count === 0 ? 'no cluster that could be compared' : 'one cluster, and none to compare it with';
  const clusters = `${count} clusters`;
  if (overlaps.length === 0) return `${clusters}: no addresses in common`;
  return `${clusters}: ${overlaps.map(({ code, addresses, members }) => `${code} at ${addresses[0] ?? ''} (${[...new Set(members.map(({ cluster }) => cluster))].join(', ')})`).join('; ')}`;
}

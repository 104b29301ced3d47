import type { Answer, Note } from '../kernel/answer.js';
import type { Severity } from '../kernel/diagnostic.js';
import { Trail } from '../kernel/evidence.js';
import { firstFew } from '../kernel/first-few.js';
import { sortedInSteps } from '../kernel/sorted-in-steps.js';
import type { Steps } from '../kernel/steps.js';
import type { AddressPlane } from './address-plane.js';
import { type Holder, type Meeting, meetingsOf } from './internal/meetings.js';
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
  BALANCERS_OVERLAP: {
    severity: 'warning',
    means: 'load balancers or externalIPs of the clusters have the same addresses: on one network the wrong one may answer',
  },
  PLANES_OVERLAP: {
    severity: 'warning',
    means: 'pods, services or load balancers of one cluster have addresses that are something else in another one',
  },
  SERVICES_OVERLAP: {
    severity: 'info',
    means: 'ClusterIPs mean nothing outside their cluster; they cannot be exported to the other as they are',
  },
} as const satisfies Record<string, { readonly severity: Severity; readonly means: string }>;

const PLANE_TEXTS: Readonly<Record<AddressPlane, string>> = {
  pod: 'pods',
  service: 'services',
  node: 'nodes',
  lb: 'load balancers',
  external: 'externalIPs',
};

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
  /** What all of them have, and no other pool of the fleet: the first five ranges, and how many there are. */
  readonly addresses: readonly string[];
  readonly places: number;
  /** The first fifty, and how many there are. */
  readonly members: readonly FleetMember[];
  readonly memberCount: number;
  readonly message: string;
}

/** What the question answers with. */
export interface FleetOverlapsResult {
  readonly clusters: readonly { readonly name: string; readonly revision: number }[];
  /** The first thousand, the gravest first, and how many there are. */
  readonly overlaps: readonly FleetOverlap[];
  readonly overlapCount: number;
}

const GRAVITY: readonly Severity[] = ['error', 'warning', 'info'];
const MOST_ADDRESSES = 5;
const MOST_MEMBERS = 50;
const MOST_OVERLAPS = 1_000;
/** Clusters' pools that a sentence names. */
const MOST_NAMED = 5;

/** Which pools of different clusters share addresses. Pools that nothing tells of are left out: they prove nothing. Yields often. */
export function* fleetOverlaps(clusters: readonly FleetCluster[]): Steps<Answer<FleetVerdict, FleetOverlapsResult>> {
  const holders = clusters.flatMap(({ name: cluster, pools }) => pools.filter(isKnown).map((pool): Holder => ({ cluster, pool })));
  const meetings = yield* meetingsOf(holders, { holders: MOST_MEMBERS, parts: MOST_NAMED, places: MOST_ADDRESSES });
  const all: FleetOverlap[] = [];
  for (const meeting of meetings) {
    yield;
    all.push(overlapOf(meeting));
  }
  const sorted = yield* sortedInSteps(all, (a, b) => GRAVITY.indexOf(a.severity) - GRAVITY.indexOf(b.severity));
  const overlaps = sorted.slice(0, MOST_OVERLAPS);
  const trail = new Trail();
  for (const { code, message } of overlaps) trail.add({ stage: 'overlaps', outcome: 'info', reason: code, message });
  const assumptions = clusters.flatMap(assumed);
  const verdict = clusters.length < 2 ? 'NO_CLUSTERS' : overlaps.length > 0 ? 'OVERLAPPING' : 'DISJOINT';
  return {
    verdict,
    summary: summaryOf(clusters.length, overlaps, all.length),
    result: { clusters: clusters.map(({ name, revision }) => ({ name, revision })), overlaps, overlapCount: all.length },
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
  return [{ code: 'POOL_ASSUMED', message: `${name}: nothing tells of ${firstFew(guesses, MOST_NAMED)}, which are left out` }];
}

function overlapOf({ holders, holderCount, parts, partCount, planes, places, placeCount }: Meeting): FleetOverlap {
  const code = codeOf(planes);
  const addresses = places.map(rangeText);
  const names = parts.map(([cluster, plane]) => `the ${PLANE_TEXTS[plane]} of ${cluster}`);
  const { severity, means } = FLEET_CODES[code];
  return {
    code,
    severity,
    addresses,
    places: placeCount,
    members: holders.map(memberOf),
    memberCount: holderCount,
    message: `${firstFew(addresses, MOST_ADDRESSES, placeCount)}: ${firstFew(names, MOST_NAMED, partCount)} meet; ${means}`,
  };
}

function memberOf({ cluster, pool: { name, plane, declared } }: Holder): FleetMember {
  return { cluster, pool: name, plane, ranges: declared.slice(0, MOST_ADDRESSES) };
}

function codeOf(planes: ReadonlySet<AddressPlane>): FleetCode {
  if (planes.has('node')) return 'NODES_OVERLAP';
  if ([...planes].every((plane) => plane === 'lb' || plane === 'external')) return 'BALANCERS_OVERLAP';
  if (planes.size > 1) return 'PLANES_OVERLAP';
  return planes.has('service') ? 'SERVICES_OVERLAP' : 'PODS_OVERLAP';
}

function summaryOf(count: number, overlaps: readonly FleetOverlap[], overlapCount: number): string {
  if (count < 2) return count === 0 ? 'no cluster that could be compared' : 'one cluster, and none to compare it with';
  const clusters = `${count} clusters`;
  if (overlaps.length === 0) return `${clusters}: no addresses in common`;
  const texts = overlaps.slice(0, MOST_NAMED).map(({ code, addresses, members }) => {
    const names = firstFew([...new Set(members.map(({ cluster }) => cluster))], MOST_NAMED);
    return `${code} at ${addresses[0] ?? ''} (${names})`;
  });
  const left = overlapCount - texts.length;
  return `${clusters}: ${texts.join('; ')}${left > 0 ? `; and ${left} more` : ''}`;
}

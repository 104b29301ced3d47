import { inMap } from '../../kernel/in-map.js';
import type { Provenance, Sourced } from '../../kernel/provenance.js';
import { forEachInSteps, type Steps } from '../../kernel/steps.js';
import { type Cidr, cidrContains, cidrSize, compareCidrs, firstIp, formatCidr, outermostCidrs } from '../../net/cidr.js';
import { CidrIndex } from '../../net/cidr-index.js';
import { ChildCidrs } from '../../net/child-cidrs.js';
import type { Ip, IpFamily } from '../../net/ip.js';
import type { Pod } from '../../resources/pod.js';
import type { ModelNode } from '../network-model.js';
import type { NetworkProfile } from '../network-profile.js';
import { rangeGiverOf } from '../range-giver.js';

/** Ranges of one family by the names of nodes. */
type Cut = ReadonlyMap<string, Cidr>;

/** Addresses of pods by the names of their nodes. */
export type PodAddressesOfNodes = ReadonlyMap<string, readonly Ip[]>;

/** What the pods that were seen hold of the pods' ranges: neither their node's addresses nor those of pods that have ended. */
export function* addressesOnNodes(pods: readonly Pod[]): Steps<PodAddressesOfNodes> {
  const found = new Map<string, Ip[]>();
  yield* forEachInSteps(pods, 1_000, ({ spec, status }) => {
    if (spec.nodeName === undefined || spec.hostNetwork || status?.phase === 'Succeeded' || status?.phase === 'Failed') return;
    for (const ip of status?.podIPs ?? []) inMap(found, spec.nodeName, () => []).push(ip);
  });
  return found;
}

/**
 * Ranges for the nodes without, cut from the cluster's as kube-controller-manager cuts them, but never so that pods that were seen lie outside of their node's: then each node has the
 * part that its pods lie in, and one whose pods lie in several, or beside those of others, has none. Where not even the plugin is known and pods do not lie by nodes, nodes have no ranges.
 */
export function* withPodCIDRs(
  nodes: readonly ModelNode[],
  profile: NetworkProfile,
  provenance: Provenance,
  seen: PodAddressesOfNodes,
): Steps<readonly ModelNode[]> {
  // Pods with addresses of the network underneath: what would be cut for their nodes is nobody's.
  if (rangeGiverOf(profile.cni) === 'interfaces') return nodes;
  const cuts: Cut[] = [];
  for (const family of profile.ipFamilies) cuts.push(yield* cutOf(family, nodes, profile, seen));
  const rangesOf = ({ name }: ModelNode) => cuts.flatMap((cut): Sourced<Cidr>[] => sourced(cut.get(name), provenance));
  return nodes.map((node) => (node.podCIDRs.length > 0 ? node : { ...node, podCIDRs: rangesOf(node) }));
}

function sourced(value: Cidr | undefined, provenance: Provenance): Sourced<Cidr>[] {
  return value ? [{ value, provenance }] : [];
}

function* cutOf(family: IpFamily, nodes: readonly ModelNode[], profile: NetworkProfile, seen: PodAddressesOfNodes): Steps<Cut> {
  const open = nodes.filter(({ podCIDRs }) => podCIDRs.length === 0).map(({ name }) => name);
  const inOrder = yield* (yield* Pieces.of(family, nodes, profile)).handOut(open);
  const addresses = new Map<string, readonly Ip[]>();
  yield* forEachInSteps(open, NODES_IN_A_STEP, (name) => {
    addresses.set(
      name,
      (seen.get(name) ?? []).filter((ip) => ip.family === family),
    );
  });
  const lived = [...addresses].filter(([, ips]) => ips.length > 0);
  if (!goesByNodes(profile) || lived.every(([name, ips]) => holds(inOrder.get(name), ips))) return inOrder;
  const pieces = yield* Pieces.of(family, nodes, profile);
  const homes = yield* pieces.homesOf(lived);
  if (rangeGiverOf(profile.cni) === 'unknown' && !showRanges(homes, lived)) return new Map();
  yield* forEachInSteps(homes.values(), RANGES_IN_A_STEP, (home) => pieces.occupy(home));
  return new Map([...homes, ...(yield* pieces.handOut(open.filter((name) => addresses.get(name)?.length === 0)))]);
}

/** With kubelet's `maxPods` some thousand pods. */
const NODES_IN_A_STEP = 10;
const RANGES_IN_A_STEP = 500;

/** Whether pods get addresses of what their node has; those of Calico's blocks, and of ranges that no node has, say nothing of it. */
function goesByNodes({ cni }: NetworkProfile): boolean {
  return cni.plugin !== 'calico' && rangeGiverOf(cni) !== 'nobody';
}

function holds(range: Cidr | undefined, ips: readonly Ip[]): boolean {
  return range !== undefined && ips.every((ip) => cidrContains(range, ip));
}

type Lived = readonly (readonly [node: string, ips: readonly Ip[]])[];

/** Whether the pods make it likely that nodes have ranges: all lie so, and somewhere two of them agree, as a single address always does. */
function showRanges(homes: Cut, lived: Lived): boolean {
  return lived.every(([name]) => homes.has(name)) && lived.some(([, ips]) => ips.length > 1);
}

/** A range of the cluster, which of its parts are free, and which ones nodes are known to have. */
interface ClusterRange {
  readonly cidr: Cidr;
  /** Its place among the cluster's ranges. */
  readonly place: number;
  readonly free: ChildCidrs;
  readonly known: ChildCidrs;
}

/** The parts of the cluster's ranges of a family that nodes can have. Both may be many thousands: a range is asked for those that it meets, never for all. */
class Pieces {
  private readonly byBase: readonly ClusterRange[];
  /** The first of the ranges that may have a free part: nothing is given back. */
  private first = 0;

  private constructor(
    private readonly ranges: readonly ClusterRange[],
    private readonly index: CidrIndex<ClusterRange>,
  ) {
    this.byBase = ranges.toSorted((a, b) => compareCidrs(a.cidr, b.cidr));
  }

  static *of(family: IpFamily, nodes: readonly ModelNode[], profile: NetworkProfile): Steps<Pieces> {
    const prefix = family === 4 ? profile.nodeCIDRMaskSizes.v4 : profile.nodeCIDRMaskSizes.v6;
    const own = new Map(profile.podCIDRs.filter((one) => one.family === family).map((one) => [formatCidr(one), one]));
    const partsOf = (cidr: Cidr) => new ChildCidrs(cidr, prefix);
    const ranges: ClusterRange[] = [];
    yield* forEachInSteps(own.values(), RANGES_IN_A_STEP, (cidr) => {
      ranges.push({ cidr, place: ranges.length, free: partsOf(cidr), known: partsOf(cidr) });
    });
    const pieces = new Pieces(ranges, yield* CidrIndex.inSteps(ranges.map((range) => [range.cidr, range] as const)));
    const ofNodes = nodes.flatMap(({ podCIDRs }) => podCIDRs.map(({ value }) => value));
    yield;
    yield* forEachInSteps(outermostCidrs(ofNodes), RANGES_IN_A_STEP, (cidr) => {
      for (const { known } of pieces.met(cidr)) known.occupy(cidr);
    });
    // Cilium's operator does not look at the ranges of services.
    const ofServices = rangeGiverOf(profile.cni) === 'operator' ? [] : profile.serviceCIDRs;
    yield* forEachInSteps(outermostCidrs([...ofNodes, ...ofServices]), RANGES_IN_A_STEP, (cidr) => pieces.occupy(cidr));
    return pieces;
  }

  occupy(cidr: Cidr): void {
    for (const { free } of this.met(cidr)) free.occupy(cidr);
  }

  /** One for each, in order: of the first range that still has one. */
  *handOut(names: readonly string[]): Steps<Cut> {
    const given = new Map<string, Cidr>();
    yield* forEachInSteps(names, RANGES_IN_A_STEP, (name) => {
      const part = this.nextFree();
      if (part) given.set(name, part);
    });
    return given;
  }

  private nextFree(): Cidr | undefined {
    for (; this.first < this.ranges.length; this.first += 1) {
      const part = this.ranges[this.first]?.free.allocate();
      if (part) return part;
    }
    return undefined;
  }

  /** The part that all addresses of a node lie in and nothing of another's does: neither its pods, nor the range that it is known to have, whatever its size. */
  *homesOf(lived: Lived): Steps<Cut> {
    const homes = new Map<string, Cidr>();
    const claims = new Map<bigint, number>();
    yield* forEachInSteps(lived, NODES_IN_A_STEP, ([name, ips]) => {
      const parts = new Map(ips.map((ip) => this.partOf(ip)).map((part) => [part?.base, part]));
      for (const base of parts.keys()) if (base !== undefined) claims.set(base, (claims.get(base) ?? 0) + 1);
      const [part, ...more] = parts.values();
      if (part && more.length === 0 && !this.isKnown(part)) homes.set(name, part);
    });
    return new Map([...homes].filter(([, { base }]) => claims.get(base) === 1));
  }

  private isKnown(part: Cidr): boolean {
    for (const { known } of this.met(part)) if (known.isTaken(part)) return true;
    return false;
  }

  /** The part that an address lies in; undefined outside of the cluster's ranges. */
  private partOf(ip: Ip): Cidr | undefined {
    let found: ClusterRange | undefined;
    for (const range of this.index.at(ip)) if (!found || range.place < found.place) found = range;
    return found?.free.childOf(ip);
  }

  /** The ranges that have something in common with a prefix: those that hold its first address, and those that begin behind that in it. */
  private *met(cidr: Cidr): Generator<ClusterRange> {
    yield* this.index.at(firstIp(cidr));
    const last = cidr.base + cidrSize(cidr) - 1n;
    for (let at = firstAfter(this.byBase, cidr.base); at < this.byBase.length; at += 1) {
      const range = this.byBase[at];
      if (!range || range.cidr.family !== cidr.family || range.cidr.base > last) return;
      yield range;
    }
  }
}

/** The index of the first range that begins behind an address. */
function firstAfter(byBase: readonly ClusterRange[], value: bigint): number {
  let [low, high] = [0, byBase.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((byBase[middle]?.cidr.base ?? 0n) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

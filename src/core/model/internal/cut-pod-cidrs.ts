import { inMap } from '../../kernel/in-map.js';
import type { Provenance, Sourced } from '../../kernel/provenance.js';
import { type Cidr, cidrContains, cidrOf } from '../../net/cidr.js';
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
export function addressesOnNodes(pods: readonly Pod[]): PodAddressesOfNodes {
  const found = new Map<string, Ip[]>();
  for (const { spec, status } of pods) {
    if (spec.nodeName === undefined || spec.hostNetwork || status?.phase === 'Succeeded' || status?.phase === 'Failed') continue;
    const ips = status?.podIPs ?? [];
    if (ips.length > 0) inMap(found, spec.nodeName, () => []).push(...ips);
  }
  return found;
}

/**
 * Ranges for the nodes without, cut from the cluster's as kube-controller-manager cuts them, but never so that pods that were seen lie outside of their node's: then each node has the
 * part that its pods lie in, and one whose pods lie in several, or beside those of others, has none. Where not even the plugin is known and pods do not lie by nodes, nodes have no ranges.
 */
export function withPodCIDRs(
  nodes: readonly ModelNode[],
  profile: NetworkProfile,
  provenance: Provenance,
  seen: PodAddressesOfNodes,
): readonly ModelNode[] {
  // Pods with addresses of the network underneath: what would be cut for their nodes is nobody's.
  if (rangeGiverOf(profile.cni) === 'interfaces') return nodes;
  const cuts = profile.ipFamilies.map((family) => cutOf(family, nodes, profile, seen));
  const rangesOf = ({ name }: ModelNode) => cuts.flatMap((cut): Sourced<Cidr>[] => sourced(cut.get(name), provenance));
  return nodes.map((node) => (node.podCIDRs.length > 0 ? node : { ...node, podCIDRs: rangesOf(node) }));
}

function sourced(value: Cidr | undefined, provenance: Provenance): Sourced<Cidr>[] {
  return value ? [{ value, provenance }] : [];
}

function cutOf(family: IpFamily, nodes: readonly ModelNode[], profile: NetworkProfile, seen: PodAddressesOfNodes): Cut {
  const pieces = new Pieces(family, nodes, profile);
  const open = nodes.filter(({ podCIDRs }) => podCIDRs.length === 0).map(({ name }) => name);
  const inOrder = pieces.handOut(open);
  const addresses = new Map(open.map((name) => [name, (seen.get(name) ?? []).filter((ip) => ip.family === family)]));
  if (!goesByNodes(profile) || [...inOrder].every(([name, range]) => holds(range, addresses.get(name) ?? []))) return inOrder;
  const lived = [...addresses].filter(([, ips]) => ips.length > 0);
  const homes = pieces.homesOf(lived);
  if (rangeGiverOf(profile.cni) === 'unknown' && !showRanges(homes, lived)) return new Map();
  const again = new Pieces(family, nodes, profile);
  for (const home of homes.values()) again.occupy(home);
  return new Map([...homes, ...again.handOut(open.filter((name) => addresses.get(name)?.length === 0))]);
}

/** Whether pods get addresses of what their node has; those of Calico's blocks, and of ranges that no node has, say nothing of it. */
function goesByNodes({ cni }: NetworkProfile): boolean {
  return cni.plugin !== 'calico' && rangeGiverOf(cni) !== 'nobody';
}

function holds(range: Cidr, ips: readonly Ip[]): boolean {
  return ips.every((ip) => cidrContains(range, ip));
}

type Lived = readonly (readonly [node: string, ips: readonly Ip[]])[];

/** Whether the pods make it likely that nodes have ranges: all lie so, and somewhere two of them agree, as a single address always does. */
function showRanges(homes: Cut, lived: Lived): boolean {
  return lived.every(([name]) => homes.has(name)) && lived.some(([, ips]) => ips.length > 1);
}

/** The parts of the cluster's ranges of a family that nodes can have. */
class Pieces {
  private readonly sets: readonly { readonly cluster: Cidr; readonly children: ChildCidrs }[];
  private readonly prefix: number;

  constructor(
    private readonly family: IpFamily,
    private readonly nodes: readonly ModelNode[],
    profile: NetworkProfile,
  ) {
    this.prefix = family === 4 ? profile.nodeCIDRMaskSizes.v4 : profile.nodeCIDRMaskSizes.v6;
    this.sets = profile.podCIDRs
      .filter((cluster) => cluster.family === family)
      .map((cluster) => ({ cluster, children: new ChildCidrs(cluster, this.prefix) }));
    for (const range of [...nodes.flatMap(({ podCIDRs }) => podCIDRs.map(({ value }) => value)), ...profile.serviceCIDRs])
      this.occupy(range);
  }

  occupy(range: Cidr): void {
    for (const { children } of this.sets) children.occupy(range);
  }

  /** One for each, in order: of the first range that still has one. */
  handOut(names: readonly string[]): Cut {
    const given = new Map<string, Cidr>();
    for (const name of names) {
      for (const { children } of this.sets) {
        const range = children.allocate();
        if (!range) continue;
        given.set(name, range);
        break;
      }
    }
    return given;
  }

  /** The part that all addresses of a node lie in and none of another's does. */
  homesOf(lived: Lived): Cut {
    const parts = lived.map(([name, ips]) => [name, [...new Set(ips.map((ip) => this.partOf(ip)))]] as const);
    const claims = new Map<bigint, number>();
    for (const { podCIDRs } of this.nodes) for (const { value } of podCIDRs) claims.set(value.base, 1);
    for (const [, own] of parts) for (const part of own) claims.set(part, (claims.get(part) ?? 0) + 1);
    const homes = new Map<string, Cidr>();
    for (const [name, [part = OUTSIDE, ...more]] of parts) {
      if (more.length > 0 || part === OUTSIDE || claims.get(part) !== 1) continue;
      homes.set(name, { family: this.family, base: part, prefix: this.prefix });
    }
    return homes;
  }

  /** The base of the part that an address lies in. */
  private partOf(ip: Ip): bigint {
    return this.sets.some(({ cluster }) => cidrContains(cluster, ip)) ? cidrOf(ip, this.prefix).base : OUTSIDE;
  }
}

/** Stands for every address outside of the cluster's ranges. */
const OUTSIDE = -1n;

import { compareBy } from '../../kernel/compare.js';
import { observed, type Provenance, type Sourced } from '../../kernel/provenance.js';
import type { Cidr } from '../../net/cidr.js';
import type { IpFamily } from '../../net/ip.js';
import type { Node } from '../../resources/node.js';
import type { ModelNode } from '../network-model.js';
import type { NetworkProfile } from '../network-profile.js';
import { ChildCidrs } from './child-cidrs.js';

const ZONE_LABEL = 'topology.kubernetes.io/zone';
const OLD_ZONE_LABEL = 'failure-domain.beta.kubernetes.io/zone';
const SYNTHESISED = ['node-1', 'node-2', 'node-3'];

/** What the nodes follow from. */
export interface NodeInput {
  readonly imported: readonly Node[];
  /** Names that pods give to nodes which were not imported, and that are believed. */
  readonly believed: readonly string[];
  /** Whether pods need a node and nothing tells of any. */
  readonly synthesise: boolean;
  readonly profile: NetworkProfile;
  /** Whether the profile's podCIDRs are known or a guess: what is cut from them is no better. */
  readonly podCIDRProvenance: Provenance;
}

/** The cluster's nodes in the order of their names, each with its pod ranges: observed, or cut from the cluster's range for those without. */
export function buildNodes(input: NodeInput): readonly ModelNode[] {
  const invented = [...input.believed, ...(input.synthesise ? SYNTHESISED : [])];
  const nodes = [...input.imported.map(importedNode), ...invented.map(inventedNode)].sort(compareBy((node) => node.name));
  return withPodCIDRs(nodes, input);
}

function importedNode(node: Node): ModelNode {
  return {
    name: node.ref.name,
    ref: node.ref,
    labels: node.labels,
    provenance: 'observed',
    resource: node,
    addresses: node.addresses,
    podCIDRs: node.podCIDRs.map(observed),
    zone: node.labels[ZONE_LABEL] ?? node.labels[OLD_ZONE_LABEL],
  };
}

function inventedNode(name: string): ModelNode {
  return {
    name,
    ref: { apiVersion: 'v1', kind: 'Node', name },
    labels: { 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' },
    provenance: 'assumed',
    resource: undefined,
    addresses: [],
    podCIDRs: [],
    zone: undefined,
  };
}

/** Plugins that give pods addresses of the underlay: their nodes have no pod range at all. */
function hasNodeRanges(profile: NetworkProfile): boolean {
  return profile.cni.plugin !== 'aws-vpc-cni';
}

function withPodCIDRs(nodes: readonly ModelNode[], { profile, podCIDRProvenance }: NodeInput): readonly ModelNode[] {
  if (!hasNodeRanges(profile)) return nodes;
  const sets = profile.podCIDRs.map((cluster) => new ChildCidrs(cluster, maskSize(profile, cluster.family)));
  for (const set of sets) {
    for (const range of [...nodes.flatMap((node) => node.podCIDRs.map((one) => one.value)), ...profile.serviceCIDRs]) set.occupy(range);
  }
  const provenance = podCIDRProvenance === 'assumed' ? 'assumed' : 'derived';
  return nodes.map((node) => (node.podCIDRs.length > 0 ? node : { ...node, podCIDRs: cut(profile, sets, provenance) }));
}

/** One child per family: the first range of a family that still has one. */
function cut(profile: NetworkProfile, sets: readonly ChildCidrs[], provenance: Provenance): readonly Sourced<Cidr>[] {
  return profile.ipFamilies.flatMap((family) => {
    const candidates = sets.filter((_, index) => profile.podCIDRs[index]?.family === family);
    for (const set of candidates) {
      const value = set.allocate();
      if (value) return [{ value, provenance }];
    }
    return [];
  });
}

function maskSize(profile: NetworkProfile, family: IpFamily): number {
  return family === 4 ? profile.nodeCIDRMaskSizes.v4 : profile.nodeCIDRMaskSizes.v6;
}

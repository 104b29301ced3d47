import { compareBy } from '../../kernel/compare.js';
import { observed, type Provenance } from '../../kernel/provenance.js';
import type { Steps } from '../../kernel/steps.js';
import type { Cidr } from '../../net/cidr.js';
import type { IpFamily } from '../../net/ip.js';
import type { CiliumNode } from '../../resources/cilium-ipam.js';
import type { Node, NodeAddress } from '../../resources/node.js';
import type { Labels } from '../../resources/resource.js';
import type { ModelNode } from '../network-model.js';
import type { NetworkProfile } from '../network-profile.js';
import { devicesOf, type NodeDevice } from '../node-devices.js';
import { type PodAddressesOfNodes, withPodCIDRs } from './cut-pod-cidrs.js';
import { gatewayRouters, joinPorts, managementPorts, ovnNodeSubnets } from './ovn-nodes.js';

const ZONE_LABEL = 'topology.kubernetes.io/zone';
const OLD_ZONE_LABEL = 'failure-domain.beta.kubernetes.io/zone';
/** Addresses of made-up nodes are of the ranges for documentation, which no cluster uses: RFC 5737, RFC 3849. */
const DOCUMENTATION = { 4: 0xc0_00_02_00n, 6: 0x2001_0db8n << 96n } as const;
const FIRST_HOST = 11;

/** A node that pods tell of and no Node object does. */
export interface BelievedNode {
  readonly name: string;
  readonly addresses: readonly NodeAddress[];
}

/** What the nodes follow from. */
export interface NodeInput {
  readonly imported: readonly Node[];
  /** What Cilium gives to nodes, by their names; it takes the place of what kube-controller-manager gives. */
  readonly ciliumNodes: readonly CiliumNode[];
  /** Nodes which were not imported and are believed. */
  readonly believed: readonly BelievedNode[];
  /** How many nodes to make up, because pods need some and nothing tells of any. */
  readonly synthesise: number;
  readonly profile: NetworkProfile;
  readonly podAddresses: PodAddressesOfNodes;
  /** Whether the profile's podCIDRs are known or a guess: what is cut from them is no better. */
  readonly podCIDRProvenance: Provenance;
}

/** The cluster's nodes in the order of their names, each with its pod ranges: observed, or cut from the cluster's range for those without. */
export function* buildNodes(input: NodeInput): Steps<readonly ModelNode[]> {
  const believed = input.believed.map((node) => unseenNode(node, 'derived'));
  const invented = synthesised(input.synthesise, input.profile).map((node) => unseenNode(node, 'assumed'));
  const cilium = new Map(input.profile.cni.plugin === 'cilium' ? input.ciliumNodes.map((one) => [one.ref.name, one]) : []);
  const isOvn = input.profile.cni.plugin === 'ovn-kubernetes';
  const imported = input.imported.map((node) => importedNode(node, cilium.get(node.ref.name), isOvn ? ovnNodeSubnets(node) : undefined));
  const nodes = [...imported, ...believed, ...invented].sort(compareBy((node) => node.name));
  const provenance = input.podCIDRProvenance === 'assumed' ? 'assumed' : 'derived';
  const ranged = yield* withPodCIDRs(nodes, input.profile, provenance, input.podAddresses);
  if (isOvn) return withDevices(ranged, (node) => [...managementPorts(node), ...(node.resource ? gatewayRouters(node.resource) : [])]);
  return input.profile.cni.plugin === 'kube-ovn' ? withDevices(ranged, ({ resource }) => (resource ? joinPorts(resource) : [])) : ranged;
}

function withDevices(nodes: readonly ModelNode[], devicesOfPlugin: (node: ModelNode) => readonly NodeDevice[]): readonly ModelNode[] {
  return nodes.map((node) => ({ ...node, devices: [...node.devices, ...devicesOfPlugin(node)] }));
}

function importedNode(node: Node, cilium: CiliumNode | undefined, ofOvn: readonly Cidr[] | undefined): ModelNode {
  return {
    name: node.ref.name,
    ref: node.ref,
    labels: node.labels,
    provenance: 'observed',
    resource: node,
    addresses: node.addresses,
    podCIDRs: (cilium?.podCIDRs ?? ofOvn ?? node.podCIDRs).map(observed),
    devices: devicesOf(node, cilium),
    zone: zoneOf(node.labels),
  };
}

/** An empty label is as good as none (kubernetes/endpointslice `utils.go` podToEndpoint, `topologycache` SetNodes; kubernetes `pkg/proxy/topology.go`). */
function zoneOf(labels: Labels): string | undefined {
  const zone = labels[ZONE_LABEL] ?? labels[OLD_ZONE_LABEL];
  return zone === '' ? undefined : zone;
}

function synthesised(count: number, profile: NetworkProfile): readonly BelievedNode[] {
  const addressOf = (family: IpFamily, index: number): NodeAddress => ({
    type: 'InternalIP',
    ip: { family, value: DOCUMENTATION[family] + BigInt(FIRST_HOST + index) },
  });
  return Array.from({ length: count }, (_, index) => ({
    name: `node-${index + 1}`,
    addresses: profile.ipFamilies.map((family) => addressOf(family, index)),
  }));
}

function unseenNode({ name, addresses }: BelievedNode, provenance: Provenance): ModelNode {
  return {
    name,
    ref: { apiVersion: 'v1', kind: 'Node', name },
    labels: { 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' },
    provenance,
    resource: undefined,
    addresses,
    podCIDRs: [],
    devices: [],
    zone: undefined,
  };
}

import type { Steps } from '../../../kernel/steps.js';
import type { ModelNode, NetworkModel } from '../../../model/network-model.js';
import { type Cidr, cidrContains, formatCidr } from '../../../net/cidr.js';
import { CidrIndex } from '../../../net/cidr-index.js';
import type { Ip, IpFamily } from '../../../net/ip.js';
import { carrierOf } from '../../carriers.js';
import { clusterMode } from '../../cluster-mode.js';
import { underlayFamily } from '../../cluster-mtu.js';
import type { DataplaneDraft } from '../../dataplane-finding.js';
import { encapsulationOf, type EncapsulationMode } from '../../encapsulation.js';
import { needsSegment } from '../carriage.js';
import { Underlay } from '../underlay.js';
import { isAllByWireguard, isWireguardPeer } from '../wireguard-peers.js';

interface AddressedNode {
  readonly node: ModelNode;
  readonly address: Ip;
  /** Between two peers of WireGuard no subnet is asked for. */
  readonly isPeer: boolean;
}

/** Nodes that take the same subnet for theirs; peers of WireGuard last, so that the first is one only where all are. */
interface Neighbourhood {
  readonly subnet: Cidr | undefined;
  readonly nodes: readonly AddressedNode[];
}

/** Nodes that are looked at in one go. */
const BREATH = 500;

/** Ways that differ by direction, and ways that there are not. */
export function* routeChecks(model: NetworkModel): Steps<readonly DataplaneDraft[]> {
  const drafts: DataplaneDraft[] = [];
  const families = new Set(model.profile.ipFamilies.map((family) => underlayFamily(model, family)));
  for (const family of families) {
    if (isAllByWireguard(model, family)) continue; // no pair is left, and pairs are many
    const all = neighbourhoods(model, family);
    yield;
    if (wrapsBySubnet(model, family)) drafts.push(...(yield* asymmetries(all)));
    if (isPlain(model, family)) drafts.push(...(yield* partings(model, all)));
  }
  return drafts;
}

/**
 * Pairs of subnets of which one holds an address of the other's nodes. An address lies in as many subnets as there are lengths of prefixes at most, and so it is asked for those,
 * never for all.
 */
function* asymmetries(all: readonly Neighbourhood[]): Steps<readonly DataplaneDraft[]> {
  const drafts: DataplaneDraft[] = [];
  const index = CidrIndex.of(all.flatMap((one) => (one.subnet ? [[one.subnet, one] as const] : [])));
  let count = 0;
  for (const here of all) {
    const looked = new Set<Neighbourhood>([here]);
    for (const seen of here.nodes) {
      if (++count % BREATH === 0) yield;
      for (const there of index.at(seen.address)) {
        if (looked.has(there)) continue;
        looked.add(there);
        drafts.push(...asymmetric(here, seen, there));
      }
    }
  }
  return drafts;
}

/** Of each subnet the first of the others that no packet gets to: to name them all would be to name every pair. */
function* partings(model: NetworkModel, all: readonly Neighbourhood[]): Steps<readonly DataplaneDraft[]> {
  const parting = partingOf(model);
  if (!parting) return [];
  const { why, fix } = parting;
  const drafts: DataplaneDraft[] = [];
  for (const [index, one] of all.entries()) {
    if (index % BREATH === 0) yield;
    const [here] = one.nodes;
    if (!one.subnet || !here) continue;
    for (let next = index + 1; next < all.length; next += 1) {
      const other = all[next];
      const far = other && farNode(one.subnet, here, other);
      if (!other || !far) continue;
      const message = `pods of ${far.node.name} (${subnetText(other)}) cannot be reached from ${here.node.name} (${subnetText(one)}): ${why}`;
      drafts.push({ code: 'NODES_UNREACHABLE', message, object: far.node.ref, fix, nodes: [here.node.name, far.node.name] });
      break;
    }
  }
  return drafts;
}

function neighbourhoods(model: NetworkModel, family: IpFamily): readonly Neighbourhood[] {
  const underlay = new Underlay(model);
  const byText = new Map<string, { subnet: Cidr | undefined; nodes: AddressedNode[] }>();
  for (const node of model.nodes.values()) {
    const address = underlay.addressOf(node, family);
    if (!address) continue;
    const subnet = underlay.subnetOf(node, family);
    const key = subnet ? formatCidr(subnet) : '';
    const known = byText.get(key) ?? { subnet, nodes: [] };
    known.nodes.push({ node, address, isPeer: isWireguardPeer(model, node, family) });
    byText.set(key, known);
  }
  return [...byText.values()].map(({ subnet, nodes }) => ({
    subnet,
    nodes: nodes.toSorted((a, b) => Number(a.isPeer) - Number(b.isPeer)),
  }));
}

/** Whether Calico's pools of a family say so; undefined: there are none. */
function poolsSay({ profile, calico }: NetworkModel, family: IpFamily, when: EncapsulationMode): boolean | undefined {
  const pools = profile.cni.plugin === 'calico' ? calico.ipPools.filter(({ cidr }) => cidr?.family === family) : [];
  return pools.length === 0 ? undefined : pools.some((pool) => encapsulationOf(pool).mode === when);
}

function wrapsBySubnet(model: NetworkModel, family: IpFamily): boolean {
  return poolsSay(model, family, 'CrossSubnet') ?? model.profile.cni.crossSubnet;
}

/** Each side wraps unless its own subnet holds the other's address: `there` takes `seen` for a neighbour, which does not take every node of `there` for one. */
function asymmetric(here: Neighbourhood, seen: AddressedNode, there: Neighbourhood): readonly DataplaneDraft[] {
  const isOutside = ({ address }: AddressedNode) => !here.subnet || !cidrContains(here.subnet, address);
  const unseen = there.nodes.find((one) => !(seen.isPeer && one.isPeer) && isOutside(one));
  if (!unseen) return [];
  const [from, to] = [seen.node.name, unseen.node.name];
  const message = `${from} (${subnetText(here)}) wraps packets for ${to} (${subnetText(there)}), and ${to} does not wrap its own for ${from}`;
  return [
    {
      code: 'ROUTES_ASYMMETRIC',
      message,
      object: seen.node.ref,
      fix: 'give nodes of one subnet the same prefix length',
      nodes: [from, to],
    },
  ];
}

function subnetText({ subnet }: Neighbourhood): string {
  return subnet ? formatCidr(subnet) : 'its subnet is not known';
}

function isPlain(model: NetworkModel, family: IpFamily): boolean {
  const { plugin, encryption } = model.profile.cni;
  const { mode } = clusterMode(model);
  if (encryption !== 'none') return false;
  // What WireGuard of Calico does not carry goes as it is, as `wanted-carriage.ts` has it.
  const isWithout = plugin === 'calico' && mode === 'wireguard';
  return poolsSay(model, family, 'Never') ?? (isWithout || carrierOf(plugin, mode).transport[family] === undefined);
}

/** Why what is not wrapped does not get to other subnets, and what mends it; undefined: it does. */
function partingOf(model: NetworkModel): (Pick<DataplaneDraft, 'fix'> & { readonly why: string }) | undefined {
  const { plugin } = model.profile.cni;
  const { mode } = clusterMode(model);
  const carrier = carrierOf(plugin, mode);
  if (carrier.onLinkOnly) {
    return {
      why: `${plugin} in mode \`${mode}\` lays routes on one layer 2 segment only`,
      fix: 'use a mode that wraps, or put the nodes on one segment',
    };
  }
  if (needsSegment(model, carrier)) {
    return {
      why: 'Cilium lays direct routes on one layer 2 segment only',
      fix: 'set `direct-routing-skip-unreachable` and teach the routers the pods’ ranges (BGP), or use a mode that wraps',
    };
  }
  if (model.profile.underlay.routesPods) return undefined;
  return {
    why: 'nothing is wrapped, and the underlay does not know the pods',
    fix: 'teach the routers the pods’ ranges (BGP), or use a mode that wraps',
  };
}

/** A node of another subnet that is outside the first one's, and no peer of its node by WireGuard. */
function farNode(subnet: Cidr, { isPeer }: AddressedNode, { nodes }: Neighbourhood): AddressedNode | undefined {
  // Peers come last: those of a subnet that has no others are not gone through.
  if (isPeer && nodes[0]?.isPeer) return undefined;
  return nodes.find((far) => !(isPeer && far.isPeer) && !cidrContains(subnet, far.address));
}

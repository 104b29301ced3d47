import { compareBy } from '../kernel/compare.js';
import type { Provenance, Sourced } from '../kernel/provenance.js';
import { childCount } from '../net/child-cidrs.js';
import { type Cidr, cidrCovers, cidrsOverlap, formatCidr } from '../net/cidr.js';
import { formatIp, type Ip, type IpFamily } from '../net/ip.js';
import { mergeRanges, rangeOfCidr, subtractRanges } from '../net/ip-set.js';
import { SparseBitmap } from '../net/sparse-bitmap.js';
import type { CalicoIPAMBlock } from '../resources/calico-ipam.js';
import type { CniPlugin } from '../model/network-profile.js';
import type { IpOwner, ModelNode, NetworkModel } from '../model/network-model.js';
import type { AddressPlane } from './address-plane.js';
import type { AllocationStrategy } from './allocation-strategy.js';
import { serviceBands } from './bands.js';
import { FreeSpace } from './free-space.js';
import { rangeOf } from './held-addresses.js';
import { declaredBalancerPools } from './internal/balancers/declared-pools.js';
import type { BlockLayout, IpPool, PoolBlock } from './ip-pool.js';
import { usableAddresses, type UsableRule } from './usable-addresses.js';

/** Which addresses of a node's range the plugin gives to pods, and in which order (reference: each plugin's IPAM). */
const POD_RULES: Readonly<Record<CniPlugin, readonly [UsableRule, AllocationStrategy]>> = {
  calico: ['calico', 'fifo'],
  cilium: ['cilium-range', 'random'],
  weave: ['netbox', 'lowest'],
  'aws-vpc-cni': ['netbox-pool', 'fifo'],
  'kube-ovn': ['host-local', 'lowest'],
  'ovn-kubernetes': ['host-local', 'roundRobin'],
  antrea: ['host-local', 'roundRobin'],
  canal: ['host-local', 'roundRobin'],
  flannel: ['host-local', 'roundRobin'],
  kindnet: ['host-local', 'roundRobin'],
  'gke-dataplane-v2': ['host-local', 'roundRobin'],
  'azure-cni': ['netbox-pool', 'fifo'],
  'kube-router': ['host-local', 'roundRobin'],
  'kube-network-policies': ['host-local', 'roundRobin'],
  unknown: ['host-local', 'roundRobin'],
};

/** Plugins that give any node any address of the range: ranges that kube-controller-manager gives to nodes mean nothing to them. */
const IGNORES_NODE_RANGES: ReadonlySet<CniPlugin> = new Set(['aws-vpc-cni', 'azure-cni', 'kube-ovn', 'weave']);

/** The pools that a cluster's own objects and profile tell of, in a stable order: pods, services, nodes, load balancers, external addresses. */
export function observedPools(model: NetworkModel): readonly IpPool[] {
  const balancers = declaredBalancerPools(model);
  return [
    ...model.profile.podCIDRs.map((cidr) => podPool(model, cidr)),
    ...strayNodeRanges(model).map((cidr) => podPool(model, cidr)),
    ...model.profile.serviceCIDRs.map((cidr) => servicePool(model, cidr)),
    ...listedPools(model, 'node', 'nodes', 'the addresses that the nodes report'),
    ...balancers,
    ...listedPools(model, 'lb', 'load-balancers', 'the addresses that the load balancers of services report', balancers),
    ...listedPools(model, 'external', 'external', 'the externalIPs of services'),
  ];
}

/** `pods.10.244.0.0_16`: a pool of a prefix. A path segment, so the slash is an underscore. */
function nameOf(kind: string, cidr: Cidr): string {
  return `${kind}.${formatCidr(cidr).replace('/', '_')}`;
}

/** Node ranges outside every pod range of the cluster. */
function strayNodeRanges({ nodes, profile }: NetworkModel): readonly Cidr[] {
  const ranges = [...nodes.values()].flatMap((node) => node.podCIDRs.map(({ value }) => value));
  return ranges.filter((range) => !profile.podCIDRs.some((cidr) => cidrCovers(cidr, range)));
}

function podPool(model: NetworkModel, cidr: Cidr): IpPool {
  const [usual, strategy] = podRule(model);
  const rule = usual === 'cilium-range' ? ciliumRule(model, cidr) : usual;
  const layout = layoutOf(model, cidr, rule);
  // Without node ranges the plugin hands out of the whole range (Weave), or the input does not tell.
  const whole = usableAddresses(rule, cidr);
  const unusable = (layout?.blocks ?? []).flatMap((block) => subtractRanges([rangeOfCidr(block.cidr)], block.usable));
  return {
    ...prefixPool(model, 'pods', 'pod', cidr, 'podCIDRs'),
    usable: !layout && 'ranges' in whole ? whole.ranges : subtractRanges([rangeOfCidr(cidr)], unusable),
    reserved: mergeRanges(
      model.calico.ipam.reservations.flatMap(({ cidrs }) => cidrs.filter((one) => cidrsOverlap(one, cidr)).map(rangeOfCidr)),
    ),
    usableRule: rule,
    strategy,
    bands: null,
    layout,
  };
}

/** Calico's CNI plugin may be told to leave addresses to host-local. */
function podRule({ profile, calico }: NetworkModel): readonly [UsableRule, AllocationStrategy] {
  const { plugin } = profile.cni;
  return POD_RULES[plugin === 'calico' && calico.cni?.type === 'host-local' ? 'canal' : plugin];
}

/** What a pool of Cilium says of the first and the last address of each part (cilium/cilium `pkg/ipam/pool.go`, newCIDRPool). */
function ciliumRule({ ciliumPodIPPools }: NetworkModel, cidr: Cidr): UsableRule {
  const pool = ciliumPodIPPools.find(({ cidrs }) => cidrs.some((one) => cidrCovers(one, cidr)));
  if (!pool?.allowFirstIP) return pool?.allowLastIP ? 'cilium-range-last' : 'cilium-range';
  return pool.allowLastIP ? 'cilium-range-first-last' : 'cilium-range-first';
}

/** How a range is cut for nodes: into blocks of Calico where they were imported, else into the ranges that the nodes have. */
function layoutOf(model: NetworkModel, cidr: Cidr, rule: UsableRule): BlockLayout | null {
  const { profile, calico, nodes } = model;
  const isCalico = profile.cni.plugin === 'calico' && calico.ipam.blocks.length > 0;
  const isCut = !IGNORES_NODE_RANGES.has(profile.cni.plugin);
  const ofNodes = () => (isCut ? [...nodes.values()].flatMap((node) => blocksOf(node, cidr, rule)) : []);
  const blocks = isCalico ? calico.ipam.blocks.flatMap((block) => calicoBlock(block, cidr)) : ofNodes();
  const mask = profile.nodeCIDRMaskSizes[cidr.family === 4 ? 'v4' : 'v6'];
  const prefix = blocks[0]?.cidr.prefix ?? Math.max(mask, cidr.prefix);
  return blocks.length === 0 ? null : { prefix, total: childCount(cidr, Math.max(prefix, cidr.prefix)), blocks };
}

function calicoBlock({ cidr, affinity }: CalicoIPAMBlock, pool: Cidr): readonly PoolBlock[] {
  if (!cidr || !cidrCovers(pool, cidr)) return [];
  return [{ cidr, node: affinity?.type === 'host' ? affinity.name : null, usable: [rangeOfCidr(cidr)], provenance: 'observed' }];
}

function blocksOf(node: ModelNode, cidr: Cidr, rule: UsableRule): readonly PoolBlock[] {
  return node.podCIDRs
    .filter(({ value }) => cidrCovers(cidr, value))
    .map(({ value, provenance }) => {
      const usable = usableAddresses(rule, value);
      return { cidr: value, node: node.name, usable: 'ranges' in usable ? usable.ranges : [], provenance };
    });
}

function servicePool(model: NetworkModel, cidr: Cidr): IpPool {
  const usable = usableAddresses('k8s-service', cidr);
  const pool = prefixPool(model, 'services', 'service', cidr, 'serviceCIDRs');
  const isOff = isClosed(model, cidr);
  return {
    ...pool,
    why: isOff ? `${pool.why}; none of its ServiceCIDRs is ready: nothing new is given out of it` : pool.why,
    usable: 'ranges' in usable ? usable.ranges : [],
    reserved: isOff ? pool.span : [],
    usableRule: 'k8s-service',
    strategy: 'banded',
    bands: serviceBands(cidr),
    layout: null,
  };
}

/** One ServiceCIDR that is ready opens a range, however many others of the same range go (kubernetes `ipallocator/cidrallocator.go`, `syncAllocators`). */
function isClosed({ serviceCIDRs }: NetworkModel, cidr: Cidr): boolean {
  const own = serviceCIDRs.filter(({ cidrs }) => cidrs.some((one) => formatCidr(one) === formatCidr(cidr)));
  return own.length > 0 && !own.some(({ ready }) => ready);
}

type PrefixPool = Omit<IpPool, 'usable' | 'reserved' | 'usableRule' | 'strategy' | 'bands' | 'layout'>;

function prefixPool(model: NetworkModel, kind: string, plane: AddressPlane, cidr: Cidr, field: 'podCIDRs' | 'serviceCIDRs'): PrefixPool {
  const source = model.profileSources.get(field);
  const inProfile = model.profile[field].includes(cidr);
  return {
    name: nameOf(kind, cidr),
    plane,
    family: cidr.family,
    declared: [formatCidr(cidr)],
    span: [rangeOfCidr(cidr)],
    provenance: inProfile ? provenanceOf(source?.provenance) : 'observed',
    why: inProfile ? (source?.why ?? `the profile's ${field}`) : 'a node has it as its podCIDR',
    source: (inProfile && source?.object) || null,
    pointer: (inProfile && source?.pointer) || null,
  };
}

/** What a user set is as good as seen. */
function provenanceOf(source: Provenance | 'set' | undefined): Provenance {
  return source === undefined ? 'assumed' : source === 'set' ? 'observed' : source;
}

const PLANE_OF_OWNER: Readonly<Record<IpOwner['type'], AddressPlane>> = {
  pod: 'pod',
  node: 'node',
  clusterIP: 'service',
  loadBalancer: 'lb',
  externalIP: 'external',
};

/** The plane an owner's address is of. */
export function planeOfOwner(owner: IpOwner): AddressPlane {
  return PLANE_OF_OWNER[owner.type];
}

/** Addresses of a plane that no declared pool has: they are listed, one pool a family. */
function listedPools(
  model: NetworkModel,
  plane: AddressPlane,
  name: string,
  why: string,
  declared: readonly IpPool[] = [],
): readonly IpPool[] {
  const owned = [...model.ipOwners.values()].flatMap((owners) => owners.filter((owner) => planeOfOwner(owner) === plane).slice(0, 1));
  const families: readonly IpFamily[] = [4, 6];
  return families.flatMap((family) => {
    const told = new FreeSpace(
      declared.filter((pool) => pool.family === family).flatMap(({ span }) => span),
      new SparseBitmap(),
    );
    const listed = owned.map(({ ip }) => ip).filter(({ value: ip }) => ip.family === family && !told.isFree(ip.value));
    return listed.length === 0 ? [] : [listedPool(`${name}.v${family}`, plane, family, listed, why)];
  });
}

function listedPool(name: string, plane: AddressPlane, family: IpFamily, ips: readonly Sourced<Ip>[], why: string): IpPool {
  const span = mergeRanges(ips.map(({ value }) => rangeOf(value)));
  const text = (value: bigint) => formatIp({ family, value });
  // Only made-up nodes have assumed addresses: where there is one of them, nobody has reported any.
  const assumed = ips.some(({ provenance }) => provenance === 'assumed');
  return {
    name,
    plane,
    family,
    declared: span.map(({ first, last }) => (first === last ? text(first) : `${text(first)}-${text(last)}`)),
    span,
    usable: span,
    reserved: [],
    usableRule: null,
    strategy: null,
    bands: null,
    layout: null,
    provenance: assumed ? 'assumed' : 'observed',
    why: assumed ? 'nothing tells of the nodes: addresses for documentation stand for theirs' : why,
    source: null,
    pointer: null,
  };
}

/** The order in which pools are listed: by plane, then by family and name. */
export const comparePools = compareBy<IpPool>(
  ({ plane }) => ['pod', 'service', 'node', 'lb', 'external'].indexOf(plane),
  ({ family }) => family,
  ({ name }) => name,
);

import { compareBy } from '../kernel/compare.js';
import type { Provenance, Sourced } from '../kernel/provenance.js';
import type { Steps } from '../kernel/steps.js';
import { type Cidr, cidrCovers, firstIp, formatCidr, outermostCidrs } from '../net/cidr.js';
import { CidrIndex } from '../net/cidr-index.js';
import { formatIp, type Ip, type IpFamily } from '../net/ip.js';
import { mergeRanges, rangeOfCidr, subtractRanges } from '../net/ip-set.js';
import { SparseBitmap } from '../net/sparse-bitmap.js';
import type { CniPlugin } from '../model/network-profile.js';
import type { IpOwner, NetworkModel } from '../model/network-model.js';
import type { AddressPlane } from './address-plane.js';
import type { AllocationStrategy } from './allocation-strategy.js';
import { serviceBands } from './bands.js';
import { clipRanges } from './clip-ranges.js';
import { FreeSpace } from './free-space.js';
import { rangeOf } from './held-addresses.js';
import { antreaPools } from './internal/antrea-pools.js';
import { declaredBalancerPools } from './internal/balancers/declared-pools.js';
import { PodGrounds } from './internal/pod-grounds.js';
import type { IpPool } from './ip-pool.js';
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

/** Pools that are made in one go. */
const POOLS_A_STEP = 500;

/** The pools that a cluster's own objects and profile tell of, in a stable order: pods, services, nodes, load balancers, external addresses. Yields often. */
export function* observedPools(model: NetworkModel): Steps<readonly IpPool[]> {
  const ofPods = yield* podPools(model);
  const balancers = declaredBalancerPools(model);
  const { serviceCIDRs } = model.profile;
  const isOpen = openServiceRanges(model);
  yield;
  return [
    ...ofPods,
    ...antreaPools(model),
    ...distinct(serviceCIDRs).map((cidr) => servicePool(model, cidr, isOpen(cidr))),
    ...listedPools(model, 'node', 'nodes', 'the addresses that the nodes report'),
    ...balancers,
    ...listedPools(model, 'lb', 'load-balancers', 'the addresses that the load balancers of services report', balancers),
    ...listedPools(model, 'external', 'external', 'the externalIPs of services'),
  ];
}

function* podPools(model: NetworkModel): Steps<readonly IpPool[]> {
  const grounds = yield* PodGrounds.of(model);
  const known = distinct(model.profile.podCIDRs);
  yield;
  const stray = yield* strayNodeRanges(model);
  const pools: IpPool[] = [];
  for (const cidr of [...known, ...stray]) {
    if (pools.push(podPool(model, grounds, cidr, pools.length < known.length)) % POOLS_A_STEP === 0) yield;
  }
  return pools;
}

/** A range that is told twice is one pool. */
function distinct(cidrs: readonly Cidr[]): readonly Cidr[] {
  return [...new Map(cidrs.map((cidr) => [formatCidr(cidr), cidr])).values()];
}

/** `pods.10.244.0.0_16`: a pool of a prefix. A path segment, so the slash is an underscore. */
function nameOf(kind: string, cidr: Cidr): string {
  return `${kind}.${formatCidr(cidr).replace('/', '_')}`;
}

/** Node ranges outside every pod range of the cluster. */
function* strayNodeRanges({ nodes, profile }: NetworkModel): Steps<readonly Cidr[]> {
  const outermost = yield* CidrIndex.inSteps(outermostCidrs(profile.podCIDRs).map((cidr) => [cidr, cidr] as const));
  const isInside = (range: Cidr) => outermost.longestMatch(firstIp(range))?.some((cidr) => cidrCovers(cidr, range)) ?? false;
  return distinct([...nodes.values()].flatMap((node) => node.podCIDRs.map(({ value }) => value)).filter((range) => !isInside(range)));
}

function podPool(model: NetworkModel, grounds: PodGrounds, cidr: Cidr, inProfile: boolean): IpPool {
  const [usual, strategy] = podRule(model);
  const rule = usual === 'cilium-range' ? grounds.ciliumRule(cidr) : usual;
  const layout = grounds.layoutOf(cidr, rule);
  // Without node ranges the plugin hands out of the whole range (Weave), or the input does not tell.
  const whole = usableAddresses(rule, cidr);
  const unusable = (layout?.blocks ?? []).flatMap((block) => subtractRanges([rangeOfCidr(block.cidr)], block.usable));
  const pool = prefixPool(model, 'pods', 'pod', cidr, 'podCIDRs');
  return {
    ...(inProfile ? pool : { ...pool, provenance: 'observed', why: 'a node has it as its podCIDR', source: null, pointer: null }),
    usable: !layout && 'ranges' in whole ? whole.ranges : subtractRanges([rangeOfCidr(cidr)], unusable),
    reserved: clipRanges(grounds.reserved, rangeOfCidr(cidr)),
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

function servicePool(model: NetworkModel, cidr: Cidr, isOpen: boolean): IpPool {
  const usable = usableAddresses('k8s-service', cidr);
  const pool = prefixPool(model, 'services', 'service', cidr, 'serviceCIDRs');
  return {
    ...pool,
    why: isOpen ? pool.why : `${pool.why}; none of its ServiceCIDRs is ready: nothing new is given out of it`,
    usable: 'ranges' in usable ? usable.ranges : [],
    reserved: isOpen ? [] : pool.span,
    usableRule: 'k8s-service',
    strategy: 'banded',
    bands: serviceBands(cidr),
    layout: null,
  };
}

/** One ServiceCIDR that is ready opens a range, however many others of the same range go (kubernetes `ipallocator/cidrallocator.go`, `syncAllocators`). */
function openServiceRanges({ serviceCIDRs }: NetworkModel): (cidr: Cidr) => boolean {
  const isOpen = new Map<string, boolean>();
  for (const { cidrs, ready } of serviceCIDRs) {
    for (const text of cidrs.map(formatCidr)) isOpen.set(text, ready || (isOpen.get(text) ?? false));
  }
  return (cidr) => isOpen.get(formatCidr(cidr)) ?? true;
}

type PrefixPool = Omit<IpPool, 'usable' | 'reserved' | 'usableRule' | 'strategy' | 'bands' | 'layout'>;

function prefixPool(model: NetworkModel, kind: string, plane: AddressPlane, cidr: Cidr, field: 'podCIDRs' | 'serviceCIDRs'): PrefixPool {
  const source = model.profileSources.get(field);
  return {
    name: nameOf(kind, cidr),
    plane,
    family: cidr.family,
    declared: [formatCidr(cidr)],
    span: [rangeOfCidr(cidr)],
    provenance: provenanceOf(source?.provenance),
    why: source?.why ?? `the profile's ${field}`,
    source: source?.object ?? null,
    pointer: source?.pointer ?? null,
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

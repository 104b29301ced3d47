import type { Steps } from '../../../kernel/steps.js';
import { formatIp, type Ip, type IpFamily } from '../../../net/ip.js';
import { type IpRange, rangeContains } from '../../../net/ip-set.js';
import { SparseBitmap } from '../../../net/sparse-bitmap.js';
import { selectorMatches } from '../../../resources/label-selector.js';
import type { CiliumLoadBalancerIPPool } from '../../../resources/load-balancer-pool.js';
import type { Labels } from '../../../resources/resource.js';
import { chooseAddress } from '../../choose-address.js';
import { FreeSpace } from '../../free-space.js';
import { ReleaseQueue } from '../../release-queue.js';
import { SeededNumbers } from '../../seeded-numbers.js';
import { addressesIn, annotationOf, type BalancedService, distinctIps, sameIp } from './balanced-service.js';
import type { Balancer, BalancerClaim, ClaimedAddress, ClaimRefusal, PoolFit } from './balancer-claim.js';
import { poolConditions, satisfiedCondition } from './cilium-conditions.js';
import { conflictsOf, type PoolConflict, usableOfBlock } from './cilium-ranges.js';
import { type SharingCluster, sharingKeyOf, whyNotShared } from './cilium-sharing.js';

/** Classes of services that Cilium gives addresses to, besides those without a class (`pkg/k8s/apis/cilium.io/v2alpha1/types.go`). */
export const CILIUM_CLASSES: ReadonlySet<string> = new Set(['io.cilium/bgp-control-plane', 'io.cilium/l2-announcer']);

/** A block, and the addresses of it that are given out. */
interface PoolRange {
  readonly pool: CiliumLoadBalancerIPPool;
  readonly range: IpRange;
  readonly usable: IpRange;
}

interface View {
  readonly service: BalancedService;
  readonly labels: Labels;
  readonly families: readonly IpFamily[];
  readonly requested: readonly Ip[];
  readonly sharingKey: string;
  readonly addresses: ClaimedAddress[];
  readonly refusals: ClaimRefusal[];
}

const ANY = { cursor: undefined, released: new ReleaseQueue(), upperBand: undefined, numbers: new SeededNumbers('') };
/** Services between two pauses. */
const TURN = 100;

/**
 * What Cilium's operator gives to services (cilium/cilium `operator/pkg/lbipam/lbipam.go`). Services keep the addresses of their status where a pool that selects them has
 * them; then those that lack one get it, in order. Pools are tried by name; out of a block comes the first address of its smallest gap (`pkg/ipalloc/ipalloc.go`).
 */
export class CiliumBalancer implements Balancer {
  private readonly claims = new Map<string, BalancerClaim>();
  private readonly ranges: readonly PoolRange[];
  private readonly conflicts: ReadonlyMap<string, PoolConflict>;
  private readonly taken = { 4: new SparseBitmap(), 6: new SparseBitmap() };
  private readonly clusters = new Map<string, SharingCluster>();
  private readonly byKey = new Map<string, SharingCluster[]>();
  private readonly views = new Map<string, View>();
  /** Addresses that were given, by pool. */
  private readonly given = new Map<string, number>();

  /** `enabled`: the address families of the cluster. */
  constructor(
    private readonly pools: readonly CiliumLoadBalancerIPPool[],
    private readonly enabled: readonly IpFamily[],
  ) {
    this.conflicts = conflictsOf(pools);
    this.ranges = pools.flatMap((pool) => pool.blocks.map((block) => ({ pool, range: block.range, usable: usableOfBlock(block) })));
  }

  *serve(services: readonly BalancedService[]): Steps<void> {
    const views = services.map((service) => viewOf(service, this.enabled));
    for (const [index, view] of views.entries()) {
      if (index % TURN === 0) yield;
      this.views.set(view.service.key, view);
      this.takeOver(view);
    }
    for (const [index, view] of views.entries()) {
      if (index % TURN === 0) yield;
      this.satisfy(view);
      const { service, addresses, refusals } = view;
      const lost = service.held.filter((ip) => !addresses.some((one) => sameIp(one.ip, ip)));
      this.claims.set(service.key, { provider: 'cilium', addresses, refusals, lost, condition: satisfiedCondition(refusals) });
    }
  }

  claimOf(service: string): BalancerClaim | undefined {
    return this.claims.get(service);
  }

  usersOf(ip: Ip): readonly string[] {
    return this.clusters.get(formatIp(ip))?.services.map(({ key }) => key) ?? [];
  }

  fits(service: string): readonly PoolFit[] {
    const view = this.views.get(service);
    if (!view) return [];
    return this.pools.map((pool) => {
      const { name } = pool.ref;
      const conditions = poolConditions(pool.blocks, this.given.get(name) ?? 0, this.conflicts.get(name));
      return { pool: name, ...this.fit(pool, view), conditions };
    });
  }

  private fit(pool: CiliumLoadBalancerIPPool, view: View): Omit<PoolFit, 'pool'> {
    const { families } = view;
    const conflict = this.conflicts.get(pool.ref.name);
    const no = (reason: PoolFit['reason'], message: string) => ({ serves: false, reason, message });
    if (pool.disabled) return no('POOL_DISABLED', 'it is disabled: services keep what they have, and nobody gets more');
    if (conflict) return no('BALANCER_POOL_CONFLICT', conflict.why);
    if (!selectorMatches(pool.serviceSelector, view.labels)) return no('BALANCER_SELECTOR', 'its serviceSelector leaves the service out');
    const ranges = this.ranges.filter((one) => one.pool === pool);
    if (view.requested.length > 0) {
      const has = view.requested.some((ip) => ranges.some(({ range }) => rangeContains(range, ip)));
      return has ? SERVES : no('BALANCER_OTHER_ADDRESS', 'it has none of the addresses that the service asks for');
    }
    const ofFamily = ranges.filter(({ range }) => families.includes(range.family));
    if (ofFamily.length === 0) return no('OTHER_FAMILY', `it has no IPv${families.join(' and IPv')} addresses`);
    return ofFamily.some((one) => this.free(one) !== undefined) ? SERVES : no('POOL_EXHAUSTED', 'no address of it is free');
  }

  /** Addresses of the status that a pool has; one that another service has is left for the service's turn (`stripOrImportIngresses`). */
  private takeOver(view: View): void {
    for (const ip of distinctIps(view.service.held)) {
      const isWanted = view.requested.length === 0 || view.requested.some((one) => sameIp(one, ip));
      // What a pool gave before it was disabled stays given.
      const found = isWanted && view.families.includes(ip.family) ? this.rangesOf(ip).find(({ pool }) => selects(pool, view)) : undefined;
      if (found && this.isFree(found, ip)) this.give(view, ip, found, true);
    }
  }

  private satisfy(view: View): void {
    if (view.requested.length > 0) for (const ip of view.requested) this.giveRequested(view, ip);
    else for (const family of [4, 6] as const) if (view.families.includes(family)) this.giveAny(view, family);
  }

  private giveRequested(view: View, ip: Ip): void {
    if (view.addresses.some((one) => sameIp(one.ip, ip))) return;
    const having = this.rangesOf(ip).filter(({ pool }) => this.isEnabled(pool));
    const range = having.find(({ pool }) => selects(pool, view));
    const text = formatIp(ip);
    if (!range) {
      const [reason, message] =
        having.length > 0
          ? (['BALANCER_SELECTOR', `The pool with the CIDR containing '${text}', doesn't select this service`] as const)
          : (['BALANCER_NO_POOL', `No pool exists with a CIDR containing '${text}'`] as const);
      view.refusals.push({ reason, message });
      return;
    }
    const cluster = this.clusters.get(text);
    if (this.isFree(range, ip)) this.give(view, ip, range, false);
    else if (view.sharingKey === '' || !cluster) {
      view.refusals.push({ reason: 'BALANCER_TAKEN', message: `The IP '${text}' is already allocated to another service` });
    } else this.share(view, cluster, (why) => `The IP '${text}' is already allocated to an incompatible service. Reason: ${why}`);
  }

  private giveAny(view: View, family: IpFamily): void {
    if (view.addresses.some(({ ip }) => ip.family === family)) return;
    const shared = (view.sharingKey === '' ? [] : (this.byKey.get(view.sharingKey) ?? [])).find(
      (cluster) => cluster.ip.family === family && whyNotShared(cluster, view.service) === undefined,
    );
    if (shared) return this.share(view, shared);
    const matching = this.ranges.filter(({ pool, range }) => range.family === family && this.isEnabled(pool) && selects(pool, view));
    for (const range of matching) {
      const value = this.free(range);
      if (value === undefined) continue;
      return this.give(view, { family, value }, range, false);
    }
    view.refusals.push(
      matching.length > 0
        ? { reason: 'POOL_EXHAUSTED', message: 'All enabled CiliumLoadBalancerIPPools that match this service ran out of allocatable IPs' }
        : { reason: 'BALANCER_NO_POOL', message: 'There are no enabled CiliumLoadBalancerIPPools that match this service' },
    );
  }

  private give(view: View, ip: Ip, { pool }: PoolRange, held: boolean): void {
    const cluster: SharingCluster = { ip, pool: pool.ref.name, services: [view.service] };
    this.taken[ip.family].add(ip.value);
    this.given.set(cluster.pool, (this.given.get(cluster.pool) ?? 0) + 1);
    this.clusters.set(formatIp(ip), cluster);
    const group = this.byKey.get(view.sharingKey) ?? [];
    if (view.sharingKey !== '') this.byKey.set(view.sharingKey, group);
    group.push(cluster);
    view.addresses.push({ ip, pool: cluster.pool, held });
  }

  private share(view: View, cluster: SharingCluster, refusal?: (why: string) => string): void {
    const why = refusal && whyNotShared(cluster, view.service);
    if (refusal && why !== undefined) {
      view.refusals.push({ reason: 'BALANCER_INCOMPATIBLE', message: refusal(why) });
      return;
    }
    cluster.services.push(view.service);
    view.addresses.push({ ip: cluster.ip, pool: cluster.pool, held: view.service.held.some((ip) => sameIp(ip, cluster.ip)) });
  }

  private isEnabled({ ref, disabled }: CiliumLoadBalancerIPPool): boolean {
    return !disabled && !this.conflicts.has(ref.name);
  }

  private rangesOf(ip: Ip): readonly PoolRange[] {
    return this.ranges.filter(({ range }) => rangeContains(range, ip));
  }

  private isFree({ usable }: PoolRange, ip: Ip): boolean {
    return rangeContains(usable, ip) && !this.taken[ip.family].has(ip.value);
  }

  private free({ usable }: PoolRange): bigint | undefined {
    return chooseAddress(new FreeSpace([usable], this.taken[usable.family]), 'bestFit', ANY);
  }
}

const SERVES = { serves: true, reason: 'BALANCER_SERVES', message: 'it may give the service an address' } as const;

/** The name and the namespace of a service are labels, whatever its own labels say (`service_store.go`, `svcLabels`). */
function viewOf(service: BalancedService, enabled: readonly IpFamily[]): View {
  const { namespace, name, resource } = service;
  const named = addressesIn(annotationOf(service, 'lbipam.cilium.io/ips', 'io.cilium/lb-ipam-ips'));
  return {
    service,
    labels: { ...resource.labels, 'io.kubernetes.service.name': name, 'io.kubernetes.service.namespace': namespace },
    families: familiesAskedFor(service, enabled),
    requested: distinctIps([...(resource.loadBalancerIP ? [resource.loadBalancerIP] : []), ...named]),
    sharingKey: sharingKeyOf(service),
    addresses: [],
    refusals: [],
  };
}

function selects({ serviceSelector }: CiliumLoadBalancerIPPool, { labels }: View): boolean {
  return selectorMatches(serviceSelector, labels);
}

/** `serviceIPFamilyRequest`: dual stack means the families of the cluster; without it the first family, and IPv4 where none is named. */
function familiesAskedFor({ resource, families }: BalancedService, enabled: readonly IpFamily[]): readonly IpFamily[] {
  const named = resource.ipFamilies ?? [];
  if (resource.ipFamilyPolicy === 'RequireDualStack') return enabled;
  if (resource.ipFamilyPolicy === 'PreferDualStack') return named.length > 0 ? named.filter((family) => enabled.includes(family)) : enabled;
  const [first = resource.clusterIPs[0]?.family ?? (enabled.includes(4) ? 4 : families[0])] = named;
  return first === undefined ? [] : [first];
}

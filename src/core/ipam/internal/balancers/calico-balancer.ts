import { inMap } from '../../../kernel/in-map.js';
import type { Steps } from '../../../kernel/steps.js';
import type { CalicoObjects } from '../../../model/calico-objects.js';
import { cidrContains, cidrCovers, formatCidr } from '../../../net/cidr.js';
import { formatIp, type Ip } from '../../../net/ip.js';
import { type IpRange, rangeOfCidr, subtractRanges } from '../../../net/ip-set.js';
import { SparseBitmap } from '../../../net/sparse-bitmap.js';
import type { CalicoIPPool } from '../../../resources/calico-ip-pool.js';
import type { Namespace } from '../../../resources/namespace.js';
import { calicoSelectorMatches } from '../../../resources/calico-selector.js';
import type { CalicoPool } from '../../calico-pool-choice.js';
import { FreeSpace } from '../../free-space.js';
import { partialFulfilment } from '../../partial-fulfilment.js';
import { CalicoIpam } from '../calico/calico-ipam.js';
import { LOAD_BALANCER_HOST } from '../calico/calico-request.js';
import { blockOf } from '../calico/calico-blocks.js';
import { calicoPoolOf, selectorOf } from '../calico/model-pools.js';
import { ReservedAddresses } from '../calico/reserved-addresses.js';
import { type BalancedService, distinctIps, sameIp } from './balanced-service.js';
import type { Balancer, BalancerClaim, ClaimRefusal, PoolFit } from './balancer-claim.js';
import { type CalicoWish, calicoWish, whyGivesNothing } from './calico-request.js';

/** Services between two pauses. */
const TURN = 20;
/** The name of the host that the blocks of load balancers belong to. */
const HOST = 'load-balancer';

const REASONS: Readonly<Record<string, ClaimRefusal['reason']>> = {
  NO_QUALIFIED_POOL: 'BALANCER_NO_POOL',
  NO_POOL_FOR_NODE: 'BALANCER_NO_POOL',
  POOL_NOT_ENABLED: 'BALANCER_NO_POOL',
  NOT_IN_RANGE: 'BALANCER_NO_POOL',
  USE_NOT_ALLOWED: 'BALANCER_NO_POOL',
  ALREADY_ALLOCATED: 'BALANCER_TAKEN',
  STRICT_AFFINITY: 'STRICT_AFFINITY',
  BLOCK_LIMIT: 'BLOCK_LIMIT',
};

interface View {
  readonly service: BalancedService;
  /** Undefined: its annotations cannot be read, and nothing is done. */
  readonly wish: CalicoWish | undefined;
  readonly mistake: string | undefined;
  readonly namespaceLabels: Namespace['labels'] | undefined;
  addresses: Ip[];
}

/**
 * What Calico's controllers give to services (projectcalico/calico `kube-controllers/pkg/controllers/loadbalancer/loadbalancer_controller.go`, `syncService`): addresses of pools
 * that are for load balancers, out of blocks of a host that is none. Services keep what the imported blocks give them, or, without such blocks, what their status
 * names; then the others get theirs, in order. Which block of one address Calico takes is its chance; the one that is told here is a possible one.
 */
export class CalicoBalancer implements Balancer {
  private readonly claims = new Map<string, BalancerClaim>();
  private readonly ipam: CalicoIpam;
  private readonly reserved: readonly IpRange[];
  private readonly views = new Map<string, View>();
  private readonly taken = { 4: new SparseBitmap(), 6: new SparseBitmap() };
  private readonly users = new Map<string, string>();
  /** The addresses that imported blocks give to a service, by its key; undefined: no block of these pools was imported. */
  private readonly told: ReadonlyMap<string, readonly Ip[]> | undefined;

  constructor(
    private readonly pools: readonly CalicoIPPool[],
    private readonly calico: CalicoObjects,
    private readonly namespaces: ReadonlyMap<string, Namespace>,
  ) {
    const { config, reservations } = calico.ipam;
    const settings = {
      strictAffinity: config?.strictAffinity ?? false,
      autoAllocateBlocks: config?.autoAllocateBlocks ?? true,
      maxBlocksPerHost: config?.maxBlocksPerHost ?? 0,
      cooldownSeconds: 0,
    };
    this.reserved = reservations.flatMap(({ cidrs }) => cidrs.map(rangeOfCidr));
    this.ipam = new CalicoIpam(pools.flatMap(balancerPool), new Map(), settings, new ReservedAddresses(this.reserved));
    this.told = this.importBlocks();
  }

  *serve(services: readonly BalancedService[]): Steps<void> {
    const views = services.map((service) => this.viewOf(service));
    for (const [index, view] of views.entries()) {
      if (index % TURN === 0) yield;
      this.views.set(view.service.key, view);
      this.takeOver(view);
    }
    for (const [index, view] of views.entries()) {
      if (index % TURN === 0) yield;
      const refusal = this.sync(view);
      const { service, addresses } = view;
      this.claims.set(service.key, {
        provider: 'calico',
        addresses: addresses.map((ip) => ({ ip, pool: this.poolWith(ip)?.ref.name ?? '', held: has(service.held, ip) })),
        refusals: refusal ? [refusal] : [],
        lost: service.held.filter((ip) => !has(addresses, ip)),
      });
    }
  }

  claimOf(service: string): BalancerClaim | undefined {
    return this.claims.get(service);
  }

  usersOf(ip: Ip): readonly string[] {
    const user = this.users.get(formatIp(ip));
    return user === undefined ? [] : [user];
  }

  fits(service: string): readonly PoolFit[] {
    const view = this.views.get(service);
    return view ? this.pools.map((pool) => ({ pool: pool.ref.name, ...this.fit(pool, view) })) : [];
  }

  private fit(pool: CalicoIPPool, { service, wish, namespaceLabels }: View): Omit<PoolFit, 'pool'> {
    const { cidr } = pool;
    const no = (reason: PoolFit['reason'], message: string) => ({ serves: false, reason, message });
    const closed = whyGivesNothing(pool);
    if (closed || !cidr) return no('POOL_DISABLED', `${closed}: services keep what they have, and nobody gets more`);
    if (wish?.ips) {
      const hasOne = wish.ips.some((ip) => cidrContains(cidr, ip));
      return hasOne ? SERVES : no('BALANCER_OTHER_ADDRESS', 'it has none of the addresses that the service asks for');
    }
    if (!service.families.includes(cidr.family)) return no('OTHER_FAMILY', `it has no IPv${service.families.join(' and IPv')} addresses`);
    const asked = wish?.pools[cidr.family];
    if (asked && !asked.some((one) => formatCidr(one) === formatCidr(cidr)))
      return no('BALANCER_OTHER_POOL', 'the service asks for another pool');
    if (!asked && pool.assignmentMode === 'Manual')
      return no('BALANCER_BY_NAME_ONLY', 'its assignmentMode is Manual: it serves those alone that name it');
    const selector = selectorOf(pool.namespaceSelector);
    if (!asked && selector && namespaceLabels && !calicoSelectorMatches(selector, namespaceLabels)) {
      return no('BALANCER_SELECTOR', 'its namespaceSelector leaves the namespace out');
    }
    const space = new FreeSpace(subtractRanges([rangeOfCidr(cidr)], this.reserved), this.taken[cidr.family]);
    return space.free > 0n ? SERVES : no('POOL_EXHAUSTED', 'no address of it is free');
  }

  private viewOf(service: BalancedService): View {
    const wish = calicoWish(service, this.pools);
    return {
      service,
      wish: wish.ok ? wish.value : undefined,
      mistake: wish.ok ? undefined : wish.error,
      namespaceLabels: this.namespaces.get(service.namespace)?.labels,
      addresses: [],
    };
  }

  /** Blocks as they were imported, with whoever has addresses of them. */
  private importBlocks(): ReadonlyMap<string, readonly Ip[]> | undefined {
    const blocks = this.calico.ipam.blocks.filter(
      ({ cidr }) => cidr && this.pools.some((pool) => pool.cidr && cidrCovers(pool.cidr, cidr)),
    );
    if (blocks.length === 0) return undefined;
    const told = new Map<string, Ip[]>();
    for (const { cidr, affinity, claims } of blocks) {
      if (!cidr) continue;
      const owner = affinity?.type === 'virtual' ? `virtual:${affinity.name}` : affinity?.name;
      const claimed = this.ipam.blocks.claim(cidr, owner ?? '', 0);
      claimed.owner = owner;
      for (const { ip, service, namespace, handle } of claims) {
        const key = service === undefined ? undefined : `${namespace ?? ''}/${service}`;
        claimed.block.assign(ip, { handle: key ?? handle ?? undefined, node: LOAD_BALANCER_HOST });
        this.taken[ip.family].add(ip.value);
        if (key === undefined) continue;
        inMap(told, key, (): Ip[] => []).push(ip);
        this.users.set(formatIp(ip), key);
      }
    }
    return told;
  }

  private takeOver(view: View): void {
    const { key, held } = view.service;
    if (this.told) {
      view.addresses = [...(this.told.get(key) ?? [])];
      return;
    }
    for (const ip of distinctIps(held)) {
      const pool = this.poolWith(ip);
      const [spec] = pool ? balancerPool(pool) : [];
      if (!spec || this.users.has(formatIp(ip))) continue;
      const cidr = blockOf(spec, ip);
      const claimed = this.ipam.blocks.at(cidr) ?? this.ipam.blocks.claim(cidr, LOAD_BALANCER_HOST, 0);
      claimed.block.assign(ip, { handle: key, node: LOAD_BALANCER_HOST });
      this.note(view, ip);
    }
  }

  /** The first thing that keeps the service from what it asks for. */
  private sync(view: View): ClaimRefusal | undefined {
    const { wish, mistake, service } = view;
    if (!wish) return { reason: 'BALANCER_REQUEST', message: mistake ?? '' };
    for (const ip of view.addresses) if (!this.isWanted(wish, ip)) this.release(view, ip);
    const { ipFamilyPolicy } = service.resource;
    const needed = ipFamilyPolicy === 'RequireDualStack' || ipFamilyPolicy === 'PreferDualStack' ? 2 : 1;
    if (view.addresses.length === needed) return undefined;
    return wish.ips ? this.assign(view, wish.ips) : this.autoAssign(view, wish);
  }

  /** What it asks for by address or pool; else anything but what is given by hand alone. */
  private isWanted({ ips, pools }: CalicoWish, ip: Ip): boolean {
    if (ips) return has(ips, ip);
    if (pools[4] ?? pools[6]) return [...(pools[4] ?? []), ...(pools[6] ?? [])].some((cidr) => cidrContains(cidr, ip));
    return this.poolWith(ip)?.assignmentMode !== 'Manual';
  }

  private assign(view: View, ips: readonly Ip[]): ClaimRefusal | undefined {
    const { key } = view.service;
    for (const ip of ips) {
      if (has(view.addresses, ip)) continue;
      const refusal = this.ipam.assign({ node: HOST, ip, handle: key, use: 'LoadBalancer', maxPerHandle: 0 });
      if (refusal) return refused(refusal.code, `${formatIp(ip)}: ${refusal.message}`);
      this.note(view, ip);
    }
    return undefined;
  }

  /** One of each family that is wanted; a service that has an address gets none of IPv6 (`assignIP`: an IPv4 address counts as one of IPv6 there). */
  private autoAssign(view: View, wish: CalicoWish): ClaimRefusal | undefined {
    const { service, namespaceLabels } = view;
    const had = view.addresses.length > 0;
    for (const family of [4, 6] as const) {
      if (!service.families.includes(family) || view.addresses.some((ip) => ip.family === family)) continue;
      if (family === 6 && had)
        return { reason: 'BALANCER_HAS_ADDRESS', message: 'Calico gives a service that has an address no IPv6 address' };
      const given = this.ipam.autoAssign({
        node: HOST,
        family,
        count: 1,
        use: 'LoadBalancer',
        handle: service.key,
        pools: wish.pools[family] ?? [],
        namespaceLabels,
        maxBlocks: 0,
        maxPerHandle: 0,
      });
      if ('code' in given) return refused(given.code, given.message);
      for (const ip of given.addresses) this.note(view, ip);
      if (given.error) return refused(given.error.code, given.error.message);
      const partial = partialFulfilment(family, 1, given.addresses.length, given.messages);
      if (partial !== null) return { reason: 'POOL_EXHAUSTED', message: partial };
    }
    return undefined;
  }

  private note(view: View, ip: Ip): void {
    view.addresses.push(ip);
    this.taken[ip.family].add(ip.value);
    this.users.set(formatIp(ip), view.service.key);
  }

  private release(view: View, ip: Ip): void {
    this.ipam.release([{ ip, handle: undefined, sequence: undefined }]);
    view.addresses = view.addresses.filter((one) => !sameIp(one, ip));
    this.taken[ip.family].delete(ip.value);
    this.users.delete(formatIp(ip));
  }

  private poolWith(ip: Ip): CalicoIPPool | undefined {
    return this.pools.find(({ cidr }) => cidr && cidrContains(cidr, ip));
  }
}

const SERVES = { serves: true, reason: 'BALANCER_SERVES', message: 'it may give the service an address' } as const;

/** Which uses the pool says it has does not matter here: it was chosen for one. */
function balancerPool(pool: CalicoIPPool): readonly CalicoPool[] {
  return calicoPoolOf(pool, ['LoadBalancer']);
}

function refused(code: string, message: string): ClaimRefusal {
  return { reason: REASONS[code] ?? 'POOL_EXHAUSTED', message };
}

function has(ips: readonly Ip[], ip: Ip): boolean {
  return ips.some((one) => sameIp(one, ip));
}

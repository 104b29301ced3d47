import { err, ok, type Result } from '../../kernel/result.js';
import { formatIp, type Ip } from '../../net/ip.js';
import { type IpRange, rangeContains } from '../../net/ip-set.js';
import { SparseBitmap } from '../../net/sparse-bitmap.js';
import { type LabelSelector, selectorMatches } from '../../resources/label-selector.js';
import type { Labels } from '../../resources/resource.js';
import { FreeSpace } from '../free-space.js';

/** A pool with its usable addresses, in the order in which they are tried. */
export interface LbPool {
  readonly name: string;
  readonly ranges: readonly IpRange[];
  readonly autoAssign: boolean;
  readonly keptFor:
    { readonly priority: number; readonly namespaces: readonly string[]; readonly selectors: readonly LabelSelector[] } | undefined;
}

/** A service that asks. */
export interface LbRequest {
  readonly service: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly ports: readonly string[];
  readonly sharingKey: string;
  readonly backendKey: string;
}

/** Why a service gets no address. */
export interface LbRefusal {
  readonly code:
    | 'NOT_IN_RANGE'
    | 'POOL_INCOMPATIBLE'
    | 'ALREADY_ALLOCATED'
    | 'SHARING_CONFLICT'
    | 'PORT_CONFLICT'
    | 'POOL_EXHAUSTED'
    | 'POOL_NOT_FOUND'
    | 'INVALID_REQUEST';
  readonly message: string;
}

/** What a service wants of the pools. */
export interface LbWish {
  /** One address of each, the first family first. */
  readonly families: readonly (4 | 6)[];
  /** Content with one family where no pool has all (PreferDualStack). */
  readonly prefersAll: boolean;
  /** Only of this pool. */
  readonly pool: string | undefined;
}

/** Why a pool does not serve a service. */
export type LbPoolRefusal = 'other-pool' | 'other-address' | 'kept-for-others' | 'by-name-only' | 'other-family' | 'taken' | 'full';

interface Found {
  readonly pool: LbPool;
  readonly ips: readonly Ip[];
}

interface Held {
  readonly request: LbRequest;
  readonly ips: readonly Ip[];
  readonly pool: string;
}

/** Addresses of MetalLB's pools, and the services that have them. */
export class LbPools {
  private readonly held = new Map<string, Held>();
  private readonly users = new Map<string, Set<string>>();
  private readonly taken = { 4: new SparseBitmap(), 6: new SparseBitmap() };

  constructor(private pools: readonly LbPool[]) {}

  get services(): number {
    return this.held.size;
  }

  get ranges(): number {
    return this.pools.reduce((sum, { ranges }) => sum + ranges.length, this.pools.length);
  }

  poolOf(service: string): string | undefined {
    return this.held.get(service)?.pool;
  }

  addressesOf(service: string): readonly Ip[] {
    return this.held.get(service)?.ips ?? [];
  }

  /** A pool, and the addresses of it that services have; one that is shared is there once. */
  inUse(name: string): Found | undefined {
    const pool = this.pools.find((one) => one.name === name);
    const ips = [...this.held.values()].flatMap((one) => (one.pool === name ? one.ips : []));
    return pool && { pool, ips: [...new Map(ips.map((ip) => [formatIp(ip), ip])).values()] };
  }

  /** Gives a service the addresses it asks for, in place of those it has. */
  assign(request: LbRequest, ips: readonly Ip[]): Result<readonly Ip[], LbRefusal> {
    const pool = this.poolWith(ips);
    if (!pool) return refuse('NOT_IN_RANGE', `${ips.map(formatIp).join(',')} is not allowed in config`);
    if (!isCompatible(pool, request)) return refuse('POOL_INCOMPATIBLE', `pool ${pool.name} is not compatible with ${request.service}`);
    if (ips.length > 2) return refuse('INVALID_REQUEST', `more than two addresses: ${ips.map(formatIp).join(',')}`);
    if (ips.length === 2 && ips[0]?.family === ips[1]?.family) {
      return refuse('INVALID_REQUEST', `${ips.map(formatIp).join(',')} are of one family`);
    }
    for (const ip of ips) {
      const conflict = this.conflict(request, ip);
      if (conflict) return err(conflict);
    }
    this.hold(request, ips, pool.name);
    return ok(ips);
  }

  /** Gives one address of each family; a service that has some keeps them, but asks a pool it names for other families in vain. */
  allocate(request: LbRequest, wish: LbWish): Result<readonly Ip[], LbRefusal> {
    const had = this.addressesOf(request.service);
    if (wish.pool !== undefined && had.length > 0 && !wish.prefersAll && !haveFamilies(had, wish.families))
      return refuse('INVALID_REQUEST', `${request.service} has ${had.map(formatIp).join(',')}, of other families than it asks for`);
    if (had.length > 0) return this.assign(request, had);
    return wish.pool === undefined ? this.allocateFromAny(request, wish) : this.allocateFrom(request, wish, wish.pool);
  }

  private allocateFromAny(request: LbRequest, wish: LbWish): Result<readonly Ip[], LbRefusal> {
    const found = this.best(request, this.kept(request), wish) ?? this.best(request, this.open(), wish);
    if (!found) return refuse('POOL_EXHAUSTED', 'no available IPs');
    this.hold(request, found.ips, found.pool.name);
    return ok(found.ips);
  }

  /** Whether automatic or not: the service names the pool. */
  private allocateFrom(request: LbRequest, wish: LbWish, poolName: string): Result<readonly Ip[], LbRefusal> {
    const pool = this.pools.find(({ name }) => name === poolName);
    if (!pool) return refuse('POOL_NOT_FOUND', `unknown pool "${poolName}"`);
    const found = this.best(request, [pool], wish);
    return found ? this.assign(request, found.ips) : refuse('POOL_EXHAUSTED', `no available IPs in pool "${poolName}"`);
  }

  /**
   * The first pool with an address of each family. Where the service only prefers both, else the first with one of its first family, else of its second
   * (`findBestPoolForService`).
   */
  private best(request: LbRequest, pools: readonly LbPool[], { families, prefersAll }: LbWish): Found | undefined {
    const partly: (Found | undefined)[] = [];
    for (const pool of pools) {
      const ips = families.map((family) => this.next(request, pool, family));
      const found = ips.filter((ip) => ip !== undefined);
      if (found.length === families.length) return { pool, ips: found };
      for (const [index, ip] of ips.entries()) if (ip) partly[index] ??= { pool, ips: [ip] };
    }
    return prefersAll ? partly.find((one) => one !== undefined) : undefined;
  }

  /** Adds an address of the family that the service lacks, out of the pool it has one of. */
  addFamily(request: LbRequest, family: 4 | 6): Result<readonly Ip[], LbRefusal> {
    const had = this.addressesOf(request.service);
    const pool = this.pools.find(({ name }) => name === this.poolOf(request.service));
    const ip = pool && this.next(request, pool, family);
    return ip ? this.assign(request, [...had, ip]) : refuse('POOL_EXHAUSTED', `no available IPs in pool "${pool?.name ?? ''}"`);
  }

  unassign(service: string): void {
    for (const ip of this.addressesOf(service)) {
      const users = this.users.get(formatIp(ip));
      users?.delete(service);
      if (users?.size === 0) this.taken[ip.family].delete(ip.value);
    }
    this.held.delete(service);
  }

  /** Takes other pools; the services that lose their addresses. */
  reload(pools: readonly LbPool[]): readonly string[] {
    this.pools = pools;
    const losers: string[] = [];
    for (const [service, { ips, request }] of this.held) {
      const pool = poolWith(pools, ips);
      if (pool) this.held.set(service, { request, ips, pool: pool.name });
      else losers.push(service);
    }
    for (const service of losers) this.unassign(service);
    return losers;
  }

  /** Pools kept for the service, by priority; one that is kept for nobody in particular serves those alone that name it (`pinnedPoolsForService`). */
  private kept(request: LbRequest): readonly LbPool[] {
    const rank = ({ keptFor }: LbPool) => keptFor?.priority || Number.POSITIVE_INFINITY;
    const kept = this.pools.filter((pool) => pool.autoAssign && isKeptForSome(pool) && isCompatible(pool, request));
    return [...kept].sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
  }

  /** Pools that are for anybody. */
  private open(): readonly LbPool[] {
    return this.pools.filter((pool) => pool.autoAssign && !pool.keptFor);
  }

  /** Every pool: first those that are tried for a service that asks for these addresses, or for any (`desired` empty), in their order; then the others. */
  inOrder(request: LbRequest, { pool: asked }: LbWish, desired: readonly Ip[]): readonly LbPool[] {
    const named = desired.length > 0 ? this.poolWith(desired) : this.pools.find(({ name }) => name === asked);
    const tried = desired.length > 0 || asked !== undefined ? [named] : [...this.kept(request), ...this.open()];
    return [...new Set([...tried, ...this.pools])].filter((pool) => pool !== undefined);
  }

  /** Why the pool gives the service none of these addresses, or nothing at all (`desired` empty); undefined: it may. */
  whyNot(request: LbRequest, pool: LbPool, wish: LbWish, desired: readonly Ip[]): LbPoolRefusal | undefined {
    if (wish.pool !== undefined && wish.pool !== pool.name) return 'other-pool';
    if (desired.length > 0 && this.poolWith(desired) !== pool) return 'other-address';
    if (!isCompatible(pool, request)) return 'kept-for-others';
    if (desired.length > 0) return desired.some((ip) => this.conflict(request, ip)) ? 'taken' : undefined;
    if (wish.pool === undefined && (!pool.autoAssign || (pool.keptFor && !isKeptForSome(pool)))) return 'by-name-only';
    const enough = (has: (family: 4 | 6) => boolean): boolean => (wish.prefersAll ? wish.families.some(has) : wish.families.every(has));
    if (!enough((family) => pool.ranges.some((range) => range.family === family))) return 'other-family';
    return enough((family) => this.next(request, pool, family) !== undefined) ? undefined : 'full';
  }

  /** The pool that all the addresses are of. */
  private poolWith(ips: readonly Ip[]): LbPool | undefined {
    return poolWith(this.pools, ips);
  }

  /** Services that have the address. */
  usersOf(ip: Ip): readonly string[] {
    return [...(this.users.get(formatIp(ip)) ?? [])];
  }

  /** The lowest address that is free, or that the service may share. */
  private next(request: LbRequest, pool: LbPool, family: 4 | 6): Ip | undefined {
    for (const range of pool.ranges) {
      if (range.family !== family) continue;
      const free = new FreeSpace([range], this.taken[family]).next(range.first, range.last);
      const shared = this.shareable(request, range).find((value) => free === undefined || value < free);
      const value = shared ?? free;
      if (value !== undefined) return { family, value };
    }
    return undefined;
  }

  private shareable(request: LbRequest, range: IpRange): readonly bigint[] {
    if (request.sharingKey === '') return [];
    const sharing = [...this.held.values()].filter((one) => one.request.sharingKey === request.sharingKey);
    const ips = new Map(sharing.flatMap((one) => one.ips).map((ip) => [formatIp(ip), ip]));
    const fitting = [...ips.values()].filter((ip) => rangeContains(range, ip) && !this.conflict(request, ip));
    return fitting.map(({ value }) => value).sort((a, b) => (a < b ? -1 : 1));
  }

  /** "A party without a key → taken; keys differ → sharing conflict; a port repeats → port conflict". */
  private conflict(request: LbRequest, ip: Ip): LbRefusal | undefined {
    const address = formatIp(ip);
    const others = [...(this.users.get(address) ?? [])].filter((service) => service !== request.service);
    for (const service of others) {
      const other = this.held.get(service)?.request;
      if (!other) continue;
      if (other.sharingKey === '' || request.sharingKey === '') {
        return { code: 'ALREADY_ALLOCATED', message: `${address} is in use by ${service}, and not shared` };
      }
      if (other.sharingKey !== request.sharingKey || other.backendKey !== request.backendKey) {
        const what = other.sharingKey === request.sharingKey ? 'backend' : 'sharing';
        return {
          code: 'SHARING_CONFLICT',
          message: `can't change sharing key for ${request.service}, address also in use by ${service}: ${what} keys differ`,
        };
      }
      const port = request.ports.find((one) => other.ports.includes(one));
      if (port !== undefined) return { code: 'PORT_CONFLICT', message: `port ${port} is already in use on ${address} by ${service}` };
    }
    return undefined;
  }

  private hold(request: LbRequest, ips: readonly Ip[], pool: string): void {
    this.unassign(request.service);
    this.held.set(request.service, { request, ips, pool });
    for (const ip of ips) {
      const address = formatIp(ip);
      this.users.set(address, (this.users.get(address) ?? new Set()).add(request.service));
      this.taken[ip.family].add(ip.value);
    }
  }
}

function poolWith(pools: readonly LbPool[], ips: readonly Ip[]): LbPool | undefined {
  return pools.find(({ ranges }) => ips.every((ip) => ranges.some((range) => rangeContains(range, ip))));
}

function haveFamilies(ips: readonly Ip[], families: readonly (4 | 6)[]): boolean {
  return ips.length === families.length && ips.every(({ family }) => families.includes(family));
}

function isKeptForSome({ keptFor }: LbPool): boolean {
  return keptFor !== undefined && (keptFor.namespaces.length > 0 || keptFor.selectors.length > 0);
}

function isCompatible({ keptFor }: LbPool, { namespace, labels }: LbRequest): boolean {
  if (!keptFor) return true;
  if (keptFor.namespaces.length > 0 && !keptFor.namespaces.includes(namespace)) return false;
  return keptFor.selectors.length === 0 || keptFor.selectors.some((selector) => selectorMatches(selector, labels));
}

function refuse(code: LbRefusal['code'], message: string): { readonly ok: false; readonly error: LbRefusal } {
  return err({ code, message });
}

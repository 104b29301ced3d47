import { ChildCidrs } from '../../net/child-cidrs.js';
import { type Cidr, cidrCovers, cidrsOverlap, compareCidrs, formatCidr } from '../../net/cidr.js';
import type { IpFamily } from '../../net/ip.js';
import { usableOf } from '../cilium-demand.js';
import { cidrSetFault } from './cilium-cidr-sets.js';

/** A CiliumPodIPPool. */
export interface CiliumPoolSpec {
  readonly name: string;
  readonly cidrs: readonly Cidr[];
  /** Prefix length of what a node gets, of each family. */
  readonly maskSize: Readonly<Record<IpFamily, number | undefined>>;
  /** Parts that no node gets. */
  readonly reserved: readonly Cidr[];
  readonly allowFirst: boolean;
  readonly allowLast: boolean;
}

/** Why something was not done, in Cilium's words. */
export interface CiliumRefusal {
  readonly code:
    'IMMUTABLE' | 'RANGE_OVERLAP' | 'POOL_NOT_FOUND' | 'POOL_EMPTY' | 'NOT_READY' | 'ALREADY_ALLOCATED' | 'NOT_IN_RANGE' | 'SUBNET_TOO_BIG';
  readonly message: string;
}

interface Part {
  readonly cidr: Cidr;
  readonly children: ChildCidrs;
  /** Of these what nodes have. */
  readonly used: ChildCidrs;
  readonly given: Map<string, Cidr>;
  /** Marked as taken in `children`, beside what is given. */
  reserved: readonly Cidr[];
}

interface Pool {
  readonly spec: CiliumPoolSpec;
  readonly parts: readonly Part[];
}

/** Node → pool → prefixes. */
type Holdings = Map<string, Map<string, Map<string, Cidr>>>;

/** What a node needs of a pool: addresses of each family. */
export interface CiliumDemand {
  readonly pool: string;
  readonly needed: Readonly<Record<IpFamily, number>>;
}

/**
 * Pools out of which Cilium's operator gives prefixes to nodes until their usable addresses cover the demand
 * (cilium/cilium `operator/pkg/ipam/allocator/multipool/pool_allocator.go`).
 */
export class CiliumPools {
  private readonly pools = new Map<string, Pool>();
  private readonly held: Holdings = new Map();
  /** Prefixes whose pool is gone: kept by their node until it comes back. */
  private readonly orphaned: Holdings = new Map();
  private isReady = false;

  get orphans(): number {
    return [...this.orphaned.values()].flatMap((pools) => [...pools.values()]).reduce((sum, cidrs) => sum + cidrs.size, 0);
  }

  restoreFinished(): void {
    this.isReady = true;
  }

  has(pool: string, cidr: Cidr): boolean {
    return this.pools.get(pool)?.parts.some((part) => formatCidr(part.cidr) === formatCidr(cidr)) === true;
  }

  /** Makes a pool or changes its prefixes; the rest of it cannot change. */
  upsert(spec: CiliumPoolSpec): readonly CiliumRefusal[] {
    const old = this.pools.get(spec.name);
    const change = old && immutable(old.spec, spec);
    if (change !== undefined) return [{ code: 'IMMUTABLE', message: `cannot change ${change} in existing pool "${spec.name}"` }];
    const before = new Set(old?.parts.map((part) => formatCidr(part.cidr)));
    const added = spec.cidrs.filter((cidr) => !before.has(formatCidr(cidr)));
    const fault = cidrSetFault(added, spec.maskSize);
    if (fault) return [fault];
    const wanted = new Set(spec.cidrs.map(formatCidr));
    const kept = old?.parts.filter((part) => wanted.has(formatCidr(part.cidr))) ?? [];
    for (const part of old?.parts ?? []) if (!kept.includes(part)) this.orphanAll(part);
    for (const part of kept) reserve(part, spec.reserved);
    // `updateCIDRSets` appends: what the pool had comes first, in whatever order the change lists it.
    this.pools.set(spec.name, { spec, parts: [...kept, ...added.map((cidr) => partOf(cidr, spec))] });
    return this.adoptOrphans(spec.name);
  }

  delete(name: string): readonly CiliumRefusal[] {
    const pool = this.pools.get(name);
    if (!pool) return [{ code: 'POOL_NOT_FOUND', message: `pool "${name}" requested for deletion doesn't exist` }];
    for (const part of pool.parts) this.orphanAll(part);
    this.pools.delete(name);
    return [];
  }

  /** Takes in what a node says it has, lets go of what it no longer has, and gives what it needs; part of it where not all can be had. */
  allocateToNode(
    node: string,
    demands: readonly CiliumDemand[],
    reported: readonly { readonly pool: string; readonly cidrs: readonly Cidr[] }[],
  ): readonly CiliumRefusal[] {
    const refusals = reported.flatMap(({ pool, cidrs }) => cidrs.flatMap((cidr) => this.takeIn(node, pool, cidr) ?? []));
    this.letGo(node, reported);
    // Whatever else was wrong is told once all nodes have been heard.
    if (!this.isReady) return [{ code: 'NOT_READY', message: 'allocator not ready' }];
    for (const { pool, needed } of demands) {
      for (const family of [4, 6] as const) {
        const refusal = this.give(node, pool, family, BigInt(needed[family]));
        if (refusal) {
          const message = `failed to allocate ipv${family} address for node "${node}" from pool "${pool}": ${refusal.message}`;
          refusals.push({ code: refusal.code, message });
        }
      }
    }
    return refusals;
  }

  /** What a node has, orphans too: IPv4 first. */
  allocated(node: string): ReadonlyMap<string, readonly Cidr[]> {
    const names = [...(this.held.get(node)?.keys() ?? []), ...(this.orphaned.get(node)?.keys() ?? [])];
    const of = (name: string) => [...holdingsOf(this.held, node, name).values(), ...holdingsOf(this.orphaned, node, name).values()];
    return new Map(
      [...new Set(names)]
        .sort()
        .map((name) => [name, of(name).sort(compareCidrs)] as const)
        .filter(([, cidrs]) => cidrs.length > 0),
    );
  }

  releaseNode(node: string): void {
    for (const [pool, cidrs] of this.held.get(node) ?? []) for (const cidr of cidrs.values()) this.release(node, pool, cidr);
    this.held.delete(node);
  }

  /** Prefixes that nodes have of a pool. */
  givenOf(name: string): number {
    return this.pools.get(name)?.parts.reduce((sum, { given }) => sum + given.size, 0) ?? 0;
  }

  /** How many prefixes a demand is, at most. */
  cost({ pool: name, needed }: CiliumDemand): number {
    const pool = this.pools.get(name);
    const of = (family: IpFamily) => Number(BigInt(needed[family]) / (usable(pool?.spec, family) || 1n));
    return pool ? 1 + of(4) + of(6) : 1;
  }

  private takeIn(node: string, name: string, cidr: Cidr): CiliumRefusal | undefined {
    if (this.pools.has(name)) return this.occupy(node, name, cidr);
    note(this.orphaned, node, name, cidr);
    const text = formatCidr(cidr);
    const message = `unable to find pool ${name}, prefix ${text} is still allocated to the node but is marked as orphan`;
    return { code: 'POOL_NOT_FOUND', message: `${message}; cannot allocate from non-existing pool: ${name}` };
  }

  private occupy(node: string, name: string, cidr: Cidr): CiliumRefusal | undefined {
    const text = formatCidr(cidr);
    if (holdingsOf(this.held, node, name).has(text)) return undefined;
    const part = this.pools.get(name)?.parts.find((one) => cidrCovers(one.cidr, cidr));
    if (!this.pools.has(name)) return { code: 'POOL_NOT_FOUND', message: `cannot reuse from non-existing pool: ${name}` };
    if (!part)
      return { code: 'NOT_IN_RANGE', message: `unable to reuse from pool ${name}: cidr ${text} is not part of the requested pool` };
    // `pool.go`, occupyCIDR: a part of what a node has is no other's either.
    if (part.used.areAllTaken(cidr)) {
      return { code: 'ALREADY_ALLOCATED', message: `unable to reuse from pool ${name}: cidr ${text} has already been allocated` };
    }
    use(part, cidr);
    note(this.held, node, name, cidr);
    return undefined;
  }

  private letGo(node: string, reported: readonly { readonly pool: string; readonly cidrs: readonly Cidr[] }[]): void {
    const has = new Set(reported.flatMap(({ pool, cidrs }) => cidrs.map((cidr) => `${pool} ${formatCidr(cidr)}`)));
    for (const [pool, cidrs] of this.held.get(node) ?? []) {
      for (const [text, cidr] of cidrs) if (!has.has(`${pool} ${text}`)) this.release(node, pool, cidr);
    }
    for (const [pool, cidrs] of this.orphaned.get(node) ?? [])
      for (const text of cidrs.keys()) if (!has.has(`${pool} ${text}`)) cidrs.delete(text);
  }

  private give(node: string, name: string, family: IpFamily, needed: bigint): CiliumRefusal | undefined {
    const pool = this.pools.get(name);
    const has = [...holdingsOf(this.held, node, name).values()].filter((cidr) => cidr.family === family);
    let missing = needed - has.reduce((sum, cidr) => sum + usableOf(cidr, pool?.spec), 0n);
    if (missing <= 0n) return undefined;
    if (!pool) return { code: 'POOL_NOT_FOUND', message: `cannot allocate from non-existing pool: ${name}` };
    while (missing > 0n) {
      const next = this.next(pool, family);
      if (!next) return { code: 'POOL_EMPTY', message: 'pool empty' };
      note(this.held, node, name, next);
      missing -= usableOf(next, pool.spec);
    }
    return undefined;
  }

  private next({ parts }: Pool, family: IpFamily): Cidr | undefined {
    for (const part of parts) {
      const cidr = part.cidr.family === family ? part.children.allocate() : undefined;
      if (cidr) return use(part, cidr);
    }
    return undefined;
  }

  private release(node: string, name: string, cidr: Cidr): void {
    holdingsOf(this.held, node, name).delete(formatCidr(cidr));
    const part = this.pools.get(name)?.parts.find((one) => one.given.has(formatCidr(cidr)));
    if (!part) return;
    part.given.delete(formatCidr(cidr));
    part.used.release(cidr);
    part.children.release(cidr);
    for (const one of part.reserved) if (cidrsOverlap(one, cidr)) part.children.occupy(one);
  }

  /** What nodes have of a part that goes becomes theirs without a pool. */
  private orphanAll(part: Part): void {
    for (const [node, pools] of this.held) {
      for (const [name, cidrs] of pools) {
        for (const [text, cidr] of cidrs) {
          if (!part.given.has(text) || part.given.get(text) !== cidr) continue;
          cidrs.delete(text);
          note(this.orphaned, node, name, cidr);
        }
      }
    }
  }

  private adoptOrphans(name: string): readonly CiliumRefusal[] {
    const parts = this.pools.get(name)?.parts ?? [];
    const refusals: CiliumRefusal[] = [];
    for (const [node, pools] of this.orphaned) {
      for (const [pool, cidrs] of pools) {
        for (const [text, cidr] of cidrs) {
          if (!parts.some((part) => cidrCovers(part.cidr, cidr))) continue;
          const refusal = this.occupy(node, pool, cidr);
          if (refusal)
            refusals.push({
              ...refusal,
              message: `unable to mark orphaned CIDR ${text} still used by node ${node} as allocated: ${refusal.message}`,
            });
          else cidrs.delete(text);
        }
      }
    }
    return refusals;
  }
}

function partOf(cidr: Cidr, { maskSize, reserved }: CiliumPoolSpec): Part {
  const made = () => new ChildCidrs(cidr, maskSize[cidr.family] ?? cidr.prefix);
  const part: Part = { cidr, children: made(), used: made(), given: new Map(), reserved: [] };
  reserve(part, reserved);
  return part;
}

function use({ children, used, given }: Part, cidr: Cidr): Cidr {
  children.occupy(cidr);
  used.occupy(cidr);
  given.set(formatCidr(cidr), cidr);
  return cidr;
}

/** Reserves other parts than before. What nodes have stays theirs; given back, it is reserved. */
function reserve(part: Part, reserved: readonly Cidr[]): void {
  const { children, given } = part;
  for (const one of part.reserved) children.release(one);
  if (part.reserved.length > 0) for (const cidr of given.values()) children.occupy(cidr);
  for (const one of reserved) children.occupy(one);
  part.reserved = reserved;
}

function immutable(old: CiliumPoolSpec, spec: CiliumPoolSpec): string | undefined {
  if (old.maskSize[4] !== spec.maskSize[4]) return 'IPv4 mask size';
  if (old.maskSize[6] !== spec.maskSize[6]) return 'IPv6 mask size';
  if (old.allowFirst !== spec.allowFirst) return 'allowFirstIP';
  return old.allowLast === spec.allowLast ? undefined : 'allowLastIP';
}

function usable(spec: CiliumPoolSpec | undefined, family: IpFamily): bigint {
  const prefix = spec?.maskSize[family];
  return prefix === undefined ? 0n : usableOf({ family, base: 0n, prefix }, spec);
}

function holdingsOf(holdings: Holdings, node: string, pool: string): Map<string, Cidr> {
  return holdings.get(node)?.get(pool) ?? new Map();
}

function note(holdings: Holdings, node: string, pool: string, cidr: Cidr): void {
  const pools = holdings.get(node) ?? new Map<string, Map<string, Cidr>>();
  const cidrs = pools.get(pool) ?? new Map<string, Cidr>();
  holdings.set(node, pools.set(pool, cidrs.set(formatCidr(cidr), cidr)));
}

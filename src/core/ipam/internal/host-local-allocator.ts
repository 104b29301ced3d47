import { err, ok, type Result } from '../../kernel/result.js';
import { formatIp, type Ip, sameIp } from '../../net/ip.js';
import { SparseBitmap } from '../../net/sparse-bitmap.js';
import { type HostLocalRange, type HostLocalRangeSet, notInSet, rangeHolds, rangeIndexOf, rangeSetText } from '../host-local-range.js';
import { FreeSpace } from '../free-space.js';

/** Why no address is given, in the words of host-local. */
export interface HostLocalRefusal {
  readonly code: 'NOT_IN_RANGE' | 'GATEWAY_REQUESTED' | 'ALREADY_ALLOCATED' | 'DUPLICATE_OWNER' | 'POOL_EXHAUSTED';
  readonly message: string;
}

interface Stretch {
  readonly range: HostLocalRange;
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Hands out the addresses of one range set, round robin from the one after the last, never a gateway
 * (containernetworking/plugins `plugins/ipam/host-local/backend/allocator/allocator.go`).
 */
export class HostLocalAllocator {
  private readonly taken = new SparseBitmap();
  private readonly owners = new Map<string, Ip[]>();

  constructor(
    readonly set: HostLocalRangeSet,
    reserved: readonly Ip[],
    private last: Ip | undefined,
  ) {
    for (const ip of reserved) if (rangeIndexOf(set, ip) !== undefined) this.taken.add(ip.value);
  }

  get held(): number {
    return [...this.owners.values()].reduce((sum, ips) => sum + ips.length, 0);
  }

  allocate(owner: string, asked: Ip | undefined): Result<Ip, HostLocalRefusal> {
    const found = asked ? this.asked(asked) : this.next(owner);
    if (!found.ok) return found;
    this.taken.add(found.value.value);
    this.owners.set(owner, [...(this.owners.get(owner) ?? []), found.value]);
    this.last = found.value;
    return found;
  }

  /** Frees what an owner has, and tells how much that was. */
  release(owner: string): number {
    const ips = this.owners.get(owner) ?? [];
    for (const ip of ips) this.taken.delete(ip.value);
    this.owners.delete(owner);
    return ips.length;
  }

  /** The order in which the next request would try addresses, free or not; at most `limit`. */
  order(limit: number): readonly Ip[] {
    const ips: Ip[] = [];
    for (const { range, first, last } of this.stretches()) {
      for (let value = first; value <= last && ips.length < limit; value++) {
        if (value !== range.gateway.value) ips.push({ family: range.subnet.family, value });
      }
    }
    return ips;
  }

  private asked(ip: Ip): Result<Ip, HostLocalRefusal> {
    const range = this.set[rangeIndexOf(this.set, ip) ?? -1];
    const text = formatIp(ip);
    if (!range) return err({ code: 'NOT_IN_RANGE', message: notInSet(text, this.set) });
    if (sameIp(ip, range.gateway)) return err({ code: 'GATEWAY_REQUESTED', message: `requested ip ${text} is subnet's gateway` });
    if (!this.taken.has(ip.value)) return ok(ip);
    return err({
      code: 'ALREADY_ALLOCATED',
      message: `requested IP address ${text} is not available in range set ${rangeSetText(this.set)}`,
    });
  }

  private next(owner: string): Result<Ip, HostLocalRefusal> {
    const [had] = this.owners.get(owner) ?? [];
    if (had) {
      return err({
        code: 'DUPLICATE_OWNER',
        message: `${formatIp(had)} has been allocated to ${owner}, duplicate allocation is not allowed`,
      });
    }
    for (const { range, first, last } of this.stretches()) {
      const { family } = range.subnet;
      const gateway = { family, first: range.gateway.value, last: range.gateway.value };
      const value = new FreeSpace([{ family, first, last }], this.taken).narrowed([], [gateway]).next(first, last);
      if (value !== undefined) return ok({ family, value });
    }
    return err({ code: 'POOL_EXHAUSTED', message: `no IP addresses available in range set: ${rangeSetText(this.set)}` });
  }

  /** From the address after the last one on through every range, and back to it. */
  private stretches(): readonly Stretch[] {
    const { last } = this;
    const at = last === undefined ? -1 : this.set.findIndex((range) => rangeHolds(range, last));
    const whole = this.set.map((range) => ({ range, first: range.rangeStart.value, last: range.rangeEnd.value }));
    const current = whole[at];
    if (!current || !last) return whole;
    const after = { ...current, first: last.value + 1n };
    const before = { ...current, last: last.value };
    return [after, ...whole.slice(at + 1), ...whole.slice(0, at), before].filter((one) => one.first <= one.last);
  }
}

import { formatCidr } from '../../net/cidr.js';
import type { Cidr } from '../../net/cidr.js';
import type { Allocation } from '../allocation.js';

/**
 * Which parts of pools are whose, by what was handed out for nodes: a part is its owner's as long as something of it is handed out or rests, whoever has that. The newest allocation tells whose.
 */
export class NodeParts {
  /** By the part as text: its allocations, by their sequence. */
  private readonly parts = new Map<string, Map<number, Allocation>>();
  /** By owner: parts that an allocation says are his. */
  private readonly byOwner = new Map<string, Map<string, number>>();

  /** What was handed out for no node is passed over. */
  add(allocation: Allocation): void {
    const { part, sequence } = allocation;
    if (!part) return;
    const key = formatCidr(part.cidr);
    let members = this.parts.get(key);
    if (!members) this.parts.set(key, (members = new Map()));
    members.set(sequence, allocation);
    this.count(part.owner, key, 1);
  }

  remove({ part, sequence }: Allocation): void {
    if (!part) return;
    const key = formatCidr(part.cidr);
    const members = this.parts.get(key);
    if (members?.delete(sequence)) this.count(part.owner, key, -1);
    if (members?.size === 0) this.parts.delete(key);
  }

  /** Null: nobody's, though something of it is handed out for a node; undefined: nothing is. */
  ownerOf(cidr: Cidr): string | null | undefined {
    return this.newestOf(formatCidr(cidr))?.part?.owner;
  }

  /** The parts of an owner. */
  of(owner: string): readonly Cidr[] {
    return [...(this.byOwner.get(owner)?.keys() ?? [])].flatMap((key) => {
      const part = this.newestOf(key)?.part;
      return part?.owner === owner ? [part.cidr] : [];
    });
  }

  private newestOf(key: string): Allocation | undefined {
    let newest: Allocation | undefined;
    for (const one of this.parts.get(key)?.values() ?? []) if (!newest || one.sequence > newest.sequence) newest = one;
    return newest;
  }

  private count(owner: string | null, key: string, by: 1 | -1): void {
    if (owner === null) return;
    let parts = this.byOwner.get(owner);
    if (!parts) this.byOwner.set(owner, (parts = new Map()));
    const count = (parts.get(key) ?? 0) + by;
    if (count > 0) parts.set(key, count);
    else parts.delete(key);
    if (parts.size === 0) this.byOwner.delete(owner);
  }
}

import { type Cidr, formatCidr } from '../../net/cidr.js';
import type { NodePart } from '../allocation.js';

/** Which parts of pools are whose, by what was handed out for nodes, whoever has something of them now: a part stays its owner's until it is handed out as another's. */
export class KeptParts {
  /** By the part as text. */
  private readonly owners = new Map<string, string>();
  private readonly byOwner = new Map<string, Map<string, Cidr>>();

  /** Something of the part was handed out. Nobody's part stays nobody's. */
  note({ cidr, owner }: NodePart): void {
    const key = formatCidr(cidr);
    const before = this.owners.get(key);
    if (before === (owner ?? undefined)) return;
    if (before !== undefined) this.lose(before, key);
    if (owner === null) return;
    this.owners.set(key, owner);
    const own = this.byOwner.get(owner) ?? new Map<string, Cidr>();
    this.byOwner.set(owner, own.set(key, cidr));
  }

  /** `part`: its prefix as text. */
  ownerOf(part: string): string | undefined {
    return this.owners.get(part);
  }

  of(owner: string): readonly Cidr[] {
    return [...(this.byOwner.get(owner)?.values() ?? [])];
  }

  private lose(owner: string, key: string): void {
    this.owners.delete(key);
    const left = this.byOwner.get(owner);
    left?.delete(key);
    if (left?.size === 0) this.byOwner.delete(owner);
  }
}

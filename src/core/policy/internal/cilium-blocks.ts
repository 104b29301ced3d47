import { type Cidr, formatCidr } from '../../net/cidr.js';
import { CidrIndex } from '../../net/cidr-index.js';
import type { Ip } from '../../net/ip.js';

/** Addresses that a peer of Cilium names: networks, all with the same exceptions. However many they are, an address is found in one look. */
export class CiliumBlocks {
  readonly type = 'blocks';
  private known: { readonly cidrs: CidrIndex<undefined>; readonly except: CidrIndex<undefined> } | undefined;
  private text: string | undefined;

  constructor(
    readonly cidrs: readonly Cidr[],
    readonly except: readonly Cidr[],
  ) {}

  /** Equal for those that name the same. */
  get key(): string {
    return (this.text ??= [this.cidrs, this.except].map((nets) => nets.map(formatCidr).join(' ')).join(' but '));
  }

  /** Whether some network holds the address, and whether an exception does. */
  at(address: Ip): 'held' | 'excepted' | 'outside' {
    const { cidrs, except } = (this.known ??= { cidrs: indexOf(this.cidrs), except: indexOf(this.except) });
    if (!cidrs.holds(address)) return 'outside';
    return except.holds(address) ? 'excepted' : 'held';
  }
}

function indexOf(nets: readonly Cidr[]): CidrIndex<undefined> {
  return CidrIndex.of(nets.map((net) => [net, undefined]));
}

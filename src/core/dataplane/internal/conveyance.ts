import type { Ip } from '../../net/ip.js';
import type { Carrier } from '../carrier.js';

/** How packets between two nodes are carried where that is not as between pods. */
export interface Conveyance {
  /** As the table of carriers calls what is put around them; of what is put around nothing: the mode of the cluster. */
  readonly name: string;
  /** Undefined: as between pods. */
  readonly carrier: Carrier | undefined;
  readonly why: string;
  /** Bytes of options that are put in besides. */
  readonly extra: number;
  /** Where what is wrapped is sent; undefined: to the other node. */
  readonly outerTo?: Ip | undefined;
  /** What is inside keeps the address that the sender asked for. */
  readonly keepsDestination?: boolean | undefined;
}

import type { Cidr } from '../../net/cidr.js';
import type { ConnectionSet } from './connection-set.js';
import type { Flow } from './judge-direction.js';

/** Who is on either side, in words, and what was asked for. */
export interface FlowWords {
  readonly flow: Flow;
  readonly source: string;
  readonly destination: string;
  readonly asked: ConnectionSet;
  /** The prefix that holds each side where it is no pod. */
  readonly blocks: Readonly<Record<'source' | 'destination', Cidr | undefined>>;
}

import type { Cidr } from '../net/cidr.js';
import type { Resource } from './resource.js';

/** NetworkSet (of a namespace) or GlobalNetworkSet: addresses that selectors find by the labels of the set. */
export interface NetworkSet extends Resource {
  readonly kind: 'NetworkSet' | 'GlobalNetworkSet';
  /** Undefined for a GlobalNetworkSet. */
  readonly namespace: string | undefined;
  readonly nets: readonly Cidr[];
}

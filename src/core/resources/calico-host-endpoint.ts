import type { Ip } from '../net/ip.js';
import type { Resource } from './resource.js';

/** HostEndpoint of Calico: an interface of a node, to which policies apply as they do to pods. */
export interface CalicoHostEndpoint extends Resource {
  readonly kind: 'HostEndpoint';
  /** Undefined: not given, and the object stands for nothing. */
  readonly node: string | undefined;
  /** `*`: every interface; undefined: the one that has an expected address. */
  readonly interfaceName: string | undefined;
  readonly expectedIPs: readonly Ip[];
  /** Names of the profiles that have the last word, in order; none: everything is denied then. */
  readonly profiles: readonly string[];
  readonly ports: readonly { readonly name: string; readonly protocol: number; readonly port: number }[];
}

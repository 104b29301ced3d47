import type { Ip } from '../net/ip.js';
import type { IpRange } from '../net/ip-set.js';
import type { Resource } from './resource.js';

/** Addresses of an IPPool that follow one another, as they are written. */
export interface AntreaRange {
  readonly span: IpRange;
  /** Undefined: written as `start` and `end`, of which Antrea gives every address. */
  readonly prefix: number | undefined;
  /** Of the subnet that the addresses are in. */
  readonly gateway: Ip | undefined;
  readonly prefixLength: number | undefined;
}

/** What the status of an IPPool says of one address: nobody else gets it. */
export interface AntreaAddress {
  readonly ip: Ip;
  /** For whose pod it is kept, whether that is there or not; undefined: it is no StatefulSet's. */
  readonly statefulSet: { readonly namespace: string; readonly name: string; readonly index: number } | undefined;
}

/** An IPPool of Antrea (`crd.antrea.io`): addresses for pods and namespaces that name it. */
export interface AntreaIPPool extends Resource {
  readonly kind: 'AntreaIPPool';
  /** In the order in which they are tried. */
  readonly ranges: readonly AntreaRange[];
  readonly addresses: readonly AntreaAddress[];
}

import type { Ip } from '../net/ip.js';
import type { Protocol } from '../net/protocol.js';
import type { Resource } from './resource.js';

/** A port that an imported service offers. */
export interface ServiceImportPort {
  /** `''` when the only port has no name. */
  readonly name: string;
  readonly port: number;
  readonly protocol: Protocol;
  readonly appProtocol: string | undefined;
}

/** A `multicluster.x-k8s.io` ServiceImport (KEP-1645): a service of the clusterset as this cluster sees it. */
export interface ServiceImport extends Resource {
  readonly kind: 'ServiceImport';
  /** `spec.type: Headless`. */
  readonly headless: boolean;
  /** The address in the clusterset, at most one a family; empty for headless ones. */
  readonly ips: readonly Ip[];
  readonly ports: readonly ServiceImportPort[];
}

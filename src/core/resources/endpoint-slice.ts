import type { Protocol } from '../net/protocol.js';
import type { Resource } from './resource.js';

/** A port of a slice. `port` undefined = every port (only headless slices without ports). */
export interface EndpointPort {
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number | undefined;
  readonly appProtocol: string | undefined;
}

/** One endpoint. Missing `ready` and `serving` mean true, missing `terminating` false. */
export interface Endpoint {
  /** Canonical text; an FQDN slice carries names. */
  readonly addresses: readonly string[];
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly hostname: string | undefined;
  readonly nodeName: string | undefined;
  readonly zone: string | undefined;
  readonly targetRef: { readonly kind: string; readonly namespace: string | undefined; readonly name: string } | undefined;
  readonly zoneHints: readonly string[];
  readonly nodeHints: readonly string[];
}

/** An EndpointSlice: imported, mirrored from legacy Endpoints, or derived from pods. */
export interface EndpointSlice extends Resource {
  readonly kind: 'EndpointSlice';
  /** Label `kubernetes.io/service-name`; undefined: the slice belongs to no service. */
  readonly serviceName: string | undefined;
  readonly addressType: 'IPv4' | 'IPv6' | 'FQDN';
  readonly endpoints: readonly Endpoint[];
  readonly ports: readonly EndpointPort[];
}

/** A subset of legacy Endpoints. */
export interface EndpointSubset {
  readonly addresses: readonly Endpoint[];
  readonly notReadyAddresses: readonly Endpoint[];
  readonly ports: readonly EndpointPort[];
}

/** Legacy v1 Endpoints. */
export interface Endpoints extends Resource {
  readonly kind: 'Endpoints';
  readonly subsets: readonly EndpointSubset[];
}

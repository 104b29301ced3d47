import type { ObjectReference } from './gateway-reference.js';
import type { LabelSelector } from './label-selector.js';
import type { Resource, StatusedResource } from './resource.js';

/** `gateway.networking.k8s.io` GatewayClass: which controller serves the Gateways of the class. */
export interface GatewayClass extends StatusedResource {
  readonly kind: 'GatewayClass';
  readonly controllerName: string;
  readonly parametersRef: ObjectReference | undefined;
  /** What its controller has written about the version of the CRDs (condition `SupportedVersion`). */
  readonly supportedVersion: ObservedCondition | undefined;
}

/** From which namespaces objects may attach. A selector that cannot be read admits nobody. */
export type AllowedNamespaces =
  { readonly from: 'All' | 'Same' | 'None' } | { readonly from: 'Selector'; readonly selector: LabelSelector };

/** Kinds of objects that take requests off listeners. */
export const ROUTE_KINDS = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'] as const;

/** Kind of a route of the Gateway API. */
export type RouteKind = (typeof ROUTE_KINDS)[number];

/** Protocols of a listener that the specification names. */
export const LISTENER_PROTOCOLS = ['HTTP', 'HTTPS', 'TLS', 'TCP', 'UDP'] as const;

/** Protocol of a listener. */
export type ListenerProtocol = (typeof LISTENER_PROTOCOLS)[number];

/** How a listener ends TLS, or does not. */
export interface ListenerTls {
  readonly mode: 'Terminate' | 'Passthrough';
  readonly certificateRefs: readonly ObjectReference[];
}

/** One listener of a Gateway or a ListenerSet. */
export interface GatewayListener {
  readonly pointer: string;
  readonly name: string;
  readonly port: number;
  /** Undefined for a protocol that the specification does not name: nothing can be attached. */
  readonly protocol: ListenerProtocol | undefined;
  /** A protocol of an implementation, `example.com/quic`; undefined for every other. */
  readonly ownProtocol: string | undefined;
  /** Lower-case; undefined: every host. */
  readonly hostname: string | undefined;
  readonly tls: ListenerTls | undefined;
  readonly allowedNamespaces: AllowedNamespaces;
  /** Undefined: the kinds of the protocol. */
  readonly allowedKinds: readonly { readonly group: string; readonly kind: string }[] | undefined;
}

/** How certificates of clients are checked. */
export interface ClientValidation {
  readonly pointer: string;
  readonly caCertificateRefs: readonly ObjectReference[];
  readonly mode: 'AllowValidOnly' | 'AllowInsecureFallback';
}

/** An address that a Gateway asks for, or has. */
export interface GatewayAddress {
  readonly pointer: string;
  readonly type: string;
  readonly value: string;
}

/** What the controller of a Gateway has written about its addresses. */
export interface ObservedGateway {
  /** Those that are bound. */
  readonly addresses: readonly GatewayAddress[];
  /** Its condition `Programmed`. */
  readonly programmed: ObservedCondition | undefined;
}

/** A condition that a controller has written. */
export interface ObservedCondition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** The generation that it is about; undefined where that is not said. */
  readonly generation: number | undefined;
}

/** `gateway.networking.k8s.io` Gateway. */
export interface Gateway extends StatusedResource {
  readonly kind: 'Gateway';
  readonly namespace: string;
  readonly className: string;
  readonly listeners: readonly GatewayListener[];
  /** Whether it takes every route that asks for a default Gateway (`defaultScope: All`, experimental). */
  readonly isDefault: boolean;
  /** From where ListenerSets may attach. */
  readonly allowedListeners: AllowedNamespaces;
  /** Those that it asks for. */
  readonly addresses: readonly GatewayAddress[];
  /** Its own status, where it has one. */
  readonly observed: ObservedGateway;
  readonly parametersRef: ObjectReference | undefined;
  /** The certificate that the Gateway shows backends it speaks TLS with. */
  readonly backendClientCertificate: ObjectReference | undefined;
  readonly clientValidation: {
    readonly byDefault: ClientValidation | undefined;
    /** Goes before the default on its port; undefined there: clients are not asked. */
    readonly perPort: ReadonlyMap<number, ClientValidation | undefined>;
  };
}

/** `gateway.networking.k8s.io` ListenerSet: listeners that others add to a Gateway. */
export interface ListenerSet extends StatusedResource {
  readonly kind: 'ListenerSet';
  readonly namespace: string;
  readonly parentRef: ObjectReference | undefined;
  readonly listeners: readonly GatewayListener[];
}

/** `gateway.networking.k8s.io` ReferenceGrant: who may refer into its namespace, and to what. */
export interface ReferenceGrant extends Resource {
  readonly kind: 'ReferenceGrant';
  readonly namespace: string;
  readonly from: readonly { readonly group: string; readonly kind: string; readonly namespace: string }[];
  /** Without a name: every object of the kind. */
  readonly to: readonly { readonly group: string; readonly kind: string; readonly name: string | undefined }[];
}

/** `gateway.networking.k8s.io` BackendTLSPolicy: how a gateway speaks TLS with a Service. */
export interface BackendTLSPolicy extends StatusedResource {
  readonly kind: 'BackendTLSPolicy';
  readonly namespace: string;
  /** Services, or with `sectionName` one port of one. */
  readonly targetRefs: readonly (ObjectReference & { readonly sectionName: string | undefined })[];
  readonly caCertificateRefs: readonly ObjectReference[];
  readonly usesSystemCertificates: boolean;
  /** Why the API server refuses the validation part; undefined: it can be used. */
  readonly fault: string | undefined;
  /** The SNI, and the name in the certificate where no `subjectAltNames` are given. */
  readonly hostname: string;
  readonly subjectAltNames: readonly { readonly type: string; readonly value: string }[];
}

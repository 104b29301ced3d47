/** An object that another one names. */
export interface TraefikReference {
  readonly pointer: string;
  /** `name`, or `name@provider`. */
  readonly name: string;
  /** Undefined: the namespace of the object that names it. */
  readonly namespace: string | undefined;
}

/** A Service, or a TraefikService, that gets requests (`LoadBalancerSpec` and `Service` of `traefikio/v1alpha1/ingressroute.go`). */
export interface TraefikBackend extends TraefikReference {
  readonly kind: string;
  readonly port: number | string | undefined;
  readonly weight: number;
  readonly passHostHeader: boolean;
  /** Undefined: by the Service's port. */
  readonly scheme: string | undefined;
  readonly serversTransport: string | undefined;
  readonly strategy: string | undefined;
  /** The Service's own address is asked instead of its endpoints; undefined: as Traefik is set (`nativeLBByDefault`). */
  readonly nativeLB: boolean | undefined;
  /** A Service of type NodePort is reached at the nodes instead of its endpoints. */
  readonly nodePortLB: boolean;
  readonly sticky: boolean;
  /** Its servers are asked whether they are well, which Traefik takes of Services of type ExternalName alone. */
  readonly healthCheck: boolean;
  /** They act behind those of the router; of a TraefikService Traefik does not read them. */
  readonly middlewares: readonly TraefikReference[];
}

import type { Resource } from './resource.js';

/** What a rule sends requests to: a service port by name or number, or an object of the same namespace. */
export type IngressBackend =
  | { readonly type: 'service'; readonly pointer: string; readonly name: string; readonly port: number | string }
  | { readonly type: 'resource'; readonly pointer: string; readonly apiGroup: string; readonly kind: string; readonly name: string }
  | { readonly type: 'invalid'; readonly pointer: string; readonly why: string };

/** One path of a rule. A missing pathType (old API versions) is `ImplementationSpecific`. */
export interface IngressPath {
  /** `/spec/rules/0/http/paths/1`. */
  readonly pointer: string;
  readonly path: string;
  readonly pathType: 'Exact' | 'Prefix' | 'ImplementationSpecific';
  /** Why the type as it is written is none of them. */
  readonly typeFault?: string | undefined;
  readonly backend: IngressBackend;
}

/** One rule. `host` as written, which the API server takes in lower case alone; undefined = every host. `hasHttp: false` sends the host to the default backend. */
export interface IngressRule {
  readonly pointer: string;
  readonly host: string | undefined;
  readonly hasHttp: boolean;
  readonly paths: readonly IngressPath[];
}

/** One `spec.tls` entry. */
export interface IngressTls {
  readonly pointer: string;
  readonly hosts: readonly string[];
  readonly secretName: string | undefined;
}

/** Ingress v1; `extensions/v1beta1` and `networking.k8s.io/v1beta1` are converted. */
export interface Ingress extends Resource {
  readonly kind: 'Ingress';
  readonly namespace: string;
  /** `metadata.uid`: what the controller of NGINX Inc. tells Ingresses of one age apart by. */
  readonly uid: string | undefined;
  /** `spec.ingressClassName` as written (may be empty text); the old annotation stays in `annotations`. */
  readonly className: string | undefined;
  readonly defaultBackend: IngressBackend | undefined;
  readonly rules: readonly IngressRule[];
  readonly tls: readonly IngressTls[];
  readonly loadBalancerIngress: readonly string[];
}

/** IngressClass v1. */
export interface IngressClass extends Resource {
  readonly kind: 'IngressClass';
  readonly controller: string;
  readonly isDefault: boolean;
}

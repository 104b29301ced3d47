import type { Resource } from './resource.js';

/** The group in which the controller of NGINX Inc. keeps its kinds; policies, listeners and TransportServers began in the older version. */
export const NGINX_ORG_VERSIONS = ['k8s.nginx.org/v1', 'k8s.nginx.org/v1alpha1'] as const;

/** A Policy that a VirtualServer, a route or a subroute names. */
export interface NginxPolicyReference {
  readonly pointer: string;
  readonly name: string;
  /** Undefined: that of the object. */
  readonly namespace: string | undefined;
}

/** What proves who a client is, and what has to be there for it (`PolicySpec` of nginx/kubernetes-ingress `pkg/apis/configuration/v1/types.go`). */
export interface NginxAuthentication {
  readonly type: 'authentication';
  readonly by: 'jwt' | 'basicAuth' | 'oidc' | 'apiKey' | 'externalAuth';
  /** The Secret that it needs, of its own namespace, and the type that one has to be of; undefined: none. */
  readonly secret: { readonly name: string; readonly type: string } | undefined;
  /** Whoever does not is sent to another page (`authSigninURL`, and that of OpenID Connect). */
  readonly hasSignIn: boolean;
}

/** Which pages of other origins may read the answers. */
export interface NginxCors {
  readonly type: 'cors';
  readonly origins: readonly string[];
  /** The other headers, as they are sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** What a Policy does. */
export type NginxPolicyAction =
  | { readonly type: 'accessControl'; readonly allow: readonly string[]; readonly deny: readonly string[] }
  | NginxAuthentication
  | { readonly type: 'ingressMTLS'; readonly secret: string; readonly verifyClient: string }
  | {
      readonly type: 'egressMTLS';
      readonly tlsSecret: string | undefined;
      readonly trustedSecret: string | undefined;
      readonly verifies: boolean;
      readonly sendsName: boolean;
      readonly sslName: string | undefined;
    }
  | NginxCors
  /** Acts on some requests by what came before them: taken not to. */
  | { readonly type: 'rateLimit' | 'cache' | 'waf' }
  | { readonly type: 'hsts' };

/** Rules that VirtualServers and their routes refer to (`k8s.nginx.org` Policy). */
export interface NginxPolicy extends Resource {
  readonly kind: 'NginxPolicy';
  readonly namespace: string;
  /** Undefined: every controller of its kind reads it. */
  readonly className: string | undefined;
  readonly action: NginxPolicyAction | undefined;
  /** Why the controller refuses it. */
  readonly fault: string | undefined;
}

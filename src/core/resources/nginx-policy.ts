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

/** A Secret that a Policy needs, and the type that it has to be of. */
export interface NginxSecret {
  /** Undefined: that of the Policy. */
  readonly namespace: string | undefined;
  readonly name: string;
  readonly type: string;
}

/** What proves who a client is, and what has to be there for it (`PolicySpec` of nginx/kubernetes-ingress `pkg/apis/configuration/v1/types.go`). */
export interface NginxAuthentication {
  readonly type: 'authentication';
  readonly by: 'jwt' | 'basicAuth' | 'oidc' | 'oidcNative' | 'apiKey' | 'externalAuth';
  readonly secrets: readonly NginxSecret[];
  /** The Service that is asked who the client is (`externalAuth`). */
  readonly asked: { readonly namespace: string | undefined; readonly name: string } | undefined;
  /** Whoever does not is sent to another page (`authSigninURI`, and that of OpenID Connect). */
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
  /** Browsers are told to come by https alone. */
  | { readonly type: 'hsts'; readonly value: string; readonly behindProxy: boolean };

/** A flag of the controller without which it refuses an object, and what of the object needs it. */
export interface NginxNeed {
  readonly flag: NginxFlag;
  readonly field: string;
}

/** Parts of the controller that its flags turn on (`cmd/nginx-ingress/flags.go`). */
export const NGINX_FLAGS = [
  'nginx-plus',
  'enable-oidc',
  'enable-app-protect',
  'enable-app-protect-dos',
  'enable-cert-manager',
  'enable-external-dns',
] as const;

export type NginxFlag = (typeof NGINX_FLAGS)[number];

/** Rules that VirtualServers and their routes refer to (`k8s.nginx.org` Policy). */
export interface NginxPolicy extends Resource {
  readonly kind: 'NginxPolicy';
  readonly namespace: string;
  /** Undefined: every controller of its kind reads it. */
  readonly className: string | undefined;
  readonly action: NginxPolicyAction | undefined;
  readonly needs: readonly NginxNeed[];
  /** Why the controller refuses it. */
  readonly fault: string | undefined;
}

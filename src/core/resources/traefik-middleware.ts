import type { Labels } from './resource.js';
import type { HttpCodeRange } from './http-code-range.js';
import type { TraefikBackend, TraefikReference } from './traefik-reference.js';

/** What the middleware `headers` does (`pkg/config/dynamic/middlewares.go`, `Headers`). */
export interface HeadersAction {
  readonly type: 'headers';
  /** An empty value takes the header out. */
  readonly request: Labels;
  readonly response: Labels;
  /** Undefined: none of its fields is set. */
  readonly security: SecuritySettings | undefined;
  /** Undefined: none of its fields is set. */
  readonly cors: CorsSettings | undefined;
}

/** What `headers` hands to unrolled/secure. */
export interface SecuritySettings {
  /** Headers of the answer that settings such as `frameDeny` stand for, whatever the request. */
  readonly headers: Labels;
  readonly allowedHosts: readonly string[];
  /** Headers in which a proxy says what host was asked for; the first that is there counts. */
  readonly hostsProxyHeaders: readonly string[];
  /** A request with one of these headers and its value has come by TLS. */
  readonly sslProxyHeaders: Labels;
  /** Neither hosts nor TLS are looked at. */
  readonly isDevelopment: boolean;
  /** The value of `Strict-Transport-Security`; empty: none. */
  readonly sts: string;
  /** Without TLS too. */
  readonly forceSTSHeader: boolean;
  readonly publicKey: string;
  readonly ssl: {
    readonly redirect: boolean;
    readonly temporary: boolean;
    /** Empty: the host that was asked for. */
    readonly host: string;
    readonly forceHost: boolean;
  };
}

/** `accessControl…` of `headers`. */
export interface CorsSettings {
  readonly allowCredentials: boolean;
  readonly allowHeaders: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowOrigins: readonly string[];
  readonly allowOriginExpressions: readonly string[];
  readonly exposeHeaders: readonly string[];
  /** Undefined: not told. */
  readonly maxAge: number | undefined;
  readonly addVaryHeader: boolean;
}

/** By what a middleware knows the address of a client (`IPStrategy` of `pkg/config/dynamic/middlewares.go`): by its connection, unless `X-Forwarded-For` is asked. */
export interface IpStrategy {
  /** The place in `X-Forwarded-For`, from the right; 0: not asked for, and then the first from the right that is not excluded, if any is. */
  readonly depth: number;
  readonly excludedIPs: readonly string[];
  /** Addresses of IPv6 count as the first one of their prefix of this length. */
  readonly ipv6Subnet: number | undefined;
}

/** How a client is asked who it is. */
export type AskedClient =
  | {
      readonly by: 'password';
      /** `WWW-Authenticate` of a refusal; undefined: made anew for each. */
      readonly challenge: string | undefined;
      /** Whether the backend is not sent what the client proved itself by. */
      readonly removesHeader: boolean;
      /** The header that tells the backend who the client is; empty: none. */
      readonly userHeader: string;
    }
  | {
      readonly by: 'service';
      readonly address: string;
      /** Headers of its answer that the backend is sent instead of the client's own. */
      readonly headers: readonly string[];
      /** The same for all that an expression finds something in; empty: none. */
      readonly expression: string;
      /** Whether a redirect of its answer is handed on as it stands; otherwise it leads on from its own address. */
      readonly keepsLocation: boolean;
      /** Cookies of its answer that the client is given. */
      readonly cookies: readonly string[];
      /** Where clients are sent that it answers 401; empty: nowhere. */
      readonly signIn: string;
      /** Whether variables of nginx stand in it, and the page is told where the client wanted to go. */
      readonly fillsSignIn: boolean;
    };

/** Pages for errors of whatever stands behind it, written by a Service. */
export interface ErrorsAction {
  readonly type: 'errors';
  readonly statuses: readonly HttpCodeRange[];
  readonly service: TraefikBackend;
  /** Other statuses that clients get instead; the first that has one counts. */
  readonly rewrites: readonly StatusRewrite[];
  /** Where the page is asked for: `{status}`, `{originalStatus}` and `{url}` stand for those of the error; empty: at `/`. */
  readonly query: string;
  /** Headers of the request that whoever writes the page is sent; undefined: all. */
  readonly requestHeaders: readonly string[] | undefined;
}

/** Errors of some statuses that clients get with another one. */
export interface StatusRewrite {
  readonly from: HttpCodeRange;
  readonly to: number;
}

/** What a Middleware does with requests (`pkg/config/dynamic/middlewares.go`). */
export type MiddlewareAction =
  | { readonly type: 'stripPrefix'; readonly prefixes: readonly string[]; readonly forceSlash: boolean }
  | { readonly type: 'stripPrefixRegex'; readonly expressions: readonly string[] }
  | { readonly type: 'addPrefix'; readonly prefix: string }
  | { readonly type: 'replacePath'; readonly path: string }
  | { readonly type: 'replacePathRegex'; readonly regex: string; readonly replacement: string }
  | { readonly type: 'redirectScheme'; readonly scheme: string; readonly port: string; readonly permanent: boolean }
  | { readonly type: 'redirectRegex'; readonly regex: string; readonly replacement: string; readonly permanent: boolean }
  | HeadersAction
  | {
      readonly type: 'ipAllowList';
      readonly sourceRange: readonly string[];
      readonly strategy: IpStrategy;
      readonly rejectStatus: number;
    }
  | { readonly type: 'auth'; readonly field: string; readonly secret: string | undefined; readonly asks: AskedClient }
  | { readonly type: 'chain'; readonly middlewares: readonly TraefikReference[] }
  | ErrorsAction
  /** A path that holds one of these encoded characters, such as `%2F`, is answered 400. */
  | { readonly type: 'encodedCharacters'; readonly refused: readonly string[] }
  /** Answers every request by itself. */
  | { readonly type: 'refuse'; readonly field: string; readonly status: number; readonly why: string }
  /** Acts only under a condition that no request tells: a rate, the state of backends. */
  | { readonly type: 'condition'; readonly field: string; readonly what: string }
  /** Changes nothing that is modelled. */
  | { readonly type: 'neutral'; readonly field: string }
  /** What it does is not known. */
  | { readonly type: 'opaque'; readonly field: string }
  /** Traefik makes no middleware of it. */
  | { readonly type: 'invalid'; readonly why: string };

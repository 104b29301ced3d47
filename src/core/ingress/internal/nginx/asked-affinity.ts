import { type AnnotationReader, BASIC, URL_TEXT } from './annotation-reader.js';

/** How clients are kept at one endpoint, as an Ingress asks for it (`annotations/sessionaffinity/main.go`). */
export interface AskedAffinity {
  /** `persistent`: the cookie names the endpoint; `balanced`: it is a key of a hash. Undefined: not said. */
  readonly mode: 'balanced' | 'persistent' | undefined;
  /** `affinity-canary-behavior: legacy`: a canary has no part in the affinity of what it joins. */
  readonly leavesCanariesOut: boolean;
  /** Undefined: the Ingress asks for no affinity of its own. */
  readonly cookie: SessionCookie | undefined;
}

/** The cookie by which a client is known again; empty: the attribute is not set. */
export interface SessionCookie {
  readonly name: string;
  /** Seconds. */
  readonly expires: string;
  /** Seconds. */
  readonly maxAge: string;
  readonly path: string;
  readonly domain: string;
  readonly sameSite: string;
  /** `SameSite=None` is left out for browsers that take it for another. */
  readonly conditionalSameSiteNone: boolean;
  readonly secure: boolean;
  readonly partitioned: boolean;
}

/** The controller's own expression, which is anchored at either end alone. */
const SECONDS = /(^0|-?[1-9]\d*$)/;

/** Reads `affinity`, `affinity-mode`, `affinity-canary-behavior` and `session-cookie-…`. */
export function askedAffinity(reader: AnnotationReader): AskedAffinity {
  const mode = reader.text('affinity-mode');
  return {
    mode: mode === 'balanced' || mode === 'persistent' ? mode : undefined,
    leavesCanariesOut: reader.text('affinity-canary-behavior') === 'legacy',
    cookie: reader.text('affinity') === 'cookie' ? sessionCookie(reader) : undefined,
  };
}

function sessionCookie(reader: AnnotationReader): SessionCookie {
  return {
    name: reader.text('session-cookie-name', BASIC) || 'INGRESSCOOKIE',
    expires: reader.text('session-cookie-expires', SECONDS),
    maxAge: reader.text('session-cookie-max-age', SECONDS),
    path: reader.text('session-cookie-path', URL_TEXT),
    domain: reader.text('session-cookie-domain', BASIC),
    sameSite: reader.text('session-cookie-samesite', /^(none|lax|strict)$/i),
    conditionalSameSiteNone: reader.flag('session-cookie-conditional-samesite-none'),
    secure: reader.flag('session-cookie-secure'),
    partitioned: reader.flag('session-cookie-partitioned'),
  };
}

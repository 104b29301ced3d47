import type { RoutingObject } from '../path-rule.js';

const PREFIX = 'nginx.ingress.kubernetes.io/';

/**
 * The annotations of ingress-nginx as Traefik reads them (`parseIngressConfig` of `pkg/provider/kubernetes/ingress-nginx/annotations.go`): texts as they stand, nothing but `true` for yes, whole
 * numbers; what is no number is not there.
 */
export class ProviderAnnotations {
  constructor(private readonly annotations: Readonly<Record<string, string>>) {}

  /** Undefined: not there. */
  text(name: string): string | undefined {
    return Object.hasOwn(this.annotations, PREFIX + name) ? this.annotations[PREFIX + name] : undefined;
  }

  flag(name: string): boolean | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : text.toLowerCase() === 'true';
  }

  number(name: string): number | undefined {
    const text = this.text(name);
    return text !== undefined && /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined;
  }

  list(name: string): readonly string[] | undefined {
    return this.text(name)
      ?.split(',')
      .map((item) => item.trim());
  }

  /** The names of those that are there, without their prefix. */
  get names(): readonly string[] {
    return Object.keys(this.annotations)
      .filter((name) => name.startsWith(PREFIX))
      .map((name) => name.slice(PREFIX.length));
  }
}

const read = new WeakMap<RoutingObject, ProviderAnnotations>();

/** The annotations of an Ingress. */
export function providerAnnotations(ingress: RoutingObject): ProviderAnnotations {
  let known = read.get(ingress);
  if (!known) {
    known = new ProviderAnnotations(ingress.annotations);
    read.set(ingress, known);
  }
  return known;
}

/** Annotations of ingress-nginx that Traefik does not read (doc.traefik.io "Unsupported Annotations"): they have no effect. */
const UNSUPPORTED: ReadonlySet<string> = new Set([
  'affinity-canary-behavior',
  'auth-cache-duration',
  'auth-cache-key',
  'auth-keepalive',
  'auth-keepalive-requests',
  'auth-keepalive-share-vars',
  'auth-keepalive-timeout',
  'auth-proxy-set-headers',
  'auth-tls-error-page',
  'auth-tls-match-cn',
  'auth-tls-verify-depth',
  'connection-proxy-header',
  'denylist-source-range',
  'disable-proxy-intercept-errors',
  'global-rate-limit',
  'global-rate-limit-ignored-cidrs',
  'global-rate-limit-key',
  'global-rate-limit-window',
  'limit-rate',
  'limit-rate-after',
  'load-balance',
  'mirror-host',
  'mirror-request-body',
  'mirror-target',
  'preserve-trailing-slash',
  'proxy-cookie-domain',
  'proxy-cookie-path',
  'proxy-redirect-from',
  'proxy-redirect-to',
  'proxy-ssl-ciphers',
  'proxy-ssl-protocols',
  'proxy-ssl-verify-depth',
  'relative-redirects',
  'satisfy',
  'session-cookie-change-on-failure',
  'session-cookie-conditional-samesite-none',
  'ssl-ciphers',
  'ssl-prefer-server-ciphers',
  'stream-snippet',
  'use-port-in-redirects',
]);

/** Firewall rules need an extension that Traefik itself does not have (`ApplyMiddlewareFunc`). */
const FIREWALL: ReadonlySet<string> = new Set([
  'enable-modsecurity',
  'enable-owasp-core-rules',
  'modsecurity-snippet',
  'modsecurity-transaction-id',
]);

/** The annotations of an Ingress that do nothing in Traefik. */
export function unsupportedOf(annotations: ProviderAnnotations): readonly string[] {
  const named = annotations.names.filter((name) => UNSUPPORTED.has(name) || FIREWALL.has(name));
  const protocol = annotations.text('backend-protocol')?.toUpperCase() ?? '';
  const isForeign = protocol === 'FCGI' || protocol === 'AUTO_HTTP';
  return [...named, ...(isForeign ? [`backend-protocol: ${protocol}`] : [])].sort();
}

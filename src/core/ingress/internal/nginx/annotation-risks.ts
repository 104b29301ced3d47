/** How much harm the controller takes an annotation to be able to do; the later the more (`annotations-risk-level`). */
export const RISK_LEVELS = ['Low', 'Medium', 'High', 'Critical'] as const;

export type RiskLevel = (typeof RISK_LEVELS)[number];

/** The annotations of a level, which is `Low` for all others (kubernetes/ingress-nginx `docs/user-guide/nginx-configuration/annotations-risk.md`, which is made of its parsers). */
const BY_LEVEL: Readonly<Record<Exclude<RiskLevel, 'Low'>, readonly string[]>> = {
  Critical: ['auth-snippet', 'configuration-snippet', 'modsecurity-snippet', 'server-snippet', 'stream-snippet'],
  High: [
    'auth-signin',
    'auth-tls-error-page',
    'auth-tls-match-cn',
    'auth-url',
    'mirror-host',
    'mirror-target',
    'modsecurity-transaction-id',
    'proxy-ssl-name',
    'server-alias',
    'upstream-hash-by',
  ],
  Medium: [
    'affinity-mode',
    'allowlist-source-range',
    'app-root',
    'auth-cache-duration',
    'auth-cache-key',
    'auth-proxy-set-headers',
    'auth-realm',
    'auth-request-redirect',
    'auth-response-headers',
    'auth-secret',
    'auth-signin-redirect-param',
    'auth-tls-secret',
    'auth-tls-verify-client',
    'canary-by-cookie',
    'canary-by-header',
    'canary-by-header-pattern',
    'canary-by-header-value',
    'cors-allow-headers',
    'cors-allow-methods',
    'cors-allow-origin',
    'cors-expose-headers',
    'custom-headers',
    'denylist-source-range',
    'fastcgi-index',
    'fastcgi-params-configmap',
    'force-ssl-redirect',
    'opentelemetry-operation-name',
    'permanent-redirect',
    'preserve-trailing-slash',
    'proxy-body-size',
    'proxy-cookie-domain',
    'proxy-cookie-path',
    'proxy-next-upstream',
    'proxy-redirect-from',
    'proxy-redirect-to',
    'proxy-ssl-ciphers',
    'proxy-ssl-secret',
    'rewrite-target',
    'session-cookie-domain',
    'session-cookie-expires',
    'session-cookie-max-age',
    'session-cookie-name',
    'session-cookie-path',
    'temporal-redirect',
    'x-forwarded-prefix',
  ],
};

/** The annotations that are riskier than what is let through, and how risky each is. Aliases have no risk: the controller looks names up as they are written. */
export function riskierThan(most: RiskLevel): readonly (readonly [name: string, level: RiskLevel])[] {
  return RISK_LEVELS.slice(RISK_LEVELS.indexOf(most) + 1).flatMap((level) =>
    level === 'Low' ? [] : BY_LEVEL[level].map((name) => [name, level] as const),
  );
}

import type { Labels } from '../resource.js';
import type { CorsSettings, MiddlewareAction } from '../traefik-middleware.js';
import type { ObjectReader } from './object-reader.js';

/** Reads `headers` (traefik/traefik `pkg/config/dynamic/middlewares.go`, `Headers`, and unrolled/secure for those of security). */
export function readHeadersAction(reader: ObjectReader): MiddlewareAction {
  if (reader.fields().length === 0) return { type: 'invalid', why: 'headers configuration not valid: none of its fields is set' };
  return {
    type: 'headers',
    request: reader.labels('customRequestHeaders'),
    response: reader.labels('customResponseHeaders'),
    security: securityHeaders(reader),
    allowedHosts: reader.texts('allowedHosts'),
    cors: readCors(reader),
  };
}

/** Fields that are the value of a header. */
const VALUES = {
  customFrameOptionsValue: 'X-Frame-Options',
  customBrowserXSSValue: 'X-XSS-Protection',
  contentSecurityPolicy: 'Content-Security-Policy',
  contentSecurityPolicyReportOnly: 'Content-Security-Policy-Report-Only',
  referrerPolicy: 'Referrer-Policy',
  permissionsPolicy: 'Permissions-Policy',
} as const;

/** Fields that switch a header on. */
const SWITCHES = {
  frameDeny: ['X-Frame-Options', 'DENY'],
  browserXssFilter: ['X-XSS-Protection', '1; mode=block'],
  contentTypeNosniff: ['X-Content-Type-Options', 'nosniff'],
} as const;

function securityHeaders(reader: ObjectReader): Labels {
  const headers = new Map<string, string>();
  for (const [field, [name, value]] of Object.entries(SWITCHES)) if (reader.boolean(field)) headers.set(name, value);
  for (const [field, name] of Object.entries(VALUES)) {
    const value = reader.filledText(field);
    if (value !== undefined) headers.set(name, value);
  }
  const seconds = reader.integer('stsSeconds', 0, Number.MAX_SAFE_INTEGER) ?? 0;
  if (seconds > 0) {
    const parts = [
      `max-age=${seconds}`,
      reader.boolean('stsIncludeSubdomains') ? 'includeSubDomains' : '',
      reader.boolean('stsPreload') ? 'preload' : '',
    ];
    headers.set('Strict-Transport-Security', parts.filter((part) => part !== '').join('; '));
  }
  return Object.fromEntries(headers);
}

function readCors(reader: ObjectReader): CorsSettings | undefined {
  const cors: CorsSettings = {
    allowCredentials: reader.boolean('accessControlAllowCredentials') ?? false,
    allowHeaders: reader.texts('accessControlAllowHeaders'),
    allowMethods: reader.texts('accessControlAllowMethods'),
    allowOrigins: reader.texts('accessControlAllowOriginList'),
    allowOriginExpressions: reader.texts('accessControlAllowOriginListRegex'),
    exposeHeaders: reader.texts('accessControlExposeHeaders'),
    maxAge: reader.integer('accessControlMaxAge', 0, Number.MAX_SAFE_INTEGER) ?? 0,
    addVaryHeader: reader.boolean('addVaryHeader') ?? false,
  };
  return reader.fields().some((field) => field.startsWith('accessControl') || field === 'addVaryHeader') ? cors : undefined;
}

import { isBrokenRegex } from '../../regex/parse-regex.js';
import type { Labels } from '../resource.js';
import type { CorsSettings, MiddlewareAction, SecuritySettings } from '../traefik-middleware.js';
import type { ObjectReader } from './object-reader.js';

/**
 * Reads `headers` (traefik/traefik `pkg/config/dynamic/middlewares.go`, `Headers`, and unrolled/secure for those of security). What is not set is told by values, as `HasSecureHeadersDefined`
 * and its like do: `frameDeny: false` sets nothing.
 */
export function readHeadersAction(reader: ObjectReader): MiddlewareAction {
  const [request, response] = [reader.labels('customRequestHeaders'), reader.labels('customResponseHeaders')];
  const [security, cors] = [readSecurity(reader), readCors(reader)];
  if (!security && !cors && Object.keys(request).length + Object.keys(response).length === 0) {
    return { type: 'invalid', why: 'headers configuration not valid: none of its fields is set' };
  }
  const broken = cors?.allowOriginExpressions.find(isBrokenRegex);
  if (broken !== undefined) {
    return { type: 'invalid', why: `\`${broken}\` of \`accessControlAllowOriginListRegex\` is no regular expression in Go's syntax (RE2)` };
  }
  return { type: 'headers', request, response, security, cors };
}

/** Fields that are the value of a header. */
const VALUES = {
  customFrameOptionsValue: 'X-Frame-Options',
  customBrowserXSSValue: 'X-XSS-Protection',
  contentSecurityPolicy: 'Content-Security-Policy',
  contentSecurityPolicyReportOnly: 'Content-Security-Policy-Report-Only',
  referrerPolicy: 'Referrer-Policy',
  featurePolicy: 'Feature-Policy',
  permissionsPolicy: 'Permissions-Policy',
} as const;

/** Fields that switch a header on. */
const SWITCHES = {
  frameDeny: ['X-Frame-Options', 'DENY'],
  browserXssFilter: ['X-XSS-Protection', '1; mode=block'],
  contentTypeNosniff: ['X-Content-Type-Options', 'nosniff'],
} as const;

function readSecurity(reader: ObjectReader): SecuritySettings | undefined {
  const settings: SecuritySettings = {
    headers: securityHeaders(reader),
    allowedHosts: reader.texts('allowedHosts'),
    hostsProxyHeaders: reader.texts('hostsProxyHeaders'),
    sslProxyHeaders: reader.labels('sslProxyHeaders'),
    isDevelopment: reader.boolean('isDevelopment') ?? false,
    sts: transportSecurity(reader),
    forceSTSHeader: reader.boolean('forceSTSHeader') ?? false,
    publicKey: reader.filledText('publicKey') ?? '',
    ssl: {
      redirect: reader.boolean('sslRedirect') ?? false,
      temporary: reader.boolean('sslTemporaryRedirect') ?? false,
      host: reader.filledText('sslHost') ?? '',
      forceHost: reader.boolean('sslForceHost') ?? false,
    },
  };
  const others = [reader.boolean('stsIncludeSubdomains') ?? false, reader.boolean('stsPreload') ?? false];
  return [settings, ...others].some(isSet) ? settings : undefined;
}

/** Whether a value is set, or one inside it. */
function isSet(value: unknown): boolean {
  return typeof value === 'object' && value !== null
    ? Object.values(value).some(isSet)
    : value !== '' && value !== false && value !== undefined;
}

function securityHeaders(reader: ObjectReader): Labels {
  const headers = new Map<string, string>();
  for (const [field, [name, value]] of Object.entries(SWITCHES)) if (reader.boolean(field)) headers.set(name, value);
  for (const [field, name] of Object.entries(VALUES)) {
    const value = reader.filledText(field);
    if (value !== undefined) headers.set(name, value);
  }
  return Object.fromEntries(headers);
}

function transportSecurity(reader: ObjectReader): string {
  const seconds = reader.integer('stsSeconds', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER) ?? 0;
  if (seconds === 0) return '';
  const parts = [
    `max-age=${seconds}`,
    reader.boolean('stsIncludeSubdomains') ? 'includeSubDomains' : '',
    reader.boolean('stsPreload') ? 'preload' : '',
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function readCors(reader: ObjectReader): CorsSettings | undefined {
  const cors: CorsSettings = {
    allowCredentials: reader.boolean('accessControlAllowCredentials') ?? false,
    allowHeaders: reader.texts('accessControlAllowHeaders'),
    allowMethods: reader.texts('accessControlAllowMethods'),
    allowOrigins: reader.texts('accessControlAllowOriginList'),
    allowOriginExpressions: reader.texts('accessControlAllowOriginListRegex'),
    exposeHeaders: reader.texts('accessControlExposeHeaders'),
    maxAge: reader.integer('accessControlMaxAge', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    addVaryHeader: reader.boolean('addVaryHeader') ?? false,
  };
  return isSet(cors) ? cors : undefined;
}

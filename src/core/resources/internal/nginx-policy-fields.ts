import { isDnsSubdomain } from '../dns-label.js';
import type { NginxFields } from './nginx-fields.js';
import { variablesFault } from './nginx-text-faults.js';
import {
  count,
  escapedFault,
  headerNameFault,
  httpHeaderFault,
  nameFault,
  needed,
  offsetFault,
  oneOf,
  pathFault,
  placedNameFault,
  placedServiceFault,
  plainTextFault,
  qualifiedNameFault,
  sizeFault,
  text,
  timeFault,
  urlFault,
} from '../nginx-texts.js';

/** A text of `rateLimit.key` names variables in braces (`rateLimitKeyVariables`, `rateLimitKeySpecialVariables`). */
const KEYS = new Set(['binary_remote_addr', 'request_uri', 'uri', 'args', 'request_method']);
const keyFault = (key: string) =>
  escapedFault(key) ?? asFault(variablesFault(key, KEYS, ['arg_', 'http_', 'cookie_', 'jwt_claim_', 'apikey_']));

const asFault = (fault: string | undefined) => (fault === undefined ? undefined : `is refused: ${fault}`);

/** `validateRateLimitZoneSize`: 32k at least. A number alone counts as one of kilobytes. */
function zoneFault(zone: string): string | undefined {
  const [, digits = '', unit = ''] = /^(\d+)([kKmM]?)$/.exec(zone.trim()) ?? [];
  if (digits === '') return sizeFault(zone);
  const isSmall = unit.toLowerCase() === 'm' ? Number(digits) === 0 : Number(digits) < 32;
  return isSmall ? 'is less than 32k' : undefined;
}

/** `validateJWTToken`: one variable, of an argument, a header or a cookie. */
const tokenFault = (token: string) =>
  /^\$(?:arg|http|cookie)_[A-Za-z0-9_]+$/.test(token) ? undefined : 'is no variable as `$http_name`, `$cookie_name` or `$arg_name`';

/** `validateOIDCScope`: tokens with `+` between them (RFC 6749, section 3.3). */
function scopeFault(scope: string): string | undefined {
  if (!scope.includes('openid')) return 'needs `openid`';
  return /^[\x21\x23-\x5b\x5d-\x7e]*$/.test(scope) ? undefined : 'has a character that no scope may have';
}

/** Characters that end a directive of nginx (`containsDangerousChars`). */
const isDangerous = (value: string) => /[;{}\n\r$`]/.test(value);

/** `validateOriginFormat`: `*`, or scheme, host and port; a wildcard is the whole first label. */
function originFault(origin: string): string | undefined {
  if (origin === '*') return undefined;
  const [, host = ''] = /^https?:\/\/([^/?#@]+)\/?$/.exec(origin) ?? [];
  if (host === '' || isDangerous(origin)) return 'is no origin, such as `https://example.com`';
  if (!host.startsWith('*.')) return host.includes('*') ? 'has a wildcard elsewhere than as its first label' : undefined;
  const [, domain = ''] = /^\*\.([^:]*)(?::\d+)?$/.exec(host) ?? [];
  return isDnsSubdomain(domain) ? undefined : 'is no origin, such as `https://*.example.com`';
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'];

/** Headers that scripts cannot set ("Forbidden request header" of MDN). */
const OF_BROWSERS = new Set(
  (
    'accept-charset accept-encoding access-control-request-headers access-control-request-method connection content-length cookie date dnt expect ' +
    'host keep-alive origin referer set-cookie te trailer transfer-encoding upgrade via'
  ).split(' '),
);

function allowedHeaderFault(header: string): string | undefined {
  const name = header.toLowerCase();
  if (name === '*') return undefined;
  const isForbidden = OF_BROWSERS.has(name) || name.startsWith('proxy-') || name.startsWith('sec-');
  return isForbidden ? 'is a header that scripts cannot set' : headerNameFault(header);
}

function exposedHeaderFault(header: string): string | undefined {
  if (header === '*') return undefined;
  return ['set-cookie', 'set-cookie2'].includes(header.toLowerCase()) ? 'is a header that scripts cannot see' : headerNameFault(header);
}

const NEXT_OF_CACHES = ['error', 'timeout', 'invalid_header', 'updating', 'non_idempotent', 'off'];
const staleFault = oneOf(...NEXT_OF_CACHES, ...[500, 502, 503, 504, 403, 404, 429].map((code) => `http_${code}`));

/** What each type asks of its fields (nginx/kubernetes-ingress `pkg/apis/configuration/validation/policy.go`). */
export const NGINX_POLICY_FIELDS: Readonly<Record<string, NginxFields>> = {
  rateLimit: {
    rate: needed((rate) => (/^[1-9]\d*r\/[sSmM]$/.test(rate) ? undefined : 'is no rate, such as `10r/s`')),
    key: needed(keyFault),
    zoneSize: needed(zoneFault),
    delay: count(1),
    burst: count(1),
    logLevel: text(oneOf('info', 'notice', 'warn', 'error')),
    rejectCode: count(400, 599),
  },
  jwt: {
    realm: needed(plainTextFault),
    secret: text(nameFault),
    token: text(tokenFault),
    jwksURI: text(urlFault),
    keyCache: text(timeFault),
    trustedCertSecret: text(nameFault),
  },
  basicAuth: { realm: text(plainTextFault), secret: text(nameFault) },
  ingressMTLS: {
    clientCertSecret: text(nameFault),
    verifyClient: text(oneOf('on', 'off', 'optional', 'optional_no_ca')),
    verifyDepth: count(0),
  },
  egressMTLS: { tlsSecret: text(nameFault), trustedCertSecret: text(nameFault), verifyDepth: count(0), sslName: text(nameFault) },
  externalAuth: {
    authURI: text(pathFault),
    authServiceName: text(placedServiceFault),
    authSigninURI: text(pathFault),
    authSigninRedirectBasePath: text(pathFault),
    trustedCertSecret: text(placedNameFault),
    sniName: text((name) => (isDangerous(name) ? 'has characters that end a directive of nginx' : undefined)),
    sslVerifyDepth: count(0),
  },
  oidc: {
    authEndpoint: needed(urlFault),
    tokenEndpoint: needed(urlFault),
    jwksURI: needed(urlFault),
    clientID: needed(plainTextFault),
    clientSecret: text(nameFault),
    scope: text(scopeFault),
    redirectURI: text(pathFault),
    endSessionEndpoint: text(urlFault),
    postLogoutRedirectURI: text(pathFault),
    zoneSyncLeeway: count(0),
  },
  oidcNative: {
    issuer: needed(issuerFault),
    clientID: needed(plainTextFault),
    clientSecret: text(nameFault),
    trustedCertSecret: text(nameFault),
  },
  apiKey: {
    clientSecret: text(nameFault),
    suppliedIn: { is: 'object', fields: { header: { is: 'texts', fault: httpHeaderFault }, query: { is: 'texts', fault: escapedFault } } },
  },
  waf: { apPolicy: text(qualifiedNameFault), apBundle: text(qualifiedNameFault) },
  cache: {
    inactive: text(timeFault),
    maxSize: text(offsetFault),
    minFree: text(offsetFault),
    cacheKey: text((key) => (key.endsWith('$') ? 'ends with `$`' : escapedFault(key))),
    cacheMinUses: count(1),
    cacheUseStale: { is: 'texts', fault: staleFault },
    manager: { is: 'object', fields: { files: count(1), sleep: text(timeFault), threshold: text(timeFault) } },
    lock: { is: 'object', fields: { timeout: text(timeFault), age: text(timeFault) } },
  },
  cors: {
    allowOrigin: { is: 'texts', fault: originFault },
    allowMethods: { is: 'texts', fault: oneOf(...METHODS) },
    allowHeaders: { is: 'texts', fault: allowedHeaderFault },
    exposeHeaders: { is: 'texts', fault: exposedHeaderFault },
  },
};

function issuerFault(issuer: string): string | undefined {
  return /^https:\/\/[^/?#]+/.test(issuer) ? undefined : 'is no URL of https';
}

import type { ObjectRef } from '../kernel/object-ref.js';
import { parseCidr } from '../net/cidr.js';
import { parseIp } from '../net/ip.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';
import type { NginxAuthentication, NginxCors, NginxPolicy, NginxPolicyAction } from './nginx-policy.js';

/** Reads a Policy (nginx/kubernetes-ingress `pkg/apis/configuration/validation/policy.go`, `validatePolicySpec`): exactly one thing that it does. */
export function normaliseNginxPolicy(root: ObjectReader, ref: ObjectRef): NginxPolicy {
  const spec = root.object('spec') ?? root.empty('spec');
  const before = root.findings.errors;
  const named = Object.keys(READERS).filter((field) => spec.has(field));
  if (named.length !== 1)
    root.findings.report('error', 'invalid-value', spec.pointer, `a Policy has exactly one of \`${Object.keys(READERS).join('`, `')}\``);
  const [field = ''] = named;
  const own = spec.object(field);
  const action = own && READERS[field]?.(own);
  const className = spec.filledText('ingressClassName');
  const read = { ...readResource(root, ref), kind: 'NginxPolicy' as const, namespace: ref.namespace ?? 'default', className, action };
  return { ...read, fault: root.findings.errorAfter(before) };
}

const READERS: Readonly<Record<string, (reader: ObjectReader) => NginxPolicyAction>> = {
  accessControl: readAccessControl,
  rateLimit: readRateLimit,
  jwt: readJwt,
  basicAuth: (reader) => ({
    type: 'authentication',
    by: 'basicAuth',
    secret: needed(reader, 'secret', 'nginx.org/htpasswd'),
    hasSignIn: false,
  }),
  ingressMTLS: readIngressMtls,
  egressMTLS: readEgressMtls,
  externalAuth: (reader) => {
    need(reader, 'authURL');
    return { type: 'authentication', by: 'externalAuth', secret: undefined, hasSignIn: reader.filledText('authSigninURL') !== undefined };
  },
  oidc: readOidc,
  apiKey: readApiKey,
  waf: () => ({ type: 'waf' }),
  cache: () => ({ type: 'cache' }),
  cors: readCors,
  hsts: () => ({ type: 'hsts' }),
};

function need(reader: ObjectReader, field: string): string {
  const text = reader.filledText(field);
  if (text === undefined) reader.error('missing-field', field, `it needs \`${field}\``);
  return text ?? '';
}

const needed = (reader: ObjectReader, field: string, type: string): NginxAuthentication['secret'] => ({ name: need(reader, field), type });

/** `validateAccessControl`. */
function readAccessControl(reader: ObjectReader): NginxPolicyAction {
  const read = (field: string) => {
    const texts = reader.texts(field);
    for (const [index, text] of texts.entries())
      if (!parseCidr(text) && !parseIp(text))
        reader.elementError('invalid-value', field, index, `\`${text}\` is neither an address nor a range`);
    return texts;
  };
  if (reader.has('allow') === reader.has('deny')) reader.error('invalid-value', 'allow', 'it has exactly one of `allow` and `deny`');
  return { type: 'accessControl', allow: read('allow'), deny: read('deny') };
}

/** `validateRateLimit`. */
function readRateLimit(reader: ObjectReader): NginxPolicyAction {
  const rate = need(reader, 'rate');
  if (rate !== '' && !/^[1-9]\d*r\/[sm]$/.test(rate)) reader.error('invalid-value', 'rate', `\`${rate}\` is no rate, such as \`10r/s\``);
  for (const field of ['key', 'zoneSize']) need(reader, field);
  reader.integer('rejectCode', 400, 599);
  return { type: 'rateLimit' };
}

/** `validateJWT`. */
function readJwt(reader: ObjectReader): NginxPolicyAction {
  need(reader, 'realm');
  const [secret, uri] = [reader.filledText('secret'), reader.filledText('jwksURI')];
  if ((secret === undefined) === (uri === undefined))
    reader.error('invalid-value', 'secret', 'it has exactly one of `secret` and `jwksURI`');
  if (uri !== undefined) need(reader, 'keyCache');
  return {
    type: 'authentication',
    by: 'jwt',
    secret: secret === undefined ? undefined : { name: secret, type: 'nginx.org/jwk' },
    hasSignIn: false,
  };
}

/** `validateIngressMTLS`. */
function readIngressMtls(reader: ObjectReader): NginxPolicyAction {
  const verifyClient = reader.oneOf('verifyClient', ['on', 'off', 'optional', 'optional_no_ca']) ?? 'on';
  return { type: 'ingressMTLS', secret: need(reader, 'clientCertSecret'), verifyClient };
}

/** `validateEgressMTLS`. */
function readEgressMtls(reader: ObjectReader): NginxPolicyAction {
  const verifies = reader.boolean('verifyServer') ?? false;
  return {
    type: 'egressMTLS',
    tlsSecret: reader.filledText('tlsSecret'),
    trustedSecret: verifies ? need(reader, 'trustedCertSecret') : reader.filledText('trustedCertSecret'),
    verifies,
    sendsName: reader.boolean('serverName') ?? false,
    sslName: reader.filledText('sslName'),
  };
}

/** `validateOIDC`, `validatePKCE`. */
function readOidc(reader: ObjectReader): NginxPolicyAction {
  for (const field of ['authEndpoint', 'tokenEndpoint', 'jwksURI', 'clientID']) need(reader, field);
  const isPublic = reader.boolean('pkceEnable') ?? false;
  if (isPublic && reader.has('clientSecret')) reader.error('invalid-value', 'clientSecret', 'it cannot be used together with `pkceEnable`');
  return {
    type: 'authentication',
    by: 'oidc',
    secret: isPublic ? undefined : needed(reader, 'clientSecret', 'nginx.org/oidc'),
    hasSignIn: true,
  };
}

/** `validateAPIKey`. */
function readApiKey(reader: ObjectReader): NginxPolicyAction {
  const supplied = reader.object('suppliedIn');
  if (!supplied?.has('header') && !supplied?.has('query')) reader.error('missing-field', 'suppliedIn', 'it needs a `header` or a `query`');
  return { type: 'authentication', by: 'apiKey', secret: needed(reader, 'clientSecret', 'nginx.org/apikey'), hasSignIn: false };
}

/** `generateCORSHeaders` of `internal/configs/policy.go`. */
function readCors(reader: ObjectReader): NginxCors {
  const list = (field: string, name: string) => {
    const texts = reader.texts(field);
    return texts.length === 0 ? [] : [[name, texts.join(', ')] as const];
  };
  const [credentials, age] = [reader.boolean('allowCredentials'), reader.integer('maxAge', 0, Number.MAX_SAFE_INTEGER)];
  return {
    type: 'cors',
    origins: reader.texts('allowOrigin'),
    headers: [
      ...list('allowMethods', 'Access-Control-Allow-Methods'),
      ...list('allowHeaders', 'Access-Control-Allow-Headers'),
      ...(credentials === undefined ? [] : [['Access-Control-Allow-Credentials', String(credentials)] as const]),
      ...list('exposeHeaders', 'Access-Control-Expose-Headers'),
      ...(age === undefined ? [] : [['Access-Control-Max-Age', String(age)] as const]),
    ],
  };
}

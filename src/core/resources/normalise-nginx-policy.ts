import type { ObjectRef } from '../kernel/object-ref.js';
import { inBrief } from '../kernel/in-brief.js';
import { parseCidr } from '../net/cidr.js';
import { parseIp } from '../net/ip.js';
import { checkNginxFields, isUsed } from './internal/nginx-fields.js';
import { qualifiedNameFault, text } from './nginx-texts.js';
import { NGINX_POLICY_FIELDS } from './internal/nginx-policy-fields.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';
import type { NginxAuthentication, NginxCors, NginxFlag, NginxNeed, NginxPolicy, NginxPolicyAction, NginxSecret } from './nginx-policy.js';

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
  if (own) checkNginxFields(own, NGINX_POLICY_FIELDS[field] ?? {});
  const className = spec.filledText('ingressClassName');
  const needs = own ? needsOf(field, own) : [];
  const read = {
    ...readResource(root, ref),
    kind: 'NginxPolicy' as const,
    namespace: ref.namespace ?? 'default',
    className,
    action,
    needs,
  };
  return { ...read, fault: root.findings.errorAfter(before) };
}

const READERS: Readonly<Record<string, (reader: ObjectReader) => NginxPolicyAction>> = {
  accessControl: readAccessControl,
  rateLimit: readRateLimit,
  jwt: readJwt,
  basicAuth: (reader) => asking('basicAuth', [neededSecret(reader, 'secret', 'nginx.org/htpasswd')]),
  ingressMTLS: (reader) => ({
    type: 'ingressMTLS',
    secret: need(reader, 'clientCertSecret'),
    verifyClient: reader.filledText('verifyClient') ?? 'on',
  }),
  egressMTLS: readEgressMtls,
  externalAuth: readExternalAuth,
  oidc: readOidc,
  oidcNative: readOidcNative,
  apiKey: readApiKey,
  waf: readFirewall,
  cache: () => ({ type: 'cache' }),
  cors: readCors,
  hsts: readHsts,
};

/** Types of which NGINX Plus alone has a part, or that a flag turns on (`gateCheck` of `policyFields`). */
const FLAGS: Readonly<Record<string, readonly NginxFlag[]>> = {
  jwt: ['nginx-plus'],
  oidc: ['nginx-plus', 'enable-oidc'],
  oidcNative: ['nginx-plus', 'enable-oidc'],
  waf: ['nginx-plus', 'enable-app-protect'],
};

function needsOf(field: string, own: ObjectReader): readonly NginxNeed[] {
  const ofPlus = [
    ...(field === 'rateLimit' && own.object('condition')?.has('jwt') ? ['condition.jwt'] : []),
    ...(field === 'cache' && own.texts('cachePurgeAllow').length > 0 ? ['cachePurgeAllow'] : []),
  ];
  return [
    ...(FLAGS[field] ?? []).map((flag) => ({ flag, field })),
    ...ofPlus.map((part): NginxNeed => ({ flag: 'nginx-plus', field: part })),
  ];
}

function need(reader: ObjectReader, field: string): string {
  const text = reader.filledText(field);
  if (text === undefined) reader.error('missing-field', field, `it needs \`${field}\``);
  return text ?? '';
}

function neededSecret(reader: ObjectReader, field: string, type: string): NginxSecret {
  return { namespace: undefined, name: need(reader, field), type };
}

const asking = (by: NginxAuthentication['by'], secrets: readonly NginxSecret[], hasSignIn = false): NginxAuthentication => ({
  type: 'authentication',
  by,
  secrets,
  asked: undefined,
  hasSignIn,
});

/** Authorities of a server that is asked, by whose Secret it is believed where it has to prove who it is (`sslVerify`). */
function trustedSecret(reader: ObjectReader): readonly NginxSecret[] {
  const [first, second] = (reader.filledText('trustedCertSecret') ?? '').split('/');
  if (first === undefined || first === '' || reader.boolean('sslVerify') !== true) return [];
  return [{ namespace: second === undefined ? undefined : first, name: second ?? first, type: 'nginx.org/ca' }];
}

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
  const condition = reader.object('condition');
  if (condition && condition.has('jwt') === condition.has('variables'))
    reader.error('invalid-value', 'condition', 'a condition has exactly one of `jwt` and `variables`');
  return { type: 'rateLimit' };
}

/** `ValidateURI` with `https` as its only scheme, and the one that is meant where none is named; nobody's name stands in it. */
function isNameOfHttps(name: string): boolean {
  const [, scheme = 'https', server = ''] = /^(?:([A-Za-z][\w+.-]*):\/\/)?([^/?#]*)/.exec(name) ?? [];
  return scheme.toLowerCase() === 'https' && /^[^\s@:]+(?::\d{1,5})?$/.test(server);
}

/** `validateJWT`. */
function readJwt(reader: ObjectReader): NginxPolicyAction {
  const [secret, uri] = [reader.filledText('secret'), reader.filledText('jwksURI')];
  const verifies = reader.boolean('sslVerify') ?? false;
  if ((secret === undefined) === (uri === undefined))
    reader.error('invalid-value', 'secret', 'it has exactly one of `secret` and `jwksURI`');
  if (uri !== undefined) need(reader, 'keyCache');
  for (const field of uri === undefined ? ['keyCache', 'sniEnabled', 'sniName'] : [])
    if (reader.filledText(field) !== undefined || reader.raw(field) === true)
      reader.error('invalid-value', field, 'it belongs to `jwksURI`, and not to a `secret`');
  if (uri !== undefined && reader.filledText('sniName') !== undefined && reader.boolean('sniEnabled') !== true)
    reader.error('invalid-value', 'sniName', 'it says nothing without `sniEnabled`');
  const sniName = reader.boolean('sniEnabled') === true ? reader.filledText('sniName') : undefined;
  if (uri !== undefined && sniName !== undefined && !isNameOfHttps(sniName))
    reader.error('invalid-value', 'sniName', `\`${inBrief(sniName)}\` is no name of a server of https`);
  if (uri !== undefined && reader.filledText('trustedCertSecret') !== undefined && !verifies)
    reader.error('invalid-value', 'sslVerify', '`trustedCertSecret` needs it to be true');
  const own = secret === undefined ? [] : [{ namespace: undefined, name: secret, type: 'nginx.org/jwk' }];
  return asking('jwt', [...own, ...(uri === undefined ? [] : trustedSecret(reader))]);
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

/** `validateExternalAuth`, `validateExternalAuthSSLFields`: a path at a Service. Before version 5.5 was done it was a URL. */
function readExternalAuth(reader: ObjectReader): NginxPolicyAction {
  if (reader.filledText('authURL') === undefined) for (const field of ['authURI', 'authServiceName']) need(reader, field);
  const [isTls, verifies] = [reader.boolean('sslEnabled') ?? false, reader.boolean('sslVerify') ?? false];
  if (verifies && !isTls) reader.error('invalid-value', 'sslVerify', 'it needs `sslEnabled`');
  if (reader.filledText('trustedCertSecret') !== undefined && !(isTls && verifies))
    reader.error('invalid-value', 'trustedCertSecret', 'it needs `sslEnabled` and `sslVerify`');
  const signIn = reader.filledText('authSigninURI') ?? reader.filledText('authSigninURL');
  const [first, second] = (reader.filledText('authServiceName') ?? '').split('/');
  const asked = first ? { namespace: second === undefined ? undefined : first, name: second ?? first } : undefined;
  return { ...asking('externalAuth', trustedSecret(reader), signIn !== undefined), asked };
}

/** `validateQueryString`: what Go's `url.ParseQuery` takes. */
const isQuery = (text: string) => !text.includes(';') && !/%(?![0-9A-Fa-f]{2})/.test(text);

/** `validateOIDC`, `validatePKCE`. */
function readOidc(reader: ObjectReader): NginxPolicyAction {
  const isPublic = reader.boolean('pkceEnable') ?? false;
  if (isPublic && reader.filledText('clientSecret') !== undefined)
    reader.error('invalid-value', 'clientSecret', 'it cannot be used together with `pkceEnable`');
  if (reader.filledText('postLogoutRedirectURI') !== undefined && reader.filledText('endSessionEndpoint') === undefined)
    reader.error('invalid-value', 'postLogoutRedirectURI', 'it needs `endSessionEndpoint`');
  for (const [index, text] of reader.texts('authExtraArgs').entries())
    if (!isQuery(text))
      reader.elementError('invalid-value', 'authExtraArgs', index, `\`${inBrief(text)}\` is no part of a query, such as \`prompt=login\``);
  const own = isPublic ? [] : [neededSecret(reader, 'clientSecret', 'nginx.org/oidc')];
  return asking('oidc', [...own, ...trustedSecret(reader)], true);
}

/** OpenID Connect of NGINX Plus itself (docs.nginx.com "OIDCNative"). */
function readOidcNative(reader: ObjectReader): NginxPolicyAction {
  const secret = reader.filledText('clientSecret');
  const own = secret === undefined ? [] : [{ namespace: undefined, name: secret, type: 'nginx.org/oidc' }];
  const trusted = reader.filledText('trustedCertSecret');
  const authorities = trusted === undefined ? [] : [{ namespace: undefined, name: trusted, type: 'nginx.org/ca' }];
  return asking('oidcNative', [...own, ...authorities], true);
}

/** `validateAPIKey`. */
function readApiKey(reader: ObjectReader): NginxPolicyAction {
  const supplied = reader.object('suppliedIn');
  if (!supplied?.has('header') && !supplied?.has('query')) reader.error('missing-field', 'suppliedIn', 'it needs a `header` or a `query`');
  return asking('apiKey', [neededSecret(reader, 'clientSecret', 'nginx.org/apikey')]);
}

/** `validateWAF`. */
function readFirewall(reader: ObjectReader): NginxPolicyAction {
  if (isUsed(reader, 'apPolicy') && isUsed(reader, 'apBundle'))
    reader.error('invalid-value', 'apPolicy', 'it has at most one of `apPolicy` and `apBundle`');
  const logs = [reader.object('securityLog'), ...reader.objects('securityLogs')];
  for (const log of logs) if (log) checkSecurityLog(log, isUsed(reader, 'apBundle'));
  return { type: 'waf' };
}

/** `validateLogConf`: an object of the cluster, or, of a firewall that is a bundle, a bundle. */
function checkSecurityLog(log: ObjectReader, isOfBundle: boolean): void {
  const [odd, right] = isOfBundle ? ['apLogConf', 'apLogBundle'] : ['apLogBundle', 'apLogConf'];
  if (isUsed(log, odd))
    log.error('invalid-value', odd, `beside \`${isOfBundle ? 'apBundle' : 'apPolicy'}\` it is \`${right}\` that says what is logged`);
  checkNginxFields(log, { apLogConf: text(qualifiedNameFault), apLogBundle: text(qualifiedNameFault) });
}

/** `validateCORS`, `generateCORSHeaders` of `internal/configs/policy.go`. */
function readCors(reader: ObjectReader): NginxCors {
  const list = (field: string, name: string) => {
    const texts = reader.texts(field);
    return texts.length === 0 ? [] : [[name, texts.join(', ')] as const];
  };
  const [origins, methods] = [reader.texts('allowOrigin'), reader.texts('allowMethods')];
  if (new Set(origins).size < origins.length) reader.error('duplicate', 'allowOrigin', 'an origin is there twice');
  if (methods.includes('GET') && methods.includes('HEAD'))
    reader.error('invalid-value', 'allowMethods', 'HEAD is allowed by GET, and not named beside it');
  const [credentials, age] = [reader.boolean('allowCredentials'), reader.integer('maxAge', 0, Number.MAX_SAFE_INTEGER)];
  return {
    type: 'cors',
    origins,
    headers: [
      ...list('allowMethods', 'Access-Control-Allow-Methods'),
      ...list('allowHeaders', 'Access-Control-Allow-Headers'),
      ...(credentials === undefined ? [] : [['Access-Control-Allow-Credentials', String(credentials)] as const]),
      ...list('exposeHeaders', 'Access-Control-Expose-Headers'),
      ...(age === undefined ? [] : [['Access-Control-Max-Age', String(age)] as const]),
    ],
  };
}

const A_YEAR = 31_536_000;

/** `validateHSTS`, and the rules of the CRD (`validation/crd/policy_hsts_test.go`). */
function readHsts(reader: ObjectReader): NginxPolicyAction {
  const age = reader.integer('maxAge', 0, Number.MAX_SAFE_INTEGER);
  if (!reader.has('maxAge')) reader.error('missing-field', 'maxAge', 'it needs `maxAge`');
  const [subdomains, preload] = [reader.boolean('includeSubDomains') ?? false, reader.boolean('preload') ?? false];
  if (preload && !subdomains) reader.error('invalid-value', 'preload', 'it needs `includeSubDomains`');
  if (preload && age !== undefined && age < A_YEAR) reader.error('invalid-value', 'preload', `it needs a \`maxAge\` of at least ${A_YEAR}`);
  const value = `max-age=${age ?? 0}${subdomains ? '; includeSubDomains' : ''}${preload ? '; preload' : ''}`;
  return { type: 'hsts', value, behindProxy: reader.boolean('behindProxy') ?? false };
}

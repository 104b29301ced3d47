import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../kernel/json.js';
import { normaliseObject } from './normalise-object.js';

/** Where a Policy is wrong. */
function errorsOf(spec: JsonObject): readonly string[] {
  const object = { apiVersion: 'k8s.nginx.org/v1', kind: 'Policy', metadata: { name: 'p', namespace: 'n' }, spec };
  return normaliseObject(object).diagnostics.flatMap(({ severity, pointer = '' }) => (severity === 'error' ? pointer : []));
}

const rate = (more: JsonObject) => ({ rateLimit: { rate: '10r/s', zoneSize: '10M', key: '${request_uri}', ...more } });
const jwt = (more: JsonObject) => ({ jwt: { realm: 'My Product API', secret: 'my-jwk', ...more } });
const jwks = (more: JsonObject) => ({ jwt: { realm: 'My Product API', jwksURI: 'https://idp.com/token', keyCache: '1h', ...more } });
const mtls = (more: JsonObject) => ({ ingressMTLS: { clientCertSecret: 'mtls-secret', ...more } });
const oidc = (more: JsonObject) => ({
  oidc: {
    authEndpoint: 'https://foo.com/auth',
    tokenEndpoint: 'https://foo.com/token',
    jwksURI: 'https://foo.com/certs',
    clientID: 'random-id',
    clientSecret: 'my-secret',
    ...more,
  },
});
const cors = (more: JsonObject) => ({ cors: { allowOrigin: ['https://example.com'], ...more } });
const ask = (more: JsonObject) => ({ externalAuth: { authURI: '/auth', authServiceName: 'auth/verifier', ...more } });

/** Tables of nginx/kubernetes-ingress `pkg/apis/configuration/validation/policy_test.go`: `TestValidate…_PassesOnValidInput`, `…_FailsOnInvalidInput`. */
describe('a Policy', () => {
  it.each<[type: string, good: JsonObject]>([
    ['a rate', rate({})],
    ['a rate of minutes', rate({ rate: '100r/m', delay: 5, burst: 10, logLevel: 'info', rejectCode: 505 })],
    ['a zone of 32k', rate({ zoneSize: '32' })],
    ['a rate by claims', rate({ condition: { jwt: { claim: 'sub', match: 'Gold' } } })],
    ['a rate by a key', rate({ key: '${apikey_client_name}' })],
    ['a name of a server', jwks({ sniEnabled: true, sniName: 'idp.com' })],
    ['a URL as the name of a server', jwks({ sniEnabled: true, sniName: 'https://idp.com:8443/token' })],
    ['arguments of a sign-in', oidc({ authExtraArgs: ['prompt=login', 'max_age=%20'] })],
    ['logs of a firewall', { waf: { enable: true, apPolicy: 'a', securityLogs: [{ enable: true, apLogConf: 'ns/b' }] } }],
    ['logs of a bundle', { waf: { enable: true, apBundle: 'a', securityLog: { enable: true, apLogBundle: 'b' } } }],
    ['a token', jwt({ token: '$cookie_auth_token' })],
    ['keys of a provider', jwks({ sniEnabled: true, sniName: 'https://ipd.com:9999' })],
    ['certificates', mtls({ verifyClient: 'optional', verifyDepth: 2 })],
    ['a sign-in', oidc({ scope: 'openid+profile+email', redirectURI: '/_codexch', zoneSyncLeeway: 20 })],
    ['a sign-in without secret', oidc({ clientSecret: '', pkceEnable: true })],
    ['origins', cors({ allowOrigin: ['https://*.example.com:8443', 'http://localhost:3000'], allowHeaders: ['*'] })],
    ['any origin', cors({ allowOrigin: ['*'] })],
    ['a service that is asked', ask({ sslEnabled: true, sslVerify: true, trustedCertSecret: 'auth/ca' })],
    ['https alone', { hsts: { maxAge: 31536000, includeSubDomains: true, preload: true } }],
    ['a firewall', { waf: { enable: true, apPolicy: 'ns1/waf-pol' } }],
    [
      'a cache',
      { cache: { cacheZoneName: 'z', cacheZoneSize: '1m', inactive: '60m', maxSize: '10g', cacheUseStale: ['error', 'updating'] } },
    ],
  ])('is good: %s', (_type, good) => {
    expect(errorsOf(good)).toEqual([]);
  });

  it.each<[bad: JsonObject, at: string]>([
    [rate({ rate: '0r/s' }), 'rateLimit/rate'],
    [rate({ rate: '10r/ms' }), 'rateLimit/rate'],
    [rate({ key: '${fail}' }), 'rateLimit/key'],
    [rate({ key: '${arg_}' }), 'rateLimit/key'],
    [rate({ delay: 0 }), 'rateLimit/delay'],
    [rate({ burst: 0 }), 'rateLimit/burst'],
    [rate({ zoneSize: '31k' }), 'rateLimit/zoneSize'],
    [rate({ zoneSize: '0M' }), 'rateLimit/zoneSize'],
    [rate({ rejectCode: 600 }), 'rateLimit/rejectCode'],
    [rate({ logLevel: 'info error' }), 'rateLimit/logLevel'],
    [rate({ condition: { default: false } }), 'rateLimit/condition'],
    [jwt({ realm: '' }), 'jwt/realm'],
    [jwt({ realm: 'My "Product API' }), 'jwt/realm'],
    [jwt({ realm: 'My Product ${api}' }), 'jwt/realm'],
    [jwt({ secret: 'my-"jwk' }), 'jwt/secret'],
    [jwt({ secret: '' }), 'jwt/secret'],
    [jwt({ token: '$uri' }), 'jwt/token'],
    [jwt({ token: '$http_token$http_token' }), 'jwt/token'],
    [jwt({ keyCache: '1h' }), 'jwt/keyCache'],
    [jwks({ secret: 'my-jwk' }), 'jwt/secret'],
    [jwks({ keyCache: '1k' }), 'jwt/keyCache'],
    [jwks({ keyCache: 'oneM' }), 'jwt/keyCache'],
    [jwks({ jwksURI: 'myidp' }), 'jwt/jwksURI'],
    [jwks({ sniName: 'https://idp.com' }), 'jwt/sniName'],
    [jwks({ trustedCertSecret: 'ca' }), 'jwt/sslVerify'],
    [mtls({ clientCertSecret: '-foo-' }), 'ingressMTLS/clientCertSecret'],
    [mtls({ verifyClient: 'foo' }), 'ingressMTLS/verifyClient'],
    [mtls({ verifyDepth: -1 }), 'ingressMTLS/verifyDepth'],
    [oidc({ authEndpoint: 'foo' }), 'oidc/authEndpoint'],
    [oidc({ scope: 'profile' }), 'oidc/scope'],
    [oidc({ clientID: '$foo' }), 'oidc/clientID'],
    [oidc({ pkceEnable: true }), 'oidc/clientSecret'],
    [oidc({ postLogoutRedirectURI: '/out' }), 'oidc/postLogoutRedirectURI'],
    [cors({ allowOrigin: ['example.com'] }), 'cors/allowOrigin/0'],
    [cors({ allowOrigin: ['https://a.*.com'] }), 'cors/allowOrigin/0'],
    [cors({ allowOrigin: ['https://a.com/x'] }), 'cors/allowOrigin/0'],
    [cors({ allowOrigin: ['https://a.com', 'https://a.com'] }), 'cors/allowOrigin'],
    [cors({ allowMethods: ['GET', 'TRACE'] }), 'cors/allowMethods/1'],
    [cors({ allowMethods: ['GET', 'HEAD'] }), 'cors/allowMethods'],
    [cors({ allowHeaders: ['Cookie'] }), 'cors/allowHeaders/0'],
    [cors({ exposeHeaders: ['Set-Cookie'] }), 'cors/exposeHeaders/0'],
    [ask({ authURI: '' }), 'externalAuth/authURI'],
    [ask({ authServiceName: 'a/b/c' }), 'externalAuth/authServiceName'],
    [ask({ sslVerify: true }), 'externalAuth/sslVerify'],
    // `TestPolicyHSTS_CRDValidation`
    [{ hsts: {} }, 'hsts/maxAge'],
    [{ hsts: { maxAge: -1 } }, 'hsts/maxAge'],
    [{ hsts: { maxAge: 31536000, preload: true } }, 'hsts/preload'],
    [{ hsts: { maxAge: 3600, preload: true, includeSubDomains: true } }, 'hsts/preload'],
    [{ waf: { enable: true, apPolicy: 'a', apBundle: 'b' } }, 'waf/apPolicy'],
    // `validateLogConf` (TestValidateWAF_FailsOnPresentBothApLogBundleAndApLogConf)
    [{ waf: { enable: true, apPolicy: 'a', securityLog: { enable: true, apLogBundle: 'b' } } }, 'waf/securityLog/apLogBundle'],
    [{ waf: { enable: true, apBundle: 'a', securityLogs: [{ enable: true, apLogConf: 'b' }] } }, 'waf/securityLogs/0/apLogConf'],
    [{ waf: { enable: true, apPolicy: 'a', securityLogs: [{ enable: true, apLogConf: 'a/b/c' }] } }, 'waf/securityLogs/0/apLogConf'],
    // `validateQueryString` is `url.ParseQuery`
    [oidc({ authExtraArgs: ['prompt=login', 'a;b'] }), 'oidc/authExtraArgs/1'],
    [oidc({ authExtraArgs: ['a=%2'] }), 'oidc/authExtraArgs/0'],
    // `ValidateURI`: https alone, and nobody's name
    [jwks({ sniEnabled: true, sniName: 'http://idp.com' }), 'jwt/sniName'],
    [jwks({ sniEnabled: true, sniName: 'https://me@idp.com' }), 'jwt/sniName'],
    [jwks({ sniEnabled: true, sniName: 'https://' }), 'jwt/sniName'],
    [{ cache: { cacheZoneName: 'z', cacheUseStale: ['never'] } }, 'cache/cacheUseStale/0'],
  ])('is refused: %j', (bad, at) => {
    expect(errorsOf(bad)).toEqual([`/spec/${at}`]);
  });
});

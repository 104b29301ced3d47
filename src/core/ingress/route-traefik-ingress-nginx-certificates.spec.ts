import { describe, expect, it } from 'vitest';
import { type AskedNginx, routeNginx } from '../../../test/support/ask-ingress-nginx.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const ROOT = 'a : foo.com Prefix / -> s';
const CA: KubernetesObject = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'ca', namespace: 't' }, data: { 'ca.crt': 'eA==' } };

describe("certificates of clients, passed on by Traefik's ingress-nginx provider", () => {
  /** `buildAuthTLSPassCert`; `pkg/middlewares/ingressnginx/authtlspasscertificatetoupstream`, ServeHTTP and `deleteManagedHeaders`. */
  it.each<[annotations: Readonly<Record<string, string>>, asked: AskedNginx, url: string, expected: readonly string[]]>([
    [{ 'auth-tls-verify-client': 'optional' }, { certificate: '' }, 'https://foo.com/', ['Ssl-Client-Verify: NONE']],
    [{ 'auth-tls-verify-client': 'off' }, {}, 'https://foo.com/', ['Ssl-Client-Verify: NONE']],
    [
      {},
      {},
      'https://foo.com/',
      [
        'Ssl-Client-Verify: {verify}',
        'Ssl-Client-Subject-Dn: {subject}',
        'Ssl-Client-Issuer-Dn: {issuer}',
        'Ssl-Client-Cert: {certificate}',
      ],
    ],
    // the router without TLS has no such middleware
    [{}, {}, 'http://foo.com/', ['ssl_client_verify: SUCCESS', 'SSL-Client-Cert: x']],
    [{ 'auth-tls-pass-certificate-to-upstream': 'false' }, {}, 'https://foo.com/', ['ssl_client_verify: SUCCESS', 'SSL-Client-Cert: x']],
  ])('tells the backend of the certificate of the client: %j %j %s', (annotations, asked, url, expected) => {
    const all = { 'auth-tls-secret': 't/ca', 'auth-tls-pass-certificate-to-upstream': 'true', 'ssl-redirect': 'false', ...annotations };
    const headers = [
      ['ssl_client_verify', 'SUCCESS'],
      ['SSL-Client-Cert', 'x'],
    ] as const;
    const { result } = routeNginx(ROOT, { a: all }, url, { dialect: 'traefik-ingress-nginx', objects: [CA], headers, ...asked });
    expect(result.forwarded?.headers.filter((line) => /^ssl.client/i.test(line))).toEqual(expected);
  });
});

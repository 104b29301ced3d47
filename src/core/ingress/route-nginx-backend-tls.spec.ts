import { describe, expect, it } from 'vitest';
import { requestFor } from '../../../test/support/ask-route.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { withNginx } from '../../../test/support/route-lint.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { route } from './route.js';

const secret = (name: string, ...keys: string[]): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 't' },
  data: Object.fromEntries(keys.map((key) => [key, 'eA=='])),
});
const SECRETS = [secret('pair', 'tls.crt', 'tls.key', 'ca.crt'), secret('authority', 'ca.crt'), secret('half', 'tls.crt')];

function ask(annotations: Readonly<Record<string, string>>, url = 'http://foo.com/') {
  const model = modelOf([...withNginx(ingressCluster('a : foo.com Prefix / -> w'), { a: annotations }), ...SECRETS]);
  const answer = route(model, { request: requestFor(url), class: 'c', dialect: 'ingress-nginx' });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}
const tlsOf = (...asked: Parameters<typeof ask>) => ask(...asked).result.backends[0]?.tls;

/** kubernetes/ingress-nginx `internal/ingress/annotations/backendprotocol/main.go`, `proxyssl/main.go`; annotations.md, "Backend Protocol", "Backend Certificate Authentication". */
describe('the TLS of ingress-nginx with a backend', () => {
  const PLAIN = { sni: null, policy: null, names: [], clientCertificate: null };

  it.each([
    ['HTTP', null],
    ['GRPC', null],
    ['FCGI', null],
    ['https', PLAIN],
    ['GRPCS', PLAIN],
    ['HTTPSS', null],
    ['AUTO_HTTP', null],
  ])('is that of `backend-protocol: %s`', (protocol, tls) => {
    expect(tlsOf({ 'backend-protocol': protocol })).toEqual(tls);
  });

  it.each([
    ['GRPCS', 'GRPC'],
    ['FCGI', 'FCGI'],
    ['AUTO_HTTP', 'HTTP'],
  ])('carries what `backend-protocol: %s` says', (protocol, spoken) => {
    expect(ask({ 'backend-protocol': protocol }).result.backends[0]?.protocol).toBe(spoken);
  });

  it('is as the request came where it is AUTO_HTTP', () => {
    expect(tlsOf({ 'backend-protocol': 'AUTO_HTTP' }, 'https://foo.com/')).toEqual(PLAIN);
  });

  it('shows the certificate of `proxy-ssl-secret`, and checks the name by its authority', () => {
    const secured = { 'backend-protocol': 'HTTPS', 'proxy-ssl-secret': 't/pair' };
    expect(tlsOf(secured)).toEqual({ ...PLAIN, clientCertificate: 't/pair' });
    const strict = { ...secured, 'proxy-ssl-verify': 'on', 'proxy-ssl-server-name': 'on', 'proxy-ssl-name': 'w.internal' };
    expect(tlsOf(strict)).toEqual({ sni: 'w.internal', policy: null, names: ['w.internal'], clientCertificate: 't/pair' });
    expect(tlsOf({ ...strict, 'proxy-ssl-secret': 't/authority' })).toMatchObject({ names: ['w.internal'], clientCertificate: null });
    // the parser returns before it reads anything else
    expect(tlsOf({ 'backend-protocol': 'HTTPS', 'proxy-ssl-server-name': 'on', 'proxy-ssl-name': 'w.internal' })).toEqual(PLAIN);
  });

  it.each([
    ['pair', 'is `namespace/name`'],
    ['other/pair', 'is not in the namespace `t`'],
    ['t/gone', 'there is no Secret t/gone'],
    ['t/half', 'holds neither'],
  ])('makes the location answer 503 with `proxy-ssl-secret: %s`', (name, why) => {
    const { verdict, result, evidence } = ask({ 'proxy-ssl-secret': name });
    expect([verdict, result.status]).toEqual(['REFUSED', 503]);
    expect(evidence.find(({ reason }) => reason === 'ANNOTATION_INVALID')?.message).toContain(why);
  });

  /** `controller.go`, getBackendServers: `server.ProxySSL` is that of the first Ingress with authorities; `nginx.tmpl`: it stands in the server, and locations inherit it. */
  it('is that of the first Ingress of the host, where another has none of its own', () => {
    const rules = 'a@2026-01-01 : foo.com Prefix / -> w\nb@2026-01-02 : foo.com Prefix /b -> w\nb : bar.com Prefix /b -> w';
    const annotations = { a: { 'proxy-ssl-secret': 't/pair', 'proxy-ssl-verify': 'on' }, b: { 'backend-protocol': 'HTTPS' } };
    const asked = (url: string, options: Readonly<Record<string, string>> = {}) => {
      const controllers = [{ class: 'c', dialect: 'ingress-nginx', options }];
      const model = modelOf([...withNginx(ingressCluster(rules), annotations), ...SECRETS], { ingress: { controllers } });
      const answer = route(model, { request: requestFor(url), class: 'c', dialect: 'ingress-nginx' });
      return answer.ok ? answer.value.result.backends[0]?.tls : undefined;
    };
    expect(asked('http://foo.com/b')).toEqual({ ...PLAIN, names: ['upstream_balancer'], clientCertificate: 't/pair' });
    expect(asked('http://bar.com/b')).toEqual(PLAIN);
    expect(asked('http://foo.com/b', { 'proxy-ssl-location-only': 'true' })).toEqual(PLAIN);
  });
});

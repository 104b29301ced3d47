import { describe, expect, it } from 'vitest';
import { type AskedNginx, askNginx } from '../../../test/support/ask-ingress-nginx.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const RULES = 'a : foo.com Prefix / -> s';
const foreign = (name: string, ...keys: readonly string[]): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'u' },
  stringData: Object.fromEntries(keys.map((key) => [key, 'x'])),
});
const OBJECTS = [foreign('ca', 'ca.crt'), foreign('users', 'auth'), foreign('empty', 'other')];
const CROSSING = { 'allow-cross-namespace-resources': 'true' };
const URL = 'https://foo.com/x';

type Annotations = Readonly<Record<string, string>>;

const ask = (annotations: Annotations, options: AskedNginx['options'] = {}) =>
  askNginx(RULES, { a: annotations }, URL, { objects: OBJECTS, options, certificate: '' });

/**
 * kubernetes/ingress-nginx `docs/user-guide/nginx-configuration/configmap.md`, `allow-cross-namespace-resources`: "Annotations that may be impacted: auth-secret, auth-proxy-set-header,
 * auth-tls-secret, fastcgi-params-configmap, proxy-ssl-secret"; each package's `Parse` (`secCfg.AllowCrossNamespaceResources`). Since v1.12 it is off unless it is told.
 */
describe('what an annotation names in another namespace', () => {
  it.each<[annotations: Annotations, closed: string, open: string]>([
    [{ 'auth-tls-secret': 'u/ca' }, 'REFUSED 403', 'REFUSED 400'],
    [{ 'auth-type': 'basic', 'auth-secret': 'u/users' }, 'REFUSED 503', 'ROUTED s'],
    [{ 'auth-type': 'basic', 'auth-secret': 'u/empty' }, 'REFUSED 503', 'REFUSED 503'],
    [{ 'auth-type': 'basic', 'auth-secret': 'u/none' }, 'REFUSED 503', 'REFUSED 503'],
    [{ 'proxy-ssl-secret': 'u/ca', 'backend-protocol': 'HTTPS' }, 'REFUSED 503', 'ROUTED s'],
    [{ 'auth-url': 'http://auth.t/', 'auth-proxy-set-headers': 'u/headers' }, 'REFUSED 503', 'ROUTED s'],
  ])('%j: %s, or %s where that is allowed', (annotations, closed, open) => {
    expect(ask(annotations)).toBe(closed);
    expect(ask(annotations, { 'allow-cross-namespace-resources': 'false', version: '1.11.0' })).toBe(closed);
    expect(ask(annotations, CROSSING)).toBe(open);
    expect(ask(annotations, { version: '1.11.0' })).toBe(open);
  });

  it.each<[named: string, expected: string]>([
    ['t/headers', 'ROUTED s'],
    // `GetConfigMap` looks for `namespace/name`
    ['headers', 'REFUSED 503'],
    ['t/headers/x', 'REFUSED 503'],
  ])('`auth-proxy-set-headers: %s`: %s', (named, expected) => {
    expect(ask({ 'auth-url': 'http://auth.t/', 'auth-proxy-set-headers': named })).toBe(expected);
    expect(ask({ 'auth-proxy-set-headers': named })).toBe('ROUTED s'); // nobody is asked
  });
});

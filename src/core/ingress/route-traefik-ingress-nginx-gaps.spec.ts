import { describe, expect, it } from 'vitest';
import { type AskedNginx, askNginx, routeNginx } from '../../../test/support/ask-ingress-nginx.js';

type Own = Readonly<Record<string, string>>;

const URL = 'http://foo.com/';
const ROOT = 'a : foo.com Prefix / -> s';
const DIALECTS = ['ingress-nginx', 'traefik-ingress-nginx'] as const;
const both = (rules: string, annotations: Readonly<Record<string, Own>>, url: string, asked: AskedNginx = {}) =>
  DIALECTS.map((dialect) => askNginx(rules, annotations, url, { ...asked, dialect }));

/** Reference T8, its sentences in their order; rules B3 and B7 to B9 for ingress-nginx. */
describe("Traefik's ingress-nginx provider", () => {
  it('takes all paths of a host for expressions where one is', () => {
    const rules = 'a : foo.com Impl /api/v[0-9] -> s ; b : foo.com Prefix /foo -> t';
    expect(both(rules, { a: { 'use-regex': 'true' } }, 'http://foo.com/FOObar')).toEqual(['ROUTED t', 'ROUTED t']);
    expect(both(rules, {}, 'http://foo.com/FOObar')).toEqual(['NOT_FOUND 404', 'NOT_FOUND 404']);
    const other = 'a : bar.com Impl /api/v[0-9] -> s ; b : foo.com Prefix /foo -> t';
    expect(both(other, { a: { 'use-regex': 'true' } }, 'http://foo.com/FOObar')).toEqual(['NOT_FOUND 404', 'NOT_FOUND 404']);
  });

  it('but goes by the length of the rule, where nginx takes the exact path first', () => {
    const rules = 'a : foo.com Impl /foo -> s ; b : foo.com Exact /foo -> t';
    expect(both(rules, { a: { 'use-regex': 'true' } }, 'http://foo.com/foo')).toEqual(['ROUTED t', 'ROUTED s']);
  });

  /** The documented gaps: what each does in ingress-nginx is not done, and that is told. */
  it.each<[own: Own, told: string]>([
    [{ 'denylist-source-range': '10.0.0.0/8' }, '`denylist-source-range`'],
    [{ satisfy: 'any' }, '`satisfy`'],
    [{ 'mirror-target': 'https://m.org' }, '`mirror-target`'],
    [{ 'mirror-host': 'm.org' }, '`mirror-host`'],
    [{ 'mirror-request-body': 'off' }, '`mirror-request-body`'],
    [{ 'auth-cache-key': '$remote_user' }, '`auth-cache-key`'],
    [{ 'auth-cache-duration': '200 1m' }, '`auth-cache-duration`'],
    [{ 'backend-protocol': 'FCGI' }, '`backend-protocol: FCGI`'],
    [{ 'backend-protocol': 'AUTO_HTTP' }, '`backend-protocol: AUTO_HTTP`'],
    [{ 'load-balance': 'ewma' }, '`load-balance`'],
    [{ 'affinity-canary-behavior': 'legacy' }, '`affinity-canary-behavior`'],
  ])('does not read %o', (own, told) => {
    const { verdict, result, warnings } = routeNginx(ROOT, { a: own }, URL, { dialect: 'traefik-ingress-nginx', client: '10.1.2.3' });
    expect([verdict, result.mirrors]).toEqual(['ROUTED', []]);
    const [only] = warnings.filter(({ code }) => code === 'ANNOTATION_NOT_SUPPORTED');
    expect(only?.message).toContain(told);
  });

  it('where ingress-nginx does', () => {
    const asked = (own: Own) => routeNginx(ROOT, { a: own }, URL, { client: '10.1.2.3' });
    expect(asked({ 'denylist-source-range': '10.0.0.0/8' }).result.status).toBe(403);
    expect(asked({ 'mirror-target': 'https://m.org/$request_uri' }).result.mirrors).toHaveLength(1);
  });
});

import { describe, expect, it } from 'vitest';
import { type NginxAnnotationsOf, routeNginx } from '../../../test/support/ask-ingress-nginx.js';
import type { RouteMirror } from './route-result.js';

const RULES = 'a : foo.com Prefix / -> web ; b : bar.com Prefix / -> copies';

function mirrorsOf(annotations: Readonly<Record<string, string>>, url = 'http://foo.com/x?q=1'): readonly RouteMirror[] {
  const asked: NginxAnnotationsOf = { a: annotations };
  return routeNginx(RULES, asked, url).result.mirrors;
}

const mirror = (more: Partial<RouteMirror>): RouteMirror => ({
  namespace: null,
  service: null,
  port: null,
  percent: 100,
  url: null,
  host: null,
  body: true,
  ...more,
});

describe('mirrors of ingress-nginx', () => {
  // kubernetes/ingress-nginx `internal/ingress/annotations/mirror/main_test.go`, TestParse
  it.each<[annotations: Readonly<Record<string, string>>, url: string, host: string]>([
    [{ 'mirror-target': 'https://test.env.com/$request_uri' }, 'https://test.env.com//x?q=1', 'test.env.com'],
    [{ 'mirror-target': 'https://test.env.com$request_uri' }, 'https://test.env.com/x?q=1', 'test.env.com'],
    [{ 'mirror-target': 'https://test.env.com:8080$request_uri' }, 'https://test.env.com:8080/x?q=1', 'test.env.com'],
    [{ 'mirror-target': 'https://test.env.com:8080/$request_uri' }, 'https://test.env.com:8080//x?q=1', 'test.env.com'],
    [
      { 'mirror-host': 'test.env.com', 'mirror-target': 'http://some.test.env.com/$someparam' },
      'http://some.test.env.com/$someparam',
      'test.env.com',
    ],
    [
      { 'mirror-target': 'http://some.test.env.com:2121/$someparam=1&$someotherparam=2' },
      'http://some.test.env.com:2121/$someparam=1&$someotherparam=2',
      'some.test.env.com',
    ],
    // the validator refuses such a host, and that of the target counts
    [
      { 'mirror-target': 'http://some.test.env.com/', 'mirror-host': '_sbrubles-i"@xpto:12345' },
      'http://some.test.env.com/?q=1',
      'some.test.env.com',
    ],
    // `test/e2e/annotations/mirror.go`: the query of the request follows a path without variables (ngx_http_proxy_module)
    [{ 'mirror-target': 'http://localhost/mirror' }, 'http://localhost/mirror?q=1', 'localhost'],
    [{ 'mirror-target': 'http://localhost' }, 'http://localhost/_mirror-{uid of the Ingress}?q=1', 'localhost'],
  ])('%j', (annotations, url, host) => {
    expect(mirrorsOf(annotations)).toEqual([mirror({ url, host })]);
  });

  it('of the parser’s table those without a target, or with one that is no URL, make no copy', () => {
    expect(mirrorsOf({ 'mirror-request-body': 'off' })).toEqual([]);
    expect(mirrorsOf({ 'mirror-target': 'IamNotAURL' })).toEqual([]);
    expect(routeNginx(RULES, { a: { 'mirror-target': 'IamNotAURL' } }, 'http://foo.com/').warnings.map(({ code }) => code)).toEqual([
      'ANNOTATION_NOT_MODELLED',
    ]);
  });

  it('`mirror-request-body: off` leaves the body out', () => {
    // `test/e2e/annotations/mirror.go`, "should disable mirror-request-body"
    expect(mirrorsOf({ 'mirror-target': 'http://localhost/mirror', 'mirror-request-body': 'off' })).toEqual([
      mirror({ url: 'http://localhost/mirror?q=1', host: 'localhost', body: false }),
    ]);
  });

  it.each([
    'http://copies.t.svc.cluster.local$request_uri',
    'http://copies.t.svc/x',
    'http://copies.t/x',
    'http://copies.t.svc.cluster.local./x',
  ])('%s is a Service of the cluster', (target) => {
    expect(mirrorsOf({ 'mirror-target': target })).toMatchObject([{ namespace: 't', service: 'copies', port: 80 }]);
  });

  // nginx asks the name server itself where variables stand in the text, without the search list of the pod
  it.each(['http://copies.t.svc$request_uri', 'http://copies$request_uri', 'http://copies/x', 'http://copies.other/x'])(
    '%s is none',
    (target) => {
      expect(mirrorsOf({ 'mirror-target': target })).toMatchObject([{ namespace: null, service: null, port: null }]);
    },
  );

  it('copies only what comes to a backend', () => {
    const target = { 'mirror-target': 'http://localhost/mirror' };
    expect(mirrorsOf({ ...target, 'permanent-redirect': 'http://x.com' })).toEqual([]);
    expect(mirrorsOf({ ...target, 'denylist-source-range': 'ww' })).toEqual([]);
    expect(routeNginx('a : foo.com Prefix / -> empty', { a: target }, 'http://foo.com/').result.mirrors).toEqual([]);
    const { evidence } = routeNginx(RULES, { a: target }, 'http://foo.com/');
    expect(evidence.find(({ reason }) => reason === 'MIRRORED')?.pointer).toBe(
      '/metadata/annotations/nginx.ingress.kubernetes.io~1mirror-target',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { type AskedNginx, askNginx, type NginxAnnotationsOf, routeNginx } from '../../../test/support/ask-ingress-nginx.js';

type Row = [rules: string, annotations: NginxAnnotationsOf, url: string, expected: string, asked?: AskedNginx];

const NAMED = 'a : foo.com Prefix / -> s';
const ANY = 'a : any Prefix / -> s';

/**
 * kubernetes/ingress-nginx `rootfs/etc/nginx/template/nginx.tmpl`: `location {{ $all.HealthzURI }} { return 200; }` and `location /nginx_status { allow 127.0.0.1; allow ::1; deny all; }` stand in the
 * server `_` alone; `pkg/flags/flags.go`, `--health-check-path`.
 */
const ROWS: Row[] = [
  [NAMED, {}, 'http://bar.com/healthz', 'ANSWERED 200'],
  [NAMED, {}, 'http://foo.com/healthz', 'ROUTED s'],
  [ANY, {}, 'http://bar.com/healthz', 'ANSWERED 200'],
  // a prefix of characters
  [ANY, {}, 'http://bar.com/healthz/x', 'ANSWERED 200'],
  [ANY, {}, 'http://bar.com/healthzy', 'ANSWERED 200'],
  [ANY, {}, 'http://bar.com/health', 'ROUTED s'],
  // exact locations go first, and so does the longer prefix (ngx_http_core_module, `location`)
  ['a : any Exact /healthz -> s', {}, 'http://bar.com/healthz', 'ROUTED s'],
  ['a : any Prefix /healthz -> s', {}, 'http://bar.com/healthz/x', 'ROUTED s'],
  ['a : any Prefix /healthz -> s', {}, 'http://bar.com/healthzy', 'ANSWERED 200'],
  // only `/healthz/` of an Ingress: the location of that very text takes it, and nothing adds a slash
  ['a : any Exact /healthz/ -> s', {}, 'http://bar.com/healthz', 'ANSWERED 200'],
  // expressions go before prefixes, and the default location is one of them (rule B9)
  [ANY, { a: { 'use-regex': 'true' } }, 'http://bar.com/healthz', 'ROUTED s'],
  [ANY, {}, 'http://bar.com/up', 'ANSWERED 200', { options: { 'health-check-path': '/up' } }],
  [ANY, {}, 'http://bar.com/healthz', 'ROUTED s', { options: { 'health-check-path': '/up' } }],
  [ANY, {}, 'http://bar.com/nginx_status', 'REFUSED 403', { client: '10.0.0.1' }],
  [ANY, {}, 'http://bar.com/nginx_status', 'REFUSED 403'],
  [ANY, {}, 'http://bar.com/nginx_status', 'ANSWERED 200', { client: '127.0.0.1' }],
  [ANY, {}, 'http://bar.com/nginx_status', 'ANSWERED 200', { client: '::1' }],
  [ANY, {}, 'http://bar.com/nginx_status', 'REFUSED 403', { client: '127.0.0.2' }],
  // the pages of the whole controller are those of this location, too
  [ANY, {}, 'http://bar.com/nginx_status', 'NOT_FOUND 404', { client: '10.0.0.1', options: { 'custom-http-errors': '403' } }],
];

/** ngx_http_ssl_module, `ssl_reject_handshake`, which `ssl-reject-handshake` turns on in the server `_` (`internal/ingress/controller/config/config.go`). */
const REJECTED: Row[] = [
  [NAMED, {}, 'https://bar.com/', 'CONNECTION_REFUSED', { options: { 'ssl-reject-handshake': 'true' } }],
  [NAMED, {}, 'https://foo.com/', 'CONNECTION_REFUSED', { options: { 'ssl-reject-handshake': 'true' }, sni: '' }],
  [NAMED, {}, 'https://foo.com/', 'ROUTED s', { options: { 'ssl-reject-handshake': 'true' } }],
  ['a : *.foo.com Prefix / -> s', {}, 'https://x.foo.com/', 'ROUTED s', { options: { 'ssl-reject-handshake': 'true' } }],
  [NAMED, {}, 'http://bar.com/', 'NOT_FOUND 404', { options: { 'ssl-reject-handshake': 'true' } }],
  [NAMED, {}, 'https://bar.com/', 'NOT_FOUND 404'],
  // the name in the hello counts, not that of the request
  [ANY, {}, 'https://bar.com/', 'CONNECTION_REFUSED', { options: { 'ssl-reject-handshake': 'true' } }],
  [`${NAMED} ; b : any Prefix / -> t`, {}, 'https://bar.com/', 'ROUTED t', { options: { 'ssl-reject-handshake': 'true' }, sni: 'foo.com' }],
];

describe('what ingress-nginx answers by itself for hosts that no Ingress names', () => {
  it.each([...ROWS, ...REJECTED])('%s %j %s: %s', (rules, annotations, url, expected, asked) => {
    expect(askNginx(rules, annotations, url, asked)).toBe(expected);
  });

  it('says that a path lost to it', () => {
    const { result } = routeNginx(ANY, {}, 'http://bar.com/healthz');
    expect(result.candidates.map(({ outcome, key, other }) => [outcome, key, other])).toEqual([
      ['lost', 'path-length', '8 characters (/healthz)'],
    ]);
  });
});

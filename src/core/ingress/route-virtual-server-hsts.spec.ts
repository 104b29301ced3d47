import { describe, expect, it } from 'vitest';
import { ask, header, line, object, server, to } from '../../../test/support/virtual-servers.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import type { RouteRequest } from './route-request.js';

const hsts = (more: JsonObject = {}) => object('Policy', 'h', { hsts: { maxAge: 3600, ...more } });
const NAMED = { policies: [{ name: 'h' }] };
const TLS = { tls: { secret: 'cert' } };
const OVER_TLS = 'https://foo.com/';

/** What is said to browsers, by nginx itself or beside what the backend answers. */
function said(objects: readonly KubernetesObject[], url = OVER_TLS, more: Partial<RouteRequest> = {}): readonly string[] {
  const { result } = ask(objects, url, more);
  const changes = [...result.responseHeaders, ...result.backends.flatMap(({ responseHeaders }) => responseHeaders)];
  return changes.map(({ action, name, value }) => `${action} ${name}${value === null ? '' : `: ${value}`}`);
}
const routes = (...own: readonly JsonObject[]) => [server('s', own, { ...TLS, ...NAMED }), hsts()];
const SAID = 'add Strict-Transport-Security: max-age=3600';

/** docs.nginx.com "HSTS" of Policies; `server` and `location` of nginx/kubernetes-ingress `internal/configs/version2/nginx.virtualserver.tmpl`, version 5.6. */
describe('a policy of `hsts`', () => {
  it.each<[more: JsonObject, value: string]>([
    [{}, 'max-age=3600'],
    [{ includeSubDomains: true }, 'max-age=3600; includeSubDomains'],
    [{ maxAge: 31_536_000, includeSubDomains: true, preload: true }, 'max-age=31536000; includeSubDomains; preload'],
  ])('%j: %s', (more, value) => {
    expect(said([server('s', [to('/', 'a')], { ...TLS, ...NAMED }), hsts(more)])).toEqual([`set Strict-Transport-Security: ${value}`]);
  });

  it('says nothing over http, and leaves out what the backend says', () => {
    expect(said(routes(to('/', 'a')), 'http://foo.com/')).toEqual(['remove Strict-Transport-Security']);
  });

  it('goes by X-Forwarded-Proto behind a proxy', () => {
    const objects = [server('s', [to('/', 'a')], NAMED), hsts({ behindProxy: true })];
    expect(said(objects, 'http://foo.com/', header('X-Forwarded-Proto', 'https'))).toEqual(['set Strict-Transport-Security: max-age=3600']);
    expect(said(objects, 'http://foo.com/')).toEqual(['remove Strict-Transport-Security']);
  });

  // `add_header … always`; a location that adds headers has none of its server (ngx_http_headers_module)
  it('is said by errors and redirects, and not beside headers of a text', () => {
    const text = (headers: readonly JsonObject[]) => routes({ path: '/', action: { return: { body: 'x', headers: [...headers] } } });
    expect(said(routes(to('/', 'gone')))).toEqual([SAID]);
    expect(said(routes(to('/x', 'a')))).toEqual([SAID]);
    expect(said(text([]))).toEqual([SAID]);
    expect(said(text([{ name: 'X-A', value: '${scheme}' }]))).toEqual(['add X-A: https']);
  });

  it.each<[what: string, objects: readonly KubernetesObject[], url: string]>([
    ['where the host has no TLS', [server('s', [to('/', 'a')], NAMED), hsts()], 'http://foo.com/'],
    ['at a route', [server('s', [to('/', 'a', NAMED)], TLS), hsts()], OVER_TLS],
    ['that is not valid', [server('s', [to('/', 'a')], { ...TLS, ...NAMED }), hsts({ preload: true })], OVER_TLS],
  ])('%s answers 500', (_what, objects, url) => {
    expect(line(objects, url)).toBe('REFUSED 500');
  });

  // "NGINX Ingress Controller uses the configuration from the first policy reference"
  it('is the first of several', () => {
    const both = [server('s', [to('/', 'a')], { ...TLS, policies: [{ name: 'h' }, { name: 'i' }] }), hsts()];
    expect(said([...both, object('Policy', 'i', { hsts: { maxAge: 1 } })])).toEqual(['set Strict-Transport-Security: max-age=3600']);
  });
});

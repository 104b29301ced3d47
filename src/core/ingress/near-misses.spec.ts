import { afterEach, describe, expect, it, vi } from 'vitest';
import { askRoute, type AskedRoute, requestFor } from '../../../test/support/ask-route.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { classSide, diffRoutes } from '../../../test/support/route-diff.js';
import { HostTable } from './internal/host-table.js';
import { routerOf } from './internal/router-cache.js';
import { route } from './route.js';

describe('near misses', () => {
  it.each<[rules: string, url: string, reason: string, fix: string, asked?: AskedRoute]>([
    ['a : foo.com Exact /foo/ -> s', 'http://foo.com/foo', 'TRAILING_SLASH', 'path `/foo`, or pathType Prefix'],
    ['a : foo.com Exact /foo -> s', 'http://foo.com/foo/bar', 'EXACT_ABOVE', 'pathType Prefix instead of Exact'],
    ['a : foo.com Prefix /Foo -> s', 'http://foo.com/foo/bar', 'PATH_CASE', 'request `/Foo/bar`'],
    ['a : foo.com Prefix /aaa/bb -> s', 'http://foo.com/aaa/bbb/c', 'PATH_ELEMENT_CUT', 'path `/aaa/bbb`'],
    ['a : foo.com Prefix /recommend -> s', 'http://foo.com/recomend', 'PATH_SPELLING', 'did you mean `/recommend`?'],
    ['a : foo.com Prefix /x/../y -> s', 'http://foo.com/z', 'PATH_INVALID', 'write a path that the API server accepts'],
    ['a : *.foo.com Prefix / -> s', 'http://a.b.foo.com/', 'WILDCARD_ONE_LABEL', 'a rule for host `a.b.foo.com`'],
    ['a : *.foo.com Prefix / -> s', 'http://foo.com/', 'WILDCARD_ONE_LABEL', 'a rule for host `foo.com`'],
    ['a : shop.example.com Prefix / -> s', 'http://shop.exmaple.com/', 'HOST_SPELLING', 'did you mean `shop.example.com`?'],
    ['a : foo.com:8080 Prefix / -> s', 'http://foo.com:8080/', 'HOST_INVALID', 'host `foo.com`'],
    ['a : 192.0.2.7 Prefix / -> s', 'http://192.0.2.7/', 'HOST_INVALID', 'a rule without host'],
    ['a : bar.org Prefix / -> s ; b#d : foo.com Prefix / -> t', 'http://foo.com/', 'OTHER_CLASS', 'ask with class `d`', { class: 'c' }],
    [
      'a#nginx : bar.org Prefix / -> s ; b#undefined-ngnix : foo.com Prefix / -> t',
      'http://foo.com/',
      'OTHER_CLASS',
      'set `spec.ingressClassName` to an existing class',
    ],
    [
      'a : bar.org Prefix / -> s ; b# : foo.com Prefix / -> t',
      'http://foo.com/',
      'OTHER_CLASS',
      'set `spec.ingressClassName` to an existing class',
    ],
    ['a : foo.com Prefix / -> s:8080', 'http://foo.com/', 'SERVICE_PORT', '`8080` is the target port of port 80: name 80 in the Ingress'],
    ['a : foo.com Prefix / -> s:htpp', 'http://foo.com/', 'SERVICE_PORT', 'did you mean `http`?'],
    [
      'a : foo.com Prefix /x -> payments ; a : foo.com Prefix /y -> missing-payments',
      'http://foo.com/y',
      'SERVICE_NAME',
      'did you mean `payments`?',
    ],
  ])('%s | %s → %s', (rules, url, reason, fix, asked = {}) => {
    const { result } = askRoute(modelOf(ingressCluster(rules.replaceAll(' ; ', '\n'))), url, asked);
    expect(result.nearMisses.map((miss) => [miss.reason, miss.fix])).toEqual([[reason, fix]]);
  });

  it('are not a matter of case where the rule has the very path, and something else keeps the request away (F5: no `spec.tls`, no https)', () => {
    const { result } = askRoute(modelOf(ingressCluster('a : foo.com Prefix /api -> s')), 'https://foo.com/api/x', { dialect: 'nginx-f5' });
    expect(result.status).toBe(404);
    expect(result.nearMisses.map((miss) => [miss.reason, miss.fix])).toEqual([['ENTRY_POINT_OTHER', 'ask by http, or give it TLS']]);
  });

  it('stand in the summary of a 404, which alone would not tell that an Ingress claims the host (KEP-1453: without a class nobody serves it)', () => {
    const answer = askRoute(modelOf(ingressCluster('a : bar.org Prefix / -> s\nb# : foo.com Prefix / -> t')), 'http://foo.com/');
    expect(answer.verdict).toBe('NOT_FOUND');
    expect(answer.summary).toMatch(/; nearest: Ingress \S+\/b, it names host `foo\.com` but has no class/);
  });

  it('are none where nothing is near', () => {
    expect(askRoute(modelOf(ingressCluster('a : foo.com Prefix /abc -> s')), 'http://bar.org/xyz').result.nearMisses).toEqual([]);
  });
});

/** What is counted is work: a class may have ten thousand hosts. */
describe('near misses of a class', () => {
  afterEach(() => void vi.restoreAllMocks());
  const cluster = () => modelOf(ingressCluster('a : foo.com:8080 Prefix / -> s\na : bar.org Prefix /x -> s'));
  const asked = (path: string) => ({ request: requestFor(`http://bar.org${path}`), class: 'c', dialect: 'ingress-v1' as const });

  it('its rules are gone through once for the hosts that are not valid, and once for who is one of it, not for every request', () => {
    const model = cluster();
    const router = routerOf(model, 'c', 'ingress-v1');
    let reads = 0;
    const { members } = router;
    Object.defineProperty(router, 'members', { get: () => (reads++, members) });
    for (const path of ['/y', '/z', '/zz']) route(model, asked(path));
    expect(reads).toBe(2);
  });

  it('are not looked for where two sides are compared: nobody reads them', () => {
    const model = cluster();
    const found = vi.spyOn(HostTable.prototype, 'hosts', 'get');
    const differ = diffRoutes({ a: model, b: model }, { a: classSide('ingress-v1'), b: classSide('traefik'), host: 'nobody.example' });
    expect([differ.result.requests.tried > 0, found.mock.calls.length]).toEqual([true, 0]);
    route(model, { ...asked('/'), request: requestFor('http://nobody.example/') });
    expect(found.mock.calls.length).toBeGreaterThan(0);
  });
});

import { describe, expect, it } from 'vitest';
import { requestFor } from '../../../test/support/ask-route.js';
import { lintRoutes, ruleLine } from '../../../test/support/route-lint.js';
import { modelOf } from '../../../test/support/model.js';
import { askTraefik as ask, to, TRAEFIK_SERVICES, traefikLine as line, traefikObject as object } from '../../../test/support/traefik.js';
import type { JsonObject } from '../kernel/json.js';
import type { NetworkModel } from '../model/network-model.js';
import { route } from './route.js';

const rule = (match: string, more: JsonObject = {}): JsonObject => ({ match, kind: 'Rule', ...more });
const behind = (parent: string, name: string, routes: readonly JsonObject[], more: JsonObject = {}) =>
  object('IngressRoute', name, { parentRefs: [{ name: parent }], routes: [...routes], ...more });
const root = (routes: readonly JsonObject[], more: JsonObject = {}) => object('IngressRoute', 'root', { routes: [...routes], ...more });
const parent = root([rule('Host(`foo.com`)')]);
const headers = (name: string, spec: JsonObject) => object('Middleware', name, { headers: spec });
const named = (name: string): JsonObject => ({ middlewares: [{ name }] });

/** doc.traefik.io "Multi-Layer Routing"; traefik/traefik `pkg/server/router/router.go`: `ParseRouterTree`, `buildHTTPHandler`, `buildChildRoutersMuxer`. */
describe('IngressRoutes behind others', () => {
  it('are asked where the parent takes the request, by priorities of their own', () => {
    const children = behind('root', 'c', [to('PathPrefix(`/`)', 'a'), to('PathPrefix(`/b`)', 'b')]);
    expect(line([parent, children], 'http://foo.com/')).toBe('ROUTED a=1');
    expect(line([parent, children], 'http://foo.com/b')).toBe('ROUTED b=1');
    expect(line([parent, children], 'http://bar.com/b')).toBe('NOT_FOUND 404');
    const { candidates } = ask([parent, children], 'http://foo.com/b').result;
    expect(candidates.map(({ pointer, outcome, own, other }) => [pointer, outcome, own, other])).toEqual([
      ['/spec/routes/0', 'selected', null, null],
      ['/spec/routes/1', 'selected', null, null],
      ['/spec/routes/0', 'lost', '15', '16'],
    ]);
  });

  it('leave a request unanswered that none of them takes, whatever other routers there are', () => {
    const child = behind('root', 'c', [to('Path(`/a`)', 'a')]);
    const wide = object('IngressRoute', 'wide', { routes: [to('PathPrefix(`/`)', 'b', { priority: 1 })] });
    expect(line([parent, child, wide], 'http://foo.com/x')).toBe('NOT_FOUND 404');
    expect(line([parent, child, wide], 'http://bar.com/x')).toBe('ROUTED b=1');
    expect(ask([parent, child], 'http://foo.com/x').result.nearMisses[0]).toMatchObject({
      reason: 'RULE_PART_FAILS',
      object: 'IngressRoute t/c',
    });
  });

  // "middleware at the parent level to modify requests (adding headers …) that influence how child routers evaluate their rules"
  it('see the request as the middlewares of the parent leave it', () => {
    const admin = headers('admin', { customRequestHeaders: { 'X-Role': 'admin' }, customResponseHeaders: { 'X-By': 'root' } });
    const above = root([rule('Host(`foo.com`)', named('admin'))]);
    const child = behind('root', 'c', [to('Header(`X-Role`, `admin`)', 'a'), to('PathPrefix(`/`)', 'b')]);
    const { result, evidence } = ask([above, admin, child], 'http://foo.com/');
    expect(result.backends.map(({ service }) => service)).toEqual(['a']);
    expect(result.forwarded?.headers).toContain('X-Role: admin');
    expect(result.responseHeaders).toMatchObject([{ name: 'X-By', value: 'root' }]);
    expect(evidence.filter(({ reason }) => reason === 'MIDDLEWARE_APPLIED')).toHaveLength(1);
    const strip = object('Middleware', 'strip', { stripPrefix: { prefixes: ['/api'] } });
    const api = root([rule('Host(`foo.com`) && PathPrefix(`/api`)', named('strip'))]);
    expect(line([api, strip, behind('root', 'c', [to('Path(`/x`)', 'a')])], 'http://foo.com/api/x?q=1')).toBe('ROUTED a=1');
  });

  it('are not asked where a middleware of the parent answers', () => {
    const redirect = object('Middleware', 'r', { redirectScheme: { scheme: 'https', permanent: true } });
    const above = root([rule('Host(`foo.com`)', named('r'))]);
    expect(line([above, redirect, behind('root', 'c', [to('PathPrefix(`/`)', 'a')])], 'http://foo.com/x')).toBe(
      'REDIRECTED 301 https://foo.com/x',
    );
  });

  it('listen where the parent does', () => {
    const above = root([rule('Host(`foo.com`)')], { entryPoints: ['websecure'], tls: {} });
    const child = behind('root', 'c', [to('PathPrefix(`/`)', 'a')]);
    expect(line([above, child], 'https://foo.com/')).toBe('ROUTED a=1');
    expect(line([above, child], 'http://foo.com/')).toBe('NOT_FOUND 404');
  });

  it('stand in several layers, and behind each router of a parent', () => {
    const two = root([rule('Host(`foo.com`)'), rule('Host(`bar.com`)')]);
    const middle = behind('root', 'middle', [rule('PathPrefix(`/m`)')]);
    const leaf = behind('middle', 'leaf', [to('Path(`/m/a`)', 'a')]);
    for (const host of ['foo.com', 'bar.com']) expect(line([two, middle, leaf], `http://${host}/m/a`)).toBe('ROUTED a=1');
    expect(line([two, middle, leaf], 'http://foo.com/m/b')).toBe('NOT_FOUND 404');
  });

  // "non-root router cannot have TLS configuration", "… Entrypoints configuration"; "no child routers could be added to muxer"
  it.each<[string, JsonObject]>([
    ['tls', { tls: {} }],
    ['entry points', { entryPoints: ['web'] }],
    ['a parent that is not there', { parentRefs: [{ name: 'root' }, { name: 'gone' }] }],
    ['a parent of another namespace', { parentRefs: [{ name: 'root', namespace: 'other' }] }],
  ])('make no router with %s, and the parent none without children', (_, more) => {
    const wide = object('IngressRoute', 'wide', { routes: [to('PathPrefix(`/`)', 'b', { priority: 1 })] });
    const faulty = behind('root', 'c', [to('PathPrefix(`/`)', 'a')], more);
    expect(line([parent, faulty, wide], 'http://foo.com/')).toBe('ROUTED b=1');
    expect(line([parent, faulty, behind('root', 'd', [to('PathPrefix(`/`)', 'a')]), wide], 'http://foo.com/')).toBe('ROUTED a=1');
  });

  it('go before the Services of a parent at the root', () => {
    const both = root([to('Host(`foo.com`)', 'b')]);
    expect(line([both, behind('root', 'c', [to('PathPrefix(`/`)', 'a')])], 'http://foo.com/')).toBe('ROUTED a=1');
  });

  it('that only name one another, or hundreds in a row, are bounded', () => {
    const circle = [behind('y', 'x', [rule('PathPrefix(`/`)')]), behind('x', 'y', [rule('PathPrefix(`/`)')])];
    expect(line([parent, ...circle], 'http://foo.com/')).toBe('NOT_FOUND 404');
    const row = Array.from({ length: 400 }, (_, index) =>
      behind(index === 0 ? 'root' : `r${index - 1}`, `r${index}`, [rule('PathPrefix(`/`)')]),
    );
    const deep = [parent, ...row, behind('r399', 'leaf', [to('PathPrefix(`/`)', 'a')])];
    expect(line(deep, 'http://foo.com/')).toBe('UNDEFINED');
  });

  it('lead to the same whatever was asked before, though some of them come back to themselves', () => {
    const under = (parents: readonly string[], name: string, route: JsonObject) =>
      object('IngressRoute', name, { parentRefs: parents.map((one) => ({ name: one })), routes: [route] });
    const tops = ['a', 'b'].map((name) => object('IngressRoute', `top-${name}`, { routes: [rule(`Host(\`${name}.com\`)`)] }));
    const circle = [
      under(['top-a', 'y'], 'x', rule('PathPrefix(`/`)')),
      under(['x', 'top-b'], 'y', rule('PathPrefix(`/`)', { priority: 100 })),
    ];
    const model = () => modelOf([...TRAEFIK_SERVICES, ...tops, ...circle, under(['x'], 'leaf', to('PathPrefix(`/`)', 'a'))]);
    const asked = (of: NetworkModel, url: string) => {
      const answer = route(of, { request: requestFor(url), class: undefined, dialect: undefined });
      return answer.ok ? answer.value : answer.error;
    };
    const late = model();
    asked(late, 'http://a.com/');
    expect(asked(late, 'http://b.com/')).toEqual(asked(model(), 'http://b.com/'));
  });

  it('are shown what the client sends: rules of the parent hold too, and its middlewares are undone', () => {
    const strip = object('Middleware', 'strip', { stripPrefix: { prefixes: ['/api'] } });
    const add = object('Middleware', 'add', { addPrefix: { prefix: '/in' } });
    const above = root([rule('Host(`foo.com`) && PathPrefix(`/api`) && Method(`POST`)', named('strip'))]);
    const middle = behind('root', 'm', [rule('PathPrefix(`/v1`)', named('add'))]);
    const leaf = behind('m', 'leaf', [to('Path(`/in/v1/x`)', 'a'), to('Path(`/v1`)', 'b')]);
    expect(lintOf([above, strip, add, middle, leaf])).toEqual([
      'root Host(`foo.com`) && PathPrefix(`/api`) && Method(`POST`) live POST http://foo.com/api',
      'leaf Path(`/in/v1/x`) live POST http://foo.com/api/v1/x',
      'leaf Path(`/v1`) undecided', // whatever it sees begins with `/in`, which nothing here shows
      'm PathPrefix(`/v1`) live POST http://foo.com/api/v1',
    ]);
  });

  it('are shadowed by those that are asked before them wherever they are, and by no other', () => {
    const first = to('PathPrefix(`/a`)', 'a', { priority: 100 });
    const child = behind('root', 'c', [first, to('PathPrefix(`/a/b`)', 'b')]);
    expect(lintOf([parent, child])).toContain('c PathPrefix(`/a/b`) shadowed by c');
    const wide = object('IngressRoute', 'wide', { routes: [{ ...first, match: 'Host(`bar.com`) && PathPrefix(`/a`)' }] });
    const second = object('IngressRoute', 'top', { routes: [rule('Host(`bar.com`) && Path(`/a/b`)', { priority: 200 })] });
    const both = object('IngressRoute', 'd', { parentRefs: [{ name: 'root' }, { name: 'top' }], routes: [to('PathPrefix(`/a/b`)', 'b')] });
    const once = behind('root', 'c', [first]);
    expect(lintOf([parent, once, wide, second, both])).toContain('d PathPrefix(`/a/b`) live GET http://bar.com/a/b');
    expect(lintOf([parent, once, behind('root', 'd', [to('PathPrefix(`/a/b`)', 'b')])])).toContain('d PathPrefix(`/a/b`) shadowed by c');
  });

  it('that lead to no root, on however many ways, are soon given up', () => {
    const many = Array.from({ length: 12 }, (_, index) =>
      object('IngressRoute', `r${index}`, {
        parentRefs: Array.from({ length: 12 }, (_none, other) => ({ name: `r${other}` })),
        routes: [rule('PathPrefix(`/`)')],
      }),
    );
    expect(lintOf([parent, ...many, behind('r0', 'leaf', [to('PathPrefix(`/`)', 'a')])])).toContain('leaf PathPrefix(`/`) undecided');
  });
});

const lintOf = (objects: Parameters<typeof modelOf>[0]) =>
  lintRoutes(modelOf([...TRAEFIK_SERVICES, ...objects]))
    .rules.filter(({ object: { kind } }) => kind === 'IngressRoute')
    .map(ruleLine);

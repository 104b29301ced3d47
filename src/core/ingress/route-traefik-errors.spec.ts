import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { diffRoutes } from '../../../test/support/route-diff.js';
import { askTraefik, ingressRoute, to, TRAEFIK_SERVICES, traefikLine, traefikObject } from '../../../test/support/traefik.js';
import type { JsonObject } from '../kernel/json.js';
import { parseIp } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const URL = 'http://foo.com/x?q=1';
const ERRORS: JsonObject = { status: ['403', '500-501', '503-599'], query: '/{status}.html', service: { name: 'b', port: 80 } };
const errors = (more: JsonObject = {}, name = 'pages') => traefikObject('Middleware', name, { errors: { ...ERRORS, ...more } });
const DENY = traefikObject('Middleware', 'deny', { ipAllowList: { sourceRange: ['10.0.0.0/8'] } });
const behind = (...names: readonly string[]) =>
  ingressRoute('r', to('PathPrefix(`/`)', 'a', { middlewares: names.map((name) => ({ name })) }));
const stranger = { clientAddress: parseIp('192.0.2.1') };

/** traefik/traefik `pkg/middlewares/customerrors/custom_errors.go` and its test; doc.traefik.io "Errors". */
describe('Middlewares of type `errors`', () => {
  it('tell whose errors of the backend get which pages', () => {
    const { result, assumptions } = askTraefik([behind('pages'), errors()], URL);
    expect(result.backends.map(({ service }) => service)).toEqual(['a']);
    expect(result.errorPages).toMatchObject({
      ofBackend: true,
      namespace: 't',
      service: 'b',
      port: 80,
      path: '/{status}.html',
      headers: [],
    });
    expect([403, 499, 500, 501, 502, 503, 599].filter((status) => result.errorPages?.statuses.includes(status))).toEqual([
      403, 500, 501, 503, 599,
    ]);
    expect(assumptions.map(({ code }) => code)).not.toContain('MIDDLEWARE_CONDITION');
  });

  // "query replacement", "not in the range"; `{url}` is escaped (pkg.go.dev/net/url#QueryEscape)
  it('write the pages of what is refused behind them, and not before them', () => {
    const asked = (objects: readonly KubernetesObject[]) => {
      const { verdict, result } = askTraefik([DENY, ...objects], URL, stranger);
      return [verdict, ...result.backends.map(({ service }) => service), result.forwarded?.path ?? result.status];
    };
    expect(asked([behind('pages', 'deny'), errors()])).toEqual(['DEFAULT_BACKEND', 'b', '/403.html']);
    expect(asked([behind('pages', 'deny'), errors({ query: 'e?of={url}&is={status}' })])).toEqual([
      'DEFAULT_BACKEND',
      'b',
      '/e?of=http%3A%2F%2Ffoo.com%2Fx%3Fq%3D1&is=403', // the whole URL: traefik/traefik#11876
    ]);
    expect(asked([behind('pages', 'deny'), errors({ query: '' })])).toEqual(['DEFAULT_BACKEND', 'b', '/']);
    expect(asked([behind('pages', 'deny'), errors({ status: ['404'] })])).toEqual(['REFUSED', 403]);
    expect(asked([behind('deny', 'pages'), errors()])).toEqual(['REFUSED', 403]);
  });

  it('write the pages of what is refused in the layers behind their router', () => {
    const root = traefikObject('IngressRoute', 'root', {
      routes: [{ match: 'PathPrefix(`/`)', kind: 'Rule', middlewares: [{ name: 'pages' }] }],
    });
    const child = traefikObject('IngressRoute', 'child', {
      parentRefs: [{ name: 'root' }],
      routes: [to('PathPrefix(`/`)', 'a', { middlewares: [{ name: 'deny' }] })],
    });
    expect(askTraefik([root, child, errors(), DENY], URL, stranger).result.forwarded?.path).toBe('/403.html');
  });

  // `createErrorPageMiddleware`: without its Service there is no middleware, and a router that names one that does not exist is none
  it.each<[what: string, more: JsonObject]>([
    ['a Service that does not exist', { service: { name: 'gone', port: 80 } }],
    ['a Service without endpoints', { service: { name: 'empty', port: 80 } }],
    ['a Service of another namespace', { service: { name: 'b', namespace: 'u', port: 80 } }],
    ['no Service', { service: {} }],
    // `types.NewHTTPCodeRanges`
    ['what is no status', { status: ['5xx'] }],
  ])('with %s make no router', (_what, more) => {
    expect(traefikLine([behind('pages'), errors(more)], URL)).toBe('NOT_FOUND 404');
  });

  // doc.traefik.io v3.8 "Errors": `statusRewrites`, `{originalStatus}`, `errorRequestHeaders`
  it('give errors other statuses', () => {
    const rewriting = errors({ statusRewrites: { '401-403': 404 }, query: '/{originalStatus}/{status}' });
    const { result, evidence } = askTraefik([behind('pages', 'deny'), rewriting, DENY], URL, stranger);
    expect(result.forwarded?.path).toBe('/403/404');
    expect(evidence.find(({ reason }) => reason === 'ERROR_PAGE')?.message).toMatch(/the client gets it with the status 404$/);
    const notes = askTraefik([behind('pages'), rewriting], URL)
      .assumptions.map(({ message }) => message)
      .join();
    expect(notes).toContain('403 becomes 404');
    // one that is not among `status` is not caught
    expect(traefikLine([behind('pages', 'deny'), errors({ status: ['500'], statusRewrites: { '403': 404 } }), DENY], URL, stranger)).toBe(
      'REFUSED 403',
    );
    expect(traefikLine([behind('pages'), errors({ statusRewrites: { '5xx': 500 } })], URL)).toBe('NOT_FOUND 404');
  });

  it('send the headers of the request on, or those that they name', () => {
    const headers = [
      ['Accept', 'text/html'],
      ['Cookie', 'a=b'],
    ] as const;
    const sent = (more: JsonObject) =>
      askTraefik([behind('pages', 'deny'), errors(more), DENY], URL, { ...stranger, headers }).result.forwarded?.headers;
    expect(sent({})).toEqual(['Accept: text/html', 'Cookie: a=b']);
    expect(sent({ errorRequestHeaders: ['accept'] })).toEqual(['Accept: text/html']);
    expect(sent({ errorRequestHeaders: [] })).toEqual([]);
  });

  // Each sees the status that those behind it answer with: the outermost that names it has the last word.
  it('stand behind one another', () => {
    const outer = (status: string, more: JsonObject = {}) =>
      errors({ status: [status], query: '/outer/{status}', service: { name: 'a', port: 80 }, ...more }, 'outer');
    const asked = (objects: readonly KubernetesObject[], ...names: readonly string[]) => {
      const { result } = askTraefik([behind(...names), errors(), DENY, ...objects], URL, stranger);
      return `${result.backends[0]?.service ?? ''} ${result.forwarded?.path ?? result.status}`;
    };
    expect(asked([outer('403')], 'outer', 'pages', 'deny')).toBe('a /outer/403');
    expect(asked([outer('404')], 'outer', 'pages', 'deny')).toBe('b /403.html');
    expect(asked([outer('404')], 'outer', 'deny', 'pages')).toBe(' 403');
    const rewriting = errors({ statusRewrites: { '403': 404 } });
    expect(askTraefik([behind('outer', 'pages', 'deny'), rewriting, outer('404'), DENY], URL, stranger).result.forwarded?.path).toBe(
      '/outer/404',
    );
    // Of errors of the backend the pages of the outermost are told.
    const { result, assumptions } = askTraefik([behind('outer', 'pages'), errors(), outer('403')], URL);
    expect([result.errorPages?.service, assumptions.map(({ code }) => code)]).toEqual([
      'a',
      expect.arrayContaining(['MIDDLEWARE_CONDITION']),
    ]);
  });

  it('are compared by route-diff', () => {
    const side = { by: 'ingress', class: undefined, dialect: undefined } as const;
    const state = (more: JsonObject) => modelOf([...TRAEFIK_SERVICES, behind('pages'), errors(more)]);
    const between = (more: JsonObject) => diffRoutes({ a: state({}), b: state(more) }, { a: side, b: side });
    expect(between({}).verdict).toBe('EQUIVALENT');
    const { verdict, result } = between({ service: { name: 'a', port: 80 } });
    expect([verdict, result.counts.map(({ aspect }) => aspect)]).toEqual(['DIFFERENT', ['errorPages']]);
  });
});

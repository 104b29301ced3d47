import { describe, expect, it } from 'vitest';
import { askRoute, requestFor, routeLine } from '../../../test/support/ask-route.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { route } from './route.js';

/** kubernetes-sigs/ingress-controller-conformance `features/path_rules.feature` and `host_rules.feature`. */
describe('the features of the conformance suite for Ingress', () => {
  const model = modelOf(
    ingressCluster(`
      a : exact Exact /foo -> foo-exact
      a : prefix Prefix /foo -> foo-prefix
      a : prefix Prefix /aaa/bbb -> aaa-bbb
      a : prefix Prefix /aaa -> aaa
      a : mixed Prefix /foo -> foo-prefix
      a : mixed Exact /foo -> foo-exact
      a : slash Prefix /aaa/bbb/ -> aaa-bbb-slash
      a : slash Exact /foo/ -> foo-slash
      b : *.foo.com Prefix / -> wildcard
      b : foo.bar.com Prefix / -> precise:http
    `),
  );

  it.each([
    ['exact/foo/', 'NOT_FOUND'],
    ['exact/FOO', 'NOT_FOUND'],
    ['prefix/foo/', 'ROUTED foo-prefix'],
    ['mixed/foo', 'ROUTED foo-exact'],
    ['slash/aaa/bbb', 'ROUTED aaa-bbb-slash'],
    ['slash/foo', 'NOT_FOUND'],
    ['foo.bar.com', 'ROUTED precise'],
    ['subdomain.bar.com', 'NOT_FOUND'],
    ['bar.foo.com', 'ROUTED wildcard'],
    ['baz.bar.foo.com', 'NOT_FOUND'],
    ['foo.com', 'NOT_FOUND'],
  ])('%s: %s', (url, expected) => {
    expect(routeLine(askRoute(model, `http://${url}`, { class: 'c' }))).toBe(expected);
  });
});

/** The same, `features/default_backend.feature` and `ingress_class.feature`. */
describe('an Ingress with nothing but a default backend', () => {
  const ask = (ingress: string, method: string, url: string) => {
    const answer = route(modelOf(ingressCluster(ingress)), {
      request: { ...requestFor(`http://${url}`), method },
      class: undefined,
      dialect: undefined,
    });
    if (!answer.ok) throw new Error(answer.error.message);
    return routeLine(answer.value);
  };

  it.each([
    ['GET', 'my-host'],
    ['GET', 'my-host/sub-path'],
    ['POST', 'some-host'],
    ['PUT', '/resource'],
    ['DELETE', 'some-host/resource'],
    ['PATCH', 'my-host/resource'],
  ])('takes %s of "%s"', (method, url) => {
    expect(ask('a : default -> web', method, url)).toBe('DEFAULT_BACKEND web');
  });

  it('takes nothing where no controller has its class', () => {
    expect(ask('a#undefined : default -> web\nb : foo.com Prefix / -> other', 'GET', 'my-host')).toBe('NOT_FOUND');
  });
});

import { describe, expect, it } from 'vitest';
import { requestFor } from '../../../test/support/ask-route.js';
import { modelOf } from '../../../test/support/model.js';
import { ingressRoute, to, TRAEFIK_SERVICES, traefikObject } from '../../../test/support/traefik.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { route } from './route.js';
import { routeConnection } from './route-connection.js';

const traefikOf = (version: string | undefined, objects: readonly KubernetesObject[]) =>
  modelOf([...TRAEFIK_SERVICES, CLASS, ...objects], {
    ingress: { controllers: [{ class: 'traefik', dialect: 'traefik', options: version === undefined ? {} : { version } }] },
  });
const CLASS: KubernetesObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'traefik' },
  spec: { controller: 'traefik.io/ingress-controller' },
};

/** `ROUTED a`: who gets a request. */
function line(version: string | undefined, objects: readonly KubernetesObject[], url: string): string {
  const answer = route(traefikOf(version, objects), { request: requestFor(url), class: 'traefik', dialect: undefined });
  if (!answer.ok) throw new Error(answer.error.message);
  const { verdict, result } = answer.value;
  return [verdict, ...result.backends.map(({ service }) => service)].join(' ');
}

type HostRow = readonly [host: string, service: string, more?: JsonObject];
const hosts = (...rows: readonly HostRow[]) =>
  ingressRoute('r', ...rows.map(([host, service, more]) => to(`Host(\`${host}\`)`, service, more)));

/** traefik/traefik `pkg/muxer/muxer_test.go` of the branch v3.8, TestDomainMatchHostExpression; doc.traefik.io v3.8 "Rules & Priority". */
describe('a double wildcard', () => {
  const deep = [hosts(['**.example.com', 'a'])];

  it.each([
    ['foo.example.com', 'ROUTED a'],
    ['bar.foo.example.com', 'ROUTED a'],
    ['Bar.Foo.Example.com', 'ROUTED a'],
    ['bar.foo.example.com.', 'ROUTED a'],
    ['example.com', 'NOT_FOUND'],
    ['foo.example.org', 'NOT_FOUND'],
    ['fooexample.com', 'NOT_FOUND'],
  ])('stands for one or more labels since 3.8: %s', (host, expected) => {
    expect(line('3.8.0', deep, `http://${host}/`)).toBe(expected);
  });

  // `DomainMatchHostExpression` of 3.7 puts `*` in place of the first label, which is never `**`.
  it('stands for nothing before, and is open where the version is not told', () => {
    expect(line('3.7.13', deep, 'http://foo.example.com/')).toBe('NOT_FOUND');
    expect(line(undefined, deep, 'http://foo.example.com/')).toMatch(/^UNDEFINED/);
    expect(line(undefined, deep, 'http://example.com/')).toBe('NOT_FOUND');
  });

  // TestDoubleWildcardPenalty: its stars do not count, so that it ranks below the single wildcard and the exact hosts that it covers
  it('ranks below what it covers', () => {
    const both = (...rest: readonly HostRow[]) => [hosts(['**.x.example.com', 'a'], ...rest)];
    expect(line('3.8', both(['*.x.example.com', 'b']), 'http://y.x.example.com/')).toBe('ROUTED b');
    expect(line('3.8', both(['y.x.example.com', 'b']), 'http://y.x.example.com/')).toBe('ROUTED b');
    // The rule has 24 characters, two of which do not count.
    const beside = (priority: number) => line('3.8', both(['z.x.example.com', 'b', { priority }]), 'http://z.x.example.com/');
    expect([beside(21), beside(23)]).toEqual(['ROUTED a', 'ROUTED b']);
  });

  it('takes connections by their SNI alike', () => {
    const tcp = traefikObject('IngressRouteTCP', 'r', {
      routes: [{ match: 'HostSNI(`**.db.com`)', services: [{ name: 'a', port: 80 }] }],
      tls: { passthrough: true },
    });
    const verdict = (version: string, sni: string) => {
      const asked = { scheme: 'tls', host: sni, sni } as const;
      const answer = routeConnection(traefikOf(version, [tcp]), asked, 443, { class: 'traefik', dialect: undefined });
      return answer.ok ? answer.value.verdict : 'left to HTTPS';
    };
    expect([verdict('3.8', 'a.b.db.com'), verdict('3.8', 'db.com'), verdict('3.7', 'a.db.com')]).toEqual([
      'ROUTED',
      'left to HTTPS',
      'left to HTTPS',
    ]);
  });
});

/** Rule T3: `*` is any host; traefik/traefik#13460, which makes it choose TLS options as `HostSNI(*)` does. */
describe('Host(`*`)', () => {
  const any = (spec: JsonObject = {}) => traefikObject('IngressRoute', 'any', { routes: [to('Host(`*`)', 'a')], ...spec });

  it.each(['localhost', 'example.com', 'a.b.example.com'])('takes %s', (host) => {
    expect(line(undefined, [any()], `http://${host}/`)).toBe('ROUTED a');
  });

  it('ranks by its length as others do', () => {
    expect(line(undefined, [any(), hosts(['foo.com', 'b'])], 'http://foo.com/')).toBe('ROUTED b');
  });

  it('has its TLS options for every name that no other router has', () => {
    const strict = traefikObject('TLSOption', 'strict', { sniStrict: true });
    const secured = any({ tls: { options: { name: 'strict' } } });
    const other = traefikObject('IngressRoute', 'o', { routes: [to('Host(`foo.com`)', 'b')], tls: {} });
    expect(line(undefined, [strict, secured, other], 'https://bar.com/')).toBe('CONNECTION_REFUSED');
    expect(line(undefined, [strict, secured, other], 'https://foo.com/')).toBe('ROUTED b');
  });
});

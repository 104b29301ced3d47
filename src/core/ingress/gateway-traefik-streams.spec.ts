import { describe, expect, it } from 'vitest';
import { backend, connectGateway, gateway, gatewayLine, gatewayObject, listener } from '../../../test/support/gateway-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const PASS = listener('tls', { port: 443, protocol: 'TLS', tls: { mode: 'Passthrough' } });
const PLAIN = [listener('tcp', { port: 9000, protocol: 'TCP' }), listener('udp', { port: 9000, protocol: 'UDP' })];
const OLD = '2020-01-01T00:00:00Z';

const to = (name: string, more: JsonObject = {}) => ({ name, port: 80, ...more });
function stream(kind: string, name: string, backendRefs: readonly JsonObject[], hostnames: readonly string[] = [], createdAt?: string) {
  const spec = { parentRefs: [{ name: 'gw' }], rules: [{ backendRefs: [...backendRefs] }] };
  const more = createdAt === undefined ? {} : { createdAt };
  return gatewayObject(kind, name, hostnames.length === 0 ? spec : { ...spec, hostnames: [...hostnames] }, more);
}

/** The answer by the text and by Traefik to a connection with a name, or to one without TLS. */
function both(objects: readonly KubernetesObject[], sni?: string, scheme: 'tls' | 'tcp' | 'udp' = 'tls') {
  const model = modelOf([...gateway([PASS, ...PLAIN]), ...['a', 'b'].flatMap((name) => backend(name)), ...objects]);
  const ask = (dialect: 'gateway-api' | 'traefik-gateway') => connectGateway(model, scheme, scheme === 'tls' ? 443 : 9000, sni, dialect);
  return [ask('gateway-api'), ask('traefik-gateway')] as const;
}
const lines = (...asked: Parameters<typeof both>) => both(...asked).map(gatewayLine);

/**
 * traefik/traefik `pkg/provider/kubernetes/gateway/tlsroute.go` (`hostSNIRule`; `tlsroute_test.go`, Test_hostSNIRule: one rule for all hostnames of a route), `pkg/muxer/tcp/mux.go`: the
 * priority is the characters of the longest hostname but for its `*`, and of equals none goes first for certain.
 */
describe('TLSRoutes by Traefik', () => {
  const a = (...hostnames: readonly string[]) => stream('TLSRoute', 'a', [to('a')], hostnames, OLD);
  const b = (...hostnames: readonly string[]) => stream('TLSRoute', 'b', [to('b')], hostnames);

  it.each<[what: string, routes: readonly KubernetesObject[], sni: string, expected: readonly [text: string, traefik: string]]>([
    ['a name alone', [a('a.foo.org')], 'a.foo.org', ['ROUTED a', 'ROUTED a']],
    ['upper case in the hello', [a('a.foo.org')], 'A.FOO.org', ['ROUTED a', 'ROUTED a']],
    ['a wildcard is for several labels', [a('*.foo.org')], 'x.y.foo.org', ['ROUTED a', 'ROUTED a']],
    ['but for none', [a('*.foo.org')], 'foo.org', ['CONNECTION_REFUSED', 'CONNECTION_REFUSED']],
    ['a precise name before a wildcard', [a('*.foo.org'), b('a.foo.org')], 'a.foo.org', ['ROUTED b', 'ROUTED b']],
    ['the longer wildcard', [a('*.org'), b('*.foo.org')], 'x.foo.org', ['ROUTED b', 'ROUTED b']],
    ['of one name the older', [a('a.foo.org'), b('a.foo.org')], 'a.foo.org', ['ROUTED a', 'UNDEFINED PRIORITY_TIE']],
    [
      'the longest name counts, whichever is asked for',
      [a('a.long.example.org', '*.foo.org'), b('a.foo.org')],
      'a.foo.org',
      ['ROUTED b', 'ROUTED a'],
    ],
    [
      'also where both have the one that is asked for',
      [a('*.a.org', 'x.a.org'), b('*.a.org', 'y.abc.org')],
      'z.a.org',
      ['ROUTED a', 'ROUTED b'],
    ],
    // `*.a.org` has 6 characters beside its star, and so has `ab.org`
    ['the star is no character', [a('*.a.org', 'ab.org'), b('*.a.org')], 'z.a.org', ['ROUTED a', 'UNDEFINED PRIORITY_TIE']],
    ['every name comes last', [a(), b('*.o')], 'x.o', ['ROUTED b', 'ROUTED b']],
  ])('%s', (_what, routes, sni, expected) => {
    expect(lines(routes, sni)).toEqual(expected);
  });

  it('that are equal end in one way where they lead to one Service', () => {
    const same = [a('a.foo.org'), stream('TLSRoute', 'c', [to('a')], ['a.foo.org'])];
    expect(lines(same, 'a.foo.org')).toEqual(['ROUTED a', 'ROUTED a']);
  });

  it('tell what was compared, and who may take the connection', () => {
    const [, lost] = both([a('*.foo.org', 'a.long.example.org'), b('a.foo.org')], 'a.foo.org');
    expect(lost.result.candidates.map(({ reason, key, own, other }) => [reason, key, own, other])).toEqual([
      ['RULE_SELECTED', null, null, null],
      ['LOWER_PRIORITY', 'priority', '9', '18'],
    ]);
    const [, open] = both([a('a.foo.org'), b('a.foo.org')], 'a.foo.org');
    expect(open.result.candidates.map(({ outcome, reason }) => `${outcome} ${reason}`)).toEqual([
      'possible PRIORITY_TIE',
      'possible PRIORITY_TIE',
    ]);
    expect(open.result.possibilities.map(({ object, backends }) => [object, backends.map(({ service }) => service)])).toEqual([
      ['TLSRoute shop/a', ['a']],
      ['TLSRoute shop/b', ['b']],
    ]);
  });
});

/**
 * `loadTLSRoute` of `tlsroute.go` writes the hostnames that a route and its own listener have in common, and nothing of others; traefik/traefik#13738 (September 2026): "a request is only served by the
 * routes of the listener that is the most specific match for its host name".
 */
describe('several listeners of TLS on one port by Traefik', () => {
  const pass = (name: string, hostname: string) => listener(name, { port: 443, protocol: 'TLS', tls: { mode: 'Passthrough' }, hostname });
  const on = (name: string, sectionName: string, hostname: string) =>
    gatewayObject('TLSRoute', name, {
      parentRefs: [{ name: 'gw', sectionName }],
      hostnames: [hostname],
      rules: [{ backendRefs: [to(name)] }],
    });
  const wide = on('a', 'wide', '*.foo.org');
  const asked = (routes: readonly KubernetesObject[], sni: string) => {
    const listeners = gateway([pass('wide', '*.foo.org'), pass('own', 'a.foo.org')]);
    const model = modelOf([...listeners, ...['a', 'b'].flatMap((name) => backend(name)), ...routes]);
    return (['gateway-api', 'traefik-gateway'] as const).map((dialect) => connectGateway(model, 'tls', 443, sni, dialect));
  };

  it('leave open which routes a connection meets', () => {
    const OPEN = 'UNDEFINED LISTENERS_NOT_ISOLATED';
    expect(asked([wide], 'a.foo.org').map(gatewayLine)).toEqual(['CONNECTION_REFUSED', OPEN]);
    expect(asked([wide], 'x.foo.org').map(gatewayLine)).toEqual(['ROUTED a', 'ROUTED a']);
    expect(asked([wide, on('b', 'own', 'a.foo.org')], 'a.foo.org').map(gatewayLine)).toEqual(['ROUTED b', 'ROUTED b']);
  });

  it('tell every end that the connection may have', () => {
    const [, traefik] = asked([wide], 'a.foo.org');
    expect(traefik?.result.possibilities.map(({ verdict, object }) => [verdict, object])).toEqual([
      ['CONNECTION_REFUSED', null],
      ['ROUTED', 'TLSRoute shop/a'],
    ]);
    expect(traefik?.result.candidates.map(({ outcome }) => outcome)).toEqual(['selected']);
  });
});

/** `tcproute.go`: every route is `HostSNI(*)`; `kubernetes.go`, `supportedRouteKinds`: no protocol UDP. */
describe('routes of ports by Traefik', () => {
  it('of one port none goes first', () => {
    const routes = [stream('TCPRoute', 'a', [to('a')], [], OLD), stream('TCPRoute', 'b', [to('b')])];
    expect(lines(routes, undefined, 'tcp')).toEqual(['ROUTED a', 'UNDEFINED PRIORITY_TIE']);
    expect(lines(routes.slice(1), undefined, 'tcp')).toEqual(['ROUTED b', 'ROUTED b']);
  });

  it('are none of UDP', () => {
    const service: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'dns', namespace: 'shop' },
      spec: { clusterIP: '10.96.0.8', ports: [{ port: 80, protocol: 'UDP' }] },
    };
    const [text, traefik] = both([service, stream('UDPRoute', 'a', [to('dns')])], undefined, 'udp');
    expect([text.verdict, traefik.verdict]).toEqual(['NO_ENDPOINTS', 'CONNECTION_REFUSED']);
    expect(traefik.summary).toContain('Traefik serves no listener of UDP, such as `udp`: packets are dropped');
  });
});

/** `loadTLSService`, `loadTCPService`, `getBackendAddresses`; `pkg/tcp/wrr_load_balancer.go`: a backend that cannot be built is one without servers, whose part of the connections is closed. */
describe('backends of connections by Traefik', () => {
  const service = (spec: JsonObject, annotations: Readonly<Record<string, string>> = {}): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', namespace: 'shop', annotations },
    spec: { ports: [{ port: 80 }], ...spec },
  });
  const toS = stream('TCPRoute', 'r', [to('s')]);

  it.each<[what: string, objects: readonly KubernetesObject[], expected: readonly string[]]>([
    ['not by another name', [service({ type: 'ExternalName', externalName: 'a.org' }), toS], ['NO_BACKEND']],
    ['not without a slice', [service({ clusterIP: '10.96.0.7' }), toS], ['NO_BACKEND']],
    ['of weight 0', [stream('TCPRoute', 'r', [to('a', { weight: 0 }), to('b', { weight: 0 })])], ['NO_BACKEND']],
    [
      'of another provider',
      [stream('TCPRoute', 'r', [{ group: 'traefik.io', kind: 'TraefikService', name: 'x@file' }])],
      ['UNDEFINED', 'SERVICE_NOT_KNOWN'],
    ],
  ])('%s', (_what, objects, [verdict, code]) => {
    const [, traefik] = both(objects, undefined, 'tcp');
    expect([traefik.verdict, traefik.result.unspecified[0]?.code]).toEqual([verdict, code]);
  });

  it('keep their part where they cannot be used', () => {
    const [, { result }] = both([stream('TCPRoute', 'r', [to('a', { weight: 3 }), to('gone', { weight: 1 })])], undefined, 'tcp');
    expect([result.backends.map(({ share }) => share), result.errorShare]).toEqual([[0.75], 0.25]);
  });

  it('are reached at their own address where they say so', () => {
    const [text, traefik] = both([service({ clusterIP: '10.96.0.7' }, { 'traefik.io/service.nativelb': 'true' }), toS], undefined, 'tcp');
    const at = ({ result }: typeof text) =>
      result.backends.flatMap(({ endpoints }) => endpoints.map(({ address, port }) => `${address}:${port}`));
    expect([text.verdict, at(traefik)]).toEqual(['NO_ENDPOINTS', ['10.96.0.7:80']]);
  });
});

import { describe, expect, it } from 'vitest';
import { CERTIFICATES } from '../../../test/support/certificates.js';
import {
  askGateway,
  type Asked,
  backend,
  gateway,
  gatewayLine,
  gatewayObject,
  gatewayStatusOf,
  httpRoute,
  listener,
  rule,
} from '../../../test/support/gateway-cluster.js';
import { requestFor } from '../../../test/support/ask-route.js';
import { modelOf } from '../../../test/support/model.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { routeThroughGateway } from './route-through-gateway.js';

/** One vector for each comparator mistake that no other spec notices (`npm run mutants`). Texts are those of kubernetes-sigs/gateway-api `apis/v1`. */

const SECRET: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'kubernetes.io/tls',
  metadata: { name: 'cert', namespace: 'shop' },
  data: { 'tls.crt': Buffer.from(CERTIFICATES.alternativeNames).toString('base64'), 'tls.key': 'eA==' },
};
const BACKENDS = [...backend('win'), ...backend('lose'), SECRET];
const OLD = '2025-01-01T00:00:00Z';
const NEW = '2026-06-01T00:00:00Z';
const EVERYWHERE: JsonObject = { allowedRoutes: { namespaces: { from: 'All' } } };
const prefix = (value: string, more: JsonObject = {}): JsonObject => ({ path: { type: 'PathPrefix', value }, ...more });
const pattern = (value: string): JsonObject => ({ path: { type: 'RegularExpression', value } });
const to = (service: string, match: JsonObject = prefix('/')) => [rule(match, service)];

const modelWith = (listeners: readonly JsonObject[], objects: readonly KubernetesObject[], more: JsonObject = {}) =>
  modelOf([...gateway(listeners, more), ...BACKENDS, ...objects]);

/** Asks in both orders of the objects. */
function ask(objects: readonly KubernetesObject[], url: string, asked: Asked = {}, listeners = [listener('http', EVERYWHERE)]): string {
  const line = gatewayLine(askGateway(modelWith(listeners, objects), url, asked));
  expect(gatewayLine(askGateway(modelWith(listeners, objects.toReversed()), url, asked))).toBe(line);
  return line;
}

/** `HTTPRouteSpec.Hostnames`: "characters in a matching non-wildcard hostname", then "characters in a matching hostname". */
describe('hostnames of routes', () => {
  it('of its hostnames a route takes the one that ranks first', () => {
    const routes = [
      httpRoute('zz', to('win'), { hostnames: ['*.com', '*.example.com'] }, NEW),
      httpRoute('aa', to('lose', prefix('/', { method: 'GET' })), { hostnames: ['*.com'] }, OLD),
    ];
    expect(ask(routes, 'http://a.example.com/')).toBe('ROUTED win');
  });

  /** kubernetes-sigs/gateway-api#5120: as written or as it meets the listener. */
  it('where only the hostname as it is written decides, nothing is said', () => {
    const routes = [
      httpRoute('a', to('win'), { hostnames: ['*.com'] }, OLD),
      httpRoute('b', to('lose'), { hostnames: ['*.example.com'] }, NEW),
    ];
    const listeners = [listener('http', { hostname: '*.example.com' })];
    expect(ask(routes, 'http://a.example.com/', {}, listeners)).toBe('UNDEFINED HOSTNAME_RANK_UNSPECIFIED');
  });

  it('a route without hostnames has that of the listener', () => {
    const routes = [httpRoute('a', to('win'), {}, OLD), httpRoute('b', to('lose'), { hostnames: ['*.example.com'] }, NEW)];
    expect(ask(routes, 'http://a.example.com/', {}, [listener('http', { hostname: '*.example.com' })])).toBe('ROUTED win');
  });

  /** `Listener.Hostname`: of `*.com` and `a.example.com` what they have in common is the precise one. */
  it('a wildcard on a precise listener is reached by its name alone', () => {
    const model = modelWith([listener('http', { hostname: 'a.example.com' })], [httpRoute('r', to('win'), { hostnames: ['*.com'] })]);
    expect(askGateway(model, 'http://a.example.com/').result.candidates.map(({ host }) => host)).toEqual(['a.example.com']);
  });
});

/** `HTTPRouteRule.Matches`: "the oldest Route based on creation timestamp", "first in alphabetical order by "{namespace}/{name}"", "the FIRST matching rule". */
describe('ties', () => {
  it('names are compared with their namespaces', () => {
    const routes = ['a/z', 'b/a'].map((name, index) =>
      gatewayObject('HTTPRoute', name, {
        parentRefs: [{ name: 'gw', namespace: 'shop' }],
        rules: [rule(prefix('/'), index === 0 ? 'win' : 'lose')],
      }),
    );
    const services = [...backend('win', 'a'), ...backend('lose', 'b')];
    expect(ask([...routes, ...services], 'http://a.example.com/')).toBe('ROUTED win');
  });

  it('of the matches of one rule the first', () => {
    const matches = [prefix('/foo', { headers: [{ name: 'x', value: '1' }] }), prefix('/foo', { headers: [{ name: 'y', value: '1' }] })];
    const model = modelWith([listener('http')], [httpRoute('r', [{ matches, backendRefs: [{ name: 'win', port: 80 }] }])]);
    const headers = [['x', '1'] as const, ['y', '1'] as const];
    expect(askGateway(model, 'http://a.example.com/foo', { headers }).result.candidates).toMatchObject([
      { pointer: '/spec/rules/0/matches/0', outcome: 'selected' },
      { pointer: '/spec/rules/0/matches/1', outcome: 'lost', reason: 'RULE_LATER' },
    ]);
  });

  it('what was never in a cluster is the youngest', () => {
    const { creationTimestamp: _, ...metadata } = httpRoute('aa', []).metadata as JsonObject;
    const undated = { ...httpRoute('aa', to('lose')), metadata } as KubernetesObject;
    expect(ask([undated, httpRoute('zz', to('win'), {}, NEW)], 'http://a.example.com/')).toBe('ROUTED win');
  });
});

/** `PathMatchRegularExpression`: "implementation-specific", and the hostname goes before every path. */
describe('patterns', () => {
  const routes = (precise: JsonObject, wide: JsonObject, hostnames: readonly [string, string]) => [
    httpRoute('zz', to('win', precise), { hostnames: [hostnames[0]] }, NEW),
    httpRoute('aa', to('lose', wide), { hostnames: [hostnames[1]] }, OLD),
  ];
  it.each([
    ['a precise hostname', ['a.example.com', '*.example.com'] as const],
    ['the longer wildcard', ['*.example.com', '*.com'] as const],
  ])('%s goes before a pattern, and with one before a path', (_, hostnames) => {
    expect(ask(routes(prefix('/'), pattern('/foo'), hostnames), 'http://a.example.com/foo')).toBe('ROUTED win');
    expect(ask(routes(pattern('/foo'), prefix('/foo'), hostnames), 'http://a.example.com/foo')).toBe('ROUTED win');
  });

  it('a pattern that matches by every reading, beside a path', () => {
    const both = [httpRoute('a', to('win', pattern('/foo'))), httpRoute('b', to('lose', prefix('/foo')))];
    expect(ask(both, 'http://a.example.com/foo')).toBe('UNDEFINED PATTERN_RANK_UNSPECIFIED');
  });
});

/** traefik/traefik `pkg/provider/kubernetes/gateway/httproute.go`, `buildMatchRule`: 100000 Exact, 10000 and 100 a character of a prefix, 1000 a method, 100 a header, 10 a query parameter, and the hostname. */
describe('the sum of Traefik', () => {
  const headers = ['x', 'y', 'z'].map((name) => ({ name, value: '1' }));
  const given = headers.map(({ name, value }) => [name, value] as const);
  it.each<[what: string, win: JsonObject, lose: JsonObject, hostnames: readonly [string | undefined, string | undefined]]>([
    ['three headers before two characters', prefix('/a', { headers }), prefix('/a/b'), [undefined, undefined]],
    [
      'a query parameter before two characters of the hostname',
      prefix('/a', { queryParams: [{ name: 'q', value: '1' }] }),
      prefix('/a'),
      ['*.example.com', 'a.b.example.com'],
    ],
    ['a hostname before none', prefix('/a'), prefix('/a'), ['a.b.example.com', undefined]],
    [
      'an exact path before a prefix with a method',
      { path: { type: 'Exact', value: '/a/b' } },
      prefix('/a', { method: 'GET' }),
      [undefined, undefined],
    ],
  ])('%s', (_, win, lose, [ofWinner, ofLoser]) => {
    const named = (hostname: string | undefined): JsonObject => (hostname === undefined ? {} : { hostnames: [hostname] });
    const routes = [httpRoute('zz', to('win', win), named(ofWinner), NEW), httpRoute('aa', to('lose', lose), named(ofLoser), OLD)];
    expect(ask(routes, 'http://a.b.example.com/a/b?q=1', { headers: given, dialect: 'traefik-gateway' })).toBe('ROUTED win');
  });
});

/** `Listener.Hostname` and `GatewaySpec.Listeners`: exact before wildcard, the longer wildcard, one listener for each request, 421 where another one fits better. */
describe('the listener of a request', () => {
  const section = (name: string, sectionName: string, service: string) =>
    httpRoute(name, to(service), { parentRefs: [{ name: 'gw', sectionName }] });

  it('the longer wildcard', () => {
    const listeners = [listener('wide', { hostname: '*.com' }), listener('near', { hostname: '*.example.com' })];
    const routes = [section('a', 'wide', 'lose'), section('b', 'near', 'win')];
    expect(ask(routes, 'http://a.example.com/', {}, listeners)).toBe('ROUTED win');
    expect(ask(routes, 'http://a.example.com/', {}, listeners.toReversed())).toBe('ROUTED win');
  });

  it('one that clashes with another takes nothing', () => {
    const twice = ['one', 'two'].map((name) => listener(name, { hostname: 'a.example.com' }));
    const routes = [section('a', 'one', 'lose'), section('b', 'wide', 'win')];
    expect(ask(routes, 'http://a.example.com/', {}, [...twice, listener('wide')])).toBe('ROUTED win');
  });

  const https = (name: string, more: JsonObject = {}) =>
    listener(name, { port: 443, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'cert' }] }, ...more });
  const secure = [
    https('a', { hostname: 'a.example.com' }),
    https('b', { hostname: 'b.example.com' }),
    https('wild', { hostname: '*.example.com' }),
  ];
  const ofAll = [section('a', 'a', 'win'), section('b', 'b', 'lose'), section('c', 'wild', 'lose')];
  it.each([
    ['a.example.com', 'a.example.com', 'ROUTED win'],
    ['A.Example.COM', 'a.example.com', 'ROUTED win'],
    ['a.example.com', 'b.example.com', 'MISDIRECTED 421'],
    ['a.example.com', 'c.example.com', 'MISDIRECTED 421'],
    ['a.example.com', 'other.org', 'NOT_FOUND 404'],
  ])('SNI %s, host %s: %s', (sni, host, expected) => {
    expect(ask(ofAll, `https://${host}/`, { sni }, secure)).toBe(expected);
  });

  /** "When unspecified, all hostnames are matched": one for a name takes no client that sends none. */
  it('without a name in the hello', () => {
    const all = [...secure, https('all')];
    const routes = [section('a', 'a', 'lose'), section('z', 'all', 'win')];
    const nameless = (listeners: readonly JsonObject[]) => {
      const request = { ...requestFor('https://z.org/'), sni: undefined };
      const answer = routeThroughGateway(modelWith(listeners, routes), { request, gateway: 'shop/gw', port: 443 });
      return answer.ok ? gatewayLine(answer.value) : answer.error.message;
    };
    expect(nameless(all)).toBe('ROUTED win');
    expect(nameless(secure)).toBe('CONNECTION_REFUSED');
  });
});

/** `ListenerSetSpec.Listeners`: by age, then "alphabetical order by {namespace}/{name}", in which `-` comes before `/`. */
describe('ListenerSets of one age', () => {
  it('the first by name has the listener', () => {
    const names = ['shop-x/b', 'shop/b', 'shop/a'];
    const sets = names.map((name) =>
      gatewayObject('ListenerSet', name, {
        parentRef: { name: 'gw', namespace: 'shop' },
        listeners: [listener('x', { hostname: 'x.com' })],
      }),
    );
    const more = { allowedListeners: { namespaces: { from: 'All' } } };
    const accepted = (objects: readonly KubernetesObject[]) => {
      const model = modelWith([listener('http')], objects, more);
      const known = objects.map(({ metadata: { namespace, name } }) => `${namespace}/${name}`);
      return known.filter((name) => gatewayStatusOf(model, 'ListenerSet', name).conditions[0]?.status === 'True');
    };
    expect([accepted(sets), accepted(sets.slice(1)), accepted(sets.slice(1).toReversed())]).toEqual([['shop-x/b'], ['shop/a'], ['shop/a']]);
  });
});

/** `ParentReference` and `AllowedRoutes`. */
describe('where a route attaches', () => {
  const attached = (objects: readonly KubernetesObject[], listeners: readonly JsonObject[] = [listener('http')]) => {
    const more = { allowedListeners: { namespaces: { from: 'All' } } };
    const status = gatewayStatusOf(modelWith(listeners, objects, more), 'Gateway', 'shop/gw');
    return (status.listeners ?? []).map((one) => one.attachedRoutes);
  };
  const set = (name: string, host: string) =>
    gatewayObject('ListenerSet', name, {
      parentRef: { name: 'gw', namespace: 'shop' },
      listeners: [listener('extra', { hostname: host, ...EVERYWHERE })],
    });

  it('kind and namespace of the parent count', () => {
    const ofSet = httpRoute('r', to('win'), { parentRefs: [{ kind: 'ListenerSet', name: 'gw' }] });
    expect(attached([ofSet, set('gw', 'x.com')])).toEqual([0]);
    const model = modelWith([listener('http')], [set('one/s', 'x.com'), set('two/s', 'y.com'), ofOther], {
      allowedListeners: { namespaces: { from: 'All' } },
    });
    expect([gatewayLine(askGateway(model, 'http://x.com/')), gatewayLine(askGateway(model, 'http://y.com/'))]).toEqual([
      'NOT_FOUND 404',
      'ROUTED win',
    ]);
  });
  const ofOther = httpRoute('o', to('win'), { parentRefs: [{ kind: 'ListenerSet', name: 's', namespace: 'two' }] });

  /** `kubernetes.io/metadata.name` (KEP-2161): "always set, and its value is the name". */
  it('selectors see the name of a namespace', () => {
    const selector = { matchLabels: { 'kubernetes.io/metadata.name': 'alone' } };
    const listeners = [listener('http', { allowedRoutes: { namespaces: { from: 'Selector', selector } } })];
    const alone = httpRoute('alone/r', to('win'));
    const metadata = { name: 'alone', labels: { 'kubernetes.io/metadata.name': 'other' } };
    expect(attached([alone], listeners)).toEqual([1]);
    expect(attached([alone, { apiVersion: 'v1', kind: 'Namespace', metadata }], listeners)).toEqual([1]);
  });

  /** `GRPCRoute`: "for any given Listener […] hostname": they are kept apart under one hostname of one listener only. */
  it('an HTTPRoute and a GRPCRoute are both accepted where they do not meet', () => {
    const grpc = (more: JsonObject) => gatewayObject('GRPCRoute', 'g', { parentRefs: [{ name: 'gw' }], rules: [{}], ...more });
    expect(attached([httpRoute('h', to('win'), { hostnames: ['a.com'] }), grpc({ hostnames: ['b.com'] })])).toEqual([2]);
    const listeners = [listener('one', { hostname: 'a.com' }), listener('two', { port: 81, hostname: 'a.com' })];
    const [h, g] = [
      httpRoute('h', to('win'), { parentRefs: [{ name: 'gw', sectionName: 'one' }] }),
      grpc({ parentRefs: [{ name: 'gw', sectionName: 'two' }] }),
    ];
    expect(attached([h, g], listeners)).toEqual([1, 1]);
  });
});

/** `TLSRouteSpec.Hostnames`, `TCPRoute`: as for HTTP, hostname, then age, then name. */
describe('routes of connections', () => {
  const stream = (protocol: 'TLS' | 'TCP', name: string, service: string, hostnames?: readonly string[]) => {
    const [namespace] = name.split('/');
    return [
      ...backend(service, namespace),
      gatewayObject(`${protocol}Route`, name, {
        parentRefs: [{ name: 'gw', namespace: 'shop' }],
        ...(hostnames ? { hostnames: [...hostnames] } : {}),
        rules: [{ backendRefs: [{ name: service, port: 80 }] }],
      }),
    ];
  };
  const connect = (protocol: 'TLS' | 'TCP', objects: readonly KubernetesObject[]) => {
    const tls = protocol === 'TLS' ? { tls: { mode: 'Passthrough' } } : {};
    const model = modelWith([listener('s', { port: 9000, protocol, ...tls, ...EVERYWHERE })], objects);
    const scheme = protocol === 'TLS' ? 'tls' : 'tcp';
    const request = { scheme, host: 'a.example.com', sni: protocol === 'TLS' ? 'a.example.com' : undefined } as const;
    const answer = routeThroughGateway(model, { request, gateway: 'shop/gw', port: 9000 });
    if (!answer.ok) throw new Error(answer.error.message);
    return gatewayLine(answer.value);
  };

  const both = (protocol: 'TLS' | 'TCP', all: readonly (readonly KubernetesObject[])[]) => [
    connect(protocol, all.flat()),
    connect(protocol, all.toReversed().flat()),
  ];
  const WON = ['ROUTED win', 'ROUTED win'];

  it('TLS: the precise hostname, then the longer wildcard', () => {
    expect(both('TLS', [stream('TLS', 'shop/a', 'lose', ['*.example.com']), stream('TLS', 'shop/b', 'win', ['a.example.com'])])).toEqual(
      WON,
    );
    expect(both('TLS', [stream('TLS', 'shop/a', 'lose', ['*.com']), stream('TLS', 'shop/b', 'win', ['*.example.com'])])).toEqual(WON);
  });

  it.each(['TLS', 'TCP'] as const)('%s: the older, then by namespace and name', (protocol) => {
    const young = stream(protocol, 'a/a', 'lose').map((object) =>
      object.kind.endsWith('Route') ? { ...object, metadata: { ...object.metadata, creationTimestamp: NEW } } : object,
    );
    expect(both(protocol, [young, stream(protocol, 'b/b', 'win')])).toEqual(WON);
    expect(both(protocol, [stream(protocol, 'a/a', 'lose'), stream(protocol, 'a-b/z', 'win')])).toEqual(WON);
  });
});

/** `BackendTLSPolicySpec.TargetRefs`: "sectionName" first, then the oldest, then by name. */
describe('the BackendTLSPolicy of a port', () => {
  const policy = (name: string, createdAt: string, sectionName?: string) =>
    gatewayObject(
      'BackendTLSPolicy',
      name,
      {
        targetRefs: [{ group: '', kind: 'Service', name: 'web', ...(sectionName === undefined ? {} : { sectionName }) }],
        validation: { wellKnownCACertificates: 'System', hostname: `${name.replace('/', '-')}.example.com` },
      },
      { createdAt },
    );
  const [, slice] = backend('web') as [KubernetesObject, KubernetesObject];
  const ports = ['one', 'two'].map((name, index) => ({ name, port: 80 + index, targetPort: 8080 }));
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { clusterIP: '10.96.0.9', ports },
  };
  const web = [service, { ...slice, ports: ports.map(({ name }) => ({ name, port: 8080 })) }];
  const sniAt = (port: number, ...policies: readonly KubernetesObject[]) => {
    const route = httpRoute('r', [{ backendRefs: [{ name: 'web', port }] }]);
    const { result } = askGateway(modelWith([listener('http')], [route, ...web, ...policies]), 'http://a.example.com/');
    return result.backends.map(({ tls }) => tls?.sni);
  };

  it('one for the port, however young, goes before one for the Service, and is for no other port', () => {
    const [ofService, ofPort] = [policy('a', OLD), policy('z', NEW, 'one')];
    expect([sniAt(80, ofService, ofPort), sniAt(81, ofService, ofPort), sniAt(81, ofPort)]).toEqual([
      ['z.example.com'],
      ['a.example.com'],
      [undefined],
    ]);
  });

  it('the oldest, then by name, of its own namespace', () => {
    expect(sniAt(80, policy('a', NEW), policy('z', OLD))).toEqual(['z.example.com']);
    expect(sniAt(80, policy('b', OLD), policy('a', OLD))).toEqual(['a.example.com']);
    expect(sniAt(80, policy('other/a', OLD))).toEqual([undefined]);
  });
});

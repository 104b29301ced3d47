import { describe, expect, it } from 'vitest';
import { askTraefik as ask, ingressRoute, to, traefikLine as line, traefikObject as object } from '../../../test/support/traefik.js';
import { normaliseObject } from '../resources/normalise-object.js';

/** traefik/traefik `pkg/provider/kubernetes/crd/kubernetes_http.go`, `loadIngressRouteConfiguration`; priorities by `pkg/muxer/http/mux.go`. */
describe('IngressRoutes', () => {
  const two = ingressRoute('r', to('Host(`foo.com`)', 'a'), to('Host(`foo.com`) && PathPrefix(`/b`)', 'b'));

  it('go by the length of the rule, with both values for the loser', () => {
    const answer = ask([two], 'http://foo.com/b');
    expect(answer.verdict).toBe('ROUTED');
    expect(answer.result.dialect).toBe('traefik');
    expect(answer.result.candidates).toMatchObject([
      { pointer: '/spec/routes/1', outcome: 'selected' },
      { pointer: '/spec/routes/0', outcome: 'lost', reason: 'LOWER_PRIORITY', key: 'priority', own: '15', other: '35' },
    ]);
  });

  it('go by a priority that is told', () => {
    const told = ingressRoute('r', to('Host(`foo.com`)', 'a', { priority: 100 }), to('Host(`foo.com`) && PathPrefix(`/b`)', 'b'));
    expect(line([told], 'http://foo.com/b')).toBe('ROUTED a=1');
  });

  it('are dropped without Service, port, endpoints or Middleware', () => {
    for (const one of [
      to('Host(`foo.com`)', 'gone'),
      to('Host(`foo.com`)', 'empty'),
      { match: 'Host(`foo.com`)', services: [{ name: 'a', port: 81 }] },
      { match: 'Host(`foo.com`)', services: [{ name: 'a' }] },
      to('Host(`foo.com`)', 'a', { middlewares: [{ name: 'gone' }] }),
      { match: 'Host(`foo.com`)', services: [{ name: 'a', port: 80, namespace: 'other' }] },
    ])
      expect(line([ingressRoute('r', one)], 'http://foo.com/')).toBe('NOT_FOUND 404');
  });

  it('name the one part that keeps a rule from holding', () => {
    const [near] = ask([ingressRoute('r', to('Host(`foo.com`) && Path(`/x`)', 'a'))], 'http://foo.com/y').result.nearMisses;
    expect(near).toMatchObject({ reason: 'RULE_PART_FAILS', pointer: '/spec/routes/0', fix: 'request path `/x`' });
  });

  // A rule that holds lacks one thing alone; whether a refused rule would hold nobody knows.
  it('are told with the rule that holds first, and what Traefik refuses last', () => {
    const routes = [to('Host(`foo.com`) && Path(', 'a'), to('Host(`foo.com`)', 'empty'), to('Host(`foo.com`) && Path(`/x`)', 'a')];
    const { nearMisses } = ask([ingressRoute('r', ...routes)], 'http://foo.com/y').result;
    expect(nearMisses.map(({ reason, pointer }) => `${reason} ${pointer}`)).toEqual([
      'NO_READY_ENDPOINTS /spec/routes/1',
      'RULE_PART_FAILS /spec/routes/2',
      'RULE_REFUSED /spec/routes/0',
    ]);
  });

  it('tell first of one whose rule holds, and why it does not serve', () => {
    const gone = { match: 'Host(`foo.com`)', kind: 'Rule', services: [{ name: 'loop', kind: 'TraefikService' }] };
    const loop = object('TraefikService', 'loop', { weighted: { services: [{ name: 'loop', kind: 'TraefikService' }] } });
    const other = object('IngressRoute', 'other', {
      entryPoints: ['web'],
      routes: [to('Host(`foo.com`) && Path(`/x`)', 'a'), to('Host(`foo.com`)', 'a')],
    });
    const nearest = (objects: Parameters<typeof ask>[0], url: string) => ask(objects, url).result.nearMisses[0];
    expect(nearest([other], 'https://foo.com/y')).toMatchObject({ reason: 'ENTRY_POINT_OTHER', pointer: '/spec/routes/1' });
    for (const [route, reason] of [
      [to('Host(`foo.com`)', 'empty'), 'NO_READY_ENDPOINTS'],
      [gone, 'BACKEND_INVALID'],
      [{ match: 'Host(`foo.com`)', services: [{ name: 'a' }] }, 'PORT_MISSING'],
      [{ match: 'Host(`foo.com`)', services: [{ name: 'a', port: 80, namespace: 'other' }] }, 'NAMESPACE_CROSSED'],
    ] as const)
      expect(nearest([ingressRoute('r', to('Host(`foo.com`) && Path(`/x`)', 'a'), route), loop], 'http://foo.com/y')).toMatchObject({
        reason,
        pointer: '/spec/routes/1',
      });
  });

  // `loadServers`: "no servers found" unless `allowEmptyServices`, which the Helm chart sets since 31.0.
  it('say so where an empty Service would have come first', () => {
    const codes = (...routes: Parameters<typeof to>[]) =>
      ask([ingressRoute('r', ...routes.map((one) => to(...one)))], 'http://foo.com/x')
        .assumptions.map(({ code }) => code)
        .filter((code) => code === 'EMPTY_SERVICES_DROPPED');
    expect(codes(['Host(`foo.com`)', 'empty'])).toHaveLength(1);
    expect(codes(['Host(`foo.com`)', 'a'], ['Host(`foo.com`) && Path(`/x`)', 'empty'])).toHaveLength(1);
    expect(codes(['Host(`foo.com`)', 'empty'], ['Host(`foo.com`) && Path(`/x`)', 'a'])).toEqual([]);
    expect(codes(['Host(`foo.com`)', 'gone'])).toEqual([]);
  });

  // `loadServers`, `loadTCPServers`, `loadUDPServers` of `pkg/provider/kubernetes/crd`: the internal addresses of the nodes and the node port, for Services of type NodePort alone.
  it('reach a Service at the nodes where `nodePortLB` asks for it', () => {
    const ports = [{ name: 'http', port: 80, nodePort: 30_080 }];
    const service = (name: string, type: string) =>
      ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 't' }, spec: { type, ports, clusterIP: '10.96.0.9' } }) as const;
    const node = (name: string, ...addresses: (readonly [type: string, address: string])[]) =>
      ({
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name },
        status: { addresses: addresses.map(([type, address]) => ({ type, address })) },
      }) as const;
    const route = (name: string) =>
      ingressRoute('r', { match: 'Host(`foo.com`)', kind: 'Rule', services: [{ name, port: 80, nodePortLB: true }] });
    const nodes = [node('n1', ['InternalIP', '10.0.0.1'], ['ExternalIP', '203.0.113.1']), node('n2', ['InternalIP', '10.0.0.2'])];
    const places = (...objects: Parameters<typeof ask>[0]) =>
      ask([...objects, route('np'), service('np', 'NodePort')], 'http://foo.com/').result.backends.flatMap(({ endpoints }) =>
        endpoints.map(({ address, port, node: at }) => `${address}:${port} ${at}`),
      );
    expect(places(...nodes)).toEqual(['10.0.0.1:30080 n1', '10.0.0.2:30080 n2']);
    expect(line([route('np'), service('np', 'NodePort')], 'http://foo.com/')).toBe('NOT_FOUND 404');
    expect(line([route('lb'), service('lb', 'ClusterIP'), ...nodes], 'http://foo.com/')).toBe('NOT_FOUND 404'); // no endpoints of its own
  });

  // `EndpointServing` of `pkg/provider/kubernetes/k8s/endpoint.go`; `nextServer` of `loadbalancer/wrr` gives a fenced server to nobody: "no available server".
  it('stay where the last endpoint of their Service terminates and still serves', () => {
    const drained: Parameters<typeof ask>[0] = [
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'drained', namespace: 't' }, spec: { ports: [{ port: 80 }] } },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'drained-1', namespace: 't', labels: { 'kubernetes.io/service-name': 'drained' } },
        addressType: 'IPv4',
        ports: [{ name: '', port: 80, protocol: 'TCP' }],
        endpoints: [{ addresses: ['10.0.0.9'], conditions: { ready: false, serving: true, terminating: true } }],
      },
    ];
    const routes = ingressRoute('r', to('Host(`foo.com`)', 'a'), to('Host(`foo.com`) && Path(`/x`)', 'drained'));
    expect(line([routes, ...drained], 'http://foo.com/x')).toBe('NO_ENDPOINTS drained=1 503');
    expect(line([ingressRoute('r', to('Host(`foo.com`)', 'a'), to('Host(`foo.com`) && Path(`/x`)', 'empty'))], 'http://foo.com/x')).toBe(
      'ROUTED a=1',
    );
  });

  it('are named where a host is spelt nearly as theirs', () => {
    const objects = [ingressRoute('r', to('Path(`/y`)', 'b'), to('Host(`shop.foo.com`)', 'a'))];
    const near = ask(objects, 'http://shop.fooo.com/').result.nearMisses.find(({ reason }) => reason === 'HOST_SPELLING');
    expect(near).toMatchObject({ object: 'IngressRoute t/r', pointer: '/spec/routes/1/match' });
  });

  it('share requests by weight, and by TraefikServices behind one another', () => {
    const weighted = {
      services: [
        { name: 'a', port: 80, weight: 3 },
        { name: 'b', port: 80 },
      ],
    };
    const named = { match: 'Host(`foo.com`)', services: [{ name: 'w', kind: 'TraefikService' }] };
    expect(line([ingressRoute('r', { match: 'Host(`foo.com`)', ...weighted })], 'http://foo.com/')).toBe('ROUTED a=0.75 b=0.25');
    expect(line([ingressRoute('r', named), object('TraefikService', 'w', { weighted })], 'http://foo.com/')).toBe('ROUTED a=0.75 b=0.25');
    const mirror = object('TraefikService', 'w', { mirroring: { name: 'a', port: 80, mirrors: [{ name: 'b', port: 80, percent: 20 }] } });
    expect(ask([ingressRoute('r', named), mirror], 'http://foo.com/').result.mirrors).toMatchObject([{ service: 'b', percent: 20 }]);
  });
});

describe('what is wrong about an IngressRoute', () => {
  const faults = (match: string) =>
    normaliseObject(ingressRoute('r', to(match, 'a'))).diagnostics.map(({ code, pointer, message }) => [
      code,
      pointer,
      message.slice(0, 24),
    ]);

  it('is told where its rule stands', () => {
    expect(faults('Host(`a`')).toEqual([['invalid-rule', '/spec/routes/0/match', 'error while parsing rule']]);
    expect(faults('')).toMatchObject([['missing-field', '/spec/routes/0/match', expect.any(String)]]);
    expect(faults('Host(`a`)')).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { backend, gateway, gatewayObject, listener } from '../../../test/support/gateway-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes, ruleLine } from '../../../test/support/route-lint.js';
import { TRAEFIK_SERVICES, traefikObject } from '../../../test/support/traefik.js';
import type { JsonObject } from '../kernel/json.js';
import { parseIp } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { routeConnection } from './route-connection.js';
import type { RuleWitness } from './route-lint-result.js';
import type { ConnectionRequest } from './route-request.js';

const at = (name: string, entryPoint: string, spec: JsonObject, ...routes: JsonObject[]) =>
  traefikObject('IngressRouteTCP', name, { entryPoints: [entryPoint], ...spec, routes });
const tcp = (name: string, match: string, service = 'a', more: JsonObject = {}) =>
  at(name, 'websecure', { tls: { passthrough: true } }, { match, services: [{ name: service, port: 80 }], ...more });
const udp = (name: string, entryPoint: string, service = 'a') =>
  traefikObject('IngressRouteUDP', name, { entryPoints: [entryPoint], routes: [{ services: [{ name: service, port: 80 }] }] });
const lint = (...objects: readonly KubernetesObject[]) => lintRoutes(modelOf([...TRAEFIK_SERVICES, ...objects]));
const rulesOf = (...objects: readonly KubernetesObject[]) =>
  lint(...objects).rules.filter(({ object }) => object.kind.startsWith('IngressRoute'));
const lines = (...objects: readonly KubernetesObject[]) => rulesOf(...objects).map(ruleLine);

/** Which object takes a witness. */
function taken(objects: readonly KubernetesObject[], { url, clientAddress, alpn }: RuleWitness): string | null {
  const [, scheme = '', host = '', port = '443'] = /^(\w+):\/\/([^:]*)(?::(\d+))?$/.exec(url) ?? [];
  const request: ConnectionRequest = {
    scheme: scheme as ConnectionRequest['scheme'],
    host,
    sni: scheme === 'tls' ? host : undefined,
    clientAddress: clientAddress === null ? undefined : parseIp(clientAddress),
    alpn: alpn.length === 0 ? undefined : alpn,
  };
  const model = modelOf([...TRAEFIK_SERVICES, ...objects]);
  const answer = routeConnection(model, request, Number(port), { class: undefined, dialect: undefined });
  return answer.ok && answer.value.verdict === 'ROUTED' ? (answer.value.result.possibilities[0]?.object ?? null) : null;
}

/** traefik/traefik `pkg/muxer/tcp/mux.go`: the router of the higher priority that matches takes the connection. */
describe('rules of IngressRouteTCPs', () => {
  it('are live where a connection reaches them, which is told', () => {
    expect(lines(tcp('r', 'HostSNI(`db.com`)'))).toEqual(['r HostSNI(`db.com`) live GET tls://db.com']);
    expect(lines(tcp('r', 'HostSNIRegexp(`^db[0-9][.]com$`)'))).toEqual(['r HostSNIRegexp(`^db[0-9][.]com$`) live GET tls://db0.com']);
    expect(lines(at('r', 'db', {}, { match: 'HostSNI(`*`)', services: [{ name: 'a', port: 80 }] }))).toEqual([
      'r HostSNI(`*`) live GET tcp://witness.example.invalid:9000',
    ]);
  });

  it('have a witness that says from where it comes and what it offers, and that they take', () => {
    const objects = [tcp('r', 'HostSNI(`db.com`)'), tcp('s', 'HostSNI(`db.com`) && ClientIP(`10.0.0.0/8`) && ALPN(`mqtt`)', 'b')];
    const [narrow, wide] = rulesOf(...objects).map(({ witness }) => witness);
    expect(narrow).toMatchObject({ url: 'tls://db.com', clientAddress: '10.0.0.0', alpn: ['mqtt'] });
    expect([taken(objects, narrow!), taken(objects, wide!)]).toEqual(['IngressRouteTCP t/s', 'IngressRouteTCP t/r']);
  });

  it('are shadowed where others of higher priority take together all they match', () => {
    const wide = tcp('r', 'HostSNI(`*.db.com`)', 'a', { priority: 100 });
    expect(lines(wide, tcp('s', 'HostSNI(`x.db.com`)'))).toContain('s HostSNI(`x.db.com`) shadowed by r');
    expect(lines(wide, tcp('s', 'HostSNI(`x.y.db.com`)'))).toContain('s HostSNI(`x.y.db.com`) live GET tls://x.y.db.com');
    const inside = tcp('p', 'ClientIP(`10.0.0.0/8`)', 'a', { priority: 100 });
    const outside = tcp('q', '!ClientIP(`10.0.0.0/8`)', 'a', { priority: 100 });
    expect(lines(inside, outside, tcp('s', 'HostSNI(`db.com`)'))).toContain('s HostSNI(`db.com`) shadowed by p,q');
    expect(lines(inside, tcp('s', 'ClientIP(`10.1.0.0/16`)'))).toContain('s ClientIP(`10.1.0.0/16`) shadowed by p');
  });

  it('are not compared with those of other entry points, or without TLS', () => {
    const wide = { match: 'HostSNI(`*`)', services: [{ name: 'a', port: 80 }], priority: 100 };
    const own = tcp('s', 'HostSNI(`db.com`)');
    expect(lines(at('r', 'other', { tls: { passthrough: true } }, wide), own)).toContain('s HostSNI(`db.com`) live GET tls://db.com');
    expect(lines(at('r', 'websecure', {}, wide), own)).toContain('s HostSNI(`db.com`) live GET tls://db.com');
  });

  it('are unreachable with each reason', () => {
    const codes = (...objects: readonly KubernetesObject[]) =>
      lint(...objects).findings.flatMap(({ code, object }) => (object.kind === 'Ingress' ? [] : [code]));
    expect(codes(tcp('r', 'HostSNI(`db.com`'))).toEqual(['ING-INVALID']);
    expect(codes(tcp('r', 'HostSNI(`db.com`)', 'gone'))).toEqual(['ING-SERVICE-MISSING']);
    expect(codes(tcp('r', 'HostSNI(`db.com`)', 'empty'))).toEqual(['ING-NO-ENDPOINTS']);
    expect(codes(tcp('r', 'HostSNI(`db.com`)', 'a', { middlewares: [{ name: 'gone' }] }))).toEqual(['ING-MIDDLEWARE-MISSING']);
  });
});

/** traefik/traefik `pkg/server/router/udp/router.go`: one router of packets an entry point. */
describe('rules of IngressRouteUDPs', () => {
  it('are live where they are the only one of their entry point, and a conflict where they are not', () => {
    expect(lines(udp('r', 'dns'))).toEqual(['r UDP live GET udp://witness.example.invalid:9000']);
    const { conflicts } = lint(udp('r', 'dns'), udp('s', 'dns', 'b'));
    expect(conflicts).toMatchObject([{ decided: false, path: 'UDP', claims: [{ object: { name: 'r' } }, { object: { name: 's' } }] }]);
  });
});

/** gateway-api `apis/v1/tlsroute_types.go`, `tcproute_types.go`, `udproute_types.go`: the most specific hostname, then the oldest route, then by name (rules G39, G40). */
describe('routes of connections through a Gateway', () => {
  const route = (kind: string, name: string, createdAt: string, more: JsonObject = {}) =>
    gatewayObject(
      kind,
      name,
      { parentRefs: [{ name: 'gw' }], rules: [{ backendRefs: [{ name: 's', port: 80 }] }], ...more },
      { createdAt },
    );
  const [OLD, YOUNG] = ['2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'];
  const tls = listener('tls', { port: 443, protocol: 'TLS', tls: { mode: 'Passthrough' } });
  const found = (...objects: readonly KubernetesObject[]) =>
    lintRoutes(
      modelOf([
        ...gateway([tls, listener('tcp', { port: 5432, protocol: 'TCP' }), listener('udp', { port: 53, protocol: 'UDP' })]),
        ...backend('s'),
        ...objects,
      ]),
    );
  const shown = (...objects: readonly KubernetesObject[]) => found(...objects).rules.map(ruleLine);

  it('are live where a connection reaches them, which is told', () => {
    expect(
      shown(route('TLSRoute', 'r', OLD, { hostnames: ['*.db.com'] }), route('TCPRoute', 's', OLD), route('UDPRoute', 't', OLD)),
    ).toEqual([
      'r  live GET tls://witness.db.com',
      's  live GET tcp://witness.example.invalid:5432',
      't  live GET udp://witness.example.invalid:53',
    ]);
  });

  it('are shadowed by the older one, which is a conflict with age and owner', () => {
    const routes = [route('TCPRoute', 'r', YOUNG), route('TCPRoute', 's', OLD)];
    expect(shown(...routes)).toEqual(['r  shadowed by s', 's  live GET tcp://witness.example.invalid:5432']);
    const { conflicts, findings } = found(...routes);
    expect(conflicts).toMatchObject([
      {
        decided: true,
        claims: [
          { createdAt: YOUNG, wins: false },
          { createdAt: OLD, wins: true },
        ],
      },
    ]);
    expect(findings.map(({ code, object }) => `${code} ${object.name}`)).toEqual(['ING-SHADOWED r', 'ING-CONFLICT r']);
  });

  it('of one hostname are shadowed by the older one; a wider one is not', () => {
    const precise = route('TLSRoute', 'r', YOUNG, { hostnames: ['a.db.com'] });
    expect(shown(precise, route('TLSRoute', 's', OLD, { hostnames: ['a.db.com', 'b.db.com'] }))[0]).toBe('r  shadowed by s');
    expect(shown(precise, route('TLSRoute', 's', OLD, { hostnames: ['*.db.com'] }))).toEqual([
      'r  live GET tls://a.db.com',
      's  live GET tls://witness.db.com',
    ]);
  });

  it('are unreachable where they are attached to nothing, undecided with several rules, and told where a backend leads nowhere', () => {
    const nowhere = route('TCPRoute', 'r', OLD, { parentRefs: [{ name: 'gw', sectionName: 'gone' }] });
    expect(shown(nowhere)).toEqual(['r  unreachable']);
    const rules = [{ backendRefs: [{ name: 's', port: 80 }] }, { backendRefs: [{ name: 'gone', port: 80 }] }];
    const { states, findings } = found(route('TCPRoute', 'r', OLD, { rules }));
    expect(states).toMatchObject({ undecided: 1 });
    expect(findings.map(({ code }) => code)).toEqual(['ING-REFUSED', 'ING-SERVICE-MISSING', 'ING-UNDECIDED']);
  });
});

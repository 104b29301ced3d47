import { describe, expect, it } from 'vitest';
import { CERTIFICATES } from '../../../test/support/certificates.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { askTraefik, ingressRoute, to, TRAEFIK_SERVICES, traefikLine, traefikObject } from '../../../test/support/traefik.js';
import type { JsonObject } from '../kernel/json.js';
import { parseIp } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { normaliseObject } from '../resources/normalise-object.js';
import { routeConnection } from './route-connection.js';
import type { ConnectionRequest } from './route-request.js';

const tcp = (name: string, spec: JsonObject, ...routes: JsonObject[]) => traefikObject('IngressRouteTCP', name, { ...spec, routes });
const sni = (match: string, service: string, more: JsonObject = {}): JsonObject => ({
  match,
  services: [{ name: service, port: 80 }],
  ...more,
});
const PASSED: JsonObject = { tls: { passthrough: true } };
const ENDED: JsonObject = { tls: {} };
const UNNAMED = { class: undefined, dialect: undefined };
const TO_HTTPS = 'nothing passes the TLS';

/** `tls://db.com`, `tcp://db.com:5432` in one line. */
function line(objects: readonly KubernetesObject[], url: string, more: Partial<ConnectionRequest> = {}): string {
  const [, scheme = '', host = '', port = '443'] = /^(\w+):\/\/([^:]*)(?::(\d+))?$/.exec(url) ?? [];
  const request = { scheme: scheme as ConnectionRequest['scheme'], host, sni: scheme === 'tls' ? host : undefined, ...more };
  const answer = routeConnection(modelOf([...TRAEFIK_SERVICES, ...objects]), request, Number(port), {
    class: undefined,
    dialect: undefined,
  });
  if (!answer.ok) return answer.error.message.slice(0, TO_HTTPS.length);
  const { verdict, result } = answer.value;
  return [verdict, ...result.backends.map(({ service, share }) => `${service}=${share}`)].join(' ');
}

/** traefik/traefik `pkg/server/router/tcp/router.go`, `ServeTCP`; priorities by `pkg/muxer/tcp/mux.go`. */
describe('a TLS connection', () => {
  const db = tcp('db', PASSED, sni('HostSNI(`db.com`)', 'a'));

  it('goes to the router of its name, passed through or ended', () => {
    expect(line([db], 'tls://db.com')).toBe('ROUTED a=1');
    expect(line([db], 'tls://DB.com')).toBe('ROUTED a=1');
    expect(line([tcp('db', ENDED, sni('HostSNI(`db.com`)', 'a'))], 'tls://db.com')).toBe('ROUTED a=1');
    expect(traefikLine([db], 'https://db.com/')).toBe('ROUTED a=1');
    expect(askTraefik([db], 'https://db.com/').result.backends[0]?.tls).toEqual({
      sni: 'db.com',
      policy: null,
      names: [],
      clientCertificate: null,
    });
  });

  it('goes to HTTPS first where a router of requests has its name', () => {
    const https = traefikObject('IngressRoute', 'r', { routes: [to('Host(`db.com`)', 'b')], tls: {} });
    expect(traefikLine([db, https], 'https://db.com/')).toBe('ROUTED b=1');
    expect(line([db, https], 'tls://db.com')).toBe(TO_HTTPS);
  });

  it('goes to routers of requests without a host behind those of its name, and before `HostSNI(*)`', () => {
    const any = traefikObject('IngressRoute', 'r', { routes: [to('PathPrefix(`/`)', 'b')], tls: {} });
    const all = tcp('all', PASSED, sni('HostSNI(`*`)', 'a'));
    expect(traefikLine([db, any], 'https://db.com/')).toBe('ROUTED a=1');
    expect(traefikLine([all, any], 'https://db.com/')).toBe('ROUTED b=1');
    expect(traefikLine([all, ingressRoute('r', to('Host(`other.com`)', 'b'))], 'https://db.com/')).toBe('ROUTED a=1');
  });

  it('takes the longest rule, `HostSNI(*)` last, and a priority that is told first', () => {
    const routes = [sni('HostSNI(`*`)', 'b'), sni('HostSNIRegexp(`^.*$`)', 'a')];
    expect(line([tcp('r', PASSED, ...routes)], 'tls://db.com')).toBe('ROUTED a=1');
    expect(line([tcp('r', PASSED, ...routes.map((one, index) => ({ ...one, priority: 2 - index })))], 'tls://db.com')).toBe('ROUTED b=1');
    expect(line([tcp('r', PASSED, sni('HostSNI(`db.com`)', 'a')), tcp('s', PASSED, sni('HostSNI(`db.com`)', 'b'))], 'tls://db.com')).toBe(
      'UNDEFINED',
    );
  });

  // `loadIngressRouteTCPConfiguration`: routers of an object are named by their rule (`makeServiceKey`), and a reference that is not allowed passes over one before it has its name.
  it('of two rules that are the same in one object the last, unless that is passed over', () => {
    const twins = (more: JsonObject = {}) => tcp('r', PASSED, sni('HostSNI(`db.com`)', 'a'), sni('HostSNI(`db.com`)', 'b', more));
    expect(line([twins()], 'tls://db.com')).toBe('ROUTED b=1');
    expect(line([twins({ middlewares: [{ name: 'm', namespace: 'other' }] })], 'tls://db.com')).toBe('ROUTED a=1');
    expect(line([twins({ middlewares: [{ name: 'gone' }] })], 'tls://db.com')).toBe(TO_HTTPS);
    const answer = routeConnection(modelOf([...TRAEFIK_SERVICES, twins()]), { scheme: 'tls', host: 'db.com', sni: 'db.com' }, 443, UNNAMED);
    const judged = answer.ok ? answer.value.result.candidates : [];
    expect(judged.map(({ pointer, outcome, reason }) => [pointer, outcome, reason])).toEqual(
      expect.arrayContaining([['/spec/routes/0', 'excluded', 'ROUTER_REFUSED']]),
    );
  });

  // The same function: `conf.Services[serviceName]` is shared by them, a Service that cannot be built is left out (`continue`), and several are appended to what stands there.
  it('of two rules that are the same in one object the Services of both, as far as the last one leaves them', () => {
    const two = (...names: string[]) => ({ match: 'HostSNI(`db.com`)', services: names.map((name) => ({ name, port: 80 })) });
    const routed = (...routes: JsonObject[]) => line([tcp('r', PASSED, ...routes)], 'tls://db.com');
    expect(routed(two('a'), two('gone'))).toBe('ROUTED a=1');
    expect(routed(two('gone'), two('b'))).toBe('ROUTED b=1');
    expect(routed(two('gone'), two('gone'))).toBe(TO_HTTPS);
    expect(routed(two('a', 'b'), two('gone'))).toBe('ROUTED a=0.5 b=0.5');
    expect(routed(two('a', 'b'), two('b', 'gone', 'a'))).toBe('ROUTED a=0.25 b=0.25 b=0.25 a=0.25');
    expect(routed(two('a', 'b'), two('b'))).toBe('ROUTED b=1');
    expect(routed(two('a'), two('a', 'b'))).toBe('UNDEFINED');
  });

  // "Handling Non-TLS TCP connection early if there is neither HTTP(S) nor TLS routers on the entryPoint".
  it('goes to a router without TLS where its entry point has none with TLS', () => {
    const pg = tcp('pg', { entryPoints: ['postgres'] }, sni('HostSNI(`*`)', 'a'));
    const named = { entryPoints: ['postgres'], ...PASSED };
    const https = traefikObject('IngressRoute', 'h', { entryPoints: ['postgres'], routes: [to('Host(`db.com`)', 'b')], tls: {} });
    const elsewhere = tcp('web', { entryPoints: ['websecure'], ...PASSED }, sni('HostSNI(`db.com`)', 'b'));
    expect(line([pg], 'tls://db.com:5432')).toBe('ROUTED a=1');
    expect(line([pg, elsewhere], 'tls://db.com:5432')).toBe('ROUTED a=1');
    expect(line([pg, https], 'tls://db.com:5432')).toBe('CONNECTION_REFUSED');
    expect(line([pg, tcp('named', named, sni('HostSNI(`other.com`)', 'b'))], 'tls://db.com:5432')).toBe('CONNECTION_REFUSED');
    expect(traefikLine([tcp('all', { entryPoints: ['websecure'] }, sni('HostSNI(`*`)', 'a'))], 'https://db.com/')).toBe('ROUTED a=1');
  });

  it('is told what nearly took it', () => {
    const empty = tcp('r', { entryPoints: ['tls'], ...PASSED }, sni('HostSNI(`db.com`)', 'empty'));
    const request = { scheme: 'tls', host: 'db.com', sni: 'db.com' } as const;
    const answer = routeConnection(modelOf([...TRAEFIK_SERVICES, empty]), request, 8443, { class: undefined, dialect: undefined });
    expect(answer).toMatchObject({ value: { verdict: 'CONNECTION_REFUSED', result: { nearMisses: [{ reason: 'NO_READY_ENDPOINTS' }] } } });
  });

  it('is told which part of a rule alone keeps it from holding, where the router listens', () => {
    const near = (rule: string, entryPoint: string, more: Partial<ConnectionRequest> = {}) => {
      const objects = [...TRAEFIK_SERVICES, tcp('r', { entryPoints: [entryPoint], ...PASSED }, sni(rule, 'a'))];
      const request = { scheme: 'tls', host: 'dbb.com', sni: 'dbb.com', ...more } as const;
      const answer = routeConnection(modelOf(objects), request, 8443, UNNAMED);
      return answer.ok ? answer.value.result.nearMisses.map(({ reason, fix }) => `${reason} ${fix}`) : answer.error.message;
    };
    expect(near('HostSNI(`db.com`)', 'tls')).toEqual(['RULE_PART_FAILS connect with the name `db.com` (SNI)']);
    const asked = { sni: 'db.com', alpn: ['h2'] };
    expect(near('HostSNI(`db.com`) && ALPN(`mqtt`)', 'tls', asked)).toEqual(['RULE_PART_FAILS offer the protocol `mqtt` (ALPN)']);
    expect(near('HostSNI(`db.com`) && ALPN(`mqtt`)', 'tls', { alpn: ['h2'] })).toEqual([]);
  });

  it('is matched by the address of the client, and not by protocols that nobody tells', () => {
    const rule = sni('HostSNI(`db.com`) && ClientIP(`10.0.0.0/8`)', 'a');
    expect(line([tcp('r', PASSED, rule)], 'tls://db.com', { clientAddress: parseIp('10.1.2.3') })).toBe('ROUTED a=1');
    expect(line([tcp('r', PASSED, rule)], 'tls://db.com', { clientAddress: parseIp('192.0.2.1') })).toBe(TO_HTTPS);
    expect(line([tcp('r', PASSED, sni('HostSNI(`db.com`) && ALPN(`h2`)', 'a'))], 'tls://db.com')).toBe('UNDEFINED');
  });

  // `pkg/muxer/tcp/matcher.go`, `alpn`: one of the protocols of the hello is the value.
  it.each([
    ['h2', ['h2', 'http/1.1'], 'ROUTED a=1'],
    ['mqtt', ['h2'], TO_HTTPS],
    ['mqtt', [], TO_HTTPS],
  ])('is matched by the protocols that the client offers: %s of %j', (wanted, alpn, expected) => {
    expect(line([tcp('r', PASSED, sni(`HostSNI(\`db.com\`) && ALPN(\`${wanted}\`)`, 'a'))], 'tls://db.com', { alpn })).toBe(expected);
  });

  it('offers protocols of HTTP alone where it is one of HTTPS, and of those nobody knows which', () => {
    const asked = (wanted: string) => traefikLine([tcp('r', PASSED, sni(`ALPN(\`${wanted}\`)`, 'a'))], 'https://db.com/');
    expect([asked('mqtt'), asked('http/1.1')]).toEqual(['NOT_FOUND 404', 'UNDEFINED']);
  });

  // doc.traefik.io v3.7, TCP "Rules & Priority": HostSNI "supports wildcard subdomain matching (e.g. `*.example.com`)"; `pkg/muxer/muxer_test.go`: exactly one label, in any case.
  it.each([
    ['*.db.com', 'a.db.com', 'ROUTED a=1'],
    ['*.DB.com', 'a.db.com', 'ROUTED a=1'],
    ['*.db.com', 'a.b.db.com', TO_HTTPS],
    ['*.db.com', 'db.com', TO_HTTPS],
    ['*.db.com', 'adb.com', TO_HTTPS],
  ])('is matched by wildcards of one label: %s takes %s', (wanted, name, expected) => {
    expect(line([tcp('r', PASSED, sni(`HostSNI(\`${wanted}\`)`, 'a'))], `tls://${name}`)).toBe(expected);
  });

  // `getTLSTCP`: the certificate of a router that ends TLS is one of Traefik's, for whatever name it is made out to.
  it('is shown the certificate of its router', () => {
    const secret: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'shop', namespace: 't' },
      data: { 'tls.crt': Buffer.from(CERTIFICATES.alternativeNames).toString('base64'), 'tls.key': '' },
    };
    const shown = (tls: JsonObject) =>
      askTraefik([tcp('r', { tls }, sni('HostSNI(`shop.example.com`)', 'a')), secret], 'https://shop.example.com/').result.certificate;
    expect(shown({ secretName: 'shop' })).toMatchObject({ secret: 'shop', object: 'IngressRouteTCP t/r', covers: true });
    expect(shown({ secretName: 'shop', passthrough: true })).toBeNull();
    const https = traefikObject('IngressRoute', 'h', { routes: [to('Host(`other.com`)', 'b')], tls: { secretName: 'shop' } });
    const passing = askTraefik([tcp('r', PASSED, sni('HostSNI(`shop.example.com`)', 'a')), https, secret], 'https://shop.example.com/');
    expect(passing.result.certificate).toBeNull();
    expect(passing.evidence.filter(({ stage }) => stage === 'certificate').map(({ reason }) => reason)).toEqual(['TLS_PASSED_THROUGH']);
  });

  it('is closed where the TLS options of its router are broken, or its middleware does not list the client', () => {
    const broken = tcp('r', { tls: { options: { name: 'gone' } } }, sni('HostSNI(`db.com`)', 'a'));
    expect(line([broken], 'tls://db.com')).toBe('CONNECTION_REFUSED');
    const listed = [
      tcp('r', PASSED, sni('HostSNI(`db.com`)', 'a', { middlewares: [{ name: 'list' }] })),
      traefikObject('MiddlewareTCP', 'list', { ipAllowList: { sourceRange: ['10.0.0.0/8'] } }),
    ];
    expect(line(listed, 'tls://db.com')).toBe('UNDEFINED');
    expect(line(listed, 'tls://db.com', { clientAddress: parseIp('10.0.0.1') })).toBe('ROUTED a=1');
    expect(line(listed, 'tls://db.com', { clientAddress: parseIp('192.0.2.1') })).toBe('CONNECTION_REFUSED');
  });
});

/** `pkg/provider/kubernetes/crd/kubernetes_tcp.go`, `kubernetes_udp.go`. */
describe('connections without TLS, and packets', () => {
  const all = (service: string, more: JsonObject = {}) => sni('HostSNI(`*`)', service, more);

  it('go to the routers of their entry point', () => {
    const objects = [tcp('pg', { entryPoints: ['postgres'] }, all('a')), tcp('web', { entryPoints: ['web'] }, all('b'))];
    expect(line(objects, 'tcp://db.com:5432')).toBe('ROUTED a=1');
    expect(line(objects, 'tcp://db.com:80')).toBe('ROUTED b=1');
    const more = [...objects, tcp('mq', { entryPoints: ['mqtt'] }, all('b'))];
    expect(line(more, 'tcp://db.com:5432')).toBe('UNDEFINED');
    const service = ingressCluster('z#other : any Exact /a -> traefik').find(({ kind }) => kind === 'Service');
    const named = {
      ...service,
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'traefik', namespace: 'k', labels: { 'app.kubernetes.io/name': 'traefik' } },
      spec: { ports: [{ name: 'mqtt', port: 5432 }] },
    };
    expect(line([...more, named], 'tcp://db.com:5432')).toBe('ROUTED b=1');
    // Where the Service places `mqtt` at 5432, 5433 is not its port.
    expect(line([tcp('mq', { entryPoints: ['mqtt'] }, all('b')), named], 'tcp://db.com:5433')).toBe('UNDEFINED');
  });

  it('leave out Services that cannot be served, and their router where there is no other', () => {
    const services = [
      { name: 'gone', port: 80 },
      { name: 'a', port: 80, weight: 3 },
      { name: 'b', port: 80 },
    ];
    expect(line([tcp('r', {}, { match: 'HostSNI(`*`)', services })], 'tcp://db.com:80')).toBe('ROUTED a=0.75 b=0.25');
    expect(line([tcp('r', {}, all('gone'))], 'tcp://db.com:80')).toBe('CONNECTION_REFUSED');
    expect(line([tcp('r', {}, all('a', { middlewares: [{ name: 'gone' }] }))], 'tcp://db.com:80')).toBe('CONNECTION_REFUSED');
  });

  it('never have a name', () => {
    expect(line([tcp('r', {}, sni('HostSNI(`db.com`)', 'a'))], 'tcp://db.com:80')).toBe('CONNECTION_REFUSED');
  });

  it('go to the only router of packets of an entry point; of several nobody knows which', () => {
    const udp = (name: string, service: string) =>
      traefikObject('IngressRouteUDP', name, { entryPoints: ['dns'], routes: [{ services: [{ name: service, port: 80 }] }] });
    expect(line([udp('r', 'a')], 'udp://dns.com:53')).toBe('ROUTED a=1');
    expect(line([udp('r', 'a'), udp('s', 'b')], 'udp://dns.com:53')).toBe('UNDEFINED');
    expect(line([udp('r', 'gone')], 'udp://dns.com:53')).toBe('CONNECTION_REFUSED');
  });
});

/** `pkg/muxer/tcp/matcher.go`. */
describe('a rule of connections', () => {
  it('is read in its own language', () => {
    const codes = (match: string) =>
      normaliseObject(tcp('r', PASSED, sni(match, 'a'))).diagnostics.map(({ code, pointer }) => `${code} ${pointer}`);
    expect(codes('HostSNI(`a`) && (ALPN(`h2`) || !ClientIP(`10.0.0.0/8`))')).toEqual([]);
    for (const wrong of ['Host(`a`)', 'HostSNI(`a`, `b`)', 'HostSNI(`a b`)', 'HostSNIRegexp(`(`)', 'ALPN(`acme-tls/1`)', 'ClientIP(`x`)']) {
      expect(codes(wrong)).toEqual(['invalid-rule /spec/routes/0/match']);
    }
  });
});

/** traefik/traefik `pkg/muxer/tcp/mux.go`, `AddRoute`: "-1" for `HostSNI(*)`, however long its rule is. */
it('HostSNI(*) is asked last', () => {
  const all = tcp('all', PASSED, sni('HostSNI(`*`)', 'b'));
  expect(line([all, tcp('one', PASSED, sni('HostSNI(`a`)', 'a'))], 'tls://a')).toBe('ROUTED a=1');
});

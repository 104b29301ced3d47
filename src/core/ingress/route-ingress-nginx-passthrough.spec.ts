import { describe, expect, it } from 'vitest';
import { routeNginx } from '../../../test/support/ask-ingress-nginx.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const PASSING = { a: { 'ssl-passthrough': 'true' } };
const RULES = 'a : foo.com Prefix / -> web';

const service = (spec: JsonObject): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 't' },
  spec: { ports: [{ name: 'http', port: 80, targetPort: 8080 }], ...spec },
});

function asked(rules: string, spec: JsonObject): readonly (string | undefined)[] {
  const { verdict, evidence, result } = routeNginx(rules, PASSING, 'https://foo.com/', { objects: [service(spec)] });
  const step = evidence.findLast(({ stage, reason }) => stage === 'backend' && reason !== 'SERVICE_FOUND');
  return [verdict, result.backends[0]?.endpoints[0]?.address, step?.reason, step?.message];
}

/** kubernetes/ingress-nginx `nginx.go`, `OnUpdate`: `tcpproxy.TCPServer{Hostname: pb.Hostname, IP: svc.Spec.ClusterIP, Port: port}`. */
describe('a host whose TLS is passed through', () => {
  it('goes to the address of the Service', () => {
    expect(asked(RULES, { clusterIP: '10.96.0.7' })).toEqual([
      'ROUTED',
      '10.0.0.1',
      'TLS_PASSED_THROUGH',
      'the connection goes to the address of the Service, 10.96.0.7, port 80; the proxy of the node takes it to an endpoint',
    ]);
  });

  it.each([
    [{ clusterIP: 'None' }, 'is headless'],
    [{ type: 'ExternalName', externalName: 'example.com' }, 'is of type ExternalName'],
  ])('is closed where the Service has no address: %j', (spec, why) => {
    expect(asked(RULES, spec)).toEqual(['CONNECTION_REFUSED', undefined, 'SERVICE_WITHOUT_ADDRESS', expect.stringContaining(why)]);
  });

  /** `controller.go`: "Server %q has no default backend, ignoring SSL Passthrough.", and `createServers`: `Service: &apiv1.Service{}`, which `OnUpdate` of `nginx.go` takes for one. */
  it.each([
    ['a : foo.com Prefix /x -> web', 'https://foo.com/x', {}, ['SSL_PASSTHROUGH_IGNORED']],
    ['a : foo.com Prefix /x -> web', 'http://foo.com/x', {}, []],
    ['a : foo.com Prefix /x -> web', 'https://foo.com/x', { 'enable-ssl-passthrough': 'false' }, []],
    ['a : foo.com Prefix / -> web', 'https://foo.com/x', {}, ['SSL_PASSTHROUGH_ENABLED']],
  ])('is told where `/` has no backend: %s %s %j', (rules, url, options, codes) => {
    const { verdict, assumptions } = routeNginx(rules, PASSING, url, { options });
    expect([verdict, assumptions.map(({ code }) => code)]).toEqual(['ROUTED', codes]);
  });

  it('has a port of the Service, by number or name; the port of its pods is none', () => {
    expect(asked('a : foo.com Prefix / -> web:http', {})[0]).toBe('ROUTED');
    expect(asked('a : foo.com Prefix / -> web:8080', {})[0]).toBe('PORT_MISSING');
    expect(asked('a : foo.com Prefix / -> web:https', {})[0]).toBe('PORT_MISSING');
  });
});

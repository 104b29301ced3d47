import { describe, expect, it } from 'vitest';
import { routeNginx } from '../../../test/support/ask-ingress-nginx.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const service = (port: JsonObject): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 't' },
  spec: { clusterIP: '10.96.0.7', ports: [{ port: 80, ...port }] },
});

const slice = (name: string, address: string | readonly string[], ports: readonly JsonObject[], ready = true): KubernetesObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace: 't', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: [address].flat(), conditions: { ready } }],
  ports: [...ports],
});

function endpoints(port: JsonObject, slices: readonly KubernetesObject[]): readonly string[] {
  const { result } = routeNginx('a : foo.com Prefix / -> web', {}, 'http://foo.com/', { objects: [service(port), ...slices] });
  return result.backends.flatMap((backend) => backend.endpoints.map((one) => `${one.address}:${one.port}`));
}

/** kubernetes/ingress-nginx `internal/ingress/controller/endpointslices_test.go`, TestGetEndpointsFromSlices; `endpointslices.go`, getEndpointsFromSlices. */
describe('the endpoints that ingress-nginx finds in slices', () => {
  const NAMED = { name: 'default', targetPort: 80 };
  const TEXT = { name: 'port-1', targetPort: 'port-1' };
  const tcp = (name: string, port = 80) => ({ name, port, protocol: 'TCP' });

  it.each<[what: string, port: JsonObject, slices: readonly KubernetesObject[], expected: readonly string[]]>([
    ['the protocol does not match', NAMED, [slice('web-1', '1.1.1.1', [{ ...tcp(''), protocol: 'UDP' }])], []],
    ['no ready Addresses', NAMED, [slice('web-1', '1.1.1.1', [tcp('')], false)], []],
    [
      'the port name does not match any port, and TargetPort is string',
      { ...TEXT, name: 'default' },
      [slice('web-1', '1.1.1.1', [tcp('another-name')])],
      [],
    ],
    [
      'the port name does not match any port, and TargetPort is int',
      NAMED,
      [slice('web-1', '1.1.1.1', [tcp('another-name')])],
      ['1.1.1.1:80'],
    ],
    ['the port name matches', NAMED, [slice('web-1', '1.1.1.1', [tcp('default')])], ['1.1.1.1:80']],
    [
      'the port name matches in two slices',
      { name: 'default', targetPort: 'port-1' },
      [slice('web-1', '1.1.1.1', [tcp('default')]), slice('web-2', '2.2.2.2', [tcp('default')])],
      ['1.1.1.1:80', '2.2.2.2:80'],
    ],
    [
      'the port name matches in one of two',
      TEXT,
      [slice('web-1', '1.1.1.1', [tcp('port-1')]), slice('web-2', '2.2.2.2', [tcp('another-name')])],
      ['1.1.1.1:80'],
    ],
    ['two ports of one number', TEXT, [slice('web-1', '1.1.1.1', [tcp('port-1'), tcp('port-2')])], ['1.1.1.1:80']],
    // `endpointslices.go`: "port.Name is optional if there is only one port"; "no defined ports, using svc targePort if it's a number"; every address of `ep.Addresses`
    [
      'the Service port has no name',
      { targetPort: 80 },
      [slice('web-1', '1.1.1.1', [tcp('x', 8080), tcp('y', 8081)])],
      ['1.1.1.1:8080', '1.1.1.1:8081'],
    ],
    ['no ports in the slice', NAMED, [slice('web-1', '1.1.1.1', [])], ['1.1.1.1:80']],
    ['no ports in the slice, and TargetPort is string', TEXT, [slice('web-1', '1.1.1.1', [])], []],
    ['two addresses of one endpoint', NAMED, [slice('web-1', ['1.1.1.1', '1.1.1.2'], [tcp('default')])], ['1.1.1.1:80', '1.1.1.2:80']],
  ])('%s', (_, port, slices, expected) => {
    expect(endpoints(port, slices)).toEqual(expected);
  });
});

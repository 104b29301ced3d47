import { describe, expect, it } from 'vitest';
import { ask } from '../../../test/support/virtual-servers.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

type Annotations = Readonly<Record<string, string>>;

const ingress = (annotations: Annotations): KubernetesObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'i', namespace: 't', annotations },
  spec: {
    ingressClassName: 'f5',
    rules: [
      {
        host: 'foo.com',
        http: {
          paths: ['a', 'b'].map((name) => ({
            path: `/${name}`,
            pathType: 'Prefix',
            backend: { service: { name, port: { number: 80 } } },
          })),
        },
      },
    ],
  },
});

type Row = [annotation: string, good: readonly string[], bad: readonly string[], beside?: Annotations];

/**
 * nginx/kubernetes-ingress `internal/k8s/validation.go` (`annotationValidations`), `internal/k8s/validation_test.go` TestValidateNginxIngressAnnotations, `internal/configs/parsing_helpers.go`: one
 * fault takes the whole Ingress out.
 */
const ROWS: Row[] = [
  [
    'nginx.org/lb-method',
    ['random', 'round_robin', 'random two least_conn', 'hash $request_uri'],
    ['', 'invalid_method', 'least_time header;'],
  ],
  ['nginx.com/health-checks', ['true'], ['not_a_boolean', '']],
  ['nginx.com/health-checks-mandatory', ['true'], ['not_a_boolean'], { 'nginx.com/health-checks': 'true' }],
  ['nginx.com/health-checks-mandatory', [], ['true'], { 'nginx.com/health-checks': 'false' }],
  ['nginx.com/health-checks-mandatory', [], ['true']],
  [
    'nginx.com/health-checks-mandatory-queue',
    ['5'],
    ['not_a_number', '-1'],
    { 'nginx.com/health-checks': 'true', 'nginx.com/health-checks-mandatory': 'true' },
  ],
  [
    'nginx.com/health-checks-mandatory-queue',
    [],
    ['5'],
    { 'nginx.com/health-checks': 'true', 'nginx.com/health-checks-mandatory': 'false' },
  ],
  ['nginx.com/slow-start', ['60s'], ['not_a_time', '']],
  ['nginx.org/server-tokens', ['true', 'custom_setting'], ['$custom_setting', 'custom_"setting', 'custom_setting\\']],
  ['nginx.org/proxy-connect-timeout', ['10s'], ['not_a_time', '']],
  ['nginx.org/proxy-read-timeout', ['10s'], ['not_a_time']],
  ['nginx.org/proxy-send-timeout', ['10s'], ['not_a_time']],
  ['nginx.org/fail-timeout', ['10s'], ['not_a_time']],
  ['nginx.org/proxy-hide-headers', ['header-1', 'header-1,header-2, header-3'], ['header_1', 'header-1,$2', '']],
  ['nginx.org/proxy-pass-headers', ['header-1'], ['header 1']],
  ['nginx.org/proxy-set-headers', ['X-Forwarded-ABC', 'X-A: a b, X-B'], ['X-A: $host', 'X A', ': x', '']],
  ['nginx.org/client-max-body-size', ['16M', '2g'], ['not_an_offset', '']],
  ['nginx.org/proxy-buffers', ['8 8k'], ['not_a_proxy_buffers_spec', '8', '8 8g']],
  ['nginx.org/proxy-buffer-size', ['16k'], ['not_a_size']],
  ['nginx.org/proxy-max-temp-file-size', ['128M'], ['not_a_size']],
  ['nginx.org/upstream-zone-size', ['16k', '0'], ['not_a_size']],
  ['nginx.org/basic-auth-secret', ['htpasswd-secret'], ['', 'Upper', 'a_b']],
  ['nginx.org/basic-auth-realm', ['My Realm', ''], ['$realm', 'a"b'], { 'nginx.org/basic-auth-secret': 's' }],
  ['nginx.org/basic-auth-realm', [], ['My Realm']],
  ['nginx.com/jwt-realm', ['my-jwt-realm'], ['', '$realm', 'a"b']],
  ['nginx.com/jwt-key', ['my-jwk'], ['my_jwk', '']],
  ['nginx.com/jwt-token', ['$cookie_auth_token'], ['cookie_auth_token', '$$token', '$a"b']],
  ['nginx.com/jwt-login-url', ['https://login.example.com'], ['login.example.com', 'https://']],
  ['nginx.org/listen-ports', ['80', '80,8080,9090'], ['not_a_port_list', '0', '80, 8080', '']],
  ['nginx.org/listen-ports-ssl', ['443'], ['-443']],
  ['nginx.org/keepalive', ['1000', '-1'], ['not_a_number', '']],
  ['nginx.org/max-fails', ['5'], ['-100', 'not_a_number']],
  ['nginx.org/max-conns', ['5', '18446744073709551615'], ['18446744073709551616']],
  ['nginx.org/use-cluster-ip', ['true', 'false'], ['not_a_boolean']],
  [
    'nginx.com/sticky-cookie-services',
    ['serviceName=service-1 srv_id expires=1h path=/service-1', 'serviceName=a srv_id;serviceName=b srv_id'],
    ['serviceName=service-1 srv_id path=/service-1$', 'not_a_rewrite'],
  ],
  [
    'nginx.org/rewrites',
    ['serviceName=a rewrite=/v1/', ' serviceName=a rewrite=/;serviceName=b rewrite=/b'],
    // "is not a valid serviceName format", "is not a valid rewrite path format", "path must start with '/'"
    [
      'not_a_rewrite',
      'service=a rewrite=/',
      'serviceName=a path=/',
      'serviceName=a rewrite=v1',
      'serviceName=a rewrite=/$1',
      'serviceName=a rewrite=/{x}',
    ],
  ],
  [
    'nginx.org/rewrite-target',
    ['/api/v1/$1', '/newpath', '/api/$1/$2/data'],
    [
      '',
      'http://example.com/path',
      'https://example.com/path',
      '//example.com/path',
      '/api/../admin/users',
      '/api/..\\admin/users',
      'api/users',
    ],
  ],
  // `ParseServiceList` leaves blanks to the names
  ['nginx.org/ssl-services', ['a', 'a,b'], ['a, b', 'c', '']],
  ['appprotect.f5.com/app-protect-policy', ['default/policy'], ['a/b/c', '']],
  ['appprotect.f5.com/app-protect-enable', ['true'], ['not_a_boolean']],
];

describe('an annotation of the controller of NGINX Inc.', () => {
  it.each(ROWS)('%s', (annotation, good, bad, beside = {}) => {
    const served = (value: string) => ask([ingress({ ...beside, [annotation]: value })], 'http://foo.com/a').verdict === 'ROUTED';
    expect({ good: good.filter((value) => !served(value)), bad: bad.filter(served) }).toEqual({ good: [], bad: [] });
  });
});

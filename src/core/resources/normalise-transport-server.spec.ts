import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../kernel/json.js';
import { normaliseObject } from './normalise-object.js';

/** Where a TransportServer is wrong, beside what makes a good one. */
function errorsOf(spec: JsonObject): readonly string[] {
  const upstreams = [{ name: 'a', service: 'a', port: 53 }];
  const object = {
    apiVersion: 'k8s.nginx.org/v1',
    kind: 'TransportServer',
    metadata: { name: 'o', namespace: 'n' },
    spec: { listener: { name: 'dns', protocol: 'TCP' }, upstreams, action: { pass: 'a' }, ...spec },
  };
  return normaliseObject(object).diagnostics.flatMap(({ severity, pointer = '' }) => (severity === 'error' ? pointer : []));
}

const upstream = (more: JsonObject): JsonObject => ({ upstreams: [{ name: 'a', service: 'a', port: 53, ...more }] });

/** nginx/kubernetes-ingress `pkg/apis/configuration/validation/transportserver.go`. */
describe('a TransportServer', () => {
  it.each<[what: string, spec: JsonObject]>([
    ['plain', {}],
    ['with times', { sessionParameters: { timeout: '10m' }, upstreamParameters: { connectTimeout: '60s', nextUpstreamTries: 0 } }],
    ['of packets', { listener: { name: 'dns', protocol: 'UDP' }, upstreamParameters: { udpRequests: 1, udpResponses: 1 } }],
    ['with a way to balance', upstream({ loadBalancingMethod: 'hash ${remote_addr} consistent' })],
    ['with another', upstream({ loadBalancingMethod: 'least_time last_byte inflight' })],
    // `TestValidateMatchSend`, `TestValidateMatchExpect`
    ['with a health check', upstream({ healthCheck: { match: { send: 'GET / HTTP/1.0\\r\\n\\x61', expect: '~* 200 OK' } } })],
    ['with a backup', upstream({ backup: 'b', backupPort: 53 })],
  ])('is good: %s', (_what, spec) => {
    expect(errorsOf(spec)).toEqual([]);
  });

  it.each<[spec: JsonObject, at: string]>([
    [{ listener: { name: 'DNS_1', protocol: 'TCP' } }, 'listener/name'],
    [{ sessionParameters: { timeout: '10L' } }, 'sessionParameters/timeout'],
    [{ upstreamParameters: { connectTimeout: 'soon' } }, 'upstreamParameters/connectTimeout'],
    [{ upstreamParameters: { nextUpstreamTries: -1 } }, 'upstreamParameters/nextUpstreamTries'],
    // "is not allowed for non-UDP TransportServers"
    [{ upstreamParameters: { udpRequests: 1 } }, 'upstreamParameters/udpRequests'],
    [upstream({ service: 'u/a' }), 'upstreams/0/service'],
    [upstream({ port: 0 }), 'upstreams/0/port'],
    [upstream({ maxFails: -1 }), 'upstreams/0/maxFails'],
    [upstream({ failTimeout: '-5s' }), 'upstreams/0/failTimeout'],
    [upstream({ loadBalancingMethod: 'hash ${request_uri}' }), 'upstreams/0/loadBalancingMethod'],
    [upstream({ loadBalancingMethod: 'ip_hash' }), 'upstreams/0/loadBalancingMethod'],
    [upstream({ backupPort: 53 }), 'upstreams/0/backup'],
    [upstream({ healthCheck: { match: { send: '\\x6' } } }), 'upstreams/0/healthCheck/match/send'],
    [upstream({ healthCheck: { match: { expect: 'a"' } } }), 'upstreams/0/healthCheck/match/expect'],
    [upstream({ healthCheck: { match: { expect: '~ [' } } }), 'upstreams/0/healthCheck/match/expect'],
    [upstream({ healthCheck: { interval: 'x' } }), 'upstreams/0/healthCheck/interval'],
  ])('is refused: %j', (spec, at) => {
    expect(errorsOf(spec)).toEqual([`/spec/${at}`]);
  });
});

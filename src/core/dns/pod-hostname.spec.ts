import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { serviceCluster } from '../../../test/support/service-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { podHostname } from './pod-hostname.js';

const SERVICE: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: 't', name: 'db' },
  spec: { clusterIP: 'None', selector: { app: 'db' }, ports: [{ name: 'pg', port: 5432 }] },
};

function pod(spec: JsonObject, name = 'db-0'): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 't', name, labels: { app: 'db' } },
    spec: { nodeName: 'a', containers: [{ name: 'main' }], ...spec },
    status: { phase: 'Running', podIP: '10.244.1.5', podIPs: [{ ip: '10.244.1.5' }], conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

function told(one: KubernetesObject): string {
  const model = modelOf([...serviceCluster('node a 192.168.0.1'), SERVICE, one]);
  const { hostname, fqdn, dnsName, warnings } = podHostname(model, model.podByKey.get(`t/${one.metadata.name}`)!);
  return [hostname, fqdn, dnsName ?? 'no name', ...warnings.map(({ code }) => code)].join(' | ');
}

/** kubernetes `pkg/kubelet/kubelet_pods.go`; kubernetes/endpointslice `util/controller_utils.go` ShouldSetHostname: a DNS name needs hostname and subdomain. */
describe('the names of a pod', () => {
  const whole = 'db-0.db.t.svc.cluster.local';
  it.each<[what: string, spec: JsonObject, expected: string]>([
    ['neither hostname nor subdomain', {}, 'db-0 | db-0 | no name'],
    ['a hostname', { hostname: 'aa' }, 'aa | aa | no name'],
    ['both, as a StatefulSet sets them', { hostname: 'db-0', subdomain: 'db' }, `db-0 | ${whole} | ${whole}.`],
    ['a subdomain alone', { subdomain: 'db' }, `db-0 | ${whole} | no name | SUBDOMAIN_WITHOUT_HOSTNAME`],
    [
      'a subdomain that is no service',
      { hostname: 'aa', subdomain: 'dbb' },
      'aa | aa.dbb.t.svc.cluster.local | no name | SUBDOMAIN_SERVICE_MISSING',
    ],
    ['the whole name as hostname', { hostname: 'db-0', subdomain: 'db', setHostnameAsFQDN: true }, `${whole} | ${whole} | ${whole}.`],
    ['the host network', { hostname: 'db-0', subdomain: 'db', hostNetwork: true }, `a | a | ${whole}.`],
    [
      'a whole name that is too long',
      { hostname: 'a'.repeat(50), subdomain: 'db', setHostnameAsFQDN: true },
      `${'a'.repeat(50)}.db.t.svc.cluster.local | ${'a'.repeat(50)}.db.t.svc.cluster.local | ${'a'.repeat(50)}.db.t.svc.cluster.local. | HOSTNAME_TOO_LONG`,
    ],
  ])('%s', (_, spec, expected) => {
    expect(told(pod(spec))).toBe(expected);
  });

  it('is cut to a label, without a dash or dot at the end', () => {
    expect(told(pod({}, `${'a'.repeat(62)}-bcd`))).toBe(`${'a'.repeat(62)} | ${'a'.repeat(62)} | no name`);
  });
});

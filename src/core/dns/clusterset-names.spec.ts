import { describe, expect, it } from 'vitest';
import { askDns, dnsLine } from '../../../test/support/dns-answers.js';
import type { Json } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import type { QueryType } from './dns-record.js';

const COREFILE = `.:53 {
  kubernetes cluster.local clusterset.local 10.in-addr.arpa {
    multicluster clusterset.local
    zonal
  }
}
`;

function serviceImport(name: string, type: string, ips: readonly string[], ports: readonly Json[] = []): KubernetesObject {
  return {
    apiVersion: 'multicluster.x-k8s.io/v1alpha1',
    kind: 'ServiceImport',
    metadata: { namespace: 't', name },
    spec: { type, ips, ports },
  };
}

function slice(service: string, cluster: string, endpoints: readonly Json[]): KubernetesObject {
  const labels = { 'multicluster.kubernetes.io/service-name': service, 'multicluster.kubernetes.io/source-cluster': cluster };
  const ports = [{ name: 'pg', port: 5432, protocol: 'TCP' }];
  const metadata = { namespace: 't', name: `${service}-${cluster}`, labels };
  return { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, addressType: 'IPv4', ports, endpoints };
}

const OBJECTS = [
  serviceImport('web', 'ClusterSetIP', ['10.97.0.1', 'fd00:97::1'], [{ name: 'http', port: 80 }]),
  serviceImport('db', 'Headless', []),
  serviceImport('dead', 'Headless', []),
  slice('db', 'East', [
    { addresses: ['10.1.0.1'], hostname: 'db-0' },
    { addresses: ['10.1.0.2'], conditions: { ready: false } },
  ]),
  slice('db', 'west', [{ addresses: ['10.2.0.1'], hostname: 'db-0' }, { addresses: ['10.2.0.3'] }]),
  slice('web', 'west', [{ addresses: ['10.2.0.9'] }]),
];

const db = (label: string) => `${label}.db.t.svc.clusterset.local.`;

/** kubernetes/enhancements KEP-1645 `specification.md`; coredns `plugin/kubernetes/{parse,kubernetes}.go`. */
describe('a name of the clusterset', () => {
  it.each([
    ['web.t A', 'NOERROR A 10.97.0.1'],
    ['web.t AAAA', 'NOERROR AAAA fd00:97::1'],
    [
      '_http._tcp.web.t SRV',
      'NOERROR SRV 0 50 80 web.t.svc.clusterset.local. + web.t.svc.clusterset.local. A 10.97.0.1, web.t.svc.clusterset.local. AAAA fd00:97::1',
    ],
    ['_http._udp.web.t SRV', 'NXDOMAIN'],
    // One endpoint of a service with an address, too.
    ['10-2-0-9.west.web.t A', 'NOERROR A 10.2.0.9'],
    ['db.t A', 'NOERROR A 10.1.0.1, A 10.2.0.1, A 10.2.0.3'],
    ['db-0.east.db.t A', 'NOERROR A 10.1.0.1'],
    ['DB-0.WEST.db.t A', 'NOERROR A 10.2.0.1'],
    ['db-0.north.db.t A', 'NXDOMAIN'],
    // An endpoint without its cluster has no name.
    ['db-0.db.t A', 'NXDOMAIN'],
    [
      '_pg._tcp.db.t SRV',
      `NOERROR SRV 0 33 5432 ${db('10-2-0-3.west')}, SRV 0 33 5432 ${db('db-0.east')}, SRV 0 33 5432 ${db('db-0.west')} + ` +
        `${db('10-2-0-3.west')} A 10.2.0.3, ${db('db-0.east')} A 10.1.0.1, ${db('db-0.west')} A 10.2.0.1`,
    ],
    ['dead.t A', 'NXDOMAIN'],
    ['nothing.t A', 'NXDOMAIN'],
    // A service of the cluster itself is none of the clusterset unless it is imported.
    ['local.t A', 'NXDOMAIN'],
    ['z1.pin._zone.db.t A', 'NXDOMAIN'],
  ])('%s → %s', (question, expected) => {
    const [short = '', type = ''] = question.split(' ');
    const name = `${short}.svc.clusterset.local.`;
    const answer = askDns(name, type as QueryType, { rules: 'service local 10.96.0.10 http:80>80', corefile: COREFILE, objects: OBJECTS });
    expect(dnsLine(name, answer)).toBe(expected);
  });

  it.each([
    ['local.t.svc.cluster.local.', 'NOERROR A 10.96.0.10'],
    ['web.t.svc.cluster.local.', 'NXDOMAIN'],
  ])('in the zone of the cluster: %s → %s', (name, expected) => {
    const answer = askDns(name, 'A', { rules: 'service local 10.96.0.10 http:80>80', corefile: COREFILE, objects: OBJECTS });
    expect(dnsLine(name, answer)).toBe(expected);
  });
});

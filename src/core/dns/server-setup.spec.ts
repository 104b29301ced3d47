import { describe, expect, it } from 'vitest';
import { askDns, dnsLine } from '../../../test/support/dns-answers.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import type { QueryType } from './dns-record.js';

const RULES = 'service web 10.96.0.10 http:80>8080';
const KUBERNETES = 'kubernetes cluster.local';
const IMAGE = 'registry.k8s.io/coredns/coredns:v1.12.0';

/** CoreDNS' Deployment as kubeadm makes it, with the ConfigMap mounted at `/etc/coredns`. */
function deployment(container: object, volume: object = { configMap: { name: 'coredns' } }): KubernetesObject {
  const coredns = { name: 'coredns', image: IMAGE, volumeMounts: [{ name: 'config', mountPath: '/etc/coredns' }], ...container };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'kube-system', name: 'coredns' },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [coredns], volumes: [{ name: 'config', ...volume }] } },
    },
  };
}

function configMap(name: string, data: Readonly<Record<string, string>>): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'kube-system', name }, data };
}

const line = (question: string, corefile: string, objects: readonly KubernetesObject[]) => {
  const [name = '', type = ''] = question.split(' ');
  return dnsLine(name, askDns(name, type as QueryType, { rules: RULES, corefile, objects }));
};

/** coredns/caddy `caddyfile/parse.go` replaceEnvVars: within keys and within every word of a directive. */
describe('variables of the server’s environment', () => {
  const env = [
    { name: 'ZONE', value: 'k8s.example' },
    { name: 'TTL', value: '60' },
    { name: 'SECRET', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
  ];
  const objects = [deployment({ env })];
  it.each([
    ['of a zone of the plugin', 'web.t.svc.k8s.example. A', '. {\n kubernetes {$ZONE}\n}', 'NOERROR A 10.96.0.10'],
    ['in the syntax of Windows', 'web.t.svc.k8s.example. A', '. {\n kubernetes {%ZONE%}\n}', 'NOERROR A 10.96.0.10'],
    ['within a word', 'web.t.svc.in.k8s.example. A', '. {\n kubernetes in.{$ZONE}\n}', 'NOERROR A 10.96.0.10'],
    ['of a key', 'web.t.svc.k8s.example. A', '{$ZONE}:53 {\n kubernetes\n}', 'NOERROR A 10.96.0.10'],
    [
      'of another plugin',
      'x.k8s.example. A',
      `. {\n hosts {\n 192.0.2.1 x.{$ZONE}\n fallthrough\n }\n ${KUBERNETES}\n}`,
      'NOERROR A 192.0.2.1',
    ],
    ['that comes from a Secret stays unknown', 'x.example. A', `. {\n forward . {$SECRET}\n ${KUBERNETES}\n}`, 'REFUSED'],
  ])('%s', (_, question, corefile, expected) => {
    expect(line(question, corefile, objects)).toBe(expected);
  });

  it('give the options of the plugin', () => {
    const corefile = '. {\n kubernetes cluster.local {\n ttl {$TTL}\n }\n}';
    const ttls = (more: readonly KubernetesObject[]) =>
      askDns('web.t.svc.cluster.local.', 'A', { rules: RULES, corefile, objects: more }).answer.map(({ ttl }) => ttl);
    expect([ttls(objects), ttls([])]).toEqual([[60], [5]]);
  });
});

/** coredns `plugin/hosts/README.md`; k3s and kubeadm put the file beside the Corefile. */
describe('a file of `hosts`', () => {
  const corefile = `. {\n hosts /etc/coredns/NodeHosts {\n 192.0.2.9 inline.example\n fallthrough\n }\n ${KUBERNETES}\n}`;
  const hosts = '192.0.2.1 node-1 node-1.example # the first\n\nnonsense here\n2001:db8::1 node-1\n';
  const map = configMap('hosts', { NodeHosts: hosts, other: '192.0.2.2 node-2\n' });
  const server = (volume: object, mount: object = {}) =>
    deployment({ volumeMounts: [{ name: 'config', mountPath: '/etc/coredns', ...mount }] }, volume);
  it.each([
    ['of a mounted ConfigMap', 'node-1. A', [map, server({ configMap: { name: 'hosts' } })], 'NOERROR A 192.0.2.1'],
    ['in both families', 'node-1. AAAA', [map, server({ configMap: { name: 'hosts' } })], 'NOERROR AAAA 2001:db8::1'],
    ['by another name of its line', 'NODE-1.example. A', [map, server({ configMap: { name: 'hosts' } })], 'NOERROR A 192.0.2.1'],
    [
      'backwards',
      '1.2.0.192.in-addr.arpa. PTR',
      [map, server({ configMap: { name: 'hosts' } })],
      'NOERROR PTR node-1., PTR node-1.example.',
    ],
    ['beside what stands in the Corefile', 'inline.example. A', [map, server({ configMap: { name: 'hosts' } })], 'NOERROR A 192.0.2.9'],
    [
      'by the path of its item',
      'node-2. A',
      [map, server({ configMap: { name: 'hosts', items: [{ key: 'other', path: 'NodeHosts' }] } })],
      'NOERROR A 192.0.2.2',
    ],
    [
      'by its subPath',
      'node-1. A',
      [map, server({ configMap: { name: 'hosts' } }, { mountPath: '/etc/coredns/NodeHosts', subPath: 'NodeHosts' })],
      'NOERROR A 192.0.2.1',
    ],
    ['that is not in the input', 'node-1. A', [server({ configMap: { name: 'hosts' } })], 'REFUSED'],
  ])('%s', (_, question, objects, expected) => {
    expect(line(question, corefile, objects)).toBe(expected);
  });

  it('is the container’s own where none is named: kubelet writes localhost into it', () => {
    const own = `. {\n hosts {\n fallthrough\n }\n ${KUBERNETES}\n}`;
    expect(line('localhost. A', own, [])).toBe('NOERROR A 127.0.0.1');
  });
});

/** coredns `plugin/local/local.go` and `local_test.go`; RFC 6761 section 6.3, RFC 6303 section 4.1. */
describe('local', () => {
  const corefile = `. {\n local\n ${KUBERNETES}\n}`;
  it.each([
    ['localhost. A', 'NOERROR A 127.0.0.1'],
    ['LOCALHOST. AAAA', 'NOERROR AAAA ::1'],
    ['localhost. MX', 'NODATA'],
    ['localhost. SOA', 'NOERROR SOA localhost. root.localhost. 1 0 0 0 604800'],
    ['localhost. NS', 'NOERROR NS localhost.'],
    ['localhost.t.svc.cluster.local. A', 'NOERROR A 127.0.0.1'],
    ['app.localhost. AAAA', 'NOERROR AAAA ::1'],
    ['app.localhost. TXT', 'NODATA'],
    ['127.in-addr.arpa. A', 'NODATA'],
    ['1.0.0.127.in-addr.arpa. PTR', 'NOERROR PTR localhost.'],
    ['1.0.0.127.in-addr.arpa. A', 'NODATA'],
    ['2.0.0.127.in-addr.arpa. PTR', 'NXDOMAIN'],
    ['web.t.svc.cluster.local. A', 'NOERROR A 10.96.0.10'],
  ])('%s → %s', (question, expected) => {
    expect(line(question, corefile, [])).toBe(expected);
  });
});

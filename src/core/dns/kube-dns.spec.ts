import { describe, expect, it } from 'vitest';
import { askDns, dnsLine } from '../../../test/support/dns-answers.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import type { QueryType } from './dns-record.js';

const RULES = `
  service web 10.96.0.10 http:80>8080 ; service byip name=192.0.2.1
  service twins None http:80>80 ; endpoints twins 10.244.1.11@a#same 10.244.1.12@a#same 10.244.1.13@a#other
`;

/** kubernetes/dns `pkg/dns/dns.go`, where it differs from CoreDNS; kubernetes/dns#116 for equal hostnames. */
describe('kube-dns', () => {
  it.each([
    ['web.t.svc A', 'NOERROR A 10.96.0.10'],
    ['byip.t.svc A', 'NOERROR A 192.0.2.1'],
    ['same.twins.t.svc A', 'NOERROR A 10.244.1.12'],
    ['twins.t.svc A', 'NOERROR A 10.244.1.12, A 10.244.1.13'],
    ['192-0-2-9.t.pod A', 'NOERROR A 192.0.2.9'],
  ])('%s → %s', (question, expected) => {
    const [short = '', type = ''] = question.split(' ');
    const name = `${short}.cluster.local.`;
    // A Corefile that lies about is not kube-dns'.
    const corefile = '. {\n kubernetes cluster.local {\n namespaces other\n }\n}';
    expect(
      dnsLine(
        name,
        askDns(name, type as QueryType, { rules: RULES, corefile, dns: { server: 'kube-dns', pods: 'disabled', namespaces: [] } }),
      ),
    ).toBe(expected);
  });
});

/** kubernetes/dns `pkg/dns/dns_test.go`: TestFederationHeadlessService and its neighbours; `pkg/dns/federation/federation_test.go`. */
describe('federations of kube-dns', () => {
  const RULES_OF_FEDERATION = `
    namespace myns ; node a 192.168.0.1
    service web 10.96.0.10 http:80>8080 ; endpoints web 10.244.1.4@a
    service idle 10.96.0.11 http:80>8080
    service heads None http:80>80 ; endpoints heads 10.244.1.5@a
    service unborn None http:80>80
    service away name=away.example.org
  `;
  const place: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: 'b',
      labels: {
        'failure-domain.beta.kubernetes.io/zone': 'testcontinent-testreg-testzone',
        'failure-domain.beta.kubernetes.io/region': 'testcontinent-testreg',
      },
    },
  };
  const config = (federations: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'kube-system', name: 'kube-dns' },
    data: { federations },
  });
  const TWO = 'myfederation=example.com, secondfederation = second.example.com';
  const THERE = 'svc.testcontinent-testreg-testzone.testcontinent-testreg';
  const ask = (short: string, type: QueryType, objects: readonly KubernetesObject[], server = 'kube-dns') => {
    const name = `${short}.svc.cluster.local.`;
    return dnsLine(name, askDns(name, type, { rules: RULES_OF_FEDERATION, dns: { server }, objects }));
  };

  it.each<[string, QueryType, string]>([
    ['mysvc.myns.myfederation', 'CNAME', `NOERROR CNAME mysvc.myns.myfederation.${THERE}.example.com.`],
    ['MySvc.myns.MyFederation', 'CNAME', `NOERROR CNAME mysvc.myns.myfederation.${THERE}.example.com.`],
    ['secsvc.default.secondfederation', 'CNAME', `NOERROR CNAME secsvc.default.secondfederation.${THERE}.second.example.com.`],
    ['idle.t.myfederation', 'CNAME', `NOERROR CNAME idle.t.myfederation.${THERE}.example.com.`],
    ['unborn.t.myfederation', 'CNAME', `NOERROR CNAME unborn.t.myfederation.${THERE}.example.com.`],
    ['web.t.myfederation', 'CNAME', 'NOERROR CNAME web.t.svc.cluster.local.'],
    ['web.t.myfederation', 'A', 'NOERROR CNAME web.t.svc.cluster.local., web.t.svc.cluster.local. A 10.96.0.10'],
    ['heads.t.myfederation', 'A', 'NOERROR CNAME heads.t.svc.cluster.local., heads.t.svc.cluster.local. A 10.244.1.5'],
    ['away.t.myfederation', 'CNAME', 'NOERROR CNAME away.t.svc.cluster.local.'],
    // None of a federation: the cluster's own, an unknown federation, a label too many.
    ['mysvc.myns', 'A', 'NXDOMAIN'],
    ['mysvc.default.nofederation', 'A', 'NXDOMAIN'],
    ['x.mysvc.myns.myfederation', 'A', 'NXDOMAIN'],
    ['1svc.myns.myfederation', 'A', 'NXDOMAIN'],
  ])('%s %s → %s', (name, type, expected) => {
    expect(ask(name, type, [place, config(TWO)])).toBe(expected);
  });

  it('has no name for the federation where no node tells zone and region', () => {
    expect(ask('mysvc.myns.myfederation', 'A', [config(TWO)])).toBe('NODATA');
  });

  it('is nothing to CoreDNS', () => {
    expect(ask('web.t.myfederation', 'A', [place, config(TWO)], 'coredns')).toBe('NXDOMAIN');
  });

  it.each(['myfederation', 'My=example.com', 'a=b,c', 'a=', 'a=-x.example'])('uses nothing of `%s`', (federations) => {
    expect(ask('mysvc.myns.myfederation', 'A', [place, config(federations)])).toBe('NXDOMAIN');
  });
});

/** A Corefile that a user sets means what an imported one would mean. */
describe('a Corefile that is set', () => {
  const corefile = '.:53 {\n kubernetes k8s.example 10.in-addr.arpa {\n pods insecure\n ttl 60\n }\n}';
  it.each([
    ['web.t.svc.k8s.example.', 'A', 'NOERROR A 10.96.0.10'],
    ['192-0-2-9.t.pod.k8s.example.', 'A', 'NOERROR A 192.0.2.9'],
    ['web.t.svc.cluster.local.', 'A', 'REFUSED'],
    ['10.0.96.10.in-addr.arpa.', 'PTR', 'NOERROR PTR web.t.svc.k8s.example.'],
  ] as const)('%s %s → %s', (name, type, expected) => {
    expect(dnsLine(name, askDns(name, type, { rules: RULES, dns: { corefile } }))).toBe(expected);
  });

  it('gives the TTL, and goes before an imported one', () => {
    const answer = askDns('web.t.svc.k8s.example.', 'A', {
      rules: RULES,
      dns: { corefile },
      corefile: '. {\n kubernetes other.example\n}',
    });
    expect(answer.answer.map(({ ttl }) => ttl)).toEqual([60]);
  });

  it('yields to what is set beside it', () => {
    expect(askDns('192-0-2-9.t.pod.k8s.example.', 'A', { rules: RULES, dns: { corefile, pods: 'disabled' } }).rcode).toBe('NXDOMAIN');
  });
});

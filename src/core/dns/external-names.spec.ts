import { describe, expect, it } from 'vitest';
import { askDns, dnsLine } from '../../../test/support/dns-answers.js';
import type { QueryType } from './dns-record.js';

/** The fixture of coredns `plugin/k8s_external/external_test.go`, in the notation of the tables. */
const RULES = `
  service testns/svc1 10.0.0.1 http:80>80 external=1.2.3.4
  service testns/svc6 10.0.0.3 http:80>80 external=1:2::5
  service testns/svc11 10.0.0.4 http:80>80 type=LoadBalancer lb=2.3.4.5
  service testns/inside 10.0.0.5 http:80>80
  service testns/svc-headless None http:80>80 ; endpoints testns/svc-headless 1.2.3.4@a#endpoint-svc-0 1.2.3.5@a#endpoint-svc-1
`;
const HOSTNAME = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: 'testns', name: 'svc12' },
  spec: { type: 'LoadBalancer', clusterIP: '10.0.0.9', ports: [{ name: 'http', port: 80, protocol: 'TCP' }] },
  status: { loadBalancer: { ingress: [{ hostname: 'dummy.hostname' }] } },
};

function ask(question: string, options = 'headless', zones = 'example.com in-addr.arpa') {
  const [name = '', type = ''] = question.split(' ');
  const corefile = `. {\n kubernetes cluster.local\n k8s_external ${zones} {\n ${options}\n }\n}\n`;
  const answer = askDns(name, type as QueryType, { rules: RULES, corefile, dns: { serverIPs: ['10.9.9.9'] }, objects: [HOSTNAME] });
  return { answer, line: dnsLine(name, answer) };
}

const ep = (n: number) => `endpoint-svc-${n}.svc-headless.testns.example.com.`;

/** coredns `plugin/k8s_external/{external_test,apex_test}.go`: 38 cases, those of the same kind left out. */
describe('k8s_external', () => {
  it.each([
    ['4.3.2.1.in-addr.arpa. PTR', 'NOERROR PTR svc1.testns.example.com.'],
    ['svc1.testns.example.com. PTR', 'NODATA'],
    ['not-existing.testns.example.com. PTR', 'NXDOMAIN'],
    ['svc1.testns.example.com. A', 'NOERROR A 1.2.3.4'],
    ['svc1.testns.example.com. SRV', 'NOERROR SRV 0 100 80 svc1.testns.example.com. + A 1.2.3.4'],
    ['*._not-udp-or-tcp.svc1.testns.example.com. SRV', 'NXDOMAIN'],
    ['_http._tcp.svc1.testns.example.com. SRV', 'NOERROR SRV 0 100 80 svc1.testns.example.com. + svc1.testns.example.com. A 1.2.3.4'],
    ['svc1.testns.example.com. AAAA', 'NODATA'],
    ['svc0.testns.example.com. AAAA', 'NXDOMAIN'],
    ['svc0.testns.example.com. A', 'NXDOMAIN'],
    ['svc0.svc-nons.example.com. A', 'NXDOMAIN'],
    ['svc6.testns.example.com. AAAA', 'NOERROR AAAA 1:2::5'],
    ['testns.example.com. A', 'NODATA'],
    ['testns.example.com. SOA', 'NODATA'],
    ['svc11.testns.example.com. A', 'NOERROR A 2.3.4.5'],
    ['svc12.testns.example.com. A', 'NOERROR CNAME dummy.hostname.'],
    ['_http._tcp.svc12.testns.example.com. SRV', 'NOERROR SRV 0 100 80 dummy.hostname.'],
    ['svc-headless.testns.example.com. A', 'NOERROR A 1.2.3.4, A 1.2.3.5'],
    ['svc-headless.testns.example.com. SRV', `NOERROR SRV 0 50 80 ${ep(0)}, SRV 0 50 80 ${ep(1)} + ${ep(0)} A 1.2.3.4, ${ep(1)} A 1.2.3.5`],
    [`${ep(0)} A`, 'NOERROR A 1.2.3.4'],
    [`${ep(0)} SRV`, `NOERROR SRV 0 100 80 ${ep(0)} + A 1.2.3.4`],
    // A service without an address outside has no name there.
    ['inside.testns.example.com. A', 'NXDOMAIN'],
    // The apex: apex_test.go.
    ['example.com. SOA', 'NOERROR SOA ns1.dns.example.com. hostmaster.dns.example.com. 7 7200 1800 86400 5'],
    ['example.com. NS', 'NOERROR NS ns1.dns.example.com. + ns1.dns.example.com. A 10.9.9.9'],
    ['example.com. SRV', 'NODATA'],
    ['dns.example.com. A', 'NODATA'],
    ['ns1.dns.example.com. A', 'NOERROR A 10.9.9.9'],
    ['ns1.dns.example.com. AAAA', 'NODATA'],
    ['ns2.dns.example.com. A', 'NXDOMAIN'],
    ['a.ns1.dns.example.com. A', 'NXDOMAIN'],
    // Another zone.
    ['svc1.testns.svc.cluster.local. A', 'NOERROR A 10.0.0.1'],
  ])('%s → %s', (question, expected) => {
    expect(ask(question).line).toBe(expected);
  });

  it.each([
    ['without `headless` a headless service has no name', 'svc-headless.testns.example.com. A', 'ttl 5', 'NXDOMAIN'],
    ['`apex` is another label', 'ns1.names.example.com. A', 'apex names', 'NOERROR A 10.9.9.9'],
    ['`fallthrough` goes on where nothing is found', 'svc0.testns.example.com. A', 'fallthrough', 'REFUSED'],
  ])('%s', (_, question, options, expected) => {
    expect(ask(question, options).line).toBe(expected);
  });

  it('has a TTL of its own', () => {
    expect(ask('svc1.testns.example.com. A', 'ttl 42').answer.answer.map(({ ttl }) => ttl)).toEqual([42]);
  });
});

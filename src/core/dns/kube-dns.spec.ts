import { describe, expect, it } from 'vitest';
import { askDns, dnsLine } from '../../../test/support/dns-answers.js';
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

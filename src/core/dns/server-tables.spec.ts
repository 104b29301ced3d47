import { describe, expect, it } from 'vitest';
import { askDns, dnsLine, type DnsSetup, mountedFiles } from '../../../test/support/dns-answers.js';
import type { QueryType } from './dns-record.js';

/** The services of coredns/ci `build/kubernetes/dns-test.yaml`, as far as its tables ask for them. */
const CLUSTER = `
  namespace test-1 ; namespace test-2 ; node n 172.17.0.1
  service test-1/svc-1-a 10.96.0.100 http:80>80 https:443>443 ; endpoints test-1/svc-1-a 172.17.0.253@n
  service test-2/svc-c 10.96.0.120 c-port:1234>1234/UDP
  service test-1/ext-svc name=example.net
  pod test-1/client 172.17.0.9@n
`;
const SERVICE = 'svc-1-a.test-1.svc.cluster.local.';

type Row = [question: string, expected: string, more?: Partial<DnsSetup>];

/** Questions to one server block, `name TYPE`. */
function table(lines: readonly string[], rows: Row[], files: Readonly<Record<string, string>> = {}): void {
  const objects = mountedFiles({ Corefile: `.:53 {\n${lines.join('\n')}\n}\n`, ...files });
  it.each(rows)('%s → %s', (question, expected, more = {}) => {
    const [name = '', type = ''] = question.split(' ');
    expect(dnsLine(name, askDns(name, type as QueryType, { rules: CLUSTER, objects, ...more }))).toBe(expected);
  });
}

/** coredns/ci `test/kubernetes/ptr_test.go`, which has NODATA for names that are not there; coredns `plugin/kubernetes/reverse_test.go` of today has NXDOMAIN. */
describe('reverse zones as networks', () => {
  table(
    ['kubernetes cluster.local 10.96.0.0/24 172.17.0.0/24 {', 'namespaces test-1', '}'],
    [
      ['100.0.96.10.in-addr.arpa. PTR', `NOERROR PTR ${SERVICE}`],
      ['253.0.17.172.in-addr.arpa. PTR', `NOERROR PTR 172-17-0-253.${SERVICE}`],
      ['120.0.96.10.in-addr.arpa. PTR', 'NXDOMAIN'],
      ['200.0.17.172.in-addr.arpa. PTR', 'NXDOMAIN'],
      ['1.1.96.10.in-addr.arpa. PTR', 'REFUSED'],
    ],
  );
});

/** coredns/ci `test/kubernetes/{fallthrough,upstream}_test.go`. */
describe('a zone file behind the cluster', () => {
  const behind = `cluster.local. IN SOA sns.dns.icann.org. noc.dns.icann.org. 2015082541 7200 3600 1209600 3600
cluster.local.          IN NS a.iana-servers.net.
foo.cluster.local.      IN A 10.10.10.10
f.b.svc.cluster.local.  IN A 10.10.10.11`;
  const file = 'file /etc/coredns/Zonefile cluster.local';
  describe('answers what falls through', () => {
    table(
      [file, 'kubernetes cluster.local {', 'namespaces test-1', 'fallthrough', '}', 'forward . 192.0.2.53'],
      [
        ['f.b.svc.cluster.local. A', 'NOERROR A 10.10.10.11'],
        ['foo.cluster.local. A', 'NOERROR A 10.10.10.10'],
        [
          'ext-svc.test-1.svc.cluster.local. A',
          'NOERROR CNAME example.net., example.net. A 13.14.15.16',
          { upstream: ['example.net. A 13.14.15.16'] },
        ],
      ],
      { Zonefile: behind },
    );
  });
  describe('of the zones that may fall through', () => {
    table(
      [file, 'kubernetes cluster.local {', 'namespaces test-1', 'fallthrough svc.cluster.local', '}'],
      [
        ['f.b.svc.cluster.local. A', 'NOERROR A 10.10.10.11'],
        ['foo.cluster.local. A', 'NXDOMAIN'],
      ],
      { Zonefile: behind },
    );
  });
});

const EXAMPLE_NET = `example.net. IN SOA sns.example.net. noc.example.net. 2015082541 7200 3600 1209600 3600
example.net.      IN NS ns.example.net.
example.net.      IN A 13.14.15.16
foo.example.net.  IN A 10.10.10.11`;

/** coredns/ci `test/kubernetes/{autopath,upstream}_test.go`. */
describe('autopath, and a zone file for names of the world', () => {
  const file = 'file /etc/coredns/Zonefile example.net';
  const from = { client: '172.17.0.9' };
  const linked = `NOERROR CNAME ${SERVICE}, ${SERVICE} A 10.96.0.100`;
  const outside: Row = [
    'foo.example.net.test-1.svc.cluster.local. A',
    'NOERROR CNAME foo.example.net., foo.example.net. A 10.10.10.11',
    from,
  ];
  table(
    ['autopath @kubernetes', 'kubernetes cluster.local {', 'pods verified', '}', file],
    [
      [`${SERVICE} A`, 'NOERROR A 10.96.0.100', from],
      ['svc-1-a.test-1.test-1.svc.cluster.local. A', linked, from],
      ['svc-1-a.test-1.svc.test-1.svc.cluster.local. A', linked, from],
      [`${SERVICE}test-1.svc.cluster.local. A`, linked, from],
      outside,
      ['bar.example.net.test-1.svc.cluster.local. A', 'NXDOMAIN', from],
      ['foo.example.net.svc.cluster.local. A', 'NXDOMAIN', from],
      ['ext-svc.test-1.svc.cluster.local. A', 'NOERROR CNAME example.net., example.net. A 13.14.15.16'],
    ],
    { Zonefile: EXAMPLE_NET },
  );
  // coredns `plugin/autopath/autopath.go`: what no plugin wrote a reply to is passed over, as NXDOMAIN is.
  describe('where the first name has no reply', () => {
    table(['autopath @kubernetes', 'kubernetes cluster.local {', 'pods verified', 'fallthrough', '}', file], [outside], {
      Zonefile: EXAMPLE_NET,
    });
  });
});

/** coredns `plugin/kubernetes/zonal_test.go`: of topology zones too there are names for every type. */
describe('zonal', () => {
  const rules = `node a 192.168.0.1 zone=z1 ; service db None pg:5432>5432 ; endpoints db 172.0.0.1@a/z1 172.0.0.2@a/z2 172.0.0.3@a/z2`;
  const at = (name: string) => `${name}.t.svc.cluster.local.`;
  const srv = (last: number) => `SRV 0 33 5432 ${at(`172-0-0-${last}.db`)}`;
  const target = (last: number) => `${at(`172-0-0-${last}.db`)} A 172.0.0.${last}`;
  table(
    ['kubernetes cluster.local {', 'zonal', '}'],
    (
      [
        ['z1.pin._zone.db TXT', 'NODATA'],
        ['z9.pin._zone.db TXT', 'NODATA'],
        ['z9.prefer._zone.db TXT', 'NODATA'],
        ['z9.pin._zone.db SRV', 'NODATA'],
        ['z9.prefer._zone.db SRV', `NOERROR ${[1, 2, 3].map(srv).join(', ')} + ${[1, 2, 3].map(target).join(', ')}`],
        ['z1.pin._zone.ghost A', 'NXDOMAIN'],
        ['z1.pin._zone.ghost TXT', 'NXDOMAIN'],
        ['z1.florp._zone.db TXT', 'NXDOMAIN'],
      ] as const
    ).map(([question, expected]): Row => [question.replace(/\S+/, at), expected, { rules }]),
  );
});

/** coredns `plugin/file/{additional,wildcard,dname}_test.go`. */
describe('file', () => {
  const addresses = 'host.example.org. A 192.0.2.10, host.example.org. AAAA 2001:db8::10';
  table(
    ['file /etc/coredns/db example.org'],
    [
      // Two records with one target: its addresses stand there once, also where it is spelt differently; SRV keeps the spelling.
      ['mx.example.org. MX', `NOERROR MX 10 host.example.org., MX 20 host.example.org. + ${addresses}`],
      ['srv.example.org. SRV', `NOERROR SRV 10 50 8080 host.example.org., SRV 20 50 8080 HOST.Example.ORG. + ${addresses}`],
      ['two.example.org. MX', `NOERROR MX 10 host.example.org., MX 20 other.example.org. + ${addresses}, other.example.org. A 192.0.2.20`],
      ['any.nodata.example.org. MX', 'NODATA'],
      ['bar.intern.example.org. A', 'NOERROR A 127.0.1.52'],
      ['a.b.c.example.org. A', 'NOERROR A 127.0.0.53'],
      ['example.org. NS', 'NOERROR NS ns.example.org. + ns.example.org. A 192.0.2.1'],
      ['dname.example.org. A', 'NOERROR A 127.0.0.1'],
      ['dname.example.org. MX', 'NODATA'],
    ],
    {
      db: `$TTL 1800
@ IN SOA ns.example.org. admin.example.org. 1 2 3 4 5
 IN NS ns.example.org.
ns A 192.0.2.1
host A 192.0.2.10
 AAAA 2001:db8::10
other A 192.0.2.20
mx MX 10 host
 MX 20 host
srv SRV 10 50 8080 host
 SRV 20 50 8080 HOST.Example.ORG.
two MX 10 host
 MX 20 other
*.nodata A 192.0.2.3
*.intern A 127.0.1.52
* A 127.0.0.53
dname DNAME test
dname A 127.0.0.1`,
    },
  );
});

/** coredns `plugin/hosts/{hosts,hostsfile,setup}_test.go`. */
describe('hosts', () => {
  table(
    ['hosts {', '::FFFF:10.0.0.2 example.com', 'fe80::1%lo0 linky', '127.0.0.1 PreserveMe PreserveMe.local', '}'],
    [
      ['example.com. A', 'NOERROR A 10.0.0.2'],
      ['2.0.0.10.in-addr.arpa. PTR', 'NOERROR PTR example.com.'],
      ['linky. AAAA', 'NOERROR AAAA fe80::1'],
      ['preserveme. A', 'NOERROR A 127.0.0.1'],
      ['example.com. MX', 'NODATA without SOA'],
    ],
  );
  describe('with zones, one of them a network', () => {
    table(
      ['hosts /etc/hosts miek.nl 10.0.0.9/8 {', '10.0.0.1 a.miek.nl b.example.org', '}'],
      [
        ['1.0.0.10.in-addr.arpa. PTR', 'NOERROR PTR a.miek.nl.'],
        ['b.example.org. A', 'REFUSED'],
      ],
    );
  });
});

/** coredns `plugin/local/local_test.go`; names below `localhost.` have answers since coredns `local.go` follows RFC 6761 section 6.3. */
describe('local', () => {
  table(
    ['local'],
    [
      ['localHOst. A', 'NOERROR A 127.0.0.1'],
      ['localhost. NS', 'NOERROR NS localhost.'],
      ['localhost. MX', 'NODATA'],
      ['127.in-addr.arpa. A', 'NODATA'],
      ['1.0.0.127.in-addr.arpa. PTR', 'NOERROR PTR localhost.'],
      ['1.0.0.127.in-addr.arpa. MX', 'NODATA'],
      ['2.0.0.127.in-addr.arpa. PTR', 'NXDOMAIN'],
      ['localhost.example.net. AAAA', 'NOERROR AAAA ::1'],
      ['localhost.example.net. SOA', 'NODATA'],
    ],
  );
});

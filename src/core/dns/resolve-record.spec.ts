import { describe, expect, it } from 'vitest';
import { askDns, dnsLine as line } from '../../../test/support/dns-answers.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import type { QueryType } from './dns-record.js';
import type { ServerAnswer } from './server-answer.js';

const CLUSTER = `
  namespace other ; node a 192.168.0.1 zone=z1 ; node b 192.168.0.2 zone=z2
  service web 10.96.0.10 http:80>8080 dns:53>5353/UDP ; endpoints web 10.244.1.4@a
  service bare 10.96.0.11 :80>80
  service empty 10.96.0.12 http:80>80
  service dual 10.96.0.13 fd00:96::13 http:80>80 ipFamilyPolicy=RequireDualStack
  service db None pg:5432>5432 ; endpoints db 10.244.1.5@a/z1#db-0 10.244.2.5@b/z2#db-1 10.244.2.6@b!unready
  service twins None http:80>80 ; endpoints twins 10.244.1.11@a#same 10.244.1.12@a#same
  service peers None http:80>80 grpc:90>90 ; endpoints peers 10.244.1.7@a fd00:10::@b
  service dead None http:80>80 ; endpoints dead 10.244.1.8@a!unready
  service pay name=pay.example.com
  service inner name=web.t.svc.cluster.local
  service chain name=inner.t.svc.cluster.local
  service broken name=nothing.t.svc.cluster.local
  service loop name=pool.t.svc.cluster.local ; service pool name=loop.t.svc.cluster.local
  service byip name=192.0.2.1
  pod p 10.244.1.9@a
`;

const kubernetes = (options = '') => `.:53 {\n  kubernetes cluster.local 10.in-addr.arpa ip6.arpa {\n${options}\n  }\n}\n`;

interface Setup {
  /** Options of the `kubernetes` plugin, one a line; the Corefile has no `forward`. */
  readonly options?: string;
  readonly corefile?: string;
  readonly dns?: ProfileSettings;
  readonly upstream?: readonly string[];
  readonly rules?: string;
}

function ask(
  name: string,
  type: QueryType,
  { options, rules = CLUSTER, corefile = kubernetes(options), dns, upstream }: Setup = {},
): ServerAnswer {
  return askDns(name, type, { rules, corefile, dns, upstream });
}

type Row = [question: string, expected: string, setup?: Setup];

/** `name TYPE`; a name without a final dot is one of `svc.cluster.local.`. */
function table(name: string, rows: Row[]): void {
  it.each(rows)(`${name}: %s → %s`, (question, expected, setup = {}) => {
    const [short = '', type = ''] = question.split(' ');
    const full = short.endsWith('.') ? short : `${short}.svc.cluster.local.`;
    expect(line(full, ask(full, type as QueryType, setup))).toBe(expected);
  });
}

/** kubernetes/dns `docs/specification.md` 1.1.0, section 2.3: services with a cluster IP. */
describe('a service with a cluster IP', () => {
  table('A and AAAA', [
    ['web.t A', 'NOERROR A 10.96.0.10'],
    ['web.t AAAA', 'NODATA'],
    ['dual.t A', 'NOERROR A 10.96.0.13'],
    ['dual.t AAAA', 'NOERROR AAAA fd00:96::13'],
    // The record stands whether or not there are endpoints.
    ['empty.t A', 'NOERROR A 10.96.0.12'],
    ['nothing.t A', 'NXDOMAIN'],
    ['web.other A', 'NXDOMAIN'],
    ['web.nowhere A', 'NXDOMAIN'],
  ]);
  const web = 'web.t.svc.cluster.local.';
  table('SRV', [
    ['_http._tcp.web.t SRV', `NOERROR SRV 0 100 80 ${web} + ${web} A 10.96.0.10`],
    ['_dns._udp.web.t SRV', `NOERROR SRV 0 100 53 ${web} + ${web} A 10.96.0.10`],
    ['_dns._tcp.web.t SRV', 'NXDOMAIN'],
    ['_https._tcp.web.t SRV', 'NXDOMAIN'],
    // coredns plugin/kubernetes/parse.go: the underscores are optional, and the bare name has a record a port.
    ['http.tcp.web.t SRV', `NOERROR SRV 0 100 80 ${web} + ${web} A 10.96.0.10`],
    ['web.t SRV', `NOERROR SRV 0 50 53 ${web}, SRV 0 50 80 ${web} + A 10.96.0.10`],
    ['_http._tcp.web.t A', 'NOERROR A 10.96.0.10'],
  ]);
  table('one endpoint', [
    ['10-244-1-4.web.t A', 'NOERROR A 10.244.1.4'],
    ['10-244-1-5.web.t A', 'NXDOMAIN'],
  ]);
  table('other types', [
    ['web.t MX', 'NODATA'],
    ['web.t TXT', 'NODATA'],
    ['web.t CNAME', 'NODATA'],
    ['nothing.t MX', 'NXDOMAIN'],
    ['nothing.t TXT', 'NXDOMAIN'],
  ]);
});

/** The same document, section 2.4: headless services. */
describe('a headless service', () => {
  table('addresses', [
    ['db.t A', 'NOERROR A 10.244.1.5, A 10.244.2.5'],
    ['db.t AAAA', 'NODATA'],
    ['db-0.db.t A', 'NOERROR A 10.244.1.5'],
    ['db-2.db.t A', 'NXDOMAIN'],
    ['10-244-2-6.db.t A', 'NXDOMAIN'],
    ['dead.t A', 'NXDOMAIN'],
    ['same.twins.t A', 'NOERROR A 10.244.1.11, A 10.244.1.12'],
    ['peers.t A', 'NOERROR A 10.244.1.7'],
    ['peers.t AAAA', 'NOERROR AAAA fd00:10::'],
    // coredns plugin/kubernetes/kubernetes.go endpointHostname: a name may not end in a dash.
    ['fd00-10--0.peers.t AAAA', 'NOERROR AAAA fd00:10::'],
  ]);
  const db = (name: string) => `${name}.db.t.svc.cluster.local.`;
  table('SRV', [
    [
      '_pg._tcp.db.t SRV',
      `NOERROR SRV 0 50 5432 ${db('db-0')}, SRV 0 50 5432 ${db('db-1')} + ${db('db-0')} A 10.244.1.5, ${db('db-1')} A 10.244.2.5`,
    ],
    ['_pg._udp.db.t SRV', 'NXDOMAIN'],
    // Two endpoints of one name: one SRV record, both addresses; the weight counts all candidates.
    [
      '_http._tcp.twins.t SRV',
      'NOERROR SRV 0 50 80 same.twins.t.svc.cluster.local. + same.twins.t.svc.cluster.local. A 10.244.1.11, same.twins.t.svc.cluster.local. A 10.244.1.12',
    ],
  ]);
  // Hostnames go before pod names (endpoint_pod_names).
  table('pod names', [['db-0.db.t A', 'NOERROR A 10.244.1.5', { dns: { endpointPodNames: true } }]]);
});

/** Section 2.5 and coredns `plugin/backend_lookup.go` A: ExternalName. */
describe('an ExternalName', () => {
  table('target', [
    ['pay.t CNAME', 'NOERROR CNAME pay.example.com.'],
    ['pay.t A', 'NOERROR CNAME pay.example.com., pay.example.com. A 192.0.2.7', { upstream: ['pay.example.com. 60 IN A 192.0.2.7'] }],
    // No resolver is known that would know: the link stands alone.
    ['pay.t A', 'NOERROR CNAME pay.example.com.'],
    ['inner.t A', 'NOERROR CNAME web.t.svc.cluster.local., web.t.svc.cluster.local. A 10.96.0.10'],
    [
      'chain.t A',
      'NOERROR CNAME inner.t.svc.cluster.local., inner.t.svc.cluster.local. CNAME web.t.svc.cluster.local., web.t.svc.cluster.local. A 10.96.0.10',
    ],
    ['inner.t AAAA', 'NODATA'],
    ['broken.t A', 'NODATA'],
    ['loop.t A', 'NODATA'],
    ['byip.t A', 'NXDOMAIN'],
    ['sub.pay.t A', 'NXDOMAIN'],
    ['_http._tcp.pay.t SRV', 'NXDOMAIN'],
    ['pay.t SRV', 'NODATA'],
  ]);

  it('puts each link before what it leads to', () => {
    const { answer } = ask('chain.t.svc.cluster.local.', 'A');
    expect(answer.map(({ name, type }) => `${name.split('.')[0]} ${type}`)).toEqual(['chain CNAME', 'inner CNAME', 'web A']);
  });

  it('is cut at ten links', () => {
    const names = Array.from({ length: 13 }, (_, n) => `service s${n} name=s${n + 1}.t.svc.cluster.local`).join(' ; ');
    const rules = `${names} ; service s13 10.96.0.20 http:80>80`;
    expect(line('s3', ask('s3.t.svc.cluster.local.', 'A', { rules }))).toMatch(/^NOERROR /);
    expect(line('s2', ask('s2.t.svc.cluster.local.', 'A', { rules }))).toBe('NODATA');
  });
});

/** Section 2.3 to 2.5 "reverse", coredns `plugin/kubernetes/reverse.go`. */
describe('a reverse name', () => {
  table('PTR', [
    ['10.0.96.10.in-addr.arpa. PTR', 'NOERROR PTR web.t.svc.cluster.local.'],
    ['5.1.244.10.in-addr.arpa. PTR', 'NOERROR PTR db-0.db.t.svc.cluster.local.'],
    ['4.1.244.10.in-addr.arpa. PTR', 'NOERROR PTR 10-244-1-4.web.t.svc.cluster.local.'],
    ['6.2.244.10.in-addr.arpa. PTR', 'NXDOMAIN'],
    ['9.1.244.10.in-addr.arpa. PTR', 'NXDOMAIN'],
    [`3.1.${'0.'.repeat(20)}6.9.0.0.0.0.d.f.ip6.arpa. PTR`, 'NXDOMAIN'],
    [`3.1.${'0.'.repeat(22)}6.9.0.0.0.0.d.f.ip6.arpa. PTR`, 'NOERROR PTR dual.t.svc.cluster.local.'],
    ['5.1.244.10.in-addr.arpa. PTR', 'NXDOMAIN', { options: 'namespaces other' }],
    ['web.t PTR', 'NODATA'],
    ['nothing.t PTR', 'NXDOMAIN'],
  ]);
});

/** coredns `plugin/kubernetes/kubernetes.go` findPods; specification section 2.6 (deprecated). */
describe('a pod name', () => {
  const modes = (mode: string): Setup => ({ options: `pods ${mode}` });
  table('mode', [
    ['10-244-1-9.t.pod.cluster.local. A', 'NXDOMAIN', modes('disabled')],
    ['10-244-1-9.t.pod.cluster.local. A', 'NOERROR A 10.244.1.9', modes('insecure')],
    ['192-0-2-99.t.pod.cluster.local. A', 'NOERROR A 192.0.2.99', modes('insecure')],
    ['192-0-2-99.nowhere.pod.cluster.local. A', 'NXDOMAIN', modes('insecure')],
    ['fd00-10--7.t.pod.cluster.local. AAAA', 'NOERROR AAAA fd00:10::7', modes('insecure')],
    ['nonsense.t.pod.cluster.local. A', 'NXDOMAIN', modes('insecure')],
    ['10-244-1-9.t.pod.cluster.local. A', 'NOERROR A 10.244.1.9', modes('verified')],
    ['10-244-1-8.t.pod.cluster.local. A', 'NXDOMAIN', modes('verified')],
    ['10-244-1-9.other.pod.cluster.local. A', 'NXDOMAIN', modes('verified')],
  ]);
});

/** coredns `plugin/kubernetes/{parse,kubernetes,ns}.go`, `plugin/backend_lookup.go` SOA; specification section 2.2. */
describe('the zone', () => {
  const soa = 'ns.dns.cluster.local. hostmaster.cluster.local. 7 7200 1800 86400 5';
  table('names without records of their own', [
    ['cluster.local. A', 'NODATA'],
    ['svc.cluster.local. A', 'NODATA'],
    ['pod.cluster.local. A', 'NODATA'],
    ['t.svc.cluster.local. A', 'NODATA'],
    ['nowhere.svc.cluster.local. A', 'NXDOMAIN'],
    ['x.cluster.local. A', 'NXDOMAIN'],
    ['a.b.c.web.t A', 'NXDOMAIN'],
  ]);
  table('records of the zone', [
    ['dns-version.cluster.local. TXT', 'NOERROR TXT 1.1.0'],
    ['cluster.local. SOA', `NOERROR SOA ${soa}`],
    ['web.t SOA', 'NODATA'],
    ['nothing.t SOA', 'NODATA'],
    ['cluster.local. NS', 'NOERROR NS ns.dns.cluster.local. + ns.dns.cluster.local. A 10.244.0.2', { dns: { serverIPs: ['10.244.0.2'] } }],
    // A service that has the server's own pod behind it is the name server.
    [
      'cluster.local. NS',
      'NOERROR NS web.t.svc.cluster.local. + web.t.svc.cluster.local. A 10.96.0.10',
      { dns: { serverIPs: ['10.244.1.4'] } },
    ],
  ]);
  table('other zones', [
    ['example.com. A', 'REFUSED'],
    ['cluster.localx. A', 'REFUSED'],
    ['example.com. A', 'unknown', { corefile: '.:53 {\n kubernetes cluster.local\n forward . 1.1.1.1\n}' }],
    ['example.com. A', 'NOERROR A 192.0.2.1', { upstream: ['example.com. 60 IN A 192.0.2.1'] }],
  ]);
  table('fallthrough', [
    ['nothing.t A', 'REFUSED', { options: 'fallthrough' }],
    ['nothing.t A', 'NXDOMAIN', { options: 'fallthrough in-addr.arpa' }],
    ['web.t A', 'NOERROR A 10.96.0.10', { options: 'fallthrough' }],
    ['web.t AAAA', 'NODATA', { options: 'fallthrough' }],
  ]);
});

describe('options', () => {
  table('namespaces', [
    ['web.t A', 'NOERROR A 10.96.0.10', { options: 'namespaces t' }],
    ['web.t A', 'NXDOMAIN', { options: 'namespaces other' }],
    ['t.svc.cluster.local. A', 'NXDOMAIN', { options: 'namespaces other' }],
  ]);
  table('ignore empty_service', [
    ['empty.t A', 'NXDOMAIN', { options: 'ignore empty_service' }],
    ['web.t A', 'NOERROR A 10.96.0.10', { options: 'ignore empty_service' }],
    ['pay.t CNAME', 'NOERROR CNAME pay.example.com.', { options: 'ignore empty_service' }],
  ]);
  // coredns#8388
  table('zonal', [
    ['z1.pin._zone.db.t A', 'NOERROR A 10.244.1.5', { options: 'zonal' }],
    ['z9.pin._zone.db.t A', 'NODATA', { options: 'zonal' }],
    ['z9.prefer._zone.db.t A', 'NOERROR A 10.244.1.5, A 10.244.2.5', { options: 'zonal' }],
    ['z1.near._zone.db.t A', 'NXDOMAIN', { options: 'zonal' }],
    ['z1.pin._zone.web.t A', 'NXDOMAIN', { options: 'zonal' }],
    ['z1.pin._zone.db.t A', 'NXDOMAIN', {}],
  ]);
});

/** RFC 1034 section 3.1 and RFC 4343: names match without case, and CoreDNS echoes the question's (`handler_case_test.go`). */
describe('case', () => {
  it('is ignored and kept', () => {
    const name = 'WEB.T.svc.Cluster.Local.';
    const { answer } = ask(name, 'SRV', {});
    expect(answer.map((record) => record.name)).toEqual([name, name]);
    expect(answer[0]?.data).toMatch(/ web\.t\.svc\.Cluster\.Local\.$/);
  });
});

describe('time to live', () => {
  it.each([
    ['5 s by default', {}, 'web.t.svc.cluster.local.', 'A', 5],
    ['that of the option', { options: 'ttl 60' }, 'web.t.svc.cluster.local.', 'A', 60],
    ['eight hours for the version', {}, 'dns-version.cluster.local.', 'TXT', 28800],
  ] as const)('%s', (_, setup, name, type, expected) => {
    expect(ask(name, type, setup).answer[0]?.ttl).toBe(expected);
  });

  it('of a SOA is at most five minutes', () => {
    expect(ask('nothing.t.svc.cluster.local.', 'A', { options: 'ttl 3600' }).authority[0]?.ttl).toBe(300);
  });
});

import { describe, expect, it } from 'vitest';
import { askDns, dnsLine, type DnsSetup } from '../../../test/support/dns-answers.js';
import type { QueryType } from './dns-record.js';

const RULES = `
  namespace other ; node a 192.168.0.1
  service web 10.96.0.10 http:80>8080 ; endpoints web 10.244.1.4@a
  service other/api 10.96.0.11 http:80>80
  service db None pg:5432>5432 ; endpoints db 10.244.1.5@a#db-0 10.244.1.6@a#db-1
  service pay name=pay.example.com
  service alias name=short.example.com
  pod client 10.244.1.9@a
`;

type Row = [question: string, expected: string, more?: Partial<DnsSetup>];

/** Questions to a Corefile, `name TYPE`; a name without a final dot is one of `svc.cluster.local.`. */
function table(corefile: string, rows: Row[], rules = RULES): void {
  it.each(rows)('%s → %s', (question, expected, more = {}) => {
    const [short = '', type = ''] = question.split(' ');
    const name = short.endsWith('.') ? short : `${short}.svc.cluster.local.`;
    expect(dnsLine(name, askDns(name, type as QueryType, { rules, corefile, ...more }))).toBe(expected);
  });
}

const block = (...lines: string[]) => `.:53 {\n${lines.join('\n')}\n}\n`;
const KUBERNETES = 'kubernetes cluster.local 10.in-addr.arpa';
const WEB = 'A 10.96.0.10';

/** coredns `plugin/rewrite/name_test.go`, `plugin/rewrite/README.md`. */
describe('rewrite', () => {
  describe('exact turns the whole name back', () => {
    table(block('rewrite name short.example.com web.t.svc.cluster.local', KUBERNETES), [
      ['short.example.com. A', `NOERROR ${WEB}`],
      ['SHORT.example.com. A', `NOERROR ${WEB}`],
      ['other.example.com. A', 'REFUSED'],
      ['short.example.com. AAAA', 'NODATA'],
      // The target of an ExternalName is asked of the whole server, rewrite included (plugin/pkg/upstream).
      ['alias.t A', 'NOERROR CNAME short.example.com., short.example.com. A 10.96.0.10'],
    ]);
  });

  describe('the others do not, without `answer auto`', () => {
    table(block('rewrite name suffix .example.com .t.svc.cluster.local', KUBERNETES), [
      ['web.example.com. A', `NOERROR web.t.svc.cluster.local. ${WEB}`],
      ['web.example.org. A', 'REFUSED'],
    ]);
    table(block('rewrite name suffix .example.com .t.svc.cluster.local answer auto', KUBERNETES), [
      ['web.example.com. A', `NOERROR ${WEB}`],
      // Names that records lead to are turned back too, and the SOA's name server.
      ['web.example.com. SRV', 'NOERROR SRV 0 100 80 web.example.com. + A 10.96.0.10'],
    ]);
    table(block('rewrite name regex ([a-z]+)\\.shop\\.example {1}.t.svc.cluster.local', KUBERNETES), [
      ['web.shop.example. A', `NOERROR web.t.svc.cluster.local. ${WEB}`],
    ]);
    table(block('rewrite name regex ([a-z]+)\\.shop\\.example {1}.t.svc.cluster.local answer auto', KUBERNETES), [
      ['web.shop.example. A', `NOERROR ${WEB}`],
      ['nothing.shop.example. A', 'NXDOMAIN'],
    ]);
    table(
      block(
        'rewrite stop {',
        'name regex (.*)\\.shop\\.example {1}.t.svc.cluster.local',
        'answer name (.*)\\.t\\.svc\\.cluster\\.local {1}.shop.example',
        '}',
        KUBERNETES,
      ),
      [['web.shop.example. A', `NOERROR ${WEB}`]],
    );
  });

  describe('prefix and substring', () => {
    table(block('rewrite name prefix old web', KUBERNETES), [['old.t A', `NOERROR web.t.svc.cluster.local. ${WEB}`]]);
    table(block('rewrite name substring .t.svc. .other.svc.', KUBERNETES), [
      ['api.t A', 'NOERROR api.other.svc.cluster.local. A 10.96.0.11'],
      ['web.t A', 'NXDOMAIN'],
    ]);
  });

  describe('the first rule that matches stops, unless it says `continue`', () => {
    table(block('rewrite name a.example b.example', 'rewrite name b.example web.t.svc.cluster.local', KUBERNETES), [
      ['a.example. A', 'REFUSED'],
      ['b.example. A', `NOERROR ${WEB}`],
    ]);
    table(block('rewrite continue name a.example b.example', 'rewrite name b.example web.t.svc.cluster.local', KUBERNETES), [
      // Rules are turned back in reverse: web to b, b to a.
      ['a.example. A', `NOERROR ${WEB}`],
    ]);
  });

  describe('what is no name is SERVFAIL', () => {
    table(block('rewrite name example.org example..org', KUBERNETES), [['example.org. A', 'SERVFAIL']]);
  });
});

/** coredns `plugin/hosts/hosts.go`, `plugin/hosts/README.md`. */
describe('hosts', () => {
  const entries = ['10.0.0.1 example.org www.example.org', 'fe80::1 example.org'];
  table(block('hosts {', ...entries, 'fallthrough', '}', KUBERNETES, 'forward . 192.0.2.53'), [
    ['example.org. A', 'NOERROR A 10.0.0.1'],
    ['Example.ORG. AAAA', 'NOERROR AAAA fe80::1'],
    ['www.example.org. AAAA', 'NODATA without SOA'],
    ['1.0.0.10.in-addr.arpa. PTR', 'NOERROR PTR example.org., PTR www.example.org.'],
    ['10.0.96.10.in-addr.arpa. PTR', 'NOERROR PTR web.t.svc.cluster.local.'],
    ['nothing.example.org. A', 'unknown'],
    ['web.t A', `NOERROR ${WEB}`],
  ]);
  describe('without fallthrough', () => {
    table(block('hosts {', ...entries, '}', KUBERNETES), [
      ['web.t A', 'SERVFAIL'],
      ['example.org. A', 'NOERROR A 10.0.0.1'],
    ]);
    table(block('hosts /etc/hosts example.org {', ...entries, 'no_reverse', '}', KUBERNETES), [
      ['web.t A', `NOERROR ${WEB}`],
      ['nothing.example.org. A', 'SERVFAIL'],
      ['1.0.0.10.in-addr.arpa. PTR', 'NXDOMAIN'],
    ]);
  });
});

/** coredns `plugin/autopath/README.md`, `plugin/kubernetes/autopath.go`. */
describe('autopath', () => {
  const path = block('autopath @kubernetes', 'kubernetes cluster.local {', 'pods verified', '}', 'forward . 192.0.2.53');
  const client = { client: '10.244.1.9' };
  table(path, [
    ['web.t A', `NOERROR ${WEB}`, client],
    ['api.other.t A', 'NOERROR CNAME api.other.svc.cluster.local., api.other.svc.cluster.local. A 10.96.0.11', client],
    ['api.other.t A', 'NXDOMAIN'],
    ['api.other.t A', 'NXDOMAIN', { client: '10.244.1.77' }],
    [
      'www.example.com.t A',
      'NOERROR CNAME www.example.com., www.example.com. A 192.0.2.1',
      { ...client, upstream: ['www.example.com. A 192.0.2.1'] },
    ],
    // The name as it is goes to a resolver that is not known.
    ['www.example.com.t A', 'unknown', client],
    // Only names that end in the first search domain are walked.
    ['nothing.other A', 'NXDOMAIN', client],
  ]);
  describe('without `pods verified` does nothing', () => {
    table(block('autopath @kubernetes', 'kubernetes cluster.local {', 'pods insecure', '}'), [['api.other.t A', 'NXDOMAIN', client]]);
  });
});

/** coredns `plugin.cfg`: the order of the lines in the file means nothing. */
describe('the order of plugins', () => {
  table(
    block(
      'forward . 192.0.2.53',
      KUBERNETES,
      'hosts {',
      '192.0.2.9 web.t.svc.cluster.local',
      'fallthrough',
      '}',
      'rewrite name x.example web.t.svc.cluster.local',
    ),
    [
      ['x.example. A', 'NOERROR A 192.0.2.9'],
      ['db-0.db.t A', 'NOERROR A 10.244.1.5'],
      ['y.example. A', 'unknown'],
    ],
  );
});

/** coredns.io/manual/configuration: the block with the longest zone; `plugin/forward/README.md`: `except`. */
describe('server blocks and stub domains', () => {
  const stub = `${block(KUBERNETES, 'forward . 192.0.2.53 {', 'except internal.example', '}')}consul.local:53 {\n forward . 192.0.2.8\n}\nempty.example {\n cache\n}\n`;
  const forwarded = (name: string) => askDns(name, 'A', { rules: RULES, corefile: stub }).forwardedTo;
  it.each([
    ['www.example.com.', ['192.0.2.53']],
    ['db.consul.local.', ['192.0.2.8']],
    ['x.internal.example.', undefined],
    ['www.empty.example.', undefined],
  ])('%s is asked of %s', (name, expected) => {
    expect(forwarded(name)).toEqual(expected);
  });

  describe('only those on the port of the cluster’s block count', () => {
    table(
      `.:5353 {\n${KUBERNETES}\n}\ncluster.local:53 {\n hosts {\n 192.0.2.1 web.t.svc.cluster.local\n }\n}\ntls://cluster.local {\n whoami\n}\n`,
      [['web.t A', `NOERROR ${WEB}`]],
    );
  });

  describe('a snippet stands for its lines', () => {
    table(`(stub) {\n rewrite name x.example web.t.svc.cluster.local\n}\n${block('import stub', KUBERNETES)}`, [
      ['x.example. A', `NOERROR ${WEB}`],
    ]);
  });
});

/** A plugin whose rules are not modelled makes its names unknown, and no others. */
describe('plugins that are not modelled', () => {
  table(
    block('template IN A example.org {', 'answer "{{ .Name }} 60 IN A 192.0.2.1"', '}', 'file db.example.net example.net', KUBERNETES),
    [
      ['x.example.org. A', 'unknown'],
      ['x.example.org. AAAA', 'REFUSED'],
      ['x.example.net. A', 'unknown'],
      ['web.t A', `NOERROR ${WEB}`],
    ],
  );
});

/** coredns `plugin/kubernetes/README.md`. */
describe('options of the kubernetes plugin', () => {
  const options = (...lines: string[]) => block('kubernetes cluster.local 10.in-addr.arpa {', ...lines, '}');
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 't', labels: { team: 'shop' } } };
  describe('noendpoints', () => {
    table(options('noendpoints'), [
      ['web.t A', `NOERROR ${WEB}`],
      ['db.t A', 'NXDOMAIN'],
      ['db-0.db.t A', 'NXDOMAIN'],
      ['5.1.244.10.in-addr.arpa. PTR', 'NXDOMAIN'],
    ]);
  });
  describe('namespace_labels', () => {
    table(options('namespace_labels team=shop'), [
      ['web.t A', `NOERROR ${WEB}`, { objects: [namespace] }],
      ['api.other A', 'NXDOMAIN', { objects: [namespace] }],
      // coredns plugin/kubernetes/reverse.go: only `namespaces` hides PTR.
      ['11.0.96.10.in-addr.arpa. PTR', 'NOERROR PTR api.other.svc.cluster.local.', { objects: [namespace] }],
    ]);
  });
  describe('labels', () => {
    const labelled = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: 't', name: 'seen', labels: { show: 'yes' } },
      spec: { clusterIP: '10.96.0.20', ports: [{ port: 80 }] },
    };
    table(options('labels show in (yes, maybe)'), [
      ['seen.t A', 'NOERROR A 10.96.0.20', { objects: [labelled] }],
      ['web.t A', 'NXDOMAIN', { objects: [labelled] }],
      ['20.0.96.10.in-addr.arpa. PTR', 'NOERROR PTR seen.t.svc.cluster.local.', { objects: [labelled] }],
      ['10.0.96.10.in-addr.arpa. PTR', 'NXDOMAIN', { objects: [labelled] }],
    ]);
  });
  describe('a second `kubernetes` block has options of its own', () => {
    table(`${block(KUBERNETES)}other.example {\n kubernetes {\n namespaces other\n ttl 60\n }\n}\n`, [
      ['api.other.svc.other.example. A', 'NOERROR A 10.96.0.11'],
      ['web.t.svc.other.example. A', 'NXDOMAIN'],
      ['web.t A', `NOERROR ${WEB}`],
    ]);
  });
});

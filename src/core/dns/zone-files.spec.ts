import { describe, expect, it } from 'vitest';
import { askDns, dnsLine, mountedFiles } from '../../../test/support/dns-answers.js';
import { modelOf } from '../../../test/support/model.js';
import { serviceCluster } from '../../../test/support/service-cluster.js';
import type { QueryType } from './dns-record.js';
import { serverPlan } from './internal/server-plan.js';

const CLUSTER = 'namespace t ; node a 192.168.0.1 ; service web 10.96.0.10 http:80>8080';
const SOA = '@ IN SOA ns.dns.example. admin.example. ( 7 ; serial\n 4H 1H 7D 4H )';

function ask(files: Readonly<Record<string, string>>, question: string) {
  const [name = '', type = ''] = question.split(' ');
  return askDns(name, type as QueryType, { rules: CLUSTER, objects: mountedFiles(files) });
}

function problemsOf(files: Readonly<Record<string, string>>): readonly string[] {
  const { blocks, problems } = serverPlan(modelOf([...serviceCluster(CLUSTER), ...mountedFiles(files)]));
  return [...problems, ...blocks.flatMap((block) => block.problems)].map(({ message }) => message);
}

function table(files: Readonly<Record<string, string>>, rows: readonly (readonly [question: string, expected: string])[]): void {
  it.each(rows)('%s → %s', (question, expected) => {
    expect(dnsLine(question.split(' ')[0] ?? '', ask(files, question))).toBe(expected);
  });
}

const corefile = (...lines: string[]) => `.:53 {\n${lines.join('\n')}\nkubernetes cluster.local\n}\n`;
const oneZone = (zone: string, ...lines: string[]) => ({
  Corefile: corefile('file /etc/coredns/db.example example.org', ...lines),
  'db.example': `$TTL 30M\n${SOA}\n NS ns-ext.example.\n${zone}`,
});

/** coredns `plugin/file/{lookup,wildcard,delegation,ent,glue}_test.go`: the same questions to zones of the same shape. */
describe('file', () => {
  describe('records, aliases, SRV and MX with the addresses of their targets', () => {
    table(
      oneZone(`
          IN A 192.0.2.1
          IN MX 1 mx.elsewhere.example.
a         IN A 192.0.2.78
          IN AAAA 2001:DB8::6735
www       IN CNAME a
two       CNAME www
ext       IN CNAME web.t.svc.cluster.local.
lost      IN CNAME nowhere.example.org.
srv       IN SRV 10 10 8080 a
mx        3600 IN MX 10 A.Example.ORG.
txt       IN TXT "v=spf1 a ~all"
split     IN TXT "one " "two \\"quoted\\" ; no comment"`),
      [
        ['www.example.org. A', 'NOERROR CNAME a.example.org., a.example.org. A 192.0.2.78'],
        ['www.example.org. AAAA', 'NOERROR CNAME a.example.org., a.example.org. AAAA 2001:db8::6735'],
        ['www.example.org. CNAME', 'NOERROR CNAME a.example.org.'],
        ['two.example.org. A', 'NOERROR CNAME www.example.org., a.example.org. A 192.0.2.78, www.example.org. CNAME a.example.org.'],
        ['www.example.org. TXT', 'NOERROR CNAME a.example.org.'],
        ['ext.example.org. A', 'NOERROR CNAME web.t.svc.cluster.local., web.t.svc.cluster.local. A 10.96.0.10'],
        // RFC 6604 section 3: the code is that of the last name.
        ['lost.example.org. A', 'NXDOMAIN CNAME nowhere.example.org.'],
        ['example.org. A', 'NOERROR A 192.0.2.1'],
        ['example.org. MX', 'NOERROR MX 1 mx.elsewhere.example.'],
        ['example.org. SOA', 'NOERROR SOA ns.dns.example. admin.example. 7 14400 3600 604800 14400'],
        ['example.org. NS', 'NOERROR NS ns-ext.example.'],
        ['a.example.org. SRV', 'NODATA'],
        ['b.example.org. A', 'NXDOMAIN'],
        ['srv.example.org. SRV', 'NOERROR SRV 10 10 8080 a.example.org. + a.example.org. A 192.0.2.78, a.example.org. AAAA 2001:db8::6735'],
        ['mx.example.org. MX', 'NOERROR MX 10 a.example.org. + a.example.org. A 192.0.2.78, a.example.org. AAAA 2001:db8::6735'],
        ['txt.example.org. TXT', 'NOERROR TXT v=spf1 a ~all'],
        ['split.example.org. TXT', 'NOERROR TXT one two "quoted" ; no comment'],
        ['web.t.svc.cluster.local. A', 'NOERROR A 10.96.0.10'],
        ['other.example. A', 'REFUSED'],
      ],
    );
  });

  describe('wildcards stand for names that do not exist, below the nearest name that does (RFC 4592)', () => {
    table(
      oneZone(`
*.w           TXT "Wildcard"
a.b.c.w       TXT "Not a wildcard"
*.c           TXT "c Wildcard"
*.d           CNAME alias
alias         TXT "expanded"
*.x           CNAME www
b.x           CNAME a
www           A 192.0.2.9
*             A 192.0.2.53
foo           A 192.0.2.54
real.deeper   A 192.0.2.55
*.mail        MX 10 foo`),
      [
        ['wild.w.example.org. TXT', 'NOERROR TXT Wildcard'],
        ['wild.c.example.org. TXT', 'NOERROR TXT c Wildcard'],
        ['wild.d.example.org. TXT', 'NOERROR CNAME alias.example.org., alias.example.org. TXT expanded'],
        ['any.x.example.org. CNAME', 'NOERROR CNAME www.example.org.'],
        ['a.b.x.example.org. CNAME', 'NXDOMAIN'],
        ['foo.example.org. A', 'NOERROR A 192.0.2.54'],
        ['bar.example.org. A', 'NOERROR A 192.0.2.53'],
        ['bar.example.org. TXT', 'NODATA'],
        ['nonexistent.deeper.example.org. A', 'NXDOMAIN'],
        ['m.mail.example.org. MX', 'NOERROR MX 10 foo.example.org. + foo.example.org. A 192.0.2.54'],
      ],
    );
  });

  describe('delegations name the servers, with glue, and are not authoritative', () => {
    const files = oneZone(`
delegated     NS a.delegated
              NS ns-ext.example.
a.delegated   TXT "obscured"
              A 192.0.2.78
a.b.c         A 192.0.2.80`);
    table(files, [
      ['a.delegated.example.org. TXT', 'NODATA without SOA'],
      ['delegated.example.org. NS', 'NODATA without SOA'],
      ['b.c.example.org. A', 'NODATA'],
      ['example.org. AAAA', 'NODATA'],
    ]);

    it('in the authority section, their addresses in the additional one', () => {
      const { authority, additional, decisions } = ask(files, 'foo.delegated.example.org. A');
      expect(authority.map(({ data }) => data)).toEqual(['a.delegated.example.org.', 'ns-ext.example.']);
      expect(additional).toEqual([{ name: 'a.delegated.example.org.', type: 'A', ttl: 1800, data: '192.0.2.78' }]);
      expect(decisions.map(({ reason }) => reason)).toEqual(['ZONE_DELEGATED']);
    });

    it('a positive answer names the servers of the zone', () => {
      expect(ask(files, 'a.b.c.example.org. A').authority.map(({ data }) => data)).toEqual(['ns-ext.example.']);
    });
  });

  describe('DNAME moves what is below a name (RFC 6672)', () => {
    table(oneZone('dname DNAME x\n*.x CNAME www\nwww A 192.0.2.9'), [
      [
        'foo.dname.example.org. CNAME',
        'NOERROR CNAME foo.x.example.org., dname.example.org. DNAME x.example.org., foo.x.example.org. CNAME www.example.org.',
      ],
      [
        'foo.dname.example.org. A',
        'NOERROR CNAME foo.x.example.org., dname.example.org. DNAME x.example.org., foo.x.example.org. CNAME www.example.org., www.example.org. A 192.0.2.9',
      ],
      ['dname.example.org. DNAME', 'NOERROR DNAME x.example.org.'],
    ]);
  });

  it('links in a circle end: nine more than the first within the zone, none through a wildcard', () => {
    const files = oneZone('a CNAME b\nb CNAME a\n*.loop CNAME x.loop');
    expect(ask(files, 'a.example.org. A').answer).toHaveLength(10);
    expect(ask(files, 'y.loop.example.org. A').answer.map(({ name, data }) => `${name} ${data}`)).toEqual([
      'y.loop.example.org. x.loop.example.org.',
      'x.loop.example.org. x.loop.example.org.',
    ]);
  });

  describe('the longest zone of all `file` lines answers; names it has not go on where it says so', () => {
    table(
      {
        Corefile: corefile(
          'root /etc/coredns',
          'file db.example example.org {\nfallthrough\n}',
          'file db.sub sub.example.org',
          'hosts {\n192.0.2.1 only-here.example.org\nfallthrough\n}',
          'forward . 192.0.2.53',
        ),
        'db.example': `$TTL 60\n${SOA}\na A 192.0.2.2\na.sub A 192.0.2.3`,
        'db.sub': `$TTL 60\n${SOA}\na A 192.0.2.4`,
      },
      [
        ['a.example.org. A', 'NOERROR A 192.0.2.2'],
        ['a.sub.example.org. A', 'NOERROR A 192.0.2.4'],
        ['a.example.org. AAAA', 'NODATA'],
        ['only-here.example.org. A', 'NOERROR A 192.0.2.1'],
        ['nothing.example.org. A', 'unknown'],
      ],
    );
  });

  it('one file serves several zones: names without a final dot lie below each', () => {
    const files = { Corefile: corefile('file /etc/coredns/db a.example b.example'), db: `$TTL 60\n${SOA}\nwww A 192.0.2.2` };
    expect(['a', 'b'].map((zone) => dnsLine(`www.${zone}.example.`, ask(files, `www.${zone}.example. A`)))).toEqual([
      'NOERROR A 192.0.2.2',
      'NOERROR A 192.0.2.2',
    ]);
  });
});

/** RFC 1035 section 5.1, RFC 2308 section 4; miekg/dns `scan.go`. */
describe('a master file', () => {
  const ttlOf = (lines: string, name: string, type = 'A') => ask(oneZone(lines), `${name} ${type}`).answer[0]?.ttl;

  it('takes the TTL of the record, in seconds or in words, else `$TTL`, else the last one written, else the minimum of the SOA', () => {
    expect(ttlOf('a 1h30m IN A 192.0.2.1', 'a.example.org.')).toBe(5400);
    expect(ttlOf('a IN 7 A 192.0.2.1', 'a.example.org.')).toBe(7);
    expect(ttlOf('a 7 A 192.0.2.1\nb A 192.0.2.1', 'b.example.org.')).toBe(1800);
    const bare = (lines: string) => ({ Corefile: corefile('file /etc/coredns/db example.org'), db: `${SOA}\n${lines}` });
    expect(ask(bare('a A 192.0.2.1'), 'a.example.org. A').answer[0]?.ttl).toBe(14_400);
    expect(ask(bare('a 7 A 192.0.2.1\nb A 192.0.2.1'), 'b.example.org. A').answer[0]?.ttl).toBe(7);
  });

  it('changes the origin with `$ORIGIN`, takes other files in, and keeps the owner of an indented line', () => {
    const files = {
      Corefile: corefile('file /etc/coredns/db example.org'),
      db: `$TTL 60\n${SOA}\n$ORIGIN sub\nwww A 192.0.2.1\n    AAAA 2001:db8::1\n$INCLUDE more deep\nlast A 192.0.2.4`,
      more: 'in A 192.0.2.3\n$ORIGIN elsewhere.example.\n',
    };
    const lines = ['www.sub', 'in.deep.sub', 'last.sub'].map((name) =>
      dnsLine(`${name}.example.org.`, ask(files, `${name}.example.org. A`)),
    );
    expect(lines).toEqual(['NOERROR A 192.0.2.1', 'NOERROR A 192.0.2.3', 'NOERROR A 192.0.2.4']);
    expect(dnsLine('www.sub.example.org.', ask(files, 'www.sub.example.org. AAAA'))).toBe('NOERROR AAAA 2001:db8::1');
  });

  it('has further types, which are not modelled: what is asked of them is not known, the name exists', () => {
    const files = oneZone('caa CAA 0 issue "ca.example"\nplain A 192.0.2.1');
    expect(dnsLine('caa.example.org.', ask(files, 'caa.example.org. OTHER'))).toBe('unknown');
    expect(dnsLine('caa.example.org.', ask(files, 'caa.example.org. A'))).toBe('NODATA');
    expect(dnsLine('plain.example.org.', ask(files, 'plain.example.org. OTHER'))).toBe('NODATA');
  });

  it.each([
    ['a A 192.0.2', 'line 5: `192.0.2` is no IPv4 address'],
    ['a A 192.0.2.1\na MX high b', 'line 6: `high` is no number of 0–65535'],
    ['a SRV 1 2 3', 'line 5: SRV needs 4 words of data and has 3'],
    ['a TXT "open', 'a quote or a parenthesis is not closed'],
    ['a..b A 192.0.2.1', 'line 5: `a..b` is no name that can be read here'],
    [`${'x'.repeat(64)} A 192.0.2.1`, 'is no name that can be read here'],
    ['x NSEC3 1 1 12 aabb', 'line 5: `NSEC3` is refused: a zone with NSEC3 cannot be served'],
    ['$GENERATE 1-3 h$ A 192.0.2.$', 'line 5: `$GENERATE` is not modelled'],
    ['$INCLUDE db.missing', 'line 5: the content of `/etc/coredns/db.missing` is not in the input'],
    ['$INCLUDE db.example', 'files include one another more than 7 deep'],
  ])('%s is an error with its line, and the zone is not known', (lines, message) => {
    const files = oneZone(lines);
    const asked = ask(files, 'a.example.org. A');
    expect(dnsLine('a.example.org.', asked)).toBe('unknown');
    expect(problemsOf(files).join()).toContain(message);
  });

  it('is read as far as 4 MiB go, however many zones name it and files include one another', () => {
    const zones = Array.from({ length: 40 }, (_, index) => `z${index}.example`).join(' ');
    const text = `$TTL 60\n${SOA}\n; ${'-'.repeat(200_000)}\nwww A 192.0.2.1`;
    const many = { Corefile: corefile(`file /etc/coredns/db ${zones}`), db: text };
    expect(problemsOf(many).at(-1)).toContain('as the zone `z39.example.`: the zone files have more than 4 MiB together');
    expect(dnsLine('www.z0.example.', ask(many, 'www.z0.example. A'))).toBe('NOERROR A 192.0.2.1');
    expect(dnsLine('www.z39.example.', ask(many, 'www.z39.example. A'))).toBe('unknown');
    const including = (next: string) => Array.from({ length: 300 }, () => `$INCLUDE ${next}`).join('\n');
    const nested = {
      Corefile: corefile('file /etc/coredns/a example.org'),
      a: including('b'),
      b: including('c'),
      c: including('d'),
      d: including('e'),
      e: ';',
    };
    expect(problemsOf(nested).join()).toContain('more than');
  });

  it('with a text of a million characters is read', () => {
    const files = oneZone(`long TXT "${'x'.repeat(1_000_000)}"`);
    expect(ask(files, 'long.example.org. TXT').answer[0]?.data).toHaveLength(1_000_000);
  });

  it('needs a SOA', () => {
    const files = { Corefile: corefile('file /etc/coredns/db example.org'), db: 'a 60 A 192.0.2.1' };
    expect(problemsOf(files)).toEqual([
      '`/etc/coredns/db` cannot be read as the zone `example.org.`: it has no SOA record for `example.org.`, and CoreDNS does not start',
    ]);
  });

  it('that the input has not makes its names unknown, and no others', () => {
    const files = { Corefile: corefile('file /zones/db example.org', 'forward . 192.0.2.53') };
    expect(dnsLine('a.example.org.', ask(files, 'a.example.org. A'))).toBe('unknown');
    expect(dnsLine('web.t.svc.cluster.local.', ask(files, 'web.t.svc.cluster.local. A'))).toBe('NOERROR A 10.96.0.10');
    expect(problemsOf(files)).toEqual([
      '`/zones/db` cannot be read as the zone `example.org.`: the content of `/zones/db` is not in the input',
    ]);
  });
});

/** coredns `plugin/auto/{README.md,walk.go,auto.go}`. */
describe('auto', () => {
  const zone = (address: string) => `$TTL 60\n${SOA}\nwww A ${address}`;
  const files = {
    Corefile: corefile('auto example.org {\ndirectory /etc/coredns\n}', 'forward . 192.0.2.53'),
    'db.example.org': zone('192.0.2.1'),
    'db.sub.example.org': zone('192.0.2.2'),
    'db.example.com': zone('192.0.2.3'),
    'db.broken.example.org': 'www A 192.0.2.4',
  };
  table(files, [
    ['www.example.org. A', 'NOERROR A 192.0.2.1'],
    ['www.sub.example.org. A', 'NOERROR A 192.0.2.2'],
    ['www.broken.example.org. A', 'NXDOMAIN'],
    ['www.example.com. A', 'unknown'],
  ]);

  it('says which file it leaves out', () => {
    expect(problemsOf(files).join()).toContain(
      '`/etc/coredns/db.broken.example.org` cannot be read as the zone `broken.example.org.`: line 1: it has no TTL, and none stands before it, and CoreDNS leaves it out',
    );
  });

  it('reads the origin out of the name of the file as it is told', () => {
    const named = {
      Corefile: corefile('auto org {\ndirectory /etc/coredns (.*)\\.zone\\.(.*) {1}.{2}\n}'),
      'example.zone.org': zone('192.0.2.1'),
    };
    expect(dnsLine('www.example.org.', ask(named, 'www.example.org. A'))).toBe('NOERROR A 192.0.2.1');
  });
});

import { execFile, spawnSync } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { RequestMetrics } from '../../src/api/http/request-metrics.js';
import { NameServers } from '../../src/application/dns/name-servers.js';
import { type DnsDoors, openDnsDoors } from '../../src/wire/dns/open-dns-doors.js';
import { serviceCluster } from '../support/service-cluster.js';
import { bodyOf, startServer, type TestServer } from './support/server.js';

const run = promisify(execFile);
const DIG = spawnSync('dig', ['-v']).error === undefined;
const NOTHING_YET = 1_100; // longer than an absent cluster is taken for absent

const ENDPOINTS = Array.from({ length: 60 }, (_, n) => `10.244.2.${n + 1}@a#web-${n}`).join(' ');
const OBJECTS = `namespace t; node a 192.168.0.1
  service api 10.96.0.7 http:80>80
  service many None http:80>80
  endpoints many ${ENDPOINTS}
  service pay type=ExternalName name=pay.example.com`;
const PROFILE = { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'] };

describe('DNS on the wire', () => {
  let server: TestServer;
  let doors: DnsDoors;
  let resolver: Resolver;
  const portOf = (cluster: string): number => doors.served.find((one) => one.cluster === cluster)!.port;

  beforeAll(async () => {
    server = await startServer({});
    const settings = { served: ['prod', 'late'].map((cluster) => ({ cluster, port: 0 })), address: '127.0.0.1', answersPerSecond: 0 };
    const { registry } = server.app.get(RequestMetrics, { strict: false });
    const servers = server.app.get(NameServers, { strict: false });
    doors = await openDnsDoors(settings, { servers, registry, log: pino({ level: 'silent' }) });
    await make('prod');
    await snapshot('prod', OBJECTS);
    resolver = resolverOf('prod');
  });
  afterAll(async () => {
    await doors.close();
    await server.stop();
  });

  async function make(name: string): Promise<void> {
    await server.send('post', '/api/v1/clusters').send({ name, profile: PROFILE }).expect(201);
  }

  async function snapshot(cluster: string, objects: string): Promise<void> {
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: serviceCluster(objects) });
    await server.send('post', `/api/v1/clusters/${cluster}/snapshots`).set('content-type', 'application/json').send(body).expect(201);
  }

  function resolverOf(cluster: string): Resolver {
    const made = new Resolver({ timeout: 5_000, tries: 2 }); // a datagram may be lost, on loopback too
    made.setServers([`127.0.0.1:${portOf(cluster)}`]);
    return made;
  }

  it('answers Node’s resolver', async () => {
    expect(await resolver.resolve4('API.t.svc.cluster.local', { ttl: true })).toEqual([{ address: '10.96.0.7', ttl: 30 }]);
    expect(await resolver.resolveCname('pay.t.svc.cluster.local')).toEqual(['pay.example.com']);
    expect(await resolver.resolveTxt('dns-version.cluster.local')).toEqual([['1.1.0']]);
    expect(await resolver.resolveSoa('cluster.local')).toMatchObject({ nsname: 'ns.dns.cluster.local', serial: 1, minttl: 30 });
    expect(await resolver.reverse('10.96.0.7')).toEqual(['api.t.svc.cluster.local']);
    await expect(resolver.resolve4('none.t.svc.cluster.local')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(resolver.resolve6('api.t.svc.cluster.local')).rejects.toMatchObject({ code: 'ENODATA' });
    await expect(resolver.resolve4('www.example.com')).rejects.toMatchObject({ code: 'EREFUSED' });
  });

  it('gives Node’s resolver by TCP what does not fit into a datagram', async () => {
    expect(await resolver.resolve4('many.t.svc.cluster.local')).toHaveLength(60);
    const records = await resolver.resolveSrv('_http._tcp.many.t.svc.cluster.local');
    expect(records).toHaveLength(60);
    expect(records[0]).toMatchObject({ priority: 0, weight: 1, port: 80 });
    const metrics = (await server.send('get', '/metrics')).text;
    expect(metrics).toMatch(/portolan_dns_answers_total\{cluster="prod",transport="tcp",code="NOERROR"\} [1-9]/);
  });

  it('says over UDP and TCP what HTTP says', async () => {
    const names = ['api', 'many', 'none', 'pay', 'web-3.many', '_http._tcp.api', 'a.b.c.d.api'].map(
      (name) => `${name}.t.svc.cluster.local`,
    );
    for (const name of names) {
      const answer = await server.send('get', `/api/v1/clusters/prod/queries/resolve-name?name=${name}.&type=A`).expect(200);
      const { result } = bodyOf<{ result: { rcode: string | null; addresses: readonly string[] } }>(answer);
      const addresses = await resolver.resolve4(name).catch(({ code }: { code: string }) => (code === 'ENODATA' ? [] : code));
      const expected = result.rcode === 'NXDOMAIN' ? 'ENOTFOUND' : [...result.addresses].sort();
      expect(typeof addresses === 'string' ? addresses : [...addresses].sort(), name).toEqual(expected);
    }
  });

  it('answers at the newest revision: what is imported resolves at once', async () => {
    for (let revision = 2; revision < 6; revision++) {
      await snapshot('prod', `${OBJECTS}\n service new-${revision} 10.96.1.${revision} http:80>80`);
      expect(await resolver.resolve4(`new-${revision}.t.svc.cluster.local`)).toEqual([`10.96.1.${revision}`]);
      expect((await resolver.resolveSoa('cluster.local')).serial).toBe(revision);
      await expect(resolver.resolve4(`new-${revision - 1}.t.svc.cluster.local`)).rejects.toMatchObject({ code: 'ENOTFOUND' });
    }
  });

  it('answers by the profile as it is now', async () => {
    const patch = (clusterDomain: string | null) =>
      server.send('patch', '/api/v1/clusters/prod').send({ profile: { clusterDomain } }).expect(200);
    await patch('example.org');
    expect(await resolver.resolve4('api.t.svc.example.org')).toEqual(['10.96.0.7']);
    await expect(resolver.resolve4('api.t.svc.cluster.local')).rejects.toMatchObject({ code: 'EREFUSED' });
    await patch(null);
    expect(await resolver.resolve4('api.t.svc.cluster.local')).toEqual(['10.96.0.7']);
  });

  it('serves a cluster that comes later, and no more when it is gone', async () => {
    const late = resolverOf('late');
    await expect(late.resolve4('api.t.svc.cluster.local')).rejects.toMatchObject({ code: 'ESERVFAIL' });
    await make('late');
    await snapshot('late', 'namespace t; service api 10.96.0.99 http:80>80');
    await new Promise((wake) => setTimeout(wake, NOTHING_YET));
    expect(await late.resolve4('api.t.svc.cluster.local')).toEqual(['10.96.0.99']);
    await server.send('delete', '/api/v1/clusters/late').expect(204);
    await expect(late.resolve4('api.t.svc.cluster.local')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  });

  describe.skipIf(!DIG)('asked by dig (skipped where it is not installed)', () => {
    async function dig(...question: readonly string[]): Promise<string> {
      const { stdout } = await run('dig', ['@127.0.0.1', '-p', String(portOf('prod')), '+tries=1', '+time=5', ...question]);
      return stdout.replaceAll(/[ \t]+/g, ' ');
    }

    it('an address, its case and the flags', async () => {
      const text = await dig('aPi.T.sVc.cLuster.local');
      expect(text).toContain('status: NOERROR');
      expect(text).toContain('flags: qr aa rd;');
      expect(text).toContain('aPi.T.sVc.cLuster.local. 30 IN A 10.96.0.7');
    });

    it.each([
      ['an answer too long for UDP, by TCP', ['+bufsize=512', 'many.t.svc.cluster.local'], /ANSWER: 60,[\s\S]*\(TCP\)/],
      ['the same over UDP, as much as fits', ['+ignore', '+bufsize=512', 'many.t.svc.cluster.local'], /flags: qr aa tc rd;[\s\S]*\(UDP\)/],
      ['the same over UDP in one', ['+bufsize=4096', 'many.t.svc.cluster.local'], /ANSWER: 60,[\s\S]*\(UDP\)/],
      [
        'a name that does not exist',
        ['none.t.svc.cluster.local'],
        /NXDOMAIN[\s\S]*cluster\.local\. 30 IN SOA ns\.dns\.cluster\.local\. hostmaster/,
      ],
      ['an alias that leads outside', ['pay.t.svc.cluster.local'], /ANSWER: 1,[\s\S]*IN CNAME pay\.example\.com\./],
      [
        'a service record with its addresses',
        ['+tcp', 'SRV', '_http._tcp.many.t.svc.cluster.local'],
        /ANSWER: 60, AUTHORITY: 0, ADDITIONAL: 61/,
      ],
      ['a zone that is not served', ['www.example.com'], /REFUSED[\s\S]*EDE: 20 \(Not Authoritative\)/],
      ['another class', ['CH', 'TXT', 'version.bind'], /REFUSED[\s\S]*EDE: 21/],
      ['a version of EDNS that there is not', ['+edns=1', '+noednsneg', 'cluster.local'], /status: BADVERS/],
      ['another opcode', ['+opcode=UPDATE', 'cluster.local'], /opcode: UPDATE, status: NOTIMP/],
      ['a transfer', ['AXFR', 'cluster.local'], /Transfer failed/],
      ['DNSSEC', ['+dnssec', 'cluster.local', 'SOA'], /EDNS: version: 0, flags: do; udp: 1232/],
      ['no EDNS', ['+noedns', 'cluster.local', 'SOA'], /ADDITIONAL: 0\n/],
      ['on behalf of a host', ['+subnet=10.244.2.1/32', 'cluster.local', 'SOA'], /CLIENT-SUBNET: 10\.244\.2\.1\/32\/32/],
    ])('%s', async (_, question, expected) => {
      expect(await dig(...question)).toMatch(expected);
    });
  });
});

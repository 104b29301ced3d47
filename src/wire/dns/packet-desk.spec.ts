import { decode, encode, type Packet } from 'dns-packet';
import { describe, expect, it } from 'vitest';
import { resolveRecord } from '../../core/dns/resolve-record.js';
import type { DnsQuestion } from '../../core/dns/server-answer.js';
import { readAnswer } from '../../../test/support/dns-client.js';
import { deskOf } from '../../../test/support/dns-desk.js';
import { corefileMap } from '../../../test/support/dns-answers.js';
import { modelOf } from '../../../test/support/model.js';
import { serviceCluster } from '../../../test/support/service-cluster.js';
import { AnswerRate } from './answer-rate.js';

const COREFILE = `.:53 {
  autopath @kubernetes
  kubernetes cluster.local {
    pods verified
  }
  forward . /etc/resolv.conf
}`;
const MODEL = modelOf(
  [
    ...serviceCluster(
      'namespace shop; node a 192.168.0.1; pod shop/web-0 10.244.1.5@a; service shop/api 10.96.0.7 http:80>80; service shop/pay type=ExternalName name=pay.example.com',
    ),
    corefileMap(COREFILE),
  ],
  { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'] },
);
const answer = (question: DnsQuestion) => resolveRecord({ model: MODEL, serial: 3 }, question);
const API = 'api.shop.svc.cluster.local';
const LOCAL = { address: '127.0.0.1', transport: 'udp' } as const;

function packetOf(name: string, type: string, more: Packet = {}): Buffer {
  return encode({ type: 'query', id: 9, questions: [{ name, type } as never], ...more });
}

function opt(more: object): Packet {
  return {
    additionals: [
      { type: 'OPT', name: '.', udpPayloadSize: 1232, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [], ...more },
    ],
  };
}

async function ask(name: string, type = 'A', more: Packet = {}, sender: { address: string; transport: 'udp' | 'tcp' } = LOCAL) {
  return readAnswer((await deskOf(answer).desk.answer(packetOf(name, type, more), sender))!);
}

describe('a packet', () => {
  it.each([
    [API, 'A', 'NOERROR', 'A 10.96.0.7'],
    ['API.Shop.svc.CLUSTER.local', 'A', 'NOERROR', 'A 10.96.0.7'],
    [API, 'AAAA', 'NOERROR', ''],
    [API, 'MX', 'NOERROR', ''],
    [API, 'ANY', 'NOERROR', ''],
    ['none.shop.svc.cluster.local', 'ANY', 'NXDOMAIN', ''],
    ['none.shop.svc.cluster.local', 'A', 'NXDOMAIN', ''],
    ['pay.shop.svc.cluster.local', 'A', 'NOERROR', 'CNAME pay.example.com.'],
    ['dns-version.cluster.local', 'TXT', 'NOERROR', 'TXT 1.1.0'],
    ['cluster.local', 'AXFR', 'REFUSED', ''],
    ['cluster.local', 'IXFR', 'REFUSED', ''],
    ['www.example.com', 'A', 'REFUSED', ''],
    ['.', 'NS', 'REFUSED', ''],
  ])('that asks for %s %s is answered %s %s', async (name, type, rcode, records) => {
    const got = await ask(name, type);
    expect([got.rcode, got.answer.map((record) => `${record.type} ${record.data}`).join()]).toEqual([rcode, records]);
    expect(got.authoritative).toBe(rcode !== 'REFUSED');
    const negative = got.answer.length === 0 && got.authoritative;
    expect(got.authority.map((record) => record.type)).toEqual(negative ? ['SOA'] : []);
  });

  it.each(['CH', 'HS', 'ANY'])('of class %s is refused', async (kind) => {
    const questions = [{ name: 'version.bind', type: 'TXT', class: kind }] as never;
    expect(await ask('', 'A', { questions })).toMatchObject({ rcode: 'REFUSED', authoritative: false });
  });

  /** RFC 1034 section 4.3.1: who names the servers of somebody else's zone has no authority over it. */
  it('about a name that is delegated is answered with who has it, without authority', async () => {
    const servers = [{ name: 'sub.example.', type: 'NS', ttl: 60, data: 'ns.sub.example.' }] as const;
    const empty = { rcode: 'NOERROR', truncated: false, answer: [], additional: [], decisions: [], forwardedTo: undefined } as const;
    const { desk } = deskOf(() => ({ ...empty, authority: servers }));
    const got = readAnswer((await desk.answer(packetOf('a.sub.example', 'A'), LOCAL))!);
    expect(got).toMatchObject({ rcode: 'NOERROR', authoritative: false, authority: [{ type: 'NS' }] });
  });

  it('is seen as sent from the pod it comes from, or from the host its subnet names', async () => {
    // `autopath` answers api.shop.shop.svc.… of a pod in `shop` with the next name of its search list
    const walked = `api.shop.shop.svc.cluster.local`;
    const subnet = (ip: string, sourcePrefixLength: number) =>
      opt({ options: [{ code: 'CLIENT_SUBNET', family: 1, sourcePrefixLength, ip }] });
    const cname = { type: 'CNAME', data: `${API}.` };
    expect(await ask(walked)).toMatchObject({ rcode: 'NXDOMAIN' });
    expect(await ask(walked, 'A', {}, { address: '10.244.1.5', transport: 'udp' })).toMatchObject({ answer: [cname, { type: 'A' }] });
    expect(await ask(walked, 'A', {}, { address: '::ffff:10.244.1.5', transport: 'tcp' })).toMatchObject({
      answer: [cname, { type: 'A' }],
    });
    expect(await ask(walked, 'A', subnet('10.244.1.5', 32))).toMatchObject({ answer: [cname, { type: 'A' }] });
    expect(await ask(walked, 'A', subnet('10.244.1.0', 24))).toMatchObject({ rcode: 'NXDOMAIN' });
  });

  it.each([
    ['no EDNS', undefined, 'udp', 512],
    ['a size below 512', 100, 'udp', 512],
    ['its size', 1232, 'udp', 1232],
    ['a size above 4096', 65_535, 'udp', 4096],
    ['TCP', undefined, 'tcp', 65_535],
  ] as const)('with %s gets at most that many octets', async (_, size, transport, limit) => {
    const records = Array.from({ length: 5000 }, (__, n) => ({
      name: `${API}.`,
      type: 'A' as const,
      ttl: 5,
      data: `10.0.${n >> 8}.${n & 255}`,
    }));
    const { desk } = deskOf((question) => ({ ...answer(question), answer: records }));
    const message = await desk.answer(packetOf(API, 'A', size === undefined ? {} : opt({ udpPayloadSize: size })), {
      address: '127.0.0.1',
      transport,
    });
    expect(message!.length).toBeLessThanOrEqual(limit);
    expect(message!.length).toBeGreaterThan(limit - 16 - 11);
    expect(readAnswer(message!).truncated).toBe(true);
  });

  it('is SERVFAIL while there is nothing to answer from, and when the answer fails', async () => {
    const nothing = deskOf(answer, { newest: () => Promise.resolve(undefined) });
    expect(readAnswer((await nothing.desk.answer(packetOf(API, 'A'), LOCAL))!)).toMatchObject({ rcode: 'SERVFAIL', authoritative: false });
    const failure = new Error('the database is away');
    const failing = deskOf(answer, { newest: () => Promise.reject(failure) });
    expect(readAnswer((await failing.desk.answer(packetOf(API, 'A'), LOCAL))!)).toMatchObject({ rcode: 'SERVFAIL' });
    expect([nothing.failures, failing.failures]).toEqual([[], [failure]]);
  });

  it('is refused before it is looked at for whom, where it is malformed', async () => {
    const { desk, counted } = deskOf(answer, { newest: () => Promise.reject(new Error('asked')) });
    expect(decode((await desk.answer(packetOf(API, 'A').subarray(0, 20), LOCAL))!)).toMatchObject({
      id: 9,
      rcode: 'FORMERR',
      questions: [],
    });
    expect(await desk.answer(Buffer.alloc(5), LOCAL)).toBeUndefined();
    expect(await counted()).toEqual([
      'answers_total{transport="udp",code="FORMERR"} 1',
      'dropped_total{transport="udp",reason="not-a-query"} 1',
    ]);
  });

  it('is dropped where too many wait already, and answered again when they are served', async () => {
    let ready: (() => void) | undefined;
    const gate = new Promise<void>((open) => (ready = open));
    const { desk } = deskOf(answer, { newest: () => gate.then(() => ({ answer })) });
    const waiting = Array.from({ length: 2_000 }, () => desk.answer(packetOf(API, 'A'), LOCAL));
    expect(await desk.answer(packetOf(API, 'A'), LOCAL)).toBeUndefined();
    ready!();
    expect((await Promise.all(waiting)).every((message) => message !== undefined)).toBe(true);
    expect(await desk.answer(packetOf(API, 'A'), LOCAL)).toBeDefined();
  });

  it('of a sender that asks too much is told to come by TCP, or dropped; over TCP it is answered', async () => {
    const { desk } = deskOf(answer, { rate: new AnswerRate(2) });
    const sender = { address: '192.0.2.1', transport: 'udp' } as const;
    const got = [];
    for (let n = 0; n < 6; n++) got.push(await desk.answer(packetOf(API, 'A'), sender));
    const told = got.map(
      (message) =>
        message && `${readAnswer(message).rcode}${readAnswer(message).truncated ? ' TC' : ''} ${readAnswer(message).answer.length}`,
    );
    expect(told).toEqual(['NOERROR 1', 'NOERROR 1', undefined, 'NOERROR TC 0', undefined, 'NOERROR TC 0']);
    expect(readAnswer((await desk.answer(packetOf(API, 'A'), { ...sender, transport: 'tcp' }))!).answer).toHaveLength(1);
  });
});

import { decode, type DecodedPacket, encode, type Packet } from 'dns-packet';
import { describe, expect, it } from 'vitest';
import type { DnsRecord } from '../../core/dns/dns-record.js';
import { parseRecord } from '../../core/dns/parse-record.js';
import { readQuery, type WireQuery } from './read-query.js';
import { type WireResponse, writeResponse } from './write-response.js';

const NAME = 'a-name-of-forty-octets.shop.svc.cluster.local.';
const PLENTY = 65_535;

function queryOf(packet: Packet = {}): WireQuery {
  return readQuery(encode({ type: 'query', id: 7, questions: [{ type: 'A', name: NAME }], ...packet }))!;
}

function opt(more: object = {}): Packet {
  const record = { type: 'OPT', name: '.', udpPayloadSize: 4096, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [] };
  return { additionals: [{ ...record, ...more }] } as Packet;
}

function recordsOf(lines: readonly string[]): readonly DnsRecord[] {
  return lines.map((line) => {
    const record = parseRecord(line);
    if (!record.ok) throw new Error(record.error);
    return record.value;
  });
}

function responseOf(answer: readonly DnsRecord[], more: Partial<WireResponse> = {}): WireResponse {
  return { code: 'NOERROR', authoritative: true, truncated: false, sections: [answer, [], []], ...more };
}

const addresses = (count: number): readonly DnsRecord[] =>
  Array.from({ length: count }, (_, n): DnsRecord => ({ name: NAME, type: 'A', ttl: 5, data: `10.1.${n >> 8}.${n & 255}` }));

describe('a response', () => {
  it('says what each record says, as another decoder reads it', () => {
    const records = recordsOf([
      `${NAME} 5 IN A 10.96.0.1`,
      `${NAME} 5 IN AAAA fd00::a:0:1`,
      `${NAME} 30 IN CNAME www.Example.com.`,
      `${NAME} 5 IN NS ns.dns.cluster.local.`,
      `1.0.96.10.in-addr.arpa. 5 IN PTR ${NAME}`,
      `_http._tcp.${NAME} 5 IN SRV 0 50 8080 ${NAME}`,
      'dns-version.cluster.local. 28800 IN TXT 1.1.0',
      `${NAME} 5 IN MX 10 mail.Example.com.`,
      `${NAME} 5 IN DNAME moved.example.com.`,
      'cluster.local. 5 IN SOA ns.dns.cluster.local. hostmaster.cluster.local. 42 7200 1800 86400 5',
    ]);
    const { answers } = decode(writeResponse(queryOf(), responseOf(records), PLENTY));
    const soa = {
      mname: 'ns.dns.cluster.local',
      rname: 'hostmaster.cluster.local',
      serial: 42,
      refresh: 7200,
      retry: 1800,
      expire: 86400,
      minimum: 5,
    };
    const bare = NAME.slice(0, -1);
    expect((answers as unknown as DnsRecord[]).map(({ name, type, ttl, data }) => [name, type, ttl, data])).toEqual([
      [bare, 'A', 5, '10.96.0.1'],
      [bare, 'AAAA', 5, 'fd00::a:0:1'],
      [bare, 'CNAME', 30, 'www.Example.com'],
      [bare, 'NS', 5, 'ns.dns.cluster.local'],
      ['1.0.96.10.in-addr.arpa', 'PTR', 5, bare],
      [`_http._tcp.${bare}`, 'SRV', 5, { priority: 0, weight: 50, port: 8080, target: bare }],
      ['dns-version.cluster.local', 'TXT', 28800, [Buffer.from('1.1.0')]],
      [bare, 'MX', 5, { preference: 10, exchange: 'mail.Example.com' }],
      [bare, 'DNAME', 5, 'moved.example.com'],
      ['cluster.local', 'SOA', 5, soa],
    ]);
  });

  it.each([
    [true, true, false],
    [false, false, true],
  ])('copies id, RD and CD, sets AA where it may, never RA', (rd, authoritative, cd) => {
    const query = queryOf({ id: 65_534, flags: (rd ? 0x100 : 0) | (cd ? 0x10 : 0) });
    const decoded = decode(writeResponse(query, responseOf([], { authoritative }), PLENTY));
    expect(decoded).toMatchObject({
      id: 65_534,
      type: 'response',
      flag_rd: rd,
      flag_cd: cd,
      flag_aa: authoritative,
      flag_ra: false,
      flag_ad: false,
      flag_tc: false,
    });
  });

  it('repeats the question octet by octet, and its case in the names of answers (draft-vixie-dnsext-dns0x20)', () => {
    const name = 'wEb.ShOp.sVc.ClUsTeR.LoCaL';
    const query = queryOf({ questions: [{ type: 'A', name }] });
    const decoded = decode(writeResponse(query, responseOf([{ name: `${name}.`, type: 'A', ttl: 5, data: '10.96.0.1' }]), PLENTY));
    expect(decoded.questions).toEqual([{ name, type: 'A', class: 'IN' }]);
    expect(decoded.answers).toMatchObject([{ name, data: '10.96.0.1' }]);
  });

  it('takes 16 octets for each further address of one name', () => {
    const [one, twenty] = [1, 20].map((count) => writeResponse(queryOf(), responseOf(addresses(count)), PLENTY).length);
    expect(twenty! - one!).toBe(19 * 16);
    expect(twenty).toBeLessThan(400); // 1231 where names are not compressed (reference, section 8)
  });

  it('of at most `limit` octets keeps whole records from the first on, and says that some are missing', () => {
    const query = queryOf(opt());
    for (const limit of [512, 700, 1232]) {
      const message = writeResponse(query, responseOf(addresses(200)), limit);
      const { answers, additionals, flag_tc } = decode(message);
      expect([flag_tc, additionals?.map(({ type }) => type)]).toEqual([true, ['OPT']]);
      expect(message.length).toBeLessThanOrEqual(limit);
      expect(message.length).toBeGreaterThan(limit - 16); // the next one would not have fitted
      expect(answers).toMatchObject(
        addresses(200)
          .slice(0, answers!.length)
          .map(({ data }) => ({ data })),
      );
    }
  });

  it('is not cut where it fits to the octet', () => {
    const whole = writeResponse(queryOf(), responseOf(addresses(9)), PLENTY);
    expect(writeResponse(queryOf(), responseOf(addresses(9)), whole.length)).toEqual(whole);
    expect(decode(writeResponse(queryOf(), responseOf(addresses(9)), whole.length - 1))).toMatchObject({ flag_tc: true });
  });

  it('says so too when only additional records are missing', () => {
    const target = recordsOf([`_http._tcp.${NAME} 5 IN SRV 0 1 80 ${NAME}`]);
    const message = writeResponse(queryOf(), responseOf([], { sections: [target, [], addresses(100)] }), 512);
    const decoded = decode(message);
    expect(decoded).toMatchObject({ flag_tc: true, answers: [{ type: 'SRV' }] });
    expect(decoded.additionals!.length).toBeGreaterThan(10);
  });

  it('is never longer than 65,535 octets, however many records there are', () => {
    const message = writeResponse(queryOf(), responseOf(addresses(10_000)), PLENTY);
    const decoded = decode(message);
    expect(message.length).toBeLessThanOrEqual(PLENTY);
    expect(decoded).toMatchObject({ flag_tc: true });
    expect(decoded.answers!.length).toBeGreaterThan(4_000);
  });

  it('answers EDNS with EDNS: our size, version 0, DO as asked, and the upper bits of BADVERS', () => {
    const query = queryOf(opt({ ednsVersion: 1, flags: 0x8000, flag_do: true }));
    const { additionals, rcode } = decode(writeResponse(query, responseOf([], { code: 'BADVERS' }), 512)) as DecodedPacket & {
      rcode: string;
    };
    expect(rcode).toBe('NOERROR'); // the lower four bits of 16
    expect(additionals).toMatchObject([{ type: 'OPT', udpPayloadSize: 1232, extendedRcode: 1, ednsVersion: 0, flag_do: true }]);
  });

  it('has no OPT record where the query has none', () => {
    const remark = { code: 20, text: 'not ours' };
    expect(decode(writeResponse(queryOf(), responseOf([], { code: 'REFUSED', remark }), 512))).toMatchObject({ additionals: [] });
  });

  it('says why, for people (RFC 8914)', () => {
    const remark = { code: 20, text: 'not ours' };
    const message = writeResponse(queryOf(opt()), responseOf([], { code: 'REFUSED', remark }), 512);
    const [record] = decode(message).additionals as unknown as { options: { code: number; data: Buffer }[] }[];
    expect(record!.options.map(({ code, data }) => [code, data.toString('latin1')])).toEqual([[15, '\0\x14not ours']]);
  });

  it.each([
    [true, 32],
    [false, 0],
  ])('repeats the subnet it was asked for, and says how much of it mattered (RFC 7871): %s', (usedSubnet, scope) => {
    const subnet = { code: 'CLIENT_SUBNET', family: 1, sourcePrefixLength: 32, ip: '10.244.1.7' };
    const message = writeResponse(queryOf(opt({ options: [subnet] })), responseOf([], { usedSubnet }), 512);
    const [record] = decode(message).additionals as unknown as { options: object[] }[];
    expect(record!.options).toMatchObject([{ code: 8, family: 1, sourcePrefixLength: 32, scopePrefixLength: scope, ip: '10.244.1.7' }]);
  });

  it.each([
    ['a label of 64', `${NAME} 5 IN CNAME ${'x'.repeat(64)}.example.com.`],
    ['an empty label', `${NAME} 5 IN CNAME a..b.`],
    ['letters outside ASCII', `${NAME} 5 IN CNAME bücher.example.`],
    ['an address that is none', `${NAME} 5 IN A 10.0.0.256`],
    ['an IPv6 address that is none', `${NAME} 5 IN AAAA fd00::1::2`],
  ])('is SERVFAIL where DNS cannot carry a record: %s', (_, line) => {
    const { answers, questions, ...decoded } = decode(writeResponse(queryOf(), responseOf(recordsOf([line])), PLENTY));
    expect([decoded, questions?.length, answers]).toMatchObject([{ rcode: 'SERVFAIL', flag_aa: false }, 1, []]);
  });

  it('cuts long text into strings of 255 octets', () => {
    const text = 'é'.repeat(200);
    const record: DnsRecord = { name: NAME, type: 'TXT', ttl: 5, data: text };
    const [answer] = decode(writeResponse(queryOf(), responseOf([record]), PLENTY)).answers as unknown as { data: Buffer[] }[];
    expect(answer!.data.map(({ length }) => length)).toEqual([255, 145]);
    expect(Buffer.concat(answer!.data).toString()).toBe(text);
  });
});

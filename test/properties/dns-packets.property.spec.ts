import { decode, type DecodedPacket, encode } from 'dns-packet';
import { describe, expect, it } from 'vitest';
import { resolveRecord } from '../../src/core/dns/resolve-record.js';
import { readQuery } from '../../src/wire/dns/read-query.js';
import { corefileMap } from '../support/dns-answers.js';
import { deskOf } from '../support/dns-desk.js';
import { modelOf } from '../support/model.js';
import { serviceCluster } from '../support/service-cluster.js';

const COREFILE = `.:53 {
  autopath @kubernetes
  rewrite name suffix .alias.test .shop.svc.cluster.local answer auto
  hosts {
    192.0.2.1 host.test
    fallthrough
  }
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    pods verified
    fallthrough in-addr.arpa ip6.arpa
  }
  forward . /etc/resolv.conf
}`;
const OBJECTS = serviceCluster(
  'namespace shop; node a 192.168.0.1; pod shop/web-0 10.244.1.5@a; service shop/api 10.96.0.7 http:80>80 dns:53>53/UDP; service shop/db None pg:5432>5432; endpoints shop/db 10.244.1.5@a#db-0; service shop/pay type=ExternalName name=pay.example.com',
);
const MODEL = modelOf([...OBJECTS, corefileMap(COREFILE)], { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'] });

/** Numbers of 32 bits from a seed, always the same (mulberry32, public domain). */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const OPT = { type: 'OPT', name: '.', udpPayloadSize: 1232, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false } as const;
const SUBNET = { code: 'CLIENT_SUBNET', family: 1, sourcePrefixLength: 32, ip: '10.244.1.5' };
const NAMES = [
  'api.shop.svc.cluster.local',
  '_pg._tcp.db.shop.svc.cluster.local',
  'db-0.db.shop.svc.cluster.local',
  'pay.shop.svc.cluster.local',
  'api.alias.test',
  'host.test',
  '7.0.96.10.in-addr.arpa',
  'a.b.c.d.e.f.g.ip6.arpa',
  'api.shop.shop.svc.cluster.local',
  'none.shop.svc.cluster.local',
  '.',
];
const TYPES = ['A', 'AAAA', 'SRV', 'PTR', 'CNAME', 'NS', 'SOA', 'TXT', 'MX'] as const;
const VALID = NAMES.flatMap((name) =>
  TYPES.flatMap((type) => [
    encode({ type: 'query', id: 1, questions: [{ name, type }] }),
    encode({ type: 'query', id: 2, questions: [{ name, type }], additionals: [{ ...OPT, options: [SUBNET] }] } as never),
  ]),
);

/** A valid packet to which a few things happened: octets changed, cut out, repeated, cut off or put behind. */
function mutated(random: (below: number) => number): Buffer {
  let packet = Buffer.from(VALID[random(VALID.length)]!);
  for (let times = 1 + random(4); times > 0; times--) {
    const at = random(packet.length + 1);
    const length = random(12);
    switch (random(6)) {
      case 0:
        packet = packet.subarray(0, at);
        break;
      case 1:
        packet = Buffer.concat([packet.subarray(0, at), packet.subarray(at + length)]);
        break;
      case 2:
        packet = Buffer.concat([packet.subarray(0, at + length), packet.subarray(at)]);
        break;
      case 3:
        packet = Buffer.concat([packet, Buffer.from(Array.from({ length }, () => random(256)))]);
        break;
      default:
        if (packet.length > 0) packet[at % packet.length] = [0, 0x3f, 0x40, 0x80, 0xc0, 0xff, random(256)][random(7)]!;
    }
  }
  return packet;
}

function random(numbers: (below: number) => number): Buffer {
  const packet = Buffer.from(Array.from({ length: numbers(90) }, () => numbers(256)));
  if (packet.length > 12 && numbers(2) === 0) {
    packet.fill(0, 2, 12); // a header that lets the rest be looked at
    packet[5] = 1;
  }
  return packet;
}

describe('packets that nobody means well with', () => {
  it('120,000 of them are answered or ignored, none of them fails, and the server goes on', async () => {
    const numbers = numbersFrom(20_240_607);
    const { desk, failures, counted } = deskOf((question) => resolveRecord({ model: MODEL, serial: 1 }, question));
    const codes = new Map<string, number>();
    for (let n = 0; n < 120_000; n++) {
      const packet = n % 4 === 0 ? random(numbers) : mutated(numbers);
      const transport = n % 3 === 0 ? 'tcp' : 'udp';
      const message = await desk.answer(packet, { address: n % 2 === 0 ? '127.0.0.1' : '10.244.1.5', transport });
      const isDue = packet.length >= 12 && packet[2]! < 0x80;
      if ((message !== undefined) !== isDue) throw new Error(`${isDue ? 'no ' : 'an '}answer to ${packet.toString('hex')}`);
      if (!message) continue;
      const { id, rcode, type } = decode(message) as DecodedPacket & { readonly rcode: string };
      if (id !== packet.readUInt16BE(0) || type !== 'response') throw new Error(`another's answer to ${packet.toString('hex')}`);
      if (message.length > (transport === 'udp' ? 4_096 : 65_535)) throw new Error(`too long an answer to ${packet.toString('hex')}`);
      const opcode = (packet[2]! >> 3) & 15;
      if ((rcode === 'NOTIMP') !== (opcode !== 0)) throw new Error(`opcode ${opcode} got ${rcode}`);
      codes.set(rcode, (codes.get(rcode) ?? 0) + 1);
    }
    expect(failures).toEqual([]);
    // Each of them has to have come up often, or nothing was tried.
    for (const code of ['NOERROR', 'NXDOMAIN', 'REFUSED', 'FORMERR', 'NOTIMP']) expect(codes.get(code), code).toBeGreaterThan(1_000);
    expect((await counted()).some((line) => line.includes('not-a-query'))).toBe(true);
    const last = await desk.answer(VALID[0]!, { address: '127.0.0.1', transport: 'udp' });
    expect(decode(last!)).toMatchObject({ rcode: 'NOERROR', answers: [{ data: '10.96.0.7' }] });
  }, 300_000);

  it('what we take for a question, another decoder reads as one, with the same name', () => {
    const numbers = numbersFrom(42);
    let read = 0;
    for (let n = 0; n < 30_000; n++) {
      const packet = mutated(numbers);
      const query = readQuery(packet);
      if (!query?.question || !/^[\w.-]+$/.test(query.question.name)) continue;
      const head = Buffer.from(packet.subarray(0, 12)).fill(0, 6); // the question alone
      const [question] = decode(Buffer.concat([head, query.question.octets])).questions!;
      expect(query.question.name).toBe(question!.name === '.' ? '.' : `${question!.name}.`);
      read++;
    }
    expect(read).toBeGreaterThan(1_000);
  }, 120_000);
});

import { encode, type OptAnswer, type Packet, RECURSION_DESIRED } from 'dns-packet';
import { describe, expect, it } from 'vitest';
import { readQuery } from './read-query.js';

const QUESTION = { type: 'A', name: 'web.shop.svc.cluster.local' } as const;
const OPT: OptAnswer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: 1400,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

function packetOf(more: Packet = {}): Buffer {
  return encode({ type: 'query', id: 4711, flags: RECURSION_DESIRED, questions: [QUESTION], ...more });
}

/** The same packet with some octets written over. */
function changed(packet: Buffer, changes: Readonly<Record<number, number>>): Buffer {
  const copy = Buffer.from(packet);
  for (const [at, value] of Object.entries(changes)) copy[Number(at)] = value;
  return copy;
}

/** Name, type A, class IN. */
function asking(...name: number[]): Buffer {
  return Buffer.concat([packetOf().subarray(0, 12), Buffer.from(name), Buffer.from([0, 1, 0, 1])]);
}

/** A query whose OPT record has these octets of options. */
function opt(...options: number[]): Buffer {
  const packet = changed(packetOf(), { 11: 1 });
  return Buffer.concat([packet, Buffer.from([0, 0, 41, 4, 0, 0, 0, 0, 0, 0, options.length, ...options])]);
}

describe('a query', () => {
  it('is read with its header, question and case (RFC 1035 section 4.1)', () => {
    const packet = packetOf({ questions: [{ type: 'SRV', name: '_Http._tcp.WEB.shop' }] });
    expect(readQuery(packet)).toMatchObject({
      id: 4711,
      opcode: 0,
      recursionDesired: true,
      checkingDisabled: false,
      fault: undefined,
      question: { name: '_Http._tcp.WEB.shop.', type: 33, class: 1 },
      edns: undefined,
    });
  });

  it('is read with its extension (RFC 6891), after whatever stands in front of it', () => {
    const authorities = [{ type: 'SOA', name: 'a.b', data: { mname: 'c', rname: 'd' } } as const];
    const packet = packetOf({ authorities, additionals: [{ ...OPT, ednsVersion: 3, flag_do: true, flags: 0x8000 }] });
    expect(readQuery(packet)?.edns).toEqual({ udpSize: 1400, version: 3, dnssecOk: true, subnet: undefined });
  });

  it.each([
    ['an IPv4 host', { family: 1, sourcePrefixLength: 32, ip: '10.244.1.7' }, '10.244.1.7'],
    ['an IPv6 host', { family: 2, sourcePrefixLength: 128, ip: 'fd00::1:7' }, 'fd00:0:0:0:0:0:1:7'],
    ['a network', { family: 1, sourcePrefixLength: 24, ip: '10.244.1.0' }, undefined],
  ])('is read with the client it is asked for (RFC 7871): %s', (_, subnet, address) => {
    const packet = packetOf({ additionals: [{ ...OPT, options: [{ code: 'CLIENT_SUBNET', ...subnet }] }] as never });
    expect(readQuery(packet)?.edns?.subnet?.address).toBe(address);
  });

  it.each([
    ['.', [0]],
    ['a\\046b.c.', [3, 0x61, 0x2e, 0x62, 1, 0x63, 0]],
    ['\\000\\255\\032\\092.', [4, 0, 255, 32, 92, 0]],
  ])('has a name in presentation form: %s', (text, octets) => {
    expect(readQuery(asking(...octets))?.question?.name).toBe(text);
  });

  it.each([
    ['is shorter than a header', packetOf().subarray(0, 11)],
    ['is empty', Buffer.alloc(0)],
    ['is an answer itself', encode({ type: 'response', id: 1, questions: [QUESTION] })],
  ])('gets no answer when it %s', (_, packet) => {
    expect(readQuery(packet)).toBeUndefined();
  });

  it.each([1, 2, 3, 4, 5, 6, 15])('of opcode %i is not implemented, whatever follows its header', (opcode) => {
    expect(readQuery(changed(packetOf(), { 2: opcode << 3 }))).toMatchObject({ id: 4711, opcode, fault: 'NOTIMP', question: undefined });
  });

  it.each([
    ['no question', changed(packetOf(), { 5: 0 })],
    ['two questions (RFC 9619)', packetOf({ questions: [QUESTION, QUESTION] })],
    ['a question that is cut off', packetOf().subarray(0, -1)],
    ['a name that is cut off', packetOf().subarray(0, 20)],
    ['a header alone', packetOf().subarray(0, 12)],
    ['an octet too many', Buffer.concat([packetOf(), Buffer.from([0])])],
    ['a name that points to itself', asking(0xc0, 12)],
    ['a name that points into the header', asking(1, 0x61, 0xc0, 0)],
    ['a label of a reserved kind', asking(0x40, 1, 0)],
    [
      'a name of 256 octets',
      asking(...Array.from({ length: 3 }, () => [63, ...Buffer.alloc(63, 'x')]).flat(), 62, ...Buffer.alloc(62, 'x'), 0),
    ],
    ['a record that is announced and missing', changed(packetOf(), { 11: 1 })],
    ['65,535 records that are missing', changed(packetOf(), { 6: 255, 7: 255, 8: 255, 9: 255, 10: 255, 11: 255 })],
    ['two OPT records', packetOf({ additionals: [OPT, OPT] })],
    [
      'an OPT record with a name',
      Buffer.concat([changed(packetOf(), { 11: 1 }), Buffer.from([1, 0x61, 0, 0, 41, 4, 0, 0, 0, 0, 0, 0, 0])]),
    ],
    ['an OPT record among the answers', packetOf({ answers: [OPT] as never })],
    ['an option that is longer than its record', opt(0, 10, 0, 9, 1, 2)],
    ['an option without a length', opt(0, 10, 0)],
    ['a subnet of no family', opt(0, 8, 0, 8, 0, 9, 32, 0, 1, 2, 3, 4)],
    ['a subnet with a prefix too long', opt(0, 8, 0, 9, 0, 1, 33, 0, 1, 2, 3, 4, 5)],
    ['a subnet with a scope', opt(0, 8, 0, 8, 0, 1, 32, 32, 1, 2, 3, 4)],
    ['a subnet with too few octets', opt(0, 8, 0, 7, 0, 1, 32, 0, 1, 2, 3)],
    ['a subnet with bits behind its prefix', opt(0, 8, 0, 7, 0, 1, 20, 0, 1, 2, 3)],
  ])('is malformed with %s', (_, packet) => {
    expect(readQuery(packet)).toMatchObject({ id: 4711, fault: 'FORMERR', question: undefined, edns: undefined });
  });

  it('has at most 255 octets of name', () => {
    const name = [...Array.from({ length: 3 }, () => [63, ...Buffer.alloc(63, 'x')]).flat(), 61, ...Buffer.alloc(61, 'x'), 0];
    expect(readQuery(asking(...name))?.question?.name).toHaveLength(254);
  });
});

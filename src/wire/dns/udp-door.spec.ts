import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { encode } from 'dns-packet';
import { afterEach, describe, expect, it } from 'vitest';
import { readAnswer } from '../../../test/support/dns-client.js';
import { deskOf } from '../../../test/support/dns-desk.js';
import { type Door, openUdpDoor } from './udp-door.js';

const answer = ({ name, client }: { readonly name: string; readonly client?: string | undefined }) => ({
  rcode: 'NOERROR' as const,
  truncated: false,
  answer: [{ name, type: 'TXT' as const, ttl: 5, data: `asked by ${client}` }],
  authority: [],
  additional: [],
  decisions: [],
  forwardedTo: undefined,
});
const HAS_IPV6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));
const QUERY = encode({ type: 'query', id: 7, questions: [{ type: 'TXT', name: 'who.test' }] });

describe('DNS over UDP', () => {
  const doors: Door[] = [];
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.close();
    await Promise.all(doors.splice(0).map((door) => door.close()));
  });

  async function door(address: string, port = 0): Promise<Door> {
    const made = await openUdpDoor(deskOf(answer).desk, address, port, () => undefined);
    doors.push(made);
    return made;
  }

  function client(type: 'udp4' | 'udp6'): Socket {
    const socket = createSocket(type);
    sockets.push(socket);
    return socket;
  }

  const answers = async (type: 'udp4' | 'udp6', address: string): Promise<void> => {
    const { port } = await door(address);
    const socket = client(type);
    socket.send(QUERY, port, address);
    const [message] = (await once(socket, 'message')) as [Buffer];
    expect(readAnswer(message).answer).toMatchObject([{ name: 'who.test.', data: `asked by ${address}` }]);
  };

  it('answers on IPv4, and knows who asks', () => answers('udp4', '127.0.0.1'));

  it.skipIf(!HAS_IPV6)('answers on IPv6 (skipped where this machine has no ::1)', () => answers('udp6', '::1'));

  it('goes on after packets that mean nothing', async () => {
    const { port } = await door('127.0.0.1');
    const socket = client('udp4');
    for (const packet of [Buffer.alloc(0), Buffer.alloc(5), Buffer.alloc(2_000, 0xff)]) socket.send(packet, port, '127.0.0.1');
    socket.send(QUERY, port, '127.0.0.1');
    const [message] = (await once(socket, 'message')) as [Buffer];
    expect(message.readUInt16BE(0)).toBe(7);
  });

  it('says that a port is taken, or that the address is another machine’s', async () => {
    const { port } = await door('127.0.0.1');
    await expect(door('127.0.0.1', port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await expect(door('203.0.113.1')).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  });
});

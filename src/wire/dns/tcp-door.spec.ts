import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { decode, encode } from 'dns-packet';
import { afterEach, describe, expect, it } from 'vitest';
import { deskOf } from '../../../test/support/dns-desk.js';
import type { ServerAnswer } from '../../core/dns/server-answer.js';
import { framed, FrameReader } from './frame-reader.js';
import type { PacketDesk } from './packet-desk.js';
import { openTcpDoor } from './tcp-door.js';
import type { Door } from './udp-door.js';

const NOTHING = { rcode: 'NOERROR', truncated: false, authority: [], additional: [], decisions: [], forwardedTo: undefined } as const;
/** Answers with the address 10.0.0.<first label>. */
const answer = ({ name }: { readonly name: string }): ServerAnswer => ({
  ...NOTHING,
  answer: [{ name, type: 'A', ttl: 5, data: `10.0.0.${name.split('.')[0]}` }],
});

function query(id: number): Buffer {
  return encode({ type: 'query', id, questions: [{ type: 'A', name: `${id % 256}.test` }] });
}

describe('DNS over TCP', () => {
  const open: Door[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((door) => door.close()));
  });

  /** An open door; `changes` has a 1 for each connection that came and a -1 for each that went. */
  async function door(desk: PacketDesk = deskOf(answer).desk, idleMs?: number): Promise<Door & { readonly changes: readonly number[] }> {
    const changes: number[] = [];
    const made = await openTcpDoor(desk, '127.0.0.1', 0, {
      onConnection: (change) => changes.push(change),
      onFailure: () => undefined,
      ...(idleMs === undefined ? {} : { idleMs }),
    });
    open.push(made);
    return { ...made, changes };
  }

  async function until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise((wake) => setTimeout(wake, 5));
  }

  async function client(port: number): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  }

  /** When a connection is over, whether it was ended or reset: octets nobody read make the kernel reset it (RFC 1122 section 4.2.2.13). */
  async function over(socket: Socket): Promise<void> {
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.resume().once('close', resolve)); // not `once` of events, which takes a reset for a failure
  }

  /** Every answer until the server ends the connection or `count` are there. */
  async function answersOf(socket: Socket, count = Infinity): Promise<readonly { id: number; data: string }[]> {
    const frames = new FrameReader();
    const got: { id: number; data: string }[] = [];
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      for (const message of frames.read(chunk)) {
        const { id, answers } = decode(message);
        got.push({ id: id!, data: String((answers?.[0] as { data: string } | undefined)?.data) });
      }
      if (got.length >= count) break;
    }
    return got;
  }

  it('answers question after question on one connection, however they are packed (RFC 7766 section 6.2.1)', async () => {
    const socket = await client((await door()).port);
    const ids = Array.from({ length: 500 }, (_, n) => n);
    socket.end(Buffer.concat(ids.map((id) => framed(query(id)))));
    expect(await answersOf(socket)).toEqual(ids.map((id) => ({ id, data: `10.0.0.${id % 256}` })));
  });

  it('puts a question together that comes octet by octet', async () => {
    const socket = await client((await door()).port);
    for (const octet of framed(query(5))) {
      socket.write(Buffer.from([octet]));
      await new Promise((wake) => setImmediate(wake));
    }
    expect(await answersOf(socket, 1)).toEqual([{ id: 5, data: '10.0.0.5' }]);
  });

  it('answers what was asked before the client closed its side', async () => {
    const socket = await client((await door()).port);
    socket.end(framed(query(6)));
    expect(await answersOf(socket)).toEqual([{ id: 6, data: '10.0.0.6' }]);
  });

  it.each([
    ['nothing', Buffer.from([0, 0])],
    ['less than a header', framed(Buffer.alloc(11))],
    ['an answer', framed(encode({ type: 'response', id: 1 }))],
  ])('ends a connection that brings %s, after it has answered what came before', async (_, frame) => {
    const socket = await client((await door()).port);
    socket.write(Buffer.concat([framed(query(7)), frame, framed(query(8))]));
    expect(await answersOf(socket)).toEqual([{ id: 7, data: '10.0.0.7' }]);
  });

  it('ends a connection that does not bring a whole question in time, though it brings something', async () => {
    const { port, changes } = await door(undefined, 150);
    const socket = await client(port);
    const drip = setInterval(() => socket.write(Buffer.from([0])), 20);
    socket.write(Buffer.from([1, 0]));
    await over(socket);
    clearInterval(drip);
    await until(() => changes.includes(-1));
  });

  /** A desk with answers of 64 KB, and what it was asked. */
  function longAnswers(): { readonly desk: PacketDesk; readonly asked: readonly string[] } {
    const asked: string[] = [];
    const long = Array.from({ length: 4_000 }, (_, n) => ({ name: 'x.', type: 'A' as const, ttl: 5, data: `10.0.${n >> 8}.${n & 255}` }));
    const { desk } = deskOf(({ name }) => {
      asked.push(name);
      return { ...NOTHING, answer: long };
    });
    return { desk, asked };
  }

  /** A client that asks for 128 MB and takes nothing of it. */
  async function deafClient(port: number): Promise<Socket> {
    const socket = await client(port);
    socket.on('error', () => undefined);
    socket.pause();
    for (let id = 0; id < 2_000; id++) socket.write(framed(query(id)));
    return socket;
  }

  it('does not listen to a client that takes no answers, and sends it away in time', async () => {
    const { desk, asked } = longAnswers();
    const { port, changes } = await door(desk, 1_000);
    const socket = await deafClient(port);
    await until(() => changes.includes(-1));
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.length).toBeLessThan(500);
    socket.destroy();
  });

  it('sends a client away in time that has closed its side and takes no answer', async () => {
    const { port, changes } = await door(longAnswers().desk, 300);
    const socket = await client(port);
    socket.on('error', () => undefined);
    socket.pause();
    socket.end(Buffer.concat(Array.from({ length: 100 }, (_, id) => framed(query(id)))));
    await until(() => changes.includes(-1));
    socket.destroy();
  });

  it('closes though a client takes no answers', async () => {
    const { desk, asked } = longAnswers();
    const made = await door(desk);
    const socket = await deafClient(made.port);
    await until(() => asked.length > 1);
    await open.pop()?.close();
    await until(() => made.changes.includes(-1));
    socket.destroy();
  });

  it('has a bound on connections: one more is closed at once, and one that ends makes room', async () => {
    const { port, changes } = await door();
    const clients = await Promise.all(Array.from({ length: 256 }, () => client(port)));
    await until(() => changes.length === 256);
    const more = await client(port);
    await over(more);
    clients[0]!.destroy();
    await until(() => changes.includes(-1));
    const next = await client(port);
    next.write(framed(query(9)));
    expect(await answersOf(next, 1)).toEqual([{ id: 9, data: '10.0.0.9' }]);
    for (const one of clients) one.destroy();
  });

  it('closes with its connections', async () => {
    const made = await door();
    const socket = await client(made.port);
    const closed = over(socket);
    await made.close();
    open.pop();
    await closed;
    await expect(client(made.port)).rejects.toThrow('ECONNREFUSED');
  });

  it('says that a port is taken', async () => {
    const { port } = await door();
    const settings = { onConnection: () => undefined, onFailure: () => undefined };
    await expect(openTcpDoor(deskOf(answer).desk, '127.0.0.1', port, settings)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { framed, FrameReader } from './frame-reader.js';
import type { PacketDesk } from './packet-desk.js';
import type { Door } from './udp-door.js';

/** Connections at the same time; more are closed as soon as they come. */
const MOST_CONNECTIONS = 256;
/** How long a connection may take for one whole question, and for taking its answer, in milliseconds (RFC 7766 section 6.2.3: a few seconds). */
const IDLE_MS = 10_000;
/** How long clients may take for the answers that are on their way when the door closes, in milliseconds. */
const FAREWELL_MS = 1_000;
/** Answers in a row on one connection before everybody else gets a turn. */
const TURN = 32;

/** What the door tells of its connections, and how long they may idle. */
export interface TcpSettings {
  readonly onConnection: (change: 1 | -1) => void;
  /** Told when a connection could not be taken. */
  readonly onFailure: (error: unknown) => void;
  readonly idleMs?: number;
}

/** Answers DNS over TCP (RFC 7766) on an address and port; 0: a free one. Rejects when they cannot be had. */
export async function openTcpDoor(desk: PacketDesk, address: string, port: number, settings: TcpSettings): Promise<Door> {
  const sockets = new Set<Socket>();
  // Who has asked everything may close its side and still gets its answers.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    settings.onConnection(1);
    socket.once('close', () => {
      sockets.delete(socket);
      settings.onConnection(-1);
    });
    socket.on('error', () => undefined); // the client went away: `close` follows
    void converse(socket, desk, settings.idleMs ?? IDLE_MS);
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(port, address);
  await once(server, 'listening'); // rejects on `error`
  server.on('error', settings.onFailure);
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroySoon();
      const impatient = setTimeout(() => sockets.forEach((socket) => socket.destroy()), FAREWELL_MS);
      await closed;
      clearTimeout(impatient);
    },
  };
}

/**
 * One connection: question after question in the order they come, each answered before the next is read, so that a client that does not take its answers is not
 * listened to either. It ends when the client ends it, and when a whole question is not there, or an answer not taken, in time: single octets do not prolong that.
 */
async function converse(socket: Socket, desk: PacketDesk, idleMs: number): Promise<void> {
  const idle = setTimeout(() => socket.destroy(), idleMs);
  const gone = new AbortController();
  socket.once('close', () => {
    clearTimeout(idle); // not before: who asks, closes its side and takes no answer would stay for ever
    gone.abort();
  });
  const sender = { address: socket.remoteAddress ?? '', transport: 'tcp' as const };
  const frames = new FrameReader();
  let answers = 0;
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      for (const packet of frames.read(chunk)) {
        const answer = await desk.answer(packet, sender);
        if (!answer) return; // what is no question at all does not speak this protocol
        if (!socket.write(framed(answer))) await once(socket, 'drain', { signal: gone.signal });
        idle.refresh();
        if (++answers % TURN === 0) await nextTurn();
      }
    }
    socket.end();
  } catch {
    // the client went away, or was sent away
  } finally {
    socket.destroySoon();
  }
}

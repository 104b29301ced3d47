import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { PacketDesk } from './packet-desk.js';

/** As many packets as the kernel lets a socket keep while we are busy; it cuts the figure to what it allows. */
const RECEIVE_BUFFER = 2 ** 22;

/** A door that was opened. */
export interface Door {
  readonly port: number;
  /** Lets nobody in any more and ends what is going on. */
  close(): Promise<void>;
}

/** Answers datagrams on an address and port; 0: a free one. Rejects when they cannot be had. */
export async function openUdpDoor(desk: PacketDesk, address: string, port: number, onFailure: (error: unknown) => void): Promise<Door> {
  const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', recvBufferSize: RECEIVE_BUFFER, lookup: noLookup });
  try {
    const listening = once(socket, 'listening'); // rejects on `error`; an address is bound before `bind` returns
    socket.bind(port, address);
    await listening;
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.on('error', onFailure);
  socket.on('message', (packet, sender) => void reply(socket, desk, packet, sender));
  return {
    port: socket.address().port,
    close: async () => {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

/** Every address is an address already: asking the system's resolver for it would only take time. */
function noLookup(address: string, _options: unknown, done: (error: null, address: string, family: number) => void): void {
  done(null, address, isIPv6(address) ? 6 : 4);
}

async function reply(socket: Socket, desk: PacketDesk, packet: Buffer, { address, port }: RemoteInfo): Promise<void> {
  const answer = await desk.answer(packet, { address, transport: 'udp' });
  if (!answer || port === 0) return;
  try {
    socket.send(answer, port, address, ignored);
  } catch {
    // closed meanwhile
  }
}

/** An answer that cannot be sent is lost like any datagram: its client asks again. */
function ignored(): void {
  // nothing to tell
}

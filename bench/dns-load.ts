import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** What a load came to. */
export interface LoadResult {
  readonly answers: number;
  readonly seconds: number;
  /** Seconds from a question to its answer, each. */
  readonly waits: readonly number[];
  readonly lost: number;
}

const PATIENCE_MS = 1_000;
const MAX_ID = 0xffff;

/**
 * Sends packets from one socket to a port of this machine, the next as soon as an answer comes, so that `open` of them are always under way, for some seconds. Ids are given here;
 * a question without an answer within a second counts as lost and is not asked again.
 */
export async function sendPackets(port: number, packets: readonly Buffer[], open: number, seconds: number): Promise<LoadResult> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 2 ** 22, lookup: (address, _, done) => done(null, address, 4) });
  const listening = once(socket, 'listening'); // an address is bound before `bind` returns
  socket.bind(0, '127.0.0.1');
  await listening;
  const sentAt = new Float64Array(MAX_ID + 1);
  const waits: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1_000;
  let next = 0;
  let underWay = 0;
  let lost = 0;
  const send = (): void => {
    const id = next & MAX_ID;
    const packet = Buffer.from(packets[next++ % packets.length] ?? Buffer.alloc(0));
    packet.writeUInt16BE(id);
    sentAt[id] = performance.now();
    underWay++;
    socket.send(packet, port, '127.0.0.1');
  };
  await new Promise<void>((done) => {
    let last = start;
    const watch = setInterval(() => {
      const now = performance.now();
      if (now - last > PATIENCE_MS || (now > end && underWay === 0)) {
        clearInterval(watch);
        lost += underWay;
        done();
      }
    }, 20);
    socket.on('message', (message) => {
      const now = performance.now();
      const id = message.readUInt16BE(0);
      const sent = sentAt[id] ?? 0;
      if (sent === 0) return;
      sentAt[id] = 0;
      last = now;
      underWay--;
      waits.push((now - sent) / 1e3);
      if (now < end) send();
    });
    for (let n = 0; n < open; n++) send();
  });
  socket.close();
  return { answers: waits.length, seconds: (Math.min(performance.now(), end) - start) / 1e3, waits, lost };
}

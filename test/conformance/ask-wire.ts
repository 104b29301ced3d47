import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { encode } from 'dns-packet';
import { readAnswer, type WireAnswer } from '../support/dns-client.js';
import type { WireTarget } from './wire-target.js';

const PATIENCE_MS = 10_000;
const OPT = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: 1232,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
} as const;

let ids = 0;

/** Asks one question over UDP or TCP, and reads the answer with dns-packet. */
export async function askWire(target: WireTarget, transport: 'udp' | 'tcp', name: string, type: string): Promise<WireAnswer> {
  const query = encode({ type: 'query', id: ++ids & 0xffff, questions: [{ name, type }], additionals: [OPT] } as never);
  const message = await (transport === 'udp' ? overUdp(target, query) : overTcp(target, query));
  if (message.readUInt16BE(0) !== query.readUInt16BE(0)) throw new Error('the answer has another id than the question');
  return readAnswer(message);
}

async function overUdp({ host, port }: WireTarget, query: Buffer): Promise<Buffer> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  try {
    const answer = once(socket, 'message', { signal: AbortSignal.timeout(PATIENCE_MS) }) as Promise<[Buffer]>;
    socket.send(query, port, host);
    return (await answer)[0];
  } finally {
    socket.close();
  }
}

async function overTcp({ host, port }: WireTarget, query: Buffer): Promise<Buffer> {
  const socket = connect({ host, port, timeout: PATIENCE_MS }).on('timeout', () => socket.destroy());
  const length = Buffer.alloc(2);
  length.writeUInt16BE(query.length);
  socket.end(Buffer.concat([length, query]));
  const chunks: Buffer[] = [];
  for await (const chunk of socket as AsyncIterable<Buffer>) chunks.push(chunk);
  const all = Buffer.concat(chunks);
  if (all.length < 2 || all.length !== 2 + all.readUInt16BE(0)) throw new Error(`${all.length} octets are no message with its length`);
  return all.subarray(2);
}

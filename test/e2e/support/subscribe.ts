import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';

/** A subscription over a web socket (graphql-transport-ws). */
export interface Subscription {
  /** The next message's payload; `complete` at the end. */
  next(): Promise<unknown>;
  close(): void;
}

/** Subscribes as a browser does; there is no client library among the packages, and the protocol is small (RFC 6455, graphql-ws PROTOCOL.md). */
export async function subscribe(origin: string, query: unknown, token?: string, operationName?: string): Promise<Subscription> {
  const socket = await upgrade(origin);
  const messages: { type: string; payload?: unknown }[] = [];
  let wake: (() => void) | undefined;
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let frame = readFrame(rest); frame; frame = readFrame(rest)) {
      rest = rest.subarray(frame.bytes);
      if (frame.opcode === 1) messages.push(JSON.parse(frame.text) as { type: string });
      if (frame.opcode === 8) messages.push({ type: 'closed', payload: frame.text.slice(2) });
      wake?.();
    }
  });
  const take = async (): Promise<{ type: string; payload?: unknown }> => {
    while (messages.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return messages.shift()!;
  };
  send(socket, { type: 'connection_init', payload: token === undefined ? {} : { authorization: `Bearer ${token}` } });
  await take(); // connection_ack
  send(socket, { id: '1', type: 'subscribe', payload: { query, ...(operationName === undefined ? {} : { operationName }) } });
  const next = async (): Promise<unknown> => {
    const { type, payload } = await take();
    return type === 'complete' ? type : payload;
  };
  return { next, close: () => socket.destroy() };
}

async function upgrade(origin: string): Promise<Socket> {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    'sec-websocket-protocol': 'graphql-transport-ws',
  };
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${origin}/graphql`, { headers });
    request.once('upgrade', (_, socket: Socket) => resolve(socket));
    request.once('response', ({ statusCode }) => reject(new Error(`no upgrade: ${statusCode}`)));
    request.once('error', reject);
    request.end();
  });
}

/** A text frame of a client is masked. */
function send(socket: Socket, message: object): void {
  const payload = Buffer.from(JSON.stringify(message));
  const mask = randomBytes(4);
  const head =
    payload.length < 126
      ? Buffer.from([0x81, 0x80 | payload.length])
      : Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 255]);
  socket.write(Buffer.concat([head, mask, payload.map((byte, index) => byte ^ mask[index % 4]!)]));
}

function readFrame(data: Buffer): { readonly opcode: number; readonly text: string; readonly bytes: number } | undefined {
  if (data.length < 2) return undefined;
  const short = data[1]! & 127;
  const start = short === 126 ? 4 : 2;
  if (data.length < start) return undefined;
  const length = short === 126 ? data.readUInt16BE(2) : short;
  if (data.length < start + length) return undefined;
  return { opcode: data[0]! & 15, text: data.subarray(start, start + length).toString(), bytes: start + length };
}

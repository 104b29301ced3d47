import { isUtf8 } from 'node:buffer';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { ByteBudget } from './byte-budget.js';
import type { ManifestFile } from './manifest-document.js';

/** The file cannot be read as text at all. `code` and message become its diagnostic. */
export class UnreadableFile extends Error {
  constructor(
    readonly code: 'not-text' | 'broken-gzip',
    message: string,
    readonly hint: string,
  ) {
    super(message);
    this.name = 'UnreadableFile';
  }
}

/** How much of a file decides what it is. */
const HEAD_BYTES = 4096;

/** The same bytes with the first `HEAD_BYTES` of them (or all there are) in the first chunk. */
async function* withHead(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of source) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (head === undefined) yield bytes;
    else {
      head = head.length === 0 ? bytes : Buffer.concat([head, bytes]);
      if (head.length < HEAD_BYTES) continue;
      yield head;
      head = undefined;
    }
  }
  if (head !== undefined && head.length > 0) yield head;
}

async function* prepend(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

async function* gunzip(name: string, source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const inflate = createGunzip();
  // A failure of either side destroys the other and is thrown by the loop below.
  const pumping = pipeline(source, inflate).catch(() => undefined);
  try {
    const chunks: AsyncIterable<Buffer> = inflate;
    yield* chunks;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))) throw error;
    throw new UnreadableFile(
      'broken-gzip',
      `\`${name}\` is gzip and cannot be decompressed: ${error.message}`,
      'send the whole compressed file',
    );
  } finally {
    inflate.destroy();
    await pumping;
  }
}

async function* transcode(encoding: 'utf-16le' | 'utf-16be', source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of source) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

/** Whether the bytes begin a text. The end may cut a character in two: up to three bytes are forgiven. */
function beginsText(head: Buffer): boolean {
  if (head.includes(0)) return false;
  return [0, 1, 2, 3].some((cut) => isUtf8(head.subarray(0, head.length - cut)));
}

async function* decoded(name: string, source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = withHead(source);
  const first = await chunks.next();
  if (first.done) return;
  const head = first.value;
  const whole = prepend(head, chunks);
  if (head[0] === 0xff && head[1] === 0xfe) yield* transcode('utf-16le', whole);
  else if (head[0] === 0xfe && head[1] === 0xff) yield* transcode('utf-16be', whole);
  else if (!beginsText(head))
    throw new UnreadableFile('not-text', `\`${name}\` is not text`, 'manifests are YAML or JSON in UTF-8, plain or gzip');
  else if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) yield* prepend(head.subarray(3), chunks);
  else yield* whole;
}

async function* counted(name: string, source: AsyncIterable<Buffer>, budget: ByteBudget): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    budget.spend(chunk.length, name);
    yield chunk;
  }
}

/**
 * The text of a file as UTF-8 bytes without a byte order mark, decompressed where it is gzip (told by its first bytes, RFC 1952), with at
 * least 4 KiB in the first chunk where there are so many. Throws {@link UnreadableFile}, or `payload-too-large` past the budget.
 */
export async function* openText(file: ManifestFile, budget: ByteBudget): AsyncGenerator<Buffer> {
  const chunks = withHead(file.content);
  const first = await chunks.next();
  if (first.done) return;
  const whole = prepend(first.value, chunks);
  const compressed = first.value[0] === 0x1f && first.value[1] === 0x8b;
  yield* decoded(file.name, counted(file.name, compressed ? gunzip(file.name, whole) : whole, budget));
}

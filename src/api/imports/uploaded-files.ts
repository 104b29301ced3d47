import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { FastifyRequest } from 'fastify';
import { problem, ProblemError } from '../../core/kernel/problem.js';
import type { ManifestFile } from '../../manifests/manifest-document.js';

/** The files of an upload as they arrive: the parts of a form, or the body itself, named after its content type. */
export async function* uploadedFiles(request: FastifyRequest): AsyncGenerator<ManifestFile> {
  if (!request.isMultipart()) {
    yield { name: nameOf(request.headers['content-type']), content: bodyOf(request) };
    return;
  }
  for await (const part of request.parts()) {
    if (part.type === 'file') yield { name: part.filename === '' ? part.fieldname : part.filename, content: part.file };
    else yield { name: part.fieldname, content: Readable.from([Buffer.from(String(part.value))]) };
  }
}

/** Files that were written to disk, because they are read after the request has been answered. */
export interface SpooledFiles {
  files(): Iterable<ManifestFile>;
  remove(): Promise<void>;
}

/** Writes an upload to the system's folder for temporary files, \`maxBytes\` of it at most. Throws `payload-too-large`. */
export async function spool(files: AsyncIterable<ManifestFile>, maxBytes: number): Promise<SpooledFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-upload-'));
  const remove = async (): Promise<void> => rm(folder, { recursive: true, force: true });
  const spooled: { readonly name: string; readonly path: string }[] = [];
  let bytes = 0;
  const counted = async function* (content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      bytes += chunk.length;
      if (bytes > maxBytes)
        throw new ProblemError(
          problem('payload-too-large', `the upload has more than ${maxBytes} bytes`, { extra: { maximum: maxBytes, unit: 'bytes' } }),
        );
      yield chunk;
    }
  };
  try {
    for await (const { name, content } of files) {
      const path = join(folder, String(spooled.length));
      await pipeline(counted(content), createWriteStream(path));
      spooled.push({ name, path });
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return { files: () => spooled.map(({ name, path }) => ({ name, content: createReadStream(path) })), remove };
}

const NAMES: Readonly<Record<string, string>> = {
  'application/json': 'body.json',
  'application/x-ndjson': 'body.ndjson',
  'application/ndjson': 'body.ndjson',
  'application/gzip': 'body.gz',
};

function nameOf(contentType: string | undefined): string {
  return NAMES[(contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''] ?? 'body.yaml';
}

function bodyOf({ body }: FastifyRequest): AsyncIterable<Uint8Array> {
  return body instanceof Readable ? body : Readable.from([]);
}

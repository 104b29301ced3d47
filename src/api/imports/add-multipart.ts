import multipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';
import { isUpload, notUnderstood } from '../http/body-parsers.js';

/** More files than any import has; a larger form is an attack. */
const MAX_PARTS = 100_000;
const MAX_NAME = 1_024;

/** Lets uploads come as forms, and nothing else. Their bytes are counted where they are read, decompressed. */
export async function addMultipart(server: FastifyInstance): Promise<void> {
  await server.register(multipart, {
    throwFileSizeLimit: true,
    limits: {
      parts: MAX_PARTS,
      files: MAX_PARTS,
      fields: MAX_PARTS,
      fieldNameSize: MAX_NAME,
      fileSize: Number.MAX_SAFE_INTEGER,
      fieldSize: 2 ** 26,
    },
  });
  server.addHook('preValidation', (request, _, done) => {
    done(request.isMultipart() && !isUpload(request) ? notUnderstood(request) : undefined);
  });
}

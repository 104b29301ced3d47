import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problem, ProblemError } from '../../core/kernel/problem.js';
import { jsonErrorPosition } from './json-error-position.js';

/** No input of any endpoint nests a tenth as deep. */
const MAX_NESTING = 200;

/** Reads JSON bodies with errors that say where; leaves bodies of uploads as streams; refuses every other content type. */
export function addBodyParsers(server: FastifyInstance, maxBytes: number): void {
  server.removeAllContentTypeParsers();
  const json = async (request: FastifyRequest, payload: Readable) => (isUpload(request) ? payload : readJson(payload, maxBytes));
  server.addContentTypeParser(/^application\/(?:[\w.-]+\+)?json\b/, json);
  server.addContentTypeParser('*', async (request: FastifyRequest, payload: Readable) => {
    if (isUpload(request)) return Promise.resolve(payload);
    throw notUnderstood(request);
  });
}

/** The refusal of a content type. */
export function notUnderstood({ headers }: FastifyRequest): ProblemError {
  const message = `the content type \`${headers['content-type'] ?? ''}\` is not understood here`;
  return new ProblemError(problem('unsupported-media-type', message, { hint: 'send `application/json`' }));
}

/** Whether the route takes files. */
export function isUpload(request: FastifyRequest): boolean {
  return request.routeOptions.config.upload === true;
}

/** Listens to the stream itself: iterating it costs as much again as all the rest of a small request. */
async function readJson(payload: Readable, maxBytes: number): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  await new Promise<void>((resolve, reject) => {
    payload.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else reject(tooLarge(maxBytes));
    });
    payload.once('end', resolve).once('error', reject);
    payload.once('close', () => {
      if (!payload.readableEnded) reject(new ProblemError(problem('invalid-request', 'the body ended before it was whole')));
    });
  });
  const text = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  if (text === '') return undefined;
  const value = parseJson(text); // which takes any depth: it does not recurse
  if (isDeep(value)) throw new ProblemError(problem('invalid-request', `the body nests deeper than ${MAX_NESTING} levels`));
  return value;
}

/** Whether it nests too deeply for those who read it by recursion. Looked at level by level: most bodies have two or three. */
function isDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; depth <= MAX_NESTING; depth++) {
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
    if (level.length === 0) return false;
  }
  return true;
}

function tooLarge(maxBytes: number): ProblemError {
  return new ProblemError(
    problem('payload-too-large', `the body has more than ${maxBytes} bytes`, { extra: { maximum: maxBytes, unit: 'bytes' } }),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const at = jsonErrorPosition(text);
    const place = at ? ` at line ${at.line}, column ${at.column}: expected ${at.expected}` : '';
    throw new ProblemError(
      problem('invalid-request', `the body is no valid JSON${place}`, {
        errors: [
          {
            pointer: '',
            code: 'invalid-json',
            message: `line ${at?.line ?? 1}, column ${at?.column ?? 1}: expected ${at?.expected ?? 'JSON'}`,
          },
        ],
      }),
    );
  }
}

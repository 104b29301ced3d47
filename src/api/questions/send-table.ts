import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import type { Coordinate } from '../../application/clusters/coordinate.js';
import type { Question } from '../../application/questions/question.js';
import { isTextFormat, type TextFormat } from '../../application/questions/text-table.js';
import { entityTag, noneMatch } from '../http/entity-tag.js';

/** What a text is sent as, and asked for by `Accept`. */
export const TEXT_MEDIA_TYPES: Readonly<Record<TextFormat, string>> = {
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
  md: 'text/markdown',
  dot: 'text/vnd.graphviz',
  txt: 'text/plain',
};

/** Raised when a format is written otherwise than before: what clients have of it is then no longer the same bytes. */
const WRITTEN_AS = 1;

/** The text that a request wants instead of JSON: by `format`, or by `Accept`, of which the first that is known counts. Undefined: JSON. */
export function wantedText(
  question: Question,
  input: Readonly<Record<string, unknown>>,
  accept: string | undefined,
): TextFormat | undefined {
  if (!question.table) return undefined;
  const { format } = input;
  if (isTextFormat(format)) return format;
  for (const { type } of acceptable(accept ?? '')) {
    if (type === '*/*' || type === 'application/*' || type === 'application/json') return undefined;
    const known = Object.entries(TEXT_MEDIA_TYPES).find(([, mediaType]) => mediaType === type)?.[0];
    if (isTextFormat(known)) return known;
  }
  return undefined;
}

/** Media ranges by their weight, RFC 9110 §12.5.1. */
function acceptable(accept: string): readonly { readonly type: string; readonly weight: number }[] {
  return accept
    .split(',')
    .map((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
      const weight = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
      return { type, weight: Number.isNaN(weight) ? 0 : weight };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
}

/** What names a text: it is a pure function of these. */
export interface AskedText {
  readonly question: Question;
  readonly place: Coordinate;
  readonly input: unknown;
  readonly format: TextFormat;
}

/** Sends the text as it is made, or 304 where the client has it: `write` is then not called. */
export async function sendTable(
  request: FastifyRequest,
  reply: FastifyReply,
  { question, place, input, format }: AskedText,
  write: () => Promise<AsyncGenerator<string>>,
): Promise<void> {
  const { cluster, revision } = place;
  const tag = entityTag(JSON.stringify([WRITTEN_AS, question.name, cluster.id, revision, cluster.profileVersion, input, format]));
  reply.header('etag', tag).header('portolan-revision', revision).header('cache-control', 'private, no-cache').header('vary', 'accept');
  if (request.method === 'GET' && noneMatch(request.headers['if-none-match'], tag)) {
    reply.code(304).send();
    return;
  }
  // A text that breaks off ends the connection: nobody takes a part for the whole.
  reply.type(`${TEXT_MEDIA_TYPES[format]}; charset=utf-8`).send(Readable.from(await write(), { objectMode: false }));
}

import { Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { z } from 'zod';
import { EXPORT_FORMATS, type ExportFormat, ExportObjects, type ObjectExport } from '../../application/objects/export-objects.js';
import { COORDINATE_QUERY } from '../http/coordinate-query.js';
import { defineEndpoint, Handles, Input, type InputOf } from '../http/endpoint.js';
import { entityTag, noneMatch } from '../http/entity-tag.js';
import { orThrow } from '../http/or-throw.js';

const MEDIA_TYPES: Readonly<Record<ExportFormat, string>> = {
  yaml: 'application/yaml',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
};

/** Raised when a format is written otherwise than before: what clients have of it is then no longer the same bytes. */
const WRITTEN_AS = 1;

const EXPORT = defineEndpoint({
  method: 'GET',
  path: '/api/v1/clusters/:cluster/export',
  tag: 'objects',
  access: { role: 'viewer', reach: 'cluster' },
  summary: 'Export the objects of a cluster',
  description: 'What goes in comes out again: importing an export changes nothing. Values of Secrets are hashes, as they are stored.',
  params: z.strictObject({ cluster: z.string().describe('name of the cluster') }),
  query: z.strictObject({
    ...COORDINATE_QUERY,
    format: z.enum(EXPORT_FORMATS).default('yaml').describe('YAML documents, a JSON `List`, or one JSON object a line'),
    kind: z.string().min(1).max(253).optional().describe('only objects of this kind: `NetworkPolicy`, `networkpolicies`'),
    group: z.string().max(253).optional().describe('only objects of this API group; empty: the core group'),
    namespace: z.string().min(1).max(63).optional().describe('only what is in this namespace'),
    labelSelector: z.string().max(4_096).optional().describe('as `kubectl get -l` takes it'),
  }),
  headers: { 'Accept-Encoding': '`gzip` for a compressed export' },
  answers: { 200: { description: 'the objects, by kind, namespace and name', mediaTypes: Object.values(MEDIA_TYPES) } },
  problems: ['invalid-request', 'unknown-cluster', 'unknown-revision', 'unknown-tag', 'unknown-namespace'],
  examples: [
    { title: 'A whole cluster as YAML', params: { cluster: 'heritage' } },
    {
      title: 'The services of a namespace, one a line',
      params: { cluster: 'harbor' },
      query: { format: 'ndjson', kind: 'Service', namespace: 'shop' },
    },
  ],
});

/** The way out for everything that came in. */
@Controller()
export class ExportController {
  constructor(private readonly exports: ExportObjects) {}

  @Handles(EXPORT)
  async export(
    @Input() { params, query }: InputOf<typeof EXPORT>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const started = orThrow(await this.exports.start(params.cluster, query));
    const isCompressed = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(request.headers['accept-encoding'] ?? '');
    const tag = tagOf(started, [query, isCompressed]);
    reply
      .header('etag', tag)
      .header('portolan-revision', started.place.revision)
      .header('cache-control', 'private, no-cache')
      .header('vary', 'accept-encoding');
    if (noneMatch(request.headers['if-none-match'], tag)) {
      reply.code(304).send();
      return;
    }
    const text = Readable.from(await begun(started.text()), { objectMode: false });
    reply.type(`${MEDIA_TYPES[query.format]}; charset=utf-8`);
    if (isCompressed) reply.header('content-encoding', 'gzip');
    // An export that breaks off ends the connection: nobody takes a part for the whole.
    reply.send(isCompressed ? pipeline(text, createGzip(), () => undefined) : text);
  }
}

/** A revision never changes: the same export of it has the same bytes. */
function tagOf({ place }: ObjectExport, asked: unknown): string {
  return entityTag(JSON.stringify([WRITTEN_AS, place.cluster.id, place.revision, asked]));
}

/** The same text, its first part read already: what fails at once fails while a problem can still be sent. */
async function begun(text: AsyncGenerator<string>): Promise<AsyncGenerator<string>> {
  const first = await text.next();
  return (async function* () {
    if (first.done) return;
    yield first.value;
    yield* text;
  })();
}

import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { StoredObject } from '../../application/clusters/stored-object.js';
import { parseFields, type Projection, projectFields } from '../../application/objects/project-fields.js';
import { type ObjectName, StoredObjects } from '../../application/objects/stored-objects.js';
import { Handles, Input, type InputOf } from '../http/endpoint.js';
import { orThrow } from '../http/or-throw.js';
import { HISTORY, LIST, READ, STORED_OBJECT } from './object-endpoints.js';

/** Stored objects and their history. Where a whole object is sent its text goes out as it is stored: no number is read and written again. */
@Controller()
export class ObjectsController {
  constructor(private readonly objects: StoredObjects) {}

  @Handles(LIST)
  async list(@Input() { params, query }: InputOf<typeof LIST>, @Res() reply: FastifyReply): Promise<void> {
    const { fields, ...request } = query;
    const projection = orThrow(parseFields(fields, STORED_OBJECT));
    const { items, ...page } = orThrow(await this.objects.list(params.cluster, request));
    const texts = items.map((item) => textOf(item, projection));
    const { revision, ...rest } = page;
    send(reply, revision, `{"revision":${revision},"items":[${texts.join(',')}],${JSON.stringify(rest).slice(1)}`);
  }

  @Handles(READ)
  async read(@Input() { params, query }: InputOf<typeof READ>, @Res() reply: FastifyReply): Promise<void> {
    const { group, fields, ...at } = query;
    const projection = orThrow(parseFields(fields, STORED_OBJECT));
    const { revision, object } = orThrow(await this.objects.find(params.cluster, nameOf(params, group), at));
    send(reply, revision, `{"revision":${revision},${textOf(object, projection).slice(1)}`);
  }

  @Handles(HISTORY)
  async history(@Input() { params, query }: InputOf<typeof HISTORY>, @Res() reply: FastifyReply): Promise<void> {
    const versions = orThrow(await this.objects.history(params.cluster, nameOf(params, query.group)));
    const texts = versions.map(({ body, ...version }) => withObject(version, body));
    reply.type('application/json; charset=utf-8').send(`{"items":[${texts.join(',')}]}`);
  }
}

function nameOf({ kind, namespace, name }: { kind: string; namespace: string; name: string }, group: string | undefined): ObjectName {
  return { kind, namespace: namespace === '-' ? '' : namespace, name, group };
}

function textOf({ group, kind, namespace, name, source, body }: StoredObject, projection: Projection | undefined): string {
  const head = { group, kind, namespace, name, source };
  if (projection === undefined) return withObject(head, body);
  // The object is read only where parts of it are asked for.
  const object: unknown = projection.has('object') ? JSON.parse(body) : null;
  return JSON.stringify(projectFields({ ...head, object }, projection));
}

function withObject(head: object, body: string): string {
  return `${JSON.stringify(head).slice(0, -1)},"object":${body}}`;
}

function send(reply: FastifyReply, revision: number, text: string): void {
  reply.header('portolan-revision', revision).type('application/json; charset=utf-8').send(text);
}

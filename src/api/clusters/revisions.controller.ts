import { Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../../application/access/principal.js';
import type { Revision } from '../../application/clusters/revision.js';
import type { Tag } from '../../application/clusters/revision-store.js';
import { type RevisionPage, Revisions } from '../../application/clusters/revisions.js';
import { CurrentPrincipal } from '../http/caller.js';
import { Handles, Input, type InputOf } from '../http/endpoint.js';
import { expectedIn, numberedTag } from '../http/if-match.js';
import { contentOfRevision } from './content-of-revision.js';
import { orThrow } from '../http/or-throw.js';
import { DELETE_TAG, LIST, LIST_TAGS, READ, REPORT, RESTORE, SET_TAG } from './revision-endpoints.js';

/** The history of clusters: revisions, their names, and the way back. */
@Controller()
export class RevisionsController {
  constructor(private readonly revisions: Revisions) {}

  @Handles(LIST)
  async list(@Input() { params, query }: InputOf<typeof LIST>): Promise<RevisionPage> {
    return orThrow(await this.revisions.page(params.cluster, query));
  }

  @Handles(READ)
  async read(@Input() { params }: InputOf<typeof READ>, @Res({ passthrough: true }) reply: FastifyReply): Promise<Revision> {
    return tagged(reply, orThrow(await this.revisions.find(params.cluster, params.revision)));
  }

  @Handles(REPORT)
  async report(@Input() { params }: InputOf<typeof REPORT>, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const report = orThrow(await this.revisions.report(params.cluster, params.revision));
    reply.header('portolan-revision', report.revision);
    return report;
  }

  @Handles(RESTORE)
  async restore(
    @Input() { params, query }: InputOf<typeof RESTORE>,
    @CurrentPrincipal() { name }: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Revision> {
    const note = { author: name, message: query.message, expected: expectedIn(request.headers['if-match'], contentOfRevision) };
    const made = orThrow(await this.revisions.restore(params.cluster, params.revision, note));
    reply.header('location', `/api/v1/clusters/${made.cluster}/revisions/${made.number}`);
    return tagged(reply, made);
  }

  @Handles(LIST_TAGS)
  async tags(@Input() { params }: InputOf<typeof LIST_TAGS>): Promise<{ readonly items: readonly Tag[] }> {
    return { items: orThrow(await this.revisions.tags(params.cluster)) };
  }

  @Handles(SET_TAG)
  async setTag(@Input() { params, body }: InputOf<typeof SET_TAG>): Promise<Tag> {
    return orThrow(await this.revisions.setTag(params.cluster, params.name, body.revision));
  }

  @Handles(DELETE_TAG)
  async deleteTag(@Input() { params }: InputOf<typeof DELETE_TAG>): Promise<void> {
    orThrow(await this.revisions.deleteTag(params.cluster, params.name));
  }
}

function tagged(reply: FastifyReply, revision: Revision): Revision {
  reply
    .header('portolan-revision', revision.number)
    .header('etag', numberedTag(revision.number, contentOfRevision(revision), revision.tags));
  return revision;
}

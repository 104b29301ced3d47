import { Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../../application/access/principal.js';
import type { Assertion } from '../../application/assertions/assertion.js';
import type { AssertionRun } from '../../application/assertions/assertion-run.js';
import { type AssertionPage, Assertions } from '../../application/assertions/assertions.js';
import { RunAssertions, type RunPage } from '../../application/assertions/run-assertions.js';
import { Coordinates } from '../../application/clusters/coordinates.js';
import { CurrentPrincipal } from '../http/caller.js';
import { ClientGone } from '../http/client-gone.js';
import { Handles, Input, type InputOf } from '../http/endpoint.js';
import { expectedIn, numberedTag } from '../http/if-match.js';
import { orThrow } from '../http/or-throw.js';
import { DELETE, LIST, READ, RUN, RUN_ALL, RUN_DRAFT, SAVE } from './assertion-endpoints.js';
import { assertionBody, runBody, runSummaryBody, summaryBody } from './run-body.js';

/** Questions with the answers that teams require, and what comes of them at a coordinate. */
@Controller()
export class AssertionsController {
  constructor(
    private readonly assertions: Assertions,
    private readonly running: RunAssertions,
    private readonly coordinates: Coordinates,
  ) {}

  @Handles(LIST)
  async list(@Input() { params, query }: InputOf<typeof LIST>): Promise<object> {
    const page: AssertionPage = orThrow(await this.assertions.page(params.cluster, query));
    return { ...page, items: page.items.map(summaryBody) };
  }

  @Handles(READ)
  async read(@Input() { params }: InputOf<typeof READ>, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    return tagged(reply, orThrow(await this.assertions.find(params.cluster, params.assertion)));
  }

  @Handles(SAVE)
  async save(
    @Input() { params, body }: InputOf<typeof SAVE>,
    @CurrentPrincipal() { name: author }: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const { cluster, assertion: name } = params;
    const ifMatch = expectedIn(request.headers['if-match'], assertionBody);
    const { assertion, outcome } = orThrow(await this.assertions.save(cluster, { name, content: body, author, ifMatch }));
    if (outcome === 'created') reply.status(201).header('location', `/api/v1/clusters/${cluster}/assertions/${name}`);
    return tagged(reply, assertion);
  }

  @Handles(DELETE)
  async delete(@Input() { params }: InputOf<typeof DELETE>, @Req() request: FastifyRequest): Promise<void> {
    orThrow(await this.assertions.delete(params.cluster, params.assertion, expectedIn(request.headers['if-match'], assertionBody)));
  }

  @Handles(RUN)
  async run(
    @Input() { params, query }: InputOf<typeof RUN>,
    @CurrentPrincipal() asker: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
    @ClientGone() gone: AbortSignal,
  ): Promise<object> {
    const at = orThrow(await this.coordinates.resolve(params.cluster, query));
    return told(reply, orThrow(await this.running.run({ ...at, asker }, params.assertion, gone)));
  }

  @Handles(RUN_ALL)
  async runAll(
    @Input() { params, query }: InputOf<typeof RUN_ALL>,
    @CurrentPrincipal() asker: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
    @ClientGone() gone: AbortSignal,
  ): Promise<object> {
    const page: RunPage = orThrow(await this.running.runAll(params.cluster, asker, query, gone));
    reply.header('portolan-revision', page.revision);
    return { ...page, items: page.items.map(runSummaryBody) };
  }

  @Handles(RUN_DRAFT)
  async runDraft(
    @Input() { params, query, body }: InputOf<typeof RUN_DRAFT>,
    @CurrentPrincipal() asker: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
    @ClientGone() gone: AbortSignal,
  ): Promise<object> {
    const at = orThrow(await this.coordinates.resolve(params.cluster, query));
    return told(reply, orThrow(await this.running.runDraft({ ...at, asker }, body, gone)));
  }
}

function tagged(reply: FastifyReply, assertion: Assertion): object {
  const body = assertionBody(assertion);
  reply.header('etag', numberedTag(assertion.version, body));
  return body;
}

function told(reply: FastifyReply, run: AssertionRun): object {
  reply.header('portolan-revision', run.revision);
  return runBody(run);
}

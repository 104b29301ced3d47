import { Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../../application/access/principal.js';
import { Clusters } from '../../application/clusters/clusters.js';
import { Idempotency } from '../../application/idempotency/idempotency.js';
import { FingerprintedFiles } from '../../application/idempotency/request-fingerprint.js';
import type { ImportCommand } from '../../application/imports/import-command.js';
import { ImportManifests, type Imported } from '../../application/imports/import-manifests.js';
import { ImportSettings } from '../../application/imports/import-settings.js';
import type { Operation } from '../../application/operations/operation.js';
import { Operations } from '../../application/operations/operations.js';
import { ok } from '../../core/kernel/result.js';
import type { ManifestFile } from '../../manifests/manifest-document.js';
import { contentOfRevision } from '../clusters/content-of-revision.js';
import { CurrentPrincipal } from '../http/caller.js';
import { Handles, Input, type InputOf } from '../http/endpoint.js';
import { idempotencyKeyOf } from '../http/idempotency.interceptor.js';
import { expectedIn } from '../http/if-match.js';
import { orThrow } from '../http/or-throw.js';
import { REMOVE, SNAPSHOT, UPSERT } from './import-endpoints.js';
import { spool, uploadedFiles } from './uploaded-files.js';

type ImportInput = InputOf<typeof SNAPSHOT>;

/** Manifests on their way in. */
@Controller()
export class ImportsController {
  constructor(
    private readonly clusters: Clusters,
    private readonly imports: ImportManifests,
    private readonly idempotency: Idempotency,
    private readonly operations: Operations,
    private readonly settings: ImportSettings,
  ) {}

  @Handles(SNAPSHOT)
  async snapshot(
    @Input() input: ImportInput,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.run('snapshot', input, principal, request, reply);
  }

  @Handles(UPSERT)
  async upsert(
    @Input() input: ImportInput,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.run('upsert', input, principal, request, reply);
  }

  @Handles(REMOVE)
  async remove(
    @Input() input: ImportInput,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.run('delete', input, principal, request, reply);
  }

  private async run(
    mode: ImportCommand['mode'],
    { params, query }: ImportInput,
    principal: Principal,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    // Before anything is uploaded for nothing, and before 202 promises what cannot be.
    orThrow(await this.clusters.find(params.cluster));
    const what = {
      ...params,
      ...query,
      source: query.source,
      mode,
      author: principal.name,
      expected: expectedIn(request.headers['if-match'], contentOfRevision),
    };
    const inBackground = RESPOND_ASYNC.test(String(request.headers['prefer'] ?? ''));
    const key = idempotencyKeyOf(request);
    const sent = uploadedFiles(request);
    const upload = new FingerprintedFiles({ ...what, inBackground }, sent);
    // Where nobody will ask again nobody compares: the bytes are not hashed.
    const files = key ? upload.files() : sent;
    if (inBackground) {
      const outcome = await this.idempotency.run(key, upload, async () => ok(await this.begin(what, files)));
      sendOperation(noteReplay(reply, outcome), orThrow(outcome));
    } else {
      const outcome = await this.idempotency.run(key, upload, async () => this.imports.run({ ...what, files }));
      sendImported(noteReplay(reply, outcome), params.cluster, orThrow(outcome));
    }
  }

  /** Starts the import as soon as the upload is complete; it goes on after the answer. */
  private async begin(what: Omit<ImportCommand, 'files'>, files: AsyncIterable<ManifestFile>): Promise<Operation> {
    const spooled = await spool(files, this.settings.limits.maxBytes);
    const { cluster, author } = what;
    return this.operations.start({ kind: 'import', cluster, author }, async (context) => {
      try {
        const imported = await this.imports.run(
          { ...what, files: spooled.files() },
          { onProgress: (progress) => context.progress(progress), signal: context.signal },
        );
        return imported.ok ? ok(bodyOf(imported.value)) : imported;
      } finally {
        await spooled.remove();
      }
    });
  }
}

/** RFC 7240, section 4.1. */
const RESPOND_ASYNC = /(?:^|[\s,])respond-async(?:$|[\s,;])/i;

function noteReplay(reply: FastifyReply, { replayed }: { readonly replayed: boolean }): FastifyReply {
  return replayed ? reply.header('idempotency-replayed', 'true') : reply;
}

function sendOperation(reply: FastifyReply, operation: Operation): void {
  reply.code(202).header('location', `/api/v1/operations/${operation.id}`).header('preference-applied', 'respond-async').send(operation);
}

/** The report, with the revision that was made. */
function bodyOf({ revision, report }: Imported): object {
  return { ...report, revision };
}

function sendImported(reply: FastifyReply, cluster: string, imported: Imported): void {
  const { revision } = imported;
  if (revision)
    reply.header('location', `/api/v1/clusters/${cluster}/revisions/${revision.number}`).header('portolan-revision', revision.number);
  reply.code(revision ? 201 : 200).send(bodyOf(imported));
}

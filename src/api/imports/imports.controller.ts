import { Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../../application/access/principal.js';
import { Idempotency } from '../../application/idempotency/idempotency.js';
import { FingerprintedFiles } from '../../application/idempotency/request-fingerprint.js';
import type { ImportCommand } from '../../application/imports/import-command.js';
import { ImportManifests, type Imported } from '../../application/imports/import-manifests.js';
import { ImportSettings } from '../../application/imports/import-settings.js';
import { Operations } from '../../application/operations/operations.js';
import type { ManifestFile } from '../../manifests/manifest-document.js';
import { CurrentPrincipal } from '../http/caller.js';
import { Handles, Input, type InputOf } from '../http/endpoint.js';
import { expectedNumber } from '../http/if-match.js';
import { orThrow } from '../http/or-throw.js';
import { REMOVE, SNAPSHOT, UPSERT } from './import-endpoints.js';
import { spool, uploadedFiles } from './uploaded-files.js';

type ImportInput = InputOf<typeof SNAPSHOT>;

/** Manifests on their way in. */
@Controller()
export class ImportsController {
  constructor(
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
    const what = {
      ...params,
      ...query,
      source: query.source,
      mode,
      author: principal.name,
      ifMatch: expectedNumber(request.headers['if-match']),
    };
    if (/(?:^|[\s,])respond-async(?:$|[\s,;])/.test(String(request.headers['prefer'] ?? ''))) return this.begin(what, request, reply);
    const upload = new FingerprintedFiles(what, uploadedFiles(request));
    const header = request.headers['idempotency-key'];
    const key = typeof header === 'string' ? { owner: principal.id, key: header } : undefined;
    const outcome = await this.idempotency.run(key, upload, async () => this.imports.run({ ...what, files: upload.files() }));
    if (outcome.replayed) reply.header('idempotency-replayed', 'true');
    sendImported(reply, params.cluster, orThrow(outcome));
  }

  /** Answers as soon as the upload is complete; the import goes on. */
  private async begin(what: Omit<ImportCommand, 'files'>, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const spooled = await spool(uploadedFiles(request), this.settings.limits.maxBytes);
    const { cluster, author } = what;
    const operation = await this.operations.start({ kind: 'import', cluster, author }, async (context) => {
      try {
        const files: Iterable<ManifestFile> = spooled.files();
        const imported = await this.imports.run(
          { ...what, files },
          { onProgress: (progress) => context.progress(progress), signal: context.signal },
        );
        return imported.ok ? { ok: true, value: bodyOf(imported.value) } : imported;
      } finally {
        await spooled.remove();
      }
    });
    reply.code(202).header('location', `/api/v1/operations/${operation.id}`).header('preference-applied', 'respond-async').send(operation);
  }
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

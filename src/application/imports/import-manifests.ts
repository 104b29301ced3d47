import { problem, ProblemError, type Problem, type ProblemDetail } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { normaliseObject } from '../../core/resources/normalise-object.js';
import { ManifestReader } from '../../manifests/read-manifests.js';
import type { Cluster } from '../clusters/cluster.js';
import { ClusterStore } from '../clusters/cluster-store.js';
import { expectedRevisions } from '../clusters/expected-revisions.js';
import type { Revision, RevisionNote } from '../clusters/revision.js';
import { RevisionStore, type RevisionWriter } from '../clusters/revision-store.js';
import type { ImportCommand, ImportWatch } from './import-command.js';
import type { ImportReport } from './import-report.js';
import { ImportSettings } from './import-settings.js';
import { knownCluster, NOTHING_KNOWN, type KnownCluster } from './known-cluster.js';
import { DUPLICATE_OBJECT, ReportBuilder } from './report-builder.js';
import { Staging } from './staging.js';

/** What an import came to. `revision` is null where nothing was to be written. */
export interface Imported {
  readonly revision: Revision | null;
  readonly report: ImportReport;
}

/** How many invalid documents the refusal of an atomic import names; the rest is counted. */
const MAX_REFUSAL_ERRORS = 100;

const CANCELLED = problem('operation-cancelled', 'the import was cancelled; nothing was written');

/** What a refused import names of what was found. */
function errorsOf(report: ImportReport, isNamed: (entry: ImportReport['entries'][number]) => boolean): readonly ProblemDetail[] {
  return report.entries.filter(isNamed).map((entry): ProblemDetail => {
    const reason = reasonOf(entry) ?? entry.findings[0];
    const file = entry.file.replaceAll('~', '~0').replaceAll('/', '~1');
    const message = `${reason?.message ?? 'invalid'} (\`${entry.file}\`, line ${reason?.line ?? entry.line})`;
    const hint = reason?.hint ?? undefined;
    return {
      pointer: `/${file}/${entry.document}${entry.pointer}${reason?.pointer ?? ''}`,
      code: reason?.code ?? 'invalid',
      message,
      ...(hint === undefined ? {} : { hint }),
    };
  });
}

function reasonOf({ findings }: ImportReport['entries'][number]) {
  return findings.find(({ severity }) => severity === 'error') ?? findings.find(({ code }) => code === DUPLICATE_OBJECT);
}

/** `count`: documents that are to be named, of which the report may list some. */
function refused(report: ImportReport, message: string, hint: string, count: number, errors: readonly ProblemDetail[]): Problem {
  const told = errors.slice(0, MAX_REFUSAL_ERRORS);
  return problem('import-rejected', `nothing was imported: ${message}`, {
    hint,
    errors: told,
    extra: { report, omittedErrors: count - told.length },
  });
}

/** Why an atomic import is refused. `count`: documents that an API server would refuse. */
function refusal(report: ImportReport, count: number): Problem {
  const message = `${count} of ${report.documents} documents ${count === 1 ? 'has an error' : 'have errors'}`;
  const hint = 'correct them, or import without `atomic`: the others are then kept';
  const errors = errorsOf(report, (entry) => entry.understanding === 'invalid' || reasonOf(entry) !== undefined);
  return refused(report, message, hint, count, errors);
}

/** Why a cluster with objects does not take a snapshot: something else was sent in place of one, such as a message of what should have written it. Undefined: it has objects, or is empty on purpose. */
function emptiness(report: ImportReport): Problem | undefined {
  const { objects, documents, bytes } = report;
  if (objects > 0 || (documents === 0 && bytes > 0)) return undefined;
  const message = bytes === 0 ? 'the body is empty' : 'there is no object in it, and as a snapshot it would empty the cluster';
  const hint =
    'look at what wrote it; a cluster without objects is a List without items: {"apiVersion": "v1", "kind": "List", "items": []}';
  return refused(report, message, hint, documents, documents === 0 ? [] : errorsOf(report, () => true));
}

/** `POST …/snapshots`, `PUT` and `DELETE …/manifests`: from text to a new revision, or to the reasons why there is none. */
export class ImportManifests {
  constructor(
    private readonly clusters: ClusterStore,
    private readonly revisions: RevisionStore,
    private readonly settings: ImportSettings,
  ) {}

  /**
   * Runs an import to its end. Fails with `unknown-cluster`, `precondition-failed`, `payload-too-large`, `import-rejected` (atomic) and
   * `operation-cancelled`; whenever it fails, nothing was written.
   */
  async run(command: ImportCommand, watch: ImportWatch = {}): Promise<Result<Imported, Problem>> {
    const cluster = await this.clusters.find(command.cluster);
    if (!cluster) return err(problem('unknown-cluster', `there is no cluster \`${command.cluster}\``));
    const newest = await expectedRevisions(this.revisions, cluster, command.expected);
    if (!newest.ok) return newest;
    const writer = command.validateOnly ? undefined : await this.revisions.begin(cluster);
    try {
      const result = await this.read(cluster, { ...command, ifMatch: newest.value }, watch, writer);
      if (!result.ok) await writer?.abort();
      return result;
    } catch (error) {
      await writer?.abort();
      if (error instanceof ProblemError) return err(error.problem);
      throw error;
    }
  }

  private async read(
    cluster: Cluster,
    command: ImportCommand & Pick<RevisionNote, 'ifMatch'>,
    watch: ImportWatch,
    writer: RevisionWriter | undefined,
  ): Promise<Result<Imported, Problem>> {
    const replacesAll = command.mode === 'snapshot' && command.source === undefined;
    const known = replacesAll ? NOTHING_KNOWN : await knownCluster(this.revisions, cluster);
    const builder = new ReportBuilder(this.settings.maxEntries);
    const bytes = await this.readDocuments(command, watch, known, builder, writer);
    const impliedNamespaces = command.mode === 'delete' ? [] : builder.impliedNamespaces(known.namespaces);
    const report = builder.build({ bytes, impliedNamespaces });
    // A removal needs no more of an object than its name.
    const faulty = command.mode === 'delete' ? report.totals.invalid : builder.faultyCount;
    if (command.atomic && faulty > 0) return err(refusal(report, faulty));
    const empty = command.mode === 'snapshot' ? emptiness(report) : undefined;
    if (empty && (await this.holdsObjects(cluster))) return err(empty);
    if (!writer) return ok({ revision: null, report });
    if (watch.signal?.aborted) return err(CANCELLED);
    watch.onProgress?.({ phase: 'writing', bytes, documents: report.documents });
    const { author, message, source, ifMatch } = command;
    const written = await writer.commit(command.mode, { author, message, source, ifMatch, report });
    if (!written.ok) return written;
    return ok({
      revision: written.value.revision,
      report: { ...report, notFound: written.value.notFound.map((identity) => builder.refOf(identity)) },
    });
  }

  private async holdsObjects(cluster: Cluster): Promise<boolean> {
    const [newest] = await this.revisions.revisions(cluster, 1);
    return newest !== undefined && newest.statistics.objects > 0;
  }

  /** Returns the decompressed bytes read. */
  private async readDocuments(
    command: ImportCommand,
    watch: ImportWatch,
    known: KnownCluster,
    builder: ReportBuilder,
    writer: RevisionWriter | undefined,
  ): Promise<number> {
    const { limits, hasher } = this.settings;
    const reader = new ManifestReader({ defaultNamespace: command.namespace, limits, hasher, findScope: known.findScope });
    const staging = writer && new Staging(writer, command.source ?? '');
    for await (const document of reader.read(command.files)) {
      if (watch.signal?.aborted) throw new ProblemError(CANCELLED);
      if (document.outcome === 'object') {
        builder.accept(document, normaliseObject(document.object));
        await staging?.add(document.object);
      } else builder.refuse(document);
      watch.onProgress?.({ phase: 'reading', bytes: reader.bytesRead, documents: builder.documentCount });
    }
    await staging?.flush();
    return reader.bytesRead;
  }
}

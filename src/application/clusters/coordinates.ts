import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { problem, type Problem } from '../../core/kernel/problem.js';
import { atParameter } from '../../core/kernel/problem-place.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { Cluster } from './cluster.js';
import { ClusterStore } from './cluster-store.js';
import type { Coordinate, CoordinateText } from './coordinate.js';
import { RevisionStore } from './revision-store.js';
import { unknownCluster } from './unknown-cluster.js';

/** RFC 3339, section 5.6. */
const TIME = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** Finds the revision that a coordinate names. */
export class Coordinates {
  constructor(
    private readonly clusters: ClusterStore,
    private readonly revisions: RevisionStore,
  ) {}

  /** Fails with `unknown-cluster`, `unknown-revision`, `unknown-tag` and `invalid-request`; `parameter` as of {@link revisionOf}. */
  async resolve(cluster: string, at: CoordinateText = {}, parameter?: string): Promise<Result<Coordinate, Problem>> {
    const found = await this.clusters.find(cluster);
    if (!found) return err(await unknownCluster(this.clusters, cluster));
    const revision = await this.revisionOf(found, at, parameter);
    if (!revision.ok) return revision;
    return ok({ cluster: found, revision: revision.value, time: at.at === undefined ? undefined : new Date(at.at) });
  }

  /** The number of the revision. Problems are about `parameter` of the request, where it is neither `revision` nor `at` that names the state. */
  async revisionOf(cluster: Cluster, text: CoordinateText, parameter?: string): Promise<Result<number, Problem>> {
    const { revision, at } = text;
    if (revision !== undefined && at !== undefined) return err(bothGiven());
    if (cluster.latestRevision === 0) return err(nothingWritten(cluster));
    if (at !== undefined) return atParameter(parameter ?? 'at', await this.atTime(cluster, at, parameter ?? 'at'));
    return atParameter(parameter ?? 'revision', await this.named(cluster, revision));
  }

  private async named(cluster: Cluster, revision: string | undefined): Promise<Result<number, Problem>> {
    if (revision === undefined || revision === 'latest') return ok(cluster.latestRevision);
    if (revision === 'previous') return numbered(cluster, cluster.latestRevision - 1, revision);
    if (/^\d+$/.test(revision)) return numbered(cluster, Number(revision), revision);
    return this.tagged(cluster, revision);
  }

  private async atTime(cluster: Cluster, at: string, parameter: string): Promise<Result<number, Problem>> {
    const time = new Date(at);
    if (!TIME.test(at) || Number.isNaN(time.getTime())) return err(notATime(at, parameter));
    const number = await this.revisions.revisionAt(cluster, time);
    if (number !== undefined) return ok(number);
    const first = await this.revisions.revision(cluster, 1);
    const hint = first && `its first revision was made at ${first.createdAt.toISOString()}`;
    return err(problem('unknown-revision', `cluster \`${cluster.name}\` had no revision at \`${at}\``, hint === undefined ? {} : { hint }));
  }

  private async tagged(cluster: Cluster, name: string): Promise<Result<number, Problem>> {
    const tag = await this.revisions.tag(cluster, name);
    if (tag) return ok(tag.revision);
    const tags = await this.revisions.tags(cluster);
    const hint =
      didYouMeanHint(name, ['latest', 'previous', ...tags.map((known) => known.name)]) ??
      'a revision is a number, `latest`, `previous` or a tag';
    return err(problem('unknown-tag', `cluster \`${cluster.name}\` has no revision or tag \`${name}\``, { hint }));
  }
}

function numbered(cluster: Cluster, number: number, written: string): Result<number, Problem> {
  const { latestRevision } = cluster;
  if (number >= 1 && number <= latestRevision) return ok(number);
  const hint = latestRevision === 1 ? 'it has revision 1 only' : `its revisions are 1 to ${latestRevision}`;
  return err(problem('unknown-revision', `cluster \`${cluster.name}\` has no revision \`${written}\``, { hint }));
}

function nothingWritten(cluster: Cluster): Problem {
  const hint = `import manifests with \`POST /api/v1/clusters/${cluster.name}/snapshots\``;
  return problem('unknown-revision', `cluster \`${cluster.name}\` has no revision yet`, { hint });
}

function bothGiven(): Problem {
  const message = '`revision` and `at` both name a revision: give one of them';
  return problem('invalid-request', message, { errors: [{ pointer: '/at', code: 'conflict', message }] });
}

function notATime(at: string, parameter: string): Problem {
  const message = `\`${parameter}\` is no time: \`${at}\``;
  const hint = 'RFC 3339, such as `2026-01-31T14:00:00Z`; a `+` in a URL is written `%2B`';
  return problem('invalid-request', message, { hint, errors: [{ pointer: `/${parameter}`, code: 'invalid-time', message, hint }] });
}

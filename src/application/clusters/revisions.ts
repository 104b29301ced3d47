import { problem, ProblemError, type Problem } from '../../core/kernel/problem.js';
import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { Expected } from '../input/expected.js';
import { planList } from '../objects/list-plan.js';
import type { ListRequest } from '../objects/list-request.js';
import type { Coordinate } from './coordinate.js';
import { Coordinates } from './coordinates.js';
import { expectedRevisions } from './expected-revisions.js';
import type { Revision } from './revision.js';
import { RevisionStore, type Tag } from './revision-store.js';
import { unknownCluster } from './unknown-cluster.js';
import { ClusterStore } from './cluster-store.js';
import type { Cluster } from './cluster.js';

/** What a restoration says about itself. */
export interface RestoreNote {
  readonly author: string;
  readonly message: string;
  /** What is expected to be the newest revision. */
  readonly expected: Expected<Revision> | undefined;
}

/** A part of a cluster's history. */
export interface RevisionPage {
  readonly items: readonly Revision[];
  /** What gets the next page; null: this is the last. */
  readonly continue: string | null;
}

/** A tag is told from a number, and from the words that name revisions. */
const TAG = /^(?!\d+$)[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/;
const WORDS: ReadonlySet<string> = new Set(['latest', 'previous']);

/** The history of a cluster: its revisions, their names, and the way back. */
export class Revisions {
  constructor(
    private readonly clusters: ClusterStore,
    private readonly store: RevisionStore,
    private readonly coordinates: Coordinates,
  ) {}

  /** Newest first, numbers below `before`; none before the first write. Fails with `unknown-cluster`. */
  async list(cluster: string, limit: number, before?: number): Promise<Result<readonly Revision[], Problem>> {
    const found = await this.cluster(cluster);
    return found.ok ? ok(await this.store.revisions(found.value, limit, before)) : found;
  }

  /** A part of that list: later revisions come before the first page, so that pages never tear. Fails with `limit-too-large` and `invalid-request` besides. */
  async page(cluster: string, request: Pick<ListRequest, 'limit' | 'continue'>): Promise<Result<RevisionPage, Problem>> {
    const found = await this.cluster(cluster);
    if (!found.ok) return found;
    const plan = planList(request, { scope: ['revisions', found.value.id], fields: [], sorts: ['number'] });
    if (!plan.ok) return plan;
    const { limit, from, next } = plan.value;
    const some = await this.store.revisions(found.value, limit + 1, from?.revisions[0]);
    const items = some.slice(0, limit);
    const last = items.at(-1);
    return ok({ items, continue: some.length > limit && last ? next({ revisions: [last.number], after: [] }) : null });
  }

  /** The revision that a number, `latest`, `previous` or a tag names. Fails with `unknown-cluster`, `unknown-revision`, `unknown-tag`. */
  async find(cluster: string, revision: string): Promise<Result<Revision, Problem>> {
    const place = await this.coordinates.resolve(cluster, { revision });
    return place.ok ? ok(await this.read(place.value)) : place;
  }

  /** Its import report; null where it has none, as a restoration. Fails as {@link find} does. */
  async report(cluster: string, revision: string): Promise<Result<{ readonly revision: number; readonly report: unknown }, Problem>> {
    const place = await this.coordinates.resolve(cluster, { revision });
    if (!place.ok) return place;
    const report: unknown = await this.store.report(place.value.cluster, place.value.revision);
    return ok({ revision: place.value.revision, report: report ?? null });
  }

  /** Makes the content of an old revision the content of a new one. Fails as {@link find} does, and with `precondition-failed`. */
  async restore(cluster: string, revision: string, { author, message, expected }: RestoreNote): Promise<Result<Revision, Problem>> {
    const place = await this.coordinates.resolve(cluster, { revision });
    if (!place.ok) return place;
    const newest = await expectedRevisions(this.store, place.value.cluster, expected);
    if (!newest.ok) return newest;
    const said = message === '' ? `restored from revision ${place.value.revision}` : message;
    return this.store.restore(place.value.cluster, place.value.revision, {
      author,
      message: said,
      source: undefined,
      ifMatch: newest.value,
      report: undefined,
    });
  }

  /** In alphabetical order. Fails with `unknown-cluster`. */
  async tags(cluster: string): Promise<Result<readonly Tag[], Problem>> {
    const found = await this.cluster(cluster);
    return found.ok ? ok(await this.store.tags(found.value)) : found;
  }

  /** The tags of many clusters at once, in the order of the clusters. */
  async tagsOf(clusters: readonly Cluster[]): Promise<readonly (readonly Tag[])[]> {
    return this.store.tagsOf(clusters);
  }

  /** Sets or moves a tag. Fails as {@link find} does, and with `invalid-request` for a name that would not be one. */
  async setTag(cluster: string, name: string, revision: string): Promise<Result<Tag, Problem>> {
    if (!TAG.test(name) || WORDS.has(name)) return err(noTagName(name));
    const place = await this.coordinates.resolve(cluster, { revision });
    if (!place.ok) return place;
    const tag = { name, revision: place.value.revision };
    return (await this.store.setTag(place.value.cluster, tag)) ? ok(tag) : err(await unknownCluster(this.clusters, cluster));
  }

  /** Fails with `unknown-cluster` and `unknown-tag`. */
  async deleteTag(cluster: string, name: string): Promise<Result<undefined, Problem>> {
    const found = await this.cluster(cluster);
    if (!found.ok) return found;
    if (await this.store.deleteTag(found.value, name)) return ok(undefined);
    const names = (await this.store.tags(found.value)).map((tag) => tag.name);
    const hint = didYouMeanHint(name, names);
    return err(problem('unknown-tag', `cluster \`${cluster}\` has no tag \`${name}\``, hint === undefined ? {} : { hint }));
  }

  private async cluster(name: string): Promise<Result<Cluster, Problem>> {
    const found = await this.clusters.find(name);
    return found ? ok(found) : err(await unknownCluster(this.clusters, name));
  }

  private async read({ cluster, revision }: Coordinate): Promise<Revision> {
    const found = await this.store.revision(cluster, revision);
    if (found) return found;
    // The coordinate was there a moment ago: the cluster is being deleted.
    throw new ProblemError(problem('unknown-revision', `cluster \`${cluster.name}\` has no revision ${revision} any more`));
  }
}

function noTagName(name: string): Problem {
  const message = `\`${name}\` is no name for a tag`;
  const hint = 'at most 63 lower-case letters, digits, `-`, `_` and `.`, not a number, `latest` or `previous`';
  return problem('invalid-request', message, { hint, errors: [{ pointer: '/name', code: 'invalid-name', message, hint }] });
}

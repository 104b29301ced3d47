import { isJsonObject, type JsonObject } from '../../core/kernel/json.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { parseProfileSettings, type ProfileSettings } from '../../core/model/profile-settings.js';
import { maySee, type Principal, refusal } from '../access/principal.js';
import { type Expected, notExpected } from '../input/expected.js';
import { planList } from '../objects/list-plan.js';
import type { ListRequest } from '../objects/list-request.js';
import type { Cluster } from './cluster.js';
import { ClusterStore } from './cluster-store.js';
import type { Coordinate, CoordinateText } from './coordinate.js';
import { Coordinates } from './coordinates.js';
import { mergePatch } from './merge-patch.js';
import { ModelSource } from './model-source.js';
import { profileView, type ProfileView } from './profile-view.js';
import { unknownCluster } from './unknown-cluster.js';

/** What a client says of a new cluster. `profile` is checked here. */
export interface ClusterDraft {
  readonly name: string;
  /** The name, when left out. */
  readonly displayName?: string | undefined;
  readonly profile?: unknown;
}

/** What a client wants changed. `profile` is a merge patch (RFC 7396) of what is set by hand; null sets nothing by hand any more. */
export interface ClusterPatch {
  readonly displayName?: string | undefined;
  readonly profile?: unknown;
}

/** There, null says that kubelet has no resolv.conf to pass on. */
const NULL_IS_A_VALUE = (path: string): boolean => path === 'dns.hostResolvConf';

/** A part of the list of clusters. */
export interface ClusterPage {
  readonly items: readonly Cluster[];
  /** What gets the next page; null: this is the last. */
  readonly continue: string | null;
  readonly remaining: number;
}

/** Creates, shows, changes and deletes clusters. */
export class Clusters {
  constructor(
    private readonly store: ClusterStore,
    private readonly coordinates: Coordinates,
    private readonly models: ModelSource,
  ) {}

  /** Those that the principal may see, by name. */
  async list(principal: Principal): Promise<readonly Cluster[]> {
    return (await this.store.list()).filter(({ name }) => maySee(principal, name));
  }

  /** A part of that list. Fails with `limit-too-large` and `invalid-request`. */
  async page(principal: Principal, request: Pick<ListRequest, 'limit' | 'continue'>): Promise<Result<ClusterPage, Problem>> {
    const plan = planList(request, { scope: ['clusters'], fields: [], sorts: ['name'] });
    if (!plan.ok) return plan;
    const { limit, from, next } = plan.value;
    const last = from?.after[0];
    const all = await this.list(principal);
    const rest = last === undefined ? all : all.filter(({ name }) => name > last);
    const items = rest.slice(0, limit);
    const remaining = rest.length - items.length;
    const token = remaining > 0 ? next({ revisions: [], after: [items.at(-1)?.name ?? ''] }) : null;
    return ok({ items, continue: token, remaining });
  }

  /** Fails with `insufficient-role` where the token is for other clusters, `invalid-profile` and `cluster-exists`. */
  async create(draft: ClusterDraft, principal: Principal): Promise<Result<Cluster, Problem>> {
    const { name, displayName = name, profile: given = {} } = draft;
    const refused = refusal(principal, 'editor', name);
    if (refused) return err(refused);
    const profile = parseProfileSettings(given, '/profile');
    return profile.ok ? this.store.create({ name, displayName, profile: profile.value }) : profile;
  }

  /** Fails with `unknown-cluster`. */
  async find(name: string): Promise<Result<Cluster, Problem>> {
    const cluster = await this.store.find(name);
    return cluster ? ok(cluster) : err(await unknownCluster(this.store, name));
  }

  /**
   * The cluster at a coordinate; before its first import at revision 0, where none is named. Fails with `unknown-cluster`, `unknown-revision`, `unknown-tag`, `invalid-request`.
   */
  async at(name: string, text: CoordinateText = {}): Promise<Result<Coordinate, Problem>> {
    const cluster = await this.find(name);
    if (!cluster.ok) return cluster;
    const isNamed = text.revision !== undefined || text.at !== undefined;
    if (cluster.value.latestRevision === 0 && !isNamed) return ok({ cluster: cluster.value, revision: 0 });
    const revision = await this.coordinates.revisionOf(cluster.value, text);
    return revision.ok ? ok({ cluster: cluster.value, revision: revision.value }) : revision;
  }

  /** The network profile as it is in effect: what is set by hand now, and what the objects of the revision tell. */
  async profile({ cluster, revision }: Coordinate): Promise<ProfileView> {
    return profileView(await this.models.modelAt(cluster, revision), revision);
  }

  /**
   * Changes a cluster, whose number is its `profileVersion`; a change by somebody else at the same time is kept. Fails with `unknown-cluster`, `precondition-failed`,
   * `invalid-profile`.
   */
  async change(name: string, patch: ClusterPatch, expected?: Expected<Cluster>): Promise<Result<Cluster, Problem>> {
    const known = await this.find(name);
    if (!known.ok) return known;
    return this.store.change(name, (current) => {
      const late = objection(current, expected);
      if (late) return err(late);
      const profile = patched(current.profile, patch.profile);
      return profile.ok ? ok({ displayName: patch.displayName, profile: profile.value }) : profile;
    });
  }

  /** Removes a cluster with its whole history. Fails with `unknown-cluster` and `precondition-failed`. */
  async delete(name: string, expected?: Expected<Cluster>): Promise<Result<undefined, Problem>> {
    const deleted = await this.store.delete(name, (current) => objection(current, expected));
    if (!deleted.ok) return deleted;
    return deleted.value ? ok(undefined) : err(await unknownCluster(this.store, name));
  }
}

function objection(current: Cluster, expected: Expected<Cluster> | undefined): Problem | undefined {
  return notExpected(`cluster \`${current.name}\``, { number: current.profileVersion, state: current }, expected);
}

/** The settings after a patch; undefined where the patch does not speak of them. */
function patched(settings: JsonObject, patch: unknown): Result<ProfileSettings | undefined, Problem> {
  if (patch === undefined) return ok(undefined);
  if (patch === null) return ok({});
  if (!isJsonObject(patch)) return err(problem('invalid-profile', 'a network profile is an object, or null to set nothing by hand'));
  // The patch by itself first: a misspelt member that is null would vanish in the merge.
  const checked = parseProfileSettings(patch, '/profile');
  return checked.ok ? parseProfileSettings(mergePatch(settings, patch, NULL_IS_A_VALUE), '/profile') : checked;
}

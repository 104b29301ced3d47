import { Args, Query, ResolveField, Resolver } from '@nestjs/graphql';
import DataLoader from 'dataloader';
import { z } from 'zod';
import type { Principal } from '../../application/access/principal.js';
import type { Cluster } from '../../application/clusters/cluster.js';
import { Clusters } from '../../application/clusters/clusters.js';
import type { ProfileView } from '../../application/clusters/profile-view.js';
import type { Revision } from '../../application/clusters/revision.js';
import type { Tag } from '../../application/clusters/revision-store.js';
import { Revisions } from '../../application/clusters/revisions.js';
import { limitTooLarge } from '../../application/objects/list-plan.js';
import { MAX_LIMIT } from '../../application/objects/list-request.js';
import { pageOfList } from '../../application/relations/page-of-list.js';
import { err } from '../../core/kernel/result.js';
import type { ClusterAt } from '../graphql/answer-field.js';
import { type Connection, connectionOf, orThrowInGraphqlWords, PAGE_ARGUMENTS, readArguments } from '../graphql/connection.js';
import { Requires } from '../http/access.js';
import { CurrentPrincipal, type GraphqlContext } from '../http/caller.js';
import { orThrow } from '../http/or-throw.js';
import { clusterAtNewest } from './cluster-at-newest.js';

const PAGE = z.strictObject(PAGE_ARGUMENTS);
const REVISIONS = z.strictObject({
  ...PAGE_ARGUMENTS,
  after: z
    .string()
    .regex(/^\d{1,9}$/, 'must be a cursor of this list')
    .optional(),
});

type TagLoader = DataLoader<Cluster, readonly Tag[], string>;

/** Clusters, their settings and their history. */
@Resolver('Cluster')
export class ClustersResolver {
  private readonly tagLoaders = new WeakMap<GraphqlContext, TagLoader>();

  constructor(
    private readonly all: Clusters,
    private readonly history: Revisions,
  ) {}

  @Query()
  @Requires({ role: 'viewer', reach: 'own' })
  async clusters(@Args() args: object, @CurrentPrincipal() principal: Principal): Promise<Connection<ClusterAt>> {
    const { first, after } = readArguments(PAGE, args);
    const page = orThrow(pageOfList(await this.all.list(principal), ({ name }) => [name], { first, after }));
    const { cursors, remaining } = page;
    return connectionOf(page.items.map(clusterAtNewest), cursors, { after, hasNextPage: remaining > 0, remaining });
  }

  @ResolveField()
  latestRevision({ cluster }: ClusterAt): number {
    return cluster.latestRevision;
  }

  @ResolveField()
  profileVersion({ cluster }: ClusterAt): number {
    return cluster.profileVersion;
  }

  @ResolveField()
  profile({ cluster }: ClusterAt): object {
    return cluster.profile;
  }

  @ResolveField()
  createdAt({ cluster }: ClusterAt): Date {
    return cluster.createdAt;
  }

  @ResolveField()
  async networkProfile(at: ClusterAt): Promise<ProfileView> {
    return this.all.profile(at);
  }

  @ResolveField()
  async revisionDetail({ cluster, revision }: ClusterAt): Promise<Revision | null> {
    return revision === 0 ? null : orThrow(await this.history.find(cluster.name, String(revision)));
  }

  @ResolveField()
  async revisions({ cluster }: ClusterAt, args: object): Promise<Connection<Revision>> {
    const { first, after } = readArguments(REVISIONS, args);
    if (first > MAX_LIMIT) return orThrowInGraphqlWords(err(limitTooLarge(first)));
    const before = after === undefined ? undefined : Number(after);
    const found = orThrow(await this.history.list(cluster.name, first + 1, before));
    const nodes = found.slice(0, first);
    const cursors = nodes.map(({ number }) => String(number));
    return connectionOf(nodes, cursors, { after, hasNextPage: found.length > first, remaining: null });
  }

  @ResolveField()
  async tags({ cluster }: ClusterAt, _: object, context: GraphqlContext): Promise<readonly Tag[]> {
    const loader = this.tagLoaders.get(context) ?? this.tagLoader();
    this.tagLoaders.set(context, loader);
    return loader.load(cluster);
  }

  /** The tags of all clusters that an operation shows come with one statement. */
  private tagLoader(): TagLoader {
    return new DataLoader(async (clusters) => this.history.tagsOf(clusters), { cacheKeyFn: ({ id }) => id });
  }
}

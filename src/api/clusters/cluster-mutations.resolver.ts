import { Args, Context, Info, Mutation, Resolver } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import type { Principal } from '../../application/access/principal.js';
import { Clusters } from '../../application/clusters/clusters.js';
import { Revisions } from '../../application/clusters/revisions.js';
import { expectedNumber } from '../../application/input/expected.js';
import { type MutationResult, mutationResult } from '../graphql/mutation-result.js';
import { Requires } from '../http/access.js';
import { CurrentPrincipal, type GraphqlContext } from '../http/caller.js';
import { orThrow } from '../http/or-throw.js';
import { parseInput } from '../../application/input/parse-input.js';
import { clusterAtNewest } from './cluster-at-newest.js';
import { CLUSTER_CHANGE, NEW_CLUSTER } from './cluster-schema.js';

/** Arguments of the mutations that change one cluster's history. */
interface TagArguments {
  readonly cluster: string;
  readonly name: string;
  readonly revision: string;
}

interface RestoreArguments {
  readonly cluster: string;
  readonly revision: string;
  readonly message?: string | null;
  readonly ifMatch?: number | null;
}

/** Every write that REST has of clusters, tags and revisions. */
@Resolver()
export class ClusterMutationsResolver {
  constructor(
    private readonly clusters: Clusters,
    private readonly revisions: Revisions,
  ) {}

  @Mutation()
  @Requires({ role: 'editor', reach: 'own' })
  async createCluster(
    @Args('input') input: object,
    @CurrentPrincipal() principal: Principal,
    @Context() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MutationResult> {
    const work = async () => this.clusters.create(orThrow(parseInput(NEW_CLUSTER, withoutNulls(input), '/input')), principal);
    return mutationResult({ info, context }, 'ClusterCreated', work, (cluster) => ({ cluster: clusterAtNewest(cluster) }));
  }

  @Mutation()
  @Requires({ role: 'editor', reach: 'cluster', argument: 'name' })
  async updateCluster(
    @Args() { name, input, ifMatch }: { readonly name: string; readonly input: object; readonly ifMatch?: number | null },
    @Context() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MutationResult> {
    // A profile that is null sets nothing by hand any more: it says something.
    const work = async () => this.clusters.change(name, orThrow(parseInput(CLUSTER_CHANGE, input, '/input')), expectedNumber(ifMatch));
    return mutationResult({ info, context }, 'ClusterUpdated', work, (cluster) => ({ cluster: clusterAtNewest(cluster) }));
  }

  @Mutation()
  @Requires({ role: 'admin', reach: 'cluster', argument: 'name' })
  async deleteCluster(
    @Args() { name, ifMatch }: { readonly name: string; readonly ifMatch?: number | null },
    @Context() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MutationResult> {
    return mutationResult(
      { info, context },
      'ClusterDeleted',
      async () => this.clusters.delete(name, expectedNumber(ifMatch)),
      () => ({ name }),
    );
  }

  @Mutation()
  @Requires({ role: 'editor', reach: 'cluster' })
  async setTag(
    @Args() { cluster, name, revision }: TagArguments,
    @Context() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MutationResult> {
    return mutationResult(
      { info, context },
      'TagSet',
      async () => this.revisions.setTag(cluster, name, revision),
      (tag) => ({ tag }),
    );
  }

  @Mutation()
  @Requires({ role: 'editor', reach: 'cluster' })
  async deleteTag(
    @Args() { cluster, name }: Omit<TagArguments, 'revision'>,
    @Context() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MutationResult> {
    return mutationResult(
      { info, context },
      'TagDeleted',
      async () => this.revisions.deleteTag(cluster, name),
      () => ({ name }),
    );
  }

  @Mutation()
  @Requires({ role: 'editor', reach: 'cluster' })
  async restoreRevision(
    @Args() { cluster, revision, message, ifMatch }: RestoreArguments,
    @CurrentPrincipal() principal: Principal,
    @Context() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MutationResult> {
    const note = { author: principal.name, message: message ?? '', expected: expectedNumber(ifMatch) };
    return mutationResult(
      { info, context },
      'RevisionRestored',
      async () => this.revisions.restore(cluster, revision, note),
      (restored) => ({ revision: restored }),
    );
  }
}

function withoutNulls(input: object): object {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
}

import { Args, Context, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { FastifyReply } from 'fastify';
import type { CoordinateText } from '../../application/clusters/coordinate.js';
import { Clusters } from '../../application/clusters/clusters.js';
import { Coordinates } from '../../application/clusters/coordinates.js';
import { Requires } from '../http/access.js';
import { orThrow } from '../http/or-throw.js';
import { clientGone } from '../http/client-gone.js';
import type { ClusterAt } from './answer-field.js';
import { nodeId } from './node-id.js';
import type { OperationNotes } from './operation-notes.js';

/** The root of everything that is asked of one cluster. */
@Resolver('Cluster')
export class ClusterResolver {
  constructor(
    private readonly clusters: Clusters,
    private readonly coordinates: Coordinates,
  ) {}

  @Query()
  @Requires({ role: 'viewer', reach: 'cluster', argument: 'name' })
  async cluster(
    @Args('name') name: string,
    @Context() { notes, reply }: { readonly notes?: OperationNotes; readonly reply?: FastifyReply },
    @Args('at') at?: CoordinateText | null,
  ): Promise<ClusterAt> {
    const isNewest = at === undefined || at === null || Object.values(at).every((value) => value === null);
    const found = orThrow(isNewest ? await this.clusters.at(name) : await this.coordinates.resolve(name, at));
    notes?.coordinates.push(found);
    return reply ? { ...found, until: () => clientGone(reply.raw) } : found;
  }

  @ResolveField()
  id({ cluster, revision }: ClusterAt): string {
    return nodeId('Cluster', cluster.name, revision);
  }

  @ResolveField()
  name({ cluster }: ClusterAt): string {
    return cluster.name;
  }

  @ResolveField()
  displayName({ cluster }: ClusterAt): string {
    return cluster.displayName;
  }
}

import { Args, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { maySee, type Principal, refusal } from '../../application/access/principal.js';
import { ClusterStore } from '../../application/clusters/cluster-store.js';
import type { Revision } from '../../application/clusters/revision.js';
import { RevisionStore } from '../../application/clusters/revision-store.js';
import { unknownCluster } from '../../application/clusters/unknown-cluster.js';
import { ProblemError } from '../../core/kernel/problem.js';
import { EventQueue } from '../graphql/event-queue.js';
import { nodeId } from '../graphql/node-id.js';
import { Requires } from '../http/access.js';
import { CurrentPrincipal } from '../http/caller.js';

/** Revisions, and the news of them. */
@Resolver('Revision')
export class RevisionsResolver {
  constructor(
    private readonly clusters: ClusterStore,
    private readonly revisions: RevisionStore,
  ) {}

  @ResolveField()
  id({ cluster, number }: Revision): string {
    return nodeId('Revision', cluster, number);
  }

  @Subscription('revisionCreated', { resolve: (revision: Revision) => revision })
  @Requires({ role: 'viewer', reach: 'own' })
  async revisionCreated(@CurrentPrincipal() principal: Principal, @Args('cluster') only?: string | null): Promise<AsyncIterable<Revision>> {
    if (typeof only === 'string') {
      // Whoever may not see it is not told whether it is there.
      const refused = refusal(principal, 'viewer', only);
      if (refused) throw new ProblemError(refused);
      if (!(await this.clusters.find(only))) throw new ProblemError(await unknownCluster(this.clusters, only));
    }
    return this.follow((cluster) => maySee(principal, cluster) && (typeof only !== 'string' || only === cluster));
  }

  private follow(isWanted: (cluster: string) => boolean): EventQueue<Revision> {
    return new EventQueue((push) => {
      let earlier = Promise.resolve(); // one after the other: news come in the order of the revisions
      return this.revisions.onRevision((cluster, number) => {
        if (!isWanted(cluster)) return;
        earlier = earlier.then(async () => this.read(cluster, number)).then((revision) => (revision ? push(revision) : undefined));
        earlier = earlier.catch(() => undefined); // the database went away: the next revision tries again
      });
    });
  }

  private async read(name: string, number: number): Promise<Revision | undefined> {
    const cluster = await this.clusters.find(name);
    return cluster && this.revisions.revision(cluster, number);
  }
}

import { Args, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { Authenticate } from '../../application/access/authenticate.js';
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
    private readonly authenticate: Authenticate,
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
    return this.follow(principal, (cluster) => typeof only !== 'string' || only === cluster);
  }

  /** Ends when the token of the principal is revoked or has expired; what it may see is looked up for each revision. */
  private follow(principal: Principal, isWanted: (cluster: string) => boolean): EventQueue<Revision> {
    const tell = async (name: string, number: number): Promise<void> => {
      const now = await this.authenticate.again(principal);
      if (!now) await queue.return();
      const cluster = now && maySee(now, name) ? await this.clusters.find(name) : undefined;
      const revision = cluster && (await this.revisions.revision(cluster, number));
      if (revision) queue.push(revision);
    };
    let earlier = Promise.resolve(); // one after the other: news come in the order of the revisions
    const queue = new EventQueue<Revision>(() =>
      this.revisions.onRevision((cluster, number) => {
        if (!isWanted(cluster)) return;
        earlier = earlier.then(async () => tell(cluster, number)).catch(() => undefined); // the database went away: the next revision tries again
      }),
    );
    return queue;
  }
}

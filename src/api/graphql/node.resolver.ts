import { Args, Query, Resolver } from '@nestjs/graphql';
import { refusal, type Principal } from '../../application/access/principal.js';
import { Clusters } from '../../application/clusters/clusters.js';
import { Revisions } from '../../application/clusters/revisions.js';
import { StoredObjects } from '../../application/objects/stored-objects.js';
import { Operations } from '../../application/operations/operations.js';
import { problem, ProblemError } from '../../core/kernel/problem.js';
import { Requires } from '../http/access.js';
import { CurrentPrincipal } from '../http/caller.js';
import { orThrow } from '../http/or-throw.js';
import { isNoun } from '../objects/nouns.js';
import { NounFields } from '../objects/noun-fields.js';
import { storedObjectView } from '../objects/stored-object-view.js';
import { visibleTo } from '../operations/visible-operation.js';
import { parseNodeId } from './node-id.js';

/** A thing by its global id (Relay, Global Object Identification Specification). */
@Resolver()
export class NodeResolver {
  constructor(
    private readonly clusters: Clusters,
    private readonly revisions: Revisions,
    private readonly stored: StoredObjects,
    private readonly operations: Operations,
    private readonly nouns: NounFields,
  ) {}

  @Query()
  @Requires({ role: 'viewer', reach: 'own' })
  async node(@Args('id') id: string, @CurrentPrincipal() principal: Principal): Promise<object> {
    const [type = '', ...parts] = (parseNodeId(id) ?? []).map(String);
    if (type === 'Operation') return this.operation(parts, principal);
    const [cluster = '', revision = '', ...name] = parts;
    const refused = refusal(principal, 'viewer', cluster);
    if (refused) throw new ProblemError(refused);
    const found = await this.inCluster(type, cluster, revision, name);
    if (found) return found;
    throw new ProblemError(problem('invalid-request', `\`${id.slice(0, 80)}\` is no id`, { hint: 'take an `id` as an answer gave it' }));
  }

  private async operation([uuid = '']: readonly string[], principal: Principal): Promise<object> {
    return { ...visibleTo(principal, uuid, await this.operations.find(uuid)), __typename: 'Operation' };
  }

  private async inCluster(type: string, cluster: string, revision: string, name: readonly string[]): Promise<object | undefined> {
    if (!/^\d+$/.test(revision)) return undefined;
    if (type === 'Revision') return { ...orThrow(await this.revisions.find(cluster, revision)), __typename: 'Revision' };
    // Before its first import a cluster is at revision 0, which nothing names.
    const at = orThrow(await this.clusters.at(cluster, revision === '0' ? {} : { revision }));
    if (type === 'Cluster') return { ...at, __typename: 'Cluster' };
    const [kind = '', namespace = '', itemName = '', group = ''] = name;
    if (type === 'KubernetesObject') {
      const { object } = orThrow(await this.stored.find(cluster, { kind, namespace, name: itemName, group }, { revision }));
      return storedObjectView(at, object);
    }
    if (!isNoun(type)) return undefined;
    return this.nouns.find(type, at, { namespace, name: itemName, ...(kind === '' ? {} : { kind }) });
  }
}

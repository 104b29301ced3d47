import { Args, Context, Info, Mutation, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import type { Principal } from '../../application/access/principal.js';
import type { Operation } from '../../application/operations/operation.js';
import { Operations } from '../../application/operations/operations.js';
import { ok } from '../../core/kernel/result.js';
import { type MutationResult, mutationResult } from '../graphql/mutation-result.js';
import { nodeId } from '../graphql/node-id.js';
import { Requires } from '../http/access.js';
import { CurrentPrincipal, type GraphqlContext } from '../http/caller.js';
import { problemDocument } from '../http/problem-document.js';
import { visibleTo } from './visible-operation.js';

/** Long work: how far it is, and an end to it. */
@Resolver('Operation')
export class OperationsResolver {
  constructor(private readonly operations: Operations) {}

  @ResolveField()
  id({ id }: Operation): string {
    return nodeId('Operation', id);
  }

  @ResolveField()
  uuid({ id }: Operation): string {
    return id;
  }

  @ResolveField()
  problem({ problem }: Operation, _: object, { requestId }: GraphqlContext): object | null {
    return problem && problemDocument(problem, requestId);
  }

  @Query()
  @Requires({ role: 'viewer', reach: 'own' })
  async operation(@Args('uuid') id: string, @CurrentPrincipal() principal: Principal): Promise<Operation> {
    return visibleTo(principal, id, await this.operations.find(id));
  }

  @Mutation()
  @Requires({ role: 'editor', reach: 'own' })
  async cancelOperation(
    @Args('uuid') id: string,
    @CurrentPrincipal() principal: Principal,
    @Context() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MutationResult> {
    const work = async () => {
      visibleTo(principal, id, await this.operations.find(id));
      return ok(visibleTo(principal, id, await this.operations.cancel(id)));
    };
    return mutationResult({ info, context }, 'OperationCancelled', work, (operation) => ({ operation }));
  }

  @Subscription('operationProgress', { resolve: (operation: Operation) => operation })
  @Requires({ role: 'viewer', reach: 'own' })
  async operationProgress(@Args('uuid') id: string, @CurrentPrincipal() principal: Principal): Promise<AsyncIterable<Operation>> {
    visibleTo(principal, id, await this.operations.find(id));
    return this.operations.watch(id);
  }
}

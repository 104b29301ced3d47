import { ResolveField, Resolver } from '@nestjs/graphql';
import { POD_NETWORK_POLICIES, POD_NODE, POD_SERVICES, POD_WORKLOAD } from '../../application/relations/pod-relations.js';
import { type NamedView, type Placed, placedId } from '../graphql/placed.js';
import { Related } from '../graphql/related.js';
import type { GraphqlContext } from '../http/caller.js';

/** The view calls `node` the name of the node. */
type OnNode = NamedView & { readonly node: object | null };

/** A pod, and what it belongs to. */
@Resolver('Pod')
export class PodResolver {
  constructor(private readonly related: Related) {}

  @ResolveField()
  id(source: Placed): string {
    return placedId(source);
  }

  @ResolveField()
  nodeName({ node }: Placed<OnNode>): object | null {
    return node;
  }

  @ResolveField()
  node(source: Placed, _: object, context: GraphqlContext) {
    return this.related.one(['ClusterNode', POD_NODE], source, context);
  }

  @ResolveField()
  workload(source: Placed, _: object, context: GraphqlContext) {
    return this.related.one(['Workload', POD_WORKLOAD], source, context);
  }

  @ResolveField()
  services(source: Placed, args: object, context: GraphqlContext) {
    return this.related.many(['Service', POD_SERVICES], source, args, context);
  }

  @ResolveField()
  networkPolicies(source: Placed, args: object, context: GraphqlContext) {
    return this.related.many(['NetworkPolicy', POD_NETWORK_POLICIES], source, args, context);
  }
}

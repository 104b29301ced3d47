import { ResolveField, Resolver } from '@nestjs/graphql';
import { NETWORK_POLICY_PODS } from '../../application/relations/placed-relations.js';
import { type NamedView, type Placed, placedId } from '../graphql/placed.js';
import { Related } from '../graphql/related.js';
import type { GraphqlContext } from '../http/caller.js';

/** The view calls `pods` how many there are. */
type PodsCounted = NamedView & { readonly pods: number };

/** A network policy, and whom it selects. */
@Resolver('NetworkPolicy')
export class NetworkPolicyResolver {
  constructor(private readonly related: Related) {}

  @ResolveField()
  id(source: Placed): string {
    return placedId(source);
  }

  @ResolveField()
  podCount({ pods }: Placed<PodsCounted>): number {
    return pods;
  }

  @ResolveField()
  pods(source: Placed, args: object, context: GraphqlContext) {
    return this.related.many(['Pod', NETWORK_POLICY_PODS], source, args, context);
  }
}

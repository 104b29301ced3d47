import { ResolveField, Resolver } from '@nestjs/graphql';
import {
  NAMESPACE_INGRESSES,
  NAMESPACE_NETWORK_POLICIES,
  NAMESPACE_PODS,
  NAMESPACE_SERVICES,
  NAMESPACE_WORKLOADS,
} from '../../application/relations/placed-relations.js';
import { type NamedView, type Placed, placedId } from '../graphql/placed.js';
import { Related } from '../graphql/related.js';
import type { GraphqlContext } from '../http/caller.js';

/** The view calls `pods` how many there are. */
type PodsCounted = NamedView & { readonly pods: number };

/** A namespace, and what is in it. */
@Resolver('Namespace')
export class NamespaceResolver {
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
    return this.related.many(['Pod', NAMESPACE_PODS], source, args, context);
  }

  @ResolveField()
  workloads(source: Placed, args: object, context: GraphqlContext) {
    return this.related.many(['Workload', NAMESPACE_WORKLOADS], source, args, context);
  }

  @ResolveField()
  services(source: Placed, args: object, context: GraphqlContext) {
    return this.related.many(['Service', NAMESPACE_SERVICES], source, args, context);
  }

  @ResolveField()
  ingresses(source: Placed, args: object, context: GraphqlContext) {
    return this.related.many(['Ingress', NAMESPACE_INGRESSES], source, args, context);
  }

  @ResolveField()
  networkPolicies(source: Placed, args: object, context: GraphqlContext) {
    return this.related.many(['NetworkPolicy', NAMESPACE_NETWORK_POLICIES], source, args, context);
  }
}

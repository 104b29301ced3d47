import { ResolveField, Resolver } from '@nestjs/graphql';
import { WORKLOAD_PODS } from '../../application/relations/placed-relations.js';
import { type NamedView, type Placed, placedId } from '../graphql/placed.js';
import { Related } from '../graphql/related.js';
import type { GraphqlContext } from '../http/caller.js';

/** The view calls `pods` their names. */
type PodsNamed = NamedView & { readonly pods: readonly string[] };

/** A workload, and its pods. */
@Resolver('Workload')
export class WorkloadResolver {
  constructor(private readonly related: Related) {}

  @ResolveField()
  id(source: Placed): string {
    return placedId(source);
  }

  @ResolveField()
  podNames({ pods }: Placed<PodsNamed>): readonly string[] {
    return pods;
  }

  @ResolveField()
  pods(source: Placed, args: object, context: GraphqlContext) {
    return this.related.many(['Pod', WORKLOAD_PODS], source, args, context);
  }
}

import { ResolveField, Resolver } from '@nestjs/graphql';
import { INGRESS_SERVICES } from '../../application/relations/service-relations.js';
import { type Placed, placedId } from '../graphql/placed.js';
import { Related } from '../graphql/related.js';
import type { GraphqlContext } from '../http/caller.js';

/** An ingress, and where it leads. */
@Resolver('Ingress')
export class IngressNounResolver {
  constructor(private readonly related: Related) {}

  @ResolveField()
  id(source: Placed): string {
    return placedId(source);
  }

  @ResolveField()
  services(source: Placed, args: object, context: GraphqlContext) {
    return this.related.many(['Service', INGRESS_SERVICES], source, args, context);
  }
}

import { ResolveField, Resolver } from '@nestjs/graphql';
import { GATEWAY_ROUTES } from '../../application/relations/gateway-relations.js';
import { type Placed, placedId } from '../graphql/placed.js';
import { Related } from '../graphql/related.js';
import type { GraphqlContext } from '../http/caller.js';

/** A Gateway, and what wants to be attached to it. */
@Resolver('Gateway')
export class GatewayResolver {
  constructor(private readonly related: Related) {}

  @ResolveField()
  id(source: Placed): string {
    return placedId(source);
  }

  @ResolveField()
  routes(source: Placed, args: object, context: GraphqlContext) {
    return this.related.many(['GatewayRoute', GATEWAY_ROUTES], source, args, context);
  }
}

import { ResolveField, Resolver } from '@nestjs/graphql';
import { ROUTE_GATEWAYS, ROUTE_SERVICES } from '../../application/relations/gateway-relations.js';
import { type Placed, placedId } from '../graphql/placed.js';
import { Related } from '../graphql/related.js';
import type { GraphqlContext } from '../http/caller.js';

/** A route of the Gateway API, what it hangs on and where it leads. */
@Resolver('GatewayRoute')
export class GatewayRouteResolver {
  constructor(private readonly related: Related) {}

  @ResolveField()
  id(source: Placed): string {
    return placedId(source);
  }

  @ResolveField()
  gateways(source: Placed, args: object, context: GraphqlContext) {
    return this.related.many(['Gateway', ROUTE_GATEWAYS], source, args, context);
  }

  @ResolveField()
  services(source: Placed, args: object, context: GraphqlContext) {
    return this.related.many(['Service', ROUTE_SERVICES], source, args, context);
  }
}

import { ResolveField, Resolver } from '@nestjs/graphql';
import { SERVICE_ROUTES } from '../../application/relations/gateway-relations.js';
import { SERVICE_INGRESSES, SERVICE_PODS, SERVICE_SLICES, SERVICE_WORKLOADS } from '../../application/relations/service-relations.js';
import { type Placed, placedId } from '../graphql/placed.js';
import { Related } from '../graphql/related.js';
import type { GraphqlContext } from '../http/caller.js';

/** A service, what stands behind it and what leads to it. */
@Resolver('Service')
export class ServiceResolver {
  constructor(private readonly related: Related) {}

  @ResolveField()
  id(source: Placed): string {
    return placedId(source);
  }

  @ResolveField()
  pods(source: Placed, args: object, context: GraphqlContext) {
    return this.related.many(['Pod', SERVICE_PODS], source, args, context);
  }

  @ResolveField()
  workloads(source: Placed, args: object, context: GraphqlContext) {
    return this.related.many(['Workload', SERVICE_WORKLOADS], source, args, context);
  }

  @ResolveField()
  endpointSlices(source: Placed, args: object, context: GraphqlContext) {
    return this.related.many(['EndpointSlice', SERVICE_SLICES], source, args, context);
  }

  @ResolveField()
  ingresses(source: Placed, args: object, context: GraphqlContext) {
    return this.related.many(['Ingress', SERVICE_INGRESSES], source, args, context);
  }

  @ResolveField()
  routes(source: Placed, args: object, context: GraphqlContext) {
    return this.related.many(['GatewayRoute', SERVICE_ROUTES], source, args, context);
  }
}

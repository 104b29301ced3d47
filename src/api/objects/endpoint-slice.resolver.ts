import { ResolveField, Resolver } from '@nestjs/graphql';
import { SLICE_SERVICE } from '../../application/relations/service-relations.js';
import { type NamedView, type Placed, placedId } from '../graphql/placed.js';
import { Related } from '../graphql/related.js';
import type { GraphqlContext } from '../http/caller.js';

/** The view calls `service` its name. */
type OfService = NamedView & { readonly service: string | null };

/** An endpoint slice, and its service. */
@Resolver('EndpointSlice')
export class EndpointSliceResolver {
  constructor(private readonly related: Related) {}

  @ResolveField()
  id(source: Placed): string {
    return placedId(source);
  }

  @ResolveField()
  serviceName({ service }: Placed<OfService>): string | null {
    return service;
  }

  @ResolveField()
  service(source: Placed, _: object, context: GraphqlContext) {
    return this.related.one(['Service', SLICE_SERVICE], source, context);
  }
}

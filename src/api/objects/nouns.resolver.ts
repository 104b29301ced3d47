import { ResolveField, Resolver } from '@nestjs/graphql';
import type { ClusterAt } from '../graphql/answer-field.js';
import type { Connection } from '../graphql/connection.js';
import type { Placed } from '../graphql/placed.js';
import { NounFields } from './noun-fields.js';

type Named = { readonly kind?: string; readonly namespace?: string; readonly name: string };
type Page = Promise<Connection<Placed>>;

/** The nouns of the model below `Cluster`. Without parameter decorators Nest hands GraphQL's own arguments through. */
@Resolver('Cluster')
export class NounsResolver {
  constructor(private readonly nouns: NounFields) {}

  @ResolveField()
  namespaces(at: ClusterAt, args: object): Page {
    return this.nouns.list('Namespace', at, args);
  }

  @ResolveField()
  namespace(at: ClusterAt, name: Named): Promise<Placed> {
    return this.nouns.find('Namespace', at, name);
  }

  @ResolveField()
  nodes(at: ClusterAt, args: object): Page {
    return this.nouns.list('ClusterNode', at, args);
  }

  @ResolveField()
  node(at: ClusterAt, name: Named): Promise<Placed> {
    return this.nouns.find('ClusterNode', at, name);
  }

  @ResolveField()
  pods(at: ClusterAt, args: object): Page {
    return this.nouns.list('Pod', at, args);
  }

  @ResolveField()
  pod(at: ClusterAt, name: Named): Promise<Placed> {
    return this.nouns.find('Pod', at, name);
  }

  @ResolveField()
  workloads(at: ClusterAt, args: object): Page {
    return this.nouns.list('Workload', at, args);
  }

  @ResolveField()
  workload(at: ClusterAt, name: Named): Promise<Placed> {
    return this.nouns.find('Workload', at, name);
  }

  @ResolveField()
  services(at: ClusterAt, args: object): Page {
    return this.nouns.list('Service', at, args);
  }

  @ResolveField()
  service(at: ClusterAt, name: Named): Promise<Placed> {
    return this.nouns.find('Service', at, name);
  }

  @ResolveField()
  endpointSlices(at: ClusterAt, args: object): Page {
    return this.nouns.list('EndpointSlice', at, args);
  }

  @ResolveField()
  endpointSlice(at: ClusterAt, name: Named): Promise<Placed> {
    return this.nouns.find('EndpointSlice', at, name);
  }

  @ResolveField()
  ingresses(at: ClusterAt, args: object): Page {
    return this.nouns.list('Ingress', at, args);
  }

  @ResolveField()
  ingress(at: ClusterAt, name: Named): Promise<Placed> {
    return this.nouns.find('Ingress', at, name);
  }

  @ResolveField()
  gateways(at: ClusterAt, args: object): Page {
    return this.nouns.list('Gateway', at, args);
  }

  @ResolveField()
  gateway(at: ClusterAt, name: Named): Promise<Placed> {
    return this.nouns.find('Gateway', at, name);
  }

  @ResolveField()
  routes(at: ClusterAt, args: object): Page {
    return this.nouns.list('GatewayRoute', at, args);
  }

  /** `route` is the question. */
  @ResolveField()
  gatewayRoute(at: ClusterAt, name: Named): Promise<Placed> {
    return this.nouns.find('GatewayRoute', at, name);
  }

  @ResolveField()
  networkPolicies(at: ClusterAt, args: object): Page {
    return this.nouns.list('NetworkPolicy', at, args);
  }

  @ResolveField()
  networkPolicy(at: ClusterAt, name: Named): Promise<Placed> {
    return this.nouns.find('NetworkPolicy', at, name);
  }
}

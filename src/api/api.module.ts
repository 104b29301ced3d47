import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, DiscoveryModule, MetadataScanner } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { Authenticate } from '../application/access/authenticate.js';
import { COLLECTIONS } from '../application/objects/collections.js';
import { TokensController } from './access/tokens.controller.js';
import { TokensResolver } from './access/tokens.resolver.js';
import { AssertionsController } from './assertions/assertions.controller.js';
import { AssertionsResolver } from './assertions/assertions.resolver.js';
import { ClusterMutationsResolver } from './clusters/cluster-mutations.resolver.js';
import { ClustersController } from './clusters/clusters.controller.js';
import { ClustersResolver } from './clusters/clusters.resolver.js';
import { RevisionsController } from './clusters/revisions.controller.js';
import { RevisionsResolver } from './clusters/revisions.resolver.js';
import { DataplaneController } from './dataplane/dataplane.controller.js';
import { DataplaneResolver } from './dataplane/dataplane.resolver.js';
import { DecisionsController } from './dataplane/decisions.controller.js';
import { DecisionsResolver } from './dataplane/decisions.resolver.js';
import { DnsController } from './dns/dns.controller.js';
import { DnsResolver } from './dns/dns.resolver.js';
import { AnswerField } from './graphql/answer-field.js';
import { FleetController } from './fleet/fleet.controller.js';
import { FleetResolver } from './fleet/fleet.resolver.js';
import { FindingsResolver } from './findings/findings.resolver.js';
import { ClusterResolver } from './graphql/cluster.resolver.js';
import { type GraphqlSettings, graphqlOptions } from './graphql/graphql-options.js';
import { NodeResolver } from './graphql/node.resolver.js';
import { Related } from './graphql/related.js';
import { HealthController, metricsController } from './health/health.controller.js';
import { ServerIdentity } from './health/server-identity.js';
import { AccessGuard } from './http/access.guard.js';
import { InFlight } from './http/in-flight.js';
import { InputGuard } from './http/input.guard.js';
import { ProblemFilter } from './http/problem.filter.js';
import { RequestMetrics } from './http/request-metrics.js';
import { RouteTable } from './http/route-table.js';
import { ImportsController } from './imports/imports.controller.js';
import { ImportsResolver } from './imports/imports.resolver.js';
import { AttachmentController } from './ingress/attachment.controller.js';
import { IngressResolver } from './ingress/ingress.resolver.js';
import { AddressMetrics } from './ipam/address-metrics.js';
import { AllocationsController } from './ipam/allocations.controller.js';
import { AllocationsResolver } from './ipam/allocations.resolver.js';
import { AwsCapacityController } from './ipam/aws-capacity.controller.js';
import { CloudCapacityController } from './ipam/cloud-capacity.controller.js';
import { IpAddressResolver } from './ipam/ip-address.resolver.js';
import { IpamResolver } from './ipam/ipam.resolver.js';
import { IpsController } from './ipam/ips.controller.js';
import { PoolAnswerResolver } from './ipam/pool-answer.resolver.js';
import { PoolBlockResolver } from './ipam/pool-block.resolver.js';
import { PoolBlocks } from './ipam/pool-blocks.js';
import { PoolsController } from './ipam/pools.controller.js';
import { SimulateController } from './ipam/simulate.controller.js';
import { ClusterNodeResolver } from './objects/cluster-node.resolver.js';
import { collectionController } from './objects/collection.controller.js';
import { DiffController } from './objects/diff.controller.js';
import { EndpointSliceResolver } from './objects/endpoint-slice.resolver.js';
import { ExportController } from './objects/export.controller.js';
import { GatewayRouteResolver } from './objects/gateway-route.resolver.js';
import { GatewayResolver } from './objects/gateway.resolver.js';
import { IngressNounResolver } from './objects/ingress-noun.resolver.js';
import { KubernetesObjectResolver } from './objects/kubernetes-object.resolver.js';
import { NamespaceResolver } from './objects/namespace.resolver.js';
import { NetworkPolicyResolver } from './objects/network-policy.resolver.js';
import { NounFields } from './objects/noun-fields.js';
import { NounsResolver } from './objects/nouns.resolver.js';
import { ObjectsController } from './objects/objects.controller.js';
import { ObjectsResolver } from './objects/objects.resolver.js';
import { PodResolver } from './objects/pod.resolver.js';
import { ServiceResolver } from './objects/service.resolver.js';
import { WorkloadResolver } from './objects/workload.resolver.js';
import { OperationsEnd } from './operations/operations-end.js';
import { OperationsController } from './operations/operations.controller.js';
import { OperationsResolver } from './operations/operations.resolver.js';
import { EndpointCatalog } from './pages/endpoint-catalog.js';
import { PagesController } from './pages/pages.controller.js';
import { PolicyController } from './policy/policy.controller.js';
import { PolicyResolver } from './policy/policy.resolver.js';
import { AskedByPath } from './questions/asked-by-path.js';
import { QuestionsController } from './questions/questions.controller.js';
import { SelectorsResolver } from './selectors/selectors.resolver.js';
import { ServicesController } from './services/services.controller.js';
import { ServicesResolver } from './services/services.resolver.js';
import { TraceResolver } from './trace/trace.resolver.js';

/** How the doors are set up. */
export interface ApiSettings {
  readonly graphql: GraphqlSettings;
  readonly metricsAreOpen: boolean;
  readonly version: string;
  readonly routes: RouteTable;
}

const CONTROLLERS = [
  AssertionsController,
  AttachmentController,
  AwsCapacityController,
  CloudCapacityController,
  ClustersController,
  DiffController,
  AllocationsController,
  DataplaneController,
  DecisionsController,
  DnsController,
  ExportController,
  FleetController,
  HealthController,
  ImportsController,
  IpsController,
  ObjectsController,
  OperationsController,
  PagesController,
  PolicyController,
  PoolsController,
  QuestionsController,
  RevisionsController,
  ServicesController,
  SimulateController,
  TokensController,
  ...COLLECTIONS.map(collectionController),
];

/** One line for each room. */
const RESOLVERS = [
  AllocationsResolver,
  AssertionsResolver,
  ClusterMutationsResolver,
  ClusterNodeResolver,
  ClusterResolver,
  ClustersResolver,
  DataplaneResolver,
  DecisionsResolver,
  DnsResolver,
  EndpointSliceResolver,
  FindingsResolver,
  FleetResolver,
  GatewayResolver,
  GatewayRouteResolver,
  ImportsResolver,
  IngressNounResolver,
  IngressResolver,
  IpAddressResolver,
  IpamResolver,
  KubernetesObjectResolver,
  NamespaceResolver,
  NetworkPolicyResolver,
  NodeResolver,
  NounsResolver,
  ObjectsResolver,
  OperationsResolver,
  PodResolver,
  PolicyResolver,
  PoolAnswerResolver,
  PoolBlockResolver,
  RevisionsResolver,
  SelectorsResolver,
  ServiceResolver,
  ServicesResolver,
  TokensResolver,
  TraceResolver,
  WorkloadResolver,
];

/** REST and GraphQL, over the use cases that a global module provides. */
@Module({})
export class ApiModule {
  static register({ graphql, metricsAreOpen, version, routes }: ApiSettings): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        DiscoveryModule,
        GraphQLModule.forRootAsync<MercuriusDriverConfig>({
          driver: MercuriusDriver,
          inject: [Authenticate],
          useFactory: (authenticate: Authenticate) => graphqlOptions(graphql, authenticate),
        }),
      ],
      controllers: [...CONTROLLERS, metricsController(metricsAreOpen)],
      providers: [
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_GUARD, useClass: InputGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: ServerIdentity, useValue: new ServerIdentity(version) },
        { provide: RouteTable, useValue: routes },
        InFlight,
        RequestMetrics,
        AddressMetrics,
        AnswerField,
        AskedByPath,
        EndpointCatalog,
        MetadataScanner,
        NounFields,
        Related,
        OperationsEnd,
        PoolBlocks,
        ...RESOLVERS,
      ],
    };
  }
}

import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, DiscoveryModule, MetadataScanner } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { Authenticate } from '../application/access/authenticate.js';
import { TokensController } from './access/tokens.controller.js';
import { TokensResolver } from './access/tokens.resolver.js';
import { RevisionsResolver } from './clusters/revisions.resolver.js';
import { DnsController } from './dns/dns.controller.js';
import { DnsResolver } from './dns/dns.resolver.js';
import { AnswerField } from './graphql/answer-field.js';
import { ClusterResolver } from './graphql/cluster.resolver.js';
import { type GraphqlLimits, graphqlOptions } from './graphql/graphql-options.js';
import { HealthController, metricsController } from './health/health.controller.js';
import { ServerIdentity } from './health/server-identity.js';
import { AccessGuard } from './http/access.guard.js';
import { InFlight } from './http/in-flight.js';
import { InputGuard } from './http/input.guard.js';
import { ProblemFilter } from './http/problem.filter.js';
import { RequestMetrics } from './http/request-metrics.js';
import { RouteTable } from './http/route-table.js';
import { ImportsController } from './imports/imports.controller.js';
import { IngressResolver } from './ingress/ingress.resolver.js';
import { AllocationsController } from './ipam/allocations.controller.js';
import { AllocationsResolver } from './ipam/allocations.resolver.js';
import { IpamResolver } from './ipam/ipam.resolver.js';
import { IpsController } from './ipam/ips.controller.js';
import { PoolsController } from './ipam/pools.controller.js';
import { SimulateController } from './ipam/simulate.controller.js';
import { OperationsController } from './operations/operations.controller.js';
import { OperationsEnd } from './operations/operations-end.js';
import { OperationsResolver } from './operations/operations.resolver.js';
import { EndpointCatalog } from './pages/endpoint-catalog.js';
import { PagesController } from './pages/pages.controller.js';
import { AskedByPath } from './questions/asked-by-path.js';
import { QuestionsController } from './questions/questions.controller.js';
import { SelectorsResolver } from './selectors/selectors.resolver.js';
import { ServicesController } from './services/services.controller.js';
import { ServicesResolver } from './services/services.resolver.js';

/** How the doors are set up. */
export interface ApiSettings {
  readonly graphql: GraphqlLimits;
  readonly metricsAreOpen: boolean;
  readonly version: string;
  readonly routes: RouteTable;
}

const CONTROLLERS = [
  AllocationsController,
  DnsController,
  HealthController,
  ImportsController,
  IpsController,
  OperationsController,
  PagesController,
  PoolsController,
  QuestionsController,
  ServicesController,
  SimulateController,
  TokensController,
];

/** One line for each room. */
const RESOLVERS = [
  AllocationsResolver,
  ClusterResolver,
  DnsResolver,
  IngressResolver,
  IpamResolver,
  OperationsResolver,
  RevisionsResolver,
  SelectorsResolver,
  ServicesResolver,
  TokensResolver,
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
        AnswerField,
        AskedByPath,
        EndpointCatalog,
        MetadataScanner,
        OperationsEnd,
        ...RESOLVERS,
      ],
    };
  }
}

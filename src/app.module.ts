import { fileURLToPath } from 'node:url';
import { type DynamicModule, type FactoryProvider, Global, Module, type Type } from '@nestjs/common';
import { type ApiSettings, ApiModule } from './api/api.module.js';
import type { RouteTable } from './api/http/route-table.js';
import { Authenticate } from './application/access/authenticate.js';
import { TokenStore } from './application/access/token-store.js';
import { Tokens } from './application/access/tokens.js';
import { AssertionStore } from './application/assertions/assertion-store.js';
import { Assertions } from './application/assertions/assertions.js';
import { RunAssertions } from './application/assertions/run-assertions.js';
import { ClusterStore } from './application/clusters/cluster-store.js';
import { Clusters } from './application/clusters/clusters.js';
import { Coordinates } from './application/clusters/coordinates.js';
import { ModelSource } from './application/clusters/model-source.js';
import { RevisionStore } from './application/clusters/revision-store.js';
import { Revisions } from './application/clusters/revisions.js';
import type { Configuration } from './application/config/configuration.js';
import { NameServers } from './application/dns/name-servers.js';
import { Readiness } from './application/health/readiness.js';
import { Idempotency } from './application/idempotency/idempotency.js';
import { IdempotencyStore } from './application/idempotency/idempotency-store.js';
import { SealedAnswers } from './application/idempotency/sealed-answers.js';
import { AddressWatch } from './application/ipam/address-watch.js';
import { AllocationStore } from './application/ipam/allocation-store.js';
import { Allocations } from './application/ipam/allocations.js';
import { AllocationsAt } from './application/ipam/allocations-at.js';
import { FleetCidrOverlaps } from './application/ipam/fleet-cidr-overlaps.js';
import { BlockAllocations } from './application/ipam/block-allocations.js';
import { FleetPools } from './application/ipam/fleet-pools.js';
import { FleetSpaceStore } from './application/ipam/fleet-space-store.js';
import { FleetSpaces } from './application/ipam/fleet-spaces.js';
import { IpHistory } from './application/ipam/ip-history.js';
import { AwsCapacity } from './application/ipam/aws-capacity.js';
import { CloudCapacity } from './application/ipam/cloud-capacity.js';
import { SimulateAllocator } from './application/ipam/simulate.js';
import { ImportManifests } from './application/imports/import-manifests.js';
import { ChangeReader } from './application/what-if/read-changes.js';
import { SupposedModels } from './application/what-if/supposed-models.js';
import { ImportSettings } from './application/imports/import-settings.js';
import { ModelCache } from './application/models/model-cache.js';
import { DiffObjects } from './application/objects/diff-objects.js';
import { ExportObjects } from './application/objects/export-objects.js';
import { ModelLists } from './application/objects/model-lists.js';
import { StoredObjects } from './application/objects/stored-objects.js';
import { OperationStore } from './application/operations/operation-store.js';
import { Operations } from './application/operations/operations.js';
import { AskedStates } from './application/questions/asked-states.js';
import { AskQuestion } from './application/questions/ask-question.js';
import { PastStates } from './application/questions/past-states.js';
import { RelatedItems } from './application/relations/related-items.js';
import { prepareTrace } from './application/trace/prepare-trace.js';
import { DEFAULT_MANIFEST_LIMITS } from './manifests/manifest-limits.js';
import { SecretHasher } from './manifests/secret-hasher.js';
import { TokenRepository } from './persistence/access/token.repository.js';
import { Database, DatabaseSettings } from './persistence/database.js';
import { DatabaseReadiness } from './persistence/health/database-readiness.js';
import { PersistenceModule } from './persistence/persistence.module.js';

const SDL = fileURLToPath(new URL('**/*.graphql', import.meta.url));

/** What the process found out before its modules are put together. */
export interface Installation {
  readonly configuration: Configuration;
  readonly databaseUrl: string;
  /** Names of the migrations the database must have. */
  readonly migrations: readonly string[];
  readonly version: string;
  /** Of the hashes that stand for Secret values. */
  readonly secretKey: Uint8Array;
}

/** A use case, made of the ports it names. */
function make<T, const D extends readonly unknown[]>(
  provide: Type<T> | (abstract new (...args: never[]) => T),
  inject: { readonly [K in keyof D]: abstract new (...args: never[]) => D[K] },
  useFactory: (...dependencies: D) => T,
): FactoryProvider<T> {
  return { provide, inject: [...inject], useFactory };
}

/** The composition root: the only place that knows every adapter. */
@Global()
@Module({})
export class AppModule {
  static register(installation: Installation, routes: RouteTable): DynamicModule {
    const { configuration, databaseUrl } = installation;
    const useCases = useCasesOf(installation);
    return {
      module: AppModule,
      imports: [
        PersistenceModule.register(new DatabaseSettings(databaseUrl, configuration.PORTOLAN_DATABASE_CONNECTIONS)),
        ApiModule.register({ ...apiSettings(installation), routes }),
      ],
      providers: [{ provide: TokenStore, useClass: TokenRepository }, ...useCases],
      exports: [TokenStore, ...useCases.map(({ provide }) => provide)],
    };
  }
}

function apiSettings({ configuration, version }: Installation): Omit<ApiSettings, 'routes'> {
  return {
    graphql: { sdl: SDL, maxDepth: configuration.PORTOLAN_GRAPHQL_MAX_DEPTH, maxCost: configuration.PORTOLAN_GRAPHQL_MAX_COST },
    metricsAreOpen: configuration.PORTOLAN_METRICS_OPEN,
    version,
  };
}

function useCasesOf(installation: Installation): readonly FactoryProvider[] {
  return [...serverUseCases(installation), ...writingUseCases(installation), ...questionUseCases(installation), ...LIST_USE_CASES];
}

function serverUseCases({ migrations, secretKey }: Installation): readonly FactoryProvider[] {
  return [
    make(Authenticate, [TokenStore], (store) => new Authenticate(store)),
    make(Tokens, [TokenStore, Authenticate], (store, authenticate) => new Tokens(store, authenticate)),
    make(Operations, [OperationStore], (store) => new Operations(store)),
    make(Idempotency, [IdempotencyStore], (store) => new Idempotency(store, new SealedAnswers(secretKey))),
    make(Readiness, [Database], (database) => new DatabaseReadiness(database, migrations)),
  ];
}

function writingUseCases({ configuration, secretKey }: Installation): readonly FactoryProvider[] {
  return [
    make(
      ImportSettings,
      [],
      () =>
        new ImportSettings({ ...DEFAULT_MANIFEST_LIMITS, maxBytes: configuration.PORTOLAN_IMPORT_MAX_BYTES }, new SecretHasher(secretKey)),
    ),
    make(
      ImportManifests,
      [ClusterStore, RevisionStore, ImportSettings],
      (clusters, revisions, settings) => new ImportManifests(clusters, revisions, settings),
    ),
    make(
      Clusters,
      [ClusterStore, Coordinates, ModelSource],
      (clusters, coordinates, models) => new Clusters(clusters, coordinates, models),
    ),
    make(
      Revisions,
      [ClusterStore, RevisionStore, Coordinates],
      (clusters, revisions, coordinates) => new Revisions(clusters, revisions, coordinates),
    ),
  ];
}

function questionUseCases({ configuration }: Installation): readonly FactoryProvider[] {
  return [
    make(Coordinates, [ClusterStore, RevisionStore], (clusters, revisions) => new Coordinates(clusters, revisions)),
    make(ModelCache, [ClusterStore, RevisionStore], (clusters, revisions) => {
      const models = new ModelCache(clusters, revisions, configuration.PORTOLAN_MODEL_CACHE_BYTES);
      models.prepareNewRevisions(prepareTrace);
      return models;
    }),
    make(ModelSource, [ModelCache], (models) => models),
    make(NameServers, [ClusterStore, ModelSource], (clusters, models) => new NameServers(clusters, models)),
    make(
      PastStates,
      [RevisionStore, ModelSource, AllocationStore],
      (revisions, models, allocations) => new PastStates(revisions, models, allocations),
    ),
    make(AllocationsAt, [AllocationStore], (store) => new AllocationsAt(store)),
    make(ChangeReader, [ImportSettings], (settings) => new ChangeReader(settings)),
    make(
      SupposedModels,
      [ModelCache, RevisionStore, ChangeReader],
      (models, revisions, changes) => new SupposedModels(models, revisions, changes),
    ),
    make(
      AskedStates,
      [ModelSource, SupposedModels, AllocationsAt, Coordinates, PastStates],
      (models, supposed, allocations, coordinates, past) => new AskedStates(models, supposed, allocations, coordinates, past),
    ),
    make(
      AskQuestion,
      [AskedStates, AllocationsAt],
      (states, allocations) => new AskQuestion(states, allocations, configuration.PORTOLAN_ANSWER_CACHE_BYTES),
    ),
    ...ADDRESS_USE_CASES,
    ...FLEET_USE_CASES,
    ...ASSERTION_USE_CASES,
  ];
}

const ADDRESS_USE_CASES: readonly FactoryProvider[] = [
  make(
    Allocations,
    [Coordinates, ModelSource, AllocationsAt, AllocationStore],
    (coordinates, models, at, store) => new Allocations(coordinates, models, at, store),
  ),
  make(
    IpHistory,
    [Coordinates, RevisionStore, ModelSource, AllocationStore],
    (coordinates, revisions, models, store) => new IpHistory(coordinates, revisions, models, store),
  ),
  make(
    AddressWatch,
    [ClusterStore, ModelCache, AllocationStore],
    (clusters, models, allocations) => new AddressWatch(clusters, models, allocations),
  ),
  make(BlockAllocations, [AllocationStore], (store) => new BlockAllocations(store)),
  make(SimulateAllocator, [], () => new SimulateAllocator()),
  make(AwsCapacity, [], () => new AwsCapacity()),
  make(CloudCapacity, [], () => new CloudCapacity()),
];

const FLEET_USE_CASES: readonly FactoryProvider[] = [
  make(
    FleetPools,
    [ClusterStore, Coordinates, ModelSource],
    (clusters, coordinates, models) => new FleetPools(clusters, coordinates, models),
  ),
  make(FleetCidrOverlaps, [FleetPools], (pools) => new FleetCidrOverlaps(pools)),
  make(FleetSpaces, [FleetSpaceStore, FleetPools], (store, pools) => new FleetSpaces(store, pools)),
];

const ASSERTION_USE_CASES: readonly FactoryProvider[] = [
  make(Assertions, [ClusterStore, AssertionStore, ChangeReader], (clusters, store, changes) => new Assertions(clusters, store, changes)),
  make(
    RunAssertions,
    [Assertions, AskQuestion, ModelSource, Coordinates],
    (assertions, asking, models, coordinates) => new RunAssertions(assertions, asking, models, coordinates),
  ),
];

const LIST_USE_CASES: readonly FactoryProvider[] = [
  make(RelatedItems, [ModelSource], (models) => new RelatedItems(models)),
  make(ModelLists, [Coordinates, ModelSource], (coordinates, models) => new ModelLists(coordinates, models)),
  make(StoredObjects, [Coordinates, RevisionStore], (coordinates, revisions) => new StoredObjects(coordinates, revisions)),
  make(ExportObjects, [Coordinates, RevisionStore], (coordinates, revisions) => new ExportObjects(coordinates, revisions)),
  make(
    DiffObjects,
    [ClusterStore, Coordinates, RevisionStore],
    (clusters, coordinates, revisions) => new DiffObjects(clusters, coordinates, revisions),
  ),
];

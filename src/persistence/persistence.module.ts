import { type DynamicModule, Global, Module } from '@nestjs/common';
import { AssertionStore } from '../application/assertions/assertion-store.js';
import { ClusterStore } from '../application/clusters/cluster-store.js';
import { RevisionStore } from '../application/clusters/revision-store.js';
import { IdempotencyStore } from '../application/idempotency/idempotency-store.js';
import { OperationStore } from '../application/operations/operation-store.js';
import { AllocationStore } from '../application/ipam/allocation-store.js';
import { FleetSpaceStore } from '../application/ipam/fleet-space-store.js';
import { AssertionRepository } from './assertions/assertion.repository.js';
import { ClusterMemory } from './clusters/cluster-memory.js';
import { ClusterNotices } from './clusters/cluster-notices.js';
import { ClusterRepository } from './clusters/cluster.repository.js';
import { RevisionRepository } from './clusters/revision.repository.js';
import { Database, DatabaseSettings } from './database.js';
import { AllocationRepository } from './ipam/allocation.repository.js';
import { FleetSpaceRepository } from './ipam/fleet-space.repository.js';
import { IdempotencyRepository } from './idempotency/idempotency.repository.js';
import { OperationRepository } from './operations/operation.repository.js';
import { ProcessPresence } from './operations/process-presence.js';

const PORTS = [
  { provide: AllocationStore, useClass: AllocationRepository },
  { provide: AssertionStore, useClass: AssertionRepository },
  { provide: FleetSpaceStore, useClass: FleetSpaceRepository },
  { provide: ClusterStore, useClass: ClusterRepository },
  { provide: RevisionStore, useClass: RevisionRepository },
  { provide: OperationStore, useClass: OperationRepository },
  { provide: IdempotencyStore, useClass: IdempotencyRepository },
];

/** Everything that is stored, behind the ports of `application`. */
@Global()
@Module({})
export class PersistenceModule {
  static register(settings: DatabaseSettings): DynamicModule {
    return {
      module: PersistenceModule,
      providers: [{ provide: DatabaseSettings, useValue: settings }, Database, ClusterNotices, ClusterMemory, ProcessPresence, ...PORTS],
      exports: [Database, ...PORTS.map(({ provide }) => provide)],
    };
  }
}

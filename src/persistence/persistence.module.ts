import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ClusterStore } from '../application/clusters/cluster-store.js';
import { RevisionStore } from '../application/clusters/revision-store.js';
import { ClusterMemory } from './clusters/cluster-memory.js';
import { ClusterNotices } from './clusters/cluster-notices.js';
import { ClusterRepository } from './clusters/cluster.repository.js';
import { RevisionRepository } from './clusters/revision.repository.js';
import { Database, DatabaseSettings } from './database.js';

const PORTS = [
  { provide: ClusterStore, useClass: ClusterRepository },
  { provide: RevisionStore, useClass: RevisionRepository },
];

/** Everything that is stored, behind the ports of `application`. */
@Global()
@Module({})
export class PersistenceModule {
  static register(settings: DatabaseSettings): DynamicModule {
    return {
      module: PersistenceModule,
      providers: [{ provide: DatabaseSettings, useValue: settings }, Database, ClusterNotices, ClusterMemory, ...PORTS],
      exports: [Database, ...PORTS.map(({ provide }) => provide)],
    };
  }
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Operation } from '../../application/operations/operation.js';
import { OperationStore } from '../../application/operations/operation-store.js';
import { problem } from '../../core/kernel/problem.js';
import { Database } from '../database.js';
import { operationOf, rowOf } from './operation-mapper.js';
import { ProcessPresence } from './process-presence.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const INTERRUPTED = problem('operation-interrupted', 'the server ended while the operation ran; what it had not finished was not written', {
  hint: 'start it again',
});

/** Ends what runs and has nobody who runs it; of one operation, or ($2 is null) of all. */
const END_INTERRUPTED = `
UPDATE operation SET state = 'failed', problem = $1, updated_at = now(), finished_at = now()
WHERE state = 'running' AND ($2::uuid IS NULL OR id = $2) AND NOT process_is_alive(process)`;

/** How long a finished operation can be asked for. */
const REMOVE_OLD = `DELETE FROM operation WHERE finished_at < now() - interval '30 days'`;

/** Operations in PostgreSQL. */
@Injectable()
export class OperationRepository extends OperationStore implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly presence: ProcessPresence,
  ) {
    super();
  }

  /** What processes that died left behind is interrupted; what is long over is forgotten. */
  async onModuleInit(): Promise<void> {
    await this.endInterrupted(null);
    await this.database.rows(REMOVE_OLD, []);
  }

  override async insert(operation: Operation): Promise<void> {
    const data = { ...rowOf(operation), id: operation.id, process: this.presence.number };
    await this.database.attempt(() => this.database.prisma.operation.create({ data }));
  }

  override async save(operation: Operation): Promise<{ readonly cancelRequested: boolean }> {
    // A finished operation never changes again: it may have been taken for one whose process died.
    const where = { id: operation.id, state: 'running' };
    const rows = await this.database.attempt(() =>
      this.database.prisma.operation.updateManyAndReturn({ where, data: rowOf(operation), select: { cancelRequested: true } }),
    );
    return { cancelRequested: rows[0]?.cancelRequested ?? false };
  }

  override async find(id: string): Promise<Operation | undefined> {
    if (!UUID.test(id)) return undefined;
    const row = await this.read(id);
    if (row?.state !== 'running') return row;
    await this.endInterrupted(id);
    return this.read(id);
  }

  override async requestCancel(id: string): Promise<void> {
    if (!UUID.test(id)) return;
    const where = { id, state: 'running' };
    await this.database.attempt(() => this.database.prisma.operation.updateMany({ where, data: { cancelRequested: true } }));
  }

  private async read(id: string): Promise<Operation | undefined> {
    const row = await this.database.attempt(() => this.database.prisma.operation.findUnique({ where: { id } }));
    return row ? operationOf(row) : undefined;
  }

  private async endInterrupted(id: string | null): Promise<void> {
    await this.database.rows(END_INTERRUPTED, [JSON.stringify(INTERRUPTED), id]);
  }
}

import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Operations } from '../../application/operations/operations.js';

/** Ends running work with the doors, while there still is a database in which what became of it can be written down. */
@Injectable()
export class OperationsEnd implements OnModuleDestroy {
  constructor(private readonly operations: Operations) {}

  async onModuleDestroy(): Promise<void> {
    await this.operations.stop();
  }
}

import type { Coordinate } from '../../application/clusters/coordinate.js';

/** What is found out about an operation while it runs. */
export class OperationNotes {
  /** Where its clusters were read. */
  readonly coordinates: Coordinate[] = [];
  /** What it answers depends on nothing but them. */
  isPure = false;
  /** It went through without an error. */
  succeeded = false;

  constructor(readonly key: string) {}
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Of a GraphQL operation that is not remembered. */
    notes: OperationNotes | undefined;
  }
}

import type { Note } from '../../core/kernel/answer.js';
import type { Evidence } from '../../core/kernel/evidence.js';

/** How a packet leaves the cluster. */
export interface LeavingStage {
  /** The source addresses that the world sees, of all senders and families, each once. */
  readonly sources: readonly string[];
  readonly message: string;
  /** Why packets of some senders do not leave, each reason once. */
  readonly lost: readonly string[];
  /** Which rules rewrite the source, or why none does; of the first sender of which they are true. */
  readonly evidence: readonly Evidence[];
  readonly assumptions: readonly Note[];
  readonly warnings: readonly Note[];
}

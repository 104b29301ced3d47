import type { Note } from '../../core/kernel/answer.js';
import type { Evidence } from '../../core/kernel/evidence.js';

/** How a packet leaves the cluster. */
export interface LeavingStage {
  /** The source addresses that the world sees, one for each node that senders are on, each once. */
  readonly sources: readonly string[];
  readonly message: string;
  /** Which rule rewrites the source, or why none does; of the first sender. */
  readonly evidence: readonly Evidence[];
  readonly assumptions: readonly Note[];
  readonly warnings: readonly Note[];
}

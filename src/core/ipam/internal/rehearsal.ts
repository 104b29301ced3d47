/** What the API server guesses as the next port where an operation has named none. */
const FIRST_GUESS = 32_769n;

/**
 * A dry run of node ports: one operation, which takes no port twice and none that is taken, changes nothing, and does not ask whether a port is of the range.
 * The next port is a guess. Source: kubernetes `pkg/registry/core/service/portallocator/operation.go`.
 */
export class Rehearsal {
  private readonly named = new Set<bigint>();
  private guesses = 0n;

  /** `of`: the step that it is a dry run of. */
  constructor(readonly of: object) {}

  /** Whether the operation may have the place. */
  name(place: bigint, isTaken: boolean): boolean {
    if (isTaken || this.named.has(place)) return false;
    this.named.add(place);
    return true;
  }

  guess(): bigint {
    return FIRST_GUESS + this.guesses++;
  }
}

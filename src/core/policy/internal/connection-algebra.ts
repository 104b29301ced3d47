import {
  ALL_CONNECTIONS,
  connectionsKey,
  type ConnectionSet,
  EVERY_PORT,
  intersectConnections,
  NO_CONNECTIONS,
  subtractConnections,
  unionConnections,
} from './connection-set.js';
import type { SetOperations } from './decide-in-order.js';

type Memory = Map<ConnectionSet, Map<ConnectionSet, ConnectionSet>>;

/**
 * Unions and intersections that are worked out once for each pair of sets. Equal sets are one object here, so that comparing two is an identity check. A
 * cluster has few different sets, however many pairs of endpoints it has.
 */
export class ConnectionAlgebra implements SetOperations<ConnectionSet> {
  readonly all = ALL_CONNECTIONS;
  readonly none = NO_CONNECTIONS;
  private readonly known = new Map<string, ConnectionSet>([
    [connectionsKey(ALL_CONNECTIONS), ALL_CONNECTIONS],
    [connectionsKey(NO_CONNECTIONS), NO_CONNECTIONS],
    [connectionsKey(EVERY_PORT), EVERY_PORT],
  ]);
  private readonly meets: Memory = new Map();
  private readonly joins: Memory = new Map();
  private readonly rests: Memory = new Map();

  /** The one object that stands for the set. */
  intern(set: ConnectionSet): ConnectionSet {
    const key = connectionsKey(set);
    const known = this.known.get(key);
    if (known) return known;
    this.known.set(key, set);
    return set;
  }

  /** Connections of both; the arguments are interned. */
  meet(a: ConnectionSet, b: ConnectionSet): ConnectionSet {
    if (a === b || a === NO_CONNECTIONS || b === ALL_CONNECTIONS) return a;
    if (b === NO_CONNECTIONS || a === ALL_CONNECTIONS) return b;
    return this.remembered(this.meets, a, b, intersectConnections);
  }

  /** Connections of either; the arguments are interned. */
  join(a: ConnectionSet, b: ConnectionSet): ConnectionSet {
    if (a === b || a === ALL_CONNECTIONS || b === NO_CONNECTIONS) return a;
    if (b === ALL_CONNECTIONS || a === NO_CONNECTIONS) return b;
    return this.remembered(this.joins, a, b, unionConnections);
  }

  /** Connections of the first alone; the arguments are interned. */
  minus(a: ConnectionSet, b: ConnectionSet): ConnectionSet {
    if (a === NO_CONNECTIONS || b === NO_CONNECTIONS) return a;
    if (a === b || b === ALL_CONNECTIONS) return NO_CONNECTIONS;
    return this.remembered(this.rests, a, b, subtractConnections);
  }

  private remembered(memory: Memory, a: ConnectionSet, b: ConnectionSet, operation: typeof unionConnections): ConnectionSet {
    let row = memory.get(a);
    if (!row) {
      row = new Map();
      memory.set(a, row);
    }
    let found = row.get(b);
    if (!found) {
      found = this.intern(operation(a, b));
      row.set(b, found);
    }
    return found;
  }
}

import type { ConnectionAlgebra } from './connection-algebra.js';
import { ALL_CONNECTIONS, type ConnectionSet, NO_CONNECTIONS } from './connection-set.js';
import { addClasses, type ClassSet, fullClassSet, hasAny, hasClass, haveShared, otherClasses, sharedClasses } from './class-set.js';
import type { SetOperations } from './decide-in-order.js';

/** Others with which one endpoint has the same connections. */
export interface RowPart {
  /** Interned, and not empty. */
  readonly connections: ConnectionSet;
  readonly others: ClassSet;
}

/** The connections of one endpoint with each of many others: no other is in two parts, no two parts have the same connections. */
export type ConnectionRow = readonly RowPart[];

type Operation = (a: ConnectionSet, b: ConnectionSet) => ConnectionSet;

/** Rows combined as sets of connections are, all others at once. */
export class RowAlgebra implements SetOperations<ConnectionRow> {
  readonly all: ConnectionRow;
  readonly none: ConnectionRow = [];

  constructor(
    private readonly sets: ConnectionAlgebra,
    others: number,
  ) {
    this.all = [{ connections: ALL_CONNECTIONS, others: fullClassSet(others) }];
  }

  meet(a: ConnectionRow, b: ConnectionRow): ConnectionRow {
    if (a === b || b === this.all || a === this.none) return a;
    if (a === this.all || b === this.none) return b;
    return this.combine(a, b, (x, y) => this.sets.meet(x, y), this.none, this.none);
  }

  join(a: ConnectionRow, b: ConnectionRow): ConnectionRow {
    if (a === b || a === this.all || b === this.none) return a;
    if (b === this.all || a === this.none) return b;
    return this.combine(a, b, (x, y) => this.sets.join(x, y), a, b);
  }

  minus(a: ConnectionRow, b: ConnectionRow): ConnectionRow {
    if (b === this.none || a === this.none) return a;
    if (a === b || b === this.all) return this.none;
    return this.combine(a, b, (x, y) => this.sets.minus(x, y), a, this.none);
  }

  /** Where both rows have the other, the operation decides; `left` and `right` are what stays as it is where only one has it. */
  private combine(a: ConnectionRow, b: ConnectionRow, operation: Operation, left: ConnectionRow, right: ConnectionRow): ConnectionRow {
    const parts = new PartBuilder();
    for (const x of a) {
      for (const y of b) {
        if (!haveShared(x.others, y.others)) continue;
        const connections = operation(x.connections, y.connections);
        if (connections !== NO_CONNECTIONS) parts.add(connections, sharedClasses(x.others, y.others));
      }
    }
    for (const x of left) parts.add(x.connections, without(x.others, b));
    for (const y of right) parts.add(y.connections, without(y.others, a));
    return parts.row(this.none);
  }
}

function without(others: ClassSet, row: ConnectionRow): ClassSet {
  let rest = others;
  for (const part of row) if (haveShared(rest, part.others)) rest = otherClasses(rest, part.others);
  return rest;
}

/** Gathers parts, those with the same connections in one. */
class PartBuilder {
  private readonly parts = new Map<ConnectionSet, { readonly others: ClassSet; readonly own: boolean }>();

  add(connections: ConnectionSet, others: ClassSet): void {
    if (!hasAny(others)) return;
    const known = this.parts.get(connections);
    const sum = known?.own ? known.others : known?.others.slice();
    if (sum) addClasses(sum, others);
    this.parts.set(connections, { others: sum ?? others, own: sum !== undefined });
  }

  row(none: ConnectionRow): ConnectionRow {
    if (this.parts.size === 0) return none;
    return Array.from(this.parts, ([connections, { others }]) => ({ connections, others }));
  }
}

/** The connections with one of the others. */
export function connectionsWith(row: ConnectionRow, position: number): ConnectionSet {
  for (const { connections, others } of row) if (hasClass(others, position)) return connections;
  return NO_CONNECTIONS;
}

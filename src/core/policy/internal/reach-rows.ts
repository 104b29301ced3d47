import type { Steps } from '../../kernel/steps.js';
import { addClass, addClasses, addShared, type ClassSet, eachClass, emptyClassSet, sharedClasses } from './class-set.js';
import { type ConnectionRow, connectionsWith } from './connection-row.js';
import { type ConnectionSet, NO_CONNECTIONS } from './connection-set.js';
import type { PairEvaluator } from './pair-evaluator.js';
import { canMeet } from './policy-endpoint.js';
import { TurnedRows } from './turned-rows.js';

/** How many different sets of admitted connections are compared a row at a time: the most frequent ones. Clusters seldom have more. */
const MOST_SETS = 16;

/** By source, the destinations whose policies admit the same connections from it. */
interface Admission {
  readonly connections: ConnectionSet;
  readonly bySource: TurnedRows;
}

/**
 * Puts those whom a source reaches over any connection at all into a set of destinations. What a source may send and what
 * destinations admit are compared once for all destinations that admit the same; the rare sets are compared pair by pair. That a host always reaches itself is
 * not in it. Sources asked about in order are answered fastest. Yields often.
 */
export function* reachRows(evaluator: PairEvaluator): Steps<(source: number, into: ClassSet) => void> {
  const { destinations, algebra } = evaluator;
  const ingress: ConnectionRow[] = [];
  for (const position of destinations.keys()) {
    yield;
    ingress.push(evaluator.rowOf('ingress', position));
  }
  const { frequent, rare } = yield* admissionsOf(ingress, evaluator);
  const meetingRow = meetingRows(evaluator);
  return (source, into) => {
    const meeting = meetingRow(source);
    for (const { connections, others } of evaluator.rowOf('egress', source)) {
      for (const { connections: admitted, bySource } of frequent) {
        const row = bySource.column(source);
        if (row && algebra.meet(connections, admitted) !== NO_CONNECTIONS) addShared(into, others, row, meeting);
      }
      const row = rare?.column(source);
      if (!row) continue;
      eachClass(sharedClasses(sharedClasses(others, row), meeting), (destination) => {
        const admitted = connectionsWith(ingress[destination] ?? [], source);
        if (algebra.meet(connections, admitted) !== NO_CONNECTIONS) addClass(into, destination);
      });
    }
  };
}

/** What destinations admit, turned round to what sources find. */
function* admissionsOf(
  ingress: readonly ConnectionRow[],
  { sources }: PairEvaluator,
): Steps<{ readonly frequent: readonly Admission[]; readonly rare: TurnedRows | undefined }> {
  const counts = new Map<ConnectionSet, number>();
  for (const row of ingress) for (const { connections } of row) counts.set(connections, (counts.get(connections) ?? 0) + 1);
  const sets = [...counts].sort(([, a], [, b]) => b - a).map(([connections]) => connections);
  const turned = (wanted: (connections: ConnectionSet) => boolean) =>
    new TurnedRows(
      ingress.map((row) =>
        othersIn(
          row.filter(({ connections }) => wanted(connections)),
          sources.length,
        ),
      ),
      sources.length,
    );
  const frequent: Admission[] = [];
  for (const set of sets.slice(0, MOST_SETS)) {
    yield;
    frequent.push({ connections: set, bySource: turned((one) => one === set) });
  }
  const others = new Set(sets.slice(MOST_SETS));
  return { frequent, rare: others.size === 0 ? undefined : turned((one) => others.has(one)) };
}

function othersIn(row: ConnectionRow, count: number): ClassSet | undefined {
  const [first] = row;
  if (!first || row.length === 1) return first?.others;
  const sum = emptyClassSet(count);
  for (const { others } of row) addClasses(sum, others);
  return sum;
}

/** The destinations with an address family in common, by the families of the source. */
function meetingRows({ sources, destinations }: PairEvaluator): (source: number) => ClassSet {
  const rows = new Map<number, ClassSet>();
  return (source) => {
    const families = sources[source]?.families ?? 0;
    let row = rows.get(families);
    if (!row) {
      row = emptyClassSet(destinations.length);
      for (const [position, one] of destinations.entries()) if (canMeet(families, one.families)) addClass(row, position);
      rows.set(families, row);
    }
    return row;
  };
}

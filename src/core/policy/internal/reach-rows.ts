import { addClass, addClasses, type ClassSet, eachClass, emptyClassSet, sharedClasses, otherClasses } from './class-set.js';
import { type ConnectionRow, connectionsWith } from './connection-row.js';
import { ALL_CONNECTIONS, NO_CONNECTIONS } from './connection-set.js';
import type { PairEvaluator } from './pair-evaluator.js';
import { canMeet } from './policy-endpoint.js';
import { transposed } from './transposed.js';

/**
 * Whom each source reaches over any connection at all: destinations as a row of bits, by the position of the source. Most pairs are settled a row at a time:
 * where one side allows everything it is enough that the other allows something. Only where both sides allow some connections and not others are they compared.
 * That a host always reaches itself is not in it.
 */
export function reachRows(evaluator: PairEvaluator): (source: number) => ClassSet {
  const { sources, destinations, algebra } = evaluator;
  const ingress = destinations.map((_, position) => evaluator.rowOf('ingress', position));
  const some = transposed(
    ingress.map((row) => othersIn(row, sources.length)),
    sources.length,
  );
  const everything = transposed(
    ingress.map((row) => othersIn(row.filter(isWhole), sources.length)),
    sources.length,
  );
  const meeting = meetingRows(evaluator);
  return (source) => {
    const reached = emptyClassSet(destinations.length);
    const [someOf, everythingOf] = [some[source], everything[source]];
    if (!someOf || !everythingOf) return reached;
    for (const part of evaluator.rowOf('egress', source)) {
      addClasses(reached, sharedClasses(part.others, isWhole(part) ? someOf : everythingOf));
      if (isWhole(part)) continue;
      eachClass(otherClasses(sharedClasses(part.others, someOf), everythingOf), (destination) => {
        const admitted = connectionsWith(ingress[destination] ?? [], source);
        if (algebra.meet(part.connections, admitted) !== NO_CONNECTIONS) addClass(reached, destination);
      });
    }
    return sharedClasses(reached, meeting(source));
  };
}

function isWhole({ connections }: ConnectionRow[number]): boolean {
  return connections === ALL_CONNECTIONS;
}

function othersIn(row: ConnectionRow, count: number): ClassSet {
  const [only] = row;
  if (only && row.length === 1) return only.others;
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

import type { Problem } from '../kernel/problem.js';
import { ok, type Result } from '../kernel/result.js';
import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import type { ConnectivityQuestion } from './connectivity-result.js';
import { noConnections } from './internal/connection-set.js';
import { isEnforced } from './internal/enforcement.js';
import { planListing } from './internal/list-connections.js';
import { connectionRow, namedConnection, netpolRows, servedConnections } from './internal/listing-rows.js';
import { PolicyIndex } from './internal/policy-index.js';

/** The most pairs of unlike endpoints that a table compares: they take about half a minute. */
const MOST_PAIRS = 100_000_000;

/** A row: texts and, where a column says so, truth values. */
export type ConnectivityRow = readonly (string | boolean)[];

/** A listing as it is made: the rows of one source at a time, so that no more than these are held. */
export interface ConnectivityTable {
  readonly columns: readonly string[];
  batches(): Iterable<readonly ConnectivityRow[]>;
}

/**
 * The rows of {@link connectivity}, however many they are, in the same order. Columns are `from`, `to`, `connection`, `policyConnection` and `partial`; in the format
 * `netpol-analyzer` those of that tool, `src`, `dst` and `conn`. Yields often. Fails as `connectivity` does, with a limit that only pairs have.
 */
export function* connectivityTable(model: NetworkModel, question: ConnectivityQuestion): Steps<Result<ConnectivityTable, Problem>> {
  const netpol = question.format === 'netpol-analyzer';
  const index = yield* netpol ? PolicyIndex.ofSpecification(model) : PolicyIndex.inSteps(model);
  const planned = yield* planListing(model, index, question, MOST_PAIRS);
  if (!planned.ok) return planned;
  const listing = planned.value;
  if (netpol) {
    const served = yield* servedConnections(model, index, question);
    return ok({
      columns: question.connection ? ['src', 'dst'] : ['src', 'dst', 'conn'],
      *batches() {
        for (const { pairs } of listing.pairs()) yield netpolRows(pairs.map(namedConnection), question);
        yield netpolRows(served, question);
      },
    });
  }
  const enforced = isEnforced(model);
  return ok({
    columns: ['from', 'to', 'connection', 'policyConnection', 'partial'],
    *batches() {
      for (const { pairs } of listing.pairs()) {
        const allowed = enforced ? pairs.filter(({ connections }) => !noConnections(connections)) : pairs;
        yield allowed.map((pair) => {
          const { from, to, connection, policyConnection, partial } = connectionRow(pair, enforced);
          return [from, to, connection, policyConnection, partial];
        });
      }
    },
  });
}

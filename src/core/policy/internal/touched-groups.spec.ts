import { assert, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryCluster, manifestsOf } from '../../../../test/support/arbitrary-policies.js';
import { modelOf } from '../../../../test/support/model.js';
import type { ConnectivityQuestion } from '../connectivity-result.js';
import { compareListings, type ListedEdge } from './compare-listings.js';
import { formatConnections } from './connection-set.js';
import { changedPolicies } from './diff-causes.js';
import { listConnections, listedGroups } from './list-connections.js';
import { PolicyIndex } from './policy-index.js';
import { type TouchedGroups, touchedGroups } from './touched-groups.js';
import { finished } from '../../kernel/steps.js';

const EVERYTHING: ConnectivityQuestion = {
  from: undefined,
  to: undefined,
  protocol: undefined,
  port: undefined,
  level: 'pod',
  label: undefined,
  workload: undefined,
  connection: undefined,
  external: true,
  format: 'table',
};

function edges(model: ReturnType<typeof modelOf>, touched: TouchedGroups | undefined): readonly ListedEdge[] {
  const index = PolicyIndex.of(model);
  const part = touched && { touched, groups: finished(listedGroups(model, index, EVERYTHING, undefined)) };
  const listed = finished(listConnections(model, index, EVERYTHING, part));
  if (!listed.ok) throw new Error(listed.error.message);
  return listed.value.pairs.map(({ from, to, connections }) => ({ from: from.range ?? from.name, to: to.range ?? to.name, connections }));
}

describe('what two states do not treat alike', () => {
  it('holds every pair that differs: the others need not be compared', () => {
    assert(
      property(tuple(arbitraryCluster, arbitraryCluster), ([one, other]) => {
        // The same pods, and half of the policies.
        const changed = {
          ...one,
          policies: [...one.policies.slice(1), ...other.policies.slice(0, 1)],
          clusterPolicies: other.clusterPolicies,
        };
        const [before, after] = [one, changed].map((cluster) => modelOf(manifestsOf(cluster), { policy: cluster.switches }));
        if (!before || !after) throw new Error('two states');
        const [old, now] = [PolicyIndex.of(before), PolicyIndex.of(after)];
        const state = (model: typeof before, index: PolicyIndex) => ({
          index,
          ...finished(listedGroups(model, index, EVERYTHING, undefined)),
        });
        const touched = finished(touchedGroups(state(before, old), state(after, now), new Set(finished(changedPolicies(old, now)).keys())));
        const rows = (only: TouchedGroups | undefined) =>
          finished(compareListings(edges(before, only), edges(after, only))).map(
            ({ from, to, ...sets }) => [from, to, formatConnections(sets.before), formatConnections(sets.after)] as const,
          );
        expect(touched).toBeDefined();
        expect(new Set(rows(touched).map(textOf))).toEqual(new Set(rows(undefined).map(textOf)));
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});

function textOf(row: readonly unknown[]): string {
  return JSON.stringify(row, (_, member: unknown) => (typeof member === 'bigint' ? member.toString() : member));
}

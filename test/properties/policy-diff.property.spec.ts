import { assert, constantFrom, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectivity } from '../../src/core/policy/connectivity.js';
import { connectivityDiff } from '../../src/core/policy/connectivity-diff.js';
import type { ChangedConnection } from '../../src/core/policy/connectivity-diff-result.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { arbitraryCluster, manifestsOf } from '../support/arbitrary-policies.js';
import { modelOf } from '../support/model.js';
import type { ReferenceCluster } from '../support/policy-reference.js';
import { finished } from '../../src/core/kernel/steps.js';

const EVERYTHING = { level: 'pod', format: 'table', protocol: undefined, port: undefined, external: true } as const;

function modelIn(cluster: ReferenceCluster): NetworkModel {
  return modelOf(manifestsOf(cluster), { policy: { ...cluster.switches, enforcement: 'on' } });
}

function diff(before: NetworkModel, after: NetworkModel): readonly ChangedConnection[] {
  const side = (model: NetworkModel) => ({ model, from: undefined, to: undefined });
  const answer = finished(connectivityDiff({ ...EVERYTHING, before: side(before), after: side(after) }));
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value.result.connections;
}

/** Allowed connections between pods, by name. */
function allowed(model: NetworkModel): ReadonlyMap<string, string> {
  const answer = finished(connectivity(model, { ...EVERYTHING, from: undefined, to: undefined }));
  if (!answer.ok) throw new Error(answer.error.message);
  const pods = answer.value.result.connections.filter(({ from, to }) => from.startsWith('Pod ') && to.startsWith('Pod '));
  return new Map(pods.map(({ from, to, connection }) => [`${from} -> ${to}`, connection]));
}

const MIRRORED = { added: 'removed', removed: 'added', changed: 'changed' } as const;

describe('connectivity-diff on random clusters', () => {
  it('INV-POL-7 finds nothing between a state and itself', () => {
    assert(
      property(arbitraryCluster, (cluster) => {
        expect(diff(modelIn(cluster), modelIn(cluster))).toEqual([]);
      }),
    );
  });

  it('INV-POL-8 says the opposite the other way round', () => {
    assert(
      property(arbitraryCluster, arbitraryCluster, (a, b) => {
        const [before, after] = [modelIn(a), modelIn(b)];
        const there = diff(before, after).map(({ change, from, to, before: x, after: y }) => ({ change, from, to, x, y }));
        const back = diff(after, before).map(({ change, from, to, before: x, after: y }) => ({
          change: MIRRORED[change],
          from,
          to,
          x: y,
          y: x,
        }));
        expect(back).toEqual(there);
      }),
    );
  });

  it('INV-POL-9 is the difference of the two listings', () => {
    assert(property(arbitraryCluster, arbitraryCluster, (a, b) => expectDifference(modelIn(a), modelIn(b))));
  });

  it('INV-POL-9 also where little has changed, and what has not is not compared', () => {
    assert(
      property(arbitraryCluster, constantFrom('policy', 'cluster policy', 'pod', 'namespace'), (cluster, what) => {
        const { policies, clusterPolicies, pods, namespaces } = cluster;
        const changed: ReferenceCluster = {
          ...cluster,
          policies: what === 'policy' ? policies.slice(1) : policies,
          clusterPolicies: what === 'cluster policy' ? clusterPolicies.slice(1) : clusterPolicies,
          pods: what === 'pod' ? pods.map((pod, index) => (index === 0 ? { ...pod, labels: { app: 'x', tier: 'y' } } : pod)) : pods,
          namespaces: what === 'namespace' ? { ...namespaces, a: { ...namespaces['a'], app: 'y' } } : namespaces,
        };
        expectDifference(modelIn(cluster), modelIn(changed));
        expectDifference(modelIn(changed), modelIn(cluster));
      }),
    );
  });
});

/** The first listing with the rows of the difference is the second. */
function expectDifference(before: NetworkModel, after: NetworkModel): void {
  const result = new Map(allowed(before));
  for (const { from, to, after: now } of diff(before, after)) {
    if (now === 'No Connections') result.delete(`${from} -> ${to}`);
    else if (from.startsWith('Pod ') && to.startsWith('Pod ')) result.set(`${from} -> ${to}`, now);
  }
  expect(result).toEqual(allowed(after));
}

import { assert, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/core/policy/compare-result.js';
import { arbitraryCluster, manifestsOf, PORTS } from '../support/arbitrary-policies.js';
import { modelOf } from '../support/model.js';
import { compare } from '../support/policy-compare.js';
import { type ReferenceCluster, type ReferencePeer, referenceVerdict } from '../support/policy-reference.js';

const OUTSIDE = [
  '0.0.0.1',
  '10.0.0.200',
  '10.0.1.0',
  '10.0.1.200',
  '10.0.2.200',
  '10.0.128.1',
  '10.1.0.1',
  '11.0.0.1',
  '203.0.113.5',
  '204.0.0.1',
];

/** Without exemptions, which are no matter of policies. */
const plain = arbitraryCluster.map((cluster): ReferenceCluster => ({
  ...cluster,
  switches: { ...cluster.switches, loopback: 'policy', nodeToOwnPod: false },
}));

/** Every connection between different endpoints, allowed or not, with only some of the policies. */
function allowed(cluster: ReferenceCluster, keeps: (position: number) => boolean): readonly boolean[] {
  const count = cluster.policies.length;
  const some: ReferenceCluster = {
    ...cluster,
    policies: cluster.policies.filter((_, position) => keeps(position)),
    clusterPolicies: cluster.clusterPolicies.filter((_, position) => keeps(count + position)),
  };
  const peers: readonly ReferencePeer[] = [...cluster.pods, ...OUTSIDE.map((ip) => ({ ip }))];
  const found: boolean[] = [];
  for (const source of peers) {
    for (const destination of peers) {
      if (source === destination || (!('name' in source) && !('name' in destination))) continue;
      for (const protocol of ['TCP', 'UDP', 'SCTP']) {
        for (const port of PORTS) {
          const { egress, ingress } = referenceVerdict(some, source, destination, protocol, port);
          found.push(egress && ingress);
        }
      }
    }
  }
  return found;
}

/** Even positions are A, odd ones B. */
const isA = (position: number) => position % 2 === 0;

describe('policy-compare on random clusters', () => {
  it('INV-POL-10 finds every difference that a second evaluator sees, over the cluster and over all that there could be', () => {
    let both = 0;
    assert(
      property(plain, (cluster) => {
        const names = [
          ...cluster.policies.map(({ namespace }, position) => `${namespace}/policy-${position}`),
          ...cluster.clusterPolicies.map(({ name }) => name),
        ];
        const model = modelOf(manifestsOf(cluster), { policy: { enforcement: 'on', ...cluster.switches } });
        const [a, b] = [names.filter((_, position) => isA(position)), names.filter((_, position) => !isA(position))];
        const { result } = compare(model, a, b);
        const [byA, byB] = [allowed(cluster, isA), allowed(cluster, (position) => !isA(position))];
        const onlyA = byA.some((yes, position) => yes && byB[position] === false);
        const onlyB = byB.some((yes, position) => yes && byA[position] === false);
        const sees = ({ relation }: Comparison) => ({
          a: relation !== 'EQUAL' && relation !== 'CONTAINED',
          b: relation !== 'EQUAL' && relation !== 'CONTAINING',
        });
        for (const comparison of [result.cluster, result.possible]) {
          if (!comparison) continue;
          both++;
          if (onlyA) expect(sees(comparison).a, 'a').toBe(true);
          if (onlyB) expect(sees(comparison).b, 'b').toBe(true);
        }
      }),
      { numRuns: 50 },
    );
    expect(both).toBeGreaterThan(60);
  }, 240_000);
});

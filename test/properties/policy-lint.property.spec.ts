import { assert, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/kernel/json.js';
import { finished } from '../../src/core/kernel/steps.js';
import type { LintFinding } from '../../src/core/policy/lint-result.js';
import { policyPods } from '../../src/core/policy/policy-pods.js';
import type { ProfileSettings } from '../../src/core/model/profile-settings.js';
import { arbitraryCluster, manifestsOf, PORTS } from '../support/arbitrary-policies.js';
import { patched } from '../support/json-patch.js';
import { modelOf } from '../support/model.js';
import { lineOf, lint, unhelpfulFixes } from '../support/policy-lint.js';
import { type ReferenceCluster, type ReferencePeer, referenceVerdict } from '../support/policy-reference.js';

/** One address of every stretch that the generated blocks tell apart. */
const OUTSIDE = [
  '0.0.0.1',
  '10.0.0.200',
  '10.0.1.0',
  '10.0.1.1',
  '10.0.1.200',
  '10.0.2.200',
  '10.0.128.1',
  '10.1.0.1',
  '11.0.0.1',
  '203.0.113.5',
  '204.0.0.1',
];

/** Exemptions are no matter of policies: they are left out, so that a pod and itself stand for two alike. */
const plain = arbitraryCluster.map((cluster): ReferenceCluster => ({
  ...cluster,
  switches: { ...cluster.switches, loopback: 'policy', nodeToOwnPod: false },
}));

function settingsOf({ switches }: ReferenceCluster): ProfileSettings {
  return { policy: { enforcement: 'on', ...switches } };
}

/** What the second evaluator says of every direction of every connection, as one text. */
function everything(cluster: ReferenceCluster): string {
  const nodes = Object.values(cluster.nodes).map(({ ip }) => ({ ip }));
  const peers: readonly ReferencePeer[] = [...cluster.pods, ...nodes, ...OUTSIDE.map((ip) => ({ ip }))];
  let text = '';
  for (const source of peers) {
    for (const destination of peers) {
      if (!('name' in source) && !('name' in destination)) continue;
      for (const protocol of ['TCP', 'UDP', 'SCTP']) {
        for (const port of PORTS) {
          const { egress, ingress } = referenceVerdict(cluster, source, destination, protocol, port);
          text += egress ? (ingress ? '3' : '2') : ingress ? '1' : '0';
        }
      }
    }
  }
  return text;
}

/** The cluster with the policy of a finding changed, or taken away. */
function changed(
  cluster: ReferenceCluster,
  object: LintFinding['object'],
  change: (spec: JsonObject) => readonly JsonObject[],
): ReferenceCluster {
  return {
    ...cluster,
    policies: cluster.policies.flatMap((policy, position) =>
      object.kind === 'NetworkPolicy' && object.name === `policy-${position}`
        ? change(policy.spec).map((spec) => ({ ...policy, spec }))
        : [policy],
    ),
    clusterPolicies: cluster.clusterPolicies.flatMap((policy) =>
      policy.kind === object.kind && policy.name === object.name ? change(policy.spec).map((spec) => ({ ...policy, spec })) : [policy],
    ),
  };
}

/** A policy that is taken away stays in its place as one that selects nothing, so that the others keep their names. */
const GONE: JsonObject = {
  podSelector: { matchLabels: { nothing: 'at-all' } },
  subject: { namespaces: { matchLabels: { nothing: 'at-all' } } },
};

describe('policy-lint on random clusters', () => {
  it('INV-POL-11 what it calls redundant or shadowed changes nothing where it is taken away, by a second evaluator', () => {
    let claims = 0;
    assert(
      property(plain, (cluster) => {
        const { findings } = lint(modelOf(manifestsOf(cluster), settingsOf(cluster))).result;
        const before = everything(cluster);
        for (const finding of findings) {
          const { code, object, fix } = finding;
          const ofRule = code === 'POL-REDUNDANT-RULE' || code === 'POL-SHADOWED-RULE';
          if (!ofRule && code !== 'POL-REDUNDANT-POLICY') continue;
          claims++;
          const patch = (spec: JsonObject) => [patched({ spec }, fix?.patch ?? [])['spec']];
          const after = changed(cluster, object, (spec) => (ofRule ? patch(spec) : [{ ...spec, ...GONE }]));
          expect(everything(after) === before, lineOf(finding)).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
    expect(claims).toBeGreaterThan(50);
  }, 120_000);

  it('INV-POL-12 a policy that it does not call redundant changes something, or selects nothing, or says nothing', () => {
    assert(
      property(plain, (cluster) => {
        const model = modelOf(manifestsOf(cluster), settingsOf(cluster));
        const claimed = new Set(
          lint(model, { codes: ['POL-REDUNDANT-POLICY'] }).result.findings.map(({ object }) => `${object.kind} ${object.name}`),
        );
        const before = everything(cluster);
        for (const policy of [...model.networkPolicies, ...model.clusterPolicies]) {
          const name = `${policy.kind} ${policy.ref.name}`;
          const silent = policy.kind !== 'NetworkPolicy' && policy.ingress.length + policy.egress.length === 0;
          if (claimed.has(name) || silent || finished(policyPods(model, policy)).result.pods.length === 0) continue;
          const after = changed(cluster, policy.ref, (spec) => [{ ...spec, ...GONE }]);
          expect(everything(after) === before, name).toBe(false);
        }
      }),
      { numRuns: 100 },
    );
  }, 120_000);

  it('INV-POL-13 a fix makes its finding go away', () => {
    assert(
      property(plain, (cluster) => {
        expect(unhelpfulFixes(manifestsOf(cluster), settingsOf(cluster))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});

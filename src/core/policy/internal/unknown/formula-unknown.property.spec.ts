import { assert, constantFrom, oneof, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryCalicoCluster, calicoManifestsOf, calicoSettingsOf } from '../../../../../test/support/arbitrary-calico.js';
import { arbitraryCiliumCluster, ciliumManifestsOf, ciliumSettingsOf } from '../../../../../test/support/arbitrary-cilium.js';
import { modelOf } from '../../../../../test/support/model.js';
import { DIRECTIONS } from '../direction.js';
import { layersAt } from '../layers-at.js';
import type { PodEndpoint } from '../policy-endpoint.js';
import { PolicyIndex } from '../policy-index.js';
import { finished } from '../../../kernel/steps.js';
import { FormulaUnknown } from './formula-unknown.js';
import { butNot, everyOf, NAMESPACE, namespaceLabel, type PodFormula } from './pod-formula.js';

const KEYS = ['app', 'tier', 'role', 'env', 'team', 'name'];

/** Just this pod: the labels that it has, and none of the others that the clusters know. */
function exactly({ labels, namespace, namespaceLabels }: PodEndpoint): PodFormula {
  const own = Object.entries(labels);
  const inherited = Object.entries(namespaceLabels).map(([key, value]) => [namespaceLabel(key), value] as const);
  const has = new Map([...own, ...inherited, [NAMESPACE, namespace] as const]);
  const absent = [...KEYS, ...KEYS.map(namespaceLabel)].filter((key) => !has.has(key));
  return everyOf([
    ...[...has].map(([label, value]): PodFormula => [{ op: 'in', label, values: new Set([value]) }]),
    ...absent.map((label) => butNot([{ op: 'has', label }])),
  ]);
}

const clusters = oneof(
  // Addresses are no labels: where they count, formulas leave them open.
  arbitraryCalicoCluster.map((cluster) => ({
    objects: calicoManifestsOf(cluster),
    settings: calicoSettingsOf({ ...cluster, ipBlockMatchesPods: false }),
  })),
  arbitraryCiliumCluster.map((cluster) => ({ objects: ciliumManifestsOf(cluster), settings: ciliumSettingsOf(cluster) })),
);

describe('formulas of what rules ask of pods, on random clusters', () => {
  it('INV-POL-17 a rule means a pod that exists by its formula just where it admits it', () => {
    let checked = 0;
    assert(
      property(clusters, constantFrom(...DIRECTIONS), ({ objects, settings }, direction) => {
        const model = modelOf(objects, settings);
        const index = PolicyIndex.of(model);
        const unknown = finished(FormulaUnknown.of(model, index, []));
        const pods = model.pods.flatMap((pod) =>
          index.classesOf(pod).flatMap(({ endpoint }) => (endpoint.kind === 'pod' ? [endpoint] : [])),
        );
        for (const subject of pods) {
          const rules = layersAt(index, direction, subject).flatMap((layer) => layer.rules);
          for (const rule of rules) {
            for (const pod of pods) {
              const name = `${pod.namespace} ${JSON.stringify(pod.labels)}`;
              const means = unknown.means(rule, direction, { name, formula: exactly(pod), selectors: undefined });
              if (means === undefined) continue;
              checked++;
              expect(means, `${rule.policy.ref.name} ${rule.pointer} and ${name}`).toBe(rule.admits(pod));
            }
          }
        }
      }),
      { numRuns: 150 },
    );
    expect(checked).toBeGreaterThan(1000);
  });
});

import { assert, constantFrom, oneof, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryCalicoCluster, calicoManifestsOf, calicoSettingsOf } from '../../../../test/support/arbitrary-calico.js';
import { arbitraryCiliumCluster, ciliumManifestsOf, ciliumSettingsOf } from '../../../../test/support/arbitrary-cilium.js';
import { modelOf } from '../../../../test/support/model.js';
import { finished } from '../../kernel/steps.js';
import { ClassFinder } from './class-finder.js';
import { eachClass } from './class-set.js';
import { DIRECTIONS } from './direction.js';
import { layersAt } from './layers-at.js';
import { Population } from './lint/population.js';
import { PolicyIndex } from './policy-index.js';

const clusters = oneof(
  arbitraryCalicoCluster.map((cluster) => ({ objects: calicoManifestsOf(cluster), settings: calicoSettingsOf(cluster) })),
  arbitraryCiliumCluster.map((cluster) => ({ objects: ciliumManifestsOf(cluster), settings: ciliumSettingsOf(cluster) })),
);

describe('whom a rule of Calico or Cilium admits, on random clusters', () => {
  // A rule is asked about pods, nodes and addresses one by one for a verdict; for listings, labels tell most of them at once.
  it('is found among all classes as it is asked about each', () => {
    let [checked, admitted] = [0, 0];
    assert(
      property(clusters, constantFrom(...DIRECTIONS), ({ objects, settings }, direction) => {
        const model = modelOf(objects, settings);
        const index = PolicyIndex.of(model);
        const { classes } = finished(Population.of(model, index));
        const finder = new ClassFinder(classes);
        for (const { endpoint } of classes) {
          if (endpoint.kind === 'address') continue;
          for (const rule of layersAt(index, direction, endpoint).flatMap(({ rules }) => rules)) {
            const found: number[] = [];
            eachClass(finished(finder.admittedBy(rule)), (position) => found.push(position));
            const expected = classes.flatMap((one, position) => (rule.admits(one.endpoint) ? [position] : []));
            expect(found, `${rule.policy.ref.name} ${rule.pointer}`).toEqual(expected);
            checked += classes.length;
            admitted += found.length;
          }
        }
      }),
      { numRuns: 150 },
    );
    expect([checked > 1000, admitted > 100]).toEqual([true, true]);
  });
});

import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { AllocationBook } from './allocation-book.js';
import { nodeToJoin } from './joining-objects.js';
import { simulateJoin } from './simulate-join.js';

const COUNT = 4_000;

const pools = Array.from({ length: COUNT }, (_, index): KubernetesObject => ({
  apiVersion: 'projectcalico.org/v3',
  kind: 'IPPool',
  metadata: { name: `p${index}` },
  spec: { cidr: `10.${index >> 8}.${index & 255}.0/26`, blockSize: 26 },
}));
const full = Array.from({ length: COUNT }, (_, index): KubernetesObject => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind: 'IPAMBlock',
  metadata: { name: `b${index}` },
  spec: {
    cidr: `10.${index >> 8}.${index & 255}.0/26`,
    affinity: `host:n${index % 200}`,
    allocations: Array.from({ length: 64 }, () => 0),
    unallocated: [],
    attributes: [{ handle_id: 'h', secondary: {} }],
  },
}));

/** Pools times pools, or pools times blocks, would take minutes. */
describe('a cluster of very many pools of Calico', () => {
  it.each([
    ['unused', pools, 'GIVEN'],
    ['full', [...pools, ...full], 'REFUSED'],
  ])('is asked in a time that goes with their number: %s', (_, objects, verdict) => {
    const model = modelOf(objects, { cni: { plugin: 'calico' } });
    const answer = simulateJoin(model, new AllocationBook(), { add: 'node', node: nodeToJoin('new', undefined) });
    expect(answer.verdict).toBe(verdict);
  });
});

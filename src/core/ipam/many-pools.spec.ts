import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { AllocationBook } from './allocation-book.js';
import { parseIp } from '../net/ip.js';
import { nodeToJoin } from './joining-objects.js';
import { ownIp } from './own-ip.js';
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

/** A walk through the ranges for each address would take half a minute. */
describe('a cluster of very many nodes', () => {
  it('is asked about many addresses in a time that does not go with the number of nodes', () => {
    const range = (index: number) => `10.${index >> 8}.${index & 255}.0/24`;
    const nodes = Array.from({ length: 10_000 }, (_, index): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: `n${index}` },
      spec: { podCIDR: range(index) },
    }));
    const model = modelOf(nodes, { cni: { plugin: 'flannel' }, podCIDRs: ['10.0.0.0/8'] });
    const book = new AllocationBook();
    ownIp(model, book, parseIp('10.0.0.1')!);
    const began = performance.now();
    for (let index = 0; index < 1_000; index++) {
      const { pools: memberships, chain } = ownIp(model, book, parseIp(`10.${index >> 8}.${index & 255}.7`)!).result;
      expect(memberships[0]?.block).toEqual({ cidr: range(index), node: `n${index}` });
      expect(chain.map(({ prefix }) => prefix)).toEqual([range(index), '10.0.0.0/8']);
    }
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

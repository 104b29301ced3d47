import { describe, expect, it, vi } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { normaliseObject } from '../resources/normalise-object.js';
import { compileSteps } from './compile-model.js';
import { ChildCidrs } from '../net/child-cidrs.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const MANY = 2_000;

const third = (index: number) => `10.${index >> 8}.${index & 255}`;

/** The last node's pod lies in the first range, so that ranges in order are wrong and homes are looked for. */
function objects(index: number): readonly KubernetesObject[] {
  const name = `n${String(index).padStart(5, '0')}`;
  const ip = `${third(MANY - 1 - index)}.9`;
  return [
    { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: {} },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 't' },
      spec: { nodeName: name, containers: [{ name: 'c', image: 'c' }] },
      status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] },
    },
  ];
}

const rangesOf = ({ nodes }: ReturnType<typeof modelOf>) =>
  [...nodes.values()].map(({ podCIDRs }) => podCIDRs.map(({ value }) => value.base));

// Bounded work: ranges of the cluster and nodes may both be many thousands, and nobody goes through all pairs of them.
describe('many ranges of a cluster', () => {
  it('are asked for the nodes that they meet', () => {
    const calls = (['occupy', 'allocate', 'isTaken'] as const).map((name) => vi.spyOn(ChildCidrs.prototype, name));
    const podCIDRs = Array.from({ length: MANY }, (_, index) => `${third(index)}.0/24`);
    const all = Array.from({ length: MANY }, (_, index) => objects(index)).flat();
    const ranges = rangesOf(modelOf(all, { podCIDRs, cni: { plugin: 'flannel' } }));
    const count = calls.reduce((sum, call) => sum + call.mock.calls.length, 0);
    for (const call of calls) call.mockRestore();
    expect([ranges[0], ranges.at(-1)]).toEqual([[BigInt((10 << 24) + ((MANY - 1) << 8))], [BigInt(10 << 24)]]);
    expect(count).toBeLessThan(10 * MANY);
  });

  it('are looked at in steps', () => {
    const calls = (['occupy', 'allocate', 'isTaken', 'childOf'] as const).map((name) => vi.spyOn(ChildCidrs.prototype, name));
    const count = () => calls.reduce((sum, call) => sum + call.mock.calls.length, 0);
    const nodes = Array.from({ length: MANY }, (_, index) => ({
      ...objects(index)[0],
      spec: index % 2 === 0 ? {} : { podCIDR: `${third(index)}.0/24`, podCIDRs: [`${third(index)}.0/24`] },
    }));
    const resources = nodes.flatMap((node) => normaliseObject(node as KubernetesObject).resource ?? []);
    const podCIDRs = Array.from({ length: MANY }, (_, index) => `${third(index)}.0/24`);
    const steps = compileSteps({ resources, unmodelled: [], settings: { podCIDRs, cni: { plugin: 'flannel' } } });
    let [most, before] = [0, 0];
    for (let done: boolean | undefined = false; !done; before = count()) {
      ({ done } = steps.next());
      most = Math.max(most, count() - before);
    }
    for (const call of calls) call.mockRestore();
    expect(before).toBeGreaterThanOrEqual(MANY);
    // A step hands out 500 parts, and passes over two used-up ranges for each.
    expect(most).toBeLessThan(MANY);
  });

  it('of which one is told twice give each part once', () => {
    const nodes = ['a', 'b'].map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: {} }));
    const model = modelOf(nodes, { podCIDRs: ['10.0.0.0/24', '10.0.0.0/24'], cni: { plugin: 'flannel' } });
    expect(rangesOf(model)).toEqual([[BigInt(10 << 24)], []]);
  });
});

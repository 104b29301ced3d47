import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { workloadCluster } from '../../../test/support/workload-cluster.js';
import { qualifiedName } from '../kernel/object-ref.js';
import { cidrContains, cidrsOverlap } from '../net/cidr.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { type LabelRequirement, type LabelSelector, selectorMatches } from '../resources/label-selector.js';
import type { IpOwner, NetworkModel } from './network-model.js';

const RUNS = { numRuns: 60 };
const KEYS = ['app', 'tier'] as const;
const VALUES = ['a', 'b', 'web'] as const;

/** Labels as the notation writes them. */
const labels = fc.record({ app: fc.constantFrom(...VALUES), tier: fc.constantFrom(...VALUES) }, { requiredKeys: [] }).map((pairs) =>
  Object.entries(pairs)
    .map(([key, value]) => `${key}=${value}`)
    .join(' '),
);
const wish = fc.constantFrom('', 'on:disk=ssd', 'tolerates:gpu', 'tolerates:*', 'hostNetwork');
const nodes = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom('n1', 'n2', 'n3'),
      more: fc.constantFrom('', 'disk=ssd', 'taint:gpu', '10.244.5.0/24', '192.168.0.9', 'max=2'),
    }),
    { selector: ({ name }) => name },
  )
  .map((list) => list.map(({ name, more }) => `Node ${name} ${more}`));
const workloads = fc
  .uniqueArray(
    fc.record({
      kind: fc.constantFrom('Deployment', 'StatefulSet', 'DaemonSet', 'Job'),
      name: fc.constantFrom('w1', 'w2', 'w3'),
      count: fc.nat(4),
      labels,
      wish,
    }),
    { selector: ({ kind, name }) => `${kind} ${name}` },
  )
  .map((list) => list.map((one) => `${one.kind} ${one.name} x${one.count} ${one.labels} ${one.wish}`));
const pods = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom('p1', 'p2', 'p3', 'p4', 'w1-0'),
      labels,
      place: fc.constantFrom('', '@n1', '@n2', '@gone'),
      state: fc.constantFrom(
        '',
        'Running 10.244.0.2',
        'Running NotReady 10.244.5.2',
        'Running Terminating 10.244.0.3',
        'Succeeded 10.244.0.2',
        'Failed',
        'Pending',
      ),
      wish,
    }),
    { selector: ({ name }) => name },
  )
  .map((list) => list.map((one) => `Pod ${one.name} ${one.labels} ${one.place} ${one.state} ${one.wish}`));
const services = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom('s1', 's2', 's3', 's4'),
      selector: fc.record({ app: fc.constantFrom(...VALUES), tier: fc.constantFrom(...VALUES) }, { requiredKeys: [] }),
      address: fc.constantFrom(
        {},
        { clusterIP: 'None' },
        { clusterIP: '10.96.0.20' },
        { type: 'NodePort' },
        { publishNotReadyAddresses: true },
      ),
    }),
    { selector: ({ name }) => name },
  )
  .map((list) =>
    list.map(({ name, selector, address }): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 't' },
      spec: { selector, ports: [{ port: 80, targetPort: 8080 }], ...address },
    })),
  );

/** Small clusters in which everything happens: no nodes, too few, names and addresses twice. */
const clusters = fc
  .tuple(nodes, workloads, pods, services)
  .map(([some, more, others, objects]) => [...workloadCluster([...some, ...more, ...others].join('\n')), ...objects]);

function forAll(check: (model: NetworkModel, objects: readonly KubernetesObject[]) => void): void {
  fc.assert(
    fc.property(clusters, (objects) => check(modelOf(objects), objects)),
    RUNS,
  );
}

describe('invariants of every model', () => {
  it('INV-MODEL-2: numbers are positions, keys find what they name', () => {
    forAll(({ pods: all, podByKey, workloads: owners, workloadByKey, podsByNamespace }) => {
      expect(all.map(({ id }) => id)).toEqual(all.map((_, index) => index));
      expect(all.map((pod) => podByKey.get(`${pod.namespace}/${pod.name}`))).toEqual(all);
      expect(owners.map(({ kind, namespace, name }) => workloadByKey.get(`${kind}/${namespace}/${name}`))).toEqual(owners);
      expect(owners.flatMap((owner) => owner.pods.map((id) => [id, owner.id])).sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))).toEqual(
        all.map(({ id, workload }) => [id, workload]),
      );
      expect([...podsByNamespace.values()].flat()).toEqual(all.map(({ id }) => id));
    });
  });

  it('INV-MODEL-3: what was observed stays', () => {
    forAll((model, objects) => {
      for (const { resource, ips, phase, finished } of model.pods) {
        if (resource?.status === undefined) continue;
        expect(phase).toEqual({ value: resource.status.phase, provenance: 'observed' });
        expect(ips.map(({ value }) => value)).toEqual(finished ? [] : resource.status.podIPs);
      }
      for (const { resource, clusterIPs } of model.services.values()) {
        if (resource.clusterIPs.length > 0) expect(clusterIPs.map(({ value }) => value)).toEqual(resource.clusterIPs);
      }
      const imported = objects.filter(({ kind }) => kind === 'Pod').map(({ metadata }) => metadata.name);
      expect(model.pods.filter(({ provenance }) => provenance === 'observed').map(({ name }) => name)).toEqual(imported.sort());
    });
  });

  it('INV-MODEL-4: nothing that the model gives out belongs to somebody else', () => {
    forAll((model) => {
      const isShared = (owner: IpOwner) =>
        owner.ip.provenance === 'observed' || owner.type === 'node' || (owner.type === 'pod' && model.pods[owner.pod]?.spec.hostNetwork);
      for (const owners of model.ipOwners.values()) if (owners.length > 1) expect(owners.filter((owner) => !isShared(owner))).toEqual([]);
      const ports = [...model.services.values()].flatMap(({ nodePorts }) => nodePorts.flatMap((port) => port?.value ?? []));
      expect(new Set(ports).size).toBe(ports.length);
    });
  });

  it('INV-MODEL-5: a pod’s new address is of its node’s ranges; a range that is cut for a node overlaps no other and no service range', () => {
    forAll((model) => {
      for (const pod of model.pods) {
        const node = model.nodes.get(pod.nodeName?.value ?? '');
        if (pod.spec.hostNetwork || pod.resource?.status !== undefined) continue;
        for (const { value } of pod.ips) expect(node?.podCIDRs.some((range) => cidrContains(range.value, value))).toBe(true);
      }
      const ranges = [...model.nodes.values()].flatMap(({ podCIDRs }) => podCIDRs);
      for (const range of ranges.filter(({ provenance }) => provenance !== 'observed')) {
        const others = [...ranges.filter((other) => other !== range).map(({ value }) => value), ...model.profile.serviceCIDRs];
        expect(others.filter((other) => cidrsOverlap(range.value, other))).toEqual([]);
      }
    });
  });

  it('INV-MODEL-6: each pod a selector matches is a candidate once; what is included is what derived slices hold', () => {
    forAll((model) => {
      for (const { resource, endpoints, namespace } of model.services.values()) {
        const wanted = Object.entries(resource.selector ?? {});
        const selected = model.pods.filter(
          (pod) => wanted.length > 0 && pod.namespace === namespace && wanted.every(([key, value]) => pod.labels[key] === value),
        );
        const candidates = endpoints.candidates.filter(({ reason }) => reason !== 'SELECTOR_NEAR_MISS');
        expect(candidates.map(({ pod }) => pod)).toEqual(selected.map(({ id }) => id));
        const published = endpoints.slices.flatMap((slice) => slice.endpoints.map(({ targetRef }) => targetRef?.name));
        expect(published).toEqual(candidates.filter(({ included }) => included).map(({ pod }) => model.pods[pod]?.name));
      }
    });
  });

  it('INV-MODEL-7: a finished pod has no address and is no endpoint', () => {
    forAll((model) => {
      const finished = new Set(model.pods.filter((pod) => pod.finished).map(({ id }) => id));
      const owning = [...model.ipOwners.values()].flat().flatMap((owner) => (owner.type === 'pod' ? [owner.pod] : []));
      const included = [...model.services.values()].flatMap(({ endpoints }) => endpoints.candidates.filter((one) => one.included));
      expect([...owning, ...included.map(({ pod }) => pod)].filter((id) => finished.has(id))).toEqual([]);
    });
  });

  it('INV-MODEL-8: selectPods finds what looking at every pod finds', () => {
    const requirement: fc.Arbitrary<LabelRequirement> = fc.record({
      key: fc.constantFrom(...KEYS, 'pod-template-hash'),
      operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
      values: fc.uniqueArray(fc.constantFrom(...VALUES), { minLength: 1 }),
    });
    const selectors: fc.Arbitrary<LabelSelector> = fc.record({
      requirements: fc.array(requirement, { maxLength: 3 }),
      invalid: fc.boolean(),
    });
    fc.assert(
      fc.property(clusters, fc.array(selectors, { minLength: 1, maxLength: 4 }), (objects, asked) => {
        const model = modelOf(objects);
        for (const selector of asked) {
          const expected = model.pods.filter((pod) => selectorMatches(selector, pod.labels)).map(({ id }) => id);
          expect(model.selectPods('t', selector)).toEqual(expected);
          expect(model.selectPods('nowhere', selector)).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('INV-MODEL-9: every object lives in a namespace that the model knows', () => {
    forAll((model, objects) => {
      for (const { kind, metadata } of objects) if (kind !== 'Node') expect(model.namespaces.has(metadata.namespace ?? '')).toBe(true);
      for (const service of model.services.values()) expect(qualifiedName(service.ref)).toBe(`${service.namespace}/${service.name}`);
    });
  });
});

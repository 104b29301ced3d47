import { describe, expect, it } from 'vitest';
import { modelOf, modelOfYaml, objectsBelow } from '../../../test/support/model.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { ItemName } from '../objects/collection.js';
import { pageOfList } from './page-of-list.js';
import * as placed from './placed-relations.js';
import * as pods from './pod-relations.js';
import type { Relation } from './relation.js';
import * as services from './service-relations.js';

const RELATIONS = new Map(
  [...Object.values(placed), ...Object.values(pods), ...Object.values(services)].flatMap((value): [string, Relation][] =>
    typeof value === 'object' ? [[value.name, value as Relation]] : [],
  ),
);

/** `shop/web`, `Deployment/shop/web`, `n1`. */
function nameOf(text: string): ItemName {
  const parts = text.split('/');
  return { kind: parts.length === 3 ? parts[0]! : '', namespace: parts.length > 1 ? parts.at(-2)! : '', name: parts.at(-1)! };
}

function pathOf({ kind, namespace, name }: ItemName): string {
  return [kind, namespace, name].filter((part) => part !== '').join('/');
}

function relationNamed(name: string): Relation {
  const relation = RELATIONS.get(name);
  if (!relation) throw new Error(`there is no relation ${name}`);
  return relation;
}

/** What a relation leads to, as paths. */
function lead(model: NetworkModel, name: string, from: ItemName): readonly string[] {
  const relation = relationNamed(name);
  return relation.related(from, model).map((item) => pathOf(relation.to.row(item, model)));
}

const CLUSTER = `
{apiVersion: v1, kind: Node, metadata: {name: n1}}
---
{apiVersion: v1, kind: Node, metadata: {name: n2}}
---
{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: s, labels: {app: web}}, spec: {nodeName: n1, containers: [{name: c, image: i}]}, status: {phase: Running, podIP: 10.0.0.1}}
---
{apiVersion: v1, kind: Pod, metadata: {name: b, namespace: s, labels: {app: web}}, spec: {nodeName: n2, containers: [{name: c, image: i}]}, status: {phase: Running, podIP: 10.0.0.2}}
---
{apiVersion: v1, kind: Pod, metadata: {name: alone, namespace: s}, spec: {nodeName: n1, containers: [{name: c, image: i}]}, status: {phase: Running, podIP: 10.0.0.3}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: s}, spec: {selector: {app: web}, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: observed, namespace: s}, spec: {ports: [{port: 80}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: observed-1, namespace: s, labels: {kubernetes.io/service-name: observed}}
addressType: IPv4
endpoints:
  - {addresses: [10.0.0.3], targetRef: {kind: Pod, namespace: s, name: alone}}
  - {addresses: [10.0.0.9], targetRef: {kind: Pod, namespace: s, name: gone}}
  - {addresses: [192.0.2.1]}
---
{apiVersion: v1, kind: Service, metadata: {name: elsewhere, namespace: s}, spec: {type: ExternalName, externalName: example.com}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: i, namespace: s}
spec:
  defaultBackend: {service: {name: observed, port: {number: 80}}}
  rules:
    - http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
          - {path: /x, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
          - {path: /y, pathType: Prefix, backend: {service: {name: missing, port: {number: 80}}}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: all, namespace: s}, spec: {podSelector: {}}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: web, namespace: s}, spec: {podSelector: {matchLabels: {app: web}}}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: all, namespace: other}, spec: {podSelector: {}}}
`;

/** Kubernetes' own references: Pod.spec.nodeName, EndpointSlice.endpoints[].targetRef, Ingress backends, NetworkPolicy.spec.podSelector. */
describe('relations', () => {
  const model = modelOfYaml(CLUSTER);
  const ROWS: [relation: string, from: string, to: string][] = [
    ['pod.node', 's/a', 'n1'],
    ['pod.node', 's/nobody', ''],
    ['pod.workload', 's/a', 'Pod/s/a'],
    ['pod.services', 's/a', 's/web'],
    ['pod.services', 's/alone', 's/observed'],
    ['pod.networkPolicies', 's/a', 's/all s/web'],
    ['pod.networkPolicies', 's/alone', 's/all'],
    ['node.pods', 'n1', 's/a s/alone'],
    ['node.pods', 'n3', ''],
    ['workload.pods', 'Pod/s/a', 's/a'],
    ['service.pods', 's/web', 's/a s/b'],
    ['service.pods', 's/observed', 's/alone'],
    ['service.pods', 's/elsewhere', ''],
    ['service.workloads', 's/web', 'Pod/s/a Pod/s/b'],
    ['service.endpointSlices', 's/observed', 's/observed-1'],
    ['service.ingresses', 's/web', 's/i'],
    ['service.ingresses', 's/elsewhere', ''],
    ['endpointSlice.service', 's/observed-1', 's/observed'],
    ['ingress.services', 's/i', 's/observed s/web'],
    ['networkPolicy.pods', 's/web', 's/a s/b'],
    ['networkPolicy.pods', 'other/all', ''],
    ['namespace.pods', 's', 's/a s/alone s/b'],
    ['namespace.services', 's', 's/elsewhere s/observed s/web'],
    ['namespace.workloads', 's', 'Pod/s/a Pod/s/alone Pod/s/b'],
    ['namespace.ingresses', 's', 's/i'],
    ['namespace.networkPolicies', 'other', 'other/all'],
  ];

  it.each(ROWS)('%s of %s: %s', async (relation, from, to) => {
    expect(lead(await model, relation, nameOf(from)).join(' ')).toBe(to);
  });

  it('are each in the table', () => {
    expect([...RELATIONS.keys()].filter((name) => !ROWS.some(([relation]) => relation === name))).toEqual([]);
  });

  it.each(['harbor', 'fjord', 'atoll', 'heritage'])('that are the reverse of one another agree: %s', async (cluster) => {
    const demo = modelOf(await objectsBelow(`demo/${cluster}`));
    let count = 0;
    for (const [there, back, from] of [
      ['pod.node', 'node.pods', 'workload.pods'],
      ['pod.services', 'service.pods', 'workload.pods'],
      ['pod.networkPolicies', 'networkPolicy.pods', 'workload.pods'],
      ['ingress.services', 'service.ingresses', 'service.ingresses'],
    ] as const) {
      const { to } = relationNamed(from);
      for (const item of to.items(demo)) {
        const path = pathOf(to.row(item, demo));
        for (const other of lead(demo, there, nameOf(path))) {
          expect(lead(demo, back, nameOf(other)), `${there} of ${path} leads to ${other}`).toContain(path);
          count++;
        }
      }
    }
    expect(count).toBeGreaterThan(5);
  });
});

describe('a page of a list', () => {
  const letters = ['a', 'b', 'c', 'd', 'e', 'f'];
  const page = (first?: number, after?: string) => pageOfList(letters, (letter) => [letter], { first, after });
  const valueOf = (result: ReturnType<typeof page>) => {
    if (!result.ok) throw new Error(result.error.message);
    return result.value;
  };

  it('goes on after any of its items', () => {
    const { items, cursors, remaining } = valueOf(page(2));
    expect([items, remaining]).toEqual([['a', 'b'], 4]);
    expect(valueOf(page(10, cursors[0])).items).toEqual(['b', 'c', 'd', 'e', 'f']);
    expect(valueOf(page(3, cursors[1]))).toMatchObject({ items: ['c', 'd', 'e'], remaining: 1 });
  });

  it('is refused where it is too long or begins nowhere', () => {
    expect(page(1_001)).toMatchObject({ ok: false, error: { kind: 'limit-too-large', extra: { maximum: 1_000 } } });
    expect(page(1, 'Zm9v')).toMatchObject({ ok: false, error: { kind: 'invalid-request', errors: [{ pointer: '/after' }] } });
  });
});

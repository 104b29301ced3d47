import { array, assert, boolean, constantFrom, oneof, option, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/kernel/json.js';
import { compileModel } from '../../src/core/model/compile-model.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { NO_SETTINGS } from '../../src/core/model/profile-settings.js';
import { normaliseObject } from '../../src/core/resources/normalise-object.js';
import type { UnderstoodResource } from '../../src/core/resources/understood-resource.js';

/** A cluster's resources by what they are; an object that is not written again stays the same object. */
type Cluster = ReadonlyMap<string, UnderstoodResource>;
/** A write: the object, or null for its end. */
type Write = readonly [key: string, object: JsonObject | null];

const NAMES = ['a', 'b', 'c', 'd'];
const labels = record({ app: constantFrom('web', 'webb', 'api'), tier: constantFrom('front', 'back') }, { requiredKeys: ['app'] });
const selector = record({ app: constantFrom('web', 'api'), tier: constantFrom('front', 'back') }, { requiredKeys: ['app'] });

const podWrite = record({
  name: constantFrom(...NAMES),
  labels,
  ready: boolean(),
  node: constantFrom('n1', 'n2', 'gone'),
  ip: constantFrom('10.244.0.1', '10.244.0.2', null),
  port: constantFrom('http', 'web'),
  deleted: boolean(),
}).map(({ name, labels: own, ready, node, ip, port, deleted }): Write => [
  `Pod ${name}`,
  deleted
    ? null
    : {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { namespace: 't', name, labels: own },
        spec: { nodeName: node, containers: [{ name: 'c', ports: [{ name: port, containerPort: 8080 }] }] },
        status: {
          phase: 'Running',
          ...(ip === null ? {} : { podIP: ip }),
          conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
        },
      },
]);

const deploymentWrite = record({ name: constantFrom('x', 'y'), labels, replicas: constantFrom(0, 1, 3), deleted: boolean() }).map(
  ({ name, labels: own, replicas, deleted }): Write => [
    `Deployment ${name}`,
    deleted
      ? null
      : {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { namespace: 't', name },
          spec: {
            replicas,
            selector: { matchLabels: own },
            template: { metadata: { labels: own }, spec: { containers: [{ name: 'c' }] } },
          },
        },
  ],
);

const serviceWrite = record({ name: constantFrom('s', 'u'), selector: option(selector), early: boolean(), deleted: boolean() }).map(
  ({ name, selector: wanted, early, deleted }): Write => [
    `Service ${name}`,
    deleted
      ? null
      : {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { namespace: 't', name, annotations: { 'service.kubernetes.io/topology-mode': 'Auto' } },
          spec: {
            ports: [{ port: 80, targetPort: 'http' }],
            publishNotReadyAddresses: early,
            ...(wanted ? { selector: { ...wanted } } : {}),
          },
        },
  ],
);

const nodeWrite = record({
  name: constantFrom('n1', 'n2'),
  zone: constantFrom('a', 'b'),
  cpu: constantFrom('1', '4', null),
  deleted: boolean(),
}).map(({ name, zone, cpu, deleted }): Write => [
  `Node ${name}`,
  deleted
    ? null
    : {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name, labels: { 'topology.kubernetes.io/zone': zone } },
        status: { allocatable: cpu === null ? {} : { cpu }, conditions: [{ type: 'Ready', status: 'True' }] },
      },
]);

const sliceWrite = record({ service: constantFrom('s', 'u'), ready: boolean(), deleted: boolean() }).map(
  ({ service, ready, deleted }): Write => [
    `EndpointSlice ${service}-1`,
    deleted
      ? null
      : {
          apiVersion: 'discovery.k8s.io/v1',
          kind: 'EndpointSlice',
          metadata: { namespace: 't', name: `${service}-1`, labels: { 'kubernetes.io/service-name': service } },
          addressType: 'IPv4',
          ports: [{ name: '', port: 8080, protocol: 'TCP' }],
          endpoints: [{ addresses: ['10.244.0.1'], conditions: { ready } }],
        },
  ],
);

const write = oneof(
  { arbitrary: podWrite, weight: 4 },
  { arbitrary: serviceWrite, weight: 2 },
  { arbitrary: deploymentWrite, weight: 2 },
  { arbitrary: nodeWrite, weight: 1 },
  { arbitrary: sliceWrite, weight: 1 },
);

function written(cluster: Cluster, writes: readonly Write[]): Cluster {
  const next = new Map(cluster);
  for (const [key, object] of writes) {
    const resource = object && normaliseObject(object as never).resource;
    if (resource) next.set(key, resource);
    else next.delete(key);
  }
  return next;
}

const compiled = (cluster: Cluster, earlier?: NetworkModel) =>
  compileModel({ resources: [...cluster.values()], unmodelled: [], settings: NO_SETTINGS, earlier });

describe('the endpoints of a model that follows another', () => {
  it('are those of a model of its own', () => {
    let [carried, derived] = [0, 0];
    assert(
      property(
        array(write, { minLength: 6, maxLength: 20 }),
        array(array(write, { minLength: 1, maxLength: 2 }), { maxLength: 6 }),
        (first, later) => {
          let cluster = written(new Map(), first);
          let model = compiled(cluster);
          for (const writes of later) {
            cluster = written(cluster, writes);
            const next = compiled(cluster, model);
            expect(next.services).toEqual(compiled(cluster).services);
            for (const [key, { endpoints }] of next.services) {
              if (model.services.get(key)?.endpoints === endpoints) carried++;
              else derived++;
            }
            model = next;
          }
        },
      ),
      { numRuns: 400 },
    );
    // both ways were gone
    expect(Math.min(carried, derived)).toBeGreaterThan(200);
  });

  /** Services of 20 applications with a pod each, and what one more write makes of their endpoints. */
  function touchedBy(...writes: readonly Write[]): readonly string[] {
    const pod = (app: string, ready = true): JsonObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: 't', name: app, labels: { app, part: 'shop' } },
      spec: { nodeName: 'n', containers: [{ name: 'c' }] },
      status: { phase: 'Running', podIP: `10.244.0.${app.slice(1)}`, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
    });
    const apps = Array.from({ length: 20 }, (_, n) => `a${n + 10}`);
    const cluster = written(
      new Map(),
      apps.flatMap((app): readonly Write[] => [
        [`Pod ${app}`, pod(app)],
        [
          `Service ${app}`,
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { namespace: 't', name: app },
            spec: { selector: { app }, ports: [{ port: 80 }] },
          },
        ],
      ]),
    );
    const before = compiled(cluster);
    const after = compiled(written(cluster, writes.length > 0 ? writes : [['Pod a13', pod('a13', false)]]), before);
    return [...after.services].filter(([key, { endpoints }]) => before.services.get(key)?.endpoints !== endpoints).map(([key]) => key);
  }

  it('are derived again of the services of a pod that changed, and of no other', () => {
    expect(touchedBy()).toEqual(['t/a13']);
  });

  it('are taken over when a pod comes that nobody selects', () => {
    const stranger: JsonObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: 't', name: 'z', labels: { app: 'stranger' } },
      spec: { nodeName: 'n', containers: [{ name: 'c' }] },
    };
    expect(touchedBy(['Pod z', stranger])).toEqual([]);
  });
});

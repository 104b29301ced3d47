import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endpointCluster } from '../../../test/support/endpoint-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { workloadCluster } from '../../../test/support/workload-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { normaliseObject } from '../resources/normalise-object.js';
import { selectorOfLabels } from '../resources/label-selector.js';
import { compileSteps } from './compile-model.js';
import type { NetworkModel } from './network-model.js';
import { NO_SETTINGS } from './profile-settings.js';

const object = (apiVersion: string, kind: string, name: string, more: JsonObject = {}): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 't' },
  ...more,
});

/** Everything a model says: what its functions answer beside the data. */
function facts(model: NetworkModel): unknown {
  const selected = ['web', 'db', 'agent'].map((app) => model.selectPods('t', selectorOfLabels({ app })));
  return { ...model, selectPods: selected };
}

const CLUSTER = [
  ...workloadCluster(`
    Deployment web x3 app=web ; StatefulSet db x2 app=db service=db ; DaemonSet agent app=agent hostNetwork tolerates:*
    ReplicaSet old-abc x0 app=old of Deployment/old ; Job j x2 app=job ; CronJob c
    Pod lone app=web @n1 10.244.0.9 Running ; Pod done app=web @n1 10.244.0.9 Succeeded ; Pod twin app=web @n2 10.244.0.9 Running
    Pod manifest app=web ; Pod waiting app=web Pending ; Pod lost app=web @gone 10.244.9.9 Running
    Node n1 zone=a 10.244.0.0/24 192.168.0.1 ; Node n2 zone=b taint:gpu 192.168.0.2 ; Node n3 192.168.0.3`),
  ...endpointCluster('svc app=web http:80>http m:90>9090 PreferClose'),
  object('v1', 'Service', 'db', { spec: { clusterIP: 'None', selector: { app: 'db' } } }),
  object('v1', 'Service', 'lb', { spec: { type: 'LoadBalancer', selector: { app: 'wbe' }, ports: [{ port: 80 }] } }),
  object('v1', 'Endpoints', 'lb', { subsets: [{ addresses: [{ ip: '192.0.2.7' }], ports: [{ port: 80 }] }] }),
  object('discovery.k8s.io/v1', 'EndpointSlice', 'orphan', { addressType: 'IPv4', endpoints: [], ports: [] }),
  object('networking.k8s.io/v1', 'NetworkPolicy', 'b', { spec: { podSelector: {} } }),
  object('networking.k8s.io/v1', 'NetworkPolicy', 'a', { spec: { podSelector: {} } }),
  object('extensions/v1beta1', 'NetworkPolicy', 'a', { spec: { podSelector: { matchLabels: { old: 'yes' } } } }),
  object('security.istio.io/v1', 'AuthorizationPolicy', 'x'),
  object('cilium.io/v2', 'CiliumNetworkPolicy', 'y'),
];

describe('a model', () => {
  it('is the same whatever the order of the objects', () => {
    const expected = facts(modelOf(CLUSTER));
    fc.assert(
      fc.property(fc.shuffledSubarray(CLUSTER, { minLength: CLUSTER.length }), (shuffled) => {
        expect(facts(modelOf(shuffled))).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('numbers its pods and workloads by their place, in the order of namespace and name', () => {
    const { pods, workloads, podByKey } = modelOf(CLUSTER);
    expect(pods.map(({ id }) => id)).toEqual(pods.map((_, index) => index));
    expect(workloads.map(({ id }) => id)).toEqual(workloads.map((_, index) => index));
    expect(pods.map(({ name }) => name)).toEqual(pods.map(({ name }) => name).sort());
    expect([...podByKey.values()]).toEqual(pods);
  });

  it('compiles in steps of a thousand objects or so', () => {
    const pods = Array.from(
      { length: 5_000 },
      (_, index) => normaliseObject(object('v1', 'Pod', `p${index}`, { spec: { containers: [] } })).resource,
    );
    const steps = [...compileSteps({ resources: pods.flatMap((pod) => pod ?? []), unmodelled: [], settings: NO_SETTINGS })];
    // Indexing, folding, ordering, placing, addressing, numbering, labelling, owning: each takes five breaths at least; where pods are, and which nodes they tell of, too.
    expect(steps.length).toBeGreaterThanOrEqual(10 * 5);
  });

  it('of nothing is empty', () => {
    const model = modelOf([]);
    expect([
      model.namespaces.size,
      model.nodes.size,
      model.pods.length,
      model.services.size,
      model.ipOwners.size,
      model.assumptions.length,
    ]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('holds one of two objects that are the same in two API groups, the newer', () => {
    const { networkPolicies } = modelOf(CLUSTER);
    expect(networkPolicies.map(({ ref }) => `${ref.apiVersion} ${ref.name}`)).toEqual(['networking.k8s.io/v1 a', 'networking.k8s.io/v1 b']);
  });

  it('tells what it does not model and what that could change', () => {
    expect(modelOf(CLUSTER).unmodelled.map(({ ref, affects }) => `${ref.kind} ${affects}`)).toEqual(['AuthorizationPolicy policy']);
  });
});

/** `../shared/real/README.md`: "no Namespace objects though namespaces are used"; the API server labels every namespace with its name. */
describe('namespaces', () => {
  const NAME = 'kubernetes.io/metadata.name';

  it.each([
    ['pods', object('v1', 'Pod', 'a', { spec: { containers: [] } })],
    ['workloads', object('apps/v1', 'Deployment', 'a', { spec: { replicas: 0, template: { spec: { containers: [] } } } })],
    ['services', object('v1', 'Service', 'a', { spec: { ports: [] } })],
    ['policies', object('networking.k8s.io/v1', 'NetworkPolicy', 'a', { spec: { podSelector: {} } })],
    ['secrets', object('v1', 'Secret', 'a')],
    ['objects that are not modelled', object('cilium.io/v2', 'CiliumNetworkPolicy', 'a')],
  ])('follow from %s', (_what, one) => {
    expect(modelOf([one]).namespaces.get('t')).toMatchObject({ implied: true, labels: { [NAME]: 't' } });
  });

  it('that were imported have the label too, whatever they say', () => {
    const metadata = { name: 't', labels: { [NAME]: 'other', team: 'x' } };
    const model = modelOf([{ apiVersion: 'v1', kind: 'Namespace', metadata }, object('v1', 'Secret', 'a')]);
    expect([...model.namespaces.values()]).toMatchObject([{ implied: false, labels: { [NAME]: 't', team: 'x' } }]);
  });
});

import { describe, expect, it } from 'vitest';
import { askOver } from '../../../test/support/ask-over.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import { serviceEndpointsQuestion } from '../services/service-endpoints.js';

const node = (name: string, third: number, more: object = {}, labels: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { disk: 'ssd', ...labels } },
  spec: { podCIDR: `10.1.${third}.0/24`, ...more },
});

/** A pod that was seen: of `owner`, on `nodeName`. */
const pod = (name: string, owner: readonly [kind: string, name: string] | undefined, nodeName: string, ip: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    namespace: 'shop',
    name,
    labels: { app: 'web' },
    ownerReferences: owner ? [{ apiVersion: 'apps/v1', kind: owner[0], name: owner[1], controller: true }] : [],
  },
  spec: { nodeName, containers: [{ name: 'c' }] },
  status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: 'True' }] },
});

const workload = (kind: string, name: string, spec: object = {}): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { namespace: 'shop', name },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { nodeSelector: { disk: 'ssd' }, containers: [{ name: 'c' }] } },
    ...spec,
  },
});

const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: 'shop', name: 'web' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
} as KubernetesObject;

const DAEMON = [
  SERVICE,
  node('a', 1),
  node('b', 2),
  workload('DaemonSet', 'agent'),
  pod('agent-1', ['DaemonSet', 'agent'], 'a', '10.1.1.1'),
  pod('agent-2', ['DaemonSet', 'agent'], 'b', '10.1.2.1'),
];

/** `pod node` of each endpoint. */
async function endpoints(objects: readonly KubernetesObject[], more: object) {
  const answer = await askOver(objects)(serviceEndpointsQuestion, { service: 'svc/shop/web', ...more });
  if (!answer.ok) throw new Error(answer.error.message);
  const { endpoints: all } = answer.value.envelope.result as {
    readonly endpoints: readonly { readonly pod: string; readonly node: string }[];
  };
  return all.map((one) => `${one.pod} ${one.node}`).sort();
}

const apply = (...objects: readonly KubernetesObject[]) => ({ apply: objects.map((one) => JSON.stringify(one)).join('\n---\n') });
const AGENTS = ['shop/agent-1 a', 'shop/agent-2 b'];

/** https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/: "As nodes are added to the cluster, Pods are added to them. As nodes are removed from the cluster, those Pods are garbage collected." */
describe('pods of a DaemonSet', () => {
  it('come with a node that it selects', async () => {
    expect(await endpoints(DAEMON, apply(node('c', 3)))).toEqual([...AGENTS, 'shop/agent-on-c c']);
    expect(await endpoints(DAEMON, apply(node('c', 3, {}, { disk: 'hdd' })))).toEqual(AGENTS);
  });

  it('are called derived, for nobody has seen them', async () => {
    const answer = await askOver(DAEMON)(serviceEndpointsQuestion, { service: 'svc/shop/web', ...apply(node('c', 3)) });
    const told = answer.ok ? answer.value.envelope.evidence.filter(({ object }) => object?.name.startsWith('agent-')) : [];
    expect(told.map(({ object, provenance }) => [object?.name, provenance])).toEqual([
      ['agent-1', 'observed'],
      ['agent-2', 'observed'],
      ['agent-on-c', 'derived'],
    ]);
  });

  it('come with a node whose taint the controller tolerates for them, and with none that repels them', async () => {
    const tainted = (key: string) => node('c', 3, { taints: [{ key, effect: 'NoSchedule' }] });
    expect(await endpoints(DAEMON, apply(tainted('node.kubernetes.io/unschedulable')))).toHaveLength(3);
    expect(await endpoints(DAEMON, apply(tainted('example.com/gpu')))).toEqual(AGENTS);
  });

  it('go with a node, or with the label that it is selected by, and stay where they are merely repelled', async () => {
    expect(await endpoints(DAEMON, { delete: ['Node b'] })).toEqual(['shop/agent-1 a']);
    expect(await endpoints(DAEMON, apply(node('b', 2, {}, { disk: 'hdd' })))).toEqual(['shop/agent-1 a']);
    const taints = (effect: string) => ({ taints: [{ key: 'example.com/gpu', effect }] });
    expect(await endpoints(DAEMON, apply(node('b', 2, taints('NoSchedule'))))).toEqual(AGENTS);
    expect(await endpoints(DAEMON, apply(node('b', 2, taints('NoExecute'))))).toEqual(['shop/agent-1 a']);
  });

  it('do not come where they were not, and nothing of the node says why', async () => {
    const without = DAEMON.slice(0, -1);
    expect(await endpoints(without, apply(node('b', 2, {}, { zone: 'x' })))).toEqual(['shop/agent-1 a']);
    expect(await endpoints([...without.slice(0, 2), node('b', 2, {}, { disk: 'hdd' }), ...without.slice(3)], apply(node('b', 2)))).toEqual([
      'shop/agent-1 a',
      'shop/agent-on-b b',
    ]);
  });
});

/** https://kubernetes.io/docs/concepts/architecture/nodes/: Pods bound to a Node that no longer exists are deleted by the Pod garbage collector; ReplicaSets and StatefulSets keep their number. */
describe('pods of a node that goes', () => {
  const NODES = [SERVICE, node('a', 1), node('b', 2)];

  it('are made anew on another by their controllers; a bare one is gone', async () => {
    const stored = [
      ...NODES,
      workload('ReplicaSet', 'web-7f', { replicas: 2 }),
      pod('web-7f-x', ['ReplicaSet', 'web-7f'], 'a', '10.1.1.1'),
      pod('web-7f-y', ['ReplicaSet', 'web-7f'], 'b', '10.1.2.1'),
      pod('bare', undefined, 'b', '10.1.2.2'),
    ];
    expect(await endpoints(stored, { delete: ['Node b'] })).toEqual(['shop/web-7f-new-0 a', 'shop/web-7f-x a']);
  });

  it('have their names again where they are of a StatefulSet', async () => {
    const stored = [
      ...NODES,
      workload('StatefulSet', 'web', { replicas: 2, serviceName: 'web' }),
      pod('web-0', ['StatefulSet', 'web'], 'a', '10.1.1.1'),
      pod('web-1', ['StatefulSet', 'web'], 'b', '10.1.2.1'),
    ];
    expect(await endpoints(stored, { delete: ['Node b'] })).toEqual(['shop/web-0 a', 'shop/web-1 a']);
    expect(await endpoints(stored, { delete: ['Node b'], ...apply(node('b', 2)) })).toEqual(['shop/web-0 a', 'shop/web-1 b']);
  });
});

/** https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#partitions: "all Pods with an ordinal that is greater than or equal to the partition will be updated". */
describe('pods of a StatefulSet that is rolled out from a partition on', () => {
  const names = [0, 1, 2].map((number) => `web-${number}`);
  const labelled = (revision: string) => (one: KubernetesObject) => ({
    ...one,
    metadata: { ...one.metadata, labels: { app: 'web', 'controller-revision-hash': revision } },
  });
  const set = (rollingUpdate: object | undefined, labels: object = { app: 'web' }, more: object = {}) =>
    workload('StatefulSet', 'web', {
      replicas: 3,
      serviceName: 'web',
      updateStrategy: { type: rollingUpdate ? 'RollingUpdate' : 'OnDelete', rollingUpdate },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c' }] } },
      ...more,
    });
  const pods = names.map((name, index) => pod(name, ['StatefulSet', 'web'], 'a', `10.1.1.${index + 1}`));
  const stored = [SERVICE, node('a', 1), set({ partition: 0 }), ...pods];
  const NEW = { app: 'web', version: '2' };
  const inVersion2 = { ...SERVICE, spec: { ...Object(SERVICE['spec']), selector: NEW } };
  const updated = async (now: KubernetesObject, before: readonly KubernetesObject[] = stored) =>
    (await endpoints(before, apply(now, inVersion2))).map((one) => one.replace('shop/', '').replace(' a', ''));

  it('are new from it on', async () => {
    expect(await updated(set({ partition: 2 }, NEW))).toEqual(['web-2']);
    expect(await updated(set({ partition: 1 }, NEW))).toEqual(['web-1', 'web-2']);
    expect(await updated(set({}, NEW))).toEqual(names);
    expect(await updated(set({ partition: 3 }, NEW))).toEqual([]);
    expect(await updated(set(undefined, NEW))).toEqual([]);
  });

  it('are counted from the first number, and new where more of them come', async () => {
    const ordinals = { ordinals: { start: 1 } };
    const from1 = [
      SERVICE,
      node('a', 1),
      set({}, { app: 'web' }, ordinals),
      ...pods.slice(1),
      pod('web-3', ['StatefulSet', 'web'], 'a', '10.1.1.9'),
    ];
    expect(await updated(set({ partition: 2 }, NEW, ordinals), from1)).toEqual(['web-3']);
    expect(await updated(set({ partition: 2 }, NEW, { replicas: 5 }))).toEqual(['web-2', 'web-3', 'web-4']);
  });

  it('follow the revision of the status where the partition alone is another', async () => {
    const status = { currentRevision: 'web-1', updateRevision: 'web-2' };
    const before = [SERVICE, node('a', 1), { ...set({ partition: 3 }, NEW), status }, ...pods.map(labelled('web-1'))];
    expect(await updated(set({ partition: 1 }, NEW), before)).toEqual(['web-1', 'web-2']);
  });
});

import { describe, expect, it } from 'vitest';
import { askOver } from '../../../test/support/ask-over.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import { serviceEndpointsQuestion } from '../services/service-endpoints.js';

type Owner = readonly [kind: string, name: string];

const meta = (name: string, labels: object = {}, owners: readonly Owner[] = []) => ({
  namespace: 'shop',
  name,
  labels,
  ownerReferences: owners.map(([kind, owner]) => ({
    apiVersion: kind === 'Service' ? 'v1' : 'apps/v1',
    kind,
    name: owner,
    controller: true,
  })),
});

const pod = (name: string, ip: string, labels: object, ...owners: readonly Owner[]) =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta(name, labels, owners),
    spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: 'True' }] },
  }) as KubernetesObject;

const workload = (kind: string, name: string, app: string, ...owners: readonly Owner[]) =>
  ({
    apiVersion: 'apps/v1',
    kind,
    metadata: meta(name, { app }, owners),
    spec: { replicas: 1, selector: { matchLabels: { app } }, template: { metadata: { labels: { app } }, spec: { containers: [] } } },
  }) as KubernetesObject;

const slice = (manager: string, ...pods: readonly (readonly [name: string, ip: string])[]) =>
  ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: meta(`web-${manager}`, { 'kubernetes.io/service-name': 'web', 'endpointslice.kubernetes.io/managed-by': manager }, [
      ['Service', 'web'],
    ]),
    addressType: 'IPv4',
    endpoints: pods.map(([name, ip]) => ({
      addresses: [ip],
      conditions: { ready: true },
      targetRef: { kind: 'Pod', namespace: 'shop', name },
    })),
    ports: [{ name: '', port: 80, protocol: 'TCP' }],
  }) as KubernetesObject;

const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta('web'),
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
} as KubernetesObject;
const CONTROLLER = 'endpointslice-controller.k8s.io';
const NODE = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec: { podCIDR: '10.1.0.0/24' } } as KubernetesObject;

const HASHED = { app: 'web', 'pod-template-hash': '6d4cf56db6' };
/** A dump: a Deployment with its ReplicaSet and pod, a bare pod beside it, and the slice that their controller wrote. */
const DUMP = [
  NODE,
  SERVICE,
  workload('Deployment', 'web', 'web'),
  workload('ReplicaSet', 'web-6d4cf56db6', 'web', ['Deployment', 'web']),
  pod('web-6d4cf56db6-a', '10.1.0.1', HASHED, ['ReplicaSet', 'web-6d4cf56db6']),
  pod('bare', '10.1.0.2', { app: 'web' }),
  slice(CONTROLLER, ['web-6d4cf56db6-a', '10.1.0.1'], ['bare', '10.1.0.2']),
];

/** The addresses of the endpoints, and where they come from. */
async function endpoints(objects: readonly KubernetesObject[], more: object) {
  const answer = await askOver(objects)(serviceEndpointsQuestion, { service: 'svc/shop/web', ...more });
  if (!answer.ok) return answer.error.message;
  const { source, endpoints: all } = answer.value.envelope.result as {
    readonly source: string;
    readonly endpoints: readonly { readonly ip: string }[];
  };
  return [source, ...all.map(({ ip }) => ip).sort()];
}

describe('controllers in a state as it would be', () => {
  it('leave what they wrote where nothing it follows from is another', async () => {
    expect(await endpoints(DUMP, {})).toEqual(['observed-slices', '10.1.0.1', '10.1.0.2']);
    const other = JSON.stringify(pod('other', '10.1.0.9', { app: 'other' }));
    expect(await endpoints(DUMP, { apply: other })).toEqual(['observed-slices', '10.1.0.1', '10.1.0.2']);
  });

  /** https://kubernetes.io/docs/concepts/architecture/garbage-collection/#background-deletion: dependents are cleaned up behind their owner, by default. */
  it('delete what belongs to an object that is deleted, and its endpoints with it', async () => {
    expect(await endpoints(DUMP, { delete: ['Deployment shop/web'] })).toEqual(['derived', '10.1.0.2']);
    expect(await endpoints(DUMP, { delete: ['Pod shop/bare'] })).toEqual(['derived', '10.1.0.1']);
    const withoutReplicaSet = DUMP.filter(({ kind }) => kind !== 'ReplicaSet');
    expect(await endpoints(withoutReplicaSet, { delete: ['Deployment shop/web'] })).toEqual(['derived', '10.1.0.2']);
  });

  /** …/garbage-collection/#owners-dependents, and `attemptToDeleteItem`: a dependent with a solid owner loses the other reference alone. */
  it('leave what has another owner yet, and what only says that it has', async () => {
    const shared = pod('shared', '10.1.0.3', { app: 'web' }, ['ReplicaSet', 'web-6d4cf56db6'], ['Deployment', 'elsewhere']);
    const answer = await endpoints([...DUMP, shared], { delete: ['Deployment shop/web'] });
    expect(answer).toEqual(['derived', '10.1.0.2', '10.1.0.3']);
  });

  it('write endpoints of pods that are applied', async () => {
    const more = JSON.stringify(pod('more', '10.1.0.4', { app: 'web' }));
    expect(await endpoints(DUMP, { apply: more })).toEqual(['derived', '10.1.0.1', '10.1.0.2', '10.1.0.4']);
  });

  it('write endpoints of a Service whose selector is another', async () => {
    const narrow = JSON.stringify({ ...SERVICE, spec: { ports: [{ port: 80 }], selector: HASHED } });
    expect(await endpoints(DUMP, { apply: narrow })).toEqual(['derived', '10.1.0.1']);
    const same = JSON.stringify({ ...SERVICE, metadata: meta('web', { team: 'a' }) });
    expect(await endpoints(DUMP, { apply: same })).toEqual(['observed-slices', '10.1.0.1', '10.1.0.2']);
  });

  const scaled = (replicas: number, more: object = {}) => {
    const { spec, ...rest } = workload('Deployment', 'web', 'web');
    return JSON.stringify({ ...rest, spec: { ...Object(spec), replicas, ...more } });
  };

  /** https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#scaling-a-deployment; pods that are there stay (replica_set.go, `manageReplicas`). */
  it('make pods of a workload that is scaled up, and leave those that are there', async () => {
    const answer = await endpoints(DUMP, { apply: scaled(3) });
    expect(answer).toHaveLength(5);
    expect(answer).toEqual(expect.arrayContaining(['derived', '10.1.0.1', '10.1.0.2']));
  });

  /** kubernetes/pkg/controller/controller_utils.go, `ActivePodsWithRanks`: "not ready < ready". */
  it('delete pods of a workload that is scaled down, those first that are not ready', async () => {
    const late = pod('web-6d4cf56db6-b', '10.1.0.5', HASHED, ['ReplicaSet', 'web-6d4cf56db6']);
    const unready = { ...late, status: { ...Object(late['status']), conditions: [{ type: 'Ready', status: 'False' }] } };
    const two = [...DUMP.filter(({ kind }) => kind !== 'Deployment'), JSON.parse(scaled(2)), unready];
    expect(await endpoints(two, { apply: scaled(1) })).toEqual(['derived', '10.1.0.1', '10.1.0.2']);
    expect(await endpoints(two, { apply: scaled(0) })).toEqual(['derived', '10.1.0.2']);
  });

  /** …/deployment/#updating-a-deployment: a rollout is triggered if and only if the template is changed; …/#pausing-and-resuming-a-deployment. */
  it('replace pods of another template, unless the rollout waits', async () => {
    const template = { metadata: { labels: { app: 'web', release: 'b' } }, spec: { containers: [] } };
    const rolled = await endpoints(DUMP, { apply: scaled(1, { template }) });
    expect(rolled).toHaveLength(3);
    expect(rolled).not.toContain('10.1.0.1');
    expect(await endpoints(DUMP, { apply: scaled(1, { template, paused: true }) })).toEqual(['derived', '10.1.0.1', '10.1.0.2']);
  });

  /** kubernetes/api `discovery/v1`, `endpointslice.kubernetes.io/managed-by`: no controller touches slices of another one. */
  it('leave slices that somebody else keeps', async () => {
    const foreign = slice('somebody.example', ['x', '10.9.0.1']);
    expect(await endpoints([...DUMP, foreign], { delete: ['Pod shop/bare'] })).toEqual(['derived', '10.1.0.1', '10.9.0.1']);
  });
});

import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { workloadCluster, workloadLines } from '../../../test/support/workload-cluster.js';

const read = (cluster: string) => modelOf(workloadCluster(cluster));
/** Replaces what the controllers draw at random: five letters of apimachinery's `rand`, and a hash of the template. */
const generic = (line: string) =>
  line.replaceAll(/\b[bcdfghjklmnpqrstvwxz2456789]{9}-/g, '<hash>-').replaceAll(/-[bcdfghjklmnpqrstvwxz2456789]{5}(?= |$)/g, '-<rand>');

/** The pods that the controllers of kubernetes `pkg/controller/{deployment,replicaset,statefulset,daemon,job,cronjob,replication}` would make. */
describe('a workload without pods is expanded', () => {
  it.each([
    ['Deployment', 'Deployment web x2 app=web', ['Deployment web: web-<hash>-<rand> web-<hash>-<rand>']],
    ['replicas default to one', 'Deployment web app=web', ['Deployment web: web-<hash>-<rand>']],
    ['scaled to nothing', 'Deployment web x0 app=web', ['Deployment web:']],
    ['ReplicaSet', 'ReplicaSet web x1 app=web', ['ReplicaSet web: web-<rand>']],
    ['StatefulSet', 'StatefulSet db x2 app=db', ['StatefulSet db: db-0 db-1']],
    ['StatefulSet that starts at 5', 'StatefulSet db x2 app=db from=5', ['StatefulSet db: db-5 db-6']],
    ['DaemonSet: one a node', 'DaemonSet agent app=agent ; Node n1 ; Node n2', ['DaemonSet agent: agent-<rand> agent-<rand>']],
    ['Job: its parallelism', 'Job j x2', ['Job j: j-<rand> j-<rand>']],
    ['Job: no more than completions', 'Job j x5 completions=1', ['Job j: j-<rand>']],
    ['CronJob: nothing between its times', 'CronJob c', ['CronJob c:']],
    ['ReplicationController', 'ReplicationController web x1 app=web', ['ReplicationController web: web-<rand>']],
  ])('%s', (_what, cluster, expected) => {
    expect(workloadLines(read(cluster)).map(generic)).toEqual(expected);
  });

  it('into pods that carry the labels and fields their controllers add', () => {
    const model = read('StatefulSet db x1 app=db service=db-hl ; Job j');
    expect(model.pods.map(({ labels }) => labels)).toEqual([
      { app: 'db', 'apps.kubernetes.io/pod-index': '0', 'statefulset.kubernetes.io/pod-name': 'db-0' },
      { 'batch.kubernetes.io/job-name': 'j', 'job-name': 'j' },
    ]);
    expect(model.pods[0]?.spec).toMatchObject({ hostname: 'db-0', subdomain: 'db-hl' });
    expect(read('Deployment web x1 app=web').pods[0]?.labels).toEqual({ app: 'web', 'pod-template-hash': expect.any(String) as string });
  });

  it('into pods that say they are derived, run and are ready', () => {
    expect(read('Deployment web x1').pods[0]).toMatchObject({
      provenance: 'derived',
      resource: undefined,
      phase: { value: 'Running', provenance: 'derived' },
      ready: { value: true, provenance: 'derived' },
      terminating: false,
      finished: false,
    });
  });

  it('not where it has pods, were they fewer than it wants', () => {
    expect(
      workloadLines(read('Deployment web x3 ; ReplicaSet web-abc x3 of Deployment/web ; Pod web-abc-1 of ReplicaSet/web-abc @n1 Running')),
    ).toEqual(['Deployment web: web-abc-1']);
  });

  it('into no more pods than a cluster is made for: 150,000 (kubernetes.io, "Considerations for large clusters")', () => {
    const model = read('Deployment web x999999 ; StatefulSet db x1');
    expect(model.pods).toHaveLength(150_000);
    expect(model.assumptions.find(({ code }) => code === 'PODS_NOT_EXPANDED')?.message).toMatch(/Deployment t\/web and those after it/);
  });

  it('not into a pod whose name another one has', () => {
    const model = read('StatefulSet db x2 ; Pod db-0 app=mine @n1 10.0.0.9 Running');
    expect(workloadLines(model)).toEqual(['StatefulSet db: db-1', 'Pod db-0: db-0']);
  });
});

/** `../shared/real/README.md`, "Pod → ReplicaSet → Deployment ownership; ReplicaSets with 0 replicas". */
describe('pods are folded into what people name', () => {
  it.each([
    ['a pod of nobody is its own workload', 'Pod a', ['Pod a: a']],
    ['a static pod is its own workload', 'Pod a of Node/n1', ['Pod a: a']],
    [
      'pod → ReplicaSet → Deployment',
      'Deployment web ; ReplicaSet web-abc of Deployment/web ; Pod web-abc-1 of ReplicaSet/web-abc',
      ['Deployment web: web-abc-1'],
    ],
    ['pod → Job → CronJob', 'CronJob c ; Job c-1 of CronJob/c ; Pod c-1-x of Job/c-1', ['CronJob c: c-1-x']],
    ['pod → ReplicaSet of nobody', 'ReplicaSet web ; Pod web-1 of ReplicaSet/web', ['ReplicaSet web: web-1']],
    ['pod → StatefulSet', 'StatefulSet db ; Pod db-0 of StatefulSet/db', ['StatefulSet db: db-0']],
    ['an owner that was not imported still has its name', 'Pod db-0 of StatefulSet/db', ['StatefulSet db: db-0']],
    ['an owner of an unknown kind', 'Pod r-0 of RedisCluster/r', ['RedisCluster r: r-0']],
    [
      'a ReplicaSet that was not imported, by its hash',
      'Deployment web ; Pod web-abc-1 pod-template-hash=abc of ReplicaSet/web-abc',
      ['Deployment web: web-abc-1'],
    ],
    ['a Job that was not imported, by its minute', 'CronJob c ; Pod c-29034120-x of Job/c-29034120', ['CronJob c: c-29034120-x']],
    [
      'a dead ReplicaSet is no workload',
      'Deployment web x0 ; ReplicaSet web-old x0 of Deployment/web ; ReplicaSet lonely x0',
      ['Deployment web:'],
    ],
    [
      'below a Deployment that was not imported, the live ReplicaSet makes the pods',
      'ReplicaSet web-abc x1 of Deployment/web ; ReplicaSet web-old x0 of Deployment/web',
      ['Deployment web: web-abc-<rand>'],
    ],
  ])('%s', (_what, cluster, expected) => {
    expect(workloadLines(read(cluster)).map(generic)).toEqual(expected);
  });

  it('and found by kind, namespace and name; pods know their workload', () => {
    const model = read('Deployment web x2 ; Pod a');
    const web = model.workloadByKey.get('Deployment/t/web');
    expect(web?.pods.map((id) => model.pods[id]?.workload)).toEqual([web?.id, web?.id]);
    expect(model.workloads[web?.id ?? -1]).toBe(web);
    expect(web?.template?.spec.containers).toHaveLength(1);
    expect(model.workloadByKey.get('Pod/t/a')?.template).toBeUndefined();
  });
});

/** The same document: "finished pods that keep podIP, evicted pods without IP, Pending pods: neither endpoints nor address holders". */
describe('the state of an imported pod', () => {
  it.each([
    ['Pod a @n1 10.0.0.1 Running', { phase: 'Running', ready: true, finished: false, ips: 1 }],
    ['Pod a @n1 10.0.0.1 Running NotReady', { phase: 'Running', ready: false, finished: false, ips: 1 }],
    ['Pod a @n1 10.0.0.1 Succeeded NotReady', { phase: 'Succeeded', ready: false, finished: true, ips: 0 }],
    ['Pod a @n1 Failed NotReady', { phase: 'Failed', ready: false, finished: true, ips: 0 }],
    ['Pod a Pending NotReady', { phase: 'Pending', ready: false, finished: false, ips: 0 }],
  ])('%s', (cluster, { phase, ready, finished, ips }) => {
    const [pod] = read(cluster).pods;
    expect(pod).toMatchObject({
      phase: { value: phase, provenance: 'observed' },
      ready: { value: ready, provenance: 'observed' },
      finished,
      provenance: 'observed',
    });
    expect(pod?.ips).toHaveLength(ips);
  });

  it('without a status, it comes from a manifest and is taken to run', () => {
    expect(read('Pod a').pods[0]).toMatchObject({
      phase: { value: 'Running', provenance: 'derived' },
      ready: { value: true, provenance: 'derived' },
      provenance: 'observed',
    });
  });
});

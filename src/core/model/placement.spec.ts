import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { podLines, spread, workloadCluster } from '../../../test/support/workload-cluster.js';

const read = (cluster: string) => modelOf(workloadCluster(cluster));
const codes = (cluster: string) => read(cluster).assumptions.map(({ code }) => code);
const THREE = 'Node n1 zone=a disk=ssd ; Node n2 zone=b taint:gpu ; Node n3 zone=c cordoned';

/** Filters of the scheduler: kubernetes `pkg/scheduler/framework/plugins/{nodeaffinity,tainttoleration,nodeunschedulable,nodename}`. The spreading is ours. */
describe('pods are placed where they fit', () => {
  it.each([
    ['evenly', 'Deployment web x4 ; Node n1 ; Node n2', 'n1 2, n2 2'],
    ['counting those that are there', 'Pod a @n1 Running ; Pod b @n1 Running ; Deployment web x2 ; Node n1 ; Node n2', 'n1 2, n2 2'],
    ['not counting those that have finished', 'Pod a @n1 Succeeded ; Deployment web x1 ; Node n1 ; Node n2', 'n1 2, n2 0'],
    ['by nodeSelector', `Deployment web x2 on:disk=ssd ; ${THREE}`, 'n1 2, n2 0, n3 0'],
    ['away from taints and cordoned nodes', `Deployment web x2 ; ${THREE}`, 'n1 2, n2 0, n3 0'],
    ['on a tainted node with a toleration', `Deployment web x2 tolerates:gpu ; ${THREE}`, 'n1 1, n2 1, n3 0'],
    ['everywhere with a toleration of everything', `Deployment web x3 tolerates:* ; ${THREE}`, 'n1 1, n2 1, n3 1'],
    ['by node affinity', `Deployment web x2 tolerates:* in:zone=b,c ; ${THREE}`, 'n1 0, n2 1, n3 1'],
    ['by several terms, of which one has to hold', `Deployment web x2 tolerates:* in:zone=a in:zone=c ; ${THREE}`, 'n1 1, n2 0, n3 1'],
    ['no more than a node takes', 'Deployment web x5 ; Node n1 max=1 ; Node n2 max=10', 'n1 1, n2 4'],
    ['a DaemonSet everywhere it fits', `DaemonSet agent ; ${THREE}`, 'n1 1, n2 0, n3 1'],
    ['a DaemonSet by nodeSelector', `DaemonSet agent tolerates:* on:zone=b ; ${THREE}`, 'n1 0, n2 1, n3 0'],
  ])('%s', (_what, cluster, expected) => {
    expect(spread(read(cluster))).toBe(expected);
  });

  it('or stay Pending with the scheduler’s reason', () => {
    const [pod] = read(`Deployment web x1 on:disk=tape ; ${THREE}`).pods;
    expect(pod).toMatchObject({
      nodeName: undefined,
      ips: [],
      phase: { value: 'Pending', provenance: 'derived' },
      ready: { value: false },
    });
    expect(pod?.placementProblem).toBe(
      '0/3 nodes are available: 1 nodeSelector disk=tape, 1 untolerated taint {gpu: }, 1 untolerated taint {node.kubernetes.io/unschedulable: }',
    );
  });

  it('where a manifest names the node, there', () => {
    const model = read('Pod a @n2 ; Pod b @gone ; Node n1 ; Node n2');
    expect(model.pods.map(({ nodeName }) => nodeName)).toEqual([
      { value: 'n2', provenance: 'observed' },
      { value: 'gone', provenance: 'observed' },
    ]);
    expect(model.pods[1]?.placementProblem).toBe('node `gone` does not exist');
  });

  it('but a pod with a status stays as it is', () => {
    expect(podLines(read('Pod a Pending ; Node n1 10.244.0.0/24'))).toEqual(['a - -']);
  });
});

describe('nodes', () => {
  it('that were imported count, with zone, addresses and ranges', () => {
    const node = read('Node n1 topology.kubernetes.io/zone=z1 10.244.7.0/24 192.168.0.1').nodes.get('n1');
    expect(node).toMatchObject({
      zone: 'z1',
      provenance: 'observed',
      podCIDRs: [{ provenance: 'observed' }],
      addresses: [{ type: 'InternalIP' }],
    });
  });

  it('that were not imported are believed from the pods, when there is no Node object at all', () => {
    const cluster = 'Pod a @n2 10.0.0.1 host:192.168.0.2 Running ; Pod b @n1 10.0.0.2 host:192.168.0.1 Running';
    const { nodes } = read(cluster);
    expect([...nodes.values()].map(({ name, addresses, provenance }) => [name, addresses.length, provenance])).toEqual([
      ['n1', 1, 'derived'],
      ['n2', 1, 'derived'],
    ]);
    expect(codes(cluster)).toEqual(['NODES_BELIEVED']);
    expect([...read(`${cluster} ; Node n1`).nodes.keys()]).toEqual(['n1']);
  });

  it('are made up when pods need some and nothing tells of any', () => {
    const { nodes } = read('Deployment web x3');
    expect([...nodes.values()].map(({ name, provenance }) => [name, provenance])).toEqual([
      ['node-1', 'assumed'],
      ['node-2', 'assumed'],
      ['node-3', 'assumed'],
    ]);
    expect(codes('Deployment web x3')).toEqual(['NODES_SYNTHESISED', 'PODS_EXPANDED', 'NODE_PLACEMENT', 'POD_ADDRESSES']);
    expect(read('Deployment web x3 on:disk=ssd').pods.every(({ nodeName }) => nodeName)).toBe(true);
  });

  it('are made up in such a number that none has more pods than kubelet takes (`maxPods` 110)', () => {
    const model = read('Deployment web x1000');
    expect(model.nodes.size).toBe(10);
    expect(model.pods.every(({ ips }) => ips.length === 1)).toBe(true);
  });

  it('are not made up when nobody needs them', () => {
    expect(read('Deployment web x0 ; Pod a Pending ; Pod b Failed').nodes.size).toBe(0);
  });

  it('hold a pod that runs and names none, where no Node object tells against it', () => {
    expect(podLines(read('Pod a 10.0.0.1 Running'))).toEqual(['a @node-1 10.0.0.1']);
    expect(podLines(read('Pod a 10.0.0.1 Running ; Node n1'))).toEqual(['a - 10.0.0.1']);
  });
});

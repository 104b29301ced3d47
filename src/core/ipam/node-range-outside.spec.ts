import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { finished } from '../kernel/steps.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { AllocationBook } from './allocation-book.js';
import { ipamLint } from './ipam-lint.js';

const node = (podCIDR: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'a' },
  spec: { podCIDRs: [podCIDR] },
  status: { addresses: [{ type: 'InternalIP', address: '192.168.0.1' }] },
});
const configMap = (name: string, namespace: string, data: Record<string, string>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});
const KUBEADM = configMap('kubeadm-config', 'kube-system', { ClusterConfiguration: 'networking:\n  podSubnet: 10.244.0.0/16\n' });
const FLANNEL = configMap('kube-flannel-cfg', 'kube-flannel', {
  'net-conf.json': '{ "Network": "10.244.0.0/16", "Backend": { "Type": "vxlan" } }',
});
const CALICO: KubernetesObject = {
  apiVersion: 'projectcalico.org/v3',
  kind: 'IPPool',
  metadata: { name: 'a' },
  spec: { cidr: '10.244.0.0/16' },
};

function found(objects: readonly KubernetesObject[]) {
  const question = { codes: ['NODE_RANGE_OUTSIDE'] as const, severity: 'info' as const, limit: 10 };
  return finished(ipamLint(modelOf(objects, {}), new AllocationBook(), question)).result.findings.map(({ message }) => message);
}

const OUTSIDE = 'node a has 10.120.0.0/24, and the cluster’s pods 10.244.0.0/16';

/**
 * kubernetes `pkg/controller/nodeipam/ipam/range_allocator_test.go`, TestOccupyPreExistingCIDR (ctrlCreateFail), `cidrset/cidr_set.go`: "is out the range of cluster cidr"; flannel-io/flannel
 * `pkg/subnet/kube/kube.go`: "subnet specified in the flannel net config doesn't contain PodCIDR of the node".
 */
describe('a podCIDR outside the ranges of the cluster', () => {
  it.each<[string, readonly KubernetesObject[], readonly string[]]>([
    ['of kube-controller-manager', [KUBEADM, node('10.120.0.0/24')], [OUTSIDE]],
    ['inside', [KUBEADM, node('10.244.3.0/24')], []],
    ['around: it covers all of them, and is occupied', [KUBEADM, node('10.0.0.0/8')], []],
    ['of Flannel', [FLANNEL, node('10.120.0.0/24')], [OUTSIDE]],
    [
      'around that of Flannel, which has to contain it',
      [FLANNEL, node('10.0.0.0/8')],
      ['node a has 10.0.0.0/8, and the cluster’s pods 10.244.0.0/16'],
    ],
    ['of a family that Flannel is not switched on for', [FLANNEL, node('fd00::/64')], []],
    [
      'of a family that kube-controller-manager has no range of',
      [KUBEADM, node('fd00::/64')],
      ['node a has fd00::/64, and the cluster’s pods 10.244.0.0/16'],
    ],
    ['of pools of Calico, which say nothing of it', [CALICO, node('10.120.0.0/24')], []],
    ['nothing tells of a range', [node('10.120.0.0/24')], []],
  ])('%s', (_, objects, expected) => {
    expect(found(objects)).toEqual(expected);
  });
});

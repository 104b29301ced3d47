import { describe, expect, it } from 'vitest';
import { childAt } from '../../../net/child-cidrs.js';
import { formatCidr, parseCidr } from '../../../net/cidr.js';
import type { CalicoPool } from '../../calico-pool-choice.js';
import { BlockStarts } from './block-starts.js';

const pool = (cidr: string, blockSize: number): CalicoPool => ({
  cidr: parseCidr(cidr)!,
  blockSize,
  enabled: true,
  nodeSelector: undefined,
  namespaceSelector: undefined,
  assignmentMode: 'Automatic',
  allowedUses: ['Workload'],
});

function firstBlock(node: string, cidr: string, blockSize: number): string {
  const one = pool(cidr, blockSize);
  return formatCidr(childAt(one.cidr, blockSize, new BlockStarts().of(one, node))!);
}

/**
 * What clusters of others show: IPAMBlocks of kind (`kubectl get ipamblocks`) and of kubeadm with Vagrant (routes of `bird`), `calicoctl ipam show --show-blocks` and routes of minikube, and the first
 * ranges of Kubespray when its blocks had /24, as tutorials and READMEs in public repositories print them; the blocks of host-a are those that projectcalico/calico
 * `libcalico-go/lib/ipam/ipam_test.go` finds in use ("IPAM AutoAssign from different pools").
 */
describe('a node claims its first block where Calico does', () => {
  it.each([
    ['kind-control-plane', '192.168.0.0/16', 26, '192.168.82.0/26'],
    ['kind-worker', '192.168.0.0/16', 26, '192.168.162.128/26'],
    ['kind-worker2', '192.168.0.0/16', 26, '192.168.110.128/26'],
    ['kind-worker3', '192.168.0.0/16', 26, '192.168.195.192/26'],
    ['kind-worker4', '192.168.0.0/16', 26, '192.168.218.192/26'],
    ['k8s-master', '192.168.0.0/16', 26, '192.168.235.192/26'],
    ['k8s-node1', '192.168.0.0/16', 26, '192.168.36.64/26'],
    ['k8s-worker1', '192.168.0.0/16', 26, '192.168.194.64/26'],
    ['k8s-worker2', '192.168.0.0/16', 26, '192.168.126.0/26'],
    ['minikube', '10.244.0.0/16', 26, '10.244.120.64/26'],
    ['minikube-m02', '10.244.0.0/16', 26, '10.244.205.192/26'],
    ['minikube-m03', '10.244.0.0/16', 26, '10.244.151.0/26'],
    ['node1', '10.233.64.0/18', 24, '10.233.90.0/24'],
    ['host-a', '10.0.0.0/24', 26, '10.0.0.0/26'],
    ['host-a', '20.0.0.0/24', 26, '20.0.0.0/26'],
  ] as const)('%s of %s', (node, cidr, blockSize, block) => {
    expect(firstBlock(node, cidr, blockSize)).toBe(block);
  });

  it('of one block there is one, of more than 2^64 some', () => {
    expect(firstBlock('a', '10.0.0.0/26', 26)).toBe('10.0.0.0/26');
    expect(parseCidr(firstBlock('a', 'fd00::/16', 122))!.prefix).toBe(122);
  });

  it('a host that is no node by its name without its kind (`v3.VirtualLoadBalancer`)', () => {
    expect(firstBlock('virtual:load-balancer', '10.0.0.0/16', 26)).toBe(firstBlock('load-balancer', '10.0.0.0/16', 26));
  });
});

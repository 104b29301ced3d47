import type { Severity } from '../kernel/diagnostic.js';

/** What one code says, how grave it is, and where the rule stands. */
export interface IpamCode {
  readonly severity: Severity;
  readonly means: string;
  readonly source: string;
}

const CHECK = 'projectcalico/calico calicoctl ipam check';
const NODE_IPAM = 'kubernetes pkg/controller/nodeipam/ipam/range_allocator.go';

const REPAIR = 'kubernetes pkg/registry/core/service/ipallocator/controller/repairip.go';

/** Every code of findings about addresses: a closed list. The first ones compare what is in use with what there is to give, as `calicoctl ipam check` does. */
export const IPAM_CODES = {
  SEVERAL_OWNERS: {
    severity: 'error',
    means: 'an address has several owners that cannot all be right: packets reach one of them',
    source: `${CHECK}; projectcalico/calico#4861`,
  },
  IN_USE_OUTSIDE_POOLS: {
    severity: 'warning',
    means: 'a pod or service has an address that is in no pool of its plane',
    source: `${CHECK}, "in-use IPs that are not in active IP pools"`,
  },
  IN_USE_NOT_ALLOCATED: {
    severity: 'info',
    means: 'an address of a pool that is given out through the API is in use, and was not given out',
    source: `${CHECK}, "in-use IPs that are in active IP pools but have no corresponding IPAM allocation"`,
  },
  ALLOCATED_NOT_IN_USE: {
    severity: 'info',
    means: 'an address was given out through the API, and nobody in the cluster has it',
    source: `${CHECK}, "IPs allocated in IPAM but not used"`,
  },
  UNUSABLE_IN_USE: {
    severity: 'warning',
    means: 'an address is in use that its pool never gives: a network, gateway or broadcast address',
    source:
      'containernetworking/plugins plugins/ipam/host-local/backend/allocator/range.go; kubernetes pkg/registry/core/service/ipallocator',
  },
  OUTSIDE_NODE_RANGE: {
    severity: 'warning',
    means: 'a pod has an address of another node’s range: the routes lead to that node',
    source: `${NODE_IPAM}; flannel-io/flannel Documentation/kube-flannel.yml: a route for each podCIDR`,
  },
  NODE_RANGE_OUTSIDE: {
    severity: 'error',
    means: 'a node has a podCIDR outside the pod ranges of the cluster: kube-controller-manager, or Flannel on that node, does not start',
    source: `${NODE_IPAM}, "This error will keep crashing controller-manager"; flannel-io/flannel pkg/subnet/kube/kube.go, AcquireLease`,
  },
  BORROWED: {
    severity: 'info',
    means: 'a pod has an address of another node’s block: a route of its own leads to it',
    source: 'projectcalico/calico calicoctl ipam show --show-borrowed',
  },
  NODE_GONE: {
    severity: 'warning',
    means: 'a node that there is not holds addresses, by pods that name it or by a block of Calico: they are leaked',
    source: 'projectcalico/calico kube-controllers/pkg/controllers/node/ipam.go',
  },
  BLOCK_LEAK: {
    severity: 'warning',
    means: 'a block of Calico gives an address to somebody, and nobody is seen with it',
    source: `${CHECK}, "IPs that are allocated in IPAM but not actually in use"`,
  },
  BLOCK_EMPTY: {
    severity: 'info',
    means:
      'a node has a block of Calico of which nothing is used, beside others: it is given up once it stays so, and its last one never is',
    source: 'projectcalico/calico kube-controllers/pkg/controllers/node/ipam.go, releaseUnusedBlocks',
  },
  CLAIMED_FOR_ANOTHER: {
    severity: 'error',
    means: 'a pod has an address that a block of Calico gives to another pod',
    source: `${CHECK}, "has multiple owners"; projectcalico/calico libcalico-go/lib/ipam: a release by handle frees it`,
  },
  NOT_IN_BLOCK: {
    severity: 'warning',
    means: 'a pod has an address of a pool of Calico that no block gives to anybody',
    source: `${CHECK}, "in-use IPs that are in active IP pools but have no corresponding IPAM allocation"`,
  },
  HANDLE_WITHOUT_ADDRESS: {
    severity: 'warning',
    means: 'an IPAMHandle of Calico has no address in any block: it is leaked',
    source: `${CHECK}, "handles with no matching IPs"`,
  },
  HANDLE_MISSING: {
    severity: 'info',
    means: 'a block of Calico names a handle of which there is no IPAMHandle',
    source: `${CHECK}, "handles mentioned in blocks with no matching handle resource"`,
  },
  HANDLE_MISCOUNTS: {
    severity: 'warning',
    means: 'an IPAMHandle of Calico counts other addresses than the blocks give under it: a release by handle may leave some taken',
    source: 'projectcalico/calico kube-controllers/pkg/controllers/node/ipam_handle_gc.go, classSkewed',
  },
  BLOCK_INVALID: {
    severity: 'error',
    means: 'a block of Calico contradicts itself, or overlaps another',
    source: 'projectcalico/calico libcalico-go/lib/backend/model/block.go; api/pkg/apis/projectcalico/v3/ipamblocks.go',
  },
  BLOCK_WITHOUT_AFFINITY: {
    severity: 'info',
    means: 'a block of Calico belongs to no host: its addresses have no route together',
    source: 'projectcalico/calico libcalico-go/lib/ipam/ipam_block_reader_writer.go, releaseBlockAffinity',
  },
  AFFINITY_MISMATCH: {
    severity: 'warning',
    means: 'a block of Calico and the BlockAffinities do not agree whose it is',
    source: 'projectcalico/calico libcalico-go/lib/ipam/ipam_block_reader_writer.go, confirmAffinity',
  },
  IP_ADDRESS_MISSING: {
    severity: 'warning',
    means: 'a service has a ClusterIP of which there is no IPAddress',
    source: `${REPAIR}, "ClusterIPNotAllocated"`,
  },
  IP_ADDRESS_MISMATCH: {
    severity: 'warning',
    means: 'the IPAddress of a ClusterIP is for somebody else, or lacks the labels of the allocator',
    source: `${REPAIR}, "has a wrong reference", verifyIPAddressLabels`,
  },
  IP_ADDRESS_LEAK: {
    severity: 'warning',
    means: 'an IPAddress of the API server is for a service that there is not, or that has another address: it is leaked',
    source: `${REPAIR}, "IPAddressNotAllocated", "IPAddressWrongReference"`,
  },
  PLANES_OVERLAP: {
    severity: 'error',
    means: 'ranges of different planes share addresses: packets to the one end up at the other',
    source: 'kubernetes.io "Cluster Networking": ranges for pods, services and nodes do not overlap; submariner-io/submariner#1599',
  },
  POOLS_OVERLAP: {
    severity: 'warning',
    means: 'two pools of one plane share addresses',
    source: 'projectcalico/calico libcalico-go/lib/clientv3/ippool_overlap.go: the later pool is not allocatable',
  },
  RESERVED_RANGE: {
    severity: 'error',
    means: 'a range overlaps addresses that hosts treat in a way of their own: loopback, link-local, multicast',
    source: 'RFC 6890; projectcalico/calico api/pkg/apis/projectcalico/v3/ippool.go',
  },
  DOCKER_RANGE: {
    severity: 'info',
    means: 'a range overlaps 172.17.0.0/16, which Docker gives to containers of its own on every host that has it',
    source: 'docs.docker.com "Docker daemon configuration": default-address-pools, bip',
  },
  PUBLIC_RANGE: {
    severity: 'warning',
    means: 'a range of pods or services holds public addresses: their owners on the internet cannot be reached',
    source: 'RFC 1918, RFC 4193, RFC 6598',
  },
  CILIUM_DEFAULT_RANGE: {
    severity: 'error',
    means: 'Cilium’s default range 10.0.0.0/8 holds the addresses of nodes',
    source: 'cilium Documentation/network/concepts/ipam/cluster-pool.rst: "expected to conflict"',
  },
  POOL_SELECTS_NO_NODE: {
    severity: 'warning',
    means: 'no node may use the pool: its selector matches none',
    source: 'projectcalico/calico libcalico-go/lib/ipam/ipam.go, determinePools',
  },
  TOO_FEW_RANGES: {
    severity: 'warning',
    means: 'the pool has fewer blocks or node ranges than there are nodes',
    source: `${NODE_IPAM}, CIDRNotAvailable; projectcalico/calico design/ipam`,
  },
  NODE_RANGE_TOO_SMALL: {
    severity: 'warning',
    means: 'kubelet takes more pods than the node’s range has addresses',
    source: 'kubernetes/kubernetes cmd/kubeadm "node-cidr-mask-size"; GKE documentation, maximum pods per node',
  },
  FIXED_IN_DYNAMIC_BAND: {
    severity: 'warning',
    means: 'a manifest relies on a fixed ClusterIP of the upper band, which another service may get by itself before it',
    source: 'KEP-3070; k3s-io/k3s#10611',
  },
  NODE_PORT_OUTSIDE: {
    severity: 'warning',
    means: 'a service has a node port, or a port of its health check, outside the range: another API server would refuse it',
    source: 'kubernetes pkg/registry/core/service/portallocator/allocator.go',
  },
  NODE_PORT_CONFLICT: {
    severity: 'error',
    means: 'a node port, or the port of a health check, is asked for twice: the API server gives each number to one service',
    source: 'kubernetes pkg/registry/core/service/portallocator/allocator.go, ErrAllocated; pkg/registry/core/service/storage/alloc.go',
  },
  SERVICE_RANGES_REFUSED: {
    severity: 'error',
    means: 'the API server does not start with these ranges of services: it takes one a family, IPv6 from /64 on',
    source:
      'kubernetes cmd/kube-apiserver/app/options/validation.go, validateClusterIPFlags; pkg/registry/core/service/ipallocator/ipallocator.go',
  },
  SERVICE_RANGE_TOO_LARGE: {
    severity: 'warning',
    means: 'a range of services has more than 20 host bits, which API servers take only where they keep no bitmap of it',
    source:
      'kubernetes cmd/kube-apiserver/app/options/validation.go, validateMaxCIDRRange; feature gates MultiCIDRServiceAllocator and DisableAllocatorDualWrite',
  },
  SERVICE_CIDR_HELD: {
    severity: 'warning',
    means: 'a ServiceCIDR that was deleted stays: addresses of it are in no other one',
    source: 'KEP-1880; kubernetes pkg/controller/servicecidrs/servicecidrs_controller.go, canDeleteCIDR',
  },
} as const satisfies Record<string, IpamCode>;

/** A code of a finding. */
export type IpamCodeName = keyof typeof IPAM_CODES;

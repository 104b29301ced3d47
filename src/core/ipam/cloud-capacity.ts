import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import { type Cidr, cidrSize } from '../net/cidr.js';
import { familyBits } from '../net/ip.js';

/** How a cloud gives pods their addresses, and how many pods a node may have. */
interface CloudNetwork {
  readonly means: string;
  /** Kubelet's `maxPods`: where nobody sets it, and what may be set. */
  readonly maxPods: { readonly byDefault: number; readonly least: number; readonly most: number };
  /** Addresses of the range that nobody gets. */
  readonly kept: bigint;
  /** What a node takes of the range. */
  readonly ofNode: (maxPods: number) => NodeShare;
}

/** Addresses that a node takes; `prefix`: as one prefix. */
interface NodeShare {
  readonly prefix: number | null;
  readonly addresses: number;
}

/** "The first four and the last": Azure keeps five addresses of each subnet. */
const KEPT_BY_AZURE = 5n;
const whole = (prefix: number): NodeShare => ({ prefix, addresses: 2 ** (familyBits(4) - prefix) });

/**
 * `gke`: cloud.google.com/kubernetes-engine/docs/how-to/flexible-pod-cidr ("the block always contains at least twice as many addresses as the maximum number of Pods per node"; the table of the pages that
 * were at hand ends at 110 pods, more follow from that sentence). Azure:
 * learn.microsoft.com/azure/aks/{concepts-network-ip-address-planning,concepts-network-legacy-cni}, docs.azure.cn/en-us/aks/node-autoprovision-aksnodeclass (defaults of `maxPods`, 10 to 250);
 * MicrosoftDocs/azure-docs `articles/aks/configure-kubenet.md` ("used to assign a /24 address space to each node").
 */
const NETWORKS = {
  gke: {
    means:
      'GKE: each node has a range of its own out of the pods’ range, with at least twice as many addresses as it may have pods (Google’s table confirms it up to 110 pods; beyond it, it follows from that rule)',
    maxPods: { byDefault: 110, least: 8, most: 256 },
    kept: 0n,
    ofNode: (maxPods) => whole(familyBits(4) - Math.ceil(Math.log2(2 * maxPods))),
  },
  'aks-overlay': {
    means: 'Azure CNI Overlay: each node has a /24 out of the pods’ range',
    maxPods: { byDefault: 250, least: 10, most: 250 },
    kept: 0n,
    ofNode: () => whole(24),
  },
  'aks-kubenet': {
    means: 'kubenet of AKS: each node has a /24 out of the pods’ range, by kube-controller-manager',
    maxPods: { byDefault: 110, least: 10, most: 250 },
    kept: 0n,
    ofNode: () => whole(24),
  },
  'aks-node-subnet': {
    means: 'Azure CNI Node Subnet: each node takes one address of its subnet, and one for each pod that it may have, from the start',
    maxPods: { byDefault: 30, least: 10, most: 250 },
    kept: KEPT_BY_AZURE,
    ofNode: (maxPods) => ({ prefix: null, addresses: maxPods + 1 }),
  },
} as const satisfies Record<string, CloudNetwork>;

/** A network of a cloud. */
export type CloudNetworkName = keyof typeof NETWORKS;

/** What each of them does. */
export const CLOUD_NETWORKS: Readonly<Record<CloudNetworkName, string>> = {
  gke: NETWORKS.gke.means,
  'aks-overlay': NETWORKS['aks-overlay'].means,
  'aks-kubenet': NETWORKS['aks-kubenet'].means,
  'aks-node-subnet': NETWORKS['aks-node-subnet'].means,
};

/** Nodes and pods that a range has room for. */
export interface CloudRoom {
  readonly maxPods: number;
  /** Of a node's own range; null: it has none. */
  readonly nodePrefixLength: number | null;
  readonly addressesPerNode: number;
  readonly nodes: number;
  readonly pods: number;
}

/** How many nodes and pods a range has room for: of pods, or with `aks-node-subnet` the subnet of nodes. Fails with `invalid-request`. */
export function cloudRoom(name: CloudNetworkName, range: Cidr, asked: number | undefined): Result<CloudRoom, Problem> {
  const { maxPods: limits, kept, ofNode }: CloudNetwork = NETWORKS[name];
  if (range.family === 6) return err(invalid('/range', 'this arithmetic is of IPv4 ranges', 'give the IPv4 range'));
  const maxPods = asked ?? limits.byDefault;
  if (maxPods < limits.least || maxPods > limits.most) {
    const message = `\`${name}\` takes ${limits.least} to ${limits.most} pods a node, got ${maxPods}`;
    return err(invalid('/maxPods', message, `left out, it is ${limits.byDefault}`));
  }
  const { prefix, addresses } = ofNode(maxPods);
  const free = cidrSize(range) - kept;
  const nodes = free > 0n ? Number(free / BigInt(addresses)) : 0;
  return ok({ maxPods, nodePrefixLength: prefix, addressesPerNode: addresses, nodes, pods: nodes * maxPods });
}

function invalid(pointer: string, message: string, hint: string): Problem {
  return problem('invalid-request', message, { errors: [{ pointer, code: 'invalid-value', message, hint }] });
}

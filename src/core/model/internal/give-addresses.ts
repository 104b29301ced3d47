import type { Provenance, Sourced } from '../../kernel/provenance.js';
import { type Cidr, cidrSize } from '../../net/cidr.js';
import type { Ip, IpFamily } from '../../net/ip.js';
import type { ModelNode } from '../network-model.js';
import type { PodDraft } from './pod-draft.js';

/** The addresses of one pod range that pods can get: not the network, not the gateway (the first), not an IPv4 broadcast. */
class NodeRange {
  private next: bigint;
  private readonly last: bigint;

  readonly family: IpFamily;

  constructor(
    private readonly cidr: Cidr,
    private readonly provenance: Provenance,
    private readonly taken: Taken,
  ) {
    this.family = cidr.family;
    this.next = cidr.base + 2n;
    this.last = cidr.base + cidrSize(cidr) - (cidr.family === 4 ? 2n : 1n);
  }

  /** The lowest address that nobody has had. It stays free until somebody is `taken` to have it. */
  lowestFree(): Sourced<Ip> | undefined {
    for (; this.next <= this.last; this.next++) {
      const ip = { family: this.cidr.family, value: this.next };
      if (!this.taken.has(ip)) return { value: ip, provenance: this.provenance };
    }
    return undefined;
  }
}

/** Why a pod gets no address. */
export type Lack = 'no-node' | 'no-range' | 'range-full' | 'no-node-address';

/** Addresses that somebody holds. */
class Taken {
  private readonly byFamily: Readonly<Record<IpFamily, Set<bigint>>> = { 4: new Set(), 6: new Set() };

  has(ip: Ip): boolean {
    return this.byFamily[ip.family].has(ip.value);
  }

  add(ip: Ip): void {
    this.byFamily[ip.family].add(ip.value);
  }
}

/**
 * Gives addresses to pods that have none. A hostNetwork pod has its node's; another takes the lowest free ones of its node's pod ranges, after
 * every observed address has been occupied: observed values always win.
 */
export class PodAddresses {
  private readonly taken = new Taken();
  private readonly ranges: ReadonlyMap<string, readonly NodeRange[]>;
  private readonly nodes: ReadonlyMap<string, ModelNode>;

  constructor(nodes: readonly ModelNode[], pods: Iterable<PodDraft>) {
    for (const pod of pods) for (const ip of pod.ips) this.taken.add(ip.value);
    for (const node of nodes) for (const { ip } of node.addresses) this.taken.add(ip);
    this.nodes = new Map(nodes.map((node) => [node.name, node]));
    const rangeOf = ({ value, provenance }: Sourced<Cidr>) =>
      new NodeRange(value, provenance === 'assumed' ? 'assumed' : 'derived', this.taken);
    this.ranges = new Map(nodes.map((node) => [node.name, node.podCIDRs.map(rangeOf)]));
  }

  /** Gives the pod what it needs, or tells why it gets none. */
  give(pod: PodDraft): Lack | undefined {
    const node = pod.nodeName && this.nodes.get(pod.nodeName.value);
    if (!node) return 'no-node';
    const ranges = this.ranges.get(node.name) ?? [];
    pod.ips = pod.spec.hostNetwork ? hostAddresses(node) : this.fromRanges(ranges);
    if (pod.ips.length > 0) return undefined;
    if (pod.spec.hostNetwork) return 'no-node-address';
    return ranges.length === 0 ? 'no-range' : 'range-full';
  }

  /**
   * One address of each family the node has ranges of, or none at all: host-local gives back what it has and fails when one of its range sets is full, and
   * the pod keeps waiting for its sandbox (containernetworking/plugins `plugins/ipam/host-local/main.go` cmdAdd).
   */
  private fromRanges(ranges: readonly NodeRange[]): readonly Sourced<Ip>[] {
    const found = new Map<IpFamily, Sourced<Ip> | undefined>();
    for (const range of ranges) found.set(range.family, found.get(range.family) ?? range.lowestFree());
    const ips = [...found.values()].flatMap((ip) => ip ?? []);
    if (ips.length < found.size) return [];
    for (const ip of ips) this.taken.add(ip.value);
    return ips;
  }
}

/** The kubelet reports the node's first internal address of each family (external ones where there is no internal one). */
function hostAddresses(node: ModelNode): readonly Sourced<Ip>[] {
  const internal = node.addresses.filter((address) => address.type === 'InternalIP');
  const candidates = (internal.length > 0 ? internal : node.addresses).map((address) => address.ip);
  const primary = candidates.filter((ip, index) => candidates.findIndex((other) => other.family === ip.family) === index);
  // The pod was not seen; that it has its node's address is a rule, and no better than what is known of the node.
  return primary.map((value) => ({ value, provenance: node.provenance === 'observed' ? 'derived' : node.provenance }));
}

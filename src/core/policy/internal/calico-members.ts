import type { NetworkModel } from '../../model/network-model.js';
import { type Cidr, cidrContains, cidrOf } from '../../net/cidr.js';
import { familyBits, type Ip, sameIp } from '../../net/ip.js';
import type { CalicoHostEndpoint } from '../../resources/calico-host-endpoint.js';
import { type CalicoSelector, calicoSelectorMatches } from '../../resources/calico-selector.js';
import type { Labels } from '../../resources/resource.js';
import { calicoLabelsOfHost, calicoLabelsOfPod, calicoLabelsOfSet } from './calico-labels.js';
import type { HostEndpoint, PodEndpoint, PolicyEndpoint } from './policy-endpoint.js';

/** Addresses that selectors find by labels: a set of networks, or the expected addresses of a host endpoint. */
interface LabelledNets {
  /** `NetworkSet shop/partners`. */
  readonly name: string;
  readonly labels: Labels;
  readonly nets: readonly Cidr[];
}

/** Whom a selector finds: pods and host endpoints by their labels, addresses by the sets that hold them (felix makes an IP set of either). */
export class CalicoMembers {
  private readonly sets: readonly LabelledNets[];
  private readonly podLabels = new WeakMap<PodEndpoint, Labels>();

  constructor(private readonly model: NetworkModel) {
    const { networkSets, hostEndpoints } = model.calico;
    this.sets = [
      ...networkSets.map((set) => ({ name: nameOf(set), labels: calicoLabelsOfSet(model, set), nets: set.nets })),
      ...hostEndpoints.map((host) => ({
        name: nameOf(host),
        labels: calicoLabelsOfHost(model, host),
        nets: host.expectedIPs.map((ip) => cidrOf(ip, familyBits(ip.family))),
      })),
    ];
  }

  /** Every network by which an address can become a member. */
  get nets(): readonly Cidr[] {
    return this.sets.flatMap(({ nets }) => nets);
  }

  /** By what the endpoint is a member of the selector's addresses: its own labels, or a set that holds its address; undefined: by nothing. */
  membership(selector: CalicoSelector, endpoint: PolicyEndpoint, addressCounts: boolean): 'labels' | { readonly set: string } | undefined {
    const labels = this.labelsOf(endpoint);
    if (labels && calicoSelectorMatches(selector, labels)) return 'labels';
    const { address } = endpoint;
    if (address === undefined || !addressCounts) return undefined;
    const set = this.sets.find((one) => one.nets.some((net) => cidrContains(net, address)) && calicoSelectorMatches(selector, one.labels));
    return set && { set: set.name };
  }

  /** The labels by which selectors find the endpoint itself; undefined: Calico does not know it. */
  labelsOf(endpoint: PolicyEndpoint): Labels | undefined {
    if (endpoint.kind === 'address') return undefined;
    if (endpoint.kind === 'host') {
      const host = this.hostEndpointOf(endpoint);
      return host && calicoLabelsOfHost(this.model, host);
    }
    let labels = this.podLabels.get(endpoint);
    if (!labels) {
      labels = calicoLabelsOfPod(this.model, endpoint);
      this.podLabels.set(endpoint, labels);
    }
    return labels;
  }

  /** The host endpoint that governs the node's traffic at the address: the one that expects it, else the one of every interface, else the one of some interface. */
  hostEndpointOf({ node, address }: HostEndpoint): CalicoHostEndpoint | undefined {
    const own = this.model.calico.hostEndpoints.filter((one) => one.node !== undefined && one.node === node);
    const expecting = (ip: Ip) => own.find(({ expectedIPs }) => expectedIPs.some((one) => sameIp(one, ip)));
    return (
      (address && expecting(address)) ??
      own.find(({ interfaceName }) => interfaceName === '*') ??
      own.find(({ expectedIPs }) => expectedIPs.length === 0 || address === undefined)
    );
  }
}

function nameOf({ kind, ref }: { readonly kind: string; readonly ref: { readonly namespace?: string; readonly name: string } }): string {
  return `${kind} ${ref.namespace === undefined ? '' : `${ref.namespace}/`}${ref.name}`;
}

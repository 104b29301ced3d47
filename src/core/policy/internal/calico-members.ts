import type { Steps } from '../../kernel/steps.js';
import { compareBy } from '../../kernel/compare.js';
import type { NetworkModel } from '../../model/network-model.js';
import { type Cidr, cidrOf } from '../../net/cidr.js';
import { CidrIndex } from '../../net/cidr-index.js';
import { familyBits } from '../../net/ip.js';
import type { CalicoHostEndpoint } from '../../resources/calico-host-endpoint.js';
import { type CalicoSelector, calicoSelectorMatches } from '../../resources/calico-selector.js';
import type { CalicoProfile } from '../../resources/calico-profile.js';
import type { Labels } from '../../resources/resource.js';
import type { CalicoHosts } from './calico-hosts.js';
import { calicoLabelsOfHost, calicoLabelsOfPod, calicoLabelsOfSet } from './calico-labels.js';
import type { Labelling } from './layer.js';
import type { PodEndpoint, PolicyEndpoint } from './policy-endpoint.js';

/** Addresses that selectors find by labels: a set of networks, or the expected addresses of a host endpoint. */
interface LabelledNets {
  /** `NetworkSet shop/partners`. */
  readonly name: string;
  readonly labels: Labels;
  readonly nets: readonly Cidr[];
  /** Among the sets: of several, evidence names the first. */
  readonly position: number;
}

type LabelledModel = Pick<NetworkModel, 'calico' | 'namespaces' | 'serviceAccounts'>;

function profilesIn({ calico }: LabelledModel): ReadonlyMap<string, CalicoProfile> {
  return new Map(calico.profiles.map((profile) => [profile.ref.name, profile]));
}

/** Whom a selector finds: pods and host endpoints by their labels, addresses by the sets that hold them (felix makes an IP set of either). */
export class CalicoMembers {
  readonly profiles: ReadonlyMap<string, CalicoProfile>;
  private readonly podLabels = new WeakMap<PodEndpoint, Labels>();
  private readonly matching = new WeakMap<CalicoSelector, ReadonlySet<LabelledNets>>();
  private readonly around = new WeakMap<PolicyEndpoint, ReadonlySet<LabelledNets>>();

  private constructor(
    private readonly model: LabelledModel,
    private readonly hosts: Pick<CalicoHosts, 'at'>,
    private readonly hostLabels: ReadonlyMap<CalicoHostEndpoint, Labels>,
    private readonly sets: readonly LabelledNets[],
    private readonly byAddress: CidrIndex<LabelledNets>,
  ) {
    this.profiles = profilesIn(model);
  }

  /** Yields after each set and host endpoint. */
  static *of(model: LabelledModel, hosts: Pick<CalicoHosts, 'at'>): Steps<CalicoMembers> {
    const { networkSets, hostEndpoints } = model.calico;
    const profiles = profilesIn(model);
    const sets: LabelledNets[] = [];
    for (const set of networkSets) {
      yield;
      sets.push({ name: nameOf(set), labels: calicoLabelsOfSet(model, set), nets: set.nets, position: sets.length });
    }
    const hostLabels = new Map<CalicoHostEndpoint, Labels>();
    for (const host of hostEndpoints) {
      yield;
      const labels = calicoLabelsOfHost(profiles, host);
      hostLabels.set(host, labels);
      const nets = host.expectedIPs.map((ip) => cidrOf(ip, familyBits(ip.family)));
      sets.push({ name: nameOf(host), labels, nets, position: sets.length });
    }
    yield;
    const byAddress = yield* CidrIndex.inSteps(sets.flatMap((set) => set.nets.map((net) => [net, set] as const)));
    return new CalicoMembers(model, hosts, hostLabels, sets, byAddress);
  }

  /** Every network by which an address can become a member. */
  get nets(): readonly Cidr[] {
    return this.sets.flatMap(({ nets }) => nets);
  }

  /** By what the endpoint is a member of the selector's addresses: its own labels, or a set that holds its address; undefined: by nothing. */
  membership(selector: CalicoSelector, endpoint: PolicyEndpoint, addressCounts: boolean): 'labels' | { readonly set: string } | undefined {
    const labels = this.labelsOf(endpoint);
    if (labels && calicoSelectorMatches(selector, labels)) return 'labels';
    if (!addressCounts) return undefined;
    const sets = [this.setsAround(endpoint), this.setsOf(selector)] as const;
    const [fewer, more] = sets[0].size < sets[1].size ? sets : [sets[1], sets[0]];
    for (const set of fewer) if (more.has(set)) return { set: set.name };
    return undefined;
  }

  /** Networks by which an address is a member of the selector's. */
  netsOf(selector: CalicoSelector): readonly Cidr[] {
    return [...this.setsOf(selector)].flatMap(({ nets }) => nets);
  }

  /** The sets that hold the endpoint's address. */
  private setsAround(endpoint: PolicyEndpoint): ReadonlySet<LabelledNets> {
    const { address } = endpoint;
    return remembered(this.around, endpoint, () => {
      const holding = address === undefined ? [] : [...this.byAddress.at(address)];
      return new Set(holding.sort(compareBy(({ position }) => position)));
    });
  }

  private setsOf(selector: CalicoSelector): ReadonlySet<LabelledNets> {
    return remembered(this.matching, selector, () => new Set(this.sets.filter(({ labels }) => calicoSelectorMatches(selector, labels))));
  }

  /** The labels of a host endpoint, those that its profiles apply among them. */
  labelsOfHost(host: CalicoHostEndpoint): Labels {
    return this.hostLabels.get(host) ?? host.labels;
  }

  /** The labels by which selectors find the endpoint itself; undefined: Calico does not know it. */
  readonly labelsOf: Labelling = (endpoint) => {
    if (endpoint.kind === 'address') return undefined;
    if (endpoint.kind === 'host') {
      const governing = this.hosts.at(endpoint);
      return governing && this.labelsOfHost(governing.host);
    }
    return remembered(this.podLabels, endpoint, () => calicoLabelsOfPod(this.model, endpoint));
  };

  /** Whether the selector finds endpoints by their own labels alone, and none by a set of networks. */
  findsByLabels(selector: CalicoSelector): boolean {
    return this.setsOf(selector).size === 0;
  }
}

function remembered<K extends object, V>(known: WeakMap<K, V>, key: K, work: () => V): V {
  let found = known.get(key);
  if (found === undefined) {
    found = work();
    known.set(key, found);
  }
  return found;
}

function nameOf({ kind, ref }: { readonly kind: string; readonly ref: { readonly namespace?: string; readonly name: string } }): string {
  return `${kind} ${ref.namespace === undefined ? '' : `${ref.namespace}/`}${ref.name}`;
}

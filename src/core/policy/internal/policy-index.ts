import { finished, type Steps } from '../../kernel/steps.js';
import { formatIp, type Ip, type IpFamily } from '../../net/ip.js';
import type { IpRange } from '../../net/ip-set.js';
import type { ModelNode, ModelPod, NetworkModel } from '../../model/network-model.js';
import type { CalicoHostEndpoint } from '../../resources/calico-host-endpoint.js';
import type { CalicoPolicy } from '../../resources/calico-policy.js';
import type { ClusterPolicy } from '../../resources/cluster-policy.js';
import type { NetworkPolicy } from '../../resources/network-policy.js';
import type { PodSpec } from '../../resources/pod.js';
import type { Labels } from '../../resources/resource.js';
import { ClassTexts } from './class-texts.js';
import { AddressCuts, type RuledPolicy } from './address-cuts.js';
import { CalicoBook } from './calico-book.js';
import { asksServiceAccount } from './cilium-identity.js';
import { CiliumReferences } from './cilium-references.js';
import { ALL_CONNECTIONS, type ConnectionSet, EVERY_PORT } from './connection-set.js';
import { type Direction, DIRECTIONS } from './direction.js';
import { type CountingPolicies, countingPoliciesOf, specifiedPoliciesOf } from './enforcement.js';
import type { AnyPolicy, PolicyApi, SubjectEndpoint } from './layer.js';
import { NamespacePolicies } from './namespace-policies.js';
import type { PolicyBook } from './policy-book.js';
import { familiesOf, NO_FAMILIES } from './pod-families.js';
import { familyMask, type PolicyEndpoint } from './policy-endpoint.js';
import { ofCilium, ofTier } from './selected-policies.js';
import { type SelectedPolicies, SubjectMemory } from './subject-memory.js';

/** Endpoints that every policy of the model treats alike. */
export interface EndpointClass {
  /** Position among the classes seen so far. */
  readonly id: number;
  readonly endpoint: PolicyEndpoint;
  /** Of {@link familyMask}. */
  readonly families: number;
}

const NO_CALICO: readonly CalicoPolicy[] = [];
const NO_POLICIES: readonly NetworkPolicy[] = [];
const indexes = new WeakMap<NetworkModel, PolicyIndex>();
const specificationIndexes = new WeakMap<NetworkModel, PolicyIndex>();

/** What the room compiles of a model, on the first question about it: policies by namespace, and classes of alike endpoints as they are met. */
export class PolicyIndex implements PolicyBook {
  /** What a listing is about that is not cut to protocols: every port, all that policies of Kubernetes' own APIs speak of; those of plugins speak of every protocol. */
  readonly everything: ConnectionSet;
  private readonly byNamespace = new Map<string, NamespacePolicies>();
  private readonly classes = new Map<string, EndpointClass>();
  private readonly ofPods: (readonly EndpointClass[] | undefined)[] = [];
  readonly memory = new SubjectMemory();
  private readonly texts = new ClassTexts();

  private constructor(
    private readonly model: NetworkModel,
    private readonly counting: CountingPolicies,
    /** Undefined: nothing of Calico decides. */
    readonly calico: CalicoBook | undefined,
    /** Undefined: Cilium does not enforce policies. */
    readonly cilium: CiliumReferences | undefined,
    /** Every policy that counts, of whatever API. */
    readonly policies: readonly RuledPolicy[],
    readonly cuts: AddressCuts,
    /** Whether the own node of a pod is told from the others, though no policy does. */
    tellsNodes = false,
  ) {
    for (const policy of counting.network) {
      const known = this.byNamespace.get(policy.namespace) ?? new NamespacePolicies();
      this.byNamespace.set(policy.namespace, known);
      known.policies.push(policy);
    }
    this.everything = calico || cilium ? ALL_CONNECTIONS : EVERY_PORT;
    this.judgesServiceAccounts = cilium?.selectors().some(asksServiceAccount) ?? calico?.asksServiceAccounts ?? false;
    this.judgesNodes = tellsNodes || (cilium?.tellsNodesApart() ?? calico?.forwards ?? false);
  }

  /** The index of a model, in one go. */
  static of(model: NetworkModel): PolicyIndex {
    return finished(PolicyIndex.inSteps(model));
  }

  /** The index of a model; kept as long as the model. Yields often where it is not there yet. */
  static *inSteps(model: NetworkModel): Steps<PolicyIndex> {
    const known = indexes.get(model);
    if (known) return known;
    return kept(indexes, model, yield* PolicyIndex.made(model, countingPoliciesOf(model)));
  }

  /** The same by Kubernetes' own APIs alone, as if all were enforced, for listings that know nothing of plugins. */
  static *ofSpecification(model: NetworkModel): Steps<PolicyIndex> {
    const counting = countingPoliciesOf(model);
    if (counting.cluster === model.clusterPolicies && !counting.calico && !counting.cilium) return yield* PolicyIndex.inSteps(model);
    const known = specificationIndexes.get(model);
    return known ?? kept(specificationIndexes, model, yield* PolicyIndex.made(model, specifiedPoliciesOf(model)));
  }

  private static *made(model: NetworkModel, counting: CountingPolicies): Steps<PolicyIndex> {
    const calico = counting.calico && (yield* CalicoBook.of(model, counting.calico));
    yield;
    const cilium = counting.cilium && !calico ? new CiliumReferences(model, counting.cilium) : undefined;
    yield;
    const more = [...counting.cluster, ...(cilium ? yield* cilium.ruled() : []), ...(calico ? yield* calico.ruled() : [])];
    const policies = more.length === 0 ? counting.network : [...counting.network, ...more];
    const cuts = yield* AddressCuts.of(policies, DIRECTIONS);
    return new PolicyIndex(model, counting, calico, cilium, policies, cuts);
  }

  /** The same with the address space cut elsewhere, and with nodes told apart where they have host endpoints, for a comparison with policies that this index does not judge by. */
  cutBy(cuts: AddressCuts): PolicyIndex {
    const tellsNodes = this.calico !== undefined && this.model.calico.hostEndpoints.length > 0;
    return new PolicyIndex(this.model, this.counting, this.calico, this.cilium, this.policies, cuts, tellsNodes);
  }

  /** The same as the objects they are. */
  get objects(): readonly AnyPolicy[] {
    const { counting, cilium, calico } = this;
    return [...counting.network, ...counting.cluster, ...(cilium?.policies ?? []), ...(calico?.policies ?? [])];
  }

  /** Policies of the cluster that count. */
  get clusterPolicies(): readonly ClusterPolicy[] {
    return this.counting.cluster;
  }

  get settings() {
    return this.model.profile.policy;
  }

  policiesIn(namespace: string): readonly NetworkPolicy[] {
    return this.byNamespace.get(namespace)?.policies ?? NO_POLICIES;
  }

  mayAdmit(namespace: string, direction: Direction, other: PolicyEndpoint): readonly NetworkPolicy[] {
    return this.byNamespace.get(namespace)?.mayAdmit(direction, other) ?? NO_POLICIES;
  }

  selecting<Api extends PolicyApi>(api: Api, subject: SubjectEndpoint): SelectedPolicies[Api] {
    const known = this.memory.of(subject);
    return known ? (known.selected ??= this.select(subject))[api] : this.finders[api](subject);
  }

  selectingHost(host: CalicoHostEndpoint): readonly CalicoPolicy[] {
    return this.calico?.selectingHost(host) ?? NO_CALICO;
  }

  /** The policies of each API that select the endpoint. */
  private select(subject: SubjectEndpoint): SelectedPolicies {
    const { NetworkPolicy, Admin, Baseline, Cilium, Calico } = this.finders;
    return {
      NetworkPolicy: NetworkPolicy(subject),
      Admin: Admin(subject),
      Baseline: Baseline(subject),
      Cilium: Cilium(subject),
      Calico: Calico(subject),
    };
  }

  private readonly finders: { readonly [Api in PolicyApi]: (subject: SubjectEndpoint) => SelectedPolicies[Api] } = {
    NetworkPolicy: (one) => (one.kind === 'pod' && this.byNamespace.get(one.namespace)?.selecting(one.labels)) || NO_POLICIES,
    Admin: (one) => ofTier(this.counting.cluster, 'Admin', one),
    Baseline: (one) => ofTier(this.counting.cluster, 'Baseline', one),
    Cilium: (one) => ofCilium(this.cilium, one),
    Calico: (one) => this.calico?.selecting(one) ?? NO_CALICO,
  };

  /** Whether addresses of pods can matter. */
  private get judgesPodAddresses(): boolean {
    const { ipBlockMatchesPods, networksMatchPods } = this.settings;
    const judged = (ipBlockMatchesPods && this.cuts.judging) || (networksMatchPods && this.cuts.judgingNetworks);
    return judged || this.calico?.asksServices === true;
  }

  /** Whether some policy asks for service accounts: no policy of Kubernetes' own APIs does. */
  private readonly judgesServiceAccounts: boolean;
  /** Whether some policy tells the own node from the others. */
  private readonly judgesNodes: boolean;

  /** How many classes have been met so far. */
  get size(): number {
    return this.classes.size;
  }

  /** Whether the plugin takes the pod for its node. */
  isHost(pod: ModelPod): boolean {
    return pod.spec.hostNetwork && this.settings.hostNetworkPods === 'excluded';
  }

  /** The classes of a pod: one, or one for each address family where a block tells its addresses from others. */
  classesOf(pod: ModelPod): readonly EndpointClass[] {
    const known = this.ofPods[pod.id];
    if (known) return known;
    const found = this.isHost(pod)
      ? this.hostClasses(
          pod.nodeName?.value,
          pod.ips.map(({ value }) => value),
        )
      : this.podClasses(pod);
    this.ofPods[pod.id] = found;
    return found;
  }

  /** The class of pods made from a template, which have no address yet. */
  classOfTemplate(namespace: string, labels: Labels, spec: PodSpec): EndpointClass {
    if (spec.hostNetwork && this.settings.hostNetworkPods === 'excluded') {
      return this.intern('host', () => ({ kind: 'host', node: undefined, labels: undefined, address: undefined }));
    }
    return this.podClass({ namespace, labels, spec }, undefined, undefined, NO_FAMILIES);
  }

  /** The classes of a node: one for each address. */
  classesOfNode(node: ModelNode): readonly EndpointClass[] {
    return this.hostClasses(
      node.name,
      node.addresses.map(({ ip }) => ip),
    );
  }

  /** The class of addresses that lie in the same blocks. */
  classOfRange({ family, first }: IpRange): EndpointClass {
    const address: Ip = { family, value: first };
    return this.intern(`address ${family} ${this.cuts.partOf(address)}`, () => ({ kind: 'address', address }));
  }

  private hostClasses(node: string | undefined, addresses: readonly Ip[]): readonly EndpointClass[] {
    const labels = node === undefined ? undefined : this.model.nodes.get(node)?.labels;
    const distinct = addresses.length === 0 ? [undefined] : addresses;
    const found = distinct.map((address) =>
      this.intern(`host ${node ?? ''} ${this.hostText(address)}`, () => ({ kind: 'host', node, labels, address })),
    );
    return [...new Set(found)];
  }

  private podClasses(pod: ModelPod): readonly EndpointClass[] {
    const node = pod.nodeName?.value;
    // Addresses matter only where a block may match pods.
    if (!this.judgesPodAddresses || pod.ips.length === 0) {
      const families = familiesOf(pod);
      const apart = this.calico?.asksFamilies === true && families.length > 1;
      return (apart ? families.map((family) => [family]) : [families]).map((some) => this.podClass(pod, node, undefined, some));
    }
    return pod.ips.map(({ value }) => this.podClass(pod, node, value, [value.family]));
  }

  private podClass(
    { namespace, labels, spec }: Pick<ModelPod, 'namespace' | 'labels' | 'spec'>,
    placed: string | undefined,
    address: Ip | undefined,
    families: readonly IpFamily[],
  ): EndpointClass {
    const { ports, text } = this.texts.namedPorts(spec);
    const node = this.judgesNodes ? placed : undefined;
    const serviceAccount = this.judgesServiceAccounts ? spec.serviceAccountName : undefined;
    const key = `pod ${namespace} ${this.texts.labels(labels)} ${text} ${families.join('+')} ${this.partText(address)} ${serviceAccount ?? ''} ${node ?? ''}`;
    return this.intern(key, () => ({
      kind: 'pod',
      namespace,
      labels,
      namespaceLabels: this.model.namespaces.get(namespace)?.labels ?? { 'kubernetes.io/metadata.name': namespace },
      ports,
      serviceAccount,
      node,
      address,
      families,
    }));
  }

  /** Host endpoints of Calico know interfaces by their addresses. */
  private hostText(address: Ip | undefined): string {
    return this.calico && address ? formatIp(address) : this.partText(address);
  }

  private partText(address: Ip | undefined): string {
    return address === undefined ? '' : `${address.family} ${this.cuts.partOf(address)}`;
  }

  private intern(key: string, make: () => PolicyEndpoint): EndpointClass {
    let found = this.classes.get(key);
    if (!found) {
      const endpoint = make();
      found = { id: this.classes.size, endpoint, families: familyMask(endpoint) };
      this.classes.set(key, found);
      this.memory.expect(endpoint);
    }
    return found;
  }
}

/** The index that was there first: somebody else may have made one in the meantime. */
function kept(known: WeakMap<NetworkModel, PolicyIndex>, model: NetworkModel, made: PolicyIndex): PolicyIndex {
  const index = known.get(model) ?? made;
  known.set(model, index);
  return index;
}

import type { Note } from '../../kernel/answer.js';
import type { ModelNode, ModelPod, NetworkModel } from '../../model/network-model.js';
import { type Cidr, cidrContains, formatCidr } from '../../net/cidr.js';
import { compareIps, formatIp, type Ip, type IpFamily } from '../../net/ip.js';
import type { CiliumEgressGatewayPolicy, EgressGatewayChoice, EgressSubject } from '../../resources/cilium-egress-gateway.js';
import { type LabelSelector, selectorMatches } from '../../resources/label-selector.js';
import type { Labels } from '../../resources/resource.js';
import { carrierOf, isWrapping } from '../carriers.js';
import { clusterMode } from '../cluster-mode.js';
import type { Conveyance } from './conveyance.js';
import type { DeviceAddress } from './device-address.js';
import type { Place } from './place.js';
import type { Underlay } from './underlay.js';

/** The node by which a pod's packets leave the cluster, and the address that they leave with. */
export interface EgressGateway {
  readonly policy: CiliumEgressGatewayPolicy;
  /** Undefined: no node is one, and the packets are dropped. */
  readonly exit: { readonly node: ModelNode; readonly address: DeviceAddress } | undefined;
  readonly why: string;
  readonly notes: readonly Note[];
}

/** What an entry of the agent's map says: a policy, and the destination that was longest. */
interface Entry {
  readonly policy: CiliumEgressGatewayPolicy;
  readonly cidr: Cidr;
  readonly isExcluded: boolean;
}

/**
 * The gateway of a packet that a pod sends out of the cluster (cilium/cilium `pkg/egressgateway/{manager,policy}.go`, `bpf/lib/egress_gateway.h`): of all destinations and exclusions of the
 * policies that select the pod, the longest that holds the address; undefined: none does, or it is excluded.
 */
export function egressGatewayOf(
  model: NetworkModel,
  underlay: Underlay,
  family: IpFamily,
  { from, to }: { readonly from: Place; readonly to: Place },
): EgressGateway | undefined {
  const { egressGateways, plugin } = model.profile.cni;
  if (plugin !== 'cilium' || !egressGateways || from.kind !== 'pod' || to.kind !== 'outside') return undefined;
  const [entry, ...others] = entriesFor(model, from.pod, from.node, to.ip);
  if (!entry || entry.isExcluded) return undefined;
  const { policy, cidr } = entry;
  const exits = exitsOf(model, underlay, family, policy);
  const [exit] = exits;
  const name = policy.ref.name;
  const notes: Note[] = [];
  if (others.length > 0) {
    const message = `the policies ${[entry, ...others].map((one) => one.policy.ref.name).join(', ')} name ${formatCidr(cidr)}, and which counts is not defined: ${name} is taken`;
    notes.push({ code: 'EGRESS_POLICY_UNDECIDED', message });
  }
  if (exits.length > 1 && exit) {
    const message = `${name} has ${exits.length} gateways (${exits.map(({ node }) => node.name).join(', ')}), one for each pod by the id of its endpoint, which no object tells: ${exit.node.name} stands for them`;
    notes.push({ code: 'EGRESS_GATEWAY_UNDECIDED', message });
  }
  const why = exit
    ? `CiliumEgressGatewayPolicy ${name}: what goes to ${formatCidr(cidr)} leaves by ${exit.node.name}`
    : `CiliumEgressGatewayPolicy ${name} takes what goes to ${formatCidr(cidr)}, and selects no node: the packet is dropped`;
  return { policy, exit, why, notes };
}

/** Those with the longest prefix that holds the destination, by the names of their policies. Within a policy what is excluded is written last. */
function entriesFor(model: NetworkModel, pod: ModelPod, node: ModelNode, destination: Ip): readonly Entry[] {
  let longest: Entry[] = [];
  for (const policy of model.ciliumEgressGateways) {
    if (policy.refused || !policy.subjects.some((subject) => selects(model, subject, pod, node))) continue;
    const entry = longestOf(policy, destination);
    const best = longest[0]?.cidr.prefix ?? -1;
    if (!entry || entry.cidr.prefix < best) continue;
    longest = entry.cidr.prefix > best ? [entry] : [...longest, entry];
  }
  return longest;
}

function longestOf(policy: CiliumEgressGatewayPolicy, destination: Ip): Entry | undefined {
  let best: Entry | undefined;
  const look = (cidrs: readonly Cidr[], isExcluded: boolean) => {
    for (const cidr of cidrs)
      if (cidrContains(cidr, destination) && cidr.prefix >= (best?.cidr.prefix ?? 0)) best = { policy, cidr, isExcluded };
  };
  look(policy.destinations, false);
  look(policy.excluded, true);
  return best;
}

function selects({ namespaces, profile }: NetworkModel, subject: EgressSubject, pod: ModelPod, node: ModelNode): boolean {
  const ofNamespace = namespaces.get(pod.namespace)?.labels ?? {};
  const labels: Labels = {
    ...pod.labels,
    'io.kubernetes.pod.namespace': pod.namespace,
    'io.cilium.k8s.policy.serviceaccount': pod.spec.serviceAccountName,
    'io.cilium.k8s.policy.cluster': profile.policy.cilium.clusterName,
  };
  const fits = (selector: LabelSelector | undefined, of: Labels) => selector === undefined || selectorMatches(selector, of);
  return fits(subject.pods, labels) && fits(subject.namespaces, ofNamespace) && fits(subject.nodes, node.labels);
}

/** The gateways that there are, in the order of their nodes' addresses. */
function exitsOf(
  model: NetworkModel,
  underlay: Underlay,
  family: IpFamily,
  policy: CiliumEgressGatewayPolicy,
): readonly NonNullable<EgressGateway['exit']>[] {
  const exits = policy.gateways.flatMap((choice) => exitOf(model, underlay, family, choice) ?? []);
  return exits.toSorted((a, b) => compareIps(a.at, b.at)).map(({ node, address }) => ({ node, address }));
}

/** The first node by name; the model has its nodes in that order. */
function exitOf(model: NetworkModel, underlay: Underlay, family: IpFamily, { nodes, device, egressIP }: EgressGatewayChoice) {
  for (const node of model.nodes.values()) {
    const at = selectorMatches(nodes, node.labels) ? underlay.addressOf(node, family) : undefined;
    if (!at) continue;
    const given = egressIP?.family === family ? egressIP : undefined;
    const address: DeviceAddress = {
      device: device ?? underlay.deviceOf(node, family),
      ip: given ?? at,
      // The first address of an interface of one's own choice stands nowhere.
      isTold: given !== undefined || device === undefined,
      isOfPods: false,
    };
    return { node, at, address };
  }
  return undefined;
}

/** The tunnel by which packets get to a gateway, and their replies back: that of the mode, or of `tunnel-protocol` where the mode has none (`bpf/lib/egress_gateway.h`, encap_and_redirect). */
export function toGateway(model: NetworkModel): Conveyance {
  const { mode } = clusterMode(model);
  const name = isWrapping('cilium', mode) ? mode : model.profile.cni.tunnelProtocol;
  return { name, carrier: carrierOf('cilium', name), why: 'egress gateways are reached by Cilium’s tunnel', extra: 0 };
}

/** What the gateway does to the source, in words. */
export function egressRule({ policy }: EgressGateway, { ip }: DeviceAddress): string {
  return `CiliumEgressGatewayPolicy ${policy.ref.name}: packets leave with ${formatIp(ip)}`;
}

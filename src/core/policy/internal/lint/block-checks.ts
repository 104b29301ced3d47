import type { Json } from '../../../kernel/json.js';
import { type Cidr, cidrCovers, formatCidr } from '../../../net/cidr.js';
import { familyBits } from '../../../net/ip.js';
import type { CalicoPolicy } from '../../../resources/calico-policy.js';
import type { CiliumPolicy } from '../../../resources/cilium-policy.js';
import type { ClusterPeer } from '../../../resources/cluster-policy.js';
import type { PolicyPeer } from '../../../resources/network-policy.js';
import { selectorOfLabels } from '../../../resources/label-selector.js';
import type { LintFix } from '../../lint-result.js';
import type { ModelService } from '../../../model/network-model.js';
import type { AddressBook } from './address-book.js';
import { isCiliumPolicy } from '../acting-cilium-policy.js';
import { DIRECTIONS } from '../direction.js';
import type { AnyPolicy } from '../layer.js';
import type { LintDraft, LintDrafts } from './draft.js';
import { countOf, type LintContext, type LintedPolicy, nameSome } from './lint-context.js';
import { selectorJson } from './selector-patch.js';

/** A peer that names addresses. */
interface Block {
  readonly pointer: string;
  readonly cidr: Cidr;
  readonly except: readonly Cidr[];
  /** It is the whole peer. */
  readonly alone: boolean;
  readonly ofNetworks: boolean;
}

function* blocksOf(policy: LintedPolicy): Generator<Block> {
  for (const direction of DIRECTIONS) for (const { peers } of policy[direction]) for (const peer of peers) yield* blocksIn(peer);
}

function* blocksIn(peer: PolicyPeer | ClusterPeer): Generator<Block> {
  if (peer.type === 'ipBlock') yield { pointer: peer.pointer, cidr: peer.cidr, except: peer.except, alone: true, ofNetworks: false };
  if (peer.type !== 'networks') return;
  for (const [position, cidr] of peer.networks.entries()) {
    const alone = peer.networks.length === 1;
    yield { pointer: `${peer.pointer}/networks/${position}`, cidr, except: [], alone, ofNetworks: true };
  }
}

/** "Targeting of services by name" or address is not what policies do: they are judged after DNAT, on the pod. */
export function* clusterIpInBlock(context: LintContext, policy: LintedPolicy): LintDrafts {
  for (const block of blocksOf(policy)) {
    yield;
    const services = servicesNamed(context, block.cidr);
    if (services) yield { ...ofServices(policy, block, services), fix: selectInstead(policy, block, services) };
  }
}

/** The same of the networks of Calico's rules and of the CIDRs of Cilium's. Policies before DNAT do see the address of the service. */
export function* clusterIpInNets(context: LintContext): LintDrafts {
  const { model, isWanted } = context;
  for (const policy of [...model.calico.policies, ...model.ciliumPolicies].filter(isWanted)) {
    for (const block of policy.kind === 'GlobalNetworkPolicy' && policy.preDNAT ? [] : netsOf(policy)) {
      yield;
      const services = servicesNamed(context, block.cidr);
      if (services) yield ofServices(policy, block, services);
    }
  }
}

type Net = Pick<Block, 'pointer' | 'cidr'>;

function netsOf(policy: CalicoPolicy | CiliumPolicy): readonly Net[] {
  if (isCiliumPolicy(policy)) {
    const rules = policy.specs.flatMap(({ egress, ingress }) => [...egress.rules, ...ingress.rules]);
    return rules.flatMap(({ peers }) => (peers ?? []).flatMap((peer) => (peer.type === 'cidr' ? [peer] : [])));
  }
  const sides = [...policy.egress, ...policy.ingress].flatMap(({ source, destination }) => [source, destination]);
  return sides.flatMap(({ pointer, nets }) => nets.map((cidr, place) => ({ pointer: `${pointer}/nets/${place}`, cidr })));
}

/** Services that have the addresses; undefined: they are none of services. */
function servicesNamed(context: LintContext, cidr: Cidr): readonly ModelService[] | undefined {
  const book = context.addresses();
  return book.isOfServices(cidr) ? book.servicesIn(cidr) : undefined;
}

function ofServices({ ref }: AnyPolicy, { pointer, cidr }: Net, services: readonly ModelService[]): LintDraft {
  const names = services.map(({ namespace, name }) => `${namespace}/${name}`);
  const whose = names.length === 0 ? 'the range of services' : `the address of service ${nameSome(names)}`;
  return {
    code: 'POL-CLUSTER-IP-IN-BLOCK',
    object: ref,
    pointer,
    message: `${formatCidr(cidr)} is ${whose}: policies are judged behind the service, on the address of the pod, and the block matches nothing`,
    related: services.slice(0, 5).map((service) => ({ object: service.ref, pointer: '/spec/clusterIP' })),
  };
}

/** The pods of the service in place of its address. */
function selectInstead(policy: LintedPolicy, { pointer, cidr, alone }: Block, services: readonly ModelService[]): LintFix | undefined {
  const [service] = services;
  const selector = service?.resource.selector;
  if (!service || !selector || Object.keys(selector).length === 0 || !alone || cidr.prefix < familyBits(cidr.family)) return undefined;
  const selectors: Json = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': service.namespace } },
    podSelector: selectorJson(selectorOfLabels(selector)),
  };
  const ofNamespace = policy.kind === 'NetworkPolicy';
  const path = ofNamespace ? pointer : pointer.replace(/\/networks\/\d+$/, '');
  return {
    message: `select the pods behind service ${service.namespace}/${service.name}`,
    patch: [{ op: 'replace', path, value: ofNamespace ? selectors : { pods: selectors } }],
  };
}

/** "The ipBlock selects particular IP CIDR ranges … these should be cluster-external IPs, since Pod IPs are ephemeral and unpredictable." */
export function* blockCoversPods(context: LintContext, policy: LintedPolicy): LintDrafts {
  const { profile } = context.model;
  for (const block of blocksOf(policy)) {
    yield;
    const book = context.addresses();
    const { cidr, except } = block;
    const { count, some } = book.podsIn(cidr, except);
    const matches = block.ofNetworks ? profile.policy.networksMatchPods : profile.policy.ipBlockMatchesPods;
    const inside = book.isOfPods(cidr);
    // Policies of the cluster mean pods too; what they deny has a code of its own.
    if ((!inside && (!matches || count === 0)) || (block.ofNetworks && !inside)) continue;
    const pods = count === 0 ? 'the range of pods' : `the address of ${countOf(count, 'pod')} (${nameSome(some)})`;
    const told = inside ? `${formatCidr(cidr)} lies in the addresses of pods` : `${formatCidr(cidr)} holds ${pods}`;
    const effect = matches
      ? `the plugin matches pods by address, and ${inside ? 'addresses change' : 'so the rule opens them too'}`
      : 'the plugin does not match pods by address, and so it matches nothing there';
    yield {
      code: 'POL-BLOCK-COVERS-PODS',
      object: policy.ref,
      pointer: block.pointer,
      message: `${told}: ${effect}`,
      fix: inside ? undefined : exceptPods(book, profile.podCIDRs, block),
    };
  }
}

function exceptPods(book: AddressBook, podCIDRs: readonly Cidr[], { pointer, cidr, except }: Block): LintFix | undefined {
  const inside = podCIDRs.filter((range) => cidrCovers(cidr, range) && range.prefix > cidr.prefix);
  const wanted = [...except.filter((one) => !inside.some((range) => cidrCovers(range, one))), ...inside];
  if (inside.length === 0 || book.podsIn(cidr, wanted).count > 0) return undefined;
  const texts = wanted.map(formatCidr);
  return {
    message: `except ${inside.map(formatCidr).join(' and ')}`,
    patch: [{ op: 'add', path: `${pointer}/ipBlock/except`, value: texts }],
  };
}

/** "cluster-internal traffic (pod-to-pod, pod-to-node) will be checked against the rule as well" (v1alpha2, Networks). */
export function* denyCoversPods(context: LintContext, policy: LintedPolicy): LintDrafts {
  const { population, model } = context;
  if (policy.kind === 'NetworkPolicy' || !model.profile.policy.networksMatchPods) return;
  const earlier = new Set<number>();
  for (const [position, rule] of policy.egress.entries()) {
    for (const peer of rule.action === 'Deny' && !rule.failsClosed ? rule.peers : []) {
      yield;
      if (peer.type !== 'networks') continue;
      const book = context.addresses();
      const pods = population.podsMatching('', peer).filter(({ id }) => !earlier.has(id));
      if (pods.length === 0) continue;
      const count = peer.networks.reduce((sum, cidr) => sum + book.podsIn(cidr, []).count, 0);
      yield {
        code: 'POL-DENY-COVERS-PODS',
        object: policy.ref,
        pointer: peer.pointer,
        message: `${peer.networks.map(formatCidr).join(', ')} holds the addresses of ${countOf(count, 'pod')} (${nameSome(pods.map((one) => population.of(one).workload))}): the rule denies traffic to them too`,
        fix: passPods(policy, position),
      };
    }
    // A rule that decides over every port before leaves nothing of those pods to be denied.
    if (rule.failsClosed || rule.ports.length > 0) continue;
    for (const peer of rule.peers) {
      yield;
      for (const { id } of population.podsMatching('', peer)) earlier.add(id);
    }
  }
}

function passPods({ kind }: LintedPolicy, position: number): LintFix {
  const action = kind === 'BaselineAdminNetworkPolicy' ? 'Allow' : 'Pass';
  const value = { name: 'pods-are-decided-elsewhere', action, to: [{ namespaces: {} }] };
  return {
    message: `let a rule before it ${action === 'Pass' ? 'pass' : 'allow'} what goes to pods`,
    patch: [{ op: 'add', path: `/spec/egress/${position}`, value }],
  };
}

import type { Steps } from '../../../kernel/steps.js';
import { type CalicoSelector, calicoSelectorMatches, mapSteps } from '../../../resources/calico-selector.js';
import type { CalicoPolicy } from '../../../resources/calico-policy.js';
import type { CiliumPolicy, CiliumSelector } from '../../../resources/cilium-policy.js';
import type { ClusterPeer } from '../../../resources/cluster-policy.js';
import type { PolicyPeer } from '../../../resources/network-policy.js';
import { isCiliumPolicy } from '../acting-cilium-policy.js';
import { isClusterPolicy } from '../acting-cluster-policy.js';
import { NAMESPACE_PREFIX, SERVICE_ACCOUNT_PREFIX } from '../calico-labels.js';
import { isCalicoPolicy } from '../calico-layers.js';
import { entitySelectors, subjectSelector } from '../calico-selectors.js';
import { identitySettings } from '../cilium-identity.js';
import type { ResolvedPeer } from '../cilium-references.js';
import { DIRECTIONS } from '../direction.js';
import type { AnyPolicy } from '../layer.js';
import type { PolicyIndex } from '../policy-index.js';
import { podsOfCalicoSelector } from '../unknown/calico-pods.js';
import { podsOfCiliumPeer, podsOfIdentity } from '../unknown/cilium-pods.js';
import { podsOfSelectors } from '../unknown/kubernetes-pods.js';
import { ANY_POD, everyOf, NAMESPACE, NO_POD, type PodFormula, podsSelected, requirementFormula } from '../unknown/pod-formula.js';

/** What policies ask of the labels of endpoints. */
export interface AskedFormulas {
  readonly pods: readonly PodFormula[];
  /** Of nodes, by their own labels. */
  readonly nodes: readonly PodFormula[];
  /** Of Calico's host endpoints. */
  readonly hosts: readonly PodFormula[];
}

/**
 * Every selector of the policies as a formula: of those they are about, and of either side of their rules. `index`: what policies of Cilium refer to. Yields after
 * each policy.
 */
export function* askedFormulas(index: Pick<PolicyIndex, 'cilium' | 'settings'>, policies: readonly AnyPolicy[]): Steps<AskedFormulas> {
  const parts: AskedFormulas[] = [];
  for (const policy of policies) {
    yield;
    if (isCiliumPolicy(policy)) parts.push(ofCilium(index, policy));
    else parts.push(isCalicoPolicy(policy) ? ofCalico(policy) : ofKubernetes(policy));
  }
  return {
    pods: parts.flatMap(({ pods }) => pods),
    nodes: parts.flatMap(({ nodes }) => nodes),
    hosts: parts.flatMap(({ hosts }) => hosts),
  };
}

function ofKubernetes(policy: AnyPolicy): AskedFormulas {
  const [pods, nodes]: [PodFormula[], PodFormula[]] = [[], []];
  if (policy.kind !== 'NetworkPolicy' && !isClusterPolicy(policy)) return { pods, nodes, hosts: [] };
  const namespace = policy.kind === 'NetworkPolicy' ? policy.namespace : '';
  const subject = policy.kind === 'NetworkPolicy' ? { namespaceSelector: undefined, podSelector: policy.podSelector } : policy.subject;
  if (subject) pods.push(podsOfSelectors(subject, namespace));
  for (const direction of DIRECTIONS) {
    for (const peer of policy[direction].flatMap((rule): readonly (PolicyPeer | ClusterPeer)[] => rule.peers)) {
      if (peer.type === 'pods') pods.push(podsOfSelectors(peer, namespace));
      else if (peer.type === 'nodes') nodes.push(podsSelected(peer.selector));
    }
  }
  return { pods, nodes, hosts: [] };
}

function ofCilium({ cilium, settings }: Pick<PolicyIndex, 'cilium' | 'settings'>, { namespace, specs }: CiliumPolicy): AskedFormulas {
  const identities = identitySettings(settings.cilium);
  const place = namespace === undefined ? ANY_POD : requirementFormula({ key: '', operator: 'In', values: [namespace] }, NAMESPACE);
  const peers = specs.flatMap((spec) =>
    DIRECTIONS.flatMap((direction) =>
      spec[direction].rules.flatMap((rule) => (rule.peers ?? []).flatMap((peer): readonly ResolvedPeer[] => cilium?.resolve(peer) ?? [])),
    ),
  );
  const nodeSelectors = [
    ...specs.flatMap(({ subject }) => (subject.type === 'nodes' ? subject.selector : [])),
    ...peers.flatMap((peer) => (peer.type === 'nodes' || peer.type === 'endpoints' ? peer.selector : [])),
  ];
  return {
    pods: [
      ...specs.flatMap(({ subject: { type, selector } }) =>
        type === 'endpoints' ? [everyOf([place, podsOfIdentity(selector, identities)])] : [],
      ),
      ...peers.map((peer) => podsOfCiliumPeer(peer, identities)),
    ],
    nodes: nodeSelectors.flatMap(nodeConditions),
    hosts: [],
  };
}

/** What a selector of identities asks of labels of nodes, one by one: they stand beside the reserved ones. Those that ask for a namespace find no node. */
function nodeConditions({ requirements, invalid }: CiliumSelector): readonly PodFormula[] {
  const positive = ({ operator }: (typeof requirements)[number]) => operator === 'In' || operator === 'Exists';
  if (invalid || requirements.some((one) => positive(one) && /^k8s:io\.(?:kubernetes|cilium)\./.test(one.key))) return [];
  return requirements.flatMap((requirement) => {
    const key = /^(?:any|k8s|node):(.*)$/s.exec(requirement.key)?.[1];
    return key === undefined ? [] : [requirementFormula(requirement, key)];
  });
}

function ofCalico(policy: CalicoPolicy): AskedFormulas {
  const namespace = policy.kind === 'CalicoNetworkPolicy' ? policy.namespace : undefined;
  const subject = policy.subject ? subjectSelector(policy) : undefined;
  const entities = DIRECTIONS.flatMap((direction) => policy[direction].flatMap(({ source, destination }) => [source, destination]));
  const sides = entities.flatMap((entity) => Object.values(entitySelectors(entity, namespace)) as readonly (CalicoSelector | undefined)[]);
  const selectors = [subject, ...sides].flatMap((selector) => selector ?? []);
  return { pods: selectors.map(podsOfCalicoSelector), nodes: [], hosts: selectors.map(hostsOfSelector) };
}

/** Host endpoints have neither namespace nor service account, and nothing of what Calico gives a pod. */
function hostsOfSelector(selector: CalicoSelector): PodFormula {
  return mapSteps(selector, (step) => {
    const lacks =
      'label' in step && ['projectcalico.org/', NAMESPACE_PREFIX, SERVICE_ACCOUNT_PREFIX].some((one) => step.label.startsWith(one));
    if (!lacks) return step;
    return calicoSelectorMatches({ text: '', steps: [step] }, {}) ? ANY_POD : NO_POD;
  }).steps;
}

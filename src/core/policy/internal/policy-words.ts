import { assertNever } from '../../kernel/assert-never.js';
import type { Steps } from '../../kernel/steps.js';
import { formatCidr } from '../../net/cidr.js';
import { formatIp } from '../../net/ip.js';
import { firstUnmet, formatSelector, type LabelSelector } from '../../resources/label-selector.js';
import type { ClusterPeer, ClusterPort, PodsOfNamespaces } from '../../resources/cluster-policy.js';
import type { PolicyPeer } from '../../resources/network-policy.js';
import type { Labels } from '../../resources/resource.js';
import type { KubernetesPeerOutcome } from './judge-peer.js';
import type { PolicyEndpoint } from './policy-endpoint.js';

/** `selects app=api, the source has app=web`: why a selector does not match. */
export function selectorMiss(selector: LabelSelector, labels: Labels, whose: string): string {
  return selectorMissOf(selector, labels)(whose);
}

/** The same for anybody with these labels. */
export function selectorMissOf(selector: LabelSelector, labels: Labels): (whose: string) => string {
  const unmet = firstUnmet(selector, labels);
  const value = unmet && Object.hasOwn(labels, unmet.key) ? labels[unmet.key] : undefined;
  if (unmet === undefined) return () => `selects ${formatSelector(selector)}, which is not valid and matches nothing`;
  const before = `selects \`${formatSelector(selector)}\`, `;
  const after = value === undefined ? ` has no label \`${unmet.key}\`` : ` has \`${unmet.key}=${value}\``;
  return (whose) => `${before}${whose}${after}`;
}

/** `pods app=web of namespaces team=x`, `10.0.0.0/8 without 10.1.0.0/16`. */
export function describePeer(peer: PolicyPeer | ClusterPeer, namespace: string): string {
  switch (peer.type) {
    case 'invalid':
      return 'nothing';
    case 'ipBlock': {
      const except = peer.except.length === 0 ? '' : ` without ${peer.except.map(formatCidr).join(', ')}`;
      return `${formatCidr(peer.cidr)}${except}`;
    }
    case 'networks':
      return peer.networks.map(formatCidr).join(', ');
    case 'nodes':
      return isAll(peer.selector) ? 'all nodes' : `nodes \`${formatSelector(peer.selector)}\``;
    case 'domainNames':
      return `the addresses of ${peer.names.join(', ')}`;
    case 'pods': {
      const { podSelector, namespaceSelector } = peer;
      const pods = podSelector === undefined || isAll(podSelector) ? 'all pods' : `pods \`${formatSelector(podSelector)}\``;
      if (namespaceSelector === undefined) return `${pods} of namespace ${namespace}`;
      return isAll(namespaceSelector) ? `${pods} of all namespaces` : `${pods} of namespaces \`${formatSelector(namespaceSelector)}\``;
    }
    default:
      return assertNever(peer);
  }
}

/** `pods app=web of namespaces team=x`; what cannot be read selects nothing. */
export function describeSubject(subject: PodsOfNamespaces | undefined): string {
  return subject ? describePeer(subject, '') : 'nothing, because it cannot be read';
}

function isAll(selector: LabelSelector): boolean {
  return selector.requirements.length === 0 && !selector.invalid;
}

/** `TCP 80`, `TCP 8000-8010`, `UDP dns`, `all TCP ports`. */
export function describePort(port: ClusterPort): string {
  if (port.type === 'invalid') return 'nothing';
  if (port.type === 'named') return `the port named ${port.name}`;
  if (port.port === undefined) return `all ${port.protocol} ports`;
  return `${port.protocol} ${port.port}${port.endPort === undefined ? '' : `-${port.endPort}`}`;
}

/** What became of a peer, in words. `side` is `source` or `destination`. */
export function peerMessage(
  peer: PolicyPeer | ClusterPeer,
  outcome: KubernetesPeerOutcome,
  namespace: string,
  endpoint: PolicyEndpoint,
  side: string,
): string {
  const names = describePeer(peer, namespace);
  const address = endpoint.address === undefined ? '' : formatIp(endpoint.address);
  switch (outcome) {
    case 'NODE_SELECTED':
    case 'PEER_SELECTED':
      return `selects ${names}: the ${side} is one`;
    case 'ADDRESS_IN_NETWORKS':
    case 'ADDRESS_IN_BLOCK':
      return `${address} lies in ${names}`;
    case 'PEER_NOT_SELECTED':
    case 'NAMESPACE_NOT_SELECTED':
    case 'NODE_NOT_SELECTED':
      return missMessage(peer, outcome, endpoint, side) ?? `selects ${names}`;
    case 'OTHER_NAMESPACE':
      return `selects ${names}, the ${side} is in ${endpoint.kind === 'pod' ? `namespace ${endpoint.namespace}` : 'no namespace'}`;
    case 'PEER_NOT_A_POD':
      return `selects ${names}, the ${side} is ${endpoint.kind === 'host' ? 'a node' : 'an address outside the cluster'}`;
    case 'PEER_NOT_A_NODE':
      return `selects ${names}, the ${side} is none`;
    case 'DOMAIN_NOT_RESOLVED':
      return `names ${names}, which nobody knows here: it matches nothing`;
    case 'NETWORKS_IGNORE_PODS':
      return `${names} does not match pods: the profile matches networks with outside addresses only`;
    case 'ADDRESS_OUTSIDE_NETWORKS':
    case 'ADDRESS_OUTSIDE_BLOCK':
      return `${address} lies outside ${names}`;
    case 'ADDRESS_EXCEPTED':
      return `${address} lies in an exception of ${names}`;
    case 'BLOCK_IGNORES_PODS':
    case 'BLOCK_IGNORES_NODES': {
      const whom = outcome === 'BLOCK_IGNORES_PODS' ? 'pods' : 'nodes';
      return `${names} does not match ${whom}: the plugin matches an ipBlock with outside addresses only`;
    }
    case 'ADDRESS_UNKNOWN':
      return `the ${side} has no address that could lie in ${names}`;
    case 'PEER_INVALID':
      return `matches nothing: ${peer.type === 'invalid' ? peer.why : 'it is not valid'}`;
    default:
      return assertNever(outcome);
  }
}

/** Which label a selector of the peer misses. */
function missMessage(
  peer: PolicyPeer | ClusterPeer,
  outcome: 'PEER_NOT_SELECTED' | 'NAMESPACE_NOT_SELECTED' | 'NODE_NOT_SELECTED',
  endpoint: PolicyEndpoint,
  side: string,
): string | undefined {
  if (peer.type === 'nodes' && endpoint.kind === 'host' && endpoint.labels) {
    return selectorMiss(peer.selector, endpoint.labels, `node ${endpoint.node ?? ''}`);
  }
  if (peer.type !== 'pods' || endpoint.kind !== 'pod') return undefined;
  if (outcome === 'PEER_NOT_SELECTED') return peer.podSelector && selectorMiss(peer.podSelector, endpoint.labels, `the ${side}`);
  const { namespaceSelector } = peer;
  return (
    namespaceSelector && `namespaceSelector ${selectorMiss(namespaceSelector, endpoint.namespaceLabels, `namespace ${endpoint.namespace}`)}`
  );
}

/** How many rules of a policy are put into words, and how long one of them may be. */
const MOST_RULES = 100;
const LONGEST_RULE = 4_000;

/** Each rule in words, and how many are left out. Yields after each. */
export function* inWords<R>(rules: readonly R[], describe: (rule: R) => string): Steps<readonly string[]> {
  const found: string[] = [];
  for (const rule of rules.slice(0, MOST_RULES)) {
    yield;
    found.push(shortened(describe(rule)));
  }
  return rules.length > MOST_RULES ? [...found, `and ${rules.length - MOST_RULES} more rules`] : found;
}

function shortened(text: string): string {
  if (text.length <= LONGEST_RULE) return text;
  const end = text.lastIndexOf(' ', LONGEST_RULE);
  return `${text.slice(0, end)} … and ${text.length - end} more characters`;
}

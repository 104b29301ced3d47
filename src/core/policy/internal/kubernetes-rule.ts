import { formatCidr } from '../../net/cidr.js';
import type { ClusterPeer, ClusterPort, PolicyAction } from '../../resources/cluster-policy.js';
import { formatSelector, type LabelSelector } from '../../resources/label-selector.js';
import type { PolicyPeer } from '../../resources/network-policy.js';
import { ALL_CONNECTIONS, type ConnectionSet } from './connection-set.js';
import { judgePeer, peerMatches } from './judge-peer.js';
import type { AnyPolicy, LayerRule, PeerAt, PortAt, UnresolvedPeer, Whereabouts } from './layer.js';
import type { PolicyEndpoint } from './policy-endpoint.js';
import type { PolicySettings } from './policy-settings.js';
import { PeerFinder } from './peer-finder.js';
import { describePort, peerMessage } from './policy-words.js';
import { isNamed, portsAt, rulePortsAt } from './ports-at.js';

/** What a rule of Kubernetes' own APIs consists of. */
interface WrittenRule {
  readonly pointer: string;
  readonly peers: readonly (PolicyPeer | ClusterPeer)[];
  readonly ports: readonly ClusterPort[];
}

/** What differs between the APIs. */
interface RuleManner extends Pick<LayerRule, 'policy' | 'name' | 'action' | 'written' | 'unordered' | 'unreadable'> {
  /** Where a podSelector alone looks; empty for policies of the cluster, whose peers name their namespaces. */
  readonly namespace: string;
}

/** A rule of a NetworkPolicy or of a policy of the cluster: any of the peers, and any of the ports. There may be very many, of which few are ever asked. */
export class KubernetesRule implements LayerRule {
  readonly policy: AnyPolicy;
  readonly action: PolicyAction;
  readonly fixed: boolean;
  private readonly isNumbered: boolean;
  private key: string | undefined;
  /** None where the peers are few. */
  private finder: PeerFinder | 'none' | undefined;
  private everywhere: ConnectionSet | undefined;
  private entries: readonly PortAt[] | undefined;
  private names: readonly UnresolvedPeer[] | undefined;

  constructor(
    private readonly settings: PolicySettings,
    private readonly rule: WrittenRule,
    private readonly manner: RuleManner,
  ) {
    this.policy = manner.policy;
    this.action = manner.unreadable && manner.action === 'Pass' ? 'Deny' : manner.action;
    this.isNumbered = !rule.ports.some(isNamed);
    this.fixed = manner.unreadable || this.isNumbered;
  }

  get pointer(): string {
    return this.rule.pointer;
  }

  get name(): string | undefined {
    return this.manner.name;
  }

  get written(): string {
    return this.manner.written;
  }

  get unordered(): boolean {
    return this.manner.unordered;
  }

  get unreadable(): boolean {
    return this.manner.unreadable;
  }

  get peersKey(): string {
    const { unreadable, namespace } = this.manner;
    this.key ??= unreadable ? `unreadable ${this.action}` : this.rule.peers.map((peer) => peerKey(peer, namespace)).join('\n');
    return this.key;
  }

  get unresolved(): readonly UnresolvedPeer[] {
    this.names ??= this.unreadable ? [] : this.rule.peers.flatMap(namesOf);
    return this.names;
  }

  concerns(): boolean {
    return true;
  }

  /**
   * "If an implementation sees no fields are set … it should fail closed. For Accept rules: treat the rule as matching no traffic. For Deny and Pass rules:
   * treat the rule as a Deny all rule." An empty list of peers is every peer.
   */
  admits(other: PolicyEndpoint): boolean {
    if (this.unreadable) return this.action !== 'Accept';
    const { peers } = this.rule;
    if (peers.length === 0) return true;
    this.finder ??= PeerFinder.of(peers) ?? 'none';
    for (const peer of this.finder === 'none' ? peers : this.finder.candidates(other)) {
      if (peerMatches(judgePeer(this.settings, this.manner.namespace, peer, other))) return true;
    }
    return false;
  }

  get within(): readonly Whereabouts[] | undefined {
    const { peers } = this.rule;
    if (this.unreadable || peers.length === 0) return undefined;
    return peers.map((peer) => this.whereIs(peer));
  }

  private whereIs(peer: PolicyPeer | ClusterPeer): Whereabouts {
    const { ipBlockMatchesPods, networksMatchPods } = this.settings;
    if (peer.type === 'pods') {
      const { podSelector: labels, namespaceSelector: namespaceLabels } = peer;
      const namespace = namespaceLabels === undefined ? this.manner.namespace : undefined;
      return { type: 'pods', namespace, labels, namespaceLabels, exactly: true };
    }
    if (peer.type === 'ipBlock') return { type: 'others', nets: [peer.cidr], pods: ipBlockMatchesPods };
    // Nodes, and nobody.
    return peer.type === 'networks' ? { type: 'others', nets: peer.networks, pods: networksMatchPods } : { type: 'others', nets: [] };
  }

  peersAt(other: PolicyEndpoint): readonly PeerAt[] {
    return this.rule.peers.map((peer) => {
      const outcome = judgePeer(this.settings, this.manner.namespace, peer, other);
      return { pointer: peer.pointer, outcome, message: (side) => peerMessage(peer, outcome, this.manner.namespace, other, side) };
    });
  }

  connectionsAt(destination: PolicyEndpoint): ConnectionSet {
    if (!this.fixed) return rulePortsAt(this.rule, destination);
    this.everywhere ??= this.unreadable ? ALL_CONNECTIONS : rulePortsAt(this.rule, destination);
    return this.everywhere;
  }

  /** What names say is asked of each destination, by a rule that cannot be read as well. */
  portsAt(destination: PolicyEndpoint): readonly PortAt[] {
    return this.isNumbered ? (this.entries ??= this.entriesAt(destination)) : this.entriesAt(destination);
  }

  private entriesAt(destination: PolicyEndpoint): readonly PortAt[] {
    return this.rule.ports.map((port) => ({
      ...portsAt(port, destination),
      pointer: port.pointer,
      text: describePort(port),
      named: isNamed(port),
      why: port.type === 'invalid' ? port.why : undefined,
    }));
  }
}

function namesOf(peer: PolicyPeer | ClusterPeer): readonly UnresolvedPeer[] {
  return peer.type === 'domainNames' ? peer.names.map((name) => ({ type: 'domain', name })) : [];
}

/** Two peers with the same key match the same endpoints. */
function peerKey(peer: PolicyPeer | ClusterPeer, namespace: string): string {
  if (peer.type === 'invalid') return 'invalid';
  if (peer.type === 'ipBlock') return `block ${[peer.cidr, ...peer.except].map(formatCidr).join(' ')}`;
  if (peer.type === 'networks') return `networks ${peer.networks.map(formatCidr).join(' ')}`;
  if (peer.type === 'nodes') return `nodes ${peer.selector.invalid} ${formatSelector(peer.selector)}`;
  if (peer.type === 'domainNames') return `domains ${peer.names.join(' ')}`;
  const text = (selector: LabelSelector | undefined) =>
    selector === undefined ? 'absent' : `${selector.invalid} ${formatSelector(selector)}`;
  return `pods ${text(peer.podSelector)} | ${peer.namespaceSelector === undefined ? namespace : `of ${text(peer.namespaceSelector)}`}`;
}

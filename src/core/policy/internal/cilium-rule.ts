import { assertNever } from '../../kernel/assert-never.js';
import { describeRef } from '../../kernel/object-ref.js';
import { type ParserReading, portsRead } from '../../resources/cilium-parsers.js';
import type { CiliumPeer, CiliumPolicy, CiliumRefusal, CiliumRule } from '../../resources/cilium-policy.js';
import { formatSelector } from '../../resources/label-selector.js';
import { tellsNodesApart } from './cilium-identity.js';
import { ciliumConnectionsAt, ciliumPortsAt, isNamedCiliumPort, portRuleAt } from './cilium-ports.js';
import type { CiliumReferences, ResolvedPeer } from './cilium-references.js';
import { ciliumPeerMessage } from './cilium-words.js';
import { ALL_CONNECTIONS, type ConnectionSet } from './connection-set.js';
import { judgeCiliumPeer } from './judge-cilium-peer.js';
import { peerMatches } from './judge-peer.js';
import type { ConditionAt, LayerRule, PeerAt, PortAt, UnresolvedPeer, Whereabouts } from './layer.js';
import type { PolicyEndpoint } from './policy-endpoint.js';
import { podsSelected } from './unknown/pod-formula.js';

const EVERYBODY = 'everybody';
/** So many ports of peers that a rule reads are told apart; beyond, its peers count as one. */
const MOST_READINGS = 10_000;

/** A rule of Cilium for endpoints on one node. */
export class CiliumLayerRule implements LayerRule {
  readonly pointer: string;
  readonly name = undefined;
  readonly action: 'Accept' | 'Deny';
  readonly written: string;
  readonly unordered = true;
  readonly unreadable: boolean;
  readonly refusal: CiliumRefusal | undefined;
  readonly fixed: boolean;
  private readonly peers: readonly { readonly peer: CiliumPeer; readonly resolved: ResolvedPeer }[];
  private readonly everywhere: ConnectionSet | undefined;
  private key: string | undefined;
  private read: readonly ParserReading<CiliumLayerRule>[] | undefined;
  private readonly closed = new Map<string, CiliumLayerRule>();

  constructor(
    private readonly references: CiliumReferences,
    readonly policy: CiliumPolicy,
    private readonly rule: CiliumRule,
    private readonly node: string | undefined,
  ) {
    const { pointer, action, peers, ports, failsClosed, refusal } = rule;
    this.pointer = pointer;
    this.action = action;
    this.written = action === 'Deny' ? 'Deny' : '';
    this.unreadable = failsClosed;
    this.refusal = refusal;
    this.peers = (peers ?? []).flatMap((peer) => references.resolve(peer).map((resolved) => ({ peer, resolved })));
    this.fixed = failsClosed || !ports.some((one) => one.ports.some(isNamedCiliumPort));
    this.everywhere = failsClosed ? ALL_CONNECTIONS : undefined;
  }

  get peersKey(): string {
    this.key ??= `cilium ${this.keyOfPeers()}`;
    return this.key;
  }

  get unresolved(): readonly UnresolvedPeer[] {
    if (this.unreadable) return [];
    return this.peers.flatMap(({ resolved }): readonly UnresolvedPeer[] => {
      if (resolved.type === 'fqdn') return [{ type: 'fqdn', name: resolved.name }];
      return resolved.type === 'groups' ? [{ type: 'groups', name: `${resolved.provider} ${resolved.groups}` }] : [];
    });
  }

  get namesDomains(): boolean {
    return !this.unreadable && this.peers.some(({ resolved }) => resolved.type === 'fqdn');
  }

  /** The proxy reads the DNS queries that it admits, and so gets to know the addresses of names. */
  get readsDns(): boolean {
    return !this.unreadable && this.rule.ports.some(({ parser }) => parser === 'dns');
  }

  /** What the proxy is to read for it, and by which parsers. */
  get readings(): readonly ParserReading<CiliumLayerRule>[] {
    return (this.read ??= this.unreadable || this.action === 'Deny' ? [] : this.findReadings());
  }

  private findReadings(): readonly ParserReading<CiliumLayerRule>[] {
    const { peers, ports } = this.rule;
    const read = ports.flatMap(({ parser, ports: list }) =>
      parser === undefined ? [] : list.flatMap(portsRead).map((port) => ({ parser, port })),
    );
    if (read.length === 0) return [];
    const each = peers === undefined ? [EVERYBODY] : this.peers.map(({ resolved }) => selectorKey(resolved));
    const whom = each.length * read.length > MOST_READINGS ? [this.peersKey] : each;
    return read.flatMap(({ parser, port }) => whom.map((who) => ({ key: `${port}\n${who}`, parser, of: this })));
  }

  /** The same where the agent does not merge what it reads with what another rule reads: it fails closed. */
  inConflict({ parser, of, key }: ParserReading<CiliumLayerRule>): CiliumLayerRule {
    const whose = of === this ? 'it reads' : `\`${of.pointer}\` of ${describeRef(of.policy.ref)} reads`;
    const text = `${whose} ${key.slice(0, key.indexOf('\n'))} of the same peer by the parser \`${parser}\` too, which does not go with its own`;
    const known = this.closed.get(text);
    if (known) return known;
    const refusal = { because: 'parsers', text } as const;
    const closed = new CiliumLayerRule(this.references, this.policy, { ...this.rule, failsClosed: true, refusal }, this.node);
    this.closed.set(text, closed);
    return closed;
  }

  /** Its spec selects the subject already. */
  concerns(): boolean {
    return true;
  }

  /**
   * "While an empty non-nil FromEndpoints does not select anything, nil FromEndpoints is implicitly treated as a wildcard selector if ToPorts are also
   * specified" (CRD).
   */
  admits(other: PolicyEndpoint): boolean {
    if (this.unreadable) return this.action === 'Deny';
    if (this.rule.peers === undefined) return this.rule.ports.length > 0;
    return this.peers.some(({ resolved }) => peerMatches(judgeCiliumPeer(this.references, resolved, other, this.node)));
  }

  get within(): readonly Whereabouts[] | undefined {
    if (this.unreadable) return this.action === 'Deny' ? undefined : [];
    if (this.rule.peers === undefined) return this.rule.ports.length > 0 ? undefined : [];
    const places = this.peers.map(({ resolved }) => whereaboutsOf(this.references, resolved, this.node));
    return places.some((one) => one === undefined) ? undefined : places.flatMap((one) => one ?? []);
  }

  peersAt(other: PolicyEndpoint): readonly PeerAt[] {
    const { pointer, peers, ports } = this.rule;
    if (peers === undefined && ports.length > 0) return [];
    if (peers === undefined || peers.length === 0) {
      const why = peers === undefined ? 'without peers and ports the rule matches nothing' : 'an empty list of peers matches nothing';
      return [{ pointer, outcome: 'NOBODY_NAMED', message: () => why }];
    }
    return this.peers.map(({ peer, resolved }) => {
      const outcome = judgeCiliumPeer(this.references, resolved, other, this.node);
      const identity = () => this.references.identityOf(other, this.node);
      return { pointer: peer.pointer, outcome, message: (side) => ciliumPeerMessage(peer, outcome, other, side, identity()) };
    });
  }

  connectionsAt(destination: PolicyEndpoint): ConnectionSet {
    return this.everywhere ?? ciliumConnectionsAt(this.rule.ports, destination);
  }

  portsAt(destination: PolicyEndpoint): readonly PortAt[] {
    return ciliumPortsAt(this.rule.ports, destination);
  }

  /** Layer 7 rules, server names and listeners of the elements of `toPorts`; authentication is asked of whatever the rule admits. */
  conditionsAt(destination: PolicyEndpoint): readonly ConditionAt[] {
    if (this.unreadable) return [];
    const { ports, authentication } = this.rule;
    const onPorts = ports.flatMap((one) =>
      one.conditions.map((condition) => ({ ...condition, connections: portRuleAt(one, destination), lasting: false })),
    );
    return authentication ? [...onPorts, { ...authentication, connections: this.connectionsAt(destination), lasting: true }] : onPorts;
  }

  private keyOfPeers(): string {
    const { peers, ports } = this.rule;
    if (this.unreadable) return `unreadable ${this.action}`;
    if (peers === undefined) return ports.length > 0 ? EVERYBODY : 'nobody';
    const seen = this.node === undefined ? '' : `on ${this.node} `;
    return `${seen}${this.peers.map(({ resolved }) => keyOf(resolved)).join('\n')}`;
  }
}

/** Where everybody is whom the peer may match; undefined: anywhere. */
function whereaboutsOf(references: CiliumReferences, peer: ResolvedPeer, node: string | undefined): readonly Whereabouts[] | undefined {
  const admits = (other: PolicyEndpoint) => peerMatches(judgeCiliumPeer(references, peer, other, node));
  switch (peer.type) {
    case 'endpoints': {
      const { selector } = peer;
      const formula = () => podsSelected(selector);
      // Nobody is the own node of a pod of which it is not known where it runs, nor another one.
      if (node === undefined && tellsNodesApart(selector)) return [{ type: 'labelled', labelsOf: references.labelsBesideNodes, formula }];
      return [{ type: 'labelled', labelsOf: references.labelsFromAfar, formula, butNode: node }];
    }
    case 'entity':
      return peer.entity === 'all' || peer.entity === 'cluster' ? undefined : [{ type: 'others', admits }];
    case 'nodes':
      return [{ type: 'others', nets: [], admits }];
    case 'blocks':
      return [{ type: 'others', nets: peer.blocks.cidrs, admits }];
    case 'fqdn':
    case 'groups':
    case 'invalid':
      return [];
    default:
      return assertNever(peer);
  }
}

/** The agent has one selector for everybody (`pkg/policy/api/entity.go`, EntityAll). */
function selectorKey(peer: ResolvedPeer): string {
  return peer.type === 'entity' && peer.entity === 'all' ? EVERYBODY : keyOf(peer);
}

/** Two peers with the same key match the same endpoints. */
function keyOf(peer: ResolvedPeer): string {
  switch (peer.type) {
    case 'endpoints':
    case 'nodes':
      return `${peer.type} ${formatSelector(peer.selector)}`;
    case 'entity':
      return `entity ${peer.entity}`;
    case 'blocks':
      return `blocks ${peer.blocks.key}`;
    case 'fqdn':
      return `fqdn ${peer.name}`;
    case 'groups':
      return `groups ${peer.provider} ${peer.groups}`;
    case 'invalid':
      return 'invalid';
    default:
      return assertNever(peer);
  }
}

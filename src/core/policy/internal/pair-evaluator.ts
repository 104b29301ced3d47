import { formatCidr } from '../../net/cidr.js';
import { formatSelector, type LabelSelector } from '../../resources/label-selector.js';
import type { ClusterPeer, ClusterPort, ClusterRule, PolicyTier } from '../../resources/cluster-policy.js';
import type { PolicyPeer } from '../../resources/network-policy.js';
import { ConnectionAlgebra } from './connection-algebra.js';
import { ALL_CONNECTIONS, type ConnectionSet, NO_CONNECTIONS } from './connection-set.js';
import { decideInOrder, type TierDecision } from './decide-in-order.js';
import type { Direction } from './direction.js';
import { judgePeer, peerMatches } from './judge-peer.js';
import { effectOf } from './judge-tier.js';
import { canMeet } from './policy-endpoint.js';
import type { EndpointClass, PolicyIndex } from './policy-index.js';
import { isNamed, rulePortsAt } from './ports-at.js';

/** A rule of any API, as far as peers and ports go. */
interface AnyRule {
  readonly peers: readonly (PolicyPeer | ClusterPeer)[];
  readonly ports: readonly ClusterPort[];
}

/** A rule that applies to some class, with what is known of whom its peers match. */
interface ActiveRule<R extends AnyRule = AnyRule> {
  /** Where a podSelector alone looks; empty for policies of the cluster, whose peers name their namespaces. */
  readonly namespace: string;
  readonly rule: R;
  /** By class: 0 not asked yet, 1 no, 2 yes. Shared by all rules with the same peers. */
  readonly admits: Uint8Array;
}

/** What decides about a class in one direction. */
interface ActiveLayers {
  readonly admin: readonly ActiveRule<ClusterRule>[];
  /** Undefined: no NetworkPolicy isolates it. */
  readonly isolating: readonly ActiveRule[] | undefined;
  readonly baseline: readonly ActiveRule<ClusterRule>[];
}

type Decided = Pick<TierDecision, 'allowed' | 'denied'>;

const UNDECIDED: Decided = { allowed: NO_CONNECTIONS, denied: NO_CONNECTIONS };

/** A class with the rules that decide about it; undefined where there are none. */
export interface PreparedClass {
  readonly class: EndpointClass;
  readonly egress: ActiveLayers | undefined;
  readonly ingress: ActiveLayers | undefined;
}

/**
 * What policies allow between classes, remembering whom each distinct list of peers matches and what each list of ports means at a destination. It asks the
 * same functions as the evaluation that gathers evidence (`selecting`, `tier`, `judgePeer`, `rulePortsAt`, `decideInOrder`); INV-POL-5 holds the two together.
 */
export class PairEvaluator {
  readonly algebra = new ConnectionAlgebra();
  private readonly admitted = new Map<string, Uint8Array>();
  private readonly prepared = new Map<number, PreparedClass>();
  private readonly ports = new Map<AnyRule, ConnectionSet | Map<number, ConnectionSet>>();

  /** `classes` counts the classes of the index; all that are asked about must be among them. */
  constructor(
    private readonly index: PolicyIndex,
    private readonly classes: number,
  ) {}

  /** Looks up what isolates a class, once for all pairs. */
  prepare(one: EndpointClass): PreparedClass {
    let found = this.prepared.get(one.id);
    if (!found) {
      found = { class: one, egress: this.layersFor('egress', one), ingress: this.layersFor('ingress', one) };
      this.prepared.set(one.id, found);
    }
    return found;
  }

  /** What both sides' policies allow between two different pods (or a pod and an address) of these classes; undefined where the two cannot meet. */
  between(source: PreparedClass, destination: PreparedClass): ConnectionSet | undefined {
    if (!canMeet(source.class.families, destination.class.families)) return undefined;
    const egress = this.allowed(source.egress, destination.class, destination.class);
    if (egress === NO_CONNECTIONS) return NO_CONNECTIONS;
    return this.algebra.meet(egress, this.allowed(destination.ingress, source.class, destination.class));
  }

  private allowed(layers: ActiveLayers | undefined, other: EndpointClass, destination: EndpointClass): ConnectionSet {
    if (layers === undefined) return ALL_CONNECTIONS;
    const { algebra } = this;
    const admin = this.decidedBy(layers.admin, other, destination);
    const open = algebra.minus(algebra.minus(ALL_CONNECTIONS, admin.allowed), admin.denied);
    if (open === NO_CONNECTIONS) return admin.allowed;
    if (layers.isolating) return algebra.join(admin.allowed, algebra.meet(open, this.admittedBy(layers.isolating, other, destination)));
    const { denied } = this.decidedBy(layers.baseline, other, destination);
    return algebra.join(admin.allowed, algebra.minus(open, denied));
  }

  private admittedBy(rules: readonly ActiveRule[], other: EndpointClass, destination: EndpointClass): ConnectionSet {
    let sum = NO_CONNECTIONS;
    for (const active of rules) {
      if (sum === ALL_CONNECTIONS) break;
      if (active.rule.peers.length === 0 || this.admits(active, other))
        sum = this.algebra.join(sum, this.portsAt(active.rule, destination));
    }
    return sum;
  }

  private decidedBy(rules: readonly ActiveRule<ClusterRule>[], other: EndpointClass, destination: EndpointClass): Decided {
    if (rules.length === 0) return UNDECIDED;
    const effect = (active: ActiveRule<ClusterRule>) =>
      effectOf(
        active.rule,
        () => this.admits(active, other),
        () => this.portsAt(active.rule, destination),
      );
    return decideInOrder(rules, effect, this.algebra);
  }

  private layersFor(direction: Direction, { endpoint }: EndpointClass): ActiveLayers | undefined {
    if (endpoint.kind !== 'pod') return undefined;
    const policies = this.index.selecting(endpoint).filter((policy) => policy[`${direction}Isolation`]);
    const isolating = policies.flatMap((policy) => policy[direction].map((rule) => this.active(policy.namespace, rule)));
    const tier = (one: PolicyTier) =>
      this.index.tier(one, endpoint).flatMap((policy) => policy[direction].map((rule) => this.active('', rule)));
    const [admin, baseline] = [tier('Admin'), tier('Baseline')];
    if (policies.length === 0 && admin.length === 0 && baseline.length === 0) return undefined;
    return { admin, isolating: policies.length === 0 ? undefined : isolating, baseline };
  }

  private active<R extends AnyRule>(namespace: string, rule: R): ActiveRule<R> {
    return { namespace, rule, admits: this.memoryOf(namespace, rule) };
  }

  private memoryOf(namespace: string, rule: AnyRule): Uint8Array {
    const key = rule.peers.map((peer) => peerKey(peer, namespace)).join('\n');
    let memory = this.admitted.get(key);
    if (!memory) {
      memory = new Uint8Array(this.classes);
      this.admitted.set(key, memory);
    }
    return memory;
  }

  private admits({ namespace, rule, admits }: ActiveRule, { id, endpoint }: EndpointClass): boolean {
    const known = admits[id];
    if (known !== 0) return known === 2;
    const matches = rule.peers.some((peer) => peerMatches(judgePeer(this.index.settings, namespace, peer, endpoint)));
    admits[id] = matches ? 2 : 1;
    return matches;
  }

  private portsAt(rule: AnyRule, { id, endpoint }: EndpointClass): ConnectionSet {
    const known = this.ports.get(rule);
    if (known === undefined) {
      const named = rule.ports.some(isNamed);
      const found = this.algebra.intern(rulePortsAt(rule, endpoint));
      this.ports.set(rule, named ? new Map([[id, found]]) : found);
      return found;
    }
    if (!(known instanceof Map)) return known;
    const at = known.get(id) ?? this.algebra.intern(rulePortsAt(rule, endpoint));
    known.set(id, at);
    return at;
  }
}

/** Two peers with the same key match the same classes. */
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

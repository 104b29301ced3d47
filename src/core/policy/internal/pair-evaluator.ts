import { formatSelector, type LabelSelector } from '../../resources/label-selector.js';
import type { NetworkPolicy, PolicyPeer, PolicyRule } from '../../resources/network-policy.js';
import { ConnectionAlgebra } from './connection-algebra.js';
import { ALL_CONNECTIONS, type ConnectionSet, NO_CONNECTIONS } from './connection-set.js';
import type { Direction } from './direction.js';
import { judgePeer, peerMatches } from './judge-peer.js';
import { canMeet } from './policy-endpoint.js';
import type { EndpointClass, PolicyIndex } from './policy-index.js';
import { rulePortsAt } from './ports-at.js';

/** A rule that applies to some class, with what is known of whom its peers match. */
interface ActiveRule {
  readonly policy: NetworkPolicy;
  readonly rule: PolicyRule;
  /** By class: 0 not asked yet, 1 no, 2 yes. Shared by all rules with the same peers. */
  readonly admits: Uint8Array;
}

/** A class with the rules of the policies that isolate it; undefined where none does. */
export interface PreparedClass {
  readonly class: EndpointClass;
  readonly egress: readonly ActiveRule[] | undefined;
  readonly ingress: readonly ActiveRule[] | undefined;
}

/**
 * What policies allow between classes, remembering whom each distinct list of peers matches and what each list of ports means at a destination. It asks the
 * same functions as the evaluation that gathers evidence (`selecting`, `judgePeer`, `rulePortsAt`); INV-POL-5 holds the two together.
 */
export class PairEvaluator {
  readonly algebra = new ConnectionAlgebra();
  private readonly admitted = new Map<string, Uint8Array>();
  private readonly prepared = new Map<number, PreparedClass>();
  private readonly ports = new Map<PolicyRule, ConnectionSet | Map<number, ConnectionSet>>();

  /** `classes` counts the classes of the index; all that are asked about must be among them. */
  constructor(
    private readonly index: PolicyIndex,
    private readonly classes: number,
  ) {}

  /** Looks up what isolates a class, once for all pairs. */
  prepare(one: EndpointClass): PreparedClass {
    let found = this.prepared.get(one.id);
    if (!found) {
      found = { class: one, egress: this.rulesFor('egress', one), ingress: this.rulesFor('ingress', one) };
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

  private allowed(rules: readonly ActiveRule[] | undefined, other: EndpointClass, destination: EndpointClass): ConnectionSet {
    if (rules === undefined) return ALL_CONNECTIONS;
    let sum = NO_CONNECTIONS;
    for (const active of rules) {
      if (sum === ALL_CONNECTIONS) break;
      if (this.admits(active, other)) sum = this.algebra.join(sum, this.portsAt(active.rule, destination));
    }
    return sum;
  }

  private rulesFor(direction: Direction, { endpoint }: EndpointClass): readonly ActiveRule[] | undefined {
    if (endpoint.kind !== 'pod') return undefined;
    const isolating = this.index.selecting(endpoint).filter((policy) => policy[`${direction}Isolation`]);
    if (isolating.length === 0) return undefined;
    return isolating.flatMap((policy) => policy[direction].map((rule) => ({ policy, rule, admits: this.memoryOf(policy, rule) })));
  }

  private memoryOf(policy: NetworkPolicy, rule: PolicyRule): Uint8Array {
    const key = rule.peers.map((peer) => peerKey(peer, policy.namespace)).join('\n');
    let memory = this.admitted.get(key);
    if (!memory) {
      memory = new Uint8Array(this.classes);
      this.admitted.set(key, memory);
    }
    return memory;
  }

  private admits({ policy, rule, admits }: ActiveRule, { id, endpoint }: EndpointClass): boolean {
    if (rule.peers.length === 0) return true;
    const known = admits[id];
    if (known !== 0) return known === 2;
    const matches = rule.peers.some((peer) => peerMatches(judgePeer(this.index.settings, policy.namespace, peer, endpoint)));
    admits[id] = matches ? 2 : 1;
    return matches;
  }

  private portsAt(rule: PolicyRule, { id, endpoint }: EndpointClass): ConnectionSet {
    const known = this.ports.get(rule);
    if (known === undefined) {
      const named = rule.ports.some((port) => port.type === 'port' && typeof port.port === 'string');
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
function peerKey(peer: PolicyPeer, namespace: string): string {
  if (peer.type === 'invalid') return 'invalid';
  if (peer.type === 'ipBlock') {
    return `block ${[peer.cidr, ...peer.except].map(({ family, base, prefix }) => `${family} ${base}/${prefix}`).join(' ')}`;
  }
  const text = (selector: LabelSelector | undefined) =>
    selector === undefined ? 'absent' : `${selector.invalid} ${formatSelector(selector)}`;
  return `pods ${text(peer.podSelector)} | ${peer.namespaceSelector === undefined ? namespace : `of ${text(peer.namespaceSelector)}`}`;
}

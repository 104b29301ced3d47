import type { Steps } from '../../kernel/steps.js';
import { type ConnectionSet, intersectConnections, NO_CONNECTIONS, unionOfConnections } from './connection-set.js';
import { InOrder, type LayerDecision, PLAIN } from './decide-in-order.js';
import type { Direction } from './direction.js';
import type { ActingPolicy, LayerAt, LayerRule, PeerAt, PortAt } from './layer.js';
import type { PolicyEndpoint } from './policy-endpoint.js';

/** How one rule fared. */
export interface RuleJudgement {
  readonly rule: LayerRule;
  /** It is about the subject; if not, it matches nothing. */
  readonly concerns: boolean;
  readonly peers: readonly PeerAt[];
  readonly ports: readonly PortAt[];
  readonly admitsPeer: boolean;
  /** What its ports mean at the destination, whether the peer matches or not. */
  readonly portsAtDestination: ConnectionSet;
  /** What it matches, whether an earlier rule has decided or not. */
  readonly matched: ConnectionSet;
  /** What it is the first of its layer to match; unordered neighbours share what they match. */
  readonly decides: ConnectionSet;
}

/** How one policy that selects the subject fared. */
export interface PolicyJudgement {
  readonly acting: ActingPolicy;
  /** As far as they were asked: once everything is decided the rest is not. */
  readonly rules: readonly RuleJudgement[];
}

/** What one layer's rules say of everything, whatever earlier layers have decided; the rest is left to its end. */
export interface LayerJudgement {
  readonly at: LayerAt;
  readonly allowed: ConnectionSet;
  readonly denied: ConnectionSet;
  readonly passed: ConnectionSet;
  readonly policies: readonly PolicyJudgement[];
  /** What earlier layers have left open. */
  readonly open: ConnectionSet;
  /** The place of the gate that it belongs to. */
  readonly gate: number;
}

/** The two sides of a connection. */
export interface FlowSides {
  readonly source: PolicyEndpoint;
  readonly destination: PolicyEndpoint;
}

/** A rule that was asked; how its peers and ports fared one by one is worked out for whoever wants to know. */
class AskedRule implements RuleJudgement {
  readonly concerns: boolean;
  readonly admitsPeer: boolean;
  readonly matched: ConnectionSet;
  decides = NO_CONNECTIONS;
  private knownConnections: ConnectionSet | undefined;
  private knownPeers: readonly PeerAt[] | undefined;
  private knownPorts: readonly PortAt[] | undefined;

  constructor(
    readonly rule: LayerRule,
    subject: PolicyEndpoint,
    private readonly other: PolicyEndpoint,
    private readonly sides: FlowSides,
  ) {
    this.concerns = rule.concerns(subject);
    this.admitsPeer = rule.admits(other);
    this.matched = this.concerns && this.admitsPeer ? this.portsAtDestination : NO_CONNECTIONS;
  }

  get portsAtDestination(): ConnectionSet {
    return (this.knownConnections ??= this.rule.connectionsAt(this.sides.destination, this.sides.source));
  }

  get peers(): readonly PeerAt[] {
    return (this.knownPeers ??= this.rule.peersAt(this.other));
  }

  get ports(): readonly PortAt[] {
    return (this.knownPorts ??= this.rule.portsAt(this.sides.destination, this.sides.source));
  }
}

/** What the rules came to; how each of them fared is put together for whoever wants to know. */
class JudgedLayer implements LayerJudgement {
  readonly allowed: ConnectionSet;
  readonly denied: ConnectionSet;
  readonly passed: ConnectionSet;
  private known: readonly PolicyJudgement[] | undefined;

  constructor(
    readonly at: LayerAt,
    /** With what each of `asked` was the first to match. */
    private readonly decision: LayerDecision<ConnectionSet>,
    private readonly asked: readonly (readonly AskedRule[])[],
    readonly open: ConnectionSet,
    readonly gate: number,
  ) {
    this.allowed = decision.allowed;
    this.denied = decision.denied;
    this.passed = decision.passed;
  }

  get policies(): readonly PolicyJudgement[] {
    return (this.known ??= this.byPolicy());
  }

  private byPolicy(): readonly PolicyJudgement[] {
    const byPolicy = new Map<ActingPolicy['policy'], RuleJudgement[]>(this.at.policies.map(({ policy }) => [policy, []]));
    for (const [index, judged] of this.asked.entries()) {
      for (const one of judged) {
        if (one.matched !== NO_CONNECTIONS) one.decides = intersectConnections(this.decision.shares[index] ?? NO_CONNECTIONS, one.matched);
        byPolicy.get(one.rule.policy)?.push(one);
      }
    }
    return this.at.policies.map((acting) => ({ acting, rules: byPolicy.get(acting.policy) ?? [] }));
  }
}

/** So many rules are judged in one step. */
const BREATH = 10;

/** Judges every rule of a layer until everything is decided, and keeps how each fared. Yields often where there are many. */
export function* judgeLayer(
  at: LayerAt,
  direction: Direction,
  subject: PolicyEndpoint,
  flow: FlowSides,
  place: Pick<LayerJudgement, 'open' | 'gate'>,
): Steps<LayerJudgement> {
  const other = direction === 'egress' ? flow.destination : flow.source;
  const asked: (readonly AskedRule[])[] = [];
  const decision = new InOrder(PLAIN);
  let [next, count] = [0, 0];
  while (next < at.rules.length && !decision.isDecided()) {
    const end = endOfRun(at.rules, next);
    const judged: AskedRule[] = [];
    const matched: ConnectionSet[] = [];
    for (const rule of at.rules.slice(next, end)) {
      if (++count % BREATH === 0) yield;
      const one = new AskedRule(rule, subject, other, flow);
      judged.push(one);
      if (one.matched !== NO_CONNECTIONS) matched.push(one.matched);
    }
    asked.push(judged);
    decision.take({ action: judged[0]?.rule.action ?? 'Pass', matched: unionOfConnections(matched) });
    next = end;
  }
  return new JudgedLayer(at, decision, asked, place.open, place.gate);
}

/** Where those end that are judged together with the rule at a place: ordered rules are judged one by one, unordered neighbours of one action together. */
function endOfRun(rules: readonly LayerRule[], start: number): number {
  const first = rules[start];
  let end = start + 1;
  if (first?.unordered) while (rules[end]?.unordered && rules[end]?.action === first.action) end++;
  return end;
}

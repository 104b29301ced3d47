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

/** Judges every rule of a layer until everything is decided, and keeps how each fared: there may be many, and whoever has to rest does so between steps. */
export class JudgingLayer {
  private readonly asked: (readonly AskedRule[])[] = [];
  private readonly decision = new InOrder(PLAIN);
  private next = 0;
  /** Rules that are judged together: ordered rules are judged one by one, unordered neighbours of one action together. */
  private run: AskedRule[] = [];

  constructor(
    private readonly at: LayerAt,
    private readonly direction: Direction,
    private readonly subject: PolicyEndpoint,
    private readonly flow: FlowSides,
  ) {}

  /** Judges some rules more; false: there are no others to ask. */
  goOn(): boolean {
    const { rules } = this.at;
    const { source, destination } = this.flow;
    const other = this.direction === 'egress' ? destination : source;
    for (let left = BREATH; left > 0; left--) {
      const rule = rules[this.next];
      if (!rule || (this.run.length === 0 && this.decision.isDecided())) return false;
      this.run.push(new AskedRule(rule, this.subject, other, this.flow));
      const following = rules[++this.next];
      if (!(rule.unordered && following?.unordered && following.action === rule.action)) this.decide(rule);
    }
    return true;
  }

  /** What the rules came to. */
  judged({ open, gate }: Pick<LayerJudgement, 'open' | 'gate'>): LayerJudgement {
    return new JudgedLayer(this.at, this.decision, this.asked, open, gate);
  }

  private decide({ action }: LayerRule): void {
    const { run } = this;
    this.asked.push(run);
    this.run = [];
    const matched = run.length === 1 ? (run[0]?.matched ?? NO_CONNECTIONS) : unionOfConnections(matchedOf(run));
    this.decision.take({ action, matched });
  }
}

function matchedOf(run: readonly AskedRule[]): readonly ConnectionSet[] {
  return run.flatMap(({ matched }) => (matched === NO_CONNECTIONS ? [] : matched));
}

/** The same in one go. */
export function judgeLayer(
  at: LayerAt,
  direction: Direction,
  subject: PolicyEndpoint,
  flow: FlowSides,
  place: Pick<LayerJudgement, 'open' | 'gate'>,
): LayerJudgement {
  const judging = new JudgingLayer(at, direction, subject, flow);
  let more = true;
  while (more) more = judging.goOn();
  return judging.judged(place);
}

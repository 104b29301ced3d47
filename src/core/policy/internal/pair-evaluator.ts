import { ConnectionAlgebra } from './connection-algebra.js';
import { ALL_CONNECTIONS, type ConnectionSet, NO_CONNECTIONS } from './connection-set.js';
import { decideInOrder } from './decide-in-order.js';
import type { Direction } from './direction.js';
import type { LayerAt, LayerRule } from './layer.js';
import { layersAt } from './layers-at.js';
import { canMeet } from './policy-endpoint.js';
import type { EndpointClass, PolicyIndex } from './policy-index.js';

/** A rule that concerns a class, with what is known of whom it admits. */
interface PreparedRule {
  readonly rule: LayerRule;
  /** By class: 0 not asked yet, 1 no, 2 yes. Shared by all rules with the same peers. */
  readonly admits: Uint8Array;
}

/** Neighbours of one action: in which order they match makes no difference to what they decide together. */
interface Run {
  readonly action: LayerRule['action'];
  readonly rules: readonly PreparedRule[];
}

interface PreparedLayer {
  readonly runs: readonly Run[];
  readonly end: LayerAt['end'];
}

/** A class with the layers that decide about it; without any everything is allowed. */
export interface PreparedClass {
  readonly class: EndpointClass;
  readonly egress: readonly PreparedLayer[];
  readonly ingress: readonly PreparedLayer[];
}

/**
 * What policies allow between classes, remembering whom each distinct list of peers matches and what each list of ports means at a destination. It asks the
 * same functions as the evaluation that gathers evidence (`layersAt`, the rules' `admits` and `connectionsAt`, `decideInOrder`); INV-POL-5 holds the two
 * together.
 */
export class PairEvaluator {
  readonly algebra = new ConnectionAlgebra();
  private readonly admitted = new Map<string, Uint8Array>();
  private readonly prepared = new Map<number, PreparedClass>();
  private readonly ports = new Map<LayerRule, ConnectionSet | Map<number, ConnectionSet>>();

  /** `classes` counts the classes of the index; all that are asked about must be among them. */
  constructor(
    private readonly index: PolicyIndex,
    private readonly classes: number,
  ) {}

  /** Looks up what decides about a class, once for all pairs. */
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

  private allowed(layers: readonly PreparedLayer[], other: EndpointClass, destination: EndpointClass): ConnectionSet {
    const { algebra } = this;
    let open = ALL_CONNECTIONS;
    let allowed = NO_CONNECTIONS;
    for (const { runs, end } of layers) {
      if (open === NO_CONNECTIONS) break;
      const decided = decideInOrder(runs, (run) => ({ action: run.action, matched: this.matchedBy(run, other, destination) }), algebra);
      allowed = algebra.join(allowed, algebra.meet(open, decided.allowed));
      if (end === 'Deny') return allowed;
      open = algebra.minus(algebra.minus(open, decided.allowed), decided.denied);
    }
    return algebra.join(allowed, open);
  }

  private matchedBy({ rules }: Run, other: EndpointClass, destination: EndpointClass): ConnectionSet {
    let sum = NO_CONNECTIONS;
    for (const prepared of rules) {
      if (sum === ALL_CONNECTIONS) break;
      if (this.admits(prepared, other)) sum = this.algebra.join(sum, this.connectionsAt(prepared.rule, destination));
    }
    return sum;
  }

  private layersFor(direction: Direction, { endpoint }: EndpointClass): readonly PreparedLayer[] {
    if (endpoint.kind === 'address') return [];
    return layersAt(this.index, direction, endpoint).flatMap(({ rules, end }) => {
      const concerning = rules.filter((rule) => rule.concerns(endpoint));
      return concerning.length === 0 && end === 'open' ? [] : [{ runs: this.runsOf(concerning), end }];
    });
  }

  private runsOf(rules: readonly LayerRule[]): readonly Run[] {
    const runs: { readonly action: LayerRule['action']; readonly rules: PreparedRule[] }[] = [];
    for (const rule of rules) {
      const last = runs.at(-1);
      const prepared = { rule, admits: this.memoryOf(rule) };
      if (last?.action === rule.action) last.rules.push(prepared);
      else runs.push({ action: rule.action, rules: [prepared] });
    }
    return runs;
  }

  private memoryOf({ peersKey }: LayerRule): Uint8Array {
    let memory = this.admitted.get(peersKey);
    if (!memory) {
      memory = new Uint8Array(this.classes);
      this.admitted.set(peersKey, memory);
    }
    return memory;
  }

  private admits({ rule, admits }: PreparedRule, { id, endpoint }: EndpointClass): boolean {
    const known = admits[id];
    if (known !== 0) return known === 2;
    const matches = rule.admits(endpoint);
    admits[id] = matches ? 2 : 1;
    return matches;
  }

  private connectionsAt(rule: LayerRule, { id, endpoint }: EndpointClass): ConnectionSet {
    const known = this.ports.get(rule);
    if (known instanceof Map) {
      const at = known.get(id) ?? this.algebra.intern(rule.connectionsAt(endpoint));
      known.set(id, at);
      return at;
    }
    if (known) return known;
    const found = this.algebra.intern(rule.connectionsAt(endpoint));
    this.ports.set(rule, rule.fixed ? found : new Map([[id, found]]));
    return found;
  }
}

import { addClass, addClasses, type ClassSet, eachClass, emptyClassSet, hasAny } from './class-set.js';
import { ClassFinder } from './class-finder.js';
import { ConnectionAlgebra } from './connection-algebra.js';
import { type ConnectionRow, connectionsWith, RowAlgebra } from './connection-row.js';
import { ALL_CONNECTIONS, type ConnectionSet, NO_CONNECTIONS } from './connection-set.js';
import { afterLayer, decideInOrder, type Standing } from './decide-in-order.js';
import type { Direction } from './direction.js';
import type { LayerRule, SubjectEndpoint } from './layer.js';
import { layersAt } from './layers-at.js';
import { canMeet, onOneHost, type PolicyEndpoint } from './policy-endpoint.js';
import type { EndpointClass, PolicyIndex } from './policy-index.js';

/** A class of a comparison. */
export interface PreparedClass {
  readonly class: EndpointClass;
  /** Position among the classes that are compared. */
  readonly position: number;
}

/** Neighbours of one action: in which order they match makes no difference to what they decide together. */
interface Run {
  readonly action: LayerRule['action'];
  readonly rules: readonly LayerRule[];
}

/**
 * What policies allow between classes. For each class the rules are asked about all others at once: whom a rule admits is a row of bits, found once for all
 * rules with the same peers, and the layers decide over rows as they do over single connections. It runs the same functions as the evaluation that gathers
 * evidence (`layersAt`, the rules' `admits` and `connectionsAt`, `decideInOrder`, `afterLayer`); INV-POL-5 holds the two together.
 */
export class PairEvaluator {
  readonly algebra = new ConnectionAlgebra();
  private readonly positions = new Map<number, number>();
  private readonly rows: RowAlgebra;
  private readonly finder: ClassFinder;
  private readonly admitted = new Map<string, ClassSet>();
  private readonly known: Readonly<Record<Direction, (ConnectionRow | undefined)[]>>;

  /** Compares these classes of the index with one another. */
  constructor(
    private readonly index: PolicyIndex,
    private readonly classes: readonly EndpointClass[],
  ) {
    for (const [position, { id }] of classes.entries()) this.positions.set(id, position);
    this.rows = new RowAlgebra(this.algebra, classes.length);
    this.finder = new ClassFinder(classes);
    this.known = { egress: Array.from(classes, () => undefined), ingress: Array.from(classes, () => undefined) };
  }

  /** Finds a class, which has to be one of those that are compared. */
  prepare(one: EndpointClass): PreparedClass {
    return { class: one, position: this.positions.get(one.id) ?? -1 };
  }

  /** What both sides' policies allow between two different pods (or a pod and an address) of these classes; undefined where the two cannot meet. */
  between(source: PreparedClass, destination: PreparedClass): ConnectionSet | undefined {
    if (!canMeet(source.class.families, destination.class.families)) return undefined;
    if (onOneHost(source.class.endpoint, destination.class.endpoint)) return ALL_CONNECTIONS;
    const egress = this.leaving(source, destination);
    if (egress === NO_CONNECTIONS) return NO_CONNECTIONS;
    return this.algebra.meet(egress, connectionsWith(this.rowOf('ingress', destination.position), source.position));
  }

  /** What the policies of the source allow, whatever those of the destination say. */
  leaving(source: PreparedClass, destination: PreparedClass): ConnectionSet {
    return connectionsWith(this.rowOf('egress', source.position), destination.position);
  }

  /** What the policies of one side allow with each other class, whatever its own say. */
  rowOf(direction: Direction, position: number): ConnectionRow {
    const known = this.known[direction][position];
    if (known) return known;
    const row = this.judge(direction, this.classes[position]?.endpoint);
    this.known[direction][position] = row;
    return row;
  }

  private judge(direction: Direction, subject: PolicyEndpoint | undefined): ConnectionRow {
    const { rows } = this;
    if (!subject || subject.kind === 'address') return rows.all;
    let standing: Standing<ConnectionRow> = { allowed: rows.none, open: rows.all };
    for (const { rules, end } of layersAt(this.index, direction, subject)) {
      if (standing.open === rows.none) break;
      const runs = runsOf(rules.filter((rule) => rule.concerns(subject)));
      const matched = (run: Run) => ({ action: run.action, matched: this.matchedBy(run, direction, subject) });
      standing = afterLayer(standing, decideInOrder(runs, matched, rows), end, rows);
    }
    return rows.join(standing.allowed, standing.open);
  }

  /** All that the rules of a run match: first those with equal ports together, bits only, then the different ones. */
  private matchedBy({ rules }: Run, direction: Direction, subject: SubjectEndpoint): ConnectionRow {
    const sums = new Map<ConnectionSet, ClassSet[]>();
    for (const rule of rules) {
      for (const [connections, others] of this.partsOf(rule, direction, subject)) {
        const sum = sums.get(connections);
        if (sum) sum.push(others);
        else sums.set(connections, [others]);
      }
    }
    let row = this.rows.none;
    for (const [connections, parts] of sums) {
      const others = this.unionOf(parts);
      if (connections !== NO_CONNECTIONS && hasAny(others)) row = this.rows.join(row, [{ connections, others }]);
    }
    return row;
  }

  /** What the rule matches, by what its ports mean: that may hang on the other side. */
  private partsOf(rule: LayerRule, direction: Direction, subject: SubjectEndpoint): Iterable<readonly [ConnectionSet, ClassSet]> {
    const admitted = this.admittedBy(rule);
    const everywhere = direction === 'ingress' ? rule.looksAtSource !== true : rule.fixed;
    if (everywhere) return [[this.algebra.intern(rule.connectionsAt(subject, subject)), admitted]];
    const parts = new Map<ConnectionSet, ClassSet>();
    eachClass(admitted, (position) => {
      const one = this.classes[position];
      if (!one) return;
      const [source, destination] = direction === 'ingress' ? [one.endpoint, subject] : [subject, one.endpoint];
      const connections = this.algebra.intern(rule.connectionsAt(destination, source));
      const others = parts.get(connections) ?? emptyClassSet(this.classes.length);
      parts.set(connections, others);
      addClass(others, position);
    });
    return parts;
  }

  private admittedBy(rule: LayerRule): ClassSet {
    let admitted = this.admitted.get(rule.peersKey);
    if (!admitted) {
      admitted = this.finder.admittedBy(rule);
      this.admitted.set(rule.peersKey, admitted);
    }
    return admitted;
  }

  private unionOf(parts: readonly ClassSet[]): ClassSet {
    const [first] = parts;
    if (first && parts.length === 1) return first;
    const sum = emptyClassSet(this.classes.length);
    for (const part of parts) addClasses(sum, part);
    return sum;
  }
}

function runsOf(rules: readonly LayerRule[]): readonly Run[] {
  const runs: { readonly action: LayerRule['action']; readonly rules: LayerRule[] }[] = [];
  for (const rule of rules) {
    const last = runs.at(-1);
    if (last?.action === rule.action) last.rules.push(rule);
    else runs.push({ action: rule.action, rules: [rule] });
  }
  return runs;
}

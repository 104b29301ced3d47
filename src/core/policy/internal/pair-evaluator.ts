import { finished, type Steps } from '../../kernel/steps.js';
import { addClass, type ClassSet, eachClass, emptyClassSet, hasAny, unionOf } from './class-set.js';
import { ClassFinder } from './class-finder.js';
import { ConnectionAlgebra } from './connection-algebra.js';
import { type ConnectionRow, connectionsWith, RowAlgebra } from './connection-row.js';
import { ALL_CONNECTIONS, type ConnectionSet, NO_CONNECTIONS } from './connection-set.js';
import { afterLayer, InOrder, type Standing } from './decide-in-order.js';
import type { Direction } from './direction.js';
import type { GateAt, LayerRule, SubjectEndpoint } from './layer.js';
import { gatesAt } from './gates-at.js';
import { ownNodeAllows } from './own-node.js';
import { onOneHost } from './policy-endpoint.js';
import type { EndpointClass, PolicyIndex } from './policy-index.js';
import { isAmong, onNodeOf } from './whose.js';

/** A class on one side of a comparison. */
export interface PreparedClass {
  readonly class: EndpointClass;
  /** Position among the classes of its side. */
  readonly position: number;
}

/** Neighbours of one action: in which order they match makes no difference to what they decide together. */
interface Run {
  readonly action: LayerRule['action'];
  readonly rules: readonly LayerRule[];
}

/** One side of a comparison, as the rules of the other side see it. */
class ComparedSide {
  readonly rows: RowAlgebra;
  private readonly positions = new Map<number, number>();
  private readonly finder: ClassFinder;
  private readonly admitted = new Map<string, ClassSet>();
  private readonly joined = new Map<string, ConnectionRow>();
  private readonly ids = new Map<ConnectionSet | ClassSet, number>();

  constructor(
    readonly classes: readonly EndpointClass[],
    algebra: ConnectionAlgebra,
  ) {
    for (const [position, { id }] of classes.entries()) this.positions.set(id, position);
    this.rows = new RowAlgebra(algebra, classes.length);
    this.finder = new ClassFinder(classes);
  }

  prepare(one: EndpointClass): PreparedClass {
    return { class: one, position: this.positions.get(one.id) ?? -1 };
  }

  /** Those that the rule admits; found once for all rules with the same peers. Yields often. */
  *admittedBy(rule: LayerRule): Steps<ClassSet> {
    let admitted = this.admitted.get(rule.peersKey);
    if (!admitted) {
      admitted = yield* this.finder.admittedBy(rule);
      this.admitted.set(rule.peersKey, admitted);
    }
    return admitted;
  }

  /** Connections with those who have them, as a row: made once for all that the same has to be joined for. */
  *rowOf(sums: ReadonlyMap<ConnectionSet, readonly ClassSet[]>): Steps<ConnectionRow> {
    const key = Array.from(sums, ([connections, parts]) => [connections, ...parts].map((part) => this.idOf(part)).join(' ')).join('|');
    let row = this.joined.get(key);
    if (!row) {
      row = yield* this.join(sums);
      this.joined.set(key, row);
    }
    return row;
  }

  private *join(sums: ReadonlyMap<ConnectionSet, readonly ClassSet[]>): Steps<ConnectionRow> {
    let rows: ConnectionRow[] = [];
    for (const [connections, parts] of sums) {
      yield;
      const others = unionOf(parts);
      if (connections !== NO_CONNECTIONS && hasAny(others)) rows.push([{ connections, others }]);
    }
    // Neighbours first, so that no long row is gone through for each short one.
    while (rows.length > 1) {
      const joined: ConnectionRow[] = [];
      for (let at = 0; at < rows.length; at += 2) {
        yield;
        joined.push(this.rows.join(rows[at] ?? this.rows.none, rows[at + 1] ?? this.rows.none));
      }
      rows = joined;
    }
    return rows[0] ?? this.rows.none;
  }

  private idOf(set: ConnectionSet | ClassSet): number {
    const id = this.ids.get(set) ?? this.ids.size;
    this.ids.set(set, id);
    return id;
  }
}

/**
 * What policies allow between sources and destinations. The rules of a class are asked about all classes of the other side at once: whom a rule admits is a row
 * of bits, and the layers decide over rows as they do over single connections. It runs the same functions as the evaluation that gathers evidence (`layersAt`,
 * the rules' `admits` and `connectionsAt`, `InOrder`, `afterLayer`); INV-POL-5 holds the two together.
 */
export class PairEvaluator {
  readonly algebra = new ConnectionAlgebra();
  private readonly sides: Readonly<Record<Direction, ComparedSide>>;
  private readonly known: Readonly<Record<Direction, (ConnectionRow | undefined)[]>>;

  /** Compares classes of the index, each of them once on a side. */
  constructor(
    private readonly index: PolicyIndex,
    readonly sources: readonly EndpointClass[],
    readonly destinations: readonly EndpointClass[],
  ) {
    this.sides = { egress: new ComparedSide(sources, this.algebra), ingress: new ComparedSide(destinations, this.algebra) };
    this.known = { egress: Array.from(sources, () => undefined), ingress: Array.from(destinations, () => undefined) };
  }

  /** Finds a class, which has to be one of the sources. */
  source(one: EndpointClass): PreparedClass {
    return this.sides.egress.prepare(one);
  }

  /** Finds a class, which has to be one of the destinations. */
  destination(one: EndpointClass): PreparedClass {
    return this.sides.ingress.prepare(one);
  }

  /** What both sides' policies allow between two different pods (or a pod and an address) of these classes, if they can meet. */
  between(source: PreparedClass, destination: PreparedClass): ConnectionSet {
    if (onOneHost(source.class.endpoint, destination.class.endpoint)) return ALL_CONNECTIONS;
    const egress = this.leaving(source, destination);
    return egress === NO_CONNECTIONS ? NO_CONNECTIONS : this.algebra.meet(egress, this.arriving(source, destination));
  }

  /** The same between a node and a pod that runs on it. */
  betweenNodeAndOwnPod(source: PreparedClass, destination: PreparedClass): ConnectionSet {
    const egress = ownNodeAllows(this.index, 'egress', source.class.endpoint) ?? this.leaving(source, destination);
    const ingress = ownNodeAllows(this.index, 'ingress', destination.class.endpoint) ?? this.arriving(source, destination);
    return this.algebra.meet(egress, ingress);
  }

  /** What the policies of the source allow, whatever those of the destination say. */
  leaving(source: PreparedClass, destination: PreparedClass): ConnectionSet {
    return connectionsWith(this.rowOf('egress', source.position), destination.position);
  }

  /** What the policies of the destination allow, whatever those of the source say. */
  private arriving(source: PreparedClass, destination: PreparedClass): ConnectionSet {
    return connectionsWith(this.rowOf('ingress', destination.position), source.position);
  }

  /** What the policies of a source allow with each destination (`egress`), or those of a destination with each source, whatever the others' say. */
  rowOf(direction: Direction, position: number): ConnectionRow {
    const known = this.known[direction][position];
    if (known) return known;
    const row = finished(this.judge(direction, this.sides[direction].classes[position]));
    this.known[direction][position] = row;
    return row;
  }

  /** Works out what {@link rowOf} tells, where that is not known yet. Yields often. */
  *prepare(direction: Direction, { position }: PreparedClass): Steps<void> {
    this.known[direction][position] ??= yield* this.judge(direction, this.sides[direction].classes[position]);
  }

  private *judge(direction: Direction, one: EndpointClass | undefined): Steps<ConnectionRow> {
    const others = this.sides[direction === 'egress' ? 'ingress' : 'egress'];
    const { rows } = others;
    if (!one || one.endpoint.kind === 'address') return rows.all;
    const subject = one.endpoint;
    let through = rows.all;
    for (const gate of gatesAt(this.index, direction, subject)) {
      const passes = yield* this.pass(gate, others, direction, subject);
      through = rows.meet(through, passes);
    }
    return through;
  }

  /** What a gate lets through; those whom it does not concern pass beside it. */
  private *pass(gate: GateAt, others: ComparedSide, direction: Direction, subject: SubjectEndpoint): Steps<ConnectionRow> {
    const { rows } = others;
    let standing: Standing<ConnectionRow> = { allowed: rows.none, open: rows.all };
    for (const { rules, end } of gate.layers) {
      if (standing.open === rows.none) break;
      const runs = runsOf(rules.filter((rule) => rule.concerns(subject)));
      const layer = new InOrder(rows);
      for (const run of runs) {
        yield;
        if (layer.isDecided()) break;
        layer.take({ action: run.action, matched: yield* this.matchedBy(run, others, direction, subject) });
      }
      standing = afterLayer(standing, layer, end, rows);
    }
    const passing = rows.join(standing.allowed, standing.open);
    if (gate.whose === 'everybody') return passing;
    const beside = emptyClassSet(others.classes.length);
    for (const [position, { endpoint }] of others.classes.entries())
      if (!isAmong(gate.whose, endpoint.kind, onNodeOf(subject, endpoint))) addClass(beside, position);
    return hasAny(beside) ? rows.join(passing, [{ connections: ALL_CONNECTIONS, others: beside }]) : passing;
  }

  /** All that the rules of a run match: first those with equal ports together, bits only, then the different ones. */
  private *matchedBy({ rules }: Run, others: ComparedSide, direction: Direction, subject: SubjectEndpoint): Steps<ConnectionRow> {
    const sums = new Map<ConnectionSet, ClassSet[]>();
    for (const rule of rules) {
      yield;
      const everybody = yield* others.admittedBy(rule);
      for (const [connections, admitted] of this.partsOf(rule, everybody, others, direction, subject)) {
        const sum = sums.get(connections);
        if (sum) sum.push(admitted);
        else sums.set(connections, [admitted]);
      }
    }
    return yield* others.rowOf(sums);
  }

  /** What the rule matches, by what its ports mean: that may hang on the other side. */
  private partsOf(
    rule: LayerRule,
    admitted: ClassSet,
    others: ComparedSide,
    direction: Direction,
    subject: SubjectEndpoint,
  ): Iterable<readonly [ConnectionSet, ClassSet]> {
    const everywhere = direction === 'ingress' ? rule.looksAtSource !== true : rule.fixed;
    if (everywhere) return [[this.algebra.intern(rule.connectionsAt(subject, subject)), admitted]];
    const parts = new Map<ConnectionSet, ClassSet>();
    eachClass(admitted, (position) => {
      const one = others.classes[position];
      if (!one) return;
      const [source, destination] = direction === 'ingress' ? [one.endpoint, subject] : [subject, one.endpoint];
      const connections = this.algebra.intern(rule.connectionsAt(destination, source));
      const part = parts.get(connections) ?? emptyClassSet(others.classes.length);
      parts.set(connections, part);
      addClass(part, position);
    });
    return parts;
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

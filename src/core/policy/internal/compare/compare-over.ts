import { firstFew } from '../../../kernel/first-few.js';
import type { Steps } from '../../../kernel/steps.js';
import type { ComparedPair, CompareVerdict, Comparison, Witness } from '../../compare-result.js';
import { ConnectionAlgebra } from '../connection-algebra.js';
import { type ConnectionSet, formatConnections, NO_CONNECTIONS, protocolsIn, unionOfConnections } from '../connection-set.js';
import { DIRECTIONS, type Direction } from '../direction.js';
import { allowedBy, type Hit, hitsOf } from '../lint/outcome.js';
import type { GateAt, LayerAt, LayerRule } from '../layer.js';
import { staysAnyway } from '../lint/fates.js';
import { ownNodeAllows } from '../own-node.js';
import { canMeet } from '../policy-endpoint.js';
import { isAmong } from '../whose.js';
import { type Books, canCoexist, type Kind, type Member, type Side } from './kinds.js';

/** So many differences are listed. */
const MOST_DIFFERENCES = 100;

/** Compares what two sets of policies allow between all kinds of endpoints. Yields often. `judged`: the connections that the policies speak of. */
export function* compareOver(kinds: readonly Kind[], books: Books, judged: ConnectionSet): Steps<Comparison> {
  const work = new CompareWork(books, judged);
  const onNodes = kinds.some(({ members }) => [...members.keys()].some((node) => node !== undefined));
  const places = onNodes ? [false, true] : [false];
  for (const source of kinds) {
    for (const destination of kinds) {
      const outside = source.endpoint.kind === 'address' && destination.endpoint.kind === 'address';
      const itself = source === destination && !source.twins;
      yield;
      if (outside || itself || !canMeet(source.families, destination.families)) continue;
      for (const onNode of places) work.compare({ source, destination, onNode });
    }
  }
  return work.conclude();
}

/** Two kinds, and whether they are on one node; where that is no matter they are not. */
interface Pair {
  readonly source: Kind;
  readonly destination: Kind;
  readonly onNode: boolean;
}

class CompareWork {
  private readonly algebra = new ConnectionAlgebra();
  private readonly judged: ConnectionSet;
  private readonly differences: ComparedPair[] = [];
  private readonly has = { a: false, b: false, common: false };
  /** What gates allow with each kind of other side. */
  private readonly known: Readonly<Record<Side, ByDirection>> = { a: byDirection(), b: byDirection(), both: byDirection() };
  private readonly explicit = byDirection();
  private readonly ports: Rows<LayerRule> = new Map();
  private pairs = 0;
  private differing = 0;
  private permits = true;
  private forbids = true;
  private interferes = false;

  constructor(
    private readonly books: Books,
    judged: ConnectionSet,
  ) {
    this.judged = this.algebra.intern(judged);
  }

  compare(pair: Pair): void {
    const { source, destination } = pair;
    if (pair.onNode && source.endpoint.kind === 'host' && destination.endpoint.kind === 'host') return;
    const governed = (['a', 'b'] as const).some(
      (side) => source.gates[side].egress.length > 0 || destination.gates[side].ingress.length > 0,
    );
    const ends = governed ? endsOf(pair) : undefined;
    if (!ends) return;
    this.pairs++;
    const [a, b] = [this.between('a', pair), this.between('b', pair)];
    const [onlyA, onlyB] = [this.algebra.minus(a, b), this.algebra.minus(b, a)];
    this.has.a ||= onlyA !== NO_CONNECTIONS;
    this.has.b ||= onlyB !== NO_CONNECTIONS;
    this.has.common ||= this.algebra.meet(a, b) !== NO_CONNECTIONS;
    for (const direction of DIRECTIONS) this.relate(direction, pair);
    if (a === b) return;
    this.differing++;
    if (this.differences.length >= MOST_DIFFERENCES) return;
    const [from, to] = [nameOf(source), nameOf(destination)];
    const witnesses: Witness[] = [];
    if (onlyA !== NO_CONNECTIONS) witnesses.push({ allowedBy: 'a', ...ends, ...sampleOf(onlyA) });
    if (onlyB !== NO_CONNECTIONS) witnesses.push({ allowedBy: 'b', ...ends, ...sampleOf(onlyB) });
    this.differences.push({ from, to, a: formatConnections(a), b: formatConnections(b), witnesses });
  }

  conclude(): Comparison {
    const { pairs, differences, differing, permits, forbids, interferes } = this;
    return {
      relation: this.relation(),
      pairs,
      differences,
      omitted: differing - differences.length,
      permits,
      forbids,
      interferes: this.books.both ? interferes : null,
    };
  }

  private relation(): CompareVerdict {
    const { a, b, common } = this.has;
    if (a && b) return common ? 'OVERLAPPING' : 'DISJOINT';
    if (!a && !b) return 'EQUAL';
    return a ? 'CONTAINING' : 'CONTAINED';
  }

  /** NCA's questions, direction by direction, where B selects the subject: what B's rules accept there, beside what A allows. */
  private relate(direction: Direction, pair: Pair): void {
    const { subject } = sidesOf(direction, pair);
    if (!subject.gates.b[direction].some(({ layers }) => layers.some(hasPolicies))) return;
    const { algebra } = this;
    const allowed = this.inDirection('b', direction, pair);
    const explicit = this.explicitly(direction, pair);
    const byA = this.inDirection('a', direction, pair);
    this.permits &&= algebra.minus(explicit, byA) === NO_CONNECTIONS;
    this.forbids &&= algebra.meet(explicit, byA) === NO_CONNECTIONS;
    this.interferes ||= algebra.minus(this.inDirection('both', direction, pair), allowed) !== NO_CONNECTIONS;
  }

  /** What B allows because a rule of it accepts. */
  private explicitly(direction: Direction, pair: Pair): ConnectionSet {
    const { subject, place } = sidesOf(direction, pair);
    const find = () => {
      const hits = this.gatesFor('b', direction, pair).flatMap(({ layers }) => this.hits(layers, pair, direction));
      const accepting = hits.filter(({ rule }) => rule.action === 'Accept' && !staysAnyway(rule.policy));
      return this.algebra.intern(unionOfConnections(accepting.map(({ matched }) => matched)));
    };
    return (rowOf(this.explicit[direction], subject.under)[place] ??= this.algebra.meet(this.inDirection('b', direction, pair), find()));
  }

  private between(side: Side, pair: Pair): ConnectionSet {
    const egress = this.inDirection(side, 'egress', pair);
    return egress === NO_CONNECTIONS ? egress : this.algebra.meet(egress, this.inDirection(side, 'ingress', pair));
  }

  private inDirection(side: Side, direction: Direction, pair: Pair): ConnectionSet {
    const { subject, other, place } = sidesOf(direction, pair);
    const book = this.books[side];
    const ownNode = pair.onNode && subject.endpoint.kind !== other.endpoint.kind;
    const own = ownNode && book ? ownNodeAllows(book, direction, subject.endpoint) : undefined;
    if (own || subject.gates[side][direction].length === 0) return this.algebra.meet(this.judged, own ?? this.judged);
    return (rowOf(this.known[side][direction], subject.under)[place] ??= this.gatesFor(side, direction, pair).reduce(
      (through, { layers }) => this.algebra.meet(through, this.algebra.intern(allowedBy(layers, this.hits(layers, pair, direction)))),
      this.judged,
    ));
  }

  /** Those that packets of the pair pass. */
  private gatesFor(side: Side, direction: Direction, pair: Pair): readonly GateAt[] {
    const { subject, other } = sidesOf(direction, pair);
    return subject.gates[side][direction].filter(({ whose }) => isAmong(whose, other.endpoint.kind, pair.onNode));
  }

  private hits(layers: readonly LayerAt[], pair: Pair, direction: Direction): readonly Hit[] {
    const { other } = sidesOf(direction, pair);
    return hitsOf(layers, (rule) => (other.admitted.has(rule.peersKey) ? this.connectionsAt(rule, pair) : NO_CONNECTIONS));
  }

  private connectionsAt(rule: LayerRule, { source, destination }: Pair): ConnectionSet {
    const find = () => this.algebra.intern(rule.connectionsAt(destination.endpoint, source.endpoint));
    return rule.looksAtSource ? find() : (rowOf(this.ports, rule)[rule.fixed ? 0 : destination.id] ??= find());
  }
}

/** Whose policies decide in the direction, and with whom; `place`: where that other side, there, stands in the rows of the subject. */
function sidesOf(direction: Direction, { source, destination, onNode }: Pair) {
  const [subject, other] = direction === 'egress' ? [source, destination] : [destination, source];
  return { subject, other, place: 2 * other.id + (onNode ? 1 : 0) };
}

/** Some policy of the set is among them. */
function hasPolicies({ policies }: LayerAt): boolean {
  return policies.some(({ policy }) => !staysAnyway(policy));
}

type Ends = Pick<Witness, 'from' | 'to'>;

/** One of each kind that exist side by side, two different ones if there are; undefined: there are none. */
function endsOf({ source, destination, onNode }: Pair): Ends | undefined {
  for (const [node, senders] of source.members) {
    let same: Ends | undefined;
    for (const receivers of receiversOf(destination.members, node, onNode)) {
      const ends = endsAmong(senders.values(), receivers);
      if (ends && ends.from !== ends.to) return ends;
      same ??= ends;
    }
    if (same) return same;
  }
  return undefined;
}

/** Those on the node, or those on each of the others; who is on no node shares it with nobody. */
function* receiversOf<T>(members: ReadonlyMap<string | undefined, T>, node: string | undefined, onNode: boolean): Generator<T> {
  const there = node === undefined ? undefined : members.get(node);
  if (!onNode) for (const receivers of members.values()) if (receivers !== there) yield receivers;
  if (onNode && there !== undefined) yield there;
}

function endsAmong(senders: Iterable<Member>, receivers: ReadonlyMap<string, Member>): Ends | undefined {
  let same: Ends | undefined;
  for (const from of senders) {
    for (const to of receivers.values()) {
      if (!canCoexist(from, to)) continue;
      const ends = { from: from.name, to: to.name };
      if (from.name !== to.name) return ends;
      if (from !== to || from.twins) same ??= ends;
    }
  }
  return same;
}

type ByDirection = Readonly<Record<Direction, Rows<string>>>;

function byDirection(): ByDirection {
  return { egress: new Map(), ingress: new Map() };
}

type Rows<K> = Map<K, ConnectionSet[]>;

function rowOf<K>(rows: Rows<K>, key: K): ConnectionSet[] {
  const row = rows.get(key) ?? [];
  rows.set(key, row);
  return row;
}

function nameOf({ names, count }: Kind): string {
  return firstFew(names, names.length, count);
}

/** One connection of a set that is not empty. */
function sampleOf(set: ConnectionSet): Pick<Witness, 'protocol' | 'port'> {
  const protocols = protocolsIn(set);
  const protocol = protocols.find((name) => name === 'TCP') ?? protocols[0];
  if (protocol === undefined) return { protocol: `protocol ${set.others[0]?.from ?? 0}`, port: null };
  const port = protocol === 'ICMP' || protocol === 'ICMPv6' ? null : (set[protocol][0]?.from ?? null);
  return { protocol, port };
}

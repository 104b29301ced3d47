import type { ComparedPair, CompareVerdict, Comparison, Witness } from '../../compare-result.js';
import { ConnectionAlgebra } from '../connection-algebra.js';
import { type ConnectionSet, formatConnections, NO_CONNECTIONS, protocolsIn, unionOfConnections } from '../connection-set.js';
import { DIRECTIONS, type Direction } from '../direction.js';
import { allowedBy, type Hit, hitsOf } from '../lint/outcome.js';
import type { LayerRule } from '../layer.js';
import { canMeet } from '../policy-endpoint.js';
import { canCoexist, type Kind, type Side } from './kinds.js';

/** So many differences are listed. */
const MOST_DIFFERENCES = 100;

/** Compares what two sets of policies allow between all kinds of endpoints. Yields often. `judged`: the connections that the policies speak of. */
export function* compareOver(kinds: readonly Kind[], judged: ConnectionSet, together: boolean): Generator<undefined, Comparison> {
  const work = new CompareWork(judged);
  for (const source of kinds) {
    for (const destination of kinds) {
      const outside = source.endpoint.kind === 'address' && destination.endpoint.kind === 'address';
      const itself = source === destination && !source.twins;
      yield;
      if (outside || itself || !canMeet(source.families, destination.families)) continue;
      work.compare(source, destination);
    }
  }
  return work.conclude(together);
}

class CompareWork {
  private readonly algebra = new ConnectionAlgebra();
  private readonly judged: ConnectionSet;
  private readonly differences: ComparedPair[] = [];
  private readonly has = { a: false, b: false, common: false };
  /** What layers allow with each kind of other side. */
  private readonly known: Readonly<Record<Side, ByDirection>> = { a: byDirection(), b: byDirection(), both: byDirection() };
  private readonly explicit = byDirection();
  private readonly ports: Rows<LayerRule> = new Map();
  private pairs = 0;
  private differing = 0;
  private permits = true;
  private forbids = true;
  private interferes = false;

  constructor(judged: ConnectionSet) {
    this.judged = this.algebra.intern(judged);
  }

  compare(source: Kind, destination: Kind): void {
    const governed = (['a', 'b'] as const).some(
      (side) => source.layers[side].egress.length > 0 || destination.layers[side].ingress.length > 0,
    );
    const ends = governed ? endsOf(source, destination) : undefined;
    if (!ends) return;
    this.pairs++;
    const [a, b] = [this.between('a', source, destination), this.between('b', source, destination)];
    const [onlyA, onlyB] = [this.algebra.minus(a, b), this.algebra.minus(b, a)];
    this.has.a ||= onlyA !== NO_CONNECTIONS;
    this.has.b ||= onlyB !== NO_CONNECTIONS;
    this.has.common ||= this.algebra.meet(a, b) !== NO_CONNECTIONS;
    for (const direction of DIRECTIONS) this.relate(direction, source, destination);
    if (a === b) return;
    this.differing++;
    if (this.differences.length >= MOST_DIFFERENCES) return;
    const [from, to] = [nameOf(source), nameOf(destination)];
    const witnesses: Witness[] = [];
    if (onlyA !== NO_CONNECTIONS) witnesses.push({ allowedBy: 'a', ...ends, ...sampleOf(onlyA) });
    if (onlyB !== NO_CONNECTIONS) witnesses.push({ allowedBy: 'b', ...ends, ...sampleOf(onlyB) });
    this.differences.push({ from, to, a: formatConnections(a), b: formatConnections(b), witnesses });
  }

  conclude(together: boolean): Comparison {
    const { pairs, differences, differing, permits, forbids, interferes } = this;
    return {
      relation: this.relation(),
      pairs,
      differences,
      omitted: differing - differences.length,
      permits,
      forbids,
      interferes: together ? interferes : null,
    };
  }

  private relation(): CompareVerdict {
    const { a, b, common } = this.has;
    if (a && b) return common ? 'OVERLAPPING' : 'DISJOINT';
    if (!a && !b) return 'EQUAL';
    return a ? 'CONTAINING' : 'CONTAINED';
  }

  /** NCA's questions, direction by direction, where B selects the subject: what B's rules accept there, beside what A allows. */
  private relate(direction: Direction, source: Kind, destination: Kind): void {
    const subject = direction === 'egress' ? source : destination;
    const layers = subject.layers.b[direction];
    if (layers.length === 0) return;
    const { algebra } = this;
    const allowed = this.inDirection('b', direction, source, destination);
    const explicit = this.explicitly(direction, source, destination);
    const byA = this.inDirection('a', direction, source, destination);
    this.permits &&= algebra.minus(explicit, byA) === NO_CONNECTIONS;
    this.forbids &&= algebra.meet(explicit, byA) === NO_CONNECTIONS;
    this.interferes ||= algebra.minus(this.inDirection('both', direction, source, destination), allowed) !== NO_CONNECTIONS;
  }

  /** What B allows because a rule of it accepts. */
  private explicitly(direction: Direction, source: Kind, destination: Kind): ConnectionSet {
    const [subject, other] = direction === 'egress' ? [source, destination] : [destination, source];
    const row = rowOf(this.explicit[direction], subject.under);
    return (row[other.id] ??= this.algebra.meet(
      this.inDirection('b', direction, source, destination),
      this.algebra.intern(
        unionOfConnections(
          this.hits('b', direction, source, destination).flatMap(({ rule, matched }) => (rule.action === 'Accept' ? matched : [])),
        ),
      ),
    ));
  }

  private between(side: Side, source: Kind, destination: Kind): ConnectionSet {
    const egress = this.inDirection(side, 'egress', source, destination);
    return egress === NO_CONNECTIONS ? egress : this.algebra.meet(egress, this.inDirection(side, 'ingress', source, destination));
  }

  private inDirection(side: Side, direction: Direction, source: Kind, destination: Kind): ConnectionSet {
    const layers = (direction === 'egress' ? source : destination).layers[side][direction];
    if (layers.length === 0) return this.judged;
    const [subject, other] = direction === 'egress' ? [source, destination] : [destination, source];
    const row = rowOf(this.known[side][direction], subject.under);
    return (row[other.id] ??= this.algebra.meet(
      this.judged,
      this.algebra.intern(allowedBy(layers, this.hits(side, direction, source, destination))),
    ));
  }

  private hits(side: Side, direction: Direction, source: Kind, destination: Kind): readonly Hit[] {
    const [subject, other] = direction === 'egress' ? [source, destination] : [destination, source];
    return hitsOf(subject.layers[side][direction], (rule) =>
      other.admitted.has(rule.peersKey) ? this.connectionsAt(rule, destination, source) : NO_CONNECTIONS,
    );
  }

  private connectionsAt(rule: LayerRule, destination: Kind, source: Kind): ConnectionSet {
    const find = () => this.algebra.intern(rule.connectionsAt(destination.endpoint, source.endpoint));
    return rule.looksAtSource ? find() : (rowOf(this.ports, rule)[rule.fixed ? 0 : destination.id] ??= find());
  }
}

type Ends = Pick<Witness, 'from' | 'to'>;

/** One of each kind that exist side by side, two different ones if there are; undefined: there are none. */
function endsOf(source: Kind, destination: Kind): Ends | undefined {
  let same: Ends | undefined;
  for (const from of source.members.values()) {
    for (const to of destination.members.values()) {
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
  return count > names.length ? `${names.join(', ')} and ${count - names.length} more` : names.join(', ');
}

/** One connection of a set that is not empty. */
function sampleOf(set: ConnectionSet): Pick<Witness, 'protocol' | 'port'> {
  const protocols = protocolsIn(set);
  const protocol = protocols.find((name) => name === 'TCP') ?? protocols[0];
  if (protocol === undefined) return { protocol: `protocol ${set.others[0]?.from ?? 0}`, port: null };
  const port = protocol === 'ICMP' || protocol === 'ICMPv6' ? null : (set[protocol][0]?.from ?? null);
  return { protocol, port };
}

import type { Steps } from '../../../kernel/steps.js';
import { DIRECTIONS, type Direction } from '../direction.js';
import type { Labels } from '../../../resources/resource.js';
import { gatesAbout } from '../gates-about.js';
import type { GateAt, LayerRule, UnresolvedPeer } from '../layer.js';
import { LayersKey } from '../layers-key.js';
import type { PolicyBook } from '../policy-book.js';
import { familyMask, type PolicyEndpoint } from '../policy-endpoint.js';
import { nodeOf } from '../whose.js';

/** An endpoint that is compared over. */
export interface Resident {
  readonly endpoint: PolicyEndpoint;
  readonly name: string;
  /** There is another one like it, so that it can meet its like. */
  readonly twins: boolean;
  /** What it takes for granted: two that take different things for granted do not exist together. */
  readonly facts: Facts;
  /** By {@link unresolvedKey}, peers whose addresses are not known, and which mean it. */
  readonly meantBy: ReadonlySet<string>;
}

/** By what it is about, what is taken for granted. */
export type Facts = ReadonlyMap<string, string>;

export const NO_FACTS: Facts = new Map();

/** One resident, as answers name it. */
export type Member = Pick<Resident, 'name' | 'facts' | 'twins'>;

/** Whether the two can exist side by side. */
export function canCoexist(a: Member, b: Member): boolean {
  for (const [about, value] of a.facts) if ((b.facts.get(about) ?? value) !== value) return false;
  return true;
}

/** Names a peer of which no object tells the addresses. */
export function unresolvedKey({ type, name }: UnresolvedPeer): string {
  return `${type} ${name}`;
}

/** The sets of policies: each alone, and both together where they can be. */
export interface Books {
  readonly a: PolicyBook;
  readonly b: PolicyBook;
  readonly both: PolicyBook | undefined;
}

/** One of {@link Books}. */
export type Side = keyof Books;
const SIDES: readonly Side[] = ['a', 'b', 'both'];

/** Residents that neither set tells apart. */
export interface Kind {
  /** Position among the kinds. */
  readonly id: number;
  readonly endpoint: PolicyEndpoint;
  readonly families: number;
  /** By node, where rules ask who is on whose: some of them, and of those that take different things for granted one each. */
  readonly members: Map<string | undefined, Map<string, Member>>;
  readonly names: string[];
  count: number;
  twins: boolean;
  readonly gates: Readonly<Record<Side, Readonly<Record<Direction, readonly GateAt[]>>>>;
  /** Equal for kinds about which everything is decided alike, the same other side given. */
  readonly under: string;
  /** The keys of the peers that match it. */
  readonly admitted: ReadonlySet<string>;
}

/** Whom a rule's peers match, without asking everybody where there is a shorter way. Yields often. */
export type Matching = (rule: LayerRule) => Steps<Iterable<Resident>>;

const NO_GATES: Readonly<Record<Direction, readonly GateAt[]>> = { egress: [], ingress: [] };
const FEW = 3;

/** Groups residents by the rules they are under and the peers that match them. Yields often. Undefined: there are more kinds than `most`. */
export function* kindsOf(
  residents: readonly Resident[],
  books: Books,
  matching: Matching,
  most: number,
): Generator<undefined, readonly Kind[] | undefined> {
  const stands = new Stands(books);
  const rules = new Map<string, LayerRule>();
  const looked = new Set<number>();
  let asksNames = false;
  for (const { endpoint } of residents) {
    yield;
    const { number, rules: own } = yield* stands.of(endpoint);
    if (stands.size > most) return undefined;
    if (looked.has(number)) continue;
    looked.add(number);
    for (const rule of own) {
      yield;
      rules.set(rule.peersKey, rule);
      asksNames ||= !rule.fixed;
    }
  }
  const onNodes = tellNodes(residents, books);
  const admitted = new Map<Resident, string[]>();
  for (const [key, rule] of rules) {
    const meant = new Set((rule.unresolved ?? []).map(unresolvedKey));
    const named = meant.size === 0 ? [] : residents.filter(({ meantBy }) => [...meantBy].some((one) => meant.has(one)));
    for (const resident of new Set([...(yield* matching(rule)), ...named])) {
      const keys = admitted.get(resident);
      if (keys) keys.push(key);
      else admitted.set(resident, [key]);
    }
    yield;
  }
  const kinds = new Map<string, Kind>();
  for (const resident of residents) {
    const at = { stand: yield* stands.of(resident.endpoint), peers: admitted.get(resident) ?? [], asksNames, onNodes };
    addTo(kinds, resident, at);
    if (kinds.size > most) return undefined;
    yield;
  }
  return [...kinds.values()];
}

/** What tells a resident from others. */
interface Place {
  readonly stand: Stand;
  readonly peers: readonly string[];
  /** Ports are looked up by name. */
  readonly asksNames: boolean;
  /** It matters what the other side is, and whether both are on one node. */
  readonly onNodes: boolean;
}

/** Where nodes have host endpoints, what two on one node exchange passes none of them, or fewer. */
function tellNodes(residents: readonly Resident[], { a }: Books): boolean {
  return a.calico !== undefined && residents.some(({ endpoint }) => endpoint.kind === 'pod' && endpoint.node !== undefined);
}

function addTo(kinds: Map<string, Kind>, resident: Resident, { stand, peers, asksNames, onNodes }: Place): void {
  const { endpoint, name, twins } = resident;
  const families = familyMask(endpoint);
  const ports = asksNames && endpoint.kind === 'pod' ? JSON.stringify(endpoint.ports) : '';
  const what = onNodes ? endpoint.kind : String(endpoint.kind === 'address');
  const key = `${what} ${families} ${stand.number} ${ports} ${peers.join('\n')}`;
  let kind = kinds.get(key);
  if (!kind) {
    const under = `${stand.number} ${ports}`;
    const admitted = new Set(peers);
    kind = { id: kinds.size, endpoint, families, members: new Map(), names: [], count: 0, twins, gates: stand.gates, under, admitted };
    kinds.set(key, kind);
  }
  kind.twins ||= kind.count > 0;
  kind.count++;
  if (kind.names.length < FEW && !kind.names.includes(name)) kind.names.push(name);
  addMember(
    remembered(kind.members, onNodes ? nodeOf(endpoint) : undefined, () => new Map<string, Member>()),
    resident,
  );
}

function addMember(members: Map<string, Member>, resident: Resident): void {
  const { name, facts } = resident;
  const key = memberKey(resident);
  const same = facts.size === 0 && members.has(key);
  if (same || facts.size > 0 || members.size < FEW) members.set(key, same ? { name, facts, twins: true } : resident);
}

function memberKey({ name, facts }: Member): string {
  return facts.size === 0 ? name : JSON.stringify([...facts]);
}

/** Under which rules an endpoint is. */
interface Stand {
  readonly gates: Kind['gates'];
  readonly rules: readonly LayerRule[];
  /** Equal for equal gates. */
  readonly number: number;
}

/** Looks up the gates in all books; pods with the same labels in the same namespace have the same ones, unless these hang on their nodes. */
class Stands {
  private readonly byLabels = new Map<Labels, Map<Labels, Stand>>();
  private readonly others = new Map<PolicyEndpoint, Stand>();
  private readonly keys = new LayersKey();
  private readonly numbers = new Map<string, number>();

  /** Whether packets that pass through nodes meet policies there. */
  private readonly forwards: boolean;

  constructor(private readonly books: Books) {
    this.forwards = SIDES.some((side) => books[side]?.calico?.forwards === true);
  }

  /** How many different ones there are so far. */
  get size(): number {
    return this.numbers.size;
  }

  /** Yields after each book that is looked into. */
  *of(endpoint: PolicyEndpoint): Steps<Stand> {
    if (endpoint.kind !== 'pod' || endpoint.serviceAccount !== undefined || this.forwards)
      return yield* this.known(this.others, endpoint, endpoint);
    const ofNamespace = remembered(this.byLabels, endpoint.labels, () => new Map<Labels, Stand>());
    return yield* this.known(ofNamespace, endpoint.namespaceLabels, endpoint);
  }

  private *known<K>(stands: Map<K, Stand>, key: K, endpoint: PolicyEndpoint): Steps<Stand> {
    const stand = stands.get(key) ?? (yield* this.standOf(endpoint));
    stands.set(key, stand);
    return stand;
  }

  private *standOf(endpoint: PolicyEndpoint): Steps<Stand> {
    const { a, b, both } = this.books;
    const gates = { a: yield* gatesIn(a, endpoint), b: yield* gatesIn(b, endpoint), both: yield* gatesIn(both, endpoint) };
    const all = SIDES.flatMap((side) => DIRECTIONS.map((direction) => gates[side][direction]));
    const key = all.map((some) => some.map(({ whose, layers }) => `${whose}\n${this.keys.of(layers)}`).join('\n\n')).join('\n\n\n');
    const number = remembered(this.numbers, key, () => this.numbers.size);
    return { gates, rules: all.flatMap((some) => some.flatMap(({ layers }) => layers.flatMap(({ rules }) => rules))), number };
  }
}

function remembered<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  let value = known.get(key);
  if (value === undefined) {
    value = make();
    known.set(key, value);
  }
  return value;
}

function* gatesIn(book: PolicyBook | undefined, endpoint: PolicyEndpoint): Steps<Readonly<Record<Direction, readonly GateAt[]>>> {
  if (!book) return NO_GATES;
  const egress = gatesAbout(book, 'egress', endpoint);
  yield;
  const ingress = gatesAbout(book, 'ingress', endpoint);
  yield;
  return { egress, ingress };
}

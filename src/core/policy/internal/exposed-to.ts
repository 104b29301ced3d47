import { inMap } from '../../kernel/in-map.js';
import type { Steps } from '../../kernel/steps.js';
import { type Protocol, PROTOCOLS } from '../../net/protocol.js';
import {
  ALL_CONNECTIONS,
  type ConnectionSet,
  connectionsOf,
  formatConnections,
  haveConnections,
  intersectConnections,
  NO_CONNECTIONS,
  unionConnections,
} from './connection-set.js';
import { afterLayer, decideInOrder, PLAIN } from './decide-in-order.js';
import type { Direction } from './direction.js';
import { gatesAt } from './gates-at.js';
import type { LayerAt, LayerRule } from './layer.js';
import { LayersKey } from './layers-key.js';
import { type PolicyEndpoint, type PodEndpoint, unknownPod } from './policy-endpoint.js';
import type { EndpointClass, PolicyIndex } from './policy-index.js';
import type { AskedMarks } from './unknown/marks.js';
import type { Unknown, UnknownPods } from './unknown/unknown-pods.js';
import { isAmong } from './whose.js';

/** What a pod and unknown pods may use, by the policies of the pod alone. */
export interface Exposure {
  readonly connections: ConnectionSet;
  /** `TCP 8080,http`, ` http`: names of ports that only the unknown pod could tell the number of stand as they are; a blank is before those of any protocol. */
  readonly text: string;
  /** The rules that decide. */
  readonly rules: readonly LayerRule[];
}

/** Any address that is not looked up by name. */
const SOMEWHERE: PolicyEndpoint = { kind: 'host', node: undefined, labels: undefined, address: undefined };
const BARE = unknownPod('{unknown}');

/** The rules of a layer, by the marks of the pods that they mean. */
interface MarkedLayer extends Pick<LayerAt, 'layer' | 'end' | 'rules'> {
  readonly id: number;
  /** Some rule is about part of its subjects, or looks up ports of theirs by name. */
  readonly looksAtSubject: boolean;
  readonly byMark: ReadonlyMap<string, readonly number[]>;
  /** Those that may mean any pods. */
  readonly unmarked: readonly number[];
}

/** The layers of pods by marks: made once for all pods that have the same. */
export class MarkedLayers {
  private readonly keys = new LayersKey();
  private readonly known = new Map<string, MarkedLayer>();

  constructor(readonly unknown: UnknownPods) {}

  /** Yields often where the layer is not known yet. */
  *of(at: LayerAt, direction: Direction): Steps<MarkedLayer> {
    yield;
    const key = `${direction} ${this.keys.of([at])}`;
    let found = this.known.get(key);
    if (!found) {
      const looksAtSubject = at.rules.some(({ fixed, ownKey }) => !fixed || ownKey !== undefined);
      found = { ...(yield* markedLayer(at, this.unknown, direction)), looksAtSubject, id: this.known.size };
      this.known.set(key, found);
    }
    return found;
  }
}

/** Of the marks that a rule asks for, it is filed under those that the fewest rules ask for. */
function* markedLayer(
  { layer, end, rules }: LayerAt,
  unknown: UnknownPods,
  direction: Direction,
): Steps<Omit<MarkedLayer, 'id' | 'looksAtSubject'>> {
  const lists: AskedMarks[] = [];
  const counts = new Map<string, number>();
  for (const rule of rules) {
    yield;
    const asked = rule.unreadable ? [] : unknown.marksAsked(rule, direction);
    lists.push(asked);
    for (const mark of asked.flat()) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  }
  const count = (marks: readonly string[]) => marks.reduce((sum, mark) => sum + (counts.get(mark) ?? 0), 0);
  const byMark = new Map<string, number[]>();
  const unmarked: number[] = [];
  for (const [position, asked] of lists.entries()) {
    yield;
    if (asked.length === 0) unmarked.push(position);
    else
      for (const mark of asked.reduce((best, marks) => (count(marks) < count(best) ? marks : best)))
        inMap(byMark, mark, () => []).push(position);
  }
  return { layer, end, rules, byMark, unmarked };
}

/** What one gate leaves. */
interface Passing {
  readonly connections: ConnectionSet;
  readonly rules: readonly LayerRule[];
  /** Of ports of which only the unknown pod could tell the number. */
  readonly names: PortNames;
}

/** By their protocol; those of any are under the empty one. */
type PortNames = ReadonlyMap<Protocol | '', ReadonlySet<string>>;

/** How many questions layers are. */
interface Counted {
  /** Whoever is asked about: each layer what it decides, and rules that ask for no mark. */
  readonly anyway: number;
  /** By mark, those that are asked about whoever has it. */
  readonly marked: ReadonlyMap<string, number>;
  /** All there are. */
  readonly rules: number;
}

/** There may be as many layers as unknown pods, so that the sums are made once. */
function countedOf(layers: readonly MarkedLayer[]): Counted {
  let [anyway, rules] = [layers.length, layers.length];
  const marked = new Map<string, number>();
  for (const layer of layers) {
    anyway += layer.unmarked.length;
    rules += layer.rules.length;
    for (const [mark, positions] of layer.byMark) marked.set(mark, (marked.get(mark) ?? 0) + positions.length);
  }
  return { anyway, marked, rules };
}

/** Judges a pod in one direction, beside unknown pods that run on other nodes. */
export class ExposureJudge {
  private counted: Counted | undefined;

  private constructor(
    private readonly index: PolicyIndex,
    private readonly unknown: UnknownPods,
    private readonly direction: Direction,
    private readonly subject: PodEndpoint,
    private readonly gates: readonly (readonly MarkedLayer[])[],
    /** Equal for pods that are exposed alike: under the same rules, none of which looks at the pod itself. */
    readonly key: string,
  ) {}

  /** Yields often. */
  static *of(index: PolicyIndex, layers: MarkedLayers, direction: Direction, one: EndpointClass): Steps<ExposureJudge | undefined> {
    const { endpoint: subject } = one;
    if (subject.kind !== 'pod') return undefined;
    const gates: (readonly MarkedLayer[])[] = [];
    for (const gate of gatesAt(index, direction, subject)) {
      if (!isAmong(gate.whose, 'pod', false)) continue;
      const marked: MarkedLayer[] = [];
      for (const at of gate.layers) if (at.rules.length > 0 || at.end === 'Deny') marked.push(yield* layers.of(at, direction));
      gates.push(marked);
    }
    const own = gates.flat().some(({ looksAtSubject }) => looksAtSubject) ? one.id : '';
    const key = `${direction} ${own} ${gates.map((marked) => marked.map(({ id }) => id).join()).join(' ')}`;
    return new ExposureJudge(index, layers.unknown, direction, subject, gates, key);
  }

  /** Whether some policy decides over the pod in the direction. */
  get isProtected(): boolean {
    return this.gates.some((layers) => layers.some(({ layer }) => layer !== 'calico-profiles')); // every pod has one
  }

  /** How many rules are asked whether they mean the unknown pods, and layers what they decide. */
  questionsAbout(who: Unknown): number {
    const { anyway, marked, rules } = (this.counted ??= countedOf(this.gates.flat()));
    const marks = this.unknown.marksOf(who);
    return marks ? marks.reduce((sum, mark) => sum + (marked.get(mark) ?? 0), anyway) : rules;
  }

  /** What the gates leave to the unknown pods, each rule taken as it names them. Yields often. */
  *to(who: Unknown): Steps<Exposure> {
    const passing: Passing[] = [];
    for (const layers of this.gates) passing.push(yield* this.through(layers, who));
    const all = passing.reduce((sum, { connections }) => intersectConnections(sum, connections), ALL_CONNECTIONS);
    const connections = intersectConnections(all, this.index.everything);
    return { connections, text: withNames(connections, namesIn(passing)), rules: passing.flatMap(({ rules }) => rules) };
  }

  private *through(layers: readonly MarkedLayer[], who: Unknown): Steps<Passing> {
    let standing = { allowed: NO_CONNECTIONS, open: ALL_CONNECTIONS };
    const deciding: LayerRule[] = [];
    const names = new Map<Protocol | '', Set<string>>();
    for (const layer of layers) {
      const means: LayerRule[] = [];
      for (const rule of this.asked(layer, who)) {
        yield;
        if (this.means(rule, who)) means.push(rule);
      }
      const effect = (rule: LayerRule) => ({ action: rule.action, matched: this.connectionsOf(rule) });
      const decided = decideInOrder(means, effect, PLAIN);
      for (const [position, rule] of means.entries()) {
        const isNamed = rule.action === 'Accept' && standing.open !== NO_CONNECTIONS && this.addNames(rule, names);
        const share = intersectConnections(standing.open, decided.shares[position] ?? NO_CONNECTIONS);
        if (isNamed || share !== NO_CONNECTIONS) deciding.push(rule);
      }
      standing = afterLayer(standing, decided, layer.end, PLAIN);
    }
    return { connections: unionConnections(standing.allowed, standing.open), rules: deciding, names };
  }

  /** The rules that may mean the unknown pods, in order. */
  private asked({ rules, byMark, unmarked }: MarkedLayer, who: Unknown): readonly LayerRule[] {
    const marks = this.unknown.marksOf(who);
    if (!marks) return rules;
    const positions = new Set([...unmarked, ...marks.flatMap((mark) => byMark.get(mark) ?? [])]);
    return [...positions].sort((a, b) => a - b).flatMap((position) => rules[position] ?? []);
  }

  /** A rule that says nothing about whom it means is asked for a pod without labels. */
  private means(rule: LayerRule, who: Unknown): boolean {
    if (!rule.concerns(this.subject)) return false;
    const means = rule.unreadable ? undefined : this.unknown.means(rule, this.direction, who);
    return means ?? rule.admits(BARE);
  }

  private connectionsOf(rule: LayerRule): ConnectionSet {
    return this.direction === 'ingress' ? rule.connectionsAt(this.subject, SOMEWHERE) : rule.connectionsAt(SOMEWHERE, this.subject);
  }

  /** Adds the names of ports of an egress rule; false where there are none. */
  private addNames(rule: LayerRule, names: Map<Protocol | '', Set<string>>): boolean {
    if (this.direction === 'ingress') return false;
    const ports = this.unknown.portNames(rule, this.direction);
    for (const { protocol = '', name } of ports) names.set(protocol, (names.get(protocol) ?? new Set()).add(name));
    return ports.length > 0;
  }
}

/** The names of ports that some gate leaves, where every other one has the name too, or leaves something of the protocol. */
function namesIn(passing: readonly Passing[]): PortNames {
  const found = new Map<Protocol | '', Set<string>>();
  for (const one of passing) {
    for (const [protocol, names] of one.names) {
      const left = [...names].filter((name) => passing.every((other) => hasName(other.names, protocol, name) || leaves(other, protocol)));
      if (left.length > 0) found.set(protocol, new Set([...(found.get(protocol) ?? []), ...left]));
    }
  }
  return found;
}

function hasName(names: PortNames, protocol: Protocol | '', name: string): boolean {
  const alike = protocol === '' ? [...names.values()] : [names.get(protocol), names.get('')];
  return alike.some((some) => some?.has(name));
}

function leaves({ connections }: Passing, protocol: Protocol | ''): boolean {
  return (protocol === '' ? PROTOCOLS : [protocol]).some((one) => haveConnections(connections, connectionsOf(one)));
}

/** netpol-analyzer's spelling: the numbers of a protocol, then the names. */
function withNames(connections: ConnectionSet, names: PortNames): string {
  const text = formatConnections(connections);
  if (names.size === 0 || text === 'All Connections') return text;
  const parts = new Map<string, string>(
    (text === 'No Connections' ? [] : text.split(/,(?=[A-Za-z])/)).map((part) => [part.split(' ')[0] ?? '', part]),
  );
  for (const [protocol, named] of names) {
    const numbered = parts.get(protocol);
    parts.set(protocol, `${numbered === undefined ? `${protocol} ` : `${numbered},`}${[...named].sort().join(',')}`);
  }
  return [...parts.keys()]
    .sort()
    .flatMap((protocol) => parts.get(protocol) ?? [])
    .join(',');
}

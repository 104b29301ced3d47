import { ConnectionAlgebra } from '../connection-algebra.js';
import { ALL_CONNECTIONS, type ConnectionSet, NO_CONNECTIONS } from '../connection-set.js';
import { DIRECTIONS, type Direction } from '../direction.js';
import type { AnyPolicy, LayerAt, LayerRule, SubjectEndpoint } from '../layer.js';
import { layersAt } from '../layers-at.js';
import type { PolicyBook } from '../policy-book.js';
import type { EndpointClass, PolicyIndex } from '../policy-index.js';
import { type Atom, Atoms } from './atoms.js';
import { allowedBy, type Hit, hitsOf, ruleOutcomes } from './outcome.js';
import type { Population } from './population.js';
import { mayRival, type Rivals, rivalsAmong } from './rivals.js';

/** What a rule comes to over everybody it was asked about. */
export interface RuleFate {
  readonly direction: Direction;
  /** It matches something somewhere. */
  matches: boolean;
  /** Somewhere it is the first of its layer to match. */
  first: boolean;
  /** Somewhere something else would be allowed without it. */
  effective: boolean;
  /** Other rules that decide over what it matches, a few of them. */
  readonly covering: Set<LayerRule>;
}

/** What becomes of a cluster without some policies. */
export interface RemovalFate {
  /** They say something about some endpoint. */
  applies: boolean;
  /** Somewhere something else would be allowed without them. */
  effective: boolean;
}

/** Endpoints under the same rules, and what these leave them. */
export interface SubjectGroup {
  readonly direction: Direction;
  readonly subjects: EndpointClass[];
  readonly layers: readonly LayerAt[];
  /** Every connection with everybody is allowed, or none is; false until everybody was asked about. */
  all: boolean;
  none: boolean;
}

/** What policies and rules do, worked out over the classes of a model. */
export interface Effects {
  readonly rules: ReadonlyMap<LayerRule, RuleFate>;
  readonly policies: ReadonlyMap<AnyPolicy, RemovalFate>;
  /** The NetworkPolicies of a namespace together; under the empty text the policies of the cluster. */
  readonly sets: ReadonlyMap<string, RemovalFate>;
  readonly groups: readonly SubjectGroup[];
  readonly rivals: readonly Rivals[];
  /** Ids of the classes that some policy selects. */
  readonly covered: ReadonlySet<number>;
  /** False: there was too much to compare, and what is not known to be without effect stands as effective. */
  readonly complete: boolean;
}

/** How many rules are asked about pairs of endpoints: about two seconds of work. */
const MOST_WORK = 10_000_000;
const FEW = 4;

/** A set of policies that is taken away. */
interface Removal {
  readonly fate: RemovalFate;
  readonly layers: readonly LayerAt[];
}

/** Follows every rule of every policy over everybody it can meet, until its effect is seen. Yields often. */
export function* effectsOf(index: PolicyIndex, population: Population): Generator<undefined, Effects> {
  const work = new EffectWork(index, new Atoms(population));
  yield* work.group(population);
  let complete = true;
  for (const group of work.groups) {
    if (work.done > MOST_WORK) {
      complete = false;
      break;
    }
    work.follow(group);
    yield;
  }
  return {
    rules: work.rules,
    policies: work.policies,
    sets: work.sets,
    groups: work.groups,
    rivals: [...work.rivals.values()],
    covered: work.covered,
    complete,
  };
}

class EffectWork {
  readonly rules = new Map<LayerRule, RuleFate>();
  readonly policies = new Map<AnyPolicy, RemovalFate>();
  readonly sets = new Map<string, RemovalFate>();
  readonly groups: SubjectGroup[] = [];
  readonly rivals = new Map<string, Rivals>();
  readonly covered = new Set<number>();
  done = 0;
  private readonly algebra = new ConnectionAlgebra();
  private readonly fixed = new Map<LayerRule, ConnectionSet>();

  constructor(
    private readonly index: PolicyIndex,
    private readonly atoms: Atoms,
  ) {}

  /** Endpoints with the same rules are one group. */
  *group(population: Population): Generator<undefined> {
    const ids = new Map<AnyPolicy, number>();
    const byKey = new Map<string, SubjectGroup>();
    for (const one of population.classes) {
      const { endpoint } = one;
      if (endpoint.kind === 'address') continue;
      for (const direction of DIRECTIONS) {
        const layers = layersAt(this.index, direction, endpoint).map((layer) => ({
          ...layer,
          rules: layer.rules.filter((rule) => rule.concerns(endpoint)),
        }));
        if (layers.length > 0) this.covered.add(one.id);
        if (layers.every(({ rules, end }) => rules.length === 0 && end === 'open')) continue;
        const key = groupKey(ids, direction, layers, one);
        const known = byKey.get(key);
        if (known) known.subjects.push(one);
        else byKey.set(key, { direction, subjects: [one], layers, all: false, none: false });
      }
      if (population.classes.length > 1000 && one.id % 200 === 0) yield;
    }
    this.groups.push(...byKey.values());
  }

  /** Goes through everybody whom the group's rules tell apart. */
  follow(group: SubjectGroup): void {
    const { direction, layers, subjects } = group;
    const [subject] = subjects;
    if (!subject || subject.endpoint.kind === 'address') return;
    const rules = layers.flatMap((layer) => layer.rules);
    for (const rule of rules) this.fateOf(rule, direction);
    let removals = this.removalsOf(group, subject.endpoint);
    let [all, none] = [true, true];
    for (const atom of this.atoms.of(rules, subject.families, direction === 'egress' && rules.some(({ fixed }) => !fixed))) {
      this.done += rules.length + 1;
      const [source, destination] = direction === 'egress' ? [subject, atom.other] : [atom.other, subject];
      const matched = (rule: LayerRule) => this.matchedAt(rule, atom, source, destination);
      const hits = hitsOf(layers, matched);
      const allowed = allowedBy(layers, hits, this.algebra);
      all &&= allowed === ALL_CONNECTIONS;
      none &&= allowed === NO_CONNECTIONS;
      this.followRules(layers, hits);
      for (const rivals of rivalsAmong(layers, hits, this.algebra))
        this.rivals.set(`${rivals.policies[0].ref.name} ${rivals.policies[1].ref.name}`, rivals);
      removals = removals.filter(({ fate, layers: others }) => {
        fate.effective ||= allowedBy(others, hitsOf(others, matched), this.algebra) !== allowed;
        return !fate.effective;
      });
      const settled = removals.length === 0 && !all && !none && rules.every((rule) => this.rules.get(rule)?.effective);
      if (settled && !mayRival(layers)) return;
    }
    group.all = all;
    group.none = none;
  }

  private followRules(layers: readonly LayerAt[], hits: readonly Hit[]): void {
    if (hits.every(({ rule }) => this.rules.get(rule)?.effective)) return;
    for (const { hit, share, decides } of ruleOutcomes(layers, hits, this.algebra)) {
      const fate = this.rules.get(hit.rule);
      if (!fate || fate.effective) continue;
      fate.matches = true;
      fate.first ||= share !== NO_CONNECTIONS;
      fate.effective = decides;
      if (decides) continue;
      for (const other of hits) {
        const covers = other !== hit && other.layer === hit.layer && this.algebra.meet(other.matched, hit.matched) !== NO_CONNECTIONS;
        if (covers && fate.covering.size < FEW) fate.covering.add(other.rule);
      }
    }
  }

  /** Each policy of the group, and each set of them, whose effect has not been seen yet. */
  private removalsOf({ direction, layers }: SubjectGroup, subject: SubjectEndpoint): Removal[] {
    const removals: Removal[] = [];
    const take = (fate: RemovalFate, goes: (policy: AnyPolicy) => boolean) => {
      fate.applies = true;
      if (!fate.effective) removals.push({ fate, layers: layersAt(without(this.index, goes), direction, subject) });
    };
    const sets = new Set<string>();
    for (const { policies } of layers) {
      for (const { policy, isolates, rules } of policies) {
        if (!isolates && rules.length === 0) continue;
        take(remembered(this.policies, policy), (one) => one === policy);
        sets.add(setOf(policy));
      }
    }
    for (const set of sets) take(remembered(this.sets, set), (one) => setOf(one) === set);
    return removals;
  }

  private matchedAt(rule: LayerRule, { admitted }: Atom, source: EndpointClass, destination: EndpointClass): ConnectionSet {
    if (!admitted.has(rule.peersKey)) return NO_CONNECTIONS;
    const known = this.fixed.get(rule);
    if (known) return known;
    const found = this.algebra.intern(rule.connectionsAt(destination.endpoint, source.endpoint));
    if (rule.fixed) this.fixed.set(rule, found);
    return found;
  }

  private fateOf(rule: LayerRule, direction: Direction): void {
    if (this.rules.has(rule)) return;
    this.rules.set(rule, { direction, matches: false, first: false, effective: false, covering: new Set() });
  }
}

/** The NetworkPolicies of one namespace are a set, those of the cluster another. */
function setOf(policy: AnyPolicy): string {
  return policy.kind === 'NetworkPolicy' ? policy.namespace : '';
}

function remembered<K>(fates: Map<K, RemovalFate>, key: K): RemovalFate {
  const fate = fates.get(key) ?? { applies: false, effective: false };
  fates.set(key, fate);
  return fate;
}

/** The book as if some policies were not there. */
function without(book: PolicyBook, goes: (policy: AnyPolicy) => boolean): PolicyBook {
  return {
    cilium: book.cilium,
    calico: book.calico,
    settings: book.settings,
    policiesIn: (namespace) => book.policiesIn(namespace),
    selecting: (api, subject) => book.selecting(api, subject).filter((policy) => !goes(policy)),
    mayAdmit: (namespace, direction, other) => book.mayAdmit(namespace, direction, other),
  };
}

function groupKey(
  ids: Map<AnyPolicy, number>,
  direction: Direction,
  layers: readonly LayerAt[],
  { families, endpoint }: EndpointClass,
): string {
  const idOf = (policy: AnyPolicy) => {
    const id = ids.get(policy) ?? ids.size;
    ids.set(policy, id);
    return id;
  };
  const texts = layers.map(({ layer, policies, rules }) => {
    const own = rules.map(({ policy, pointer }) => `${idOf(policy)}${pointer}`);
    return `${layer} ${policies.map(({ policy }) => idOf(policy)).join()} ${own.join()}`;
  });
  const named = direction === 'ingress' && endpoint.kind === 'pod' && layers.some(({ rules }) => rules.some(({ fixed }) => !fixed));
  return `${direction} ${families} ${texts.join('\n')} ${named ? JSON.stringify(endpoint.ports) : ''}`;
}

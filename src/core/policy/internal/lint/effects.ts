import type { Steps } from '../../../kernel/steps.js';
import { ConnectionAlgebra } from '../connection-algebra.js';
import { ALL_CONNECTIONS, type ConnectionSet, NO_CONNECTIONS } from '../connection-set.js';
import type { Direction } from '../direction.js';
import type { AnyPolicy, LayerAt, LayerRule, SubjectEndpoint } from '../layer.js';
import { layersAbout } from '../layers-about.js';
import type { EndpointClass, PolicyIndex } from '../policy-index.js';
import { type Atom, Atoms } from './atoms.js';
import { bookWithout } from './book-without.js';
import { allowedBy, type Hit, hitsOf, sharesOf } from './outcome.js';
import type { Population } from './population.js';
import { type SubjectGroup, subjectGroups, type Subjects } from './subject-groups.js';
import { mayRival, type Rivals, rivalsAmong } from './rivals.js';

/** What a rule comes to over everybody it was asked about. */
export interface RuleFate {
  readonly rule: LayerRule;
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

/** What policies and rules do, worked out over the classes of a model. */
export interface Effects extends Subjects {
  readonly rules: readonly RuleFate[];
  readonly policies: ReadonlyMap<AnyPolicy, RemovalFate>;
  /** The NetworkPolicies of a namespace together; under the empty text the policies of the cluster. */
  readonly sets: ReadonlyMap<string, RemovalFate>;
  readonly rivals: readonly Rivals[];
  /** False: there was too much to compare, and what is not known to be without effect stands as effective. */
  readonly complete: boolean;
}

/** How many words of sets are looked at; asking a rule about a pair of endpoints costs as much as some of them. About five seconds of work. */
const MOST_WORK = 2_500_000_000;
const WORDS_OF_A_QUESTION = 200;
/** Hits that are gone through to see what is allowed without one of them cost less than to ask for them. */
const STEPS_OF_A_QUESTION = 2;
const FEW = 4;

/** A set of policies that is taken away. */
interface Removal {
  readonly fate: RemovalFate;
  readonly layers: readonly LayerAt[];
}

/** Follows every rule of every policy over everybody it can meet, until its effect is seen. Yields often. */
export function* effectsOf(index: PolicyIndex, population: Population): Generator<undefined, Effects> {
  const work = new EffectWork(index, new Atoms(population));
  yield;
  const { groups, covered, selecting } = yield* subjectGroups(index, population);
  let complete = true;
  for (const group of groups) {
    complete = complete && (yield* work.follow(group));
    if (!complete) work.giveUp(group);
  }
  return {
    rules: work.ruleFates,
    policies: work.policies,
    sets: work.sets,
    groups,
    rivals: [...work.rivals.values()],
    covered,
    selecting,
    complete,
  };
}

/** What is found out about a group. */
interface Following {
  readonly group: SubjectGroup;
  readonly subject: EndpointClass;
  readonly rules: readonly LayerRule[];
  removals: readonly Removal[];
  all: boolean;
  none: boolean;
}

/** No pod's ports. */
const EVERYWHERE = {};

const UNKNOWN = { matches: false, first: false, effective: false } as const;
/** Of a rule that may match what no object tells. */
const AS_WRITTEN = { matches: true, first: true, effective: true } as const;

class EffectWork {
  private readonly fates = new Map<LayerRule, RuleFate>();
  private readonly places = new Map<AnyPolicy, Map<string, RuleFate>>();
  readonly policies = new Map<AnyPolicy, RemovalFate>();
  readonly sets = new Map<string, RemovalFate>();
  readonly rivals = new Map<string, Rivals>();
  private asked = 0;
  private readonly algebra = new ConnectionAlgebra();
  private readonly connections = new Map<LayerRule, Map<object, ConnectionSet>>();

  constructor(
    private readonly index: PolicyIndex,
    private readonly atoms: Atoms,
  ) {}

  get ruleFates(): readonly RuleFate[] {
    return [...this.places.values()].flatMap((places) => [...places.values()]);
  }

  get done(): number {
    return this.asked * WORDS_OF_A_QUESTION + this.atoms.work;
  }

  /** What was not looked at has an effect, as far as anybody knows. */
  giveUp({ direction, layers }: SubjectGroup): void {
    for (const { policies, rules } of layers) {
      for (const rule of rules) this.fateOf(rule, direction).effective = true;
      for (const { policy } of policies) {
        for (const fate of this.removalsWith(policy)) fate.effective = true;
      }
    }
  }

  /**
   * Goes through everybody whom the group's rules tell apart: first where most effects show, and through all of them where some do not. Yields after each. False
   * where that is too much work.
   */
  *follow(group: SubjectGroup): Generator<undefined, boolean> {
    const { direction, layers, subjects } = group;
    const [subject] = subjects;
    if (!subject || subject.endpoint.kind === 'address') return true;
    const rules = layers.flatMap((layer) => layer.rules);
    const open = rules.filter((rule) => !this.fateOf(rule, direction).effective);
    const state: Following = {
      group,
      subject,
      rules,
      removals: yield* this.removalsOf(group, subject.endpoint),
      all: true,
      none: !rules.some(admitsUnknown),
    };
    const byPorts = rules.some(({ fixed, looksAtSource }) => (direction === 'egress' ? !fixed : looksAtSource));
    if (yield* this.settledBy(state, yield* this.atoms.samples(rules, open, subject.families))) return true;
    const left = MOST_WORK - (this.done - this.atoms.work);
    const atoms = yield* this.atoms.of(rules, subject.families, byPorts, left);
    if (!atoms) return false;
    if (yield* this.settledBy(state, atoms)) return true;
    if (this.done >= MOST_WORK) return false;
    group.all = state.all;
    group.none = state.none;
    return true;
  }

  /** Looks at atoms until nothing is left to be found out about the group, or there was too much work. */
  private *settledBy(state: Following, atoms: readonly Atom[]): Steps<boolean> {
    for (const atom of atoms) {
      yield;
      if (this.done >= MOST_WORK) return false;
      if (yield* this.isSettled(state, atom)) return true;
    }
    return false;
  }

  /** Looks at one atom, and tells whether nothing is left to be found out about the group. */
  private *isSettled(state: Following, atom: Atom): Steps<boolean> {
    const { group, subject, rules } = state;
    const { direction, layers } = group;
    this.asked += rules.length + 1;
    const [source, destination] = direction === 'egress' ? [subject, atom.other] : [atom.other, subject];
    const matched = (rule: LayerRule) => this.matchedAt(rule, atom, source, destination);
    const hits = hitsOf(layers, matched);
    const allowed = this.algebra.intern(allowedBy(layers, hits));
    state.all &&= allowed === ALL_CONNECTIONS;
    state.none &&= allowed === NO_CONNECTIONS;
    yield* this.followRules(layers, hits, allowed);
    for (const rivals of rivalsAmong(layers, hits, this.algebra)) {
      yield;
      if (rivals) this.rivals.set(`${rivals.policies[0].ref.name} ${rivals.policies[1].ref.name}`, rivals);
    }
    for (const { fate, layers: others } of state.removals) {
      yield;
      this.asked += rules.length / STEPS_OF_A_QUESTION;
      fate.effective ||= this.algebra.intern(allowedBy(others, hitsOf(others, matched))) !== allowed;
    }
    state.removals = state.removals.filter(({ fate }) => !fate.effective);
    const settled = state.removals.length === 0 && !state.all && !state.none && rules.every((rule) => this.fates.get(rule)?.effective);
    return settled && !mayRival(layers);
  }

  private *followRules(layers: readonly LayerAt[], hits: readonly Hit[], allowed: ConnectionSet): Steps<void> {
    if (hits.every(({ rule }) => this.fates.get(rule)?.effective)) return;
    const shares = sharesOf(layers, hits, this.algebra);
    const open = new Set<RuleFate>();
    for (const [position, hit] of hits.entries()) {
      const fate = this.fates.get(hit.rule);
      if (!fate || fate.effective) continue;
      fate.matches = true;
      // What is first nowhere is not missed.
      if (shares[position] === NO_CONNECTIONS) continue;
      fate.first = true;
      open.add(fate);
    }
    this.asked += (open.size * hits.length) / STEPS_OF_A_QUESTION;
    for (const fate of open) {
      yield;
      const others = hits.filter(({ rule }) => this.fates.get(rule) !== fate);
      fate.effective = this.algebra.intern(allowedBy(layers, others)) !== allowed;
    }
    for (const { rule, layer, matched } of hits) {
      const fate = this.fates.get(rule);
      if (!fate || fate.effective) continue;
      yield;
      for (const other of hits) {
        if (fate.covering.size >= FEW) break;
        const covers = other.layer === layer && this.algebra.meet(other.matched, matched) !== NO_CONNECTIONS;
        if (covers && this.fates.get(other.rule) !== fate) fate.covering.add(other.rule);
      }
    }
  }

  /** Each policy of the group, and each set of them, whose effect has not been seen yet. */
  private *removalsOf({ direction, layers }: SubjectGroup, subject: SubjectEndpoint): Steps<readonly Removal[]> {
    const removals: Removal[] = [];
    const take = (fate: RemovalFate, goes: (policy: AnyPolicy) => boolean) => {
      fate.applies = true;
      if (!fate.effective) removals.push({ fate, layers: layersAbout(bookWithout(this.index, goes), direction, subject) });
    };
    const sets = new Set<string>();
    for (const { policies } of layers) {
      for (const { policy, isolates, rules } of policies) {
        yield;
        if (policy.kind === 'Profile' || (!isolates && rules.length === 0)) continue;
        if (rules.some(admitsUnknown)) for (const fate of this.removalsWith(policy)) fate.effective = true;
        take(remembered(this.policies, policy), (one) => one === policy);
        sets.add(setOf(policy));
      }
    }
    for (const set of sets) take(remembered(this.sets, set), (one) => setOf(one) === set);
    return removals;
  }

  /** What becomes of the cluster without the policy, and without the set that it belongs to. */
  private removalsWith(policy: AnyPolicy): readonly RemovalFate[] {
    return [remembered(this.policies, policy), remembered(this.sets, setOf(policy))];
  }

  private matchedAt(rule: LayerRule, atom: Atom, source: EndpointClass, destination: EndpointClass): ConnectionSet {
    if (!this.atoms.admits(rule, atom)) return NO_CONNECTIONS;
    const find = () => this.algebra.intern(rule.connectionsAt(destination.endpoint, source.endpoint));
    if (rule.looksAtSource) return find();
    // What is looked up by name follows from the ports of the destination.
    const at = !rule.fixed && destination.endpoint.kind === 'pod' ? destination.endpoint.ports : EVERYWHERE;
    const known = this.connections.get(rule) ?? new Map<object, ConnectionSet>();
    this.connections.set(rule, known);
    const found = known.get(at) ?? find();
    known.set(at, found);
    return found;
  }

  /** What stands at one place of a policy is one rule, however many the engine makes of it. Nobody takes profiles away. */
  private fateOf(rule: LayerRule, direction: Direction): RuleFate {
    const known = this.fates.get(rule);
    if (known) return known;
    const { policy, pointer } = rule;
    const places = this.places.get(policy) ?? new Map<string, RuleFate>();
    if (policy.kind !== 'Profile') this.places.set(policy, places);
    const place = `${direction} ${pointer}`;
    const start = policy.kind === 'Profile' || admitsUnknown(rule) ? AS_WRITTEN : UNKNOWN;
    const fate = places.get(place) ?? { rule, direction, ...start, covering: new Set() };
    places.set(place, fate);
    this.fates.set(rule, fate);
    return fate;
  }
}

function admitsUnknown(rule: LayerRule): boolean {
  return rule.admitsUnknown === true;
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

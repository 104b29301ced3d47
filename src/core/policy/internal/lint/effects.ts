import type { Steps } from '../../../kernel/steps.js';
import { type ClassSet, hasClass } from '../class-set.js';
import { ConnectionAlgebra } from '../connection-algebra.js';
import { ALL_CONNECTIONS, type ConnectionSet, haveConnections, NO_CONNECTIONS } from '../connection-set.js';
import type { AnyPolicy, LayerAt, LayerRule } from '../layer.js';
import type { EndpointClass, PolicyIndex } from '../policy-index.js';
import { type Atom, Atoms } from './atoms.js';
import { admitsUnknown, Fates, type RemovalFate, type RuleFate, setOf } from './fates.js';
import { type Decided, missedThings } from './missed.js';
import { allowedBy, type Hit, runsOf, sharesOf } from './outcome.js';
import type { Population } from './population.js';
import { type Removal, type Removals, removalsOf } from './removals.js';
import { mayRival, type Rivals, rivalsAmong } from './rivals.js';
import { type SubjectGroup, subjectGroups, type Subjects } from './subject-groups.js';

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

/** How many words of sets are looked at. About five seconds of work. */
const MOST_WORK = 2_500_000_000;
/** What a rule matches is taken, joined and looked at for what it alone does: that takes as long as so many words. */
const WORDS_OF_A_HIT = 1_000;
/** Whether a rule, or a policy, has anything to do with an endpoint is one look into a set. */
const WORDS_OF_A_LOOK = 5;
const FEW = 4;

/** A rule, where it stands, and the classes that it admits. */
interface PlacedRule {
  readonly rule: LayerRule;
  readonly layer: number;
  readonly admitted: ClassSet;
}

/** Follows every rule of every policy over everybody it can meet, until its effect is seen. Yields often. */
export function* effectsOf(index: PolicyIndex, population: Population): Generator<undefined, Effects> {
  const work = new EffectWork(new Atoms(population));
  yield;
  const { groups, covered, selecting } = yield* subjectGroups(index, population);
  let complete = true;
  for (const group of groups) {
    complete = complete && (yield* work.follow(group));
    if (!complete) work.fates.giveUp(group);
  }
  return {
    rules: work.fates.rules,
    policies: work.fates.policies,
    sets: work.fates.sets,
    groups,
    rivals: [...work.rivals.values()],
    covered,
    selecting,
    complete,
  };
}

/** What is found out about a group. */
interface Following extends Removals {
  readonly group: SubjectGroup;
  readonly subject: EndpointClass;
  readonly rules: readonly PlacedRule[];
  /** Those whose effect has not been seen. */
  readonly open: Set<RuleFate>;
  readonly rivalry: boolean;
  all: boolean;
  none: boolean;
}

/** No pod's ports. */
const EVERYWHERE = {};

class EffectWork {
  readonly fates = new Fates();
  readonly rivals = new Map<string, Rivals>();
  private asked = 0;
  private readonly algebra = new ConnectionAlgebra();
  private readonly connections = new Map<LayerRule, Map<object, ConnectionSet>>();

  constructor(private readonly atoms: Atoms) {}

  get done(): number {
    return this.asked + this.atoms.work;
  }

  /**
   * Goes through everybody whom the group's rules tell apart: first where most effects show, and through all of them where some do not. Yields after each. False
   * where that is too much work.
   */
  *follow(group: SubjectGroup): Generator<undefined, boolean> {
    const { direction, written, layers, subjects, whose } = group;
    const [subject] = subjects;
    if (!subject || subject.endpoint.kind === 'address') return true;
    const rules = layers.flatMap((layer) => layer.rules);
    const state = yield* this.startOf(group, subject);
    const open = rules.filter((rule) => !this.fates.of(rule, written).effective);
    const meeting = this.atoms.meeting(subject.families, whose, subjects);
    if (yield* this.settledBy(state, yield* this.atoms.samples(rules, open, meeting))) return true;
    const byPorts = rules.some(({ fixed, looksAtSource }) => (direction === 'egress' ? !fixed : looksAtSource));
    const atoms = yield* this.atoms.of(rules, meeting, byPorts, MOST_WORK - this.asked);
    if (!atoms) return false;
    if (yield* this.settledBy(state, atoms)) return true;
    if (this.done >= MOST_WORK) return false;
    group.all = state.all;
    group.none = state.none;
    return true;
  }

  private *startOf(group: SubjectGroup, subject: EndpointClass): Steps<Following> {
    const { written, layers } = group;
    const rules: PlacedRule[] = [];
    const open = new Set<RuleFate>();
    for (const [layer, own] of layers.entries()) {
      for (const rule of own.rules) {
        yield;
        rules.push({ rule, layer, admitted: yield* this.atoms.setOf(rule) });
        const fate = this.fates.of(rule, written);
        if (!fate.effective) open.add(fate);
      }
    }
    const none = !rules.some(({ rule }) => admitsUnknown(rule));
    return { group, subject, rules, open, ...(yield* removalsOf(this.fates, layers)), rivalry: mayRival(layers), all: true, none };
  }

  /** Looks at atoms until nothing is left to be found out about the group, or there was too much work. */
  private *settledBy(state: Following, atoms: readonly Atom[]): Steps<boolean> {
    for (const atom of atoms) {
      yield;
      if (this.done >= MOST_WORK) return false;
      yield* this.lookAt(state, atom);
      const { open, policies, sets, rivalry, all, none } = state;
      if (open.size + policies.size + sets.size === 0 && !all && !none && !rivalry) return true;
    }
    return false;
  }

  /** Looks at one atom. */
  private *lookAt(state: Following, atom: Atom): Steps<void> {
    const { group, subject, rules } = state;
    const { direction, layers } = group;
    const [source, destination] = direction === 'egress' ? [subject, atom.other] : [atom.other, subject];
    const hits: Hit[] = [];
    for (const { rule, layer, admitted } of rules) {
      if (!hasClass(admitted, atom.position)) continue;
      const matched = this.matchedAt(rule, source, destination);
      if (matched !== NO_CONNECTIONS) hits.push({ rule, layer, matched });
    }
    this.asked += rules.length * WORDS_OF_A_LOOK + hits.length * WORDS_OF_A_HIT;
    yield;
    const runs = runsOf(hits);
    const decided: Decided = { layers, runs, allowed: allowedBy(layers, runs) };
    state.all &&= decided.allowed === ALL_CONNECTIONS;
    state.none &&= decided.allowed === NO_CONNECTIONS;
    if (state.open.size > 0) yield* this.followRules(state, hits, decided);
    if (state.rivalry) yield* this.followRivals(layers, hits);
    yield* this.followRemovals(state.policies, decided, ({ rule }) => rule.policy);
    yield* this.followRemovals(state.sets, decided, ({ rule }) => setOf(rule.policy));
  }

  private *followRivals(layers: readonly LayerAt[], hits: readonly Hit[]): Steps<void> {
    for (const rivals of rivalsAmong(layers, hits)) {
      yield;
      this.asked += WORDS_OF_A_HIT;
      if (rivals) this.rivals.set(`${rivals.policies[0].ref.name} ${rivals.policies[1].ref.name}`, rivals);
    }
  }

  /** Takes those out that are missed here. */
  private *followRemovals<K>(removals: Map<K, Removal>, decided: Decided, keyOf: (hit: Hit) => K): Steps<void> {
    if (removals.size === 0) return;
    const opened = new Map<K, ReadonlySet<number>>();
    for (const [key, { opens }] of removals) if (opens) opened.set(key, opens);
    this.asked += opened.size * WORDS_OF_A_HIT;
    for (const key of yield* missedThings(decided, (hit) => (removals.has(keyOf(hit)) ? keyOf(hit) : undefined), opened)) {
      const removal = removals.get(key);
      if (removal) removal.fate.effective = true;
      removals.delete(key);
    }
  }

  private *followRules({ open }: Following, hits: readonly Hit[], decided: Decided): Steps<void> {
    const openAt = ({ rule }: Hit) => {
      const fate = this.fates.known(rule);
      return fate && open.has(fate) ? fate : undefined;
    };
    if (!hits.some(openAt)) return;
    const shares = sharesOf(decided.layers, hits);
    for (const [position, hit] of hits.entries()) {
      yield;
      const fate = openAt(hit);
      if (!fate) continue;
      fate.matches = true;
      if (shares[position] !== NO_CONNECTIONS) fate.first = true;
    }
    for (const fate of yield* missedThings(decided, openAt)) {
      fate.effective = true;
      open.delete(fate);
    }
    const byLayer = new Map<number, Hit[]>();
    for (const hit of hits) {
      const known = byLayer.get(hit.layer);
      if (known) known.push(hit);
      else byLayer.set(hit.layer, [hit]);
    }
    for (const hit of hits) {
      const fate = openAt(hit);
      if (!fate || fate.covering.size >= FEW) continue;
      yield;
      const neighbours = byLayer.get(hit.layer) ?? [];
      this.asked += neighbours.length * WORDS_OF_A_LOOK;
      this.cover(fate, hit, neighbours);
    }
  }

  /** Remembers a few of the rules of its layer that decide over what a rule matches. */
  private cover(fate: RuleFate, { matched }: Hit, neighbours: readonly Hit[]): void {
    for (const other of neighbours) {
      if (fate.covering.size >= FEW) return;
      if (this.fates.known(other.rule) !== fate && haveConnections(other.matched, matched)) fate.covering.add(other.rule);
    }
  }

  private matchedAt(rule: LayerRule, source: EndpointClass, destination: EndpointClass): ConnectionSet {
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
}

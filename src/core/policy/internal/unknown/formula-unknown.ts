import { describeRef } from '../../../kernel/object-ref.js';
import { finished, type Steps } from '../../../kernel/steps.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { PROTOCOLS } from '../../../net/protocol.js';
import type { CalicoPolicy } from '../../../resources/calico-policy.js';
import type { CiliumPolicy } from '../../../resources/cilium-policy.js';
import { isCiliumPolicy } from '../acting-cilium-policy.js';
import { actsOnForward } from '../calico-book.js';
import { portProtocol } from '../calico-connections.js';
import { isCalicoPolicy } from '../calico-layers.js';
import { entitySelectors } from '../calico-selectors.js';
import { describeCiliumPeer } from '../cilium-words.js';
import { type Direction, DIRECTIONS } from '../direction.js';
import type { AnyPolicy, LayerRule } from '../layer.js';
import type { PolicyIndex } from '../policy-index.js';
import { podsOfEntity } from './calico-pods.js';
import { podsOfCiliumPeer } from './cilium-pods.js';
import { podsOfPeer } from './kubernetes-pods.js';
import { pseudoPeersOf } from './netpol-unknown.js';
import { isPods, peeredRules, policyNamespace, portNamesOf } from './peered-rules.js';
import { PodAddresses } from './pod-addresses.js';
import { type AskedMarks, marksAskedBy, marksOfWitness } from './marks.js';
import { ANY_POD, anyOf, asSelectors, isToldByLabels, type PodFormula } from './pod-formula.js';
import { distinctPeers, type ExistingPeer, nameOfSelectors, type PseudoPeer } from './pseudo-peer.js';
import { entails, refutes, satisfy, type Witness } from './satisfy.js';
import type { PortName, Unknown, UnknownPods } from './unknown-pods.js';

/** Unknown pods that were asked about, and labels that such pods may have. */
interface Place {
  readonly position: number;
  readonly formula: PodFormula;
  readonly witness: Witness | undefined;
  readonly marks: readonly string[] | undefined;
}

const [NOT_ASKED, MEANT, NOT_MEANT] = [0, 1, 2];

/** Which pods a rule means, whether they exist or not. */
interface RulePods {
  readonly pointer: string;
  readonly pods: PodFormula;
  /** Of {@link marksAskedBy}. */
  readonly marks: AskedMarks;
  readonly pseudoPeers: readonly PseudoPeer[];
  readonly portNames: readonly PortName[];
}

type ReadRule = Omit<RulePods, 'marks'>;
/** By the places of the rules. */
type RulesByDirection = Readonly<Record<Direction, ReadonlyMap<string, RulePods>>>;

/**
 * Unknown pods by what rules of every API ask of labels: a rule means such pods as a peer selects where the one formula follows from the other. What depends on
 * an address or on services no label tells: such a rule means no unknown pods, and is counted.
 */
export class FormulaUnknown implements UnknownPods {
  pseudoPeers: readonly PseudoPeer[] = [];
  private readonly untoldRules = new Set<string>();
  private readonly addresses: PodAddresses;
  private readonly rules = new Map<AnyPolicy, RulesByDirection>();
  /** By position of the unknown pods, whether a rule that may mean any of them means them; there may be millions. */
  private readonly answers = new Map<RulePods, Uint8Array>();
  /** The same of rules that are asked about few of them. */
  private readonly fewAnswers = new Map<RulePods, Map<Place, boolean>>();
  private readonly asked = new Map<Unknown, Place>();

  private constructor(
    model: NetworkModel,
    private readonly index: PolicyIndex,
  ) {
    this.addresses = new PodAddresses(model);
  }

  /** Looks for them in the rules of every policy. Yields often. */
  static *of(model: NetworkModel, index: PolicyIndex, existing: readonly ExistingPeer[]): Steps<FormulaUnknown> {
    const unknown = new FormulaUnknown(model, index);
    const found: PseudoPeer[] = [];
    for (const policy of index.objects) {
      yield* unknown.readInSteps(policy);
      for (const direction of ['ingress', 'egress'] as const) {
        for (const { pointer, pods, pseudoPeers } of unknown.rulesOf(policy, direction).values()) {
          yield;
          if (entails(ANY_POD, pods) === true) continue;
          if (!isToldByLabels(pods) || satisfy(pods) === 'unknown') unknown.untoldRules.add(`${describeRef(policy.ref)} ${pointer}`);
          for (const one of pseudoPeers) if (isToldByLabels(one.formula) && satisfy(one.formula) !== 'none') found.push(one);
        }
      }
    }
    unknown.pseudoPeers = yield* distinctPeers(found, existing);
    return unknown;
  }

  /** How many rules ask for what no label tells, or for more than can be found out. */
  get untold(): number {
    return this.untoldRules.size;
  }

  means(rule: LayerRule, direction: Direction, who: Unknown): boolean | undefined {
    const written = this.rulesOf(rule.policy, direction).get(rule.pointer);
    if (!written) return undefined;
    const place = this.place(who);
    if (written.marks.length > 0) return this.amongFew(written, place);
    const answers = this.answers.get(written) ?? new Uint8Array(this.pseudoPeers.length + 1);
    this.answers.set(written, answers);
    const known = answers[place.position];
    // Only those that rules select are remembered.
    if (known === undefined) return follows(place, written);
    if (known === NOT_ASKED) answers[place.position] = follows(place, written) ? MEANT : NOT_MEANT;
    return answers[place.position] === MEANT;
  }

  private amongFew(written: RulePods, place: Place): boolean {
    const answers = this.fewAnswers.get(written) ?? new Map<Place, boolean>();
    this.fewAnswers.set(written, answers);
    const answer = answers.get(place) ?? follows(place, written);
    answers.set(place, answer);
    return answer;
  }

  marksAsked(rule: LayerRule, direction: Direction): AskedMarks {
    return this.rulesOf(rule.policy, direction).get(rule.pointer)?.marks ?? [];
  }

  marksOf(who: Unknown): readonly string[] | undefined {
    return this.place(who).marks;
  }

  private place(who: Unknown): Place {
    const found = this.asked.get(who);
    if (found) return found;
    const formula = who === 'everybody' ? ANY_POD : who.formula;
    const witness = satisfy(formula);
    const known = typeof witness === 'string' ? undefined : witness;
    const place = { position: this.asked.size, formula, witness: known, marks: known && marksOfWitness(known) };
    this.asked.set(who, place);
    return place;
  }

  portNames(rule: LayerRule, direction: Direction): readonly PortName[] {
    return this.rulesOf(rule.policy, direction).get(rule.pointer)?.portNames ?? [];
  }

  private rulesOf(policy: AnyPolicy, direction: Direction): ReadonlyMap<string, RulePods> {
    const found = this.rules.get(policy) ?? finished(this.readInSteps(policy));
    return found[direction];
  }

  /** Yields after each rule. */
  private *readInSteps(policy: AnyPolicy): Steps<RulesByDirection> {
    const found = { egress: new Map<string, RulePods>(), ingress: new Map<string, RulePods>() };
    for (const direction of DIRECTIONS) {
      for (const rule of this.read(policy, direction)) {
        yield;
        found[direction].set(rule.pointer, { ...rule, marks: marksAskedBy(rule.pods) });
      }
    }
    this.rules.set(policy, found);
    return found;
  }

  private read(policy: AnyPolicy, direction: Direction): Iterable<ReadRule> {
    if (isCalicoPolicy(policy)) return this.readCalico(policy, direction);
    return isCiliumPolicy(policy) ? this.readCilium(policy, direction) : this.readKubernetes(policy, direction);
  }

  private *readKubernetes(policy: AnyPolicy, direction: Direction): Generator<ReadRule> {
    const namespace = policyNamespace(policy);
    for (const { pointer, peers, ports } of peeredRules(policy, direction)) {
      const pods = peers.map((peer) => podsOfPeer(this.index.settings, this.addresses, peer, namespace));
      yield {
        pointer,
        pods: peers.length === 0 ? ANY_POD : anyOf(pods),
        pseudoPeers: peers.flatMap((peer) => (isPods(peer) ? pseudoPeersOf(peer, namespace) : [])),
        portNames: portNamesOf(ports),
      };
    }
  }

  private *readCalico(policy: CalicoPolicy, direction: Direction): Generator<ReadRule> {
    const { calico } = this.index;
    if (!calico) return;
    const namespace = policy.kind === 'CalicoNetworkPolicy' ? policy.namespace : undefined;
    // What enters or leaves a node, to or from one of its pods, is asked the other way round.
    const written = calico.forwards && actsOnForward(policy) ? DIRECTIONS : [direction];
    for (const rule of written.flatMap((one) => policy[one])) {
      if (rule.action === 'Log' || rule.failsClosed) continue;
      const entity = direction === 'ingress' ? rule.source : rule.destination;
      const pods = podsOfEntity(calico, this.addresses, entity, namespace);
      const { positive, negative } = entitySelectors(entity, namespace);
      const text = [positive?.text ?? '', negative ? `!(${negative.text})` : ''].filter(Boolean).join(' && ');
      const protocol = portProtocol(rule);
      const names = protocol ? rule.destination.ports.flatMap((port) => (port.type === 'name' ? [{ protocol, name: port.name }] : [])) : [];
      yield { pointer: rule.pointer, pods, pseudoPeers: [pseudoPeerOf(pods, text)], portNames: names };
    }
  }

  private *readCilium({ specs }: CiliumPolicy, direction: Direction): Generator<ReadRule> {
    const { cilium } = this.index;
    if (!cilium) return;
    const rules = specs.flatMap((spec) => spec[direction].rules).filter(({ failsClosed }) => !failsClosed);
    for (const { pointer, peers, ports } of rules) {
      const meant = (peers ?? []).flatMap((peer) => {
        const pods = cilium.resolve(peer).map((resolved) => podsOfCiliumPeer(resolved, cilium.identities));
        return pods.map((formula) => pseudoPeerOf(formula, describeCiliumPeer(peer)));
      });
      const names = ports.flatMap((one) =>
        one.ports.flatMap((port) => {
          if (port.type !== 'port' || typeof port.port !== 'string') return [];
          const { port: name, protocol } = port;
          return (protocol === 'ANY' ? PROTOCOLS : [protocol]).map((of) => ({ protocol: of, name }));
        }),
      );
      // "nil FromEndpoints is implicitly treated as a wildcard selector if ToPorts are also specified" (CRD).
      const pods = peers === undefined && ports.length > 0 ? ANY_POD : anyOf(meant.map(({ formula }) => formula));
      yield { pointer, pods, pseudoPeers: meant, portNames: names };
    }
  }
}

function follows({ formula, witness }: Place, { pods }: RulePods): boolean {
  return !(witness && refutes(witness, pods)) && entails(formula, pods) === true;
}

function pseudoPeerOf(formula: PodFormula, text: string): PseudoPeer {
  const selectors = asSelectors(formula);
  return { name: selectors ? nameOfSelectors(selectors) : `[pod that matches ${text}]`, formula, selectors };
}

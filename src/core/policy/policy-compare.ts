import { type Answer, uniqueNotes } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import { describeRef } from '../kernel/object-ref.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { NetworkModel } from '../model/network-model.js';
import { CILIUM_POLICY_KINDS } from '../model/network-profile.js';
import type { ClusterPolicy } from '../resources/cluster-policy.js';
import type { NetworkPolicy } from '../resources/network-policy.js';
import { type CompareResult, type CompareScope, type CompareVerdict, COMPARE_VERDICTS, type Comparison } from './compare-result.js';
import { isCiliumPolicy } from './internal/acting-cilium-policy.js';
import { isClusterPolicy } from './internal/acting-cluster-policy.js';
import { AddressCuts } from './internal/address-cuts.js';
import { isCalicoPolicy } from './internal/calico-layers.js';
import { compareOver } from './internal/compare/compare-over.js';
import { kindsOf, type Matching, NO_FACTS, type Resident } from './internal/compare/kinds.js';
import { withNames } from './internal/compare/unresolved-peers.js';
import { MOST_ASKED } from './internal/compare/possible-endpoint.js';
import { possibleWorld } from './internal/compare/possible-endpoints.js';
import { ALL_CONNECTIONS, type ConnectionSet, EVERY_PORT } from './internal/connection-set.js';
import { DIRECTIONS } from './internal/direction.js';
import { assumedSwitch, enforcementOf } from './internal/enforcement.js';
import { Atoms } from './internal/lint/atoms.js';
import { Population } from './internal/lint/population.js';
import type { AnyPolicy } from './internal/layer.js';
import type { PolicyEndpoint } from './internal/policy-endpoint.js';
import { PolicyIndex } from './internal/policy-index.js';

/** Two sets of policies, of one revision or of two; each in the order in which its model has them. */
export interface CompareQuestion {
  readonly a: readonly AnyPolicy[];
  readonly b: readonly AnyPolicy[];
  readonly over: CompareScope;
  /** The revision that B is of, where it is another than A's. */
  readonly since: number | undefined;
}

/** "Protocols other than TCP, UDP, SCTP: not defined" by these APIs: they are compared over those three. */
function isOfKubernetes(policy: AnyPolicy): policy is NetworkPolicy | ClusterPolicy {
  return policy.kind === 'NetworkPolicy' || isClusterPolicy(policy);
}

/** So many unlike endpoints are compared with one another: about two seconds of work. */
const MOST_KINDS = 1_000;

/**
 * Compares what two sets of policies allow: each set alone, as if there were no other policy. Yields often. Fails with `limit-too-large` where the sets tell more
 * endpoints apart than can be compared.
 */
export function* policyCompare(
  model: NetworkModel,
  question: CompareQuestion,
): Generator<undefined, Result<Answer<CompareVerdict, CompareResult>, Problem>> {
  const { a, b } = question;
  const enforcing = enforcingAll(model, [...a, ...b]);
  const both = withOnly(enforcing, [...a, ...b]);
  const books = yield* booksOf(enforcing, question);
  // Of sets of two plugins one index has the policies of one: addresses are told apart as both sets do.
  const cuts = yield* AddressCuts.of([...books.a.policies, ...books.b.policies], DIRECTIONS);
  const index = (yield* PolicyIndex.inSteps(both)).cutBy(cuts);
  const cluster = yield* overCluster(both, index, books, question);
  if (!cluster.ok) return cluster;
  const possible = yield* overPossible(enforcing, question, books, cuts);
  return ok(conclude(model, question, cluster.value, possible));
}

interface BothBooks {
  readonly a: PolicyIndex;
  readonly b: PolicyIndex;
  readonly both: PolicyIndex | undefined;
}

/** Each set by itself, and both together where they are of one revision. */
function* booksOf(model: NetworkModel, { a, b, since }: CompareQuestion): Generator<undefined, BothBooks> {
  return {
    a: yield* PolicyIndex.inSteps(withOnly(model, a)),
    b: yield* PolicyIndex.inSteps(withOnly(model, b)),
    both: since === undefined ? yield* PolicyIndex.inSteps(withOnly(model, [...a, ...b])) : undefined,
  };
}

/** The model as if the plugin enforced the APIs of all these policies, whoever else does. */
function enforcingAll(model: NetworkModel, policies: readonly AnyPolicy[]): NetworkModel {
  const apis = ['networking.k8s.io', 'policy.networking.k8s.io'];
  if (policies.some(isCiliumPolicy)) apis.push('cilium.io');
  if (policies.some(isCalicoPolicy)) apis.push('projectcalico.org');
  const { policy } = model.profile;
  const cilium = { ...policy.cilium, kinds: CILIUM_POLICY_KINDS };
  return { ...model, profile: { ...model.profile, policy: { ...policy, enforcement: 'on', apis, cilium } } };
}

/** The model as if there were no other policies. */
function withOnly(model: NetworkModel, policies: readonly AnyPolicy[]): NetworkModel {
  return {
    ...model,
    networkPolicies: policies.filter((policy) => policy.kind === 'NetworkPolicy'),
    clusterPolicies: policies.filter(isClusterPolicy),
    ciliumPolicies: policies.filter(isCiliumPolicy),
    calico: { ...model.calico, policies: policies.filter(isCalicoPolicy), stagedPolicies: [] },
  };
}

function* overCluster(
  model: NetworkModel,
  index: PolicyIndex,
  books: BothBooks,
  { a, b }: CompareQuestion,
): Generator<undefined, Result<Comparison, Problem>> {
  const population = yield* Population.of(model, index);
  const atoms = new Atoms(population);
  const residents = withNames(
    population.classes.flatMap((one): readonly Resident[] => {
      const { workload, pods } = population.of(one);
      const { endpoint } = one;
      if (endpoint.kind === 'address' && isOfEndpoint(model, workload)) return [];
      return [{ endpoint, name: workload, twins: pods > 1 || endpoint.kind !== 'pod', facts: NO_FACTS, meantBy: NOBODY }];
    }),
    [...a, ...b],
  );
  if (!residents) return err(problem('limit-too-large', TOO_MANY_NAMES, { hint: 'compare fewer policies at once' }));
  const byEndpoint = new Map<PolicyEndpoint, Resident[]>();
  for (const resident of residents) byEndpoint.set(resident.endpoint, [...(byEndpoint.get(resident.endpoint) ?? []), resident]);
  const matching: Matching = function* (rule) {
    return (yield* atoms.matching(rule)).flatMap(({ endpoint }) => byEndpoint.get(endpoint) ?? []);
  };
  const kinds = yield* kindsOf(residents, books, matching, MOST_KINDS);
  if (!kinds) return err(tooMany());
  return ok(yield* compareOver(kinds, books, judgedOf([...a, ...b])));
}

/** A part of the address space that is no more than the address of a node or pod has nobody outside. */
function isOfEndpoint(model: NetworkModel, address: string): boolean {
  return model.ipOwners.get(address)?.some(({ type }) => type === 'node' || type === 'pod') === true;
}

const NOBODY: ReadonlySet<string> = new Set();
const TOO_MANY_NAMES = 'the policies name more domain names than can be told apart';

/** The connections that the policies speak of. */
function judgedOf(policies: readonly AnyPolicy[]): ConnectionSet {
  return policies.every(isOfKubernetes) ? EVERY_PORT : ALL_CONNECTIONS;
}

function rulesIn(policy: AnyPolicy): number {
  if (isCiliumPolicy(policy)) return policy.specs.reduce((sum, { ingress, egress }) => sum + ingress.rules.length + egress.rules.length, 0);
  return 'ingress' in policy ? policy.ingress.length + policy.egress.length : 0;
}

function tooMany(): Problem {
  const message = `the policies tell more than ${MOST_KINDS} kinds of endpoints apart, which are not compared with one another`;
  return problem('limit-too-large', message, { hint: 'compare fewer policies at once', extra: { maximum: MOST_KINDS } });
}

function* overPossible(
  enforcing: NetworkModel,
  question: CompareQuestion,
  books: BothBooks,
  cuts: AddressCuts,
): Generator<undefined, Comparison | string> {
  const policies = [...question.a, ...question.b];
  const indexes = [books.a, books.b];
  if (indexes.some(({ cilium }) => cilium?.knowsApiServer === false && cilium.asksApiServer())) {
    return 'the policies name the entity kube-apiserver, and no object tells where it is';
  }
  const world = yield* possibleWorld(indexes, cuts, policies, enforcing.profile.cni);
  if (typeof world === 'string') return world;
  const named = withNames(
    world.endpoints.map((one) => ({ ...one, meantBy: NOBODY })),
    policies,
  );
  if (!named) return TOO_MANY_NAMES;
  const calico = { ...enforcing.calico, hostEndpoints: world.hostEndpoints, profiles: [] };
  const nodes = new Map([...enforcing.nodes, ...world.nodes.map((node) => [node.name, node] as const)]);
  const possible = { ...enforcing, nodes, calico };
  const known = yield* booksOf(possible, question);
  const rules = policies.reduce((sum, policy) => sum + rulesIn(policy), 0);
  if (rules * named.length > MOST_ASKED) return 'there are more rules, and kinds of pods that they tell apart, than can be compared';
  const matching: Matching = function* (rule) {
    const found: Resident[] = [];
    for (const one of named) {
      yield;
      if (rule.admits(one.endpoint)) found.push(one);
    }
    return found;
  };
  const kinds = yield* kindsOf(named, known, matching, MOST_KINDS);
  if (!kinds) return 'there are more kinds of pods that the policies tell apart than can be compared';
  return yield* compareOver(kinds, known, judgedOf(policies));
}

function conclude(
  model: NetworkModel,
  { a, b, over, since }: CompareQuestion,
  cluster: Comparison,
  possible: Comparison | string,
): Answer<CompareVerdict, CompareResult> {
  const names = (policies: readonly AnyPolicy[]) => policies.map(({ ref }) => describeRef(ref));
  const overAll = typeof possible === 'string' ? null : possible;
  const chosen = over === 'cluster' ? cluster : overAll;
  const verdict = chosen?.relation ?? 'UNKNOWN';
  const trail = new Trail();
  for (const [side, policies] of [
    ['a', a],
    ['b', b],
  ] as const) {
    for (const { ref } of policies) {
      const when = side === 'b' && since !== undefined ? ` of revision ${since}` : '';
      trail.add({ stage: `set-${side}`, outcome: 'selected', reason: 'SET_MEMBER', message: `${describeRef(ref)}${when}`, object: ref });
    }
  }
  for (const { from, to, a: ofA, b: ofB } of chosen?.differences ?? []) {
    trail.add({
      stage: 'compare',
      outcome: 'no-match',
      reason: 'DIFFERENCE',
      message: `${from} → ${to}: ${ofA} by the first, ${ofB} by the second`,
    });
  }
  const assumptions = uniqueNotes(assumptionsOf(model, [...a, ...b]));
  return {
    verdict,
    summary: `${nameSet(a)} and ${nameSet(b)}${since === undefined ? '' : ` of revision ${since}`}, over ${over === 'cluster' ? 'the endpoints of the cluster' : 'all that there could be'}: ${verdict}, ${COMPARE_VERDICTS[verdict]}`,
    result: { over, a: names(a), b: names(b), cluster, possible: overAll, whyNot: typeof possible === 'string' ? possible : null },
    evidence: trail.list(),
    assumptions,
    warnings: [],
    confidence: verdict === 'UNKNOWN' ? 'INSUFFICIENT_INFO' : assumptions.length > 0 ? 'ASSUMED' : 'CERTAIN',
    enforcement: enforcementOf(model),
  };
}

function assumptionsOf(model: NetworkModel, policies: readonly AnyPolicy[]) {
  const peers = policies
    .filter(isOfKubernetes)
    .flatMap((policy) => [...policy.ingress, ...policy.egress].flatMap((rule): readonly { readonly type: string }[] => rule.peers));
  const has = (type: string) => peers.some((peer) => peer.type === type);
  const { ipBlockMatchesPods, networksMatchPods } = model.profile.policy;
  return [
    ...(has('ipBlock')
      ? assumedSwitch(model, 'policy.ipBlockMatchesPods', `an ipBlock is taken to ${ipBlockMatchesPods ? '' : 'not '}match pods`)
      : []),
    ...(has('networks')
      ? assumedSwitch(model, 'policy.networksMatchPods', `\`networks\` are taken to ${networksMatchPods ? '' : 'not '}match pods`)
      : []),
  ];
}

function nameSet(policies: readonly AnyPolicy[]): string {
  const [first] = policies;
  if (!first) return 'no policy';
  return policies.length === 1 ? describeRef(first.ref) : `${describeRef(first.ref)} and ${policies.length - 1} more`;
}

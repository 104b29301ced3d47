import type { Answer, Note } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import { firstFew } from '../kernel/first-few.js';
import { describeRef, type ObjectRef } from '../kernel/object-ref.js';
import type { Steps } from '../kernel/steps.js';
import type { ModelPod, NetworkModel } from '../model/network-model.js';
import type { ClusterPolicy, ClusterRule, PolicyTier } from '../resources/cluster-policy.js';
import { formatSelector } from '../resources/label-selector.js';
import type { NetworkPolicy, PolicyRule } from '../resources/network-policy.js';
import { selectsSubject } from './internal/acting-cluster-policy.js';
import { selectsPod } from './internal/acting-network-policy.js';
import { DIRECTIONS, type Direction } from './internal/direction.js';
import { assumedApis, assumedCalico, enforcementOf, isEnforced, unenforcedPolicies, unmodelledPolicies } from './internal/enforcement.js';
import type { AnyPolicy, LayerAt } from './internal/layer.js';
import { layersAt } from './internal/layers-at.js';
import { PolicyIndex } from './internal/policy-index.js';
import { type SelectingCalicoPolicy, selectingCalicoPolicies } from './internal/selecting-calico-policies.js';
import { type SelectingCiliumPolicy, selectingCiliumPolicies } from './internal/selecting-cilium-policies.js';
import { toldInPart } from './internal/told-in-part.js';
import { describePeer, describePort, describeSubject, inWords, selectorMiss } from './internal/policy-words.js';

/** The meaning of each verdict. */
export const POD_POLICIES_VERDICTS = {
  ISOLATED: 'policies isolate the pod in both directions',
  INGRESS_ISOLATED: 'policies decide what reaches the pod, and nothing keeps it from reaching others',
  EGRESS_ISOLATED: 'policies decide what the pod reaches, and nothing keeps others from reaching it',
  OPEN: 'no policy isolates the pod',
} as const;

/** How far policies isolate a pod. */
export type PodPoliciesVerdict = keyof typeof POD_POLICIES_VERDICTS;

/** One policy that selects the pod. */
export interface SelectingPolicy {
  readonly namespace: string;
  readonly name: string;
  /** kubectl's spelling; `<all>` for the empty selector. */
  readonly podSelector: string;
  readonly ingress: boolean;
  readonly egress: boolean;
  /** Each rule in words: `from pods app=web of namespace shop, TCP 8080`. Only of the directions that it isolates. */
  readonly ingressRules: readonly string[];
  readonly egressRules: readonly string[];
}

/** One policy of the cluster that selects the pod: it isolates nothing, its rules decide in order. */
export interface SelectingClusterPolicy {
  readonly kind: ClusterPolicy['kind'];
  readonly name: string;
  readonly tier: PolicyTier;
  /** Null: last of its tier. */
  readonly priority: number | null;
  /** `pods app=web of namespaces team=x`. */
  readonly subject: string;
  /** Each rule in words: `Deny from all pods of all namespaces, TCP 8080`. */
  readonly ingressRules: readonly string[];
  readonly egressRules: readonly string[];
}

/** What `pod-policies` finds out beside the verdict. */
export interface PodPoliciesResult {
  readonly pod: string;
  readonly labels: readonly string[];
  readonly policies: readonly SelectingPolicy[];
  /** Policies of `policy.networking.k8s.io` in the order in which they act; none where the plugin does not enforce them. */
  readonly clusterPolicies: readonly SelectingClusterPolicy[];
  /** Policies of `cilium.io`; of a pod on the host network those of its node. None where Cilium does not enforce policies. */
  readonly ciliumPolicies: readonly SelectingCiliumPolicy[];
  /** Policies of `projectcalico.org` in the order in which they act within their tiers; none where Calico does not enforce policies. */
  readonly calicoPolicies: readonly SelectingCalicoPolicy[];
  /** Policies of the namespace that select other pods. */
  readonly others: readonly string[];
}

/** How many policies of one API are listed, and told in the evidence. */
const MOST_POLICIES = 100;
/** How many the summary names. */
const FEW = 5;

/** Which policies select a pod, and what they make of it. Yields often. */
export function* podPolicies(model: NetworkModel, pod: ModelPod): Steps<Answer<PodPoliciesVerdict, PodPoliciesResult>> {
  const index = yield* PolicyIndex.inSteps(model);
  const trail = new Trail();
  const host = index.isHost(pod);
  const all = index.policiesIn(pod.namespace);
  const selecting = new Set(host ? [] : all.filter((policy) => selectsPod(policy, pod)));
  if (host) showHost(trail, pod);
  const clusterPolicies = host ? [] : selectingClusterPolicies(model, index, pod);
  showClusterPolicies(trail, 'Admin', clusterPolicies);
  yield* showPolicies(trail, all, pod, selecting);
  const found = index.classesOf(pod)[0]?.endpoint;
  const subject = found?.kind === 'address' ? undefined : found;
  const ofCilium = subject ? index.selecting('Cilium', subject) : [];
  const ofCalico = subject ? index.selecting('Calico', subject) : [];
  const ciliumPolicies = subject ? yield* selectingCiliumPolicies(trail, index, subject, ofCilium.slice(0, MOST_POLICIES)) : [];
  showUntold(trail, ofCilium.length - ciliumPolicies.length);
  const calicoPolicies = yield* selectingCalicoPolicies(trail, index, ofCalico.slice(0, MOST_POLICIES));
  showUntold(trail, ofCalico.length - calicoPolicies.length);
  showClusterPolicies(trail, 'Baseline', clusterPolicies);
  const layers = (direction: Direction) => (subject ? layersAt(index, direction, subject) : []);
  const isolated = (direction: Direction) => layers(direction).some(({ end }) => end === 'Deny');
  for (const direction of DIRECTIONS) if (!isolated(direction)) showOpen(trail, pod, direction, layers(direction));
  const verdict = verdictOf(isolated('ingress'), isolated('egress'));
  const others = all.filter((policy) => !selecting.has(policy));
  const lists = { policies: [...selecting], clusterPolicies, ciliumPolicies: ofCilium, calicoPolicies: ofCalico, others };
  const warnings = [...unenforcedPolicies(model), ...unmodelledPolicies(model), ...untold(lists)];
  if (selecting.size + clusterPolicies.length + ofCilium.length + ofCalico.length > 0 && !isEnforced(model)) {
    warnings.push({ code: 'NOT_ENFORCED', message: `${model.profile.cni.plugin} stores policies and does not enforce them` });
  }
  const assumptions = [...(clusterPolicies.length > 0 ? assumedApis(model) : []), ...(index.calico ? assumedCalico(model) : [])];
  return {
    verdict,
    summary: `${pod.namespace}/${pod.name}: ${verdict}${byWhom([...lists.policies, ...ofCilium, ...ofCalico], clusterPolicies)}`,
    result: {
      pod: `${pod.namespace}/${pod.name}`,
      labels: Object.entries(pod.labels).map(([key, value]) => `${key}=${value}`),
      policies: yield* each(lists.policies, viewOf),
      clusterPolicies: yield* each(clusterPolicies, clusterView),
      ciliumPolicies,
      calicoPolicies,
      others: others.slice(0, MOST_POLICIES).map((policy) => policy.ref.name),
    },
    evidence: trail.list(),
    assumptions,
    warnings,
    confidence: assumptions.length > 0 || warnings.some(({ code }) => code === 'NOT_MODELLED') ? 'ASSUMED' : 'CERTAIN',
    enforcement: enforcementOf(model),
  };
}

/** Views of the first of them, one after the other, with their pauses. */
function* each<P, V>(policies: readonly P[], view: (policy: P) => Steps<V>): Steps<readonly V[]> {
  const views: V[] = [];
  for (const policy of policies.slice(0, MOST_POLICIES)) views.push(yield* view(policy));
  return views;
}

/** Which lists are not listed to their ends. */
function untold(lists: Readonly<Record<string, readonly unknown[]>>): readonly Note[] {
  return Object.entries(lists)
    .filter(([, { length }]) => length > MOST_POLICIES)
    .map(([field, { length }]) => {
      const message = `of ${length} policies in \`${field}\` the first ${MOST_POLICIES} are listed: \`policy-pods\` tells of one of the others whom it selects`;
      return { code: 'LIST_NOT_TOLD', message };
    });
}

function showOpen(trail: Trail, pod: ModelPod, direction: Direction, layers: readonly LayerAt[]): void {
  const ruled = layers.some(({ layer, rules }) => layer !== 'calico-profiles' && rules.length > 0);
  const rest = ruled ? 'what no rule denies is allowed' : 'everything is allowed';
  const message = `no policy isolates ${describeRef(pod.ref)} for ${direction}: ${rest}`;
  trail.add({ stage: `${direction}-policy`, outcome: 'allow', reason: 'NOT_ISOLATED', message, object: pod.ref });
}

function showHost(trail: Trail, pod: ModelPod): void {
  const message = `${describeRef(pod.ref)} runs on the host network, and the plugin takes it for its node: no policy selects it`;
  trail.add({ stage: 'pod', outcome: 'info', reason: 'HOST_NETWORK', message, object: pod.ref, pointer: '/spec/hostNetwork' });
}

function verdictOf(ingress: boolean, egress: boolean): PodPoliciesVerdict {
  if (ingress && egress) return 'ISOLATED';
  if (ingress) return 'INGRESS_ISOLATED';
  return egress ? 'EGRESS_ISOLATED' : 'OPEN';
}

function* showPolicies(
  trail: Trail,
  policies: readonly NetworkPolicy[],
  pod: ModelPod,
  selecting: ReadonlySet<NetworkPolicy>,
): Steps<void> {
  const { told, untold: left } = toldInPart(policies, (policy) => selecting.has(policy), MOST_POLICIES);
  for (const policy of told) {
    yield;
    showPolicy(trail, policy, pod, selecting.has(policy));
  }
  showUntold(trail, left);
}

function showUntold(trail: Trail, count: number): void {
  const what = count === 1 ? '1 more policy is' : `${count} more policies are`;
  if (count > 0) trail.add({ stage: 'subject', outcome: 'info', reason: 'NOT_TOLD', message: `${what} not told` });
}

function showClusterPolicies(trail: Trail, tier: PolicyTier, all: readonly ClusterPolicy[]): void {
  const policies = all.filter((one) => one.tier === tier);
  for (const policy of policies.slice(0, MOST_POLICIES)) showClusterPolicy(trail, policy);
  showUntold(trail, Math.max(0, policies.length - MOST_POLICIES));
}

function showPolicy(trail: Trail, policy: NetworkPolicy, pod: ModelPod, selected: boolean): void {
  const object: ObjectRef = policy.ref;
  const step = { stage: 'subject', object, pointer: '/spec/podSelector' };
  if (!selected) {
    const message = selectorMiss(policy.podSelector, pod.labels, 'the pod');
    trail.add({ ...step, outcome: 'excluded', reason: 'SUBJECT_NOT_SELECTED', message });
    return;
  }
  const directions = DIRECTIONS.filter((direction) => policy[`${direction}Isolation`]);
  const message = `\`${formatSelector(policy.podSelector)}\` selects the pod: isolated for ${directions.join(' and ')}`;
  trail.add({ ...step, outcome: 'selected', reason: 'POLICY_SELECTS', message });
}

function* viewOf(policy: NetworkPolicy): Steps<SelectingPolicy> {
  const rules = (direction: Direction) =>
    inWords(policy[`${direction}Isolation`] ? policy[direction] : [], (rule) => describeRule(rule, direction, policy.namespace));
  return {
    namespace: policy.namespace,
    name: policy.ref.name,
    podSelector: formatSelector(policy.podSelector),
    ingress: policy.ingressIsolation,
    egress: policy.egressIsolation,
    ingressRules: yield* rules('ingress'),
    egressRules: yield* rules('egress'),
  };
}

function byWhom(policies: readonly AnyPolicy[], clusterPolicies: readonly ClusterPolicy[]): string {
  const names = policies.map(({ ref }) => describeRef(ref));
  const selecting = names.length === 0 ? '' : ` – selected by ${aFew(names)}`;
  const ruling = aFew(clusterPolicies.map(({ ref }) => describeRef(ref)));
  return `${selecting}${ruling === '' ? '' : `${selecting === '' ? ' –' : ','} under the rules of ${ruling}`}`;
}

function aFew(names: readonly string[]): string {
  return firstFew(names, FEW);
}

function selectingClusterPolicies(model: NetworkModel, index: PolicyIndex, pod: ModelPod): readonly ClusterPolicy[] {
  const namespaceLabels = model.namespaces.get(pod.namespace)?.labels ?? {};
  return index.clusterPolicies.filter((policy) => selectsSubject(policy, { labels: pod.labels, namespaceLabels }));
}

function showClusterPolicy(trail: Trail, { ref, tier, priority, subject }: ClusterPolicy): void {
  const place = priority === undefined ? tier : `${tier} ${priority}`;
  const message = `${describeRef(ref)} (${place}) selects the pod: ${describeSubject(subject)}`;
  trail.add({ stage: 'subject', object: ref, pointer: '/spec/subject', outcome: 'selected', reason: 'POLICY_APPLIES', message });
}

function* clusterView(policy: ClusterPolicy): Steps<SelectingClusterPolicy> {
  const rules = (direction: Direction) =>
    inWords(policy[direction], (rule) =>
      rule.failsClosed
        ? `${rule.action === 'Accept' ? 'nothing' : 'Deny everything'}: the rule cannot be read`
        : `${rule.written} ${describeRule(rule, direction, '')}`,
    );
  return {
    kind: policy.kind,
    name: policy.ref.name,
    tier: policy.tier,
    priority: policy.priority ?? null,
    subject: describeSubject(policy.subject),
    ingressRules: yield* rules('ingress'),
    egressRules: yield* rules('egress'),
  };
}

/** `from pods app=web of namespace shop or 10.0.0.0/8, TCP 8080`. */
function describeRule({ peers, ports }: PolicyRule | ClusterRule, direction: Direction, namespace: string): string {
  const preposition = direction === 'egress' ? 'to' : 'from';
  const who = peers.length === 0 ? 'everybody' : peers.map((peer) => describePeer(peer, namespace)).join(' or ');
  const what = ports.length === 0 ? 'every port' : ports.map(describePort).join(', ');
  return `${preposition} ${who}, ${what}`;
}

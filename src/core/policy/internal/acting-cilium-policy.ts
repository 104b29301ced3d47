import { conflictingReadings } from '../../resources/cilium-parsers.js';
import type { CiliumPolicy, CiliumSpec } from '../../resources/cilium-policy.js';
import { actingNetworkPolicy } from './acting-network-policy.js';
import { hangsOnNode, hostIdentity, matchesIdentity } from './cilium-identity.js';
import type { CiliumReferences } from './cilium-references.js';
import { CiliumLayerRule } from './cilium-rule.js';
import type { Direction } from './direction.js';
import type { ActingPolicy, AnyPolicy, LayerAt, LayerRule, SubjectEndpoint } from './layer.js';
import type { PolicyBook } from './policy-book.js';

/**
 * Cilium's one layer: "Deny policies take precedence over allow policies, regardless of whether they are a Cilium Network Policy, a Clusterwide Cilium Network
 * Policy or even a Kubernetes Network Policy" (deny.rst), so that all rules that deny come first; what none decides is denied as soon as one policy puts the
 * endpoint into default-deny, or the agent all of them (intro.rst).
 */
export function ciliumLayer(
  book: PolicyBook,
  references: CiliumReferences,
  direction: Direction,
  subject: SubjectEndpoint,
): readonly LayerAt[] {
  const { mode } = references.settings.cilium;
  if (subject.kind === 'host' && !references.hostFirewall) return [];
  const network = book.selecting('NetworkPolicy', subject).map((policy) => actingNetworkPolicy(book.settings, policy, direction));
  const own = mergedByAgent(book.selecting('Cilium', subject).map((policy) => actingCiliumPolicy(references, policy, direction, subject)));
  const policies = [...network, ...own];
  if (policies.length === 0 && mode !== 'always') return [];
  const rules = policies.flatMap((acting) => acting.rules);
  const [denying, accepting] = [rules.filter(({ action }) => action === 'Deny'), rules.filter(({ action }) => action !== 'Deny')];
  const always = mode === 'always';
  const isolated = always || policies.some(({ isolates }) => isolates);
  return [
    { layer: 'cilium', policies, rules: [...denying, ...accepting], end: isolated ? 'Deny' : 'open', ...(always && { lasting: true }) },
  ];
}

/** The policies with those of their rules closed that the agent does not merge, as they have the proxy read the same by different parsers. */
function mergedByAgent(policies: readonly ActingPolicy[]): readonly ActingPolicy[] {
  const readings = policies.flatMap(({ rules }) => rules.flatMap((rule) => (rule instanceof CiliumLayerRule ? rule.readings : [])));
  const [first] = readings;
  if (readings.every(({ parser }) => parser === first?.parser)) return policies;
  const conflicts = conflictingReadings(readings);
  const merged = (rule: LayerRule) => {
    const other = rule instanceof CiliumLayerRule ? conflicts.get(rule) : undefined;
    return rule instanceof CiliumLayerRule && other ? rule.inConflict(other) : rule;
  };
  return conflicts.size === 0 ? policies : policies.map((acting) => ({ ...acting, rules: acting.rules.map(merged) }));
}

/** Whether the policy is one of Cilium's own API. */
export function isCiliumPolicy(policy: AnyPolicy): policy is CiliumPolicy {
  return policy.kind === 'CiliumNetworkPolicy' || policy.kind === 'CiliumClusterwideNetworkPolicy';
}

/** Whether some spec of the policy selects the endpoint: pods by an endpointSelector, nodes by a nodeSelector. */
export function selectsIdentity(references: CiliumReferences, { specs }: CiliumPolicy, subject: SubjectEndpoint): boolean {
  const identity = subjectIdentity(references, subject);
  return specs.some((spec) => isAbout(spec, subject) && matchesIdentity(spec.subject.selector, identity));
}

/** Those of its specs that select the endpoint. */
export function specsAbout(references: CiliumReferences, { specs }: CiliumPolicy, subject: SubjectEndpoint): readonly CiliumSpec[] {
  const identity = subjectIdentity(references, subject);
  return specs.filter((spec) => isAbout(spec, subject) && matchesIdentity(spec.subject.selector, identity));
}

function isAbout({ subject }: CiliumSpec, { kind }: SubjectEndpoint): boolean {
  return subject.type === (kind === 'host' ? 'nodes' : 'endpoints');
}

/** The labels by which subjects are selected. */
export function subjectIdentity(references: CiliumReferences, subject: SubjectEndpoint) {
  return subject.kind === 'host' ? hostIdentity(subject) : references.identityOf(subject, undefined);
}

type ByKey = Map<string, ActingPolicy>;

const known = new WeakMap<CiliumReferences, WeakMap<CiliumPolicy, ByKey>>();

/** A policy in one direction for an endpoint: the rules of those of its specs that select it. Made once for all endpoints for which it is the same. */
function actingCiliumPolicy(
  references: CiliumReferences,
  policy: CiliumPolicy,
  direction: Direction,
  subject: SubjectEndpoint,
): ActingPolicy {
  const specs = specsAbout(references, policy, subject);
  const node = specs.some((spec) => hangsOnNode(spec, direction)) ? subject.node : undefined;
  const key = JSON.stringify([direction, specs.map(({ pointer }) => pointer), node ?? null]);
  const made = memoryOf(references, policy);
  let acting = made.get(key);
  if (!acting) {
    acting = {
      policy,
      pointer: specs[0]?.subject.pointer ?? '/spec',
      place: undefined,
      isolates: specs.some((spec) => spec[direction].defaultDeny),
      rules: specs.flatMap((spec) => spec[direction].rules).map((rule) => new CiliumLayerRule(references, policy, rule, node)),
    };
    made.set(key, acting);
  }
  return acting;
}

function memoryOf(references: CiliumReferences, policy: CiliumPolicy): ByKey {
  let ofPolicies = known.get(references);
  if (!ofPolicies) {
    ofPolicies = new WeakMap();
    known.set(references, ofPolicies);
  }
  let made = ofPolicies.get(policy);
  if (!made) {
    made = new Map();
    ofPolicies.set(policy, made);
  }
  return made;
}

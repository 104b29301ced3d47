import { describeRef } from '../../../kernel/object-ref.js';
import type { PatchStep } from '../../../kernel/patch-step.js';
import type { Steps } from '../../../kernel/steps.js';
import type { LintFix, RelatedRule } from '../../lint-result.js';
import { isClusterPolicy } from '../acting-cluster-policy.js';
import type { Direction } from '../direction.js';
import type { AnyPolicy, LayerAt, LayerRule } from '../layer.js';
import type { LintDrafts } from './draft.js';
import type { Effects } from './effects.js';
import { type RuleFate, staysAnyway } from './fates.js';
import { countOf, type LintContext, nameSome } from './lint-context.js';
import type { Inhabitants } from './population.js';

/** Rules that change nothing: in a tier, because earlier ones decide everything that they match; anywhere, because the rest decides the same without them. */
export function* idleRules({ isWanted }: LintContext, effects: Effects): LintDrafts {
  for (const fate of effects.rules) {
    yield;
    const { rule } = fate;
    if (!fate.matches || fate.effective || rule.unreadable || !isWanted(rule.policy)) continue;
    const shadowed = isShadowed(fate);
    // What is said of the whole policy is not repeated for its rules.
    if (!shadowed && isIdle(effects, rule.policy)) continue;
    const covering = [...fate.covering];
    const by =
      covering.length === 0 ? 'what no rule matches is decided the same way' : nameSome(covering.map((one) => nameRule(one, rule)));
    const head = shadowed ? 'earlier rules decide everything that the rule matches' : 'without the rule exactly the same is allowed';
    yield {
      code: shadowed ? 'POL-SHADOWED-RULE' : 'POL-REDUNDANT-RULE',
      object: rule.policy.ref,
      pointer: rule.pointer,
      message: `${head}: ${by}`,
      related: covering.map(({ policy, pointer }) => ({ object: policy.ref, pointer })),
      fix: withoutRule(fate),
    };
  }
}

/** Nowhere first: among rules without order only those of another action can be before it. */
function isShadowed({ rule, first, covering }: RuleFate): boolean {
  return !first && (!rule.unordered || (covering.size > 0 && [...covering].every(({ action }) => action !== rule.action)));
}

function isIdle({ policies }: Effects, policy: AnyPolicy): boolean {
  const fate = policies.get(policy);
  return fate !== undefined && fate.applies && !fate.effective;
}

function nameRule({ policy, pointer, name }: LayerRule, from: LayerRule): string {
  const what = name === undefined ? `\`${pointer}\`` : `rule \`${name}\``;
  return policy === from.policy ? what : `${what} of ${describeRef(policy.ref)}`;
}

/** Taking the last egress rule away must not take the isolation with it: "policyTypes … will default based on the existence of egress rules". */
function withoutRule({ rule: { policy, pointer }, direction }: RuleFate): LintFix | undefined {
  if (policy.kind !== 'NetworkPolicy' && !isClusterPolicy(policy)) return undefined;
  const last = policy[direction].length === 1;
  const patch: PatchStep[] = [{ op: 'remove', path: last && isClusterPolicy(policy) ? `/spec/${direction}` : pointer }];
  if (last && direction === 'egress' && policy.kind === 'NetworkPolicy' && policy.defaulted.includes('/spec/policyTypes')) {
    patch.unshift({ op: 'add', path: '/spec/policyTypes', value: ['Ingress', 'Egress'] });
  }
  return { message: 'take the rule away', patch };
}

/** Policies that change nothing while the others are there. */
export function* idlePolicies({ isWanted }: LintContext, effects: Effects): LintDrafts {
  const beside = yield* besides(effects);
  for (const [policy, fate] of effects.policies) {
    yield;
    if (!fate.applies || fate.effective || !isWanted(policy)) continue;
    const others = [...(beside.get(policy) ?? [])];
    yield {
      code: 'POL-REDUNDANT-POLICY',
      object: policy.ref,
      pointer: '',
      message: `without the policy exactly the same is allowed${whileStay(others)}`,
      related: others.slice(0, 5).map(related),
    };
  }
}

function whileStay(others: readonly AnyPolicy[]): string {
  if (others.length === 0) return '';
  const names = others.slice(0, MOST_BESIDE).map(({ ref }) => describeRef(ref));
  const more = others.length > MOST_BESIDE ? `${names[0]}, ${names[1]} and more than ${MOST_BESIDE - 2} others` : nameSome(names);
  return `, while ${more} ${others.length === 1 ? 'stays' : 'stay'}`;
}

/** How many policies beside an idle one are counted. */
const MOST_BESIDE = 50;

/** The policies that stand beside the idle ones at some endpoint, and no more of them than tell that there are more than are counted. Yields often. */
function* besides(effects: Effects): Steps<ReadonlyMap<AnyPolicy, ReadonlySet<AnyPolicy>>> {
  const found = new Map<AnyPolicy, Set<AnyPolicy>>();
  for (const { layers } of effects.groups) {
    const all = layers.flatMap(actingPolicies);
    for (const policy of all) {
      yield;
      if (!isIdle(effects, policy)) continue;
      const known = found.get(policy) ?? new Set<AnyPolicy>();
      found.set(policy, known);
      for (const other of all) {
        if (known.size > MOST_BESIDE) break;
        if (other !== policy) known.add(other);
      }
    }
  }
  return found;
}

function related({ ref }: AnyPolicy): RelatedRule {
  return { object: ref, pointer: '' };
}

/** "Vacuity: the set of policies does not change the default behaviour": all policies of a namespace, or of the cluster, together. */
export function* vacuousSets({ model, isWanted }: LintContext, effects: Effects): LintDrafts {
  for (const [namespace, fate] of effects.sets) {
    yield;
    if (!fate.applies || fate.effective) continue;
    const members = [...effects.policies.keys()].filter((policy) =>
      namespace === '' ? policy.kind !== 'NetworkPolicy' : policy.kind === 'NetworkPolicy' && policy.namespace === namespace,
    );
    const object = namespace === '' ? members[0]?.ref : model.namespaces.get(namespace)?.ref;
    if (!object || !members.some(isWanted)) continue;
    const whose = namespace === '' ? 'the policies of the cluster' : `the policies of namespace ${namespace}`;
    yield {
      code: 'POL-VACUOUS',
      object,
      pointer: '',
      message: `${whose} (${nameSome(members.map(({ ref }) => ref.name))}) together change nothing: without them exactly the same is allowed`,
      related: members.slice(0, 5).map(related),
    };
  }
}

/** "The priorities must be different": which of two equal ones acts is up to the plugin. */
export function* equalPriorities({ isWanted }: LintContext, { rivals }: Effects): LintDrafts {
  for (const { policies } of rivals) {
    yield;
    const [a, b] = policies;
    if (!isWanted(a) && !isWanted(b)) continue;
    yield {
      code: 'POL-SAME-PRIORITY',
      object: b.ref,
      pointer: '/spec/priority',
      message: `${describeRef(a.ref)} and ${describeRef(b.ref)} have ${b.priority === undefined ? 'no priority' : `priority ${b.priority}`} in tier ${b.tier} and decide differently over the same connections: which of them acts is up to the plugin`,
      related: [{ object: a.ref, pointer: '/spec/priority' }],
    };
  }
}

/** Cyclonus' `CheckTargetAllIngressBlocked`, `…AllEgressAllowed` and their like: pods that nothing reaches, or that are isolated for nothing. */
export function* extremes({ population, isWanted }: LintContext, { groups }: Effects): LintDrafts {
  const found = new Map<string, Extreme>();
  for (const { none, all, alone, whose, direction, layers, subjects } of groups) {
    yield;
    if (whose !== 'everybody') continue;
    if (!none && !(all && alone && layers.some(({ layer, end }) => end === 'Deny' && layer !== 'calico-profiles'))) continue;
    const code = none ? 'POL-ALL-BLOCKED' : 'POL-ALL-ALLOWED';
    const responsible = none ? blocking(layers) : layers.filter(({ end }) => end === 'Deny').flatMap(isolating);
    const [first, ...others] = [...new Set([...responsible, ...layers.flatMap(actingPolicies)])].filter(isWanted);
    if (!first) continue;
    const key = `${code} ${direction} ${describeRef(first.ref)}`;
    const known = found.get(key) ?? { code, direction, policy: first, others, subjects: [] };
    found.set(key, known);
    known.subjects.push(...subjects.map((one) => population.of(one)));
  }
  for (const { code, direction, policy, others, subjects } of found.values()) {
    const count = subjects.reduce((sum, one) => sum + one.pods, 0);
    const whose = `${countOf(count, 'pod')} of ${nameSome(subjects.map(({ workload }) => workload))}`;
    const message =
      code === 'POL-ALL-ALLOWED'
        ? `${whose} may ${verb(direction)} everybody, though policies isolate them for ${direction}`
        : direction === 'ingress'
          ? `nobody may reach ${whose}`
          : `${whose} may reach nobody`;
    yield { code, object: policy.ref, pointer: '', direction, message, related: others.slice(0, 5).map(related) };
  }
}

/** Whoever isolates where no rule of the layer lets anything through, then those with rules that deny, then the others that isolate. */
function blocking(layers: readonly LayerAt[]): readonly AnyPolicy[] {
  const closed = layers.filter(({ rules, end }) => end === 'Deny' && rules.every(({ action }) => action === 'Deny'));
  const denying = layers.flatMap(({ rules }) => rules.filter(({ action }) => action === 'Deny').map(({ policy }) => policy));
  return [...closed.flatMap(isolating), ...denying, ...layers.flatMap(isolating)];
}

function isolating({ policies }: LayerAt): readonly AnyPolicy[] {
  return policies.filter(({ policy, isolates }) => isolates && !staysAnyway(policy)).map(({ policy }) => policy);
}

/** Those that say something about the direction. */
function actingPolicies({ policies }: LayerAt): readonly AnyPolicy[] {
  return policies
    .filter(({ policy, isolates, rules }) => !staysAnyway(policy) && (isolates || rules.length > 0))
    .map(({ policy }) => policy);
}

interface Extreme {
  readonly code: 'POL-ALL-BLOCKED' | 'POL-ALL-ALLOWED';
  readonly direction: Direction;
  readonly policy: AnyPolicy;
  readonly others: readonly AnyPolicy[];
  readonly subjects: Inhabitants[];
}

function verb(direction: Direction): string {
  return direction === 'ingress' ? 'be reached by' : 'reach';
}

import { didYouMean } from '../../kernel/did-you-mean.js';
import { describeRef } from '../../kernel/object-ref.js';
import type { LabelCondition } from '../../resources/calico-selector.js';
import type { Labels } from '../../resources/resource.js';
import { NAMESPACE_PREFIX } from './calico-labels.js';
import { applyEdit, type Edit } from './edits.js';
import type { RuleJudgement } from './judge-layer.js';
import { labelFix, type MissContext, type NearMissCandidate, type Rank, sidesOf } from './near-miss-candidates.js';
import type { PodEndpoint } from './policy-endpoint.js';
import { isOwnLabel, type PodFormula } from './unknown/pod-formula.js';

/** "Valid label value: 63 characters or less, … alphanumerics with dashes, underscores, dots" (Kubernetes documentation, Labels and Selectors). */
const VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** A label of the other pod or of its namespace by which a rule of a plugin would no longer refuse it: one that allows would admit it, one that denies would not. */
export function labelChanges(
  context: MissContext,
  judged: RuleJudgement,
  formula: PodFormula,
  pointer: string,
  tries = triesOf(context, formula.length),
): readonly NearMissCandidate[] {
  const { other } = sidesOf(context.direction);
  const pod = context.words.flow[other];
  if (pod.kind !== 'pod') return [];
  const wanted = judged.rule.action === 'Accept';
  const known = new Map<string, LabelCondition[]>();
  for (const step of formula) if ('label' in step) known.set(step.label, [...(known.get(step.label) ?? []), step]);
  return [...known].flatMap(([label, conditions]): readonly NearMissCandidate[] => {
    const place = tries.left > 0 ? placeOf(context, pod, label) : undefined;
    if (!place) return [];
    const flips = valuesOf(conditions, place.labels[place.key]).find((value) => {
      if (tries.left-- <= 0) return false;
      const after = applyEdit(context.book, context.words.flow, place.edit(value)).flow[other];
      return judged.rule.admits(after) === wanted;
    });
    return flips ? [candidateOf(context, judged, { ...place, pointer, value: flips.value, conditions })] : [];
  });
}

/** How many conditions are held against labels for one rule, and labels copied for it, which takes as long as ten of these. */
const MOST_WORK = 1_000_000;
/** The most changes that are tried for one rule; a hundred of all that help are looked at. */
const MOST_TRIES = 1_000;

/** How many changes are still tried for a rule. */
interface Tries {
  left: number;
}

/** Those of a rule that holds so many conditions against the other pod: there may be very many of them, and of its labels. */
export function triesOf({ direction, words: { flow } }: MissContext, conditions: number): Tries {
  const pod = flow[sidesOf(direction).other];
  const copied = pod.kind === 'pod' ? Object.keys(pod.labels).length + Object.keys(pod.namespaceLabels).length : 0;
  return { left: Math.min(MOST_TRIES, Math.ceil(MOST_WORK / (1 + conditions + 10 * copied))) };
}

/** Whose label it is. */
interface Place {
  readonly object: string;
  readonly key: string;
  readonly labels: Labels;
  readonly rank: Rank;
  readonly edit: (to: Wanted) => Edit;
}

/** A value to give a label; undefined: to take it away. */
interface Wanted {
  readonly value: string | undefined;
}

function placeOf({ direction, words }: MissContext, pod: PodEndpoint, label: string): Place | undefined {
  const { other: side } = sidesOf(direction);
  if (label.startsWith(NAMESPACE_PREFIX)) {
    const [key, { namespace, namespaceLabels: labels }] = [label.slice(NAMESPACE_PREFIX.length), pod];
    const edit = ({ value }: Wanted): Edit => ({ type: 'namespace-label', namespace, key, value });
    return { object: `Namespace ${namespace}`, key, labels, rank: 'namespace-label', edit };
  }
  if (!isOwnLabel(label)) return undefined;
  const edit = ({ value }: Wanted): Edit => ({ type: 'pod-label', side, key: label, value });
  return { object: words[side], key: label, labels: pod.labels, rank: 'pod-label', edit };
}

/** What the conditions name, then what begins or ends as they ask, then no label at all. */
function valuesOf(conditions: readonly LabelCondition[], own: string | undefined): readonly Wanted[] {
  const named = conditions.flatMap((one) => ('values' in one ? [...one.values] : 'value' in one ? [one.value] : ['true']));
  const values = [...new Set([...named, undefined])].filter((value) => value === undefined || VALUE.test(value));
  return values.filter((value) => value !== own).map((value) => ({ value }));
}

function candidateOf(
  context: MissContext,
  { rule }: RuleJudgement,
  {
    object,
    key,
    labels,
    rank,
    edit,
    pointer,
    value,
    conditions,
  }: Place & Wanted & { pointer: string; conditions: readonly LabelCondition[] },
): NearMissCandidate {
  const own = labels[key];
  // A label that is only asked for is no name of a thing.
  const isSmall =
    value === undefined ? conditions.every(({ op }) => op === 'has') : own === undefined || didYouMean(own, [value]) !== undefined;
  const who = context.words[sidesOf(context.direction).other];
  return {
    reason: rank === 'namespace-label' ? 'NAMESPACE_LABEL' : 'POD_LABEL',
    rank: isSmall ? rank : 'other-label',
    object: describeRef(rule.policy.ref),
    pointer,
    message: rule.action === 'Accept' ? `the rule selects endpoints one label away from ${who}` : `the rule denies ${who} by this label`,
    fix: labelFix(object, key, value),
    edit: edit({ value }),
  };
}

import { didYouMean } from '../../../kernel/did-you-mean.js';
import type { Json } from '../../../kernel/json.js';
import { type LabelRequirement, type LabelSelector, requirementHolds } from '../../../resources/label-selector.js';
import type { Labels } from '../../../resources/resource.js';
import { isSmallChange, onlyUnmet } from '../near-miss-candidates.js';

/** The selector as an object has it. */
export function selectorJson({ requirements }: LabelSelector): Json {
  const plain = requirements.filter(({ operator, values }) => operator === 'In' && values.length === 1);
  // A key may be asked for twice, and a map holds it once.
  const once = new Map(plain.map((requirement) => [requirement.key, requirement]));
  const rest = requirements.filter((requirement) => once.get(requirement.key) !== requirement);
  return {
    ...(once.size > 0 ? { matchLabels: Object.fromEntries([...once].map(([key, { values }]) => [key, values[0] ?? ''])) } : {}),
    ...(rest.length > 0 ? { matchExpressions: rest.map(expressionJson) } : {}),
  };
}

function expressionJson({ key, operator, values }: LabelRequirement): Json {
  return { key, operator, ...(values.length > 0 ? { values } : {}) };
}

/** The selector with one value mended, so that it matches some of these labels: `app=wbe` where there is `app=web`. Of several values the one that is nearest to what is written. */
export function nearestSelector(selector: LabelSelector, labels: Iterable<Labels>): LabelSelector | undefined {
  const mendings = new Map<LabelRequirement, Map<string, LabelSelector>>();
  for (const own of labels) {
    const unmet = onlyUnmet(selector, own);
    const value = unmet && Object.hasOwn(own, unmet.key) ? own[unmet.key] : undefined;
    if (!unmet || unmet.operator !== 'In' || value === undefined || !isSmallChange(unmet, own)) continue;
    const mended: LabelRequirement = { key: unmet.key, operator: 'In', values: [value] };
    const requirements = selector.requirements.map((one) => (one === unmet ? mended : one));
    if (!requirements.every((one) => requirementHolds(one, own))) continue;
    const byValue = mendings.get(unmet) ?? new Map<string, LabelSelector>();
    mendings.set(unmet, byValue.set(value, { requirements, invalid: false }));
  }
  for (const [{ values }, byValue] of mendings)
    return byValue.get(didYouMean(values[0] ?? '', byValue.keys()) ?? '') ?? [...byValue.values()][0];
  return undefined;
}

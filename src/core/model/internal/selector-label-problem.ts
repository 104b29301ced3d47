import { didYouMean } from '../../kernel/did-you-mean.js';
import { type Problem, problem } from '../../kernel/problem.js';
import { requirementHolds, formatSelector, type LabelRequirement, type LabelSelector } from '../../resources/label-selector.js';
import type { ModelPod } from '../network-model.js';

/** Why labels select no pod: the first requirement that no pod meets, with the nearest key or value that pods carry. */
export function nothingSelected(text: string, selector: LabelSelector, pods: readonly ModelPod[]): Problem {
  const unmet = selector.requirements.find((requirement) => !pods.some((pod) => requirementHolds(requirement, pod.labels)));
  const wanted = unmet && formatSelector({ requirements: [unmet], invalid: false });
  const because = wanted === undefined ? 'pods meet each of its conditions, but none meets all of them' : `no pod meets \`${wanted}\``;
  const hint = unmet && nearestLabel(unmet, pods);
  return problem('empty-selection', `\`${text}\` selects no pod: ${because}`, hint === undefined ? {} : { hint });
}

function nearestLabel({ key, operator, values: [value] }: LabelRequirement, pods: readonly ModelPod[]): string | undefined {
  if (operator !== 'In' && operator !== 'Exists') return undefined;
  const carried = new Set(pods.flatMap((pod) => (Object.hasOwn(pod.labels, key) ? [pod.labels[key] ?? ''] : [])));
  if (carried.size === 0) {
    const nearKey = didYouMean(key, new Set(pods.flatMap((pod) => Object.keys(pod.labels))));
    return nearKey === undefined ? undefined : `no pod has a label \`${key}\`; did you mean \`${nearKey}\`?`;
  }
  const near = value === undefined ? undefined : didYouMean(value, carried);
  if (near !== undefined) return `did you mean \`${key}=${near}\`?`;
  const some = [...carried].sort().slice(0, 5);
  return `values of \`${key}\`: ${some.map((one) => `\`${one}\``).join(', ')}${carried.size > some.length ? ' …' : ''}`;
}

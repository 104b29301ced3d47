import { firstUnmet } from '../../core/resources/label-selector.js';
import type { ReadObject } from '../models/read-revision.js';
import type { Fault } from './api-refusal.js';

/** A workload that would not find its own pods (`ValidatePodTemplateSpecForReplicaSet` of kubernetes/pkg/apis/apps/validation/validation.go, and the like of the other kinds). A Job's selector is generated. */
export function templateFault({ resource }: ReadObject): Fault | undefined {
  if (!resource || !('template' in resource) || !resource.selector || resource.kind === 'Job') return undefined;
  const unmet = firstUnmet(resource.selector, resource.template.labels);
  if (!unmet) return undefined;
  return {
    pointer: '/spec/template/metadata/labels',
    message: `\`selector\` does not match template \`labels\`, by what it says of \`${unmet.key}\``,
  };
}

import { assertNever } from '../../../kernel/assert-never.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { AllowedNamespaces } from '../../../resources/gateway.js';
import { selectorMatches } from '../../../resources/label-selector.js';
import { NAMESPACE_NAME_LABEL } from '../../../resources/normalise-namespace.js';

/** Whether objects of a namespace may attach to what stands in `own` (rule G5); selectors see the label that every namespace has for its name. */
export function namespaceAllowed(model: NetworkModel, allowed: AllowedNamespaces, own: string, namespace: string): boolean {
  switch (allowed.from) {
    case 'All':
      return true;
    case 'Same':
      return namespace === own;
    case 'None':
      return false;
    case 'Selector':
      return selectorMatches(allowed.selector, model.namespaces.get(namespace)?.labels ?? { [NAMESPACE_NAME_LABEL]: namespace });
    default:
      return assertNever(allowed);
  }
}

import { compareBy } from '../../kernel/compare.js';
import type { CalicoPolicy } from '../../resources/calico-policy.js';

/** "Policies with identical order will be applied in alphanumerical order based on the Policy Name"; one of a namespace is called `namespace/name` (felix `policy_sorter.go`). */
export const compareCalicoPolicies = compareBy<CalicoPolicy>(
  ({ order }) => order ?? Number.POSITIVE_INFINITY,
  (policy) => (policy.kind === 'CalicoNetworkPolicy' ? `${policy.namespace}/${policy.name}` : policy.name),
  ({ kind }) => kind,
);

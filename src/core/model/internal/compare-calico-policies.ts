import { compareBy } from '../../kernel/compare.js';
import type { CalicoPolicy } from '../../resources/calico-policy.js';

/**
 * "Policies with identical order will be applied in alphanumerical order based on the Policy Name", then by namespace and kind: "we start with the most specific
 * (name) to least specific" (felix `calc/policy_sorter.go`, `PolKVLess`).
 */
export const compareCalicoPolicies = compareBy<CalicoPolicy>(
  ({ order }) => order ?? Number.POSITIVE_INFINITY,
  ({ name, ref }) => `${name}/${ref.namespace ?? ''}/${ref.kind}`,
);

import type { CalicoRule } from './calico-policy.js';
import type { Labels, Resource } from './resource.js';

/** Profile: the last word on its endpoints, and labels for them. */
export interface CalicoProfile extends Resource {
  readonly kind: 'Profile';
  readonly ingress: readonly CalicoRule[];
  readonly egress: readonly CalicoRule[];
  readonly labelsToApply: Labels;
}

import type { ObjectRef } from '../kernel/object-ref.js';
import type { CalicoProfile } from './calico-profile.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readCalicoRules } from './internal/read-calico-rule.js';
import { readResource } from './internal/read-resource.js';

const FIELDS: ReadonlySet<string> = new Set(['ingress', 'egress', 'labelsToApply']);

/** Reads a Profile of Calico (projectcalico/calico `api/pkg/apis/projectcalico/v3/profile.go`). */
export function normaliseCalicoProfile(root: ObjectReader, ref: ObjectRef): CalicoProfile {
  const spec = root.object('spec') ?? root.empty('spec');
  spec.expectOnly(FIELDS);
  return {
    ...readResource(root, ref),
    kind: 'Profile',
    ingress: readCalicoRules(spec, { direction: 'ingress', namespace: undefined }),
    egress: readCalicoRules(spec, { direction: 'egress', namespace: undefined }),
    labelsToApply: spec.labels('labelsToApply'),
  };
}

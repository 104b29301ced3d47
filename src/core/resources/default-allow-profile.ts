import type { ObjectRef } from '../kernel/object-ref.js';
import type { CalicoProfile } from './calico-profile.js';
import { Findings } from './internal/findings.js';
import { ObjectReader } from './internal/object-reader.js';
import { normaliseCalicoProfile } from './normalise-calico-profile.js';

const REF: ObjectRef = { apiVersion: 'projectcalico.org/v3', kind: 'Profile', name: 'projectcalico-default-allow' };
const SPEC = { ingress: [{ action: 'Allow' }], egress: [{ action: 'Allow' }] };

/**
 * The profile that Calico brings along, and that the host endpoints which it makes itself name: "provided by Calico, has allow all ingress and egress rules"
 * (projectcalico/calico `libcalico-go/lib/resources/profile.go`). No cluster stores it.
 */
export const DEFAULT_ALLOW_PROFILE: CalicoProfile = normaliseCalicoProfile(new ObjectReader({ spec: SPEC }, new Findings(REF)), REF);

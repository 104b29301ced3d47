import type { ObjectRef } from '../kernel/object-ref.js';
import type { ObjectReader } from './internal/object-reader.js';
import { GLOBAL_FIELDS, NAMESPACED_FIELDS } from './internal/read-calico-policy.js';
import { readResource } from './internal/read-resource.js';
import { calicoNetworkPolicy, calicoSpecOf, globalNetworkPolicy } from './normalise-calico-policy.js';
import { networkPolicyBody, POLICY_FIELDS } from './normalise-network-policy.js';
import type { StagedAction, StagedPolicy } from './staged-policy.js';

const ACTION = 'stagedAction';
const ACTIONS: readonly StagedAction[] = ['Set', 'Delete', 'Learn', 'Ignore'];

/** Reads a StagedNetworkPolicy (projectcalico/calico `api/pkg/apis/projectcalico/v3/stagednetworkpolicy.go`). */
export function normaliseStagedNetworkPolicy(root: ObjectReader, ref: ObjectRef): StagedPolicy {
  const spec = calicoSpecOf(root, withAction(NAMESPACED_FIELDS));
  const resource = readResource(root, ref);
  const action = readAction(spec, new Set(['tier', ACTION]));
  return { ...resource, kind: 'StagedNetworkPolicy', action, policy: { ...resource, ...calicoNetworkPolicy(spec, ref) } };
}

/** Reads a StagedGlobalNetworkPolicy (`stagedglobalnetworkpolicy.go`). */
export function normaliseStagedGlobalNetworkPolicy(root: ObjectReader, ref: ObjectRef): StagedPolicy {
  const spec = calicoSpecOf(root, withAction(GLOBAL_FIELDS));
  const resource = readResource(root, ref);
  const action = readAction(spec, new Set(['tier', ACTION]));
  return { ...resource, kind: 'StagedGlobalNetworkPolicy', action, policy: { ...resource, ...globalNetworkPolicy(spec, ref) } };
}

/** Reads a StagedKubernetesNetworkPolicy (`stagedkubernetesnetworkpolicy.go`). */
export function normaliseStagedKubernetesNetworkPolicy(root: ObjectReader, ref: ObjectRef): StagedPolicy {
  const spec = calicoSpecOf(root, withAction(POLICY_FIELDS));
  const resource = readResource(root, ref);
  const action = readAction(spec, new Set([ACTION]));
  return { ...resource, kind: 'StagedKubernetesNetworkPolicy', action, policy: { ...resource, ...networkPolicyBody(spec, ref) } };
}

function withAction(fields: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...fields, ACTION]);
}

/** "The staged action. If this is omitted, the default is Set." "Spec fields, except Tier, should all be zero-value if stagedAction is Delete." */
function readAction(spec: ObjectReader, besideDelete: ReadonlySet<string>): StagedAction {
  if (!spec.has(ACTION)) return spec.default(ACTION, 'Set');
  const action = spec.oneOf(ACTION, ACTIONS) ?? 'Ignore';
  if (action !== 'Delete') return action;
  for (const field of spec.fields()) {
    const value = spec.raw(field);
    const empty = value === '' || value === false || (Array.isArray(value) && value.length === 0) || isEmptyObject(value);
    if (!besideDelete.has(field) && !empty)
      spec.error('invalid-value', field, `\`${field}\` must not stand beside the stagedAction Delete`);
  }
  return action;
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

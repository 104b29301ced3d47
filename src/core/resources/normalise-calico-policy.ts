import type { ObjectRef } from '../kernel/object-ref.js';
import type { CalicoNetworkPolicy, GlobalNetworkPolicy } from './calico-policy.js';
import type { ObjectReader } from './internal/object-reader.js';
import { GLOBAL_FIELDS, NAMESPACED_FIELDS, readCalicoPolicy } from './internal/read-calico-policy.js';
import { readResource } from './internal/read-resource.js';
import type { Resource } from './resource.js';

/** Reads a NetworkPolicy of Calico (projectcalico/calico `api/pkg/apis/projectcalico/v3/networkpolicy.go`). */
export function normaliseCalicoNetworkPolicy(root: ObjectReader, ref: ObjectRef): CalicoNetworkPolicy {
  const spec = calicoSpecOf(root, NAMESPACED_FIELDS);
  return { ...readResource(root, ref), ...calicoNetworkPolicy(spec, ref) };
}

/** Reads a GlobalNetworkPolicy (`globalnetworkpolicy.go`). */
export function normaliseGlobalNetworkPolicy(root: ObjectReader, ref: ObjectRef): GlobalNetworkPolicy {
  const spec = calicoSpecOf(root, GLOBAL_FIELDS);
  return { ...readResource(root, ref), ...globalNetworkPolicy(spec, ref) };
}

/** The spec, with what is no field of it reported. */
export function calicoSpecOf(root: ObjectReader, fields: ReadonlySet<string>): ObjectReader {
  if (!root.has('spec')) root.error('missing-field', 'spec', 'the policy needs a spec');
  const spec = root.object('spec') ?? root.empty('spec');
  spec.expectOnly(fields);
  return spec;
}

/** What a spec says of a policy of a namespace. */
export function calicoNetworkPolicy(spec: ObjectReader, ref: ObjectRef): Omit<CalicoNetworkPolicy, keyof Resource> {
  const namespace = ref.namespace ?? 'default';
  return { kind: 'CalicoNetworkPolicy', namespace, ...readCalicoPolicy(spec, ref, namespace) };
}

/** What a spec says of a policy of every namespace. */
export function globalNetworkPolicy(spec: ObjectReader, ref: ObjectRef): Omit<GlobalNetworkPolicy, keyof Resource> {
  const body = readCalicoPolicy(spec, ref, undefined);
  const flag = (field: string) => spec.boolean(field) ?? false;
  const [doNotTrack, preDNAT, applyOnForward] = [flag('doNotTrack'), flag('preDNAT'), flag('applyOnForward')];
  if (doNotTrack && preDNAT) spec.error('invalid-value', 'preDNAT', 'preDNAT and doNotTrack exclude one another');
  if (preDNAT && body.egress.length > 0) spec.error('invalid-value', 'egress', 'a preDNAT policy has no egress rules');
  if (preDNAT && body.appliesToEgress) spec.error('invalid-value', 'types', 'a preDNAT policy does not apply to Egress');
  if ((doNotTrack || preDNAT) && !applyOnForward) {
    spec.error('invalid-value', 'applyOnForward', `a ${doNotTrack ? 'doNotTrack' : 'preDNAT'} policy needs applyOnForward`);
  }
  return { kind: 'GlobalNetworkPolicy', ...body, doNotTrack, preDNAT, applyOnForward };
}

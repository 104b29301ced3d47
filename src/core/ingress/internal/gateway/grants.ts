import type { GatewayObjects } from '../../../model/gateway-objects.js';
import type { ObjectReference } from '../../../resources/gateway-reference.js';

/** Who refers to something. */
export interface Referrer {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
}

/** Whether an object may refer to another: always within a namespace, else by a ReferenceGrant in the other's (rule G27; `apis/v1/referencegrant_types.go`). */
export function isGranted({ grants }: GatewayObjects, from: Referrer, to: ObjectReference): boolean {
  const namespace = to.namespace ?? from.namespace;
  if (namespace === from.namespace) return true;
  return grants.some(
    (grant) =>
      grant.namespace === namespace &&
      grant.from.some((one) => one.group === from.group && one.kind === from.kind && one.namespace === from.namespace) &&
      grant.to.some((one) => one.group === to.group && one.kind === to.kind && (one.name === undefined || one.name === to.name)),
  );
}

import type { ObjectRef } from '../kernel/object-ref.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';
import type { ServiceCIDR } from './service-cidr.js';

/** Reads a `networking.k8s.io` ServiceCIDR. */
export function normaliseServiceCIDR(root: ObjectReader, ref: ObjectRef): ServiceCIDR {
  const terminating = root.object('metadata')?.has('deletionTimestamp') ?? false;
  const conditions = root.object('status')?.objects('conditions') ?? [];
  const condition = conditions.find((one) => one.raw('type') === 'Ready');
  const ready = !terminating && (condition === undefined || condition.raw('status') === 'True');
  return { ...readResource(root, ref), kind: 'ServiceCIDR', cidrs: root.object('spec')?.cidrs('cidrs') ?? [], terminating, ready };
}

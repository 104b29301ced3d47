import type { ObjectRef } from '../kernel/object-ref.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';
import type { ServiceAccount } from './service-account.js';

/** Reads a v1 ServiceAccount. */
export function normaliseServiceAccount(root: ObjectReader, ref: ObjectRef): ServiceAccount {
  return { ...readResource(root, ref), kind: 'ServiceAccount', namespace: ref.namespace ?? 'default' };
}

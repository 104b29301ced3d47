import type { ObjectRef } from '../kernel/object-ref.js';
import type { Cidr } from '../net/cidr.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';
import type { ServiceCIDR } from './service-cidr.js';

/** Reads a `networking.k8s.io` ServiceCIDR (kubernetes `pkg/apis/networking/validation/validation.go`, ValidateServiceCIDR: one range, or one of each family). */
export function normaliseServiceCIDR(root: ObjectReader, ref: ObjectRef): ServiceCIDR {
  const terminating = root.object('metadata')?.has('deletionTimestamp') ?? false;
  const conditions = root.object('status')?.objects('conditions') ?? [];
  const condition = conditions.find((one) => one.raw('type') === 'Ready');
  const ready = !terminating && (condition === undefined || condition.raw('status') === 'True');
  return { ...readResource(root, ref), kind: 'ServiceCIDR', cidrs: readRanges(root), terminating, ready };
}

function readRanges(root: ObjectReader): readonly Cidr[] {
  const spec = root.object('spec') ?? root.empty('spec');
  const cidrs = spec.cidrs('cidrs');
  const texts = spec.texts('cidrs');
  if (texts.length === 0) spec.error('missing-field', 'cidrs', 'a ServiceCIDR needs at least one range');
  if (texts.length > 2) spec.error('too-many', 'cidrs', `a ServiceCIDR has at most two ranges, there are ${texts.length}`);
  const [first, second] = cidrs;
  if (texts.length === 2 && first && first.family === second?.family) {
    spec.error('invalid-value', 'cidrs', `a ServiceCIDR has at most one range of each family, and there are two of IPv${first.family}`);
  }
  return cidrs;
}

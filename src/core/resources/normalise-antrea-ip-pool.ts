import type { ObjectRef } from '../kernel/object-ref.js';
import { rangeOfCidr } from '../net/ip-set.js';
import type { AntreaAddress, AntreaIPPool, AntreaRange } from './antrea-ip-pool.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';

/** Reads an IPPool of Antrea (antrea-io/antrea `pkg/apis/crd/{v1beta1,v1alpha2}/types.go`): in v1alpha2 each range tells its own subnet. */
export function normaliseAntreaIPPool(root: ObjectReader, ref: ObjectRef): AntreaIPPool {
  const spec = root.object('spec') ?? root.empty('spec');
  const subnet = ref.apiVersion === 'crd.antrea.io/v1alpha2' ? undefined : (spec.object('subnetInfo') ?? spec.empty('subnetInfo'));
  const states = root.object('status')?.objects('ipAddresses') ?? [];
  return {
    ...readResource(root, ref),
    kind: 'AntreaIPPool',
    ranges: spec.objects('ipRanges').flatMap((range) => readRange(range, subnet ?? range)),
    addresses: states.flatMap(readAddress),
  };
}

/** A prefix, or `start` and `end`. */
function readRange(range: ObjectReader, subnet: ObjectReader): readonly AntreaRange[] {
  const info = { gateway: subnet.ip('gateway'), prefixLength: subnet.integer('prefixLength', 1, 128) };
  if (range.has('cidr')) {
    const cidr = range.cidr('cidr');
    return cidr ? [{ span: rangeOfCidr(cidr), prefix: cidr.prefix, ...info }] : [];
  }
  const [first, last] = [range.ip('start'), range.ip('end')];
  for (const field of ['start', 'end'])
    if (!range.has(field)) range.error('missing-field', field, 'a range needs a `cidr`, or `start` and `end`');
  if (!first || !last) return [];
  if (first.family !== last.family || first.value > last.value) {
    range.error('invalid-value', 'end', 'a range ends with an address of the family of its `start`, and not before it');
    return [];
  }
  return [{ span: { family: first.family, first: first.value, last: last.value }, prefix: undefined, ...info }];
}

function readAddress(state: ObjectReader): readonly AntreaAddress[] {
  const ip = state.ip('ipAddress');
  const set = state.object('owner')?.object('statefulSet');
  const [namespace, name, index] = [set?.text('namespace'), set?.text('name'), set?.integer('index', 0, 2 ** 31 - 1)];
  const isSets = namespace !== undefined && name !== undefined && index !== undefined;
  return ip ? [{ ip, statefulSet: isSets ? { namespace, name, index } : undefined }] : [];
}

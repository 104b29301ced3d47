import { readHostLocalConfig } from '../../../src/core/ipam/host-local-config.js';
import {
  canonicalRange,
  canonicalRangeSet,
  type HostLocalRange,
  type HostLocalRangeSpec,
  notInSet,
  rangeHolds,
  rangeIndexOf,
  rangesMeet,
} from '../../../src/core/ipam/host-local-range.js';
import type { JsonObject } from '../../../src/core/kernel/json.js';
import { formatCidr } from '../../../src/core/net/cidr.js';
import { formatIp } from '../../../src/core/net/ip.js';
import type { Arguments } from './ipam-arguments.js';
import type { CallResult } from './ipam-set-functions.js';
import type { Json } from './ipam-vector.js';

/** Functions of the pack about ranges and configurations of host-local. */
export const HOST_LOCAL_FUNCTIONS: Readonly<Record<string, (input: Arguments) => CallResult>> = {
  canonicalRange: (input) => {
    const range = canonicalRange(input.whole() as unknown as HostLocalRangeSpec);
    return range.ok ? viewOf(range.value) : failure(range.error);
  },
  rangeContains: (input) => rangeHolds(rangeOf(input.json('range')), input.ip('address')),
  rangesOverlap: (input) => {
    const [a, b] = [rangeOf(input.json('a')), rangeOf(input.json('b'))];
    return rangesMeet(a, b) && rangesMeet(b, a);
  },
  rangeFor: (input) => {
    const set = (input.json('ranges') as readonly Json[]).map(rangeOf);
    return rangeIndexOf(set, input.ip('address')) ?? { error: 'NOT_IN_RANGE', message: notInSet(input.text('address'), set) };
  },
  validateRangeSet: (input) => {
    const set = canonicalRangeSet(input.json('ranges') as unknown as readonly HostLocalRangeSpec[]);
    return set.ok ? { valid: true } : failure(set.error);
  },
  parseHostLocal: (input) => {
    const config = readHostLocalConfig(input.json('config') as JsonObject, input.isNull('env') ? '' : input.text('env'));
    if (!config.ok) return failure(config.error);
    return { rangeSets: config.value.rangeSets.map((set) => set.map(viewOf)), requested: config.value.requested };
  },
};

function rangeOf(spec: Json): HostLocalRange {
  const range = canonicalRange(spec as unknown as HostLocalRangeSpec);
  if (!range.ok) throw new Error(range.error.message);
  return range.value;
}

function viewOf({ subnet, rangeStart, rangeEnd, gateway }: HostLocalRange): { readonly [name: string]: Json } {
  return { subnet: formatCidr(subnet), rangeStart: formatIp(rangeStart), rangeEnd: formatIp(rangeEnd), gateway: formatIp(gateway) };
}

function failure({ code, message }: { readonly code: string; readonly message: string }): {
  readonly error: string;
  readonly message: string;
} {
  return { error: code, message };
}

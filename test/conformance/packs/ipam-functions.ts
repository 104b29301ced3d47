import { nodePortBands, serviceBands } from '../../../src/core/ipam/bands.js';
import { usableCount, type UsableRule } from '../../../src/core/ipam/usable-addresses.js';
import { nodePortStaticBand, serviceStaticBand } from '../../../src/core/model/banded-range.js';
import { childAt, ChildCidrs, childIndexOf } from '../../../src/core/net/child-cidrs.js';
import { cidrSize, formatCidr, lastIp } from '../../../src/core/net/cidr.js';
import { familyBits, formatIp, type IpFamily } from '../../../src/core/net/ip.js';
import { serviceRangeSize, wrapOrder } from '../../../src/core/net/service-range.js';
import { ADDRESS_FUNCTIONS } from './ipam-address-functions.js';
import { Arguments } from './ipam-arguments.js';
import { CALICO_FUNCTIONS } from './ipam-calico-functions.js';
import { HOST_LOCAL_FUNCTIONS } from './ipam-host-local.js';
import { PREFIX_FUNCTIONS } from './ipam-prefix.js';
import { type CallResult, SET_FUNCTIONS } from './ipam-set-functions.js';
import type { Actual, Json } from './ipam-vector.js';

type Call = (input: Arguments) => CallResult;

/** The functions of the pack that `core/` has, by the pack's names. */
const FUNCTIONS: Readonly<Record<string, Call>> = {
  subnetAt: (input) => {
    if (!ChildCidrs.of(input.cidr('network'), input.number('childPrefixLength')).ok) return { error: 'SUBNET_TOO_BIG' };
    const child = childAt(input.cidr('network'), input.number('childPrefixLength'), input.big('index'));
    return child ? formatCidr(child) : { error: 'NOT_IN_RANGE' };
  },
  indexOf: (input) => {
    const index = childIndexOf(input.cidr('network'), input.number('childPrefixLength'), input.cidr('cidr'));
    return index === undefined ? { error: 'NOT_IN_RANGE' } : String(index);
  },
  addOffset: (input) => {
    const { family, value } = input.ip('address');
    const sum = value + input.big('offset');
    return sum < 0n || sum >= 1n << BigInt(familyBits(family)) ? { error: 'NOT_IN_RANGE' } : formatIp({ family, value: sum });
  },
  offsetOf: (input) => String(input.ip('address').value - input.ip('base').value),
  lastAddress: (input) => formatIp(lastIp(input.cidr('cidr'))),
  serviceRangeSize: (input) => String(serviceRangeSize(input.cidr('cidr'))),
  wrapOrder: (input) => [...wrapOrder(input.ip('first'), input.ip('last'), input.big('offset'))].map(formatIp),
  serviceStaticBand: (input) => String(serviceStaticBand(cidrSize(input.cidr('cidr')))),
  portStaticBand: (input) => nodePortStaticBand(input.number('size')),
  serviceBands: (input) => {
    const cidr = input.cidr('cidr');
    const { staticSize, static: low, dynamic } = serviceBands(cidr);
    return { staticSize: String(staticSize), static: addresses(low, cidr.family), dynamic: addresses(dynamic, cidr.family) };
  },
  portBands: (input) => {
    const { staticSize, static: low, dynamic } = nodePortBands(input.number('first'), input.number('last'));
    return { staticSize, static: low, dynamic };
  },
  usableCount: (input) => {
    const count = usableCount(input.text('policy') as UsableRule, input.cidr('cidr'));
    return typeof count === 'string' ? { error: count } : String(count);
  },
};

const ALL: Readonly<Record<string, Call>> = {
  ...FUNCTIONS,
  ...SET_FUNCTIONS,
  ...CALICO_FUNCTIONS,
  ...HOST_LOCAL_FUNCTIONS,
  ...PREFIX_FUNCTIONS,
  ...ADDRESS_FUNCTIONS,
};

/** Calls a function; undefined where `core/` has none of that name, or none for these arguments. */
export function callFunction(name: string, input: { readonly [name: string]: Json }): Actual | undefined {
  const result = ALL[name]?.(new Arguments(input));
  if (result === undefined) return undefined;
  if (isFailure(result))
    return { results: [], error: { code: result.error, message: typeof result.message === 'string' ? result.message : '' } };
  return { results: [result], error: null };
}

function isFailure(result: Json | { readonly error: string }): result is { readonly error: string; readonly message?: Json } {
  return typeof result === 'object' && result !== null && 'error' in result && typeof result.error === 'string';
}

function addresses(band: readonly [bigint, bigint] | null, family: IpFamily): Json {
  return band && band.map((value) => formatIp({ family, value }));
}

import type { AllocationState } from '../../application/ipam/allocation-record.js';
import type { AllocationFilter, AllocationWindow } from '../../application/ipam/allocation-store.js';
import { ADDRESS_PLANES } from '../../core/ipam/address-plane.js';
import { type Cidr, formatCidr } from '../../core/net/cidr.js';
import { familyBits, formatIp } from '../../core/net/ip.js';
import { rangeOfCidr } from '../../core/net/ip-set.js';
import type { LabelRequirement } from '../../core/resources/label-selector.js';
import { ipBytes } from './allocation-mapper.js';
import { COLUMNS } from './allocation-statements.js';
import { labelTerm, ownerTerm } from './asked-terms.js';

/** Adds a value to the statement, and names it. */
type Parameter = (value: unknown) => string;

/** One of several ways to be what is asked for. What lives, rests and has ended have indexes of their own, which one condition for all would not use. */
interface Way {
  readonly where: readonly string[];
  /** Few are like this: they are looked up by it alone, not met on a walk through the history. */
  readonly isRare?: true;
}

/** A part of the history, in the order of the sequence. */
export function recordsOf(
  clusterId: string,
  filter: AllocationFilter,
  { descending = false, after, limit }: AllocationWindow,
): { readonly text: string; readonly values: readonly unknown[] } {
  const values: unknown[] = [clusterId, limit];
  const parameter: Parameter = (value) => `$${values.push(value)}`;
  const common = ['cluster_id = $1', ...conditionsOf(filter, parameter)];
  if (after !== undefined) common.push(`sequence ${descending ? '<' : '>'} ${parameter(after)}`);
  const window = `ORDER BY sequence ${descending ? 'DESC' : 'ASC'} LIMIT $2`;
  const parts = waysOf(filter, parameter).map(({ where, isRare }) => {
    const rows = `SELECT ${COLUMNS} FROM allocation WHERE ${[...common, ...where].join(' AND ')}`;
    // PostgreSQL plans what stands before an OFFSET without regard to what is done with it.
    return isRare ? `SELECT * FROM (${rows} OFFSET 0) rare ${window}` : `${rows} ${window}`;
  });
  const text = parts.length === 1 ? parts.join('') : `${parts.map((part) => `(${part})`).join(' UNION ALL ')} ${window}`;
  return { text, values };
}

function waysOf({ ip, at, pool, identifier }: AllocationFilter, parameter: Parameter): readonly Way[] {
  if (ip) return holdingWays(parameter(ipBytes(ip)), parameter(formatIp(ip)));
  if (at) return STATES[at.state ?? 'live'](parameter(at.sequence));
  if (pool === undefined && identifier === undefined) return [{ where: [] }];
  return [{ where: ['released_sequence IS NULL'] }, { where: ['released_sequence IS NOT NULL'] }];
}

const ANY_PLANE = `plane IN (${ADDRESS_PLANES.map((plane) => `'${plane}'`).join(', ')})`;

/** What an address was handed out by: alone, or in a prefix. */
function holdingWays(bytes: string, address: string): readonly Way[] {
  const alone = `${ANY_PLANE} AND octet_length(address) = octet_length(${bytes}::bytea) AND address = ${bytes}`;
  return [
    { where: [alone, 'freed_sequence IS NULL'] },
    { where: [alone, 'freed_sequence IS NOT NULL'] },
    { where: [`prefix IS NOT NULL AND prefix >>= ${address}::inet AND address <> ${bytes}`] },
  ];
}

/** After the change of that number, which is mostly the newest: little has changed since. */
const STATES: Readonly<Record<AllocationState | 'live', (number: string) => readonly Way[]>> = {
  live: (number) => living(number),
  active: (number) => living(number, 'lease_until IS NULL'),
  leased: (number) => living(number, 'lease_until IS NOT NULL'),
  cooldown: (number) => [
    { where: [`released_sequence <= ${number}`, 'freed_sequence IS NULL'] },
    { where: [`released_sequence <= ${number}`, `freed_sequence > ${number}`, 'freed_sequence > released_sequence'], isRare: true },
  ],
  released: (number) => [{ where: [`freed_sequence <= ${number}`] }],
};

function living(number: string, ...also: readonly string[]): readonly Way[] {
  const where = [`sequence <= ${number}`, ...also];
  return [
    { where: [...where, 'released_sequence IS NULL AND freed_sequence IS NULL'] },
    { where: [...where, `released_sequence > ${number}`], isRare: true },
  ];
}

function conditionsOf(filter: AllocationFilter, parameter: Parameter): readonly string[] {
  const { pool, identifier, owner, ownerObject = {}, labels, within, contains, overlaps } = filter;
  const ownerTerms = Object.entries(ownerObject).flatMap(([member, value]) => (value === undefined ? [] : [ownerTerm(member, value)]));
  return [
    ...(pool === undefined ? [] : [`pool = ${parameter(pool)}`]),
    ...(identifier === undefined ? [] : [`identifier = ${parameter(identifier)}`]),
    ...(owner === undefined ? [] : [`owner LIKE ${parameter(`%${owner.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`)}`]),
    ...(ownerTerms.length === 0 ? [] : [`terms @> ${parameter(ownerTerms)}::text[]`]),
    ...(labels?.invalid ? ['FALSE'] : (labels?.requirements ?? []).map((requirement) => labelCondition(requirement, parameter))),
    ...(within ? [isWithin(within, parameter)] : []),
    ...(contains ? [isAround(contains, parameter)] : []),
    ...(overlaps ? [`(${isWithin(overlaps, parameter)} OR ${isAround(overlaps, parameter)})`] : []),
  ];
}

/** `NotIn` and `DoesNotExist` hold where there is no such label. */
function labelCondition({ key, operator, values }: LabelRequirement, parameter: Parameter): string {
  const terms = operator === 'In' || operator === 'NotIn' ? values.map((value) => labelTerm(key, value)) : [labelTerm(key)];
  const hasOne = `terms && ${parameter(terms)}::text[]`;
  return operator === 'In' || operator === 'Exists' ? hasOne : `(${hasOne}) IS NOT TRUE`;
}

/** All of the allocation is in the prefix. Prefixes are nested or apart, so that the first address and the length tell. */
function isWithin(cidr: Cidr, parameter: Parameter): string {
  const { family, first, last } = rangeOfCidr(cidr);
  const bytes = (value: bigint) => parameter(ipBytes({ family, value }));
  const isInside = `${ANY_PLANE} AND octet_length(address) = ${familyBits(family) / 8} AND address BETWEEN ${bytes(first)} AND ${bytes(last)}`;
  return `(${isInside} AND (prefix IS NULL OR masklen(prefix) >= ${parameter(cidr.prefix)}))`;
}

/** All of the prefix is in the allocation. */
function isAround(cidr: Cidr, parameter: Parameter): string {
  const whole = `prefix >>= ${parameter(formatCidr(cidr))}::cidr`;
  if (cidr.prefix < familyBits(cidr.family)) return whole;
  const bytes = parameter(ipBytes({ family: cidr.family, value: cidr.base }));
  const isIt = `${ANY_PLANE} AND octet_length(address) = octet_length(${bytes}::bytea) AND address = ${bytes}`;
  return `(${whole} OR (prefix IS NULL AND ${isIt}))`;
}

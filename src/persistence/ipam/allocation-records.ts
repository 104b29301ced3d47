import type { AllocationFilter, AllocationState, AllocationWindow } from '../../application/ipam/allocation-store.js';
import { ADDRESS_PLANES } from '../../core/ipam/address-plane.js';
import { type Cidr, formatCidr } from '../../core/net/cidr.js';
import { familyBits, formatIp } from '../../core/net/ip.js';
import { rangeOfCidr } from '../../core/net/ip-set.js';
import type { LabelRequirement } from '../../core/resources/label-selector.js';
import { ipBytes } from './allocation-mapper.js';
import { COLUMNS } from './allocation-statements.js';

/** A part of the history. What lives, what has ended and the prefixes that an address is in have an index each, which one condition for all would not use. */
export function recordsOf(
  clusterId: string,
  filter: AllocationFilter,
  { descending = false, after, limit }: AllocationWindow,
): { readonly text: string; readonly values: readonly unknown[] } {
  const { pool, identifier, ip } = filter;
  const values: unknown[] = [clusterId, limit];
  const parameter: Parameter = (value) => `$${values.push(value)}`;
  const conditions = ['cluster_id = $1', ...conditionsOf(filter, parameter)];
  if (after !== undefined) conditions.push(`sequence ${descending ? '<' : '>'} ${parameter(after)}`);
  const parts = ip
    ? partsOf(parameter(ipBytes(ip)), parameter(formatIp(ip)))
    : pool === undefined && identifier === undefined
      ? []
      : ENDED_OR_NOT;
  const window = `ORDER BY sequence ${descending ? 'DESC' : 'ASC'} LIMIT $2`;
  const select = (condition?: string) =>
    `SELECT ${COLUMNS} FROM allocation WHERE ${[...conditions, condition ?? 'TRUE'].join(' AND ')} ${window}`;
  const text = parts.length === 0 ? select() : `${parts.map((part) => `(${select(part)})`).join(' UNION ALL ')} ${window}`;
  return { text, values };
}

const ENDED_OR_NOT = ['released_sequence IS NULL', 'released_sequence IS NOT NULL'];
const PLANES = ADDRESS_PLANES.map((plane) => `'${plane}'`).join(', ');

/** What an address was handed out by: alone, or in a prefix. */
function partsOf(bytes: string, address: string): readonly string[] {
  const alone = `plane IN (${PLANES}) AND octet_length(address) = octet_length(${bytes}::bytea) AND address = ${bytes}`;
  return [
    `${alone} AND freed_sequence IS NULL`,
    `${alone} AND freed_sequence IS NOT NULL`,
    `prefix IS NOT NULL AND prefix >>= ${address}::inet AND address <> ${bytes}`,
  ];
}

/** Adds a value to the statement, and names it. */
type Parameter = (value: unknown) => string;

function conditionsOf(filter: AllocationFilter, parameter: Parameter): readonly string[] {
  const { pool, identifier, at, owner, ownerObject = {}, labels, within, contains, overlaps } = filter;
  return [
    ...(pool === undefined ? [] : [`pool = ${parameter(pool)}`]),
    ...(identifier === undefined ? [] : [`identifier = ${parameter(identifier)}`]),
    ...(at ? [STATES[at.state ?? 'live'](parameter(at.sequence))] : []),
    ...(owner === undefined ? [] : [`strpos(owner, ${parameter(owner)}) > 0`]),
    ...Object.entries(ownerObject)
      .filter(([, value]) => value !== undefined)
      .map(([member, value]) => `${REQUEST} -> 'ownerObject' ->> ${parameter(member)}::text = ${parameter(value)}`),
    ...(labels?.invalid ? ['FALSE'] : (labels?.requirements ?? []).map((requirement) => labelCondition(requirement, parameter))),
    ...(within ? [isWithin(within, parameter)] : []),
    ...(contains ? [isAround(contains, parameter)] : []),
    ...(overlaps ? [`(${isWithin(overlaps, parameter)} OR ${isAround(overlaps, parameter)})`] : []),
  ];
}

/** After the change of that number. */
const STATES: Readonly<Record<AllocationState | 'live', (number: string) => string>> = {
  live: (number) => `sequence <= ${number} AND (released_sequence IS NULL OR released_sequence > ${number})`,
  active: (number) => `${STATES.live(number)} AND lease_until IS NULL`,
  leased: (number) => `${STATES.live(number)} AND lease_until IS NOT NULL`,
  cooldown: (number) => `released_sequence <= ${number} AND (freed_sequence IS NULL OR freed_sequence > ${number})`,
};

/** What was asked, as JSON without the escapes that PostgreSQL takes for no text, such as that of a zero: a `seed` may have them, and what is looked for has none. */
const REQUEST = String.raw`(regexp_replace(nullif(request, ''), '(\\\\)|\\u[0-9a-f]{4}', '\1', 'g')::jsonb)`;

/** `NotIn` and `DoesNotExist` hold where there is no such label. */
function labelCondition({ key, operator, values }: LabelRequirement, parameter: Parameter): string {
  const value = `${REQUEST} -> 'labels' ->> ${parameter(key)}::text`;
  if (operator === 'Exists') return `${value} IS NOT NULL`;
  if (operator === 'DoesNotExist') return `${value} IS NULL`;
  const isOneOf = `(${value} = ANY(${parameter(values)}::text[]))`;
  return operator === 'In' ? isOneOf : `${isOneOf} IS NOT TRUE`;
}

/** All of the allocation is in the prefix. Prefixes are nested or apart, so that the first address and the length tell. */
function isWithin(cidr: Cidr, parameter: Parameter): string {
  const { family, first, last } = rangeOfCidr(cidr);
  const bytes = (value: bigint) => parameter(ipBytes({ family, value }));
  const isInside = `octet_length(address) = ${familyBits(family) / 8} AND address BETWEEN ${bytes(first)} AND ${bytes(last)}`;
  return `(${isInside} AND (prefix IS NULL OR masklen(prefix) >= ${parameter(cidr.prefix)}))`;
}

/** All of the prefix is in the allocation. */
function isAround(cidr: Cidr, parameter: Parameter): string {
  const whole = `prefix >>= ${parameter(formatCidr(cidr))}::cidr`;
  if (cidr.prefix < familyBits(cidr.family)) return `coalesce(${whole}, FALSE)`;
  return `(coalesce(${whole}, FALSE) OR (prefix IS NULL AND address = ${parameter(ipBytes({ family: cidr.family, value: cidr.base }))}))`;
}

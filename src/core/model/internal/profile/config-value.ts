import { isJsonObject, type Json } from '../../../kernel/json.js';
import { type Cidr, parseCidr } from '../../../net/cidr.js';
import { type Ip, parseIp } from '../../../net/ip.js';

/** The value at a dotted path of a configuration; undefined where it is missing or null. */
export function configValue(config: Json | undefined, path: string): Json | undefined {
  let value = config;
  for (const name of path.split('.')) value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value ?? undefined;
}

/** Text that is not empty. */
export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A whole number, also written as text. */
export function numberOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined;
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined;
}

/** True or false, also written as text. */
export function flagOf(value: Json | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

/** Prefixes from a list, or from text that separates them by commas or blanks; undefined where there is none. */
export function cidrsOf(value: Json | undefined): readonly Cidr[] | undefined {
  return listOf(value, parseCidr);
}

/** Addresses, written as {@link cidrsOf} takes prefixes. */
export function addressesOf(value: Json | undefined): readonly Ip[] | undefined {
  return listOf(value, parseIp);
}

function listOf<T>(value: Json | undefined, parse: (text: string) => T | undefined): readonly T[] | undefined {
  const texts = typeof value === 'string' ? value.split(/[\s,]+/) : Array.isArray(value) ? value : [];
  const values = texts.flatMap((text: Json) => (typeof text === 'string' ? (parse(text) ?? []) : [])) as readonly T[];
  return values.length > 0 ? values : undefined;
}

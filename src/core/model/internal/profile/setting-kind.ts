import { inBrief } from '../../../kernel/in-brief.js';
import type { Json } from '../../../kernel/json.js';
import { type Cidr, formatCidr, parseCidr } from '../../../net/cidr.js';
import { formatIp, type Ip, type IpFamily, parseIp } from '../../../net/ip.js';

/** What is wrong with a part of a value, and where in the value it stands, as the end of a JSON pointer. */
export interface SettingFault {
  readonly pointer: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** How one value of the profile is written in JSON. `read` is undefined for what is none; `expected` completes "expected …". */
export interface SettingKind<T> {
  readonly expected: string;
  /** The closed list of texts, where there is one: hints are taken from it. */
  readonly allowed?: readonly string[];
  read(value: Json): T | undefined;
  write(value: T): Json;
  /** Of a value that `read` refuses: more than that it is not what is expected; undefined where there is no more to say. */
  fault?(value: Json): SettingFault | undefined;
}

/** A value that JSON carries as it is. */
function plain<T extends Json>(expected: string, isOne: (value: Json) => value is T): SettingKind<T> {
  return { expected, read: (value) => (isOne(value) ? value : undefined), write: (value) => value };
}

/** True or false. */
export const FLAG = plain('true or false', (value): value is boolean => typeof value === 'boolean');

/** Text that is not empty. */
export const TEXT = plain('text', (value): value is string => typeof value === 'string' && value !== '');

/** A whole number of a range. */
export function wholeNumber(first: number, last: number): SettingKind<number> {
  const inRange = (value: Json): value is number => typeof value === 'number' && Number.isInteger(value) && value >= first && value <= last;
  return plain(`a whole number ${first}…${last}`, inRange);
}

/** One of a closed list of texts. */
export function oneOf<T extends string>(...allowed: readonly T[]): SettingKind<T> {
  return {
    expected: `one of ${allowed.join(', ')}`,
    allowed,
    read: (value) => allowed.find((one) => one === value),
    write: (value) => value,
  };
}

/** A list of values of one kind. */
export function listOf<T>(kind: SettingKind<T>): SettingKind<readonly T[]> {
  return {
    expected: `a list, each element ${kind.expected}`,
    read: (value) => {
      if (!Array.isArray(value)) return undefined;
      const elements = value.map((element: Json) => kind.read(element));
      return elements.every((element) => element !== undefined) ? elements : undefined;
    },
    write: (values) => values.map((value) => kind.write(value)),
    fault: (value) => {
      if (!Array.isArray(value)) return undefined;
      const index = value.findIndex((element: Json) => kind.read(element) === undefined);
      const element: Json = value[index] ?? null;
      const { pointer, ...said } = kind.fault?.(element) ?? {
        pointer: '',
        message: `${inBrief(JSON.stringify(element))} is not ${kind.expected}`,
      };
      return { pointer: `/${index}${pointer}`, ...said };
    },
  };
}

/** A value, or null where null says something. */
export function orNull<T>(kind: SettingKind<T>): SettingKind<T | null> {
  return {
    expected: `${kind.expected} or null`,
    read: (value) => (value === null ? null : kind.read(value)),
    write: (value) => (value === null ? null : kind.write(value)),
  };
}

/** A prefix such as `10.0.0.0/8`. */
export const CIDR: SettingKind<Cidr> = {
  expected: 'a CIDR such as `10.0.0.0/8`',
  read: (value) => {
    const cidr = typeof value === 'string' ? parseCidr(value) : undefined;
    return cidr && typeof value === 'string' && !hasHostBits(value, cidr) ? cidr : undefined;
  },
  write: formatCidr,
  fault: (value) => {
    const cidr = typeof value === 'string' ? parseCidr(value) : undefined;
    return (
      cidr && { pointer: '', message: `${inBrief(JSON.stringify(value))} has host bits set`, hint: `did you mean \`${formatCidr(cidr)}\`?` }
    );
  },
};

function hasHostBits(text: string, { base }: Cidr): boolean {
  return parseIp(text.slice(0, text.indexOf('/')))?.value !== base;
}

/** An address. */
export const ADDRESS: SettingKind<Ip> = {
  expected: 'an IP address',
  read: (value) => (typeof value === 'string' ? parseIp(value) : undefined),
  write: formatIp,
};

/** `IPv4` or `IPv6`. */
export const FAMILY: SettingKind<IpFamily> = {
  expected: 'IPv4 or IPv6',
  allowed: ['IPv4', 'IPv6'],
  read: (value) => (value === 'IPv4' ? 4 : value === 'IPv6' ? 6 : undefined),
  write: (family) => (family === 4 ? 'IPv4' : 'IPv6'),
};

import { type Cidr, parseCidr } from '../../../src/core/net/cidr.js';
import { type Ip, parseIp } from '../../../src/core/net/ip.js';
import { type IpRange, rangeOfCidr } from '../../../src/core/net/ip-set.js';
import { type Json, textOf } from './ipam-vector.js';

/** Arguments of a call, read as what they are. One that cannot be read fails the case. */
export class Arguments {
  constructor(private readonly input: { readonly [name: string]: Json | undefined }) {}

  number(name: string): number {
    return Number(this.input[name]);
  }

  big(name: string): bigint {
    return BigInt(textOf(this.input[name]));
  }

  flag(name: string): boolean {
    return this.input[name] === true;
  }

  text(name: string): string {
    return textOf(this.input[name]);
  }

  /** All of them. */
  whole(): { readonly [name: string]: Json | undefined } {
    return this.input;
  }

  json(name: string): Json {
    return this.input[name] ?? null;
  }

  isNull(name: string): boolean {
    return this.input[name] === null || this.input[name] === undefined;
  }

  cidr(name: string): Cidr {
    return found(parseCidr(this.text(name)), name);
  }

  ip(name: string): Ip {
    return found(parseIp(this.text(name)), name);
  }

  texts(name: string): readonly string[] {
    const list = this.input[name];
    return Array.isArray(list) ? list.map(textOf) : [];
  }

  /** A prefix, an address, or `first-last`. */
  range(name: string): IpRange {
    return rangeIn(this.text(name));
  }

  ranges(name: string): readonly IpRange[] {
    return this.texts(name).map(rangeIn);
  }
}

/** `10.0.0.0/8`, `10.0.0.1`, or `10.0.0.1-10.0.0.9`. */
export function rangeIn(text: string): IpRange {
  const cidr = parseCidr(text);
  if (cidr) return rangeOfCidr(cidr);
  const [from = '', to = from] = text.split('-');
  const first = found(parseIp(from), text);
  return { family: first.family, first: first.value, last: found(parseIp(to), text).value };
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`the vector's \`${name}\` cannot be read`);
  return value;
}

import { randomUUID } from 'node:crypto';
import type { AllocationRequest } from '../../core/ipam/allocation-decision.js';
import { type AllocationOptions, type OwnerObject, ownerText } from '../../core/ipam/allocation-options.js';
import type { AllocationStrategy } from '../../core/ipam/allocation-strategy.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { type Cidr, firstIp, formatCidr, parseCidr } from '../../core/net/cidr.js';
import { type Ip, parseIp } from '../../core/net/ip.js';
import type { Labels } from '../../core/resources/resource.js';
import { notAnAddress } from './not-an-address.js';

/** What a caller asks for, as it was written. */
export interface AllocationInput {
  /** Left out: one is made. */
  readonly identifier?: string | undefined;
  readonly owner?: string | null | undefined;
  readonly address?: string | undefined;
  /** The same as `address`; one of both. */
  readonly ip?: string | undefined;
  readonly prefix?: string | undefined;
  readonly prefixLength?: number | undefined;
  readonly preferred?: string | undefined;
  readonly otherPools?: readonly string[] | undefined;
  readonly count?: number | undefined;
  readonly strategy?: AllocationStrategy | undefined;
  readonly seed?: string | undefined;
  readonly node?: string | undefined;
  readonly within?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly ttlSeconds?: number | undefined;
  /** The same as `ttlSeconds`; one of both. */
  readonly ttl?: number | undefined;
  readonly cooldownSeconds?: number | undefined;
  readonly partial?: boolean | undefined;
  readonly labels?: Labels | undefined;
  readonly ownerObject?: OwnerObject | undefined;
}

/** Reads the addresses and prefixes. Fails with `invalid-request`. */
export function readAllocation(pool: string, input: AllocationInput): Result<AllocationRequest, Problem> {
  const { identifier = randomUUID(), owner, prefix, preferred, within, exclude, ttlSeconds, ttl, ...plain } = input;
  const named = input.ip === undefined ? ipAt(input.address, '/address') : ipAt(input.ip, '/ip');
  if (!named.ok) return named;
  const whole = prefix === undefined ? ok(undefined) : cidrAt(prefix, '/prefix');
  if (!whole.ok) return whole;
  const wanted = preferredOf(preferred, plain.prefixLength);
  if (!wanted.ok) return wanted;
  const inside = cidrsAt(within, '/within');
  if (!inside.ok) return inside;
  const outside = cidrsAt(exclude, '/exclude');
  if (!outside.ok) return outside;
  const { otherPools, prefixLength, count, strategy, seed, node, cooldownSeconds, partial, labels, ownerObject } = plain;
  const options: AllocationOptions = {
    otherPools,
    prefixLength,
    preferred: wanted.value,
    count,
    strategy,
    seed,
    node,
    within: inside.value,
    exclude: outside.value,
    leaseSeconds: ttlSeconds ?? ttl,
    cooldownSeconds,
    partial,
    labels,
    ownerObject,
  };
  return ok({
    pool,
    identifier,
    owner: owner ?? (ownerObject ? ownerText(ownerObject) : null),
    address: named.value,
    prefix: whole.value,
    options,
  });
}

/** A problem of a request in the words of its caller, who may have written `ip` for `address`. */
export function inWordsOf({ ip }: AllocationInput, problem: Problem): Problem {
  if (ip === undefined || problem.errors === undefined) return problem;
  const errors = problem.errors.map((detail) => (detail.pointer === '/address' ? { ...detail, pointer: '/ip' } : detail));
  return { ...problem, errors };
}

function ipAt(text: string | undefined, pointer: string): Result<Ip | undefined, Problem> {
  const ip = text === undefined ? undefined : parseIp(text);
  return text === undefined || ip ? ok(ip) : err(notAnAddress(text, pointer));
}

/** An address; where prefixes are asked for, the first one of a prefix of their length. */
function preferredOf(text: string | undefined, prefixLength: number | undefined): Result<Ip | undefined, Problem> {
  if (text === undefined || prefixLength === undefined) return ipAt(text, '/preferred');
  const cidr = cidrAt(text, '/preferred');
  if (!cidr.ok) return cidr;
  if (cidr.value.prefix === prefixLength) return ok(firstIp(cidr.value));
  return err(invalid('/preferred', 'other-length', `\`${text}\` is no prefix of /${prefixLength}`, 'its length has to be `prefixLength`'));
}

function cidrsAt(texts: readonly string[] | undefined, pointer: string): Result<readonly Cidr[] | undefined, Problem> {
  if (texts === undefined) return ok(undefined);
  const cidrs: Cidr[] = [];
  for (const [index, text] of texts.entries()) {
    const cidr = cidrAt(text, `${pointer}/${index}`);
    if (!cidr.ok) return cidr;
    cidrs.push(cidr.value);
  }
  return ok(cidrs);
}

/** A prefix without host bits; fails with `invalid-request` at its place. */
export function cidrAt(text: string, pointer: string): Result<Cidr, Problem> {
  const cidr = parseCidr(text);
  if (!cidr) return err(invalid(pointer, 'invalid-prefix', `\`${text.slice(0, 80)}\` is no prefix`, lengths(text)));
  if (parseIp(text.slice(0, text.indexOf('/')))?.value === firstIp(cidr).value) return ok(cidr);
  return err(invalid(pointer, 'host-bits-set', `\`${text}\` has host bits set`, `did you mean \`${formatCidr(cidr)}\`?`));
}

function lengths(text: string): string {
  return text.includes(':') ? 'such as `fd00:10::/64`; the length is 0 to 128' : 'such as `10.0.0.0/24`; the length is 0 to 32';
}

function invalid(pointer: string, code: string, message: string, hint: string): Problem {
  return problem('invalid-request', message, { hint, errors: [{ pointer, code, message, hint }] });
}

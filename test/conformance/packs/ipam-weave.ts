import { formatIp, parseIp } from '../../../src/core/net/ip.js';
import { mergeRanges, subtractRanges, type IpRange } from '../../../src/core/net/ip-set.js';
import { named } from './ipam-expect.js';
import type { Machine } from './ipam-machine.js';
import { type Actual, type Earlier, type Json, type Step, textOf } from './ipam-vector.js';

/** The addresses of one peer of Weave; a space of plain numbers is asked for as the addresses with those numbers. */
export const WEAVE_MACHINE: Machine = {
  path: 'weave',
  world: () => ({ range: '0.0.0.0/0' }),
  operations: (step, earlier) => Array.from({ length: step.repeat ?? 1 }).flatMap(() => operationsOf(step, earlier)),
  view: ({ op, expect }, answers, _, { unit }) => ({
    results: op === 'free' ? [] : answers.flatMap(({ results }) => results.map((result) => resultOf(op, result, unit === 'number'))),
    state: stateOf(answers.at(-1)?.state ?? {}, expect.state),
  }),
};

function operationsOf({ op, start, size, end, at, each: all }: Step, earlier: Earlier): readonly object[] {
  if (op === 'free')
    return (all === undefined ? [textOf(at)] : named(textOf(all), earlier).map(textOf)).map((ip) => ({ op, ip: ipText(ip) }));
  if (op === 'claim') return [{ op, ip: ipText(textOf(at)) }];
  const first = valueOf(textOf(start));
  const last = size === undefined ? valueOf(textOf(end)) - 1n : first + BigInt(textOf(size)) - 1n;
  const range = `${ipText(String(first))}-${ipText(String(last))}`;
  return [op === 'addSpace' ? { op: 'add', range } : { op, within: range }];
}

/** `[start, size]` of the biggest part, `[start, end)` of a donation, or the address or number itself. */
function resultOf(op: string, result: Json, isNumber: boolean): Json {
  const text = (value: bigint): Json => (isNumber ? String(value) : formatIp({ family: 4, value }));
  if (typeof result === 'string') return parseIp(result) ? text(valueOf(result)) : result;
  const { start, end, size } = result as { readonly start: string; readonly end: string; readonly size: string };
  return [text(valueOf(start)), op === 'donate' ? text(valueOf(end) + 1n) : size];
}

function stateOf(state: NonNullable<Actual['state']>, expected: Step['expect']['state']): NonNullable<Actual['state']> {
  const [peer] = (state.peers ?? []) as readonly { readonly free: string; readonly owned: readonly string[] }[];
  if (!peer) return { free: '0', owned: Array.isArray(expected?.owned) ? [] : '0' };
  const count = peer.owned.reduce((sum, range) => sum + sizeOf(range), 0n);
  return { free: peer.free, owned: Array.isArray(expected?.owned) ? peer.owned : String(count) };
}

function sizeOf(range: string): bigint {
  const [first = '', last = first] = range.split('-');
  return valueOf(last) - valueOf(first) + 1n;
}

function ipText(text: string): string {
  return formatIp({ family: 4, value: valueOf(text) });
}

function valueOf(text: string): bigint {
  return parseIp(text)?.value ?? BigInt(text);
}

/** The model `range-set`: half-open intervals of numbers, as `core/net` has sets. */
export function runRangeSet(steps: readonly Step[]): readonly Actual[] {
  let set: readonly IpRange[] = [];
  return steps.map(({ op, start, end, at }) => {
    if (op === 'contains')
      return { error: null, results: [set.some(({ first, last }) => first <= BigInt(textOf(at)) && BigInt(textOf(at)) <= last)] };
    const one: IpRange = { family: 6, first: BigInt(textOf(start)), last: BigInt(textOf(end)) - 1n };
    set = op === 'add' ? mergeRanges([...set, one]) : subtractRanges(set, [one]);
    return { error: null, results: set.flatMap(({ first, last }) => [String(first), String(last + 1n)]) };
  });
}

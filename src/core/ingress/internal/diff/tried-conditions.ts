import type { Ip } from '../../../net/ip.js';
import type { SideRule } from './side-rule.js';

/** What a request has beside host and path. */
export interface TriedCondition {
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly clientAddress: Ip | undefined;
}

/** Combinations, and whether they are all there are. */
export interface TriedConditions {
  readonly conditions: readonly TriedCondition[];
  readonly sampled: boolean;
}

const PLAIN: TriedCondition = { method: 'GET', headers: [], query: [], clientAddress: undefined };

/** Beyond so many combinations only what one rule asks for is tried, and the pairs of them. */
const MOST_PRODUCT = 64;
const MOST_SAMPLED = 200;

/** One thing that requests can have in several ways. */
type Dimension = readonly ((condition: TriedCondition) => TriedCondition)[];

/** Combinations of what the rules ask for: each value they name, and none of them; with `repeats` each value also as the second one of its name. */
export function triedConditions(rules: readonly SideRule[], repeats: boolean): TriedConditions {
  const asksMore = rules.some((rule) => rule.asksMore);
  const dimensions = dimensionsOf(rules, repeats);
  const size = dimensions.reduce((product, { length }) => product * length, 1);
  if (size > MOST_PRODUCT) return { conditions: oneAndTwo(dimensions), sampled: true };
  let all: readonly TriedCondition[] = [PLAIN];
  for (const dimension of dimensions) all = all.flatMap((condition) => dimension.map((change) => change(condition)));
  return { conditions: all, sampled: asksMore };
}

/** The plain request, each change of it, and each two of them. */
function oneAndTwo(dimensions: readonly Dimension[]): readonly TriedCondition[] {
  const first = dimensions.reduce((condition, [unchanged]) => unchanged?.(condition) ?? condition, PLAIN);
  const found = [first];
  for (const [index, dimension] of dimensions.entries()) {
    for (const change of dimension.slice(1)) {
      found.push(change(first));
      for (const other of dimensions.slice(index + 1)) for (const second of other.slice(1)) found.push(second(change(first)));
      if (found.length >= MOST_SAMPLED) return found.slice(0, MOST_SAMPLED);
    }
  }
  return found;
}

/** The first entry of each leaves the request as plain as it may be. */
function dimensionsOf(rules: readonly SideRule[], repeats: boolean): readonly Dimension[] {
  const methods = new Set(rules.flatMap(({ asks }) => asks.methods));
  const headers = valuesByName(rules.flatMap(({ asks }) => asks.headers));
  const query = valuesByName(rules.flatMap(({ asks }) => asks.query));
  const addresses = rules.flatMap(({ asks }) => asks.addresses);
  return [
    ...(methods.size === 0 ? [] : [methodDimension(methods)]),
    ...[...headers].map(([name, values]) => namedDimension('headers', name, values, repeats)),
    ...[...query].map(([name, values]) => namedDimension('query', name, values, repeats)),
    ...(addresses.length === 0 ? [] : [addressDimension(addresses)]),
  ];
}

/** None, each value that is named, and, where that is asked for, each behind one that nobody names. */
function namedDimension(part: 'headers' | 'query', name: string, values: ReadonlySet<string>, repeats: boolean): Dimension {
  const sent = [...values].flatMap((value) => [[value], ...(repeats ? [['witness', value]] : [])]);
  const added = sent.map((list) => (one: TriedCondition) => ({
    ...one,
    [part]: [...one[part], ...list.map((value) => [name, value] as const)],
  }));
  return [(one) => one, ...added];
}

/** Every method that is named, and one that is not. */
function methodDimension(methods: ReadonlySet<string>): Dimension {
  const other = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'].find((method) => !methods.has(method)) ?? 'TRACE';
  return [other, ...methods].map((method) => (one) => ({ ...one, method }));
}

function addressDimension(addresses: readonly Ip[]): Dimension {
  const distinct = new Map(addresses.map((ip) => [`${ip.family} ${ip.value}`, ip]));
  return [...distinct.values()].map((clientAddress) => (one) => ({ ...one, clientAddress }));
}

/** Names of headers count without case; the spelling is that of the first. */
function valuesByName(named: readonly (readonly [name: string, value: string])[]): ReadonlyMap<string, ReadonlySet<string>> {
  const spelling = new Map<string, string>();
  const values = new Map<string, Set<string>>();
  for (const [name, value] of named) {
    const spelled = spelling.get(name.toLowerCase()) ?? name;
    spelling.set(name.toLowerCase(), spelled);
    const known = values.get(spelled);
    if (known) known.add(value);
    else values.set(spelled, new Set([value]));
  }
  return values;
}

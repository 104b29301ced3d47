import { conditionHolds, type LabelCondition } from '../../../resources/calico-selector.js';

/** A value of a label; undefined: the label is absent. */
export type LabelValue = string | undefined;

/** Parts of values that conditions ask for are combined up to this many. */
const MOST_PARTS = 6;

/**
 * One value of a label for every way in which it can fare with conditions on it: absent, each value that is named, each combination of beginnings, endings and
 * parts, and another value. Undefined where the conditions ask for too many parts.
 */
export function valuesToTell(conditions: readonly LabelCondition[]): readonly LabelValue[] | undefined {
  const parts = { 'starts with': new Set<string>(), 'ends with': new Set<string>(), contains: new Set<string>() };
  const named = new Set<string>();
  for (const condition of conditions) {
    if ('values' in condition) for (const value of condition.values) named.add(value);
    else if (condition.op !== 'has') parts[condition.op].add(condition.value);
  }
  if (parts.contains.size > MOST_PARTS) return undefined;
  const between = separatorOf([...named, ...Object.values(parts).flatMap((some) => [...some])]);
  const combined = ['', ...parts['starts with']].flatMap((start) =>
    subsetsOf([...parts.contains]).flatMap((inner) => ['', ...parts['ends with']].map((end) => [start, ...inner, end].join(between))),
  );
  const byFate = new Map<string, LabelValue>();
  for (const value of [undefined, ...named, 'other', ...combined]) {
    const fate = conditions.map((one) => (conditionHolds(one, labelled(one.label, value)) ? '1' : '0')).join('');
    const isAbsent = value === undefined ? 'absent' : 'present';
    if (!byFate.has(`${isAbsent} ${fate}`)) byFate.set(`${isAbsent} ${fate}`, value);
  }
  return [...byFate.values()];
}

function labelled(label: string, value: LabelValue): Readonly<Record<string, string>> {
  return value === undefined ? {} : { [label]: value };
}

function subsetsOf(parts: readonly string[]): readonly (readonly string[])[] {
  return parts.reduce<readonly (readonly string[])[]>((all, part) => [...all, ...all.map((some) => [...some, part])], [[]]);
}

/** A character that none of the texts has: what is joined by it makes no other text anew. */
function separatorOf(texts: readonly string[]): string {
  const used = new Set(texts.join(''));
  return Array.from('-0123456789abcdefghijklmnopqrstuvwxyz').find((character) => !used.has(character)) ?? '\uE000';
}

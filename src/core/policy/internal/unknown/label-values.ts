import type { Steps } from '../../../kernel/steps.js';
import type { LabelCondition } from '../../../resources/calico-selector.js';

/** A value of a label; undefined: the label is absent. */
export type LabelValue = string | undefined;

/** Parts of values that conditions ask for are combined up to this many. */
const MOST_PARTS = 6;
type PartOf = 'starts with' | 'ends with' | 'contains';

/**
 * One value of a label for every way in which it can fare with conditions on it: absent, each value that is named, each combination of beginnings, endings and
 * parts, and another value. Undefined where the conditions ask for too many parts, or values would be asked for parts more than `most` times. Yields after each value.
 */
export function* valuesToTell(conditions: readonly LabelCondition[], most: number): Steps<readonly LabelValue[] | undefined> {
  const fates = new LabelFates(conditions);
  const { named, parts } = fates;
  if (parts.contains.size > MOST_PARTS) return undefined;
  const combinations = (1 + parts['starts with'].size) * (1 + parts['ends with'].size) * 2 ** parts.contains.size;
  if ((combinations + named.size) * fates.countOfParts > most) return undefined;
  const between = separatorOf([...named, ...Object.values(parts).flatMap((some) => [...some])]);
  const combined = ['', ...parts['starts with']].flatMap((start) =>
    subsetsOf([...parts.contains]).flatMap((inner) => ['', ...parts['ends with']].map((end) => [start, ...inner, end].join(between))),
  );
  const byFate = new Map<string, LabelValue>();
  for (const value of [undefined, ...named, 'other', ...combined]) {
    yield;
    const fate = fates.of(value);
    if (!byFate.has(fate)) byFate.set(fate, value);
  }
  return [...byFate.values()];
}

/** How values of one label fare with conditions on it. */
export class LabelFates {
  /** The values that conditions name, in their order. */
  readonly named: ReadonlySet<string>;
  readonly parts: Readonly<Record<PartOf, Set<string>>> = { 'starts with': new Set(), 'ends with': new Set(), contains: new Set() };
  /** By value, the numbers of the lists that name it: many conditions name few values each. */
  private readonly listsWith = new Map<string, number[]>();
  private readonly sharing = new Map<string, number>();

  constructor(conditions: readonly LabelCondition[]) {
    for (const [number, condition] of conditions.entries()) {
      if ('values' in condition) for (const value of condition.values) this.list(value, number);
      else if (condition.op !== 'has') this.parts[condition.op].add(condition.value);
    }
    this.named = new Set(this.listsWith.keys());
  }

  /** How many different parts of values are asked for. */
  get countOfParts(): number {
    return Object.values(this.parts).reduce((sum, { size }) => sum + size, 0);
  }

  /** Equal for values with which every condition fares alike. */
  of(value: LabelValue): string {
    if (value === undefined) return 'absent';
    const { parts } = this;
    const holding = [
      ...[...parts['starts with']].map((part) => value.startsWith(part)),
      ...[...parts['ends with']].map((part) => value.endsWith(part)),
      ...[...parts.contains].map((part) => value.includes(part)),
    ];
    return `${(this.listsWith.get(value) ?? []).join()} ${holding.map(Number).join('')}`;
  }

  /** Whether the value is named, and no other that is named fares as it does. */
  isOnly(value: string): boolean {
    if (this.sharing.size === 0) {
      for (const one of this.named) {
        const fate = this.of(one);
        this.sharing.set(fate, (this.sharing.get(fate) ?? 0) + 1);
      }
    }
    return this.named.has(value) && this.sharing.get(this.of(value)) === 1;
  }

  private list(value: string, number: number): void {
    const lists = this.listsWith.get(value);
    if (lists) lists.push(number);
    else this.listsWith.set(value, [number]);
  }
}

function subsetsOf(parts: readonly string[]): readonly (readonly string[])[] {
  return parts.reduce<readonly (readonly string[])[]>((all, part) => [...all, ...all.map((some) => [...some, part])], [[]]);
}

/** A character that none of the texts has: what is joined by it makes no other text anew. */
function separatorOf(texts: readonly string[]): string {
  const used = new Set(texts.join(''));
  return Array.from('-0123456789abcdefghijklmnopqrstuvwxyz').find((character) => !used.has(character)) ?? '\uE000';
}

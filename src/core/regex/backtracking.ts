import { compileRegex } from './compile-regex.js';
import type { CodeRange, Instruction } from './regex-program.js';

/** Larger expressions are not looked at: pairs of their characters are compared. */
const MOST_CHARACTERS = 64;
/** Ways between two characters that are followed. */
const MOST_STEPS = 5_000;

/** Where a match may go on after a character. */
interface Onward {
  /** Characters that may come next, and in how many ways: one, or more. */
  readonly next: ReadonlyMap<number, number>;
  /** The match may end here, whatever follows. */
  readonly ends: boolean;
}

type Graph = ReadonlyMap<number, Onward>;

/**
 * Whether a backtracking engine (PCRE) may take time that doubles with each character: inside a repetition the same text can be matched in two ways, `(a+)+$`, and what comes behind it can
 * fail. Engines that try all ways at once (RE2) never do. False where the expression cannot be read, or is too large to tell. Ambiguity as in A. Weber, H. Seidl, "On the degree of
 * ambiguity of finite automata" (criterion EDA).
 */
export function backtracksWithoutBound(expression: string): boolean {
  if (!/\)[*+{]/.test(expression)) return false; // only a repeated group can match one text in two ways
  const compiled = compileRegex(expression);
  if (!compiled.ok) return false;
  const { instructions } = compiled.value;
  const characters = [...instructions.keys()].filter((position) => instructions[position]?.op === 'character');
  if (characters.length > MOST_CHARACTERS) return false;
  const graph: Graph = new Map(characters.map((position) => [position, onwardFrom(instructions, position + 1)]));
  return characters.some((position) => graph.get(position)?.ends === false && isAmbiguousLoop(instructions, graph, position));
}

/** Follows every way that takes no character, and begins no repetition anew that matched nothing: engines end it there. */
function onwardFrom(instructions: readonly Instruction[], start: number): Onward {
  const next = new Map<number, number>();
  let ends = false;
  let steps = 0;
  const walk = (position: number, before: ReadonlySet<number>): void => {
    const instruction = instructions[position];
    if (!instruction || ++steps > MOST_STEPS) return;
    const here = new Set(before).add(position);
    switch (instruction.op) {
      case 'character':
        next.set(position, Math.min(2, (next.get(position) ?? 0) + 1));
        return;
      case 'match':
        ends ||= ![...before].some((one) => instructions[one]?.op === 'assert');
        return;
      case 'jump':
        if (instruction.to < position && before.has(instruction.to)) return;
        return walk(instruction.to, here);
      case 'split':
        walk(instruction.first, here);
        return walk(instruction.second, here);
      case 'save':
      case 'assert':
      case 'look':
        return walk(position + 1, here);
    }
  };
  walk(start, new Set());
  return { next, ends };
}

/** Two ways over the same text: the character at which each stands. `parted`: they differ, now or in how they came here. */
interface Ways {
  readonly a: number;
  readonly b: number;
  readonly parted: boolean;
}

/** Whether two different ways lead from a character back to it over the same text. */
function isAmbiguousLoop(instructions: readonly Instruction[], graph: Graph, start: number): boolean {
  const seen = new Set<string>();
  const queue: Ways[] = [{ a: start, b: start, parted: false }];
  for (let ways = queue.pop(); ways; ways = queue.pop()) {
    for (const next of waysAfter(instructions, graph, ways)) {
      if (next.parted && next.a === start && next.b === start) return true;
      const key = `${next.a} ${next.b} ${next.parted}`;
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push(next);
    }
  }
  return false;
}

function waysAfter(instructions: readonly Instruction[], graph: Graph, { a, b, parted }: Ways): readonly Ways[] {
  const [ofA, ofB] = [graph.get(a)?.next ?? [], graph.get(b)?.next ?? []].map((next) => [...next]);
  return (ofA ?? []).flatMap(([one, count]) =>
    (ofB ?? [])
      .filter(([other]) => one === other || overlap(rangesOf(instructions, one), rangesOf(instructions, other)))
      .map(([other]) => ({ a: one, b: other, parted: parted || one !== other || (a === b && count > 1) })),
  );
}

function rangesOf(instructions: readonly Instruction[], position: number): readonly CodeRange[] {
  const instruction = instructions[position];
  return instruction?.op === 'character' ? instruction.ranges : [];
}

function overlap(some: readonly CodeRange[], others: readonly CodeRange[]): boolean {
  return some.some(([first, last]) => others.some(([begin, end]) => first <= end && begin <= last));
}

import { Automaton, type Threads } from './automaton.js';
import type { RegexProgram } from './regex-program.js';

/** A text that one expression matches and none of some others: one, none at all, or not to be found within bounds. */
export type Uncovered = { readonly found: 'text'; readonly text: string } | { readonly found: 'none' } | { readonly found: 'unknown' };

/** What texts are looked for. */
export interface TextRules {
  /** What every text begins with; nothing, unless it is said. */
  readonly begins?: string;
  /** Characters to be taken where several would do. */
  readonly preferred: string;
  /** Whether a text that the others do not match is of use; one that is not is passed over. */
  readonly admits: (text: string) => boolean;
}

const MAX_STATES = 3_000;
const MAX_LENGTH = 120;
/** So often one of the expressions is followed by one character; some ten milliseconds. */
const MAX_STEPS = 500_000;

/** A text and what all expressions make of it. */
interface Node {
  readonly text: string;
  readonly own: Threads;
  readonly others: readonly Threads[];
}

/**
 * Looks, shortest first, for a text that `own` matches anywhere and none of `others` does (subset construction over all of them at once). `none` is a proof: every text
 * that `own` matches is matched by one of the others. Expressions with word boundaries, and searches that grow beyond 3,000 states, end in `unknown`.
 */
export function uncoveredText(
  own: RegexProgram,
  others: readonly RegexProgram[],
  { begins = '', preferred, admits }: TextRules,
): Uncovered {
  const all = [own, ...others];
  if (all.some(looksAround)) return { found: 'unknown' };
  const alphabet = alphabetOf(all, preferred);
  const [first, ...rest] = all.map(({ instructions }) => new Automaton(instructions));
  if (!first) return { found: 'unknown' };
  const queue: Node[] = [{ text: begins, own: first.after(begins), others: rest.map((one) => one.after(begins)) }];
  const seen = new Set(queue.map(keyOf));
  let [complete, steps] = [true, 0];
  for (const node of queue) {
    if (node.others.some(({ matched }) => matched)) continue; // whatever follows, it is covered
    if (accepts(node.own) && !node.others.some(accepts)) {
      if (admits(node.text)) return { found: 'text', text: node.text };
      complete = false; // another text of the same state might have done
    }
    steps += alphabet.length * all.length;
    if (node.text.length >= MAX_LENGTH || seen.size > MAX_STATES || steps > MAX_STEPS) return { found: 'unknown' };
    for (const character of alphabet) {
      const next = first.follow(node.own, character);
      if (isDead(next)) continue;
      const reached = {
        text: node.text + character,
        own: next,
        others: rest.map((one, index) => one.follow(node.others[index], character)),
      };
      const key = keyOf(reached);
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push(reached);
    }
  }
  return complete ? { found: 'none' } : { found: 'unknown' };
}

const accepts = ({ matched, atEnd }: Threads) => matched || atEnd;
const isDead = ({ at, matched, atEnd }: Threads) => !matched && !atEnd && at.length === 0;

function looksAround({ instructions }: RegexProgram): boolean {
  return instructions.some(({ op, ...step }) => op === 'look' || ('what' in step && step.what !== 'begin' && step.what !== 'end'));
}

/** One character for each set that no expression tells apart, those that are preferred first. */
function alphabetOf(programs: readonly RegexProgram[], preferred: string): readonly string[] {
  const bounds = new Set([0, ...['/', '.'].flatMap((one) => [one.charCodeAt(0), one.charCodeAt(0) + 1])]);
  for (const { instructions } of programs) {
    for (const step of instructions) {
      if (step.op !== 'character') continue;
      for (const [first, last] of step.ranges) bounds.add(first).add(last + 1);
    }
  }
  const sorted = [...bounds].filter((code) => code <= 0xffff).sort((a, b) => a - b);
  const characters = sorted.map((first, index) => {
    const end = sorted[index + 1] ?? 0x1_0000;
    const nice = Array.from(preferred).find((one) => one.charCodeAt(0) >= first && one.charCodeAt(0) < end);
    return nice ?? String.fromCharCode(first);
  });
  const rank = (character: string) => (preferred.indexOf(character) + preferred.length + 1) % (preferred.length + 1);
  return characters.sort((a, b) => rank(a) - rank(b));
}

function keyOf({ text, own, others }: Node): string {
  const numbers = others.map(({ number }) => number);
  return `${own.number},${numbers.join(',')}${text.endsWith('/') ? '/' : ''}`;
}

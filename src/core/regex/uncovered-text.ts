import type { Instruction, RegexProgram } from './regex-program.js';

/** A text that one expression matches and none of some others: one, none at all, or not to be found within bounds. */
export type Uncovered = { readonly found: 'text'; readonly text: string } | { readonly found: 'none' } | { readonly found: 'unknown' };

/** What texts are looked for. */
export interface TextRules {
  /** Characters to be taken where several would do. */
  readonly preferred: string;
  /** Whether a text that the others do not match is of use; one that is not is passed over. */
  readonly admits: (text: string) => boolean;
}

const MAX_STATES = 3_000;
const MAX_LENGTH = 120;

/** Where the search of one expression stands after a text: its threads, or that it has matched whatever follows. */
interface Threads {
  readonly at: readonly number[];
  readonly matched: boolean;
  /** It matches if the text ends here. */
  readonly atEnd: boolean;
}

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
export function uncoveredText(own: RegexProgram, others: readonly RegexProgram[], { preferred, admits }: TextRules): Uncovered {
  const all = [own, ...others];
  if (all.some(hasWordBoundary)) return { found: 'unknown' };
  const alphabet = alphabetOf(all, preferred);
  const start: Node = { text: '', own: begin(own), others: others.map(begin) };
  const seen = new Set([keyOf(start)]);
  const queue = [start];
  let complete = true;
  for (let node = queue.shift(); node; node = queue.shift()) {
    if (node.others.some(({ matched }) => matched)) continue; // whatever follows, it is covered
    if (accepts(node.own) && !node.others.some(accepts)) {
      if (admits(node.text)) return { found: 'text', text: node.text };
      complete = false; // another text of the same state might have done
    }
    if (node.text.length >= MAX_LENGTH || seen.size > MAX_STATES) return { found: 'unknown' };
    for (const character of alphabet) {
      const next = follow(all, node, character);
      const key = keyOf(next);
      if (isDead(next.own) || seen.has(key)) continue;
      seen.add(key);
      queue.push(next);
    }
  }
  return complete ? { found: 'none' } : { found: 'unknown' };
}

const accepts = ({ matched, atEnd }: Threads) => matched || atEnd;
const isDead = ({ at, matched, atEnd }: Threads) => !matched && !atEnd && at.length === 0;

function hasWordBoundary({ instructions }: RegexProgram): boolean {
  return instructions.some((step) => step.op === 'assert' && step.what.endsWith('word-boundary'));
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
  const sorted = [...bounds].filter((code) => code <= 0xff).sort((a, b) => a - b);
  const characters = sorted.map((first, index) => {
    const end = sorted[index + 1] ?? 0x100;
    const nice = Array.from(preferred).find((one) => one.charCodeAt(0) >= first && one.charCodeAt(0) < end);
    return nice ?? String.fromCharCode(first);
  });
  const rank = (character: string) => (preferred.indexOf(character) + preferred.length + 1) % (preferred.length + 1);
  return characters.sort((a, b) => rank(a) - rank(b));
}

const begin = ({ instructions }: RegexProgram): Threads => closure(instructions, [0], true);

function follow([own, ...others]: readonly RegexProgram[], node: Node, character: string): Node {
  return {
    text: node.text + character,
    own: own ? step(own.instructions, node.own, character) : node.own,
    others: others.map(({ instructions }, index) => step(instructions, node.others[index] ?? NOTHING, character)),
  };
}

const NOTHING: Threads = { at: [], matched: false, atEnd: false };

function step(instructions: readonly Instruction[], { at, matched }: Threads, character: string): Threads {
  if (matched) return { at: [], matched, atEnd: true };
  const code = character.charCodeAt(0);
  const next = [0]; // a match may begin anywhere
  for (const position of at) {
    const instruction = instructions[position];
    if (instruction?.op === 'character' && instruction.ranges.some(([first, last]) => code >= first && code <= last))
      next.push(position + 1);
  }
  return closure(instructions, next, false);
}

/** Everything that is reached without taking a character. What holds at the end alone counts for a text that ends here, and nobody goes on from it. */
function closure(instructions: readonly Instruction[], starts: readonly number[], isBegin: boolean): Threads {
  const at = new Set<number>();
  const matched = walk(instructions, starts, isBegin, false, at);
  if (matched) return { at: [], matched: true, atEnd: true };
  const atEnd = walk(instructions, starts, isBegin, true, new Set());
  return { at: [...at].filter((position) => instructions[position]?.op === 'character').sort((a, b) => a - b), matched: false, atEnd };
}

function walk(
  instructions: readonly Instruction[],
  starts: readonly number[],
  isBegin: boolean,
  isEnd: boolean,
  reached: Set<number>,
): boolean {
  const work = [...starts];
  for (let position = work.pop(); position !== undefined; position = work.pop()) {
    if (reached.has(position)) continue;
    reached.add(position);
    const instruction = instructions[position];
    if (instruction?.op === 'match') return true;
    if (instruction?.op === 'jump') work.push(instruction.to);
    if (instruction?.op === 'split') work.push(instruction.first, instruction.second);
    if (instruction?.op === 'save') work.push(position + 1);
    if (instruction?.op === 'assert' && ((instruction.what === 'begin' && isBegin) || (instruction.what === 'end' && isEnd)))
      work.push(position + 1);
  }
  return false;
}

function keyOf({ text, own, others }: Node): string {
  const last = text.endsWith('/') ? '/' : '';
  return [own, ...others].map(({ at, matched, atEnd }) => `${matched ? 'm' : ''}${atEnd ? 'e' : ''}${at.join(',')}`).join('|') + last;
}

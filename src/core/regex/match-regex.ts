import { inMap } from '../kernel/in-map.js';
import { assertNever } from '../kernel/assert-never.js';
import type { Assertion, CodeRange, Instruction, RegexProgram } from './regex-program.js';

/** A look ahead, and what became of each of its instructions at each place of the text. */
type Looks = Map<Instruction, Uint8Array>;

/** A thread of the search: where it goes on, or a saved position that is to be put back before the next one starts. */
type Work = { readonly instruction: number; readonly position: number } | { readonly slot: number; readonly before: number };

/**
 * The leftmost match and, of those, the one Perl would find, as Go does: the whole, then the groups, '' for one that took no part. No instruction is tried twice at
 * one position (Go's `regexp/backtrack.go`), so that no expression takes more than program times text. Undefined: no match.
 */
export function matchRegex({ instructions, groups, literal }: RegexProgram, text: string): readonly string[] | undefined {
  if (!text.includes(literal)) return undefined;
  const tried = new Uint8Array(instructions.length * (text.length + 1));
  const looks: Looks = new Map();
  for (let start = 0; start <= text.length; start++) {
    const saved = matchAt({ instructions, text, looks, tried }, start);
    if (!saved) continue;
    return Array.from({ length: groups + 1 }, (_, group) => {
      const [from, to] = [saved[2 * group], saved[2 * group + 1]];
      return from === undefined || to === undefined || from < 0 ? '' : text.slice(from, to);
    });
  }
  return undefined;
}

/** What is looked for where, and what was tried already. */
interface Quest {
  readonly instructions: readonly Instruction[];
  readonly text: string;
  readonly looks: Looks;
  readonly tried: Uint8Array;
}

function matchAt(quest: Quest, start: number): readonly number[] | undefined {
  const saved: number[] = [];
  const work: Work[] = [{ instruction: 0, position: start }];
  for (let thread = work.pop(); thread; thread = work.pop()) {
    if ('slot' in thread) saved[thread.slot] = thread.before;
    else if (follow(quest, thread, { saved, work })) return saved;
  }
  return undefined;
}

interface Search {
  readonly saved: number[];
  readonly work: Work[];
}

/** Follows one thread until it matches (true) or fails; alternatives are left in `work`. */
function follow(
  { instructions, text, looks, tried }: Quest,
  { instruction, position }: { readonly instruction: number; readonly position: number },
  { saved, work }: Search,
): boolean {
  let [at, pos] = [instruction, position];
  for (;;) {
    const state = at * (text.length + 1) + pos;
    const step = instructions[at];
    if (!step || tried[state] === 1) return false;
    tried[state] = 1;
    switch (step.op) {
      case 'match':
        return true;
      case 'jump':
        at = step.to;
        break;
      case 'split':
        work.push({ instruction: step.second, position: pos });
        at = step.first;
        break;
      case 'save':
        work.push({ slot: step.slot, before: saved[step.slot] ?? -1 });
        saved[step.slot] = pos;
        at++;
        break;
      case 'assert':
        if (!holds(step.what, text, pos)) return false;
        at++;
        break;
      case 'look':
        if (isAhead(step.instructions, looks, text, pos, step) !== step.isWanted) return false;
        at++;
        break;
      case 'character':
        if (!isOne(step.ranges, text, pos)) return false;
        at++;
        pos++;
        break;
      default:
        return assertNever(step);
    }
  }
}

const [FAILED, REACHED] = [1, 2];

/**
 * Whether instructions match what follows a place. What each of them came to at a place is kept: one that was tried leads to no match, unless it lay on the way to one. That holds because
 * no way leads back to an instruction at the same place.
 */
function isAhead(instructions: readonly Instruction[], looks: Looks, text: string, start: number, look: Instruction): boolean {
  const marks = inMap(looks, look, () => new Uint8Array(instructions.length * (text.length + 1)));
  const way: number[] = [];
  const work = [{ at: 0, pos: start, length: 0 }];
  for (let thread = work.pop(); thread; thread = work.pop()) {
    way.length = thread.length;
    let next: readonly [at: number, pos: number] | undefined = [thread.at, thread.pos];
    while (next) {
      const [at, pos]: readonly [number, number] = next;
      const step = instructions[at];
      const state = at * (text.length + 1) + pos;
      if (step?.op === 'match' || marks[state] === REACHED) {
        for (const one of way) marks[one] = REACHED;
        return true;
      }
      if (!step || marks[state] === FAILED) break;
      marks[state] = FAILED;
      way.push(state);
      if (step.op === 'split') work.push({ at: step.second, pos, length: way.length });
      next = onward(step, at, pos, text, looks);
    }
  }
  return false;
}

/** Where a look ahead goes on first; undefined: nowhere. */
function onward(step: Instruction, at: number, pos: number, text: string, looks: Looks): readonly [at: number, pos: number] | undefined {
  switch (step.op) {
    case 'jump':
      return [step.to, pos];
    case 'split':
      return [step.first, pos];
    case 'assert':
      return holds(step.what, text, pos) ? [at + 1, pos] : undefined;
    case 'look':
      return isAhead(step.instructions, looks, text, pos, step) === step.isWanted ? [at + 1, pos] : undefined;
    case 'character':
      return isOne(step.ranges, text, pos) ? [at + 1, pos + 1] : undefined;
    case 'save':
    case 'match':
      return [at + 1, pos];
    default:
      return assertNever(step);
  }
}

function isOne(ranges: readonly CodeRange[], text: string, position: number): boolean {
  const code = text.charCodeAt(position);
  return position < text.length && ranges.some(([first, last]) => code >= first && code <= last);
}

function holds(what: Assertion, text: string, position: number): boolean {
  if (what === 'begin') return position === 0;
  if (what === 'end') return position === text.length;
  if (what === 'last-line-end') return position === text.length || (position === text.length - 1 && text.endsWith('\n'));
  const isWord = (at: number) => /^\w$/.test(text.charAt(at));
  return (isWord(position - 1) !== isWord(position)) === (what === 'word-boundary');
}

import { assertNever } from '../kernel/assert-never.js';
import type { Assertion, Instruction, RegexProgram } from './regex-program.js';

/** A thread of the search: where it goes on, or a saved position that is to be put back before the next one starts. */
type Work = { readonly instruction: number; readonly position: number } | { readonly slot: number; readonly before: number };

/**
 * The leftmost match and, of those, the one Perl would find, as Go does: the whole, then the groups, '' for one that took no part. No instruction is tried twice at
 * one position (Go's `regexp/backtrack.go`), so that no expression takes more than program times text. Undefined: no match.
 */
export function matchRegex({ instructions, groups, literal }: RegexProgram, text: string): readonly string[] | undefined {
  if (!text.includes(literal)) return undefined;
  const tried = new Uint8Array(instructions.length * (text.length + 1));
  for (let start = 0; start <= text.length; start++) {
    const saved = matchAt(instructions, text, start, tried);
    if (!saved) continue;
    return Array.from({ length: groups + 1 }, (_, group) => {
      const [from, to] = [saved[2 * group], saved[2 * group + 1]];
      return from === undefined || to === undefined || from < 0 ? '' : text.slice(from, to);
    });
  }
  return undefined;
}

function matchAt(instructions: readonly Instruction[], text: string, start: number, tried: Uint8Array): readonly number[] | undefined {
  const saved: number[] = [];
  const work: Work[] = [{ instruction: 0, position: start }];
  for (let thread = work.pop(); thread; thread = work.pop()) {
    if ('slot' in thread) saved[thread.slot] = thread.before;
    else if (follow(instructions, text, thread, { tried, saved, work })) return saved;
  }
  return undefined;
}

interface Search {
  readonly tried: Uint8Array;
  readonly saved: number[];
  readonly work: Work[];
}

/** Follows one thread until it matches (true) or fails; alternatives are left in `work`. */
function follow(
  instructions: readonly Instruction[],
  text: string,
  { instruction, position }: { readonly instruction: number; readonly position: number },
  { tried, saved, work }: Search,
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
      case 'character': {
        const code = text.charCodeAt(pos);
        if (pos >= text.length || !step.ranges.some(([first, last]) => code >= first && code <= last)) return false;
        at++;
        pos++;
        break;
      }
      default:
        return assertNever(step);
    }
  }
}

function holds(what: Assertion, text: string, position: number): boolean {
  if (what === 'begin') return position === 0;
  if (what === 'end') return position === text.length;
  const isWord = (at: number) => /^\w$/.test(text.charAt(at));
  return (isWord(position - 1) !== isWord(position)) === (what === 'word-boundary');
}

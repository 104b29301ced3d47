import { inMap } from '../kernel/in-map.js';
import type { Instruction } from './regex-program.js';

/** Where the search of an expression stands after a text: its threads, or that it has matched whatever follows. */
export interface Threads {
  /** Equal for equal threads of one automaton. */
  readonly number: number;
  readonly at: readonly number[];
  readonly matched: boolean;
  /** It matches if the text ends here. */
  readonly atEnd: boolean;
}

/** An expression that is looked for anywhere in a text, as a deterministic automaton of which no more is made than is asked. Assertions about words are not understood. */
export class Automaton {
  private readonly states = new Map<string, Threads>();
  private readonly followed: Map<string, Threads>[] = [];
  private readonly start: Threads;

  constructor(private readonly instructions: readonly Instruction[]) {
    this.start = this.stateOf([0], true);
  }

  /** Where it stands one character further. */
  follow(from: Threads = this.start, character: string): Threads {
    if (from.matched) return from;
    return inMap((this.followed[from.number] ??= new Map<string, Threads>()), character, () => this.step(from, character));
  }

  /** Where it stands behind a text. */
  after(text: string): Threads {
    return Array.from(text).reduce((state, character) => this.follow(state, character), this.start);
  }

  private step({ at }: Threads, character: string): Threads {
    const code = character.charCodeAt(0);
    const next = [0]; // a match may begin anywhere
    for (const position of at) {
      const instruction = this.instructions[position];
      if (instruction?.op === 'character' && instruction.ranges.some(([first, last]) => code >= first && code <= last))
        next.push(position + 1);
    }
    return this.stateOf(next, false);
  }

  /** Everything that is reached without taking a character. What holds at the end alone counts for a text that ends here, and nobody goes on from it. */
  private stateOf(starts: readonly number[], isBegin: boolean): Threads {
    const reached = new Set<number>();
    const matched = this.walk(starts, isBegin, false, reached);
    const atEnd = matched || this.walk(starts, isBegin, true, new Set());
    const isWaiting = (position: number) => this.instructions[position]?.op === 'character';
    const at = matched ? [] : [...reached].filter(isWaiting).sort((a, b) => a - b);
    const key = `${matched} ${atEnd} ${at.join(',')}`;
    return inMap(this.states, key, () => ({ number: this.states.size, at, matched, atEnd }));
  }

  private walk(starts: readonly number[], isBegin: boolean, isEnd: boolean, reached: Set<number>): boolean {
    const work = [...starts];
    for (let position = work.pop(); position !== undefined; position = work.pop()) {
      if (reached.has(position)) continue;
      reached.add(position);
      const instruction = this.instructions[position];
      if (instruction?.op === 'match') return true;
      if (instruction?.op === 'jump') work.push(instruction.to);
      if (instruction?.op === 'split') work.push(instruction.first, instruction.second);
      if (instruction?.op === 'save') work.push(position + 1);
      if (instruction?.op === 'assert' && ((instruction.what === 'begin' && isBegin) || (instruction.what === 'end' && isEnd)))
        work.push(position + 1);
    }
    return false;
  }
}

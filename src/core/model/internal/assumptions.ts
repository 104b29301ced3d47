import type { Note } from '../../kernel/answer.js';

/** Collects what the compiler had to assume, in the order of its steps. Codes and their meaning: README of the room. */
export class Assumptions {
  private readonly notes: Note[] = [];

  /** Adds a note. */
  add(code: string, message: string): void {
    this.notes.push({ code, message });
  }

  /** The notes so far. */
  list(): readonly Note[] {
    return this.notes;
  }
}

/** `1 pod`, `3 pods`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

import type { Evidence } from './evidence.js';

/** Something an answer rests on or its reader should know: a stable UPPER_SNAKE code and one sentence. */
export interface Note {
  readonly code: string;
  readonly message: string;
}

/** `CERTAIN`: rests on observed or defaulted values only; `ASSUMED`: on an assumption too; `INSUFFICIENT_INFO`: not enough is known. */
export type Confidence = 'CERTAIN' | 'ASSUMED' | 'INSUFFICIENT_INFO';

/** Whether the cluster's network plugin enforces what the answer says, and what to know about it. */
export interface Enforcement {
  readonly cni: string;
  readonly enforced: boolean;
  readonly caveats: readonly string[];
}

/**
 * What an engine answers. Rooms differ only in `verdict` (a closed union), `result` (the room's own shape) and their reason codes;
 * `application` adds the coordinate and the question as understood, and that is the envelope both doors send.
 */
export interface Answer<V extends string, R> {
  readonly verdict: V;
  /** One line a person can read. */
  readonly summary: string;
  readonly result: R;
  readonly evidence: readonly Evidence[];
  readonly assumptions: readonly Note[];
  readonly warnings: readonly Note[];
  readonly confidence: Confidence;
  /** Set by answers that depend on the network plugin, otherwise null. */
  readonly enforcement: Enforcement | null;
}

/** Drops repeated notes, keeping the first of each code and message. */
export function uniqueNotes(notes: readonly Note[]): readonly Note[] {
  if (notes.length < 2) return notes;
  const seen = new Set<string>();
  return notes.filter((note) => {
    const key = `${note.code}\n${note.message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

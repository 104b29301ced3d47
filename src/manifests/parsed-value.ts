/** Where something stands that a parser wants to be known. */
export interface FoundAt {
  readonly pointer: string;
  readonly line: number;
}

/** A value read from text, with what is needed to speak about it. */
export interface ParsedValue {
  readonly value: unknown;
  /** Line of the file on which the value starts. */
  readonly line: number;
  /** Line of the value at a pointer, or of the nearest value around it. */
  readonly lineOf: (pointer: string) => number;
  /** Members that appear more than once; the last of each was taken. */
  readonly duplicates: readonly FoundAt[];
}

/** Why a text could not be read. Never quotes the text: it may hold a secret. */
export interface ParseFailure {
  readonly code: 'syntax-error' | 'template-not-rendered' | 'redacted-value' | 'too-deep' | 'too-many-aliases';
  readonly message: string;
  readonly line: number;
  readonly hint?: string;
}

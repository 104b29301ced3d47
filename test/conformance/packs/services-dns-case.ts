/** The cases of one setup of a table. */
export interface Group {
  readonly group: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly fixture?: string;
  readonly objects?: readonly unknown[];
  readonly applyAfterImport?: readonly unknown[];
  readonly cases: readonly Case[];
}

/** One row. */
export interface Case {
  readonly id: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly expect: Readonly<Record<string, unknown>>;
}

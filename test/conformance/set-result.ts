/** A case that did not come out as its pack says. */
export interface Failure {
  readonly id: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** What became of one set of cases. `unsupported` cases count in `total` and never in `passed`. */
export interface SetResult {
  readonly set: string;
  readonly total: number;
  readonly passed: number;
  readonly unsupported: number;
  readonly knownDifferences: number;
  readonly failed: readonly Failure[];
  /** Marked where the set calls `core/` directly, which only the sets named in the packs' README may. */
  readonly inProcess: boolean;
}

/** The outcome of one case. */
export type Outcome =
  { readonly pass: true } | { readonly pass: false; readonly expected: unknown; readonly actual: unknown } | 'unsupported';

/** Counts the outcomes of one set; a case named among the known differences is counted apart, whichever way it came out. */
export class SetTally {
  private total = 0;
  private passed = 0;
  private unsupported = 0;
  private different = 0;
  private readonly failed: Failure[] = [];

  constructor(
    private readonly set: string,
    private readonly known: ReadonlySet<string>,
    private readonly inProcess = false,
  ) {}

  /** Runs one case; whatever it throws is a failure with the error as the actual answer. */
  async run(id: string, evaluate: () => Outcome | Promise<Outcome>): Promise<void> {
    this.total++;
    if (this.known.has(id)) {
      this.different++;
      return;
    }
    const outcome = await Promise.resolve()
      .then(evaluate)
      .catch((error: unknown): Outcome => ({ pass: false, expected: 'an answer', actual: String(error) }));
    if (outcome === 'unsupported') this.unsupported++;
    else if (outcome.pass) this.passed++;
    else this.failed.push({ id, expected: outcome.expected, actual: outcome.actual });
  }

  /** The result so far. */
  result(): SetResult {
    const { set, total, passed, unsupported, failed, inProcess } = this;
    return { set, total, passed, unsupported, knownDifferences: this.different, failed, inProcess };
  }
}

/** Passes when the two texts (canonical JSON) are equal. */
export function compareJson(expected: unknown, actual: unknown): Outcome {
  return canonical(expected) === canonical(actual) ? { pass: true } : { pass: false, expected, actual };
}

/** Passes when the two lists hold the same rows, in any order; says which rows are missing and which are too many. */
export function compareRows(expected: readonly unknown[], actual: readonly unknown[]): Outcome {
  const left = countRows(expected);
  const right = countRows(actual);
  const missing = rowsBeyond(left, right);
  const extra = rowsBeyond(right, left);
  if (missing.length === 0 && extra.length === 0) return { pass: true };
  return {
    pass: false,
    expected: { missing: missing.slice(0, 5), of: missing.length },
    actual: { extra: extra.slice(0, 5), of: extra.length },
  };
}

function countRows(rows: readonly unknown[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const key = canonical(row);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function rowsBeyond(left: ReadonlyMap<string, number>, right: ReadonlyMap<string, number>): string[] {
  return [...left].filter(([row, count]) => count > (right.get(row) ?? 0)).map(([row]) => row);
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

import { didYouMeanHint } from '../../kernel/did-you-mean.js';

/** So many comparisons of names are made in all: very many rules may each miss one among very many. */
const MOST_COMPARED = 1_000_000;

/** Names that objects ask for, and what is near to one that nothing has: looked for once. */
export class NearNames {
  private readonly told = new Map<string, string | undefined>();
  private left = MOST_COMPARED;

  constructor(private readonly names: readonly string[]) {}

  /** `did you mean …?`, or nothing. */
  hintFor(missing: string): string | undefined {
    if (this.told.has(missing)) return this.told.get(missing);
    if (this.names.length > this.left) return undefined;
    this.left -= this.names.length;
    const hint = didYouMeanHint(missing, this.names);
    this.told.set(missing, hint);
    return hint;
  }
}

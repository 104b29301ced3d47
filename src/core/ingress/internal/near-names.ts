import { didYouMeanHint } from '../../kernel/did-you-mean.js';

/** For more names than these none that is near is looked for: very many rules may each miss one. */
const MOST_NAMES = 1_000;

/** Names that objects ask for, and what is near to one that nothing has: looked for once. */
export class NearNames {
  private readonly told = new Map<string, string | undefined>();

  constructor(private readonly names: readonly string[]) {}

  /** `did you mean …?`, or nothing. */
  hintFor(missing: string): string | undefined {
    if (this.names.length > MOST_NAMES) return undefined;
    if (!this.told.has(missing)) this.told.set(missing, didYouMeanHint(missing, this.names));
    return this.told.get(missing);
  }
}

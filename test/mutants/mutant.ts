/** A mistake that somebody could make: the source with `from` replaced by `to`. */
export interface Mutant {
  /** The rule that it breaks, in a few words. */
  readonly breaks: string;
  /** Text that stands in the file exactly once. */
  readonly from: string;
  readonly to: string;
}

/** Mistakes in one file, and the tests that have to notice each of them. */
export interface MutantsOfFile {
  /** Path from the root of the repository, as are the following. */
  readonly file: string;
  /** Specs, the one that notices most of them first; a mutant is dead as soon as one test of them fails. */
  readonly specs: readonly string[];
  readonly mutants: readonly Mutant[];
}

/** How many mutants there are. */
export function countOf(list: readonly MutantsOfFile[]): number {
  return list.reduce((sum, { mutants }) => sum + mutants.length, 0);
}

/** The source with the mistake in it. Fails where the text does not stand there once, for then it is not known what was tried. */
export function mutated(source: string, { from, to }: Mutant): string {
  const parts = source.split(from);
  const [before = '', after = ''] = parts;
  if (parts.length !== 2) throw new Error(`\`${from}\` stands there ${parts.length - 1} times, expected once`);
  return `${before}${to}${after}`;
}

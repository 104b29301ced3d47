/** Of many things those that are told one by one, and how many are not. */
export interface ToldInPart<T> {
  readonly told: readonly T[];
  readonly untold: number;
}

/** In order: the first `most` of those that matter, and the first `most` of the others. */
export function toldInPart<T>(all: readonly T[], matters: (one: T) => boolean, most: number): ToldInPart<T> {
  if (all.length <= most) return { told: all, untold: 0 };
  const left = { mattering: most, others: most };
  const told = all.filter((one) => left[matters(one) ? 'mattering' : 'others']-- > 0);
  return { told, untold: all.length - told.length };
}

import { type Cidr, cidrCovers, compareCidrs } from '../../../net/cidr.js';

/** A prefix that says nothing new, and the one that covers it. */
export interface CoveredRange {
  readonly range: Cidr;
  readonly by: Cidr;
}

/** The prefixes of a list that others of it hold, equal ones among them. Prefixes are apart or within one another, so that one look from the lowest up is enough. */
export function coveredRanges(list: readonly Cidr[]): readonly CoveredRange[] {
  const covered: CoveredRange[] = [];
  let by: Cidr | undefined;
  for (const range of list.toSorted(compareCidrs)) {
    if (by && cidrCovers(by, range)) covered.push({ range, by });
    else by = range;
  }
  return covered;
}

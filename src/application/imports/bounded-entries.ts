import { compareBy } from '../../core/kernel/compare.js';
import type { ImportEntry, UnderstandingCounts } from './import-report.js';

/** What is dropped last comes first. */
const GRAVITY: readonly ImportEntry['understanding'][] = ['invalid', 'partly', 'understood', 'skipped', 'unsupported'];

/** No documents at all. */
export function noCounts(): UnderstandingCounts {
  return { understood: 0, partly: 0, unsupported: 0, invalid: 0, skipped: 0 };
}

interface Numbered {
  readonly position: number;
  readonly entry: ImportEntry;
}

/** A list of entries of bounded length. When it is full a graver entry takes the place of the latest least grave one; what falls out is counted. */
export class BoundedEntries {
  private readonly kept = new Map(GRAVITY.map((understanding) => [understanding, [] as Numbered[]]));
  private readonly dropped = noCounts();
  private seen = 0;
  private length = 0;

  constructor(private readonly limit: number) {}

  add(entry: ImportEntry): void {
    this.kept.get(entry.understanding)?.push({ position: this.seen++, entry });
    if (++this.length > this.limit) this.dropLeastGrave();
  }

  /** The entries in the order they came in. */
  list(): ImportEntry[] {
    const all = [...this.kept.values()].flat();
    return all.sort(compareBy(({ position }) => position)).map(({ entry }) => entry);
  }

  /** How many entries are not in the list. */
  get omitted(): UnderstandingCounts {
    return { ...this.dropped };
  }

  private dropLeastGrave(): void {
    const understanding = GRAVITY.findLast((candidate) => this.kept.get(candidate)?.length);
    if (understanding === undefined) return;
    this.kept.get(understanding)?.pop();
    this.dropped[understanding]++;
    this.length--;
  }
}

import { compareText } from './compare.js';

/** The last three rows of the table of distances: one allocation for all candidates. */
type Rows = readonly [Uint16Array, Uint16Array, Uint16Array];

/**
 * Edit distance in which a swap of two neighbours counts one (optimal string alignment), cut off above `limit`: no cell further than that from the diagonal
 * can come below it.
 */
function distance(a: string, b: string, limit: number, [first, second, third]: Rows): number {
  const tooFar = limit + 1;
  if (Math.abs(a.length - b.length) > limit) return tooFar;
  let [beforeLast, last, row] = [first, second, third];
  for (let j = 0; j <= b.length; j++) last[j] = j;
  let lowestBefore = 0;
  for (let i = 1; i <= a.length; i++) {
    const from = Math.max(1, i - limit);
    const to = Math.min(b.length, i + limit);
    row[from - 1] = from === 1 ? i : tooFar;
    let lowest = row[from - 1] ?? tooFar;
    for (let j = from; j <= to; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let best = Math.min((last[j] ?? tooFar) + 1, (row[j - 1] ?? tooFar) + 1, (last[j - 1] ?? tooFar) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1);
      if (swapped) best = Math.min(best, (beforeLast[j - 2] ?? tooFar) + 1);
      row[j] = best;
      if (best < lowest) lowest = best;
    }
    if (to < b.length) row[to + 1] = tooFar;
    if (lowest > limit && lowestBefore > limit) return tooFar; // it never gets nearer again
    lowestBefore = lowest;
    [beforeLast, last, row] = [last, row, beforeLast];
  }
  return last[b.length] ?? tooFar;
}

/** Longer text is no slip of a name, and comparing costs the product of both lengths: strangers may send it. */
const LONGEST = 256;

/**
 * The nearest right thing: the candidate closest to what the user wrote, or none when nothing is close.
 * A candidate that contains the text (`web` in `shop/web`) counts as close too, behind every slip.
 */
export function didYouMean(written: string, candidates: Iterable<string>): string | undefined {
  if (written.length > LONGEST) return undefined;
  const wanted = written.toLowerCase();
  // Each part of `namespace/name` has slips of its own: a long namespace that is right makes no other name a likely one.
  const limit = wanted.split('/').reduce((sum, part) => sum + Math.max(1, Math.floor(part.length / 3)), 0);
  const behindSlips = limit + 0.5;
  const width = wanted.length + limit + 2;
  const rows: Rows = [new Uint16Array(width), new Uint16Array(width), new Uint16Array(width)];
  let best: { candidate: string; score: number } | undefined;
  for (const candidate of candidates) {
    const lower = candidate.toLowerCase();
    const contained = wanted.length >= 3 && (lower.includes(wanted) || (lower.length >= 3 && wanted.includes(lower)));
    const slips = distance(wanted, lower, Math.floor(best?.score ?? limit), rows);
    const score = slips > limit && contained ? behindSlips : slips;
    if (score > behindSlips) continue;
    if (!best || score < best.score || (score === best.score && compareText(candidate, best.candidate) < 0)) {
      best = { candidate, score };
    }
  }
  return best?.candidate;
}

/** The hint that stands in an error: `did you mean …?`, or nothing. */
export function didYouMeanHint(written: string, candidates: Iterable<string>): string | undefined {
  const nearest = didYouMean(written, candidates);
  return nearest === undefined ? undefined : `did you mean \`${nearest}\`?`;
}

/** Cells of tables of distances: some 2 ms. */
const MOST_CELLS = 500_000;
/** What a candidate costs besides. */
const CELLS_FOR_ANY = 100;

/** The first of many candidates: as many as can be compared with a text while others wait, the fewer the longer they are. */
export function* comparable(written: string, candidates: Iterable<string>): Generator<string> {
  let left = MOST_CELLS;
  for (const candidate of candidates) {
    left -= CELLS_FOR_ANY + written.length * candidate.length;
    if (left < 0) return;
    yield candidate;
  }
}

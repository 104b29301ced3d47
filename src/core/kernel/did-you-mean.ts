import { compareText } from './compare.js';

/** Edit distance in which a swap of two neighbours counts one (optimal string alignment), cut off above `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    if (Math.min(...row) > limit && Math.min(...last) > limit) return limit + 1; // it never gets nearer again
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? limit + 1;
}

/** Longer text is no slip of a name, and comparing costs the product of both lengths: strangers may send it. */
const LONGEST = 256;

/**
 * The nearest right thing: the candidate closest to what the user wrote, or none when nothing is close.
 * A candidate that contains the text (`web` in `shop/web`) counts as close too.
 */
export function didYouMean(written: string, candidates: Iterable<string>): string | undefined {
  if (written.length > LONGEST) return undefined;
  const wanted = written.toLowerCase();
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: { candidate: string; score: number } | undefined;
  for (const candidate of candidates) {
    const lower = candidate.toLowerCase();
    const contained = wanted.length >= 3 && (lower.includes(wanted) || (lower.length >= 3 && wanted.includes(lower)));
    const score = Math.min(distance(wanted, lower, limit), contained ? limit : limit + 1);
    if (score > limit) continue;
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

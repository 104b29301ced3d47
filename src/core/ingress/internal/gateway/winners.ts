import type { Note } from '../../../kernel/answer.js';
import { bestOf, type HTTPCandidate, RANK_READINGS } from './http-candidates.js';

/** A candidate that may win, and what the text would have to say for it; null for the first reading. */
export interface Winner {
  readonly candidate: HTTPCandidate;
  readonly gap: Note | undefined;
}

const GAPS: readonly (Note | undefined)[] = [
  undefined,
  {
    code: 'HOSTNAME_RANK_UNSPECIFIED',
    message:
      'the specification does not say whether hostnames are ranked as written or as they meet the listener (kubernetes-sigs/gateway-api#5120)',
  },
  { code: 'PREFIX_SLASH_UNSPECIFIED', message: 'the prefixes differ in a final `/` alone, which matches the same paths' },
];

/** The winners by each reading, and every pattern that may match and stands under a hostname as specific. */
export function winnersOf(all: readonly HTTPCandidate[]): readonly Winner[] {
  const certain = all.filter(({ outcome }) => outcome.state === 'match');
  const winners: Winner[] = [];
  const add = (candidate: HTTPCandidate | undefined, gap: Note | undefined) => {
    if (candidate && !winners.some((one) => one.candidate === candidate)) winners.push({ candidate, gap });
  };
  RANK_READINGS.forEach((reading, index) => add(bestOf(certain, reading), GAPS[index]));
  const best = winners[0]?.candidate;
  for (const candidate of all) {
    if (candidate.outcome.state !== 'open') continue;
    if (best && (best.hostname ?? '').length > (candidate.hostname ?? '').length) continue;
    const { what } = candidate.outcome;
    add(candidate, {
      code: 'PATTERN_UNSPECIFIED',
      message: `whether the pattern in \`${what}\` matches, and how it ranks, is up to the implementation`,
    });
  }
  return winners;
}

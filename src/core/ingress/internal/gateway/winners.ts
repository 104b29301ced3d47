import type { Note } from '../../../kernel/answer.js';
import { describeRef } from '../../../kernel/object-ref.js';
import { ageOf } from './age.js';
import type { GatewayDialect } from './gateway-dialect.js';
import type { HTTPCandidate } from './http-candidates.js';
import { bestOf, lostOn, losesByHost, RANK_READINGS, rankReadings } from './rank-readings.js';

/** A candidate that may win, and what the text would have to say for it; null for the first reading. */
export interface Winner {
  readonly candidate: HTTPCandidate;
  readonly gap: Note | undefined;
}

/** Divergence D26; a feature of its own in the conformance suite of 1.7 (`GatewayRouteHostnameIntersectionPrecedence`: as written). */
export const HOSTNAME_RANK: Note = {
  code: 'HOSTNAME_RANK_UNSPECIFIED',
  message:
    'the specification does not say whether hostnames are ranked as written or as they meet the listener (kubernetes-sigs/gateway-api#5120)',
};

const GAPS: readonly (Note | undefined)[] = [
  undefined,
  HOSTNAME_RANK,
  { code: 'PREFIX_SLASH_UNSPECIFIED', message: 'the prefixes differ in a final `/` alone, which matches the same paths' },
];

const isPattern = ({ match }: HTTPCandidate) => match.type === 'RegularExpression';

/**
 * The winners by each reading, and every pattern that may match, or whose rank is open, and that no reading puts behind one of them. One that matches by every reading
 * and stands alone wins for certain.
 */
export function winnersOf(all: readonly HTTPCandidate[], dialect: GatewayDialect): readonly Winner[] {
  if (dialect.precedence !== 'keys') return byOwnRank(all, dialect);
  const certain = all.filter(({ outcome }) => outcome.state === 'match');
  const ranked = certain.filter((one) => !isPattern(one));
  const winners: Winner[] = [];
  const add = (candidate: HTTPCandidate | undefined, gap: Note | undefined) => {
    if (candidate && !winners.some((one) => one.candidate === candidate)) winners.push({ candidate, gap });
  };
  RANK_READINGS.forEach((reading, index) => add(bestOf(ranked, reading), GAPS[index]));
  const best = winners.map(({ candidate }) => candidate);
  for (const candidate of all) {
    const { outcome } = candidate;
    if (outcome.state === 'no-match' || (outcome.state === 'match' && !isPattern(candidate))) continue;
    if (!best.some((other) => isBeaten(candidate, other))) add(candidate, gapOf(candidate));
  }
  const patterns = certain.filter(isPattern);
  const left = winners.filter(({ candidate }) => !patterns.some((one) => isBehind(candidate, one)));
  const [only, ...others] = left;
  return only && others.length === 0 && only.candidate.outcome.state === 'match' ? [{ ...only, gap: undefined }] : left;
}

/** Whatever ranks first by the one reading of a dialect, or may: of equals none goes first for certain. */
function byOwnRank(all: readonly HTTPCandidate[], dialect: GatewayDialect): readonly Winner[] {
  const [reading] = rankReadings(dialect);
  if (!reading) return [];
  const best = bestOf(
    all.filter(({ outcome }) => outcome.state === 'match'),
    reading,
  );
  const may = all.filter(({ outcome }) => outcome.state === 'match' || outcome.state === 'open');
  const first = may.filter((one) => !best || !lostOn(one, best, reading));
  return first.map((candidate) => ({
    candidate,
    gap: candidate.outcome.state === 'open' ? gapOf(candidate) : first.length > 1 ? TIE : undefined,
  }));
}

const TIE: Note = {
  code: 'PRIORITY_TIE',
  message: 'several matches have the same priority, and the order in which Traefik tries them is not stable',
};

function gapOf({ outcome, match }: HTTPCandidate): Note {
  if (outcome.state === 'open') return outcome.gap;
  const message = `how the pattern \`${match.value}\` ranks among other paths is up to the implementation`;
  return { code: 'PATTERN_RANK_UNSPECIFIED', message };
}

/** Whether a candidate loses to a pattern that matches for certain, by its hostname and every reading of it. */
function isBehind(candidate: HTTPCandidate, pattern: HTTPCandidate): boolean {
  return candidate !== pattern && RANK_READINGS.every((reading) => losesByHost(candidate, pattern, reading));
}

/** Whether a pattern loses even if it matches: how one in a path ranks is open, but for the hostname; one elsewhere ranks as any other match. */
function isBeaten(candidate: HTTPCandidate, winner: HTTPCandidate): boolean {
  const isPath = isPattern(candidate);
  return RANK_READINGS.every((reading) =>
    isPath ? losesByHost(candidate, winner, reading) : lostOn(candidate, winner, reading) !== undefined,
  );
}

/** That an age which is not known decides, or that a name does where it might: objects that were never in a cluster have none. */
export function ageNotes(all: readonly HTTPCandidate[], [winner]: readonly Winner[], dialect: GatewayDialect): readonly Note[] {
  const [reading] = rankReadings(dialect);
  if (!winner || !reading) return [];
  const first = winner.candidate.route;
  const doubtful = all.find(({ route, ...candidate }) => {
    if (candidate.outcome.state !== 'match' || route === first) return false;
    const key = lostOn({ route, ...candidate }, winner.candidate, reading)?.key;
    return (key === 'age' || key === 'name') && !(Number.isFinite(ageOf(route)) && Number.isFinite(ageOf(first)));
  });
  if (!doubtful) return [];
  const message = `which of ${describeRef(first.ref)} and ${describeRef(doubtful.route.ref)} is older is not known; one without creationTimestamp is taken for the younger`;
  return [{ code: 'AGE_UNKNOWN', message }];
}

import { compareBy } from '../../kernel/compare.js';
import type { Steps } from '../../kernel/steps.js';
import type { PolicyNearMiss } from '../policy-result.js';
import { coversConnections } from './connection-set.js';
import { type Direction, DIRECTIONS } from './direction.js';
import { applyEdit, type Edit } from './edits.js';
import { type DirectionJudgement, judgeDirectionInSteps } from './judge-direction.js';
import type { JudgedCase } from './judged-cases.js';
import type { PolicyBook } from './policy-book.js';
import { newRule } from './near-miss-new-rule.js';
import { type MissContext, type NearMissCandidate, RANKS, subjectCandidates } from './near-miss-candidates.js';
import { calicoCandidates } from './near-miss-calico.js';
import { ciliumCandidates } from './near-miss-cilium.js';
import { tierCandidates } from './near-miss-tiers.js';
import { ruleCandidates } from './near-miss-rules.js';
import type { FlowWords } from './flow-words.js';

/** Up to how many flows of a case a change is tried on. */
const MOST_FLOWS = 500;

/** Up to how many changes are tried in one direction, the narrowest first. */
const MOST_TRIED = 100;

/** Up to how many rules are judged again for them, unless that is too few to tell anything. */
const MOST_TRIED_RULES = 50_000;

/** How many are told of one case. */
const MOST_NEAR_MISSES = 12;

/**
 * The smallest changes that would admit what was asked for, in each direction that refuses it. Every one is applied and judged again: what does not open its
 * direction is not told. Those that suffice alone come first, then the narrowest ({@link RANKS}).
 * A case of very many flows tells none. Yields often.
 */
export function* nearMisses(book: PolicyBook, words: FlowWords, one: JudgedCase): Steps<readonly PolicyNearMiss[]> {
  if (one.groups.length > MOST_FLOWS) return [];
  const found: (PolicyNearMiss & Pick<NearMissCandidate, 'rank'>)[] = [];
  for (const direction of DIRECTIONS) {
    const judged = one.judgement[direction];
    if (coversConnections(judged.allowed, words.asked)) continue;
    const context: MissContext = { book, direction, words };
    const candidates: NearMissCandidate[] = [];
    for (const around of [tierCandidates, ruleCandidates, ciliumCandidates, calicoCandidates]) {
      for (const layer of judged.layers) {
        if (layer.at.layer === 'NetworkPolicy' && around !== ruleCandidates) continue;
        yield;
        for (const candidate of yield* around(context, layer)) candidates.push(candidate);
      }
    }
    yield;
    candidates.push(...subjectCandidates(context), ...newRule(context, judged.layers));
    const narrowest = candidates.sort(compareBy(({ rank }) => RANKS.indexOf(rank))).slice(0, triesFor(judged));
    for (const candidate of narrowest) found.push(...(yield* verified(context, candidate, one)));
  }
  const inOrder = compareBy<(typeof found)[number]>(
    (miss) => (miss.rank === 'other-label' ? 2 : miss.suffices ? 0 : 1),
    (miss) => RANKS.indexOf(miss.rank),
  );
  return found.sort(inOrder).slice(0, MOST_NEAR_MISSES).map(withoutRank);
}

/** Every try judges all rules of the direction again. */
function triesFor({ layers }: DirectionJudgement): number {
  const rules = layers.reduce((sum, { at }) => sum + at.rules.length, 1);
  return Math.min(MOST_TRIED, Math.max(MOST_NEAR_MISSES, Math.floor(MOST_TRIED_RULES / rules)));
}

function withoutRank(ranked: PolicyNearMiss & Pick<NearMissCandidate, 'rank'>): PolicyNearMiss {
  const { rank: _, ...told } = ranked;
  return told;
}

/** The change has to help every flow of the case, not only the one whose words it is told in. */
function* verified(
  { book, direction, words }: MissContext,
  candidate: NearMissCandidate,
  { group: judged, judgement, groups }: JudgedCase,
): Steps<readonly (PolicyNearMiss & Pick<NearMissCandidate, 'rank'>)[]> {
  const back = direction === 'egress' ? 'ingress' : 'egress';
  const oneSided = leavesAlone(candidate.edit, back);
  let suffices = true;
  for (const { flow } of groups) {
    yield;
    const after = applyEdit(book, flow, candidate.edit);
    const helped = yield* judgeDirectionInSteps(after.book, direction, after.flow);
    if (!coversConnections(helped.allowed, words.asked)) return [];
    if (!suffices) continue;
    // The other direction of the flow that stands for the case is judged already.
    const known = oneSided && flow === judged.flow ? judgement[back] : undefined;
    const other = known ?? (yield* judgeDirectionInSteps(oneSided ? book : after.book, back, after.flow));
    suffices = coversConnections(other.allowed, words.asked);
  }
  const { edit: _, ...told } = candidate;
  return [{ ...told, direction, suffices }];
}

/** The change is one of rules, and not of those in the direction: what the book remembers of it holds. */
function leavesAlone(edit: Edit, direction: Direction): boolean {
  if (edit.type !== 'policy' || edit.before.kind !== 'NetworkPolicy' || edit.after.kind !== 'NetworkPolicy') return false;
  return edit.before[direction] === edit.after[direction];
}

import { finished, type Steps } from '../../kernel/steps.js';
import { type ConnectionSet, coversConnections, intersectConnections, noConnections } from './connection-set.js';
import { type DirectionJudgement, type Flow, judgeDirectionInSteps } from './judge-direction.js';
import type { PolicyBook } from './policy-book.js';

/** What becomes of a set of connections: all of them, none, or some. */
export type Share = 'ALLOWED' | 'DENIED' | 'MIXED';

/** Both directions of one connection. */
export interface ConnectionJudgement {
  readonly egress: DirectionJudgement;
  readonly ingress: DirectionJudgement;
  readonly allowed: ConnectionSet;
}

/** What {@link judgeConnectionInSteps} finds, in one go. */
export function judgeConnection(book: PolicyBook, flow: Flow): ConnectionJudgement {
  return finished(judgeConnectionInSteps(book, flow));
}

/** Judges a flow in both directions: what both allow is allowed. Yields often where there are many rules. */
export function* judgeConnectionInSteps(book: PolicyBook, flow: Flow): Steps<ConnectionJudgement> {
  const egress = yield* judgeDirectionInSteps(book, 'egress', flow);
  const ingress = yield* judgeDirectionInSteps(book, 'ingress', flow);
  return { egress, ingress, allowed: intersectConnections(egress.allowed, ingress.allowed) };
}

/** How much of what was asked for is allowed. */
export function shareOf(allowed: ConnectionSet, asked: ConnectionSet): Share {
  if (coversConnections(allowed, asked)) return 'ALLOWED';
  return noConnections(intersectConnections(allowed, asked)) ? 'DENIED' : 'MIXED';
}

/** One word for several shares. */
export function joinShares(shares: readonly Share[]): Share {
  const [first] = shares;
  return first !== undefined && shares.every((share) => share === first) ? first : 'MIXED';
}

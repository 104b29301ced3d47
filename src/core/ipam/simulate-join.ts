import type { Answer, Note } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import { firstFew } from '../kernel/first-few.js';
import type { ModelNode, ModelPod, NetworkModel } from '../model/network-model.js';
import type { IpFamily } from '../net/ip.js';
import type { AllocationBook } from './allocation-book.js';
import { AllocationMemory, type AllocationPast } from './allocation-memory.js';
import type { Collection } from './collect-calico.js';
import { type CollectedBefore, collectedBefore, collectedSteps, collectionNotes } from './collected-before.js';
import { joiningNode } from './internal/joins/joining-node.js';
import { nextOf } from './internal/joins/joining-next.js';
import { joiningPod } from './internal/joins/joining-pod.js';
import type { JoinGrant, Joined } from './join-grant.js';
import { confidenceOf, poolAssumptions, usageAssumptions } from './list-pools.js';
import { allPools } from './all-pools.js';

/** Whether what joins gets what it asks for. */
export const JOIN_VERDICTS = {
  GIVEN: 'it gets what it asks for, in every family that it asks',
  REFUSED: 'in a family that it asks it gets nothing, or too little',
  NOT_ASKED: 'nothing is handed out for it',
  UNKNOWN: 'the cluster’s objects do not tell what it would get',
} as const satisfies Record<string, string>;

/** One of them. */
export type JoinVerdict = keyof typeof JOIN_VERDICTS;

const NOTHING = new AllocationMemory();

/** What joins. */
export type Join =
  | { readonly add: 'node'; readonly node: ModelNode }
  /** Pods like this one, on that node. */
  | { readonly add: 'pod'; readonly pod: ModelPod; readonly node: ModelNode; readonly count: number }
  /** Services of these families, the primary one first. */
  | { readonly add: 'service'; readonly families: readonly IpFamily[]; readonly count: number; readonly seed: string };

/** What the question answers with. */
export interface JoinResult {
  readonly add: Join['add'];
  readonly grants: readonly JoinGrant[];
  /** What Calico's controllers release before; null: nothing was asked of the time before. */
  readonly collected: CollectedBefore | null;
  /** Of the newest allocation or release the answer knows of; 0 before the first. */
  readonly allocationSequence: number;
}

/**
 * Which addresses a node, pods or services would get if they joined the cluster as it stands: nothing is handed out. `memory`: of the same change as the book. `collection`: what Calico's controllers release before, where
 * something joins later; the model is that of then.
 */
export function simulateJoin(
  model: NetworkModel,
  book: AllocationBook,
  join: Join,
  memory: AllocationMemory = NOTHING,
  collection?: Collection,
): Answer<JoinVerdict, JoinResult> {
  const { grants, assumptions: own } = joined(model, { book, memory }, join);
  const trail = new Trail();
  for (const step of collection ? collectedSteps(collection) : []) trail.add(step);
  for (const { outcome, reason, message, family } of grants) {
    const isGiven = outcome === 'GIVEN';
    trail.add({
      stage: 'join',
      outcome: isGiven ? 'selected' : outcome === 'REFUSED' ? 'excluded' : 'info',
      reason,
      message: `IPv${family}: ${message}`,
      provenance: 'derived',
    });
  }
  const plane = join.add === 'service' ? 'service' : 'pod';
  const pools = allPools(model).filter((pool) => pool.plane === plane);
  const later = collection ? collectionNotes(model, collection) : [];
  const assumptions: readonly Note[] = [...own, ...later, ...poolAssumptions(pools), ...usageAssumptions(model, pools)];
  return {
    verdict: verdictOf(grants),
    summary: firstFew(grants.map(lineOf), 4),
    result: { add: join.add, grants, collected: collection ? collectedBefore(collection) : null, allocationSequence: book.sequence },
    evidence: trail.list(),
    assumptions,
    warnings: [],
    confidence: confidenceOf(assumptions),
    enforcement: null,
  };
}

function joined(model: NetworkModel, past: AllocationPast, join: Join): Joined {
  if (join.add === 'node') return joiningNode(model, past, join.node);
  if (join.add === 'pod') return joiningPod(model, past, join.pod, join.node, join.count);
  const { families, count, seed } = join;
  const grants = families.map((family) => nextOf(model, past, { plane: 'service', family, count, seed }));
  const isChance = grants.some(({ outcome }) => outcome === 'GIVEN');
  return { grants, assumptions: isChance ? [CHANCE] : [] };
}

const CHANCE: Note = {
  code: 'CLUSTER_IP_BY_CHANCE',
  message: 'the API server draws ClusterIPs at random, of the upper band while it has any: those that are told are possible ones',
};

function verdictOf(grants: readonly JoinGrant[]): JoinVerdict {
  const order: readonly JoinVerdict[] = ['REFUSED', 'UNKNOWN', 'GIVEN'];
  return order.find((verdict) => grants.some(({ outcome }) => outcome === verdict)) ?? 'NOT_ASKED';
}

function lineOf({ family, outcome, addresses, ranges, message }: JoinGrant): string {
  return `IPv${family}: ${outcome === 'GIVEN' ? firstFew([...addresses, ...ranges], 3) : message}`;
}

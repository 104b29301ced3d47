import type { NetworkModel } from '../../../model/network-model.js';
import type { IpFamily } from '../../../net/ip.js';
import type { AllocationPast } from '../../allocation-memory.js';
import { nextFree, type NextFreeQuestion } from '../../next-free.js';
import { type JoinGrant, joinGrant } from '../../join-grant.js';

/** What the pool that serves gives next, as `next-free` tells it. */
export function nextOf(
  model: NetworkModel,
  { book, memory }: AllocationPast,
  asked: NextFreeQuestion & { readonly family: IpFamily },
): JoinGrant {
  const { family } = asked;
  const answer = nextFree(model, book, asked, memory);
  if (!answer.ok) return joinGrant({ family, outcome: 'REFUSED', reason: 'POOL_EXHAUSTED', message: answer.error.message });
  const { result, summary } = answer.value;
  const { pool, addresses, rejectedPools } = result;
  if (pool !== null) return joinGrant({ family, outcome: 'GIVEN', pool, addresses, reason: 'POOL_SELECTED', message: summary });
  const fitting = rejectedPools.find(({ reason }) => reason !== 'OTHER_PLANE' && reason !== 'OTHER_FAMILY');
  return joinGrant({ family, outcome: 'REFUSED', reason: fitting?.reason ?? 'POOL_EXHAUSTED', message: summary });
}

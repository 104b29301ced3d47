import { type Cidr, formatCidr } from '../../../net/cidr.js';
import type { Assigned } from './calico-request.js';

/** "Default to a reasonable limit to act as a safeguard" (projectcalico/calico `ipam.go`). */
const DEFAULT_BLOCK_LIMIT = 20;

/** Why no further block of its own serves a host. */
export type NoOwnBlock = Pick<Assigned, 'messages' | 'error'>;

/** How many blocks a host may have: the smaller of the limits that are set. */
export function blockLimit(ofSettings: number, ofRequest: number): number {
  const limits = [ofSettings, ofRequest].filter((limit) => limit > 0);
  return limits.length > 0 ? Math.min(...limits) : DEFAULT_BLOCK_LIMIT;
}

export function limitReached(limit: number): NoOwnBlock {
  const message = `Need to allocate an IPAM block but could not - limit of ${limit} blocks reached for this node`;
  return { messages: [message], error: { code: 'BLOCK_LIMIT', message: 'cannot allocate new block due to per host block limit' } };
}

/** With `autoAllocateBlocks: false`. */
export const CLAIMS_NO_BLOCKS = { code: 'POOL_EXHAUSTED', message: 'failed to find or claim a block' } as const;

/** Of a new block that its host and reservations keep as a whole (`findOrClaimBlock`). */
export function nothingFree(block: Cidr): NoOwnBlock {
  const message = `Block '${formatCidr(block)}' has 0 free ips which is less than 1 ips required.`;
  return { messages: [], error: { code: 'POOL_EXHAUSTED', message } };
}

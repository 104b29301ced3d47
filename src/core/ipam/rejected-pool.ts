import type { IpamReason } from './ipam-reasons.js';

/** A pool that does not serve, and the first reason. */
export interface RejectedPool {
  readonly pool: string;
  readonly reason: IpamReason;
  readonly available: string;
}

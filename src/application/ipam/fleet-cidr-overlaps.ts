import { type FleetOverlapsResult, fleetOverlaps, type FleetVerdict } from '../../core/ipam/fleet-overlaps.js';
import type { Answer } from '../../core/kernel/answer.js';
import type { Problem } from '../../core/kernel/problem.js';
import { ok, type Result } from '../../core/kernel/result.js';
import { inStretches } from '../../manifests/pace.js';
import { maySee, type Principal } from '../access/principal.js';
import { FleetPools } from './fleet-pools.js';

/** The one envelope of answers; which revision of each cluster it is of stands in the result. */
export interface FleetAnswer extends Answer<FleetVerdict, FleetOverlapsResult> {
  readonly question: { readonly at: string | null };
}

/** Which clusters have addresses in common. */
export class FleetCidrOverlaps {
  constructor(private readonly pools: FleetPools) {}

  /** Of the clusters that the principal may see. Fails with `invalid-request`. */
  async answer(principal: Principal, at: string | undefined): Promise<Result<FleetAnswer, Problem>> {
    const clusters = await this.pools.of((name) => maySee(principal, name), at);
    return clusters.ok ? ok({ question: { at: at ?? null }, ...(await inStretches(fleetOverlaps(clusters.value))) }) : clusters;
  }
}

import { Args, Context, Info, Mutation, Resolver } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import type { Principal } from '../../application/access/principal.js';
import type { AllocationOutcome } from '../../application/ipam/allocation-store.js';
import { ok } from '../../core/kernel/result.js';
import { outcomeTexts } from '../../application/ipam/allocation-text.js';
import { Allocations } from '../../application/ipam/allocations.js';
import { type MutationResult, mutationResult } from '../graphql/mutation-result.js';
import { Requires } from '../http/access.js';
import { CurrentPrincipal, type GraphqlContext } from '../http/caller.js';
import { orThrow } from '../http/or-throw.js';
import { parseInput } from '../../application/input/parse-input.js';
import { NEW_ALLOCATION, TTL } from './allocation-schema.js';

const FOR_EDITORS = { role: 'editor', reach: 'cluster' } as const;

/** Addresses and prefixes that are handed out and given back. */
@Resolver()
export class AllocationsResolver {
  constructor(private readonly allocations: Allocations) {}

  @Mutation()
  @Requires(FOR_EDITORS)
  async allocateIp(
    @Args('cluster') cluster: string,
    @Args('pool') pool: string,
    @Args('input') input: object,
    @CurrentPrincipal() principal: Principal,
    @Context() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MutationResult> {
    const work = async () => {
      const { dryRun, ...request } = orThrow(parseInput(NEW_ALLOCATION, withoutNulls(input), '/input'));
      const outcomes = await this.allocations.allocate({ cluster, pool, requests: [request], dryRun }, principal.name);
      return outcomes.ok ? ok({ outcome: outcomes.value[0], dryRun: dryRun ?? false }) : outcomes;
    };
    return mutationResult({ info, context }, 'IpAllocated', work, ({ outcome, dryRun }) => ({
      ...shown(outcome, dryRun),
      dryRun,
      explanation: outcome?.explanation ?? null,
    }));
  }

  @Mutation()
  @Requires(FOR_EDITORS)
  async releaseIp(
    @Args('cluster') cluster: string,
    @Args('pool') pool: string,
    @Args('identifier') identifier: string,
    @Args('sequence') sequence: number | null | undefined,
    @CurrentPrincipal() principal: Principal,
    @Context() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MutationResult> {
    const work = async () => this.allocations.release(cluster, { pool, identifier, sequence: sequence ?? undefined }, principal.name);
    return mutationResult({ info, context }, 'IpReleased', work, (outcome) => shown(outcome, false));
  }

  @Mutation()
  @Requires(FOR_EDITORS)
  async renewIp(
    @Args('cluster') cluster: string,
    @Args('pool') pool: string,
    @Args('identifier') identifier: string,
    @Args('ttlSeconds') ttlSeconds: number,
    @Args('sequence') sequence: number | null | undefined,
    @CurrentPrincipal() principal: Principal,
    @Context() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MutationResult> {
    const work = async () => {
      const ttl = orThrow(parseInput(TTL, ttlSeconds, '/ttlSeconds'));
      return this.allocations.renew(cluster, { pool, identifier, sequence: sequence ?? undefined }, ttl, principal.name);
    };
    return mutationResult({ info, context }, 'IpRenewed', work, (outcome) => shown(outcome, false));
  }
}

/** A member of an input that is null is one that is left out. */
function withoutNulls(input: object): object {
  const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
  const told = Object.entries(input).filter(([, value]) => value !== null);
  return Object.fromEntries(told.map(([name, value]: [string, unknown]) => [name, isObject(value) ? withoutNulls(value) : value]));
}

function shown(outcome: AllocationOutcome | undefined, dryRun: boolean): Readonly<Record<string, unknown>> {
  const allocations = outcome ? outcomeTexts(outcome, dryRun) : [];
  return { allocation: allocations[0], allocations, changed: outcome?.changed ?? false };
}

import { Args, Context, Info, Mutation, Resolver } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import type { Principal } from '../../application/access/principal.js';
import type { AllocationOutcome } from '../../application/ipam/allocation-store.js';
import type { Problem } from '../../core/kernel/problem.js';
import { ok, type Result } from '../../core/kernel/result.js';
import { allocationText, outcomeTexts } from '../../application/ipam/allocation-text.js';
import { Allocations } from '../../application/ipam/allocations.js';
import { type MutationResult, mutationResult, problemValue } from '../graphql/mutation-result.js';
import { Requires } from '../http/access.js';
import { CurrentPrincipal, type GraphqlContext } from '../http/caller.js';
import { orThrow } from '../http/or-throw.js';
import { parseInput } from '../../application/input/parse-input.js';
import { ALLOCATION_BODY, MEANT, RENEWAL } from './allocation-schema.js';
import { withIdentifiers } from './keyed-identifiers.js';

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
      const { items, dryRun = false, partial, explain: _, ...demand } = orThrow(parseInput(ALLOCATION_BODY, withoutNulls(input), '/input'));
      const { idempotencyKey } = context;
      const key = idempotencyKey === undefined ? undefined : { owner: principal.id, key: idempotencyKey };
      const requests = withIdentifiers(items ?? [{ ...demand, partial }], key, info.path.key);
      const place = { cluster, pool, requests, dryRun };
      if (items && partial) return ok({ each: await this.allocations.allocateEach(place, principal.name), dryRun });
      const outcomes = await this.allocations.allocate(place, principal.name);
      return outcomes.ok ? ok({ each: outcomes.value.map(ok), dryRun }) : outcomes;
    };
    return mutationResult({ info, context }, 'IpAllocated', work, ({ each, dryRun }) => allocated(each, dryRun, context.requestId));
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
    const work = async () => this.allocations.release(cluster, { pool, identifier, sequence: meant(sequence) }, principal.name);
    return mutationResult({ info, context }, 'IpReleased', work, shown);
  }

  @Mutation()
  @Requires(FOR_EDITORS)
  async renewIp(
    @Args('cluster') cluster: string,
    @Args('pool') pool: string,
    @Args('identifier') identifier: string,
    @Args('ttlSeconds') ttlSeconds: number | null | undefined,
    @Args('ttl') ttl: number | null | undefined,
    @Args('sequence') sequence: number | null | undefined,
    @CurrentPrincipal() principal: Principal,
    @Context() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MutationResult> {
    const work = async () => {
      const lease = orThrow(parseInput(RENEWAL, withoutNulls({ ttlSeconds, ttl }), ''));
      const request = { pool, identifier, sequence: meant(sequence) };
      return this.allocations.renew(cluster, request, lease.ttlSeconds ?? lease.ttl ?? 0, principal.name);
    };
    return mutationResult({ info, context }, 'IpRenewed', work, shown);
  }
}

/** The same rule as REST's. Throws `invalid-request`. */
function meant(sequence: number | null | undefined): number | undefined {
  return orThrow(parseInput(MEANT, withoutNulls({ sequence }))).sequence;
}

/** What each request came to, and all that was handed out. */
function allocated(
  each: readonly Result<AllocationOutcome, Problem>[],
  dryRun: boolean,
  requestId: string,
): Readonly<Record<string, unknown>> {
  const items = each.map((outcome) =>
    outcome.ok
      ? { allocations: outcomeTexts(outcome.value, dryRun), changed: outcome.value.changed, explanation: outcome.value.explanation }
      : { allocations: [], changed: false, problem: problemValue(outcome.error, requestId) },
  );
  const allocations = items.flatMap((item) => item.allocations);
  const [first] = items;
  return {
    allocation: allocations[0] ?? null,
    allocations,
    changed: items.some(({ changed }) => changed),
    dryRun,
    explanation: items.length === 1 ? (first?.explanation ?? null) : null,
    items,
  };
}

/** A member of an input that is null is one that is left out. */
function withoutNulls(input: object): object {
  const told = Object.entries(input).filter(([, value]) => value !== null);
  return Object.fromEntries(told.map(([name, value]: [string, unknown]) => [name, valueWithoutNulls(value)]));
}

function valueWithoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(valueWithoutNulls);
  return typeof value === 'object' && value !== null ? withoutNulls(value) : value;
}

function shown({ records, changed }: AllocationOutcome): Readonly<Record<string, unknown>> {
  const allocations = records.map(allocationText);
  return { allocation: allocations[0], allocations, changed };
}

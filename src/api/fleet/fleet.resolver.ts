import { Args, Context, Info, Mutation, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { z } from 'zod';
import type { Principal } from '../../application/access/principal.js';
import { FleetCidrOverlaps } from '../../application/ipam/fleet-cidr-overlaps.js';
import { fleetPlaneSchema, fleetSpaceDraftSchema, fleetWishesSchema } from '../../application/ipam/fleet-schema.js';
import { type FleetGiven, FleetSpaces } from '../../application/ipam/fleet-spaces.js';
import { fleetRangeText, fleetSpaceText } from '../../application/ipam/fleet-text.js';
import { type MutationResult, mutationResult } from '../graphql/mutation-result.js';
import { Requires } from '../http/access.js';
import { COORDINATE_QUERY } from '../http/coordinate-query.js';
import { CurrentPrincipal, type GraphqlContext } from '../http/caller.js';
import { orThrow } from '../http/or-throw.js';
import { parseInput } from '../../application/input/parse-input.js';

const OVERLAPS = z.strictObject({ at: COORDINATE_QUERY.at });
const RELEASE = z.strictObject({ plane: fleetPlaneSchema.optional() });
const TO_SEE = { role: 'viewer', reach: 'own' } as const;
const TO_MANAGE = { role: 'editor', reach: 'all' } as const;
const TO_TAKE_PART = { role: 'editor', reach: 'cluster' } as const;

/** What is above clusters. */
@Resolver('Fleet')
export class FleetResolver {
  constructor(
    private readonly overlaps: FleetCidrOverlaps,
    private readonly spaces: FleetSpaces,
  ) {}

  @Query()
  @Requires(TO_SEE)
  fleet(@CurrentPrincipal() principal: Principal): { readonly principal: Principal } {
    return { principal };
  }

  @ResolveField()
  async cidrOverlaps({ principal }: { readonly principal: Principal }, args: object): Promise<object> {
    const { at } = orThrow(parseInput(OVERLAPS, withoutNulls(args)));
    return orThrow(await this.overlaps.answer(principal, at));
  }

  @ResolveField('spaces')
  async allSpaces({ principal }: { readonly principal: Principal }): Promise<readonly object[]> {
    return (await this.spaces.list(principal)).map(fleetSpaceText);
  }

  @ResolveField()
  async space({ principal }: { readonly principal: Principal }, { name }: { readonly name: string }): Promise<object> {
    return fleetSpaceText(orThrow(await this.spaces.find(name, principal)));
  }

  @Mutation()
  @Requires(TO_MANAGE)
  async createFleetSpace(
    @Args('input') input: object,
    @CurrentPrincipal() principal: Principal,
    @Context() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MutationResult> {
    const work = async () => this.spaces.create(orThrow(parseInput(fleetSpaceDraftSchema, withoutNulls(input), '/input')), principal.name);
    return mutationResult({ info, context }, 'FleetSpaceCreated', work, (made) => ({ space: fleetSpaceText(made) }));
  }

  @Mutation()
  @Requires(TO_MANAGE)
  async deleteFleetSpace(
    @Args('space') space: string,
    @Context() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MutationResult> {
    return mutationResult(
      { info, context },
      'FleetSpaceDeleted',
      async () => this.spaces.delete(space),
      () => ({ name: space }),
    );
  }

  @Mutation()
  @Requires(TO_TAKE_PART)
  async takeFleetRanges(
    @Args('space') space: string,
    @Args('cluster') cluster: string,
    @Args('input') input: object,
    @CurrentPrincipal() principal: Principal,
    @Context() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MutationResult> {
    const work = async () => {
      const { ranges, dryRun } = orThrow(parseInput(fleetWishesSchema, withoutNulls(input), '/input'));
      return this.spaces.take(space, cluster, ranges, { principal, dryRun });
    };
    const shown = (given: FleetGiven) => ({ ...given, ranges: given.ranges.map(fleetRangeText) });
    return mutationResult({ info, context }, 'FleetRangesTaken', work, shown);
  }

  @Mutation()
  @Requires(TO_TAKE_PART)
  async releaseFleetRanges(
    @Args('space') space: string,
    @Args('cluster') cluster: string,
    @Args('plane') plane: string | null | undefined,
    @CurrentPrincipal() principal: Principal,
    @Context() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MutationResult> {
    const work = async () => {
      const asked = orThrow(parseInput(RELEASE, withoutNulls({ plane })));
      return this.spaces.release(space, cluster, asked.plane, principal.name);
    };
    return mutationResult({ info, context }, 'FleetRangesReleased', work, (ranges) => ({ ranges: ranges.map(fleetRangeText) }));
  }
}

/** GraphQL writes null for what is left out, inside of lists too. */
function withoutNulls(value: object): object {
  const members = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(
    members.map(([name, member]: [string, unknown]) => [name, Array.isArray(member) ? member.map(cleaned) : member]),
  );
}

function cleaned(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? withoutNulls(value) : value;
}

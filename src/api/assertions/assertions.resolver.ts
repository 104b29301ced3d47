import { Args, Context, Info, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { z } from 'zod';
import type { Principal } from '../../application/access/principal.js';
import { ASSERTION_CONTENT, ASSERTION_NAME } from '../../application/assertions/assertion-schema.js';
import { Assertions } from '../../application/assertions/assertions.js';
import { RunAssertions } from '../../application/assertions/run-assertions.js';
import { Coordinates } from '../../application/clusters/coordinates.js';
import { expectedNumber } from '../../application/input/expected.js';
import { parseInput } from '../../application/input/parse-input.js';
import type { AskedAt } from '../../application/questions/asked-states.js';
import { limitTooLarge } from '../../application/objects/list-plan.js';
import { MAX_LIMIT } from '../../application/objects/list-request.js';
import { pageOfList } from '../../application/relations/page-of-list.js';
import type { Problem } from '../../core/kernel/problem.js';
import { problemBelow } from '../../core/kernel/problem-place.js';
import { err, type Result } from '../../core/kernel/result.js';
import type { ClusterAt } from '../graphql/answer-field.js';
import { type Connection, connectionOf, orThrowInGraphqlWords, PAGE_ARGUMENTS, readArguments } from '../graphql/connection.js';
import { type MutationResult, mutationResult } from '../graphql/mutation-result.js';
import { Requires } from '../http/access.js';
import { ClientGone } from '../http/client-gone.js';
import { CurrentPrincipal, type GraphqlContext } from '../http/caller.js';
import { orThrow } from '../http/or-throw.js';
import { assertionBody, runBody, summaryBody } from './run-body.js';

const PAGE = z.strictObject(PAGE_ARGUMENTS);
/** A cursor is the name of an assertion. */
const RUNS = z.strictObject({ ...PAGE_ARGUMENTS, after: ASSERTION_NAME.optional() });
const NAMED = z.strictObject({ name: ASSERTION_NAME });
const TO_WRITE = { role: 'editor', reach: 'cluster' } as const;

interface WriteArguments {
  readonly cluster: string;
  readonly name: string;
  readonly ifMatch?: number | null;
}

/** Questions with the answers that teams require, and what comes of them at the coordinate of the cluster. */
@Resolver('Cluster')
export class AssertionsResolver {
  constructor(
    private readonly all: Assertions,
    private readonly running: RunAssertions,
    private readonly coordinates: Coordinates,
  ) {}

  @ResolveField()
  async assertions({ cluster }: ClusterAt, args: object): Promise<Connection<object>> {
    const { first, after } = readArguments(PAGE, args);
    const page = orThrow(pageOfList(orThrow(await this.all.list(cluster.name)), ({ name }) => [name], { first, after }));
    const { cursors, remaining } = page;
    return connectionOf(page.items.map(summaryBody), cursors, { after, hasNextPage: remaining > 0, remaining });
  }

  @ResolveField()
  async assertion({ cluster }: ClusterAt, args: object): Promise<object> {
    return assertionBody(orThrow(await this.all.find(cluster.name, readArguments(NAMED, args).name)));
  }

  @ResolveField()
  async assertionRun(
    @Parent() at: ClusterAt,
    @Args() args: object,
    @CurrentPrincipal() asker: Principal,
    @ClientGone() gone: AbortSignal,
  ): Promise<object> {
    return runBody(orThrow(await this.running.run(await this.imported(at, asker), readArguments(NAMED, args).name, gone)));
  }

  @ResolveField()
  async assertionRuns(
    @Parent() at: ClusterAt,
    @Args() args: object,
    @CurrentPrincipal() asker: Principal,
    @ClientGone() gone: AbortSignal,
  ): Promise<Connection<object>> {
    const { first, after } = readArguments(RUNS, args);
    if (first > MAX_LIMIT) return orThrowInGraphqlWords(err(limitTooLarge(first)));
    const { items, remaining } = orThrow(await this.running.runAfter(await this.imported(at, asker), after ?? '', first, gone));
    const cursors = items.map(({ assertion }) => assertion ?? '');
    return connectionOf(items.map(runBody), cursors, { after, hasNextPage: remaining > 0, remaining });
  }

  @ResolveField()
  async assertionDraftRun(
    @Parent() at: ClusterAt,
    @Args() { input }: { readonly input: object },
    @CurrentPrincipal() asker: Principal,
    @ClientGone() gone: AbortSignal,
  ): Promise<object> {
    return runBody(orThrow(inInput(await this.running.runDraft(await this.imported(at, asker), contentOf(input), gone))));
  }

  @Mutation()
  @Requires(TO_WRITE)
  async saveAssertion(
    @Args() { cluster, name: named, input, ifMatch }: WriteArguments & { readonly input: object },
    @CurrentPrincipal() { name: author }: Principal,
    @Context() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MutationResult> {
    const work = async () => {
      const { name } = orThrow(parseInput(NAMED, { name: named }));
      return inInput(await this.all.save(cluster, { name, content: contentOf(input), author, ifMatch: expectedNumber(ifMatch) }));
    };
    return mutationResult({ info, context }, 'AssertionSaved', work, ({ assertion, outcome }) => ({
      assertion: assertionBody(assertion),
      created: outcome === 'created',
    }));
  }

  @Mutation()
  @Requires(TO_WRITE)
  async deleteAssertion(
    @Args() { cluster, name, ifMatch }: WriteArguments,
    @Context() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MutationResult> {
    const work = async () => this.all.delete(cluster, orThrow(parseInput(NAMED, { name })).name, expectedNumber(ifMatch));
    return mutationResult({ info, context }, 'AssertionDeleted', work, () => ({ name }));
  }

  /** The coordinate; a cluster that was never imported has nothing to answer from: the same problem as REST's. */
  private async imported(at: ClusterAt, asker: Principal): Promise<AskedAt> {
    if (at.revision === 0) orThrow(await this.coordinates.revisionOf(at.cluster, {}));
    return { ...at, asker };
  }
}

/** The result, its problem about the argument `input`. */
function inInput<T>(result: Result<T, Problem>): Result<T, Problem> {
  return result.ok || !result.error.errors ? result : err(problemBelow('/input', result.error));
}

/** GraphQL writes null for what is left out; inside of `input` and `result` a null is a value. */
function contentOf(input: object): z.output<typeof ASSERTION_CONTENT> {
  return orThrow(parseInput(ASSERTION_CONTENT, withoutNulls(input, ['cases', 'expect']), '/input'));
}

function withoutNulls(value: unknown, within: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((element: unknown) => withoutNulls(element, within));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(
    members.map(([name, member]: [string, unknown]) => [name, within.includes(name) ? withoutNulls(member, within) : member]),
  );
}

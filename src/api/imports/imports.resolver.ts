import { Args, Context, Info, Mutation, ResolveField, Resolver } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { z } from 'zod';
import type { Principal } from '../../application/access/principal.js';
import { Clusters } from '../../application/clusters/clusters.js';
import type { Revision } from '../../application/clusters/revision.js';
import { Revisions } from '../../application/clusters/revisions.js';
import type { ImportCommand } from '../../application/imports/import-command.js';
import { ImportManifests } from '../../application/imports/import-manifests.js';
import { expectedNumber } from '../../application/input/expected.js';
import { type MutationResult, mutationResult } from '../graphql/mutation-result.js';
import { Requires } from '../http/access.js';
import { CurrentPrincipal, type GraphqlContext } from '../http/caller.js';
import { orThrow } from '../http/or-throw.js';
import { parseInput } from '../../application/input/parse-input.js';
import { IMPORT_QUERY } from './import-endpoints.js';

/** REST's query parameters, whose flags are text there. */
const OPTIONS = z.strictObject({
  ...IMPORT_QUERY.shape,
  atomic: z.boolean().default(false),
  validateOnly: z.boolean().default(false),
  ifMatch: z.int().min(0).optional(),
});

interface ImportArguments {
  readonly cluster: string;
  readonly manifests: string;
  readonly options?: object | null;
}

const FOR_EDITORS = { role: 'editor', reach: 'cluster' } as const;

/** Manifests that come with a GraphQL document. */
@Resolver('Revision')
export class ImportsResolver {
  constructor(
    private readonly clusters: Clusters,
    private readonly imports: ImportManifests,
    private readonly revisions: Revisions,
  ) {}

  @Mutation()
  @Requires(FOR_EDITORS)
  async importSnapshot(
    @Args() args: ImportArguments,
    @CurrentPrincipal() principal: Principal,
    @Context() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MutationResult> {
    return this.run('snapshot', args, principal, { context, info });
  }

  @Mutation()
  @Requires(FOR_EDITORS)
  async applyManifests(
    @Args() args: ImportArguments,
    @CurrentPrincipal() principal: Principal,
    @Context() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MutationResult> {
    return this.run('upsert', args, principal, { context, info });
  }

  @Mutation()
  @Requires(FOR_EDITORS)
  async deleteManifests(
    @Args() args: ImportArguments,
    @CurrentPrincipal() principal: Principal,
    @Context() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MutationResult> {
    return this.run('delete', args, principal, { context, info });
  }

  @ResolveField()
  async report({ cluster, number }: Revision): Promise<unknown> {
    return orThrow(await this.revisions.report(cluster, String(number))).report;
  }

  private async run(
    mode: ImportCommand['mode'],
    { cluster, manifests, options }: ImportArguments,
    { name: author }: Principal,
    place: { readonly context: GraphqlContext; readonly info: GraphQLResolveInfo },
  ): Promise<MutationResult> {
    const work = async () => {
      const given = Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== null));
      const { source, ifMatch, ...asked } = orThrow(parseInput(OPTIONS, given, '/options'));
      orThrow(await this.clusters.find(cluster));
      const files = [{ name: 'manifests', content: textOf(manifests) }];
      return this.imports.run({ ...asked, cluster, mode, author, source, expected: expectedNumber(ifMatch), files });
    };
    return mutationResult(place, 'ManifestsImported', work, ({ revision, report }) => ({ revision, report }));
  }
}

async function* textOf(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

import { Args, Context, Info, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import type { AccessToken } from '../../application/access/access-token.js';
import type { Principal } from '../../application/access/principal.js';
import { Tokens } from '../../application/access/tokens.js';
import { type MutationResult, mutationResult, succeeding } from '../graphql/mutation-result.js';
import { Requires } from '../http/access.js';
import { CurrentPrincipal, type GraphqlContext } from '../http/caller.js';
import { orThrow } from '../http/or-throw.js';
import { parseInput } from '../../application/input/parse-input.js';
import { newTokenOf, tokenChangeOf } from './token-input.js';
import { NEW_TOKEN, TOKEN_CHANGE } from './token-schema.js';

const FOR_ADMINISTRATORS = { role: 'admin', reach: 'all' } as const;

/** Who may do what. */
@Resolver()
export class TokensResolver {
  constructor(private readonly tokens: Tokens) {}

  @Query('tokens')
  @Requires(FOR_ADMINISTRATORS)
  async list(): Promise<readonly AccessToken[]> {
    return this.tokens.list();
  }

  @Mutation()
  @Requires(FOR_ADMINISTRATORS)
  async createToken(
    @Args('input') input: object,
    @CurrentPrincipal() principal: Principal,
    @Context() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MutationResult> {
    const work = async () => succeeding(this.tokens.create(newTokenOf(orThrow(parseInput(NEW_TOKEN, input, '/input'))), principal.name));
    return mutationResult({ info, context }, 'TokenIssued', work, ({ token, secret }) => ({ token, secret }));
  }

  @Mutation()
  @Requires(FOR_ADMINISTRATORS)
  async updateToken(
    @Args('id') id: string,
    @Args('input') input: object,
    @Context() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MutationResult> {
    const work = async () => this.tokens.change(id, tokenChangeOf(orThrow(parseInput(TOKEN_CHANGE, input, '/input'))));
    return mutationResult({ info, context }, 'TokenUpdated', work, (token) => ({ token }));
  }

  @Mutation()
  @Requires(FOR_ADMINISTRATORS)
  async revokeToken(@Args('id') id: string, @Context() context: GraphqlContext, @Info() info: GraphQLResolveInfo): Promise<MutationResult> {
    return mutationResult(
      { info, context },
      'TokenRevoked',
      async () => this.tokens.revoke(id),
      (token) => ({ token }),
    );
  }
}

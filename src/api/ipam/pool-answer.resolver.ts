import { ResolveField, Resolver } from '@nestjs/graphql';
import { type PlacedPools, PoolBlocks } from './pool-blocks.js';

/** The answer to `ip-pools`, whose blocks lead on. */
@Resolver('IpPoolsAnswer')
export class PoolAnswerResolver {
  constructor(private readonly blocks: PoolBlocks) {}

  @ResolveField()
  result(answer: PlacedPools): object {
    return this.blocks.result(answer);
  }
}

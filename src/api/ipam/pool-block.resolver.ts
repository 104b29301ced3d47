import { ResolveField, Resolver } from '@nestjs/graphql';
import type { GraphqlContext } from '../http/caller.js';
import { type PlacedBlock, PoolBlocks } from './pool-blocks.js';

/** A block of a pool, and what was handed out of it. */
@Resolver('PoolBlock')
export class PoolBlockResolver {
  constructor(private readonly blocks: PoolBlocks) {}

  @ResolveField()
  allocations(block: PlacedBlock, args: object, context: GraphqlContext) {
    return this.blocks.allocations(block, args, context);
  }
}

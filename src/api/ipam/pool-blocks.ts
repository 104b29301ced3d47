import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { z } from 'zod';
import { allocationText, type AllocationText } from '../../application/ipam/allocation-text.js';
import { BlockAllocations, type BlockPage, type BlockRequest } from '../../application/ipam/block-allocations.js';
import { ipPoolsQuestion } from '../../application/ipam/ip-pools.js';
import type { AnswerEnvelope } from '../../application/questions/question.js';
import type { PoolsResult } from '../../core/ipam/list-pools.js';
import type { BlockView } from '../../core/ipam/pool-view.js';
import type { AddressPlane } from '../../core/ipam/address-plane.js';
import { ProblemError } from '../../core/kernel/problem.js';
import { AnswerField, type ClusterAt, type QuestionArguments } from '../graphql/answer-field.js';
import { type Connection, connectionOf, PAGE_ARGUMENTS, readArguments } from '../graphql/connection.js';
import type { GraphqlContext } from '../http/caller.js';

const PAGE = z.strictObject(PAGE_ARGUMENTS);

/** A block, and what it was shown as a part of. */
export interface PlacedBlock extends BlockView {
  readonly at: ClusterAt;
  readonly plane: AddressPlane;
  readonly allocationSequence: number;
}

/** The answer to `ip-pools`, and where it was asked. */
export interface PlacedPools extends AnswerEnvelope<string, PoolsResult> {
  readonly at: ClusterAt;
}

type Loader = DataLoader<BlockRequest, BlockPage, string>;

/** Pools whose blocks lead to what was handed out of them. However many blocks of an operation ask, it is looked up once. */
@Injectable()
export class PoolBlocks {
  private readonly loaders = new WeakMap<GraphqlContext, Loader>();

  constructor(
    private readonly answers: AnswerField,
    private readonly blocks: BlockAllocations,
  ) {}

  /** The answer to `ip-pools`. */
  async answer(at: ClusterAt, args: QuestionArguments): Promise<object> {
    return { ...(await this.answers.of(ipPoolsQuestion, at, args)), at };
  }

  /** Its result. The answer is shared: what stands in it is copied, not changed. */
  result({ result, at }: PlacedPools): object {
    const { allocationSequence } = result;
    const pools = result.pools.map((pool) => {
      const { plane, blocks } = pool;
      return { ...pool, blocks: blocks && blocks.map((block): PlacedBlock => ({ ...block, at, plane, allocationSequence })) };
    });
    return { ...result, pools };
  }

  /** A page of what was handed out of a block. Throws `limit-too-large` and `invalid-request`. */
  async allocations(block: PlacedBlock, args: object, context: GraphqlContext): Promise<Connection<AllocationText>> {
    const { at, plane, allocationSequence: sequence } = block;
    const { first, after } = readArguments(PAGE, args);
    const page = await this.loaderOf(context).load({ cluster: at.cluster, sequence, plane, block: block.cidr, first, after });
    return connectionOf(page.items.map(allocationText), page.cursors, { after, hasNextPage: page.hasMore, remaining: null });
  }

  private loaderOf(context: GraphqlContext): Loader {
    const known = this.loaders.get(context);
    if (known) return known;
    const loader: Loader = new DataLoader<BlockRequest, BlockPage, string>(
      async (requests) => {
        const pages = await this.blocks.pages(requests);
        return pages.map((page) => (page.ok ? page.value : new ProblemError(page.error)));
      },
      { cacheKeyFn: keyOf },
    );
    this.loaders.set(context, loader);
    return loader;
  }
}

function keyOf({ cluster, sequence, plane, block, first, after }: BlockRequest): string {
  return JSON.stringify([cluster.id, sequence, plane, block, first, after]);
}

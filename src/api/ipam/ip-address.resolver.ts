import { ResolveField, Resolver } from '@nestjs/graphql';
import { z } from 'zod';
import { allocationText } from '../../application/ipam/allocation-text.js';
import { IpHistory } from '../../application/ipam/ip-history.js';
import type { AnswerEnvelope } from '../../application/questions/question.js';
import type { IpOwnerResult } from '../../core/ipam/own-ip.js';
import type { ClusterAt, QuestionArguments } from '../graphql/answer-field.js';
import { readArguments } from '../graphql/connection.js';
import { orThrow } from '../http/or-throw.js';
import { HISTORY_PAGE } from './history-page.js';
import { PoolBlocks } from './pool-blocks.js';

const HISTORY = z.strictObject(HISTORY_PAGE);

/** An address at a coordinate, and who has it there. */
interface IpAddressAt {
  readonly at: ClusterAt;
  readonly owner: AnswerEnvelope<string, IpOwnerResult>;
  /** As it was asked for. */
  readonly allocationSequence: unknown;
}

/** All that there is to tell of one address, each by the question that tells it elsewhere. */
@Resolver('IpAddress')
export class IpAddressResolver {
  constructor(
    private readonly blocks: PoolBlocks,
    private readonly histories: IpHistory,
  ) {}

  @ResolveField()
  ip({ owner }: IpAddressAt): string {
    return owner.result.ip;
  }

  @ResolveField()
  family({ owner }: IpAddressAt): number {
    return owner.result.family;
  }

  @ResolveField()
  chain({ owner }: IpAddressAt): IpOwnerResult['chain'] {
    return owner.result.chain;
  }

  @ResolveField()
  pools({ at, owner, allocationSequence }: IpAddressAt, { blocks }: QuestionArguments): Promise<object> {
    return this.blocks.answer(at, { contains: owner.result.ip, blocks, allocationSequence });
  }

  @ResolveField()
  async history({ at, owner }: IpAddressAt, args: object): Promise<object> {
    const page = orThrow(await this.histories.at(at, { ip: owner.result.ip, ...readArguments(HISTORY, args) }));
    return { ...page, allocations: page.allocations.map(allocationText) };
  }
}

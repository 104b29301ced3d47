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
export interface IpAddressAt extends Pick<IpOwnerResult, 'ip' | 'family' | 'chain'> {
  readonly at: ClusterAt;
  readonly owner: AnswerEnvelope;
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
  pools({ at, ip, allocationSequence }: IpAddressAt, { blocks }: QuestionArguments): Promise<AnswerEnvelope> {
    return this.blocks.answer(at, { contains: ip, blocks, allocationSequence });
  }

  @ResolveField()
  async history({ at, ip }: IpAddressAt, args: object): Promise<object> {
    const page = orThrow(await this.histories.at(at, { ip, ...readArguments(HISTORY, args) }));
    return { ...page, allocations: page.allocations.map(allocationText) };
  }
}

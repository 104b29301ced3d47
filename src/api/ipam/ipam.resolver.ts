import { ResolveField, Resolver } from '@nestjs/graphql';
import { z } from 'zod';
import { allocationText } from '../../application/ipam/allocation-text.js';
import { Allocations } from '../../application/ipam/allocations.js';
import { ipForecastQuestion } from '../../application/ipam/ip-forecast.js';
import { ipCapacityQuestion } from '../../application/ipam/ip-capacity.js';
import { ipOwnerQuestion } from '../../application/ipam/ip-owner.js';
import { ipPrefixQuestion } from '../../application/ipam/ip-prefix.js';
import { ipSimulateQuestion } from '../../application/ipam/ip-simulate.js';
import { ipamLintQuestion } from '../../application/ipam/ipam-lint.js';
import { loadBalancerQuestion } from '../../application/ipam/load-balancer.js';
import { nextFreeQuestion } from '../../application/ipam/next-free.js';
import { AnswerField, type ClusterAt, type QuestionArguments } from '../graphql/answer-field.js';
import { orThrow } from '../http/or-throw.js';
import { parseInput } from '../../application/input/parse-input.js';
import { LISTING } from './allocation-schema.js';
import { PoolBlocks } from './pool-blocks.js';

const ALLOCATIONS = z.strictObject({ pool: z.string(), ...LISTING });

/** Questions about addresses, below `Cluster`. */
@Resolver('Cluster')
export class IpamResolver {
  constructor(
    private readonly answers: AnswerField,
    private readonly blocks: PoolBlocks,
    private readonly allocations: Allocations,
  ) {}

  @ResolveField()
  ipCapacity(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(ipCapacityQuestion, at, args);
  }

  @ResolveField()
  ipForecast(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(ipForecastQuestion, at, args);
  }

  @ResolveField()
  ipOwner(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(ipOwnerQuestion, at, args);
  }

  @ResolveField()
  ipPools(at: ClusterAt, args: QuestionArguments) {
    return this.blocks.answer(at, args);
  }

  @ResolveField()
  ipPrefix(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(ipPrefixQuestion, at, args);
  }

  @ResolveField()
  ipSimulate(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(ipSimulateQuestion, at, args);
  }

  @ResolveField()
  ipamLint(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(ipamLintQuestion, at, args);
  }

  @ResolveField()
  loadBalancer(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(loadBalancerQuestion, at, args);
  }

  @ResolveField()
  nextFree(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(nextFreeQuestion, at, args);
  }

  @ResolveField()
  async ipAddress(at: ClusterAt, args: QuestionArguments): Promise<object> {
    return { at, owner: await this.answers.of(ipOwnerQuestion, at, args), allocationSequence: args['allocationSequence'] };
  }

  @ResolveField()
  async ipAllocations(at: ClusterAt, args: QuestionArguments): Promise<object> {
    const page = orThrow(await this.allocations.listAt(at, orThrow(parseInput(ALLOCATIONS, withoutNulls(args)))));
    return { ...page, items: page.items.map(allocationText) };
  }
}

function withoutNulls(args: QuestionArguments): object {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null));
}

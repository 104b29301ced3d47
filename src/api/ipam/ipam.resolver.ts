import { ResolveField, Resolver } from '@nestjs/graphql';
import { ipOwnerQuestion } from '../../application/ipam/ip-owner.js';
import { ipPoolsQuestion } from '../../application/ipam/ip-pools.js';
import { nextFreeQuestion } from '../../application/ipam/next-free.js';
import { AnswerField, type ClusterAt, type QuestionArguments } from '../graphql/answer-field.js';

/** Questions about addresses, below `Cluster`. */
@Resolver('Cluster')
export class IpamResolver {
  constructor(private readonly answers: AnswerField) {}

  @ResolveField()
  ipOwner(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(ipOwnerQuestion, at, args);
  }

  @ResolveField()
  ipPools(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(ipPoolsQuestion, at, args);
  }

  @ResolveField()
  nextFree(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(nextFreeQuestion, at, args);
  }
}

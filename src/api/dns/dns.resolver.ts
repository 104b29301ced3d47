import { ResolveField, Resolver } from '@nestjs/graphql';
import { resolveNameQuestion } from '../../application/dns/resolve-name.js';
import { AnswerField, type ClusterAt, type QuestionArguments } from '../graphql/answer-field.js';

/** Questions about names, below `Cluster`. */
@Resolver('Cluster')
export class DnsResolver {
  constructor(private readonly answers: AnswerField) {}

  @ResolveField()
  resolveName(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(resolveNameQuestion, at, args);
  }
}

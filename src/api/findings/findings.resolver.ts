import { ResolveField, Resolver } from '@nestjs/graphql';
import { serviceLintQuestion } from '../../application/findings/service-lint.js';
import { AnswerField, type ClusterAt, type QuestionArguments } from '../graphql/answer-field.js';

/** What is wrong in a cluster, below `Cluster`. */
@Resolver('Cluster')
export class FindingsResolver {
  constructor(private readonly answers: AnswerField) {}

  @ResolveField()
  serviceLint(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(serviceLintQuestion, at, args);
  }
}

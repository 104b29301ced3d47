import { ResolveField, Resolver } from '@nestjs/graphql';
import { pathQuestion } from '../../application/dataplane/path.js';
import { podMtuQuestion } from '../../application/dataplane/pod-mtu.js';
import { AnswerField, type ClusterAt, type QuestionArguments } from '../graphql/answer-field.js';

/** Questions about the data plane, below `Cluster`. */
@Resolver('Cluster')
export class DataplaneResolver {
  constructor(private readonly answers: AnswerField) {}

  @ResolveField()
  path(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(pathQuestion, at, args);
  }

  @ResolveField()
  podMtu(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(podMtuQuestion, at, args);
  }
}

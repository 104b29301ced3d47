import { ResolveField, Resolver } from '@nestjs/graphql';
import { traceQuestion } from '../../application/trace/trace.js';
import { AnswerField, type ClusterAt, type QuestionArguments } from '../graphql/answer-field.js';

/** The question about the whole way of a request, below `Cluster`. */
@Resolver('Cluster')
export class TraceResolver {
  constructor(private readonly answers: AnswerField) {}

  @ResolveField()
  trace(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(traceQuestion, at, args);
  }
}

import { ResolveField, Resolver } from '@nestjs/graphql';
import { proxyCompareQuestion } from '../../application/services/proxy-compare.js';
import { resolveServiceQuestion } from '../../application/services/resolve-service.js';
import { serviceEndpointsQuestion } from '../../application/services/service-endpoints.js';
import { AnswerField, type ClusterAt, type QuestionArguments } from '../graphql/answer-field.js';

/** Questions about services, below `Cluster`. */
@Resolver('Cluster')
export class ServicesResolver {
  constructor(private readonly answers: AnswerField) {}

  @ResolveField()
  resolveService(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(resolveServiceQuestion, at, args);
  }

  @ResolveField()
  proxyCompare(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(proxyCompareQuestion, at, args);
  }

  @ResolveField()
  serviceEndpoints(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(serviceEndpointsQuestion, at, args);
  }
}

import { ResolveField, Resolver } from '@nestjs/graphql';
import { podEnvironmentQuestion } from '../../application/dns/pod-environment.js';
import { podResolverQuestion } from '../../application/dns/pod-resolver.js';
import { resolveNameQuestion } from '../../application/dns/resolve-name.js';
import { AnswerField, type ClusterAt, type QuestionArguments } from '../graphql/answer-field.js';

/** Questions about names, below `Cluster`. */
@Resolver('Cluster')
export class DnsResolver {
  constructor(private readonly answers: AnswerField) {}

  @ResolveField()
  podEnvironment(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(podEnvironmentQuestion, at, args);
  }

  @ResolveField()
  podResolver(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(podResolverQuestion, at, args);
  }

  @ResolveField()
  resolveName(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(resolveNameQuestion, at, args);
  }
}

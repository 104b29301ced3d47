import { Args, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { resolveSelectorQuestion } from '../../application/selectors/resolve-selector.js';
import { AnswerField, type ClusterAt, type QuestionArguments } from '../graphql/answer-field.js';

/** Questions about selectors, below `Cluster`. */
@Resolver('Cluster')
export class SelectorsResolver {
  constructor(private readonly answers: AnswerField) {}

  @ResolveField()
  resolveSelector(@Parent() at: ClusterAt, @Args() args: QuestionArguments) {
    return this.answers.of(resolveSelectorQuestion, at, args);
  }
}

import { ResolveField, Resolver } from '@nestjs/graphql';
import { resolveSelectorQuestion } from '../../application/selectors/resolve-selector.js';
import { AnswerField, type ClusterAt, type QuestionArguments } from '../graphql/answer-field.js';

/** Questions about selectors, below `Cluster`. Without parameter decorators Nest hands GraphQL's own arguments through, which costs nothing. */
@Resolver('Cluster')
export class SelectorsResolver {
  constructor(private readonly answers: AnswerField) {}

  @ResolveField()
  resolveSelector(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(resolveSelectorQuestion, at, args);
  }
}

import { ResolveField, Resolver } from '@nestjs/graphql';
import { dataplaneLintQuestion } from '../../application/dataplane/dataplane-lint.js';
import { nodeRoutesQuestion } from '../../application/dataplane/node-routes.js';
import { pathQuestion } from '../../application/dataplane/path.js';
import { podMtuQuestion } from '../../application/dataplane/pod-mtu.js';
import { podRouteTableQuestion } from '../../application/dataplane/pod-route-table.js';
import { tunnelsQuestion } from '../../application/dataplane/tunnels.js';
import { AnswerField, type ClusterAt, type QuestionArguments } from '../graphql/answer-field.js';

/** Questions about the data plane, below `Cluster`. */
@Resolver('Cluster')
export class DataplaneResolver {
  constructor(private readonly answers: AnswerField) {}

  @ResolveField()
  dataplaneLint(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(dataplaneLintQuestion, at, args);
  }

  @ResolveField()
  nodeRoutes(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(nodeRoutesQuestion, at, args);
  }

  @ResolveField()
  path(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(pathQuestion, at, args);
  }

  @ResolveField()
  podMtu(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(podMtuQuestion, at, args);
  }

  @ResolveField()
  podRouteTable(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(podRouteTableQuestion, at, args);
  }

  @ResolveField()
  tunnels(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(tunnelsQuestion, at, args);
  }
}

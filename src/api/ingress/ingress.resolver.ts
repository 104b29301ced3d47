import { ResolveField, Resolver } from '@nestjs/graphql';
import { gatewayStatusQuestion } from '../../application/ingress/gateway-status.js';
import { ingressClassQuestion } from '../../application/ingress/ingress-class.js';
import { routeDiffQuestion } from '../../application/ingress/route-diff.js';
import { routeLintQuestion } from '../../application/ingress/route-lint.js';
import { routeQuestion } from '../../application/ingress/route.js';
import { traefikRuleQuestion } from '../../application/ingress/traefik-rule.js';
import { demandPrincipal, type GraphqlContext } from '../http/caller.js';
import { AnswerField, type ClusterAt, type QuestionArguments } from '../graphql/answer-field.js';

/** Questions about ingress routing, below `Cluster`. Without parameter decorators Nest hands GraphQL's own arguments through, which costs nothing. */
@Resolver('Cluster')
export class IngressResolver {
  constructor(private readonly answers: AnswerField) {}

  @ResolveField()
  route(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(routeQuestion, at, args);
  }

  @ResolveField()
  routeDiff(at: ClusterAt, args: QuestionArguments, { caller }: GraphqlContext) {
    return this.answers.of(routeDiffQuestion, { ...at, asker: demandPrincipal(caller) }, args);
  }

  @ResolveField()
  routeLint(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(routeLintQuestion, at, args);
  }

  @ResolveField()
  ingressClass(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(ingressClassQuestion, at, args);
  }

  @ResolveField()
  gatewayStatus(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(gatewayStatusQuestion, at, args);
  }

  @ResolveField()
  traefikRule(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(traefikRuleQuestion, at, args);
  }
}

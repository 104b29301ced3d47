import { ResolveField, Resolver } from '@nestjs/graphql';
import { connectivityDiffQuestion } from '../../application/policy/connectivity-diff.js';
import { connectivityQuestion } from '../../application/policy/connectivity.js';
import { exposureQuestion } from '../../application/policy/exposure.js';
import { podPoliciesQuestion } from '../../application/policy/pod-policies.js';
import { policyCompareQuestion } from '../../application/policy/policy-compare.js';
import { policyLintQuestion } from '../../application/policy/policy-lint.js';
import { policyPodsQuestion } from '../../application/policy/policy-pods.js';
import { policyVerdictQuestion } from '../../application/policy/policy-verdict.js';
import { reachabilityQuestion } from '../../application/policy/reachability.js';
import { AnswerField, type ClusterAt, type QuestionArguments } from '../graphql/answer-field.js';

/** Questions about network policies, below `Cluster`. */
@Resolver('Cluster')
export class PolicyResolver {
  constructor(private readonly answers: AnswerField) {}

  @ResolveField()
  policyVerdict(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(policyVerdictQuestion, at, args);
  }

  @ResolveField()
  connectivity(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(connectivityQuestion, at, args);
  }

  @ResolveField()
  connectivityDiff(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(connectivityDiffQuestion, at, args);
  }

  @ResolveField()
  exposure(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(exposureQuestion, at, args);
  }

  @ResolveField()
  reachability(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(reachabilityQuestion, at, args);
  }

  @ResolveField()
  podPolicies(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(podPoliciesQuestion, at, args);
  }

  @ResolveField()
  policyPods(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(policyPodsQuestion, at, args);
  }

  @ResolveField()
  policyLint(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(policyLintQuestion, at, args);
  }

  @ResolveField()
  policyCompare(at: ClusterAt, args: QuestionArguments) {
    return this.answers.of(policyCompareQuestion, at, args);
  }
}

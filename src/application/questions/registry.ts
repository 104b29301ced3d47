import { dataplaneLintQuestion } from '../dataplane/dataplane-lint.js';
import { nodeRoutesQuestion } from '../dataplane/node-routes.js';
import { pathQuestion } from '../dataplane/path.js';
import { podMtuQuestion } from '../dataplane/pod-mtu.js';
import { podRouteTableQuestion } from '../dataplane/pod-route-table.js';
import { tunnelsQuestion } from '../dataplane/tunnels.js';
import { podEnvironmentQuestion } from '../dns/pod-environment.js';
import { podResolverQuestion } from '../dns/pod-resolver.js';
import { resolveNameQuestion } from '../dns/resolve-name.js';
import { serviceLintQuestion } from '../findings/service-lint.js';
import { ingressClassQuestion } from '../ingress/ingress-class.js';
import { gatewayStatusQuestion } from '../ingress/gateway-status.js';
import { routeDiffQuestion } from '../ingress/route-diff.js';
import { routeLintQuestion } from '../ingress/route-lint.js';
import { routeQuestion } from '../ingress/route.js';
import { traefikRuleQuestion } from '../ingress/traefik-rule.js';
import { ipCapacityQuestion } from '../ipam/ip-capacity.js';
import { ipForecastQuestion } from '../ipam/ip-forecast.js';
import { ipOwnerQuestion } from '../ipam/ip-owner.js';
import { ipPrefixQuestion } from '../ipam/ip-prefix.js';
import { ipPoolsQuestion } from '../ipam/ip-pools.js';
import { ipSimulateQuestion } from '../ipam/ip-simulate.js';
import { ipamLintQuestion } from '../ipam/ipam-lint.js';
import { loadBalancerQuestion } from '../ipam/load-balancer.js';
import { nextFreeQuestion } from '../ipam/next-free.js';
import { connectivityDiffQuestion } from '../policy/connectivity-diff.js';
import { connectivityQuestion } from '../policy/connectivity.js';
import { exposureQuestion } from '../policy/exposure.js';
import { podPoliciesQuestion } from '../policy/pod-policies.js';
import { policyCompareQuestion } from '../policy/policy-compare.js';
import { policyLintQuestion } from '../policy/policy-lint.js';
import { policyPodsQuestion } from '../policy/policy-pods.js';
import { policyVerdictQuestion } from '../policy/policy-verdict.js';
import { reachabilityQuestion } from '../policy/reachability.js';
import { resolveSelectorQuestion } from '../selectors/resolve-selector.js';
import { proxyCompareQuestion } from '../services/proxy-compare.js';
import { resolveServiceQuestion } from '../services/resolve-service.js';
import { serviceEndpointsQuestion } from '../services/service-endpoints.js';
import { traceQuestion } from '../trace/trace.js';
import type { Question } from './question.js';

/** Every question the product answers, by name. Both doors, OpenAPI and the parity test read this list. */
export const QUESTIONS: readonly Question[] = [
  connectivityQuestion,
  connectivityDiffQuestion,
  dataplaneLintQuestion,
  exposureQuestion,
  gatewayStatusQuestion,
  ingressClassQuestion,
  ipCapacityQuestion,
  ipForecastQuestion,
  ipOwnerQuestion,
  ipPoolsQuestion,
  ipPrefixQuestion,
  ipSimulateQuestion,
  ipamLintQuestion,
  loadBalancerQuestion,
  nextFreeQuestion,
  nodeRoutesQuestion,
  pathQuestion,
  podEnvironmentQuestion,
  podMtuQuestion,
  podPoliciesQuestion,
  podResolverQuestion,
  podRouteTableQuestion,
  policyCompareQuestion,
  policyLintQuestion,
  policyPodsQuestion,
  policyVerdictQuestion,
  proxyCompareQuestion,
  reachabilityQuestion,
  resolveNameQuestion,
  resolveSelectorQuestion,
  resolveServiceQuestion,
  routeDiffQuestion,
  routeLintQuestion,
  routeQuestion,
  serviceEndpointsQuestion,
  serviceLintQuestion,
  traceQuestion,
  traefikRuleQuestion,
  tunnelsQuestion,
];

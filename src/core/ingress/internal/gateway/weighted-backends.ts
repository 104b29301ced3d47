import type { EvidenceStep } from '../../../kernel/evidence.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { ModelService, NetworkModel } from '../../../model/network-model.js';
import type { GatewayRoute, RouteRule } from '../../../resources/gateway-route.js';
import type { ServicePort } from '../../../resources/service.js';
import type { NearMiss, RouteBackend } from '../../route-result.js';
import { endpointsOutcome } from '../backend-outcome.js';
import { resolveBackend } from './backend-references.js';
import { backendPolicy, policyFault } from './backend-tls.js';

/** The backends of a rule with their exact shares, and the part of the requests that no backend can take. */
export interface WeightedBackends {
  readonly backends: readonly RouteBackend[];
  /** Part of the requests that is answered with 500. */
  readonly errorShare: number;
  readonly steps: readonly EvidenceStep[];
  readonly nearMisses: readonly NearMiss[];
}

/** Follows every backend of a rule: its share is its weight among all weights, and one that cannot be used keeps its share (rules G25 and G26). */
export function weightedBackends(model: NetworkModel, route: GatewayRoute, rule: Pick<RouteRule, 'backends'>): WeightedBackends {
  const total = rule.backends.reduce((sum, { weight }) => sum + weight, 0);
  const backends: RouteBackend[] = [];
  const steps: EvidenceStep[] = [];
  const nearMisses: NearMiss[] = [];
  let errorShare = total === 0 ? 1 : 0;
  for (const reference of rule.backends) {
    const share = total === 0 ? 0 : reference.weight / total;
    const resolved = resolveBackend(model, route, reference);
    if (!resolved.ok) {
      errorShare += share;
      const { reason, message } = resolved;
      steps.push({
        stage: 'backend',
        outcome: 'no-match',
        reason: 'BACKEND_REFUSED',
        message: `${reason}: ${message}`,
        object: route.ref,
        pointer: reference.pointer,
      });
      nearMisses.push({
        reason,
        object: describeRef(route.ref),
        pointer: reference.pointer,
        message,
        fix: fixOf(reason, resolved.reference.name, route.namespace),
      });
      continue;
    }
    const { service, port } = resolved;
    const untrusted = untrustedStep(model, service, port);
    if (untrusted) {
      errorShare += share;
      steps.push(untrusted);
      continue;
    }
    const found: EvidenceStep = {
      stage: 'backend',
      outcome: 'match',
      reason: 'SERVICE_FOUND',
      message: `Service ${service.namespace}/${service.name} port ${port.port}, weight ${reference.weight} of ${total}`,
      object: route.ref,
      pointer: reference.pointer,
    };
    const reached = endpointsOutcome(model, service, port, [found], 'ROUTED');
    steps.push(...reached.steps);
    if (reached.backend) backends.push({ ...reached.backend, share });
  }
  return { backends, errorShare, steps, nearMisses };
}

/** Why TLS with a backend cannot succeed; undefined where a policy that can be used holds, or none. */
function untrustedStep(model: NetworkModel, service: ModelService, port: ServicePort): EvidenceStep | undefined {
  const policy = backendPolicy(model, service, port);
  if (!policy || !policyFault(model, policy)?.none) return undefined;
  const message = `${describeRef(policy.ref)} names no certificate of an authority that can be used: TLS with the backend fails`;
  return { stage: 'backend', outcome: 'no-match', reason: 'BACKEND_TLS_INVALID', message, object: policy.ref };
}

function fixOf(reason: string, name: string, namespace: string): string {
  if (reason === 'RefNotPermitted')
    return `a ReferenceGrant in the namespace of Service ${name} that lets routes of ${namespace} refer to it`;
  return reason === 'InvalidKind' ? 'refer to a Service' : `create Service ${name} with that port, or name one that exists`;
}

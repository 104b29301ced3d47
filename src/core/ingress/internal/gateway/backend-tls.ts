import type { ModelService, NetworkModel } from '../../../model/network-model.js';
import { GATEWAY_GROUP } from '../../../resources/gateway-reference.js';
import type { BackendTLSPolicy } from '../../../resources/gateway.js';
import type { ServicePort } from '../../../resources/service.js';
import { type AuthorityFault, authorityFault } from './authorities.js';
import { byAge } from './listeners.js';

/** Which BackendTLSPolicy holds for a port of a Service: one for the port before one for the Service, then the oldest, then by name (rule G41). */
export function backendPolicy(model: NetworkModel, service: ModelService, port: ServicePort): BackendTLSPolicy | undefined {
  const naming = policiesFor(model, service.namespace, service.name);
  const ofPort = port.name === '' ? [] : naming.filter(({ sectionName }) => sectionName === port.name);
  const [first] = ofPort.length > 0 ? ofPort : naming.filter(({ sectionName }) => sectionName === undefined);
  return first?.policy;
}

interface Naming {
  readonly policy: BackendTLSPolicy;
  readonly sectionName: string | undefined;
}

/** The policies that name a Service, in the order in which they go before one another. */
function policiesFor({ gatewayApi }: NetworkModel, namespace: string, name: string): readonly Naming[] {
  return gatewayApi.backendPolicies
    .filter((policy) => policy.namespace === namespace)
    .flatMap((policy) => targetsNamed(policy, name).map(({ sectionName }) => ({ policy, sectionName })))
    .sort((a, b) => byAge(a.policy, b.policy));
}

function targetsNamed({ targetRefs }: BackendTLSPolicy, name: string): BackendTLSPolicy['targetRefs'] {
  return targetRefs.filter((target) => target.group === '' && target.kind === 'Service' && target.name === name);
}

/** The policy that goes before this one for one of its targets; undefined where none does. */
export function policyBefore(model: NetworkModel, policy: BackendTLSPolicy): BackendTLSPolicy | undefined {
  for (const target of policy.targetRefs) {
    const [first] = policiesFor(model, policy.namespace, target.name).filter(({ sectionName }) => sectionName === target.sectionName);
    if (first && first.policy !== policy) return first.policy;
  }
  return undefined;
}

/** What is wrong with the certificates a backend is checked against; undefined when they can be used. */
export function policyFault(model: NetworkModel, policy: BackendTLSPolicy): AuthorityFault | undefined {
  if (policy.fault !== undefined) return { fault: { reason: 'Invalid', message: policy.fault }, none: true };
  if (policy.usesSystemCertificates) return undefined;
  return authorityFault(model, { group: GATEWAY_GROUP, kind: 'BackendTLSPolicy', namespace: policy.namespace }, policy.caCertificateRefs);
}

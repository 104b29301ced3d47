import { inMap } from '../../../kernel/in-map.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { GATEWAY_GROUP, type ObjectReference } from '../../../resources/gateway-reference.js';
import type { BackendTLSPolicy } from '../../../resources/gateway.js';
import type { ServicePort } from '../../../resources/service.js';
import type { EndpointOwner } from '../backend-outcome.js';
import { type AuthorityFault, authorityFault } from './authorities.js';
import type { JudgedListener } from './listener-status.js';
import { byAge } from './listeners.js';

/** Which BackendTLSPolicy holds for a port of a Service: one for the port before one for the Service, then the oldest, then by name (rule G41). */
export function backendPolicy(model: NetworkModel, service: EndpointOwner, port: ServicePort): BackendTLSPolicy | undefined {
  if (!isService({ group: '', kind: service.ref.kind })) return undefined;
  const naming = policiesFor(model, service.namespace, service.name);
  const ofPort = port.name === '' ? [] : naming.filter(({ sectionName }) => sectionName === port.name);
  const [first] = ofPort.length > 0 ? ofPort : naming.filter(({ sectionName }) => sectionName === undefined);
  return first?.policy;
}

interface Naming {
  readonly policy: BackendTLSPolicy;
  readonly sectionName: string | undefined;
}

const byTarget = new WeakMap<NetworkModel, ReadonlyMap<string, readonly Naming[]>>();

const isService = ({ group, kind }: Pick<ObjectReference, 'group' | 'kind'>) => group === '' && kind === 'Service';

/** The policies that name a Service, in the order in which they go before one another. */
function policiesFor(model: NetworkModel, namespace: string, name: string): readonly Naming[] {
  return inMap(byTarget, model, () => policiesByTarget(model)).get(`${namespace}/${name}`) ?? [];
}

function policiesByTarget({ gatewayApi }: NetworkModel): ReadonlyMap<string, readonly Naming[]> {
  const policies = new Map<string, Naming[]>();
  for (const policy of [...gatewayApi.backendPolicies].sort(byAge))
    for (const { group, kind, name, sectionName } of policy.targetRefs)
      if (isService({ group, kind })) inMap(policies, `${policy.namespace}/${name}`, (): Naming[] => []).push({ policy, sectionName });
  return policies;
}

/** The policy that goes before this one for one of its targets; undefined where none does. */
export function policyBefore(model: NetworkModel, policy: BackendTLSPolicy): BackendTLSPolicy | undefined {
  for (const target of policy.targetRefs.filter(isService)) {
    const [first] = policiesFor(model, policy.namespace, target.name).filter(({ sectionName }) => sectionName === target.sectionName);
    if (first && first.policy !== policy) return first.policy;
  }
  return undefined;
}

/**
 * Why a policy is attached to none of its targets: a Service that does not exist, a port name that it does not have (`apis/v1/policy_types.go`, `SectionName`: "the Policy must fail to
 * attach"), or another kind. Undefined where it is attached to one.
 */
export function detached(model: NetworkModel, { namespace, targetRefs }: BackendTLSPolicy): string | undefined {
  const faults = targetRefs.map(({ group, kind, name, sectionName }) => {
    if (!isService({ group, kind })) return `${kind} ${name} is no Service`;
    const service = model.services.get(`${namespace}/${name}`);
    if (!service) return `Service ${namespace}/${name} does not exist`;
    if (sectionName === undefined || service.resource.ports.some((port) => port.name === sectionName)) return undefined;
    const names = service.resource.ports.map((port) => `\`${port.name}\``).join(', ');
    return `Service ${namespace}/${name} has no port named \`${sectionName}\`; it has ${names}`;
  });
  return faults.some((fault) => fault === undefined) ? undefined : (faults[0] ?? 'it names no target');
}

/** What is wrong with the certificates a backend is checked against; undefined when they can be used. */
export function policyFault(model: NetworkModel, policy: BackendTLSPolicy): AuthorityFault | undefined {
  if (policy.fault !== undefined) return { fault: { reason: 'Invalid', message: policy.fault }, none: true };
  if (policy.usesSystemCertificates) return undefined;
  return authorityFault(model, { group: GATEWAY_GROUP, kind: 'BackendTLSPolicy', namespace: policy.namespace }, policy.caCertificateRefs);
}

/**
 * Whether what a listener takes goes on in connections of the Gateway's own, which may be TLS: neither packets nor TLS that is passed through do (`TLSRouteRule.BackendRefs`: "in
 * Terminate mode, a BackendTLSPolicy can be used").
 */
export function opensConnections({ listener: { protocol, tls } }: JudgedListener): boolean {
  return protocol !== 'UDP' && tls?.mode !== 'Passthrough';
}

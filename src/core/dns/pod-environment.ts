import { type Answer, type Note, uniqueNotes } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import type { ModelPod, ModelService, NetworkModel } from '../model/network-model.js';
import { formatIp } from '../net/ip.js';
import { serviceVariables } from './service-variables.js';

/** Whose services a container is told of. `SERVICE_LINKS`: those of its namespace; `API_SERVER_ONLY`: `enableServiceLinks: false`. */
export type EnvironmentVerdict = 'SERVICE_LINKS' | 'API_SERVER_ONLY';

/** A variable with the service it tells of. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
  /** `namespace/name`. */
  readonly service: string;
}

/** The room's part of the answer. */
export interface EnvironmentResult {
  /** `pod shop/web-0`. */
  readonly pod: string;
  readonly enableServiceLinks: boolean;
  /** By service and then in kubelet's order; a variable that two services give stands once, with the value that wins. */
  readonly variables: readonly EnvironmentVariable[];
}

/** The API server's own service, which every container is told of (kubernetes `pkg/kubelet/kubelet_pods.go` masterServices). */
const API_SERVER = { namespace: 'default', name: 'kubernetes' };

/**
 * The service variables of a pod's containers (kubernetes `pkg/kubelet/kubelet_pods.go` getServiceEnvVarMap): the services of its namespace that have a cluster
 * IP, unless `enableServiceLinks` is false, and `kubernetes` of namespace `default` where the pod's own namespace has none of that name. Variables of the
 * container's own `env` replace them; they are not looked at.
 */
export function podEnvironment(model: NetworkModel, pod: ModelPod): Answer<EnvironmentVerdict, EnvironmentResult> {
  const { enableServiceLinks } = pod.spec;
  const label = `pod ${pod.namespace}/${pod.name}`;
  const trail = new Trail();
  trail.add({
    stage: 'service-links',
    outcome: 'info',
    reason: enableServiceLinks ? 'SERVICE_LINKS' : 'SERVICE_LINKS_OFF',
    message: enableServiceLinks
      ? `every service of namespace \`${pod.namespace}\` that has a cluster IP gives variables`
      : '`enableServiceLinks` is false: only the API server’s service gives variables',
    object: pod.ref,
    pointer: '/spec/enableServiceLinks',
  });
  const services = servicesTold(model, pod);
  const variables = new Map<string, EnvironmentVariable>();
  for (const service of services) {
    const told = variablesOf(service);
    explainService(trail, service, told.length);
    for (const variable of told) variables.set(variable.name, variable);
  }
  const assumptions = services.flatMap(addressNote);
  const count = new Set([...variables.values()].map(({ service }) => service)).size;
  return {
    verdict: enableServiceLinks ? 'SERVICE_LINKS' : 'API_SERVER_ONLY',
    summary: `${label} starts with ${variables.size} variables of ${count} service${count === 1 ? '' : 's'}`,
    result: { pod: label, enableServiceLinks, variables: [...variables.values()] },
    evidence: trail.list(),
    assumptions: uniqueNotes([...assumptions, CREATED_BEFORE]),
    warnings: [],
    confidence: 'ASSUMED',
    enforcement: null,
  };
}

const CREATED_BEFORE: Note = {
  code: 'SERVICES_CREATED_BEFORE_POD',
  message: 'every service is taken to have been there when the container started: later ones give no variables',
};

/** In the order of the model: by namespace and name. */
function servicesTold(model: NetworkModel, { namespace, spec }: ModelPod): readonly ModelService[] {
  const own = spec.enableServiceLinks ? [...model.services.values()].filter((service) => service.namespace === namespace) : [];
  const apiServer = model.services.get(`${API_SERVER.namespace}/${API_SERVER.name}`);
  return apiServer && !own.some(({ name }) => name === API_SERVER.name) ? [apiServer, ...own] : own;
}

function variablesOf(service: ModelService): readonly EnvironmentVariable[] {
  const [first] = service.clusterIPs;
  return serviceVariables(service.resource, first && formatIp(first.value)).map((variable) => ({
    ...variable,
    service: `${service.namespace}/${service.name}`,
  }));
}

function explainService(trail: Trail, { ref, namespace, name, resource }: ModelService, count: number): void {
  const key = `\`${namespace}/${name}\``;
  const why = resource.headless ? 'is headless' : 'has no cluster IP';
  trail.add({
    stage: 'service-links',
    outcome: count > 0 ? 'selected' : 'excluded',
    reason: count > 0 ? 'SERVICE_VARIABLES' : 'NO_CLUSTER_IP',
    message: count > 0 ? `service ${key} gives ${count} variables` : `service ${key} ${why}: it gives none`,
    object: ref,
  });
}

function addressNote({ clusterIPs, resource }: ModelService): readonly Note[] {
  const [first] = clusterIPs;
  if (!first || resource.headless || first.provenance === 'observed') return [];
  return [{ code: 'ADDRESS_DERIVED', message: 'addresses of services that are not in the input are those the cluster would give' }];
}

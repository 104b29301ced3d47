import type { Note } from '../../kernel/answer.js';
import type { EndpointCandidate, ModelService, NetworkModel } from '../../model/network-model.js';
import { nearMissWarnings } from './near-miss-warnings.js';
import { proxyRules } from './proxy-rules.js';
import { outsideAddresses, type ServiceMatch } from './service-index.js';

/** What an answer about a service assumes: values that the input does not show but the rules of controllers give. */
export function serviceAssumptions(model: NetworkModel, service: ModelService | undefined): readonly Note[] {
  const notes: Note[] = [];
  if (!proxyRules(model.profile.proxy, 'TCP').known) notes.push({ code: 'PROXY_MODE_APPROXIMATED', message: APPROXIMATED });
  notes.push(...ofModel(model, NODES_ASSUMED));
  if (!service) return notes;
  const name = `${service.namespace}/${service.name}`;
  const invented = service.clusterIPs.find(({ provenance }) => provenance !== 'observed');
  if (invented)
    notes.push({
      code: 'CLUSTER_IP_DERIVED',
      message: `the cluster IP of \`${name}\` is not in the input: it is what the API server would allocate`,
    });
  if (service.endpoints.source === 'derived' && derivedPods(model, service)) {
    notes.push({
      code: 'ENDPOINTS_DERIVED',
      message: `the endpoints of \`${name}\` are those of pods that its workloads would make, taken to be ready`,
    });
    notes.push(...ofModel(model, PODS_ASSUMED));
  }
  return notes;
}

/** What the model assumes of nodes, and of the pods it derives: endpoints and local policies rest on them. */
const NODES_ASSUMED: ReadonlySet<string> = new Set(['NODES_SYNTHESISED', 'NODES_BELIEVED']);
const PODS_ASSUMED: ReadonlySet<string> = new Set(['NODE_PLACEMENT', 'POD_ADDRESSES', 'PODS_WITHOUT_ADDRESS']);

function ofModel(model: NetworkModel, codes: ReadonlySet<string>): readonly Note[] {
  return model.assumptions.filter(({ code }) => codes.has(code));
}

/** What is assumed of the node ports that a packet from outside goes to, because no other address of the service is known. */
export function nodePortAssumptions({ service, port, via }: ServiceMatch): readonly Note[] {
  if (via !== 'NODE_PORT') return [];
  const name = `${service.namespace}/${service.name}`;
  const isPending = service.resource.type === 'LoadBalancer' && outsideAddresses(service).length === 0;
  const pending = { code: 'LOAD_BALANCER_PENDING', message: `no load balancer address of \`${name}\` is known: its node ports are asked` };
  const nodePort = service.nodePorts[service.resource.ports.indexOf(port)];
  const isGiven = nodePort === undefined || nodePort.provenance === 'observed';
  const derived = {
    code: 'NODE_PORT_DERIVED',
    message: `the node port of \`${name}\` is not in the input: it is what the API server would allocate`,
  };
  return [...(isPending ? [pending] : []), ...(isGiven ? [] : [derived])];
}

/** Where the program that stands in kube-proxy's place is not known (`proxy.ebpf.program`). */
const APPROXIMATED =
  'a replacement of kube-proxy is answered by the rules of iptables mode; it translates pod traffic at connect(), and may keep client addresses (DSR) or pick endpoints by Maglev';

function derivedPods(model: NetworkModel, service: ModelService): boolean {
  return selectedOf(service).some(({ pod }) => model.pods[pod]?.provenance === 'derived');
}

/** Objects that are not modelled and could change an answer about services, by kind. */
export function unmodelledWarnings(model: NetworkModel): readonly Note[] {
  const counts = new Map<string, number>();
  for (const { ref, affects } of model.unmodelled) if (affects === 'services') counts.set(ref.kind, (counts.get(ref.kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => ({
    code: 'UNMODELLED_OBJECT',
    message: `${count} ${kind} object${count === 1 ? ' is' : 's are'} not modelled and could change where packets go`,
  }));
}

const known = new WeakMap<NetworkModel, Map<ModelService, readonly Note[]>>();

/** What is wrong with a service, whoever asks: its selector, its target ports, its reach. Looked for once, for every packet to the service is told of it. */
export function serviceWarnings(model: NetworkModel, service: ModelService): readonly Note[] {
  const ofServices = known.get(model) ?? new Map<ModelService, readonly Note[]>();
  known.set(model, ofServices);
  const warnings = ofServices.get(service) ?? [...selectorWarnings(model, service), ...targetPortWarnings(model, service)];
  ofServices.set(service, warnings);
  return warnings;
}

/** The first of the warnings in words, and the pod that a selector which matches none comes nearest to. */
export function becauseOf(warnings: readonly Note[]): string | undefined {
  const near = warnings.find(({ code }) => code === 'SELECTOR_NEAR_MISS');
  const [first] = warnings;
  return first && near && near !== first ? `${first.message}; nearest: ${near.message}` : first?.message;
}

function selectorWarnings(model: NetworkModel, service: ModelService): readonly Note[] {
  const { resource, endpoints } = service;
  if (resource.type === 'ExternalName') return [];
  const name = `${service.namespace}/${service.name}`;
  const selector = Object.entries(resource.selector ?? {});
  if (selector.length === 0) {
    const missing = endpoints.source === 'none';
    return missing
      ? [{ code: 'SELECTORLESS', message: `service \`${name}\` has no selector and no endpoints of its own: nothing answers` }]
      : [];
  }
  if (selectedOf(service).length > 0) return [];
  const wanted = selector.map(([key, value]) => `${key}=${value}`).join(',');
  const noMatch = {
    code: 'SELECTOR_NO_MATCH',
    message: `no pod of namespace \`${service.namespace}\` matches the selector ${wanted} of service \`${name}\``,
  };
  return [noMatch, ...nearMissWarnings(model, service)];
}

/** Candidates that the selector matches. */
function selectedOf(service: ModelService): readonly EndpointCandidate[] {
  return service.endpoints.candidates.filter(({ reason }) => reason !== 'SELECTOR_NEAR_MISS');
}

/** Target ports that no container of the selected pods declares: a wrong name gives no endpoint, a wrong number one that refuses. */
function targetPortWarnings(model: NetworkModel, service: ModelService): readonly Note[] {
  const pods = selectedOf(service).flatMap(({ pod }) => model.pods[pod] ?? []);
  if (pods.length === 0) return [];
  return service.resource.ports.flatMap((port) => {
    const { targetPort, protocol } = port;
    const declared = pods.flatMap(({ spec }) => spec.containers.flatMap(({ ports }) => ports));
    const offered = declared.some((one) => one.protocol === protocol && (one.name === targetPort || one.containerPort === targetPort));
    if (offered || declared.length === 0) return [];
    const code = typeof targetPort === 'number' ? 'TARGETPORT_UNDECLARED' : 'PORT_NAME_NOT_FOUND';
    const has = [...new Set(declared.map((one) => `${one.name ?? one.containerPort} (${one.containerPort}/${one.protocol})`))].join(', ');
    return [
      {
        code,
        message: `port \`${port.name || port.port}\` targets \`${targetPort}\`/${protocol}, which no container of the selected pods declares; they declare ${has}`,
      },
    ];
  });
}

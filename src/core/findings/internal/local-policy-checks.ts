import { firstFew } from '../../kernel/first-few.js';
import type { ModelService, NetworkModel } from '../../model/network-model.js';
import type { FindingDraft, FindingFix } from '../finding.js';

/** Nodes on which packets to a service with a Local policy are dropped, because none of its endpoints is there (kubernetes `pkg/proxy/topology.go`). */
export function* localPolicyChecks(model: NetworkModel, service: ModelService): Generator<FindingDraft> {
  const { internalTrafficPolicy, externalTrafficPolicy, headless, type } = service.resource;
  if (headless || type === 'ExternalName') return;
  if (internalTrafficPolicy !== 'Local' && externalTrafficPolicy !== 'Local') return; // most services: nodes need not be counted
  const covered = nodesWithEndpoint(service);
  if (covered.size === 0) return;
  const bare = [...model.nodes.keys()].filter((name) => !covered.has(name));
  if (internalTrafficPolicy === 'Local') {
    // A node without pods sends nothing to a cluster IP, save for its own processes.
    const busy = busyNodes(model);
    const dropping = bare.filter((name) => busy.has(name));
    if (dropping.length > 0) yield dropped(service, 'ITP_LOCAL_NO_LOCAL', dropping);
  }
  if (externalTrafficPolicy === 'Local' && isExposed(service) && bare.length > 0) yield dropped(service, 'ETP_LOCAL_NO_LOCAL', bare);
}

const busyMemo = new WeakMap<NetworkModel, ReadonlySet<string>>();

/** The nodes that pods run on; a model never changes. */
function busyNodes(model: NetworkModel): ReadonlySet<string> {
  const known = busyMemo.get(model) ?? new Set(model.pods.flatMap(({ nodeName }) => nodeName?.value ?? []));
  busyMemo.set(model, known);
  return known;
}

function isExposed({ resource, nodePorts }: ModelService): boolean {
  return nodePorts.some((port) => port !== undefined) || resource.externalIPs.length + resource.loadBalancerIngress.length > 0;
}

function nodesWithEndpoint({ endpoints }: ModelService): ReadonlySet<string> {
  const usable = endpoints.slices.flatMap((slice) =>
    slice.endpoints.filter(({ ready, serving, terminating }) => ready || (serving && terminating)),
  );
  return new Set(usable.flatMap(({ nodeName }) => nodeName ?? []));
}

function dropped(service: ModelService, code: 'ITP_LOCAL_NO_LOCAL' | 'ETP_LOCAL_NO_LOCAL', nodes: readonly string[]): FindingDraft {
  const field = code === 'ITP_LOCAL_NO_LOCAL' ? 'internalTrafficPolicy' : 'externalTrafficPolicy';
  const named = firstFew(nodes, 3);
  const whose = code === 'ITP_LOCAL_NO_LOCAL' ? 'packets of their pods' : 'packets from outside that enter there';
  return {
    code,
    object: service.ref,
    pointer: `/spec/${field}`,
    message: `service \`${service.namespace}/${service.name}\` has ${field} Local and no endpoint on ${nodes.length === 1 ? 'node' : 'nodes'} ${named}: ${whose} are dropped`,
    fix: useEveryNode(service, field),
  };
}

/** Endpoints of every node are used. */
export function useEveryNode({ ref }: ModelService, field: 'internalTrafficPolicy' | 'externalTrafficPolicy'): FindingFix {
  const cost = field === 'externalTrafficPolicy' ? '; pods then see the node’s address instead of the client’s' : '';
  return {
    message: `use the endpoints of every node${cost}`,
    object: ref,
    patch: [{ op: 'add', path: `/spec/${field}`, value: 'Cluster' }],
    create: [],
  };
}

import type { Steps } from '../../kernel/steps.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { Ingress } from '../../resources/ingress.js';
import { selectorMatches, selectorOfLabels } from '../../resources/label-selector.js';
import type { PodSpec } from '../../resources/pod.js';
import type { Labels } from '../../resources/resource.js';
import type { ServicePort } from '../../resources/service.js';
import {
  type ConnectionSet,
  connectionsOf,
  intersectConnections,
  NO_CONNECTIONS,
  noConnections,
  unionConnections,
} from './connection-set.js';
import { judgeDirection } from './judge-direction.js';
import { netpolPeers, type NetpolPeer } from './netpol-groups.js';
import { unknownPod } from './policy-endpoint.js';
import { CONTROLLER_ROW } from './listing-focus.js';
import type { PolicyIndex } from './policy-index.js';

const CONTROLLER = unknownPod(CONTROLLER_ROW);

/** What the controller may reach of each workload behind an Ingress or a Route of OpenShift: the union over all backends, cut to what the workload's policies admit, which may be nothing. Yields often. */
export function* ingressControllerPairs(
  model: NetworkModel,
  index: PolicyIndex,
): Steps<readonly { readonly from: string; readonly to: string; readonly connections: ConnectionSet }[]> {
  if (model.ingresses.length === 0 && model.openShiftRoutes.length === 0) return [];
  const backends = backendsByNamespace(model);
  const sums = new Map<string, ConnectionSet>();
  for (const peer of yield* netpolPeers(model, index)) {
    let served = NO_CONNECTIONS;
    for (const backend of backends.get(peer.namespace) ?? []) {
      yield;
      served = unionConnections(served, servedBy(model, peer, backend));
    }
    if (noConnections(served)) continue;
    for (const { endpoint } of peer.classes) {
      const flow = { source: CONTROLLER, destination: endpoint, self: false, ownNode: false };
      const admitted = intersectConnections(served, judgeDirection(index, 'ingress', flow).allowed);
      sums.set(peer.name, unionConnections(sums.get(peer.name) ?? NO_CONNECTIONS, admitted));
    }
  }
  return [...sums].map(([to, connections]) => ({ from: CONTROLLER_ROW, to, connections }));
}

/** A Service that is served from outside, by one of its ports; undefined: by all of them. */
interface Backend {
  readonly name: string;
  readonly port: number | string | undefined;
}

function backendsByNamespace(model: NetworkModel): ReadonlyMap<string, readonly Backend[]> {
  const backends = new Map<string, Backend[]>();
  const add = (namespace: string, more: readonly Backend[]) => {
    const known = backends.get(namespace);
    if (known) for (const one of more) known.push(one);
    else backends.set(namespace, [...more]);
  };
  for (const ingress of model.ingresses) add(ingress.namespace, backendsOf(ingress));
  for (const { namespace, services, targetPort } of model.openShiftRoutes) {
    const backend = services.map((name) => ({ name, port: targetPort }));
    add(namespace, backend);
  }
  return backends;
}

function backendsOf({ defaultBackend, rules }: Ingress): readonly Backend[] {
  const paths = rules.flatMap((rule) => rule.paths.map((path) => path.backend));
  return [...(defaultBackend ? [defaultBackend] : []), ...paths].flatMap((backend) => (backend.type === 'service' ? [backend] : []));
}

/** "For each backend Service (same namespace, non-empty selector) and each workload it selects"; without a port "all service ports". */
function servedBy(model: NetworkModel, { namespace, labels, spec }: NetpolPeer, backend: Backend): ConnectionSet {
  const service = model.services.get(`${namespace}/${backend.name}`)?.resource;
  if (!service?.selector || !selects(service.selector, labels)) return NO_CONNECTIONS;
  const named = backend.port === undefined ? service.ports : service.ports.filter((one) => isNamed(one, backend.port)).slice(0, 1);
  return named.reduce((sum, port) => {
    const number = targetOf(port, spec);
    return number === undefined ? sum : unionConnections(sum, connectionsOf('TCP', number, number));
  }, NO_CONNECTIONS);
}

function selects(selector: Labels, labels: Labels): boolean {
  return Object.keys(selector).length > 0 && selectorMatches(selectorOfLabels(selector), labels);
}

/** "Compared with the service port's `name`, `port` and `targetPort`, first match wins". */
function isNamed({ name, port, targetPort }: ServicePort, wanted: number | string | undefined): boolean {
  return wanted === name || wanted === port || wanted === targetPort;
}

/** "Resolve names on the workload (TCP only), keep the number only if the workload declares it as a containerPort (of whatever protocol)". */
function targetOf({ targetPort }: ServicePort, { containers }: PodSpec): number | undefined {
  const ports = containers.flatMap((container) => container.ports);
  if (typeof targetPort === 'number') return ports.some((one) => one.containerPort === targetPort) ? targetPort : undefined;
  return ports.find((one) => one.name === targetPort && one.protocol === 'TCP')?.containerPort;
}

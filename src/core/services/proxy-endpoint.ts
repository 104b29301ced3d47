import type { IpFamily } from '../net/ip.js';
import type { ModelService, ServiceEndpoints } from '../model/network-model.js';
import type { Endpoint } from '../resources/endpoint-slice.js';
import type { ServicePort } from '../resources/service.js';

/** An endpoint of one service port as kube-proxy sees it. */
export interface ProxyEndpoint {
  /** `ip:port`, or `[ip]:port` for IPv6. */
  readonly address: string;
  readonly ip: string;
  readonly port: number;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly nodeName: string | undefined;
  readonly zone: string | undefined;
  /** `namespace/name` of the pod behind it, when the slice names one. */
  readonly pod: string | undefined;
  readonly zoneHints: readonly string[];
  readonly nodeHints: readonly string[];
}

/** `10.0.0.1:80`, `[fd00::1]:80`. */
export function formatAddress(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** The endpoints of one port in one family, wherever the packet is. */
interface PortEndpoints {
  readonly endpoints: readonly ProxyEndpoint[];
  /** Entries that repeat an address, naming another node perhaps. */
  readonly repeated: readonly ProxyEndpoint[];
}

/** What was worked out before. Ports outlive a model where nothing of the service changed; its endpoints are those of the models that share them. */
const memo = new WeakMap<ServiceEndpoints, Map<ServicePort, Map<IpFamily, PortEndpoints>>>();

/**
 * The endpoints of a service port in one family: of every slice with a port of the same name and protocol, the first address of each endpoint (kubernetes
 * `pkg/proxy/endpointslicecache.go`). The same address twice is one endpoint; where its entries name different nodes, `node`'s counts.
 */
export function proxyEndpoints(service: ModelService, port: ServicePort, family: IpFamily, node: string): readonly ProxyEndpoint[] {
  const { endpoints, repeated } = portEndpoints(service, port, family);
  const own = repeated.filter(({ nodeName }) => nodeName === node);
  if (own.length === 0) return endpoints;
  const byAddress = new Map(endpoints.map((one) => [one.address, one]));
  for (const one of own) byAddress.set(one.address, one);
  return [...byAddress.values()];
}

/** Nodes on which the endpoints are not those of every other node, because an entry of theirs repeats an address. */
export function nodesOfRepeated(service: ModelService, port: ServicePort, family: IpFamily): readonly string[] {
  return portEndpoints(service, port, family).repeated.flatMap(({ nodeName }) => nodeName ?? []);
}

function portEndpoints(service: ModelService, port: ServicePort, family: IpFamily): PortEndpoints {
  const ports = memo.get(service.endpoints) ?? new Map<ServicePort, Map<IpFamily, PortEndpoints>>();
  memo.set(service.endpoints, ports);
  const families = ports.get(port) ?? new Map<IpFamily, PortEndpoints>();
  ports.set(port, families);
  const known = families.get(family) ?? readEndpoints(service, port, family);
  families.set(family, known);
  return known;
}

function readEndpoints(service: ModelService, port: ServicePort, family: IpFamily): PortEndpoints {
  const addressType = family === 4 ? 'IPv4' : 'IPv6';
  const byAddress = new Map<string, ProxyEndpoint>();
  const repeated: ProxyEndpoint[] = [];
  for (const slice of service.endpoints.slices) {
    if (slice.addressType !== addressType) continue;
    const number = slice.ports.find((one) => one.name === port.name && one.protocol === port.protocol)?.port;
    if (number === undefined) continue;
    for (const endpoint of slice.endpoints) {
      const ip = endpoint.addresses[0];
      if (ip === undefined) continue;
      const one = toProxyEndpoint(endpoint, service.namespace, ip, number);
      if (byAddress.has(one.address)) repeated.push(one);
      else byAddress.set(one.address, one);
    }
  }
  return { endpoints: [...byAddress.values()], repeated };
}

function toProxyEndpoint(endpoint: Endpoint, namespace: string, ip: string, port: number): ProxyEndpoint {
  const { ready, serving, terminating, nodeName, zone, zoneHints, nodeHints, targetRef } = endpoint;
  const pod = targetRef?.kind === 'Pod' ? `${targetRef.namespace ?? namespace}/${targetRef.name}` : undefined;
  return { address: formatAddress(ip, port), ip, port, ready, serving, terminating, nodeName, zone, pod, zoneHints, nodeHints };
}

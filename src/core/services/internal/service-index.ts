import { BuiltOnce } from '../../kernel/built-once.js';
import type { Steps } from '../../kernel/steps.js';
import { formatIp, type Ip } from '../../net/ip.js';
import type { Protocol } from '../../net/protocol.js';
import type { ModelService, NetworkModel } from '../../model/network-model.js';
import type { ServicePort } from '../../resources/service.js';

/** By which address a packet reached a service. */
export type Via = 'CLUSTER_IP' | 'EXTERNAL_IP' | 'LOAD_BALANCER' | 'NODE_PORT';

/** A service port behind one address. */
export interface ServiceMatch {
  readonly service: ModelService;
  readonly port: ServicePort;
  readonly via: Via;
}

/** What kube-proxy has rules for. Headless and ExternalName services are not among it. */
interface ServiceIndex {
  /** By {@link vipKey}. Several services behind one key are a fault of the input; the first in the model's order gets the packets. */
  readonly vips: ReadonlyMap<string, readonly ServiceMatch[]>;
  /** By `TCP 30080`. */
  readonly nodePorts: ReadonlyMap<string, readonly ServiceMatch[]>;
  /** Services with a health check port (LoadBalancer with externalTrafficPolicy Local), by port. */
  readonly healthChecks: ReadonlyMap<number, ModelService>;
  /** Services by cluster IP, whatever the port. */
  readonly clusterIPs: ReadonlyMap<string, ModelService>;
  /** Services by external IP and load balancer IP, whatever the port. */
  readonly outsideIPs: ReadonlyMap<string, ModelService>;
  /** Services by load balancer IP that kube-proxy leaves to the balancer (`ipMode: Proxy`). */
  readonly balancedIPs: ReadonlyMap<string, ModelService>;
}

/** Indexes of models that were asked before. A model is immutable, so what was built once stays true. */
export const serviceIndexes = new BuiltOnce(buildIndex);

/** The index of a model; built at the first question. */
export function serviceIndex(model: NetworkModel): ServiceIndex {
  return serviceIndexes.get(model);
}

/** `TCP 10.96.0.1 80`. */
export function vipKey(protocol: Protocol, ip: Ip, port: number): string {
  return `${protocol} ${formatIp(ip)} ${port}`;
}

/** Addresses of a service that are not cluster IPs. A load balancer entry with `ipMode: Proxy` terminates connections itself: kube-proxy leaves it alone. */
export function outsideAddresses(service: ModelService): readonly { readonly ip: Ip; readonly via: Via }[] {
  const { externalIPs, loadBalancerIngress, type } = service.resource;
  const balancers = type === 'LoadBalancer' ? loadBalancerIngress : [];
  return [
    ...externalIPs.map((ip) => ({ ip, via: 'EXTERNAL_IP' as const })),
    ...balancers.flatMap(({ ip, ipMode }) => (ip === undefined || ipMode === 'Proxy' ? [] : [{ ip, via: 'LOAD_BALANCER' as const }])),
  ];
}

/** Whether kube-proxy serves it: a cluster IP service of any kind. */
function isProxied(service: ModelService): boolean {
  return service.resource.type !== 'ExternalName' && !service.resource.headless;
}

/** How many services are indexed in one step. */
const STEP = 256;

function* buildIndex(model: NetworkModel): Steps<ServiceIndex> {
  const vips = new Map<string, ServiceMatch[]>();
  const nodePorts = new Map<string, ServiceMatch[]>();
  const healthChecks = new Map<number, ModelService>();
  const clusterIPs = new Map<string, ModelService>();
  const outsideIPs = new Map<string, ModelService>();
  const balancedIPs = new Map<string, ModelService>();
  let count = 0;
  for (const service of model.services.values()) {
    if (++count % STEP === 0) yield;
    if (!isProxied(service)) continue;
    for (const { value } of service.clusterIPs) if (!clusterIPs.has(formatIp(value))) clusterIPs.set(formatIp(value), service);
    const outside = outsideAddresses(service);
    for (const { ip, ipMode } of service.resource.loadBalancerIngress) if (ip && ipMode === 'Proxy') balancedIPs.set(formatIp(ip), service);
    for (const { ip } of outside) if (!outsideIPs.has(formatIp(ip))) outsideIPs.set(formatIp(ip), service);
    const addresses = [...service.clusterIPs.map(({ value }) => ({ ip: value, via: 'CLUSTER_IP' as const })), ...outside];
    for (const [position, port] of service.resource.ports.entries()) {
      for (const { ip, via } of addresses) append(vips, vipKey(port.protocol, ip, port.port), { service, port, via });
      const nodePort = service.nodePorts[position]?.value;
      if (nodePort !== undefined) append(nodePorts, `${port.protocol} ${nodePort}`, { service, port, via: 'NODE_PORT' });
    }
    const { type, externalTrafficPolicy, healthCheckNodePort } = service.resource;
    if (type === 'LoadBalancer' && externalTrafficPolicy === 'Local' && healthCheckNodePort) healthChecks.set(healthCheckNodePort, service);
  }
  return { vips, nodePorts, healthChecks, clusterIPs, outsideIPs, balancedIPs };
}

function append<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}

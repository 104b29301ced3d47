import { cidrContains } from '../../net/cidr.js';
import { formatIp, type Ip, sameIp } from '../../net/ip.js';
import type { ModelService, NetworkModel } from '../../model/network-model.js';
import { isLocalAddress, isLoopback, originOf, type Packet, primaryAddress, staysAtSender } from '../packet.js';
import type { ServiceReason } from '../service-reasons.js';
import { proxyRules } from './proxy-rules.js';
import { serviceIndex, type ServiceMatch, vipKey } from './service-index.js';

/** The service ports that have a rule for the packet, the deciding one first: cluster IP, external IP and load balancer IP before node ports. */
export function matchServices(model: NetworkModel, packet: Packet): readonly ServiceMatch[] {
  if (staysAtSender(packet)) return [];
  const { vips, nodePorts } = serviceIndex(model);
  const byAddress = vips.get(vipKey(packet.protocol, packet.destination, packet.port)) ?? [];
  const byNodePort = servesNodePorts(model, packet) ? (nodePorts.get(`${packet.protocol} ${packet.port}`) ?? []) : [];
  const ofFamily = byNodePort.filter(({ service }) => service.clusterIPs.some(({ value }) => value.family === packet.destination.family));
  return [...byAddress, ...ofFamily];
}

/**
 * Whether node ports are open on the destination address (kubernetes `pkg/proxy/util/nodeport_addresses.go`): on addresses of the packet's node, and where
 * senders inside are translated on their own node, on those of every node for them.
 */
function servesNodePorts(model: NetworkModel, packet: Packet): boolean {
  const { node, destination } = packet;
  const { nodePortAddresses } = model.profile.proxy;
  const rules = proxyRules(model.profile.proxy, packet.protocol);
  const isHere = isLocalAddress(node, destination);
  if (!isHere && !(rules.translatesAtSender && isNodeAddress(model, destination) && originOf(model, packet) !== 'outside')) return false;
  if (isLoopback(destination)) {
    if (rules.loopback === 'both') return true;
    if (rules.loopback === 'nobody' || destination.family === 6) return false;
  }
  if (nodePortAddresses === undefined || nodePortAddresses === 'primary') {
    const primary = primaryAddress(node, destination.family);
    const isEvery = nodePortAddresses === undefined && rules.nodePortsAt === 'every-address';
    return isEvery || (primary !== undefined && sameIp(primary, destination));
  }
  const ofFamily = nodePortAddresses.filter((cidr) => cidr.family === destination.family);
  return ofFamily.length === 0 || ofFamily.some((cidr) => cidrContains(cidr, destination));
}

function isNodeAddress(model: NetworkModel, ip: Ip): boolean {
  return (model.ipOwners.get(formatIp(ip)) ?? []).some(({ type }) => type === 'node');
}

/** What becomes of a packet that matches no service port. */
interface Unmatched {
  readonly verdict: 'ACCEPT' | 'REJECT' | 'DROP' | 'NONE';
  readonly reason: ServiceReason;
  readonly message: string;
}

/** How a packet that matches no service port is answered for; `NONE`: the proxy has no rule and it is routed as usual. */
export function unmatched(model: NetworkModel, packet: Packet): Unmatched {
  return ownLoopback(packet) ?? healthCheck(model, packet) ?? otherPort(model, packet) ?? unused(model, packet) ?? noService(model, packet);
}

function ownLoopback(packet: Packet): Unmatched | undefined {
  if (!staysAtSender(packet)) return undefined;
  const where = formatIp(packet.destination);
  const message = `${where} is the sender’s own loopback: the packet never leaves it, and a node port answers there on the network of a node alone`;
  return { verdict: 'NONE', reason: 'OWN_LOOPBACK', message };
}

/** kube-proxy answers the health checks of a Local load balancer on every node: 200 while that has a ready endpoint (kubernetes `pkg/proxy/healthcheck`). */
function healthCheck(model: NetworkModel, packet: Packet): Unmatched | undefined {
  if (packet.protocol !== 'TCP' || !isLocalAddress(packet.node, packet.destination)) return undefined;
  const service = serviceIndex(model).healthChecks.get(packet.port);
  if (!service) return undefined;
  const { who, opensHealthChecks } = proxyRules(model.profile.proxy, packet.protocol);
  const ready = readyOn(service, packet.node.name);
  const answer = ready > 0 ? `200, ${ready} ready endpoint${ready === 1 ? ' is' : 's are'} here` : '503, no ready endpoint is here';
  const name = `service \`${service.namespace}/${service.name}\``;
  const message = `${packet.port} is the health check port of ${name}: ${who} on node ${packet.node.name} answers ${answer}`;
  if (opensHealthChecks) return { verdict: 'ACCEPT', reason: 'HEALTH_CHECK_PORT', message };
  return { verdict: 'NONE', reason: 'HEALTH_CHECK_PORT', message: `${message}, if the host’s firewall lets it` };
}

function readyOn({ endpoints }: ModelService, node: string): number {
  const here = endpoints.slices.flatMap((slice) => slice.endpoints.filter(({ ready, nodeName }) => ready && nodeName === node));
  return new Set(here.map(({ addresses }) => addresses[0])).size;
}

/** Another port of an address that a service has. */
function otherPort(model: NetworkModel, { destination, port, protocol, node }: Packet): Unmatched | undefined {
  const { verdict, of } = proxyRules(model.profile.proxy, protocol).otherPorts;
  if (verdict === 'NONE') return undefined;
  const { clusterIPs, outsideIPs } = serviceIndex(model);
  const text = formatIp(destination);
  const owner = clusterIPs.get(text) ?? (of === 'every-address' && !isLocalAddress(node, destination) ? outsideIPs.get(text) : undefined);
  if (!owner) return undefined;
  const what = `${text} is ${clusterIPs.has(text) ? 'the cluster IP' : 'an address'} of \`${owner.namespace}/${owner.name}\`, which has no port ${port}/${protocol}`;
  if (verdict === 'REJECT') return { verdict, reason: 'CLUSTER_IP_WRONG_PORT', message: what };
  const message = `${what}; it is bound on every node (kube-ipvs0), so whatever listens on port ${port} of node ${node.name} itself answers`;
  return { verdict, reason: 'NODE_ANSWERS', message };
}

function unused(model: NetworkModel, { destination, protocol }: Packet): Unmatched | undefined {
  if (!proxyRules(model.profile.proxy, protocol).dropsUnused) return undefined;
  if (!model.profile.serviceCIDRs.some((cidr) => cidrContains(cidr, destination))) return undefined;
  const message = `${formatIp(destination)} lies in the service range and belongs to no service`;
  return { verdict: 'DROP', reason: 'CLUSTER_IP_UNALLOCATED', message };
}

function noService(model: NetworkModel, packet: Packet): Unmatched {
  const index = serviceIndex(model);
  const { who } = proxyRules(model.profile.proxy, packet.protocol);
  const text = formatIp(packet.destination);
  const what = `${text}:${packet.port} ${packet.protocol}`;
  const owner = index.clusterIPs.get(text);
  if (owner)
    return {
      verdict: 'NONE',
      reason: 'NOT_A_SERVICE',
      message: `service \`${owner.namespace}/${owner.name}\` has no port ${packet.port}/${packet.protocol}: no rule matches ${what}`,
    };
  const balanced = index.balancedIPs.get(text);
  const message = balanced
    ? `${text} is an address of \`${balanced.namespace}/${balanced.name}\` with \`ipMode: Proxy\`: ${who} leaves the packet alone, it goes to the load balancer`
    : `no service has ${what}: ${who} leaves the packet alone`;
  return { verdict: 'NONE', reason: 'NOT_A_SERVICE', message };
}

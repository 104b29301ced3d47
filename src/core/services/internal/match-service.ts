import { cidrContains } from '../../net/cidr.js';
import { formatIp, sameIp } from '../../net/ip.js';
import type { NetworkModel } from '../../model/network-model.js';
import { isLocalAddress, isLoopback, type Packet, primaryAddress } from '../packet.js';
import type { ServiceReason } from '../service-reasons.js';
import { serviceIndex, type ServiceMatch, vipKey } from './service-index.js';

/** The service ports that have a rule for the packet, the deciding one first: cluster IP, external IP and load balancer IP before node ports. */
export function matchServices(model: NetworkModel, packet: Packet): readonly ServiceMatch[] {
  const { vips, nodePorts } = serviceIndex(model);
  const byAddress = vips.get(vipKey(packet.protocol, packet.destination, packet.port)) ?? [];
  const byNodePort = servesNodePorts(model, packet) ? (nodePorts.get(`${packet.protocol} ${packet.port}`) ?? []) : [];
  const ofFamily = byNodePort.filter(({ service }) => service.clusterIPs.some(({ value }) => value.family === packet.destination.family));
  return [...byAddress, ...ofFamily];
}

/**
 * Whether node ports are open on the destination address of the packet's node (kubernetes `pkg/proxy/util/nodeport_addresses.go`). iptables mode: every
 * local address, 127.0.0.0/8 only with `localhostNodePorts`, ::1 never. nftables mode: the primary address of each family, loopback never.
 */
function servesNodePorts(model: NetworkModel, { node, destination }: Packet): boolean {
  const { mode, localhostNodePorts, nodePortAddresses } = model.profile.proxy;
  if (!isLocalAddress(node, destination)) return false;
  if (isLoopback(destination) && (destination.family === 6 || mode === 'nftables' || mode === 'ipvs' || !localhostNodePorts)) return false;
  if (nodePortAddresses === undefined) {
    const primary = primaryAddress(node, destination.family);
    return mode !== 'nftables' || (primary !== undefined && sameIp(primary, destination));
  }
  const ofFamily = nodePortAddresses.filter((cidr) => cidr.family === destination.family);
  return ofFamily.length === 0 || ofFamily.some((cidr) => cidrContains(cidr, destination));
}

/** How a packet that matches no service port is answered for; `NONE`: kube-proxy has no rule and it is routed as usual. */
export function unmatched(
  model: NetworkModel,
  packet: Packet,
): { readonly verdict: 'ACCEPT' | 'REJECT' | 'DROP' | 'NONE'; readonly reason: ServiceReason; readonly message: string } {
  const { mode } = model.profile.proxy;
  const index = serviceIndex(model);
  const text = formatIp(packet.destination);
  const what = `${text}:${packet.port} ${packet.protocol}`;
  const health =
    packet.protocol === 'TCP' && isLocalAddress(packet.node, packet.destination) ? index.healthChecks.get(packet.port) : undefined;
  if (health && mode !== 'nftables') {
    return {
      verdict: 'ACCEPT',
      reason: 'HEALTH_CHECK_PORT',
      message: `${packet.port} is the health check port of service \`${health.namespace}/${health.name}\`: kube-proxy opens it`,
    };
  }
  const owner = index.clusterIPs.get(text);
  if (mode === 'nftables' && owner) {
    return {
      verdict: 'REJECT',
      reason: 'CLUSTER_IP_WRONG_PORT',
      message: `${text} is the cluster IP of \`${owner.namespace}/${owner.name}\`, which has no port ${packet.port}/${packet.protocol}`,
    };
  }
  if (mode === 'nftables' && model.profile.serviceCIDRs.some((cidr) => cidrContains(cidr, packet.destination))) {
    return { verdict: 'DROP', reason: 'CLUSTER_IP_UNALLOCATED', message: `${text} lies in the service range and belongs to no service` };
  }
  if (owner)
    return {
      verdict: 'NONE',
      reason: 'NOT_A_SERVICE',
      message: `service \`${owner.namespace}/${owner.name}\` has no port ${packet.port}/${packet.protocol}: no rule matches ${what}`,
    };
  return { verdict: 'NONE', reason: 'NOT_A_SERVICE', message: `no service has ${what}: kube-proxy leaves the packet alone` };
}

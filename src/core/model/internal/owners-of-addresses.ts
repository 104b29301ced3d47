import { observed, type Sourced } from '../../kernel/provenance.js';
import { formatIp, type Ip } from '../../net/ip.js';
import type { IpOwner, ModelNode, ModelPod, ModelService } from '../network-model.js';
import { inChunks } from './in-chunks.js';

/**
 * Owners by address. A finished pod has none; a hostNetwork pod is one of its node's address beside the node. Owners stand in the order pods, nodes,
 * services, each in the model's own order.
 */
export function* ownersOfAddresses(
  pods: readonly ModelPod[],
  nodes: ReadonlyMap<string, ModelNode>,
  services: ReadonlyMap<string, ModelService>,
): Generator<undefined, ReadonlyMap<string, readonly IpOwner[]>> {
  const owners = new Map<string, IpOwner[]>();
  const add = (owner: IpOwner) => {
    const key = formatIp(owner.ip.value);
    const list = owners.get(key);
    if (list) list.push(owner);
    else owners.set(key, [owner]);
  };
  for (const chunk of inChunks(pods)) {
    for (const pod of chunk) if (!pod.finished) for (const ip of pod.ips) add({ type: 'pod', ip, pod: pod.id });
    yield;
  }
  for (const node of nodes.values()) {
    for (const { type, ip } of node.addresses) add({ type: 'node', ip: addressOf(node, ip), node: node.name, addressType: type });
  }
  for (const chunk of inChunks([...services])) {
    for (const [key, service] of chunk) for (const owner of ownedBy(key, service)) add(owner);
    yield;
  }
  return owners;
}

/** Pods that name a node also tell its address: only a node that was made up has an assumed one. */
function addressOf(node: ModelNode, ip: Ip): Sourced<Ip> {
  return { value: ip, provenance: node.provenance };
}

function ownedBy(key: string, { resource, clusterIPs }: ModelService): readonly IpOwner[] {
  return [
    ...clusterIPs.map((ip): IpOwner => ({ type: 'clusterIP', ip, service: key })),
    ...resource.loadBalancerIngress.flatMap(({ ip }): IpOwner[] => (ip ? [{ type: 'loadBalancer', ip: observed(ip), service: key }] : [])),
    ...resource.externalIPs.map((ip): IpOwner => ({ type: 'externalIP', ip: observed(ip), service: key })),
  ];
}

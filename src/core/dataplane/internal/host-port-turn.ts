import type { ModelNode, ModelPod, NetworkModel } from '../../model/network-model.js';
import type { ResolvedEndpoints } from '../../model/resolved-endpoints.js';
import { cidrContains } from '../../net/cidr.js';
import { formatIp, type Ip, type IpFamily, sameIp } from '../../net/ip.js';
import type { Protocol } from '../../net/protocol.js';
import { podRoutingOf } from './pod-routing.js';
import type { ServiceTurn } from './service-turn.js';

/** A packet to a port of a node. */
export interface HostPortQuestion {
  readonly to: ResolvedEndpoints;
  readonly port: string | undefined;
  readonly protocol: Protocol | undefined;
  readonly family: IpFamily;
  readonly sourceIP: Ip | undefined;
  /** The very address of the node; undefined: any. */
  readonly destinationIP: Ip | undefined;
}

/**
 * A port of a node that a pod has asked for by `hostPort`: the plugin sends it on to the pod (containernetworking/plugins `plugins/meta/portmap`). Undefined: no pod has. Pods on
 * the node's own network listen there themselves.
 */
export function hostPortTurn(model: NetworkModel, question: HostPortQuestion): ServiceTurn | undefined {
  const { to, port: text, family, sourceIP, destinationIP } = question;
  const [name] = to.nodes;
  const node = name === undefined || to.nodes.length > 1 ? undefined : model.nodes.get(name);
  const number = Number(text ?? Number.NaN);
  if (!node || !Number.isInteger(number)) return undefined;
  const protocol = question.protocol ?? 'TCP';
  const addressed = destinationIP ? [destinationIP] : node.addresses.flatMap((one) => (one.ip.family === family ? [one.ip] : []));
  const isAsked = (pod: ModelPod) => pod.nodeName?.value === node.name && !pod.spec.hostNetwork && !pod.finished;
  for (const pod of model.pods) {
    const ip = isAsked(pod) ? pod.ips.find(({ value }) => value.family === family)?.value : undefined;
    const asked = ip && askedPort(pod, { number, protocol, family, addressed });
    if (!ip || !asked) continue;
    const { port } = asked;
    const endpoint = `${family === 6 ? `[${formatIp(ip)}]` : formatIp(ip)}:${port}`;
    const masquerade = sourceIP !== undefined && sharesNetwork(model, { node, ip, sourceIP });
    const only = { endpoint, ip: formatIp(ip), port, masquerade };
    return {
      said: {
        verdict: 'DNAT',
        summary: `node/${node.name}:${number} is the hostPort of pod ${pod.namespace}/${pod.name}`,
        assumptions: [],
      },
      destination: { ip: asked.ip, port: number, protocol },
      endpoints: [only],
      endpoint: only,
      end: { kind: 'pod', pod },
      node,
      translates: true,
      translator: 'portmap',
    };
  }
  return undefined;
}

interface AskedPort {
  readonly number: number;
  readonly protocol: Protocol;
  readonly family: IpFamily;
  /** Addresses of the node that the packet may be for. */
  readonly addressed: readonly Ip[];
}

/**
 * The port of the container behind a port of the node, and the address by which it is had. A `hostIP` of the other family maps nothing, not even where it is every
 * address; one that is an address maps packets to that very address (`fillDnatRules`).
 */
function askedPort(
  { spec }: ModelPod,
  { number, protocol, family, addressed }: AskedPort,
): { readonly port: number; readonly ip: Ip | undefined } | undefined {
  for (const { hostPort, hostIP, containerPort, protocol: of } of spec.containers.flatMap((container) => container.ports)) {
    if (hostPort !== number || of !== protocol || (hostIP && hostIP.family !== family)) continue;
    if (!hostIP || hostIP.value === 0n) return { port: containerPort, ip: addressed[0] };
    const ip = addressed.find((one) => sameIp(one, hostIP));
    if (ip) return { port: containerPort, ip };
  }
  return undefined;
}

/** What comes from the network of the pod's own device is masqueraded, or the pod would answer past the node. */
function sharesNetwork(
  model: NetworkModel,
  { node, ip, sourceIP }: { readonly node: ModelNode; readonly ip: Ip; readonly sourceIP: Ip },
): boolean {
  if (sameIp(ip, sourceIP)) return true;
  const { prefix } = podRoutingOf(model);
  const ranges = prefix === 'own' ? [] : prefix === 'pods' ? model.profile.podCIDRs : node.podCIDRs.map(({ value }) => value);
  return ranges.some((range) => cidrContains(range, ip) && cidrContains(range, sourceIP));
}

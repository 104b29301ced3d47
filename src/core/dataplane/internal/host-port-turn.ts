import type { ModelNode, ModelPod, NetworkModel } from '../../model/network-model.js';
import type { ResolvedEndpoints } from '../../model/resolved-endpoints.js';
import { cidrContains } from '../../net/cidr.js';
import { formatIp, type Ip, type IpFamily, sameIp } from '../../net/ip.js';
import type { Protocol } from '../../net/protocol.js';
import { POD_ROUTING } from './pod-routing.js';
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
  const isAsked = (pod: ModelPod) => pod.nodeName?.value === node.name && !pod.spec.hostNetwork && !pod.finished;
  for (const pod of model.pods) {
    const ip = isAsked(pod) ? pod.ips.find(({ value }) => value.family === family)?.value : undefined;
    const port = ip && portOf(pod, { number, protocol, destinationIP });
    if (!ip || port === undefined) continue;
    const endpoint = `${family === 6 ? `[${formatIp(ip)}]` : formatIp(ip)}:${port}`;
    const masquerade = sourceIP !== undefined && sharesNetwork(model, { node, ip, sourceIP });
    const only = { endpoint, ip: formatIp(ip), port, masquerade };
    return {
      said: {
        verdict: 'DNAT',
        summary: `node/${node.name}:${number} is the hostPort of pod ${pod.namespace}/${pod.name}`,
        assumptions: [],
      },
      destination: { ip: destinationIP ?? node.addresses.find((one) => one.ip.family === family)?.ip, port: number, protocol },
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
  readonly destinationIP: Ip | undefined;
}

/** The port of the container behind a port of the node. */
function portOf({ spec }: ModelPod, { number, protocol, destinationIP }: AskedPort): number | undefined {
  const isAt = (hostIP: Ip | undefined) =>
    hostIP === undefined || hostIP.value === 0n || destinationIP === undefined || sameIp(hostIP, destinationIP);
  const ports = spec.containers.flatMap((container) => container.ports);
  return ports.find((one) => one.hostPort === number && one.protocol === protocol && isAt(one.hostIP))?.containerPort;
}

/** What comes from the network of the pod's own device is masqueraded, or the pod would answer past the node. */
function sharesNetwork(
  { profile }: NetworkModel,
  { node, ip, sourceIP }: { readonly node: ModelNode; readonly ip: Ip; readonly sourceIP: Ip },
): boolean {
  if (sameIp(ip, sourceIP)) return true;
  const { prefix } = POD_ROUTING[profile.cni.plugin];
  const ranges = prefix === 'own' ? [] : prefix === 'pods' ? profile.podCIDRs : node.podCIDRs.map(({ value }) => value);
  return ranges.some((range) => cidrContains(range, ip) && cidrContains(range, sourceIP));
}

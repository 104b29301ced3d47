import type { RouteResult } from '../../core/ingress/route-result.js';
import type { EvidenceStep } from '../../core/kernel/evidence.js';
import { firstFew } from '../../core/kernel/first-few.js';
import { inMap } from '../../core/kernel/in-map.js';
import { describeRef } from '../../core/kernel/object-ref.js';
import type { IpOwner, ModelService, NetworkModel } from '../../core/model/network-model.js';
import { resolveEndpoints } from '../../core/model/resolve-endpoints.js';
import { canonicalIp, formatIp } from '../../core/net/ip.js';
import type { Ingress } from '../../core/resources/ingress.js';
import { type FoundProxies, outsideAddresses, type RouteProxies } from './route-proxies.js';

/** Whether the host that a client connects to leads to the proxies. */
export const ARRIVAL_VERDICTS = ['LEADS', 'ELSEWHERE', 'UNKNOWN'] as const;

/** The first step of a request: the address that its host stands for, and who has it (ingress.md §1, "address/DNS"). */
export interface RouteArrival {
  readonly verdict: (typeof ARRIVAL_VERDICTS)[number];
  /** Where the class or Gateway is to be reached, as far as objects tell; of a host that is known, its own addresses. */
  readonly addresses: readonly string[];
  /** `namespace/name` of the Service that has them; null: none that is known. */
  readonly service: string | null;
  readonly message: string;
}

/** Who is asked for, and on which port. */
export interface Arriving {
  /** The name or address that the client connects to, without brackets. */
  readonly hostname: string;
  readonly port: number;
}

/** Where a host leads: an address by its owner, a name of the cluster by its Service, any other by what objects say of their own names; none is asked of a DNS server outside. */
export function arrivalOf(model: NetworkModel, { hostname, port }: Arriving, result: RouteResult, found: FoundProxies): RouteArrival {
  const proxies = 'unknown' in found ? undefined : found;
  const ip = canonicalIp(hostname);
  if (ip !== undefined) return byAddress(model, ip, port, result, proxies);
  const name = (hostname.endsWith('.') ? hostname.slice(0, -1) : hostname).toLowerCase();
  const service = OF_SERVICES.test(name) ? serviceNamed(model, name) : undefined;
  if (service)
    return byService(
      service,
      port,
      service.clusterIPs.map(({ value }) => formatIp(value)),
      `\`${name}\` is the name`,
      proxies,
    );
  return byName(model, name, result, proxies);
}

/** Names of Services have this label (Kubernetes DNS specification 1.1.0, section 2.3). */
const OF_SERVICES = /\.svc(?:\.|$)/;

function serviceNamed(model: NetworkModel, name: string): ModelService | undefined {
  const resolved = resolveEndpoints(model, { type: 'dns', name });
  return resolved.ok ? model.services.get(resolved.value.services[0] ?? '') : undefined;
}

/** The step of the evidence. */
export function arrivalStep({ verdict, message }: RouteArrival): EvidenceStep {
  const [outcome, reason] = STEPS[verdict];
  return { stage: 'arrival', outcome, reason, message };
}

const STEPS = {
  LEADS: ['match', 'ARRIVAL_LEADS'],
  ELSEWHERE: ['no-match', 'ARRIVAL_ELSEWHERE'],
  UNKNOWN: ['info', 'ARRIVAL_UNKNOWN'],
} as const;

function byAddress(model: NetworkModel, ip: string, port: number, result: RouteResult, proxies: RouteProxies | undefined): RouteArrival {
  const told = (verdict: RouteArrival['verdict'], message: string): RouteArrival => ({ verdict, addresses: [ip], service: null, message });
  if (publishedBy(model, result).some((address) => canonicalIp(address) === ip))
    return told('LEADS', `\`${ip}\` is an address that ${result.gateway === null ? 'the Ingress' : 'the Gateway'} has by its status`);
  const owners = model.ipOwners.get(ip) ?? [];
  const owner = owners.find((one) => 'service' in one) ?? owners[0];
  if (!owner) return told('UNKNOWN', `no object tells who has \`${ip}\``);
  if ('service' in owner) {
    const service = model.services.get(owner.service);
    if (service) return byService(service, port, [ip], `\`${ip}\` is the ${ADDRESS_NAMES[owner.type]}`, proxies);
  }
  if (!proxies) return told('UNKNOWN', `\`${ip}\` is an address in the cluster, and the pods that serve are not known`);
  return isProxys(owners, port, proxies)
    ? told('LEADS', `at \`${ip}\` port ${port} listens ${proxies.name}`)
    : told('ELSEWHERE', `\`${ip}\` port ${port} is not where ${proxies.name} listens, as far as objects tell`);
}

const ADDRESS_NAMES = { clusterIP: 'ClusterIP', loadBalancer: 'address of the load balancer', externalIP: 'external address' } as const;

/** A pod of theirs, a node on which one of them has the port of the node, or a node port of a Service in front of them. */
function isProxys(owners: readonly IpOwner[], port: number, { pods, services }: RouteProxies): boolean {
  const nodes = new Set(owners.flatMap((one) => (one.type === 'node' ? [one.node] : [])));
  const isTheirs = owners.some((one) => one.type === 'pod' && pods.some(({ id, spec }) => id === one.pod && !spec.hostNetwork));
  if (isTheirs) return true;
  if (nodes.size === 0) return false;
  const onNode = pods.filter(({ nodeName }) => nodeName !== undefined && nodes.has(nodeName.value));
  return (
    onNode.some(({ spec }) => spec.containers.some(({ ports }) => ports.some(({ hostPort }) => hostPort === port))) ||
    [...services].some(({ nodePorts }) => nodePorts.some((one) => one?.value === port))
  );
}

/** A Service leads to the proxies if it has them as endpoints. */
function byService(
  service: ModelService,
  port: number,
  addresses: readonly string[],
  words: string,
  proxies: RouteProxies | undefined,
): RouteArrival {
  const name = `${service.namespace}/${service.name}`;
  const about = { addresses, service: name };
  if (!service.resource.ports.some((one) => one.port === port))
    return { ...about, verdict: 'ELSEWHERE', message: `${words} of Service ${name}, which has no port ${port}` };
  if (!proxies) return { ...about, verdict: 'UNKNOWN', message: `${words} of Service ${name}; the pods that serve are not known` };
  if (proxies.services.has(service))
    return { ...about, verdict: 'LEADS', message: `${words} of Service ${name}, which has ${proxies.name} behind it` };
  return { ...about, verdict: 'ELSEWHERE', message: `${words} of Service ${name}, which does not lead to ${proxies.name}` };
}

/** A name outside the cluster: its records are stored nowhere, but objects may say that they have it, and where it should lead. */
function byName(model: NetworkModel, name: string, result: RouteResult, proxies: RouteProxies | undefined): RouteArrival {
  const published = publishedBy(model, result);
  const named = proxies?.names.get(name);
  if (named) {
    const message = `Service ${named.namespace}/${named.name} says that it has the name \`${name}\``;
    return { verdict: 'LEADS', addresses: outsideAddresses(named), service: `${named.namespace}/${named.name}`, message };
  }
  if (published.some((one) => one.toLowerCase() === name))
    return { verdict: 'LEADS', addresses: published, service: null, message: `\`${name}\` is a name that the status of the object has` };
  const front = proxies?.front;
  const addresses = published.length > 0 ? published : (front?.addresses ?? []);
  const where = addresses.length === 0 ? 'nor where it should lead' : `it should lead to ${firstFew(addresses, 3)}`;
  return {
    verdict: 'UNKNOWN',
    addresses,
    service: front ? `${front.service.namespace}/${front.service.name}` : null,
    message: `no object tells which address \`${name}\` has outside the cluster${addresses.length === 0 ? ', ' : ': '}${where}`,
  };
}

const published = new WeakMap<NetworkModel, ReadonlyMap<string, Ingress['loadBalancerIngress']>>();

/** The addresses in the status of Ingresses, by what answers call them; of most clusters' Ingresses there are none, or the same for all. */
function publishedAddresses(model: NetworkModel): ReadonlyMap<string, Ingress['loadBalancerIngress']> {
  return inMap(published, model, () => {
    const told = model.ingresses.filter(({ loadBalancerIngress }) => loadBalancerIngress.length > 0);
    return new Map(told.map(({ ref, loadBalancerIngress }) => [describeRef(ref), loadBalancerIngress]));
  });
}

/** The addresses in the status of the Gateway, or of the Ingress that takes the request. */
function publishedBy(model: NetworkModel, { gateway, possibilities }: RouteResult): readonly string[] {
  if (gateway !== null) return (model.gatewayApi.gateways.get(gateway)?.observed.addresses ?? []).map(({ value }) => value);
  const all = publishedAddresses(model);
  if (all.size === 0) return [];
  return [...new Set(possibilities.flatMap(({ object }) => all.get(object ?? '') ?? []))];
}

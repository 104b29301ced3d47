import { familiesOf } from '../../../model/families-of.js';
import type { ModelService, NetworkModel } from '../../../model/network-model.js';
import { formatIp, type Ip, type IpFamily, parseIp } from '../../../net/ip.js';
import type { Service } from '../../../resources/service.js';

/** A service of type LoadBalancer as those who give addresses see it. */
export interface BalancedService {
  /** `namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly resource: Service;
  /** Those of its ClusterIPs, primary first. */
  readonly families: readonly IpFamily[];
  /** The addresses of its status. */
  readonly held: readonly Ip[];
}

/** The services of type LoadBalancer, in the order of the model. */
export function balancedServices(model: NetworkModel): readonly BalancedService[] {
  return [...model.services.values()].filter(({ resource }) => resource.type === 'LoadBalancer').map((service) => balanced(model, service));
}

function balanced({ profile }: NetworkModel, { namespace, name, resource }: ModelService): BalancedService {
  const held = resource.loadBalancerIngress.flatMap(({ ip }) => ip ?? []);
  const given = [...new Set(resource.clusterIPs.map(({ family }) => family))];
  const families = given.length > 0 ? given : familiesOf(resource, profile);
  return { key: `${namespace}/${name}`, namespace, name, resource, families, held };
}

/** The first of these annotations that the service has. */
export function annotationOf({ resource }: BalancedService, ...names: readonly string[]): string {
  const name = names.find((one) => Object.hasOwn(resource.annotations, one));
  return name === undefined ? '' : (resource.annotations[name] ?? '');
}

/** The addresses in a list with commas; what is none is left out. */
export function addressesIn(text: string): readonly Ip[] {
  return text.split(',').flatMap((one) => parseIp(one.trim()) ?? []);
}

export function sameIp(a: Ip, b: Ip): boolean {
  return a.family === b.family && a.value === b.value;
}

/** Each address once, in order. */
export function distinctIps(ips: readonly Ip[]): readonly Ip[] {
  return [...new Map(ips.map((ip) => [formatIp(ip), ip])).values()];
}

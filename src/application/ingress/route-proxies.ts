import type { RouteResult } from '../../core/ingress/route-result.js';
import { inMap } from '../../core/kernel/in-map.js';
import { firstFew } from '../../core/kernel/first-few.js';
import { describeRef } from '../../core/kernel/object-ref.js';
import type { ModelPod, ModelService, NetworkModel } from '../../core/model/network-model.js';
import { formatIp } from '../../core/net/ip.js';
import { proxiesOfClass, proxiesOfGateway } from '../../core/model/proxy-pods.js';

/** The pods through which a request goes, by the workload that they belong to, and the Services in front of them. */
export interface RouteProxies {
  /** `Deployment ingress-nginx/ingress-nginx-controller`. */
  readonly name: string;
  readonly pods: readonly ModelPod[];
  /** Those that have one of the pods as an endpoint. */
  readonly services: ReadonlySet<ModelService>;
  /** Names outside the cluster, lower-case, that one of these says it has. */
  readonly names: ReadonlyMap<string, ModelService>;
  /** The first of them that is to be reached from outside. */
  readonly front: { readonly service: ModelService; readonly addresses: readonly string[] } | undefined;
}

/** The proxies, or why they are not known. */
export type FoundProxies = RouteProxies | { readonly unknown: string };

const known = new WeakMap<NetworkModel, Map<string, FoundProxies>>();

/** The proxies of the class or Gateway that an answer was judged by, looked for once per model; why they are not known otherwise. */
export function proxiesOf(
  model: NetworkModel,
  { gateway, dialect, controller }: Pick<RouteResult, 'gateway' | 'dialect' | 'controller'>,
): FoundProxies {
  const key = gateway === null ? `${dialect} ${controller ?? ''}` : `gateway ${gateway}`;
  return inMap(
    inMap(known, model, () => new Map<string, FoundProxies>()),
    key,
    () => {
      const object = gateway === null ? undefined : model.gatewayApi.gateways.get(gateway);
      const found = object ? proxiesOfGateway(model, object) : proxiesOfClass(model, dialect, controller);
      if ('unknown' in found) return found;
      const workloads = new Set(found.pods.flatMap(({ workload }) => model.workloads[workload] ?? []));
      const name = firstFew(
        [...workloads].map(({ ref }) => describeRef(ref)),
        3,
      );
      const services = servicesOf(model, found.pods);
      const fronts = services.map((service) => ({ service, addresses: outsideAddresses(service) }));
      const front = fronts.find(({ addresses }) => addresses.length > 0);
      return { name, pods: found.pods, services: new Set(services), names: namesOf(services), front };
    },
  );
}

function servicesOf({ services }: NetworkModel, pods: readonly ModelPod[]): readonly ModelService[] {
  const ids = new Set(pods.map(({ id }) => id));
  return [...services.values()].filter(({ endpoints }) => endpoints.candidates.some(({ pod, included }) => included && ids.has(pod)));
}

/** The addresses and names under which a Service is to be reached from outside, as its status and spec have them. */
export function outsideAddresses({ resource }: ModelService): readonly string[] {
  const balanced = resource.loadBalancerIngress.flatMap(({ ip, hostname }) => (ip ? [formatIp(ip)] : hostname ? [hostname] : []));
  return [...balanced, ...resource.externalIPs.map(formatIp)];
}

/** What external-dns makes records of (kubernetes-sigs/external-dns `docs/annotations/annotations.md`). */
const HOSTNAME_ANNOTATION = 'external-dns.alpha.kubernetes.io/hostname';

function namesOf(services: readonly ModelService[]): ReadonlyMap<string, ModelService> {
  const names = new Map<string, ModelService>();
  for (const service of services) {
    const { annotations, loadBalancerIngress } = service.resource;
    const told = [...(annotations[HOSTNAME_ANNOTATION] ?? '').split(','), ...loadBalancerIngress.map(({ hostname }) => hostname ?? '')];
    for (const name of told.map((one) => one.trim().toLowerCase())) if (name !== '' && !names.has(name)) names.set(name, service);
  }
  return names;
}

import type { RouteResult } from '../../core/ingress/route-result.js';
import { inMap } from '../../core/kernel/in-map.js';
import { firstFew } from '../../core/kernel/first-few.js';
import { describeRef } from '../../core/kernel/object-ref.js';
import type { ModelPod, ModelService, NetworkModel } from '../../core/model/network-model.js';
import { proxiesOfClass, proxiesOfGateway } from '../../core/model/proxy-pods.js';

/** The pods through which a request goes, by the workload that they belong to, and the Services in front of them. */
export interface RouteProxies {
  /** `Deployment ingress-nginx/ingress-nginx-controller`. */
  readonly name: string;
  readonly pods: readonly ModelPod[];
  /** Those that have one of the pods as an endpoint. */
  readonly services: readonly ModelService[];
}

const known = new WeakMap<NetworkModel, Map<string, RouteProxies | { readonly unknown: string }>>();

/** The proxies of the class or Gateway that an answer was judged by, looked for once per model; why they are not known otherwise. */
export function proxiesOf(
  model: NetworkModel,
  { gateway, dialect, controller }: Pick<RouteResult, 'gateway' | 'dialect' | 'controller'>,
): RouteProxies | { readonly unknown: string } {
  const key = gateway === null ? `${dialect} ${controller ?? ''}` : `gateway ${gateway}`;
  return inMap(
    inMap(known, model, () => new Map<string, RouteProxies | { readonly unknown: string }>()),
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
      return { name, pods: found.pods, services: servicesOf(model, found.pods) };
    },
  );
}

function servicesOf({ services }: NetworkModel, pods: readonly ModelPod[]): readonly ModelService[] {
  const ids = new Set(pods.map(({ id }) => id));
  return [...services.values()].filter(({ endpoints }) => endpoints.candidates.some(({ pod, included }) => included && ids.has(pod)));
}

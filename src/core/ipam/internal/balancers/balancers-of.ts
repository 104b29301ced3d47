import { BuiltOnce } from '../../../kernel/built-once.js';
import type { Steps } from '../../../kernel/steps.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { balancedServices, type BalancedService } from './balanced-service.js';
import type { Balancer, BalancerProvider } from './balancer-claim.js';
import { CILIUM_CLASSES, CiliumBalancer } from './cilium-balancer.js';
import { MetalLbBalancer } from './metallb-balancer.js';

/** Who gives addresses to services of type LoadBalancer in a cluster, after every service had its turn. */
export interface Balancers {
  readonly services: ReadonlyMap<string, BalancedService>;
  readonly of: Readonly<Partial<Record<BalancerProvider, Balancer>>>;
}

/** Gives every service of a model its addresses. */
export const balancers = new BuiltOnce(serveAll);

function* serveAll(model: NetworkModel): Steps<Balancers> {
  const services = balancedServices(model);
  const { cilium, metallb } = model.loadBalancerPools;
  const asks = (provider: BalancerProvider) =>
    services.filter((service) => providerFor(model, service.resource.loadBalancerClass) === provider);
  const byCilium = new CiliumBalancer(cilium, model.profile.ipFamilies);
  yield* byCilium.serve(asks('cilium'));
  const byMetalLb = new MetalLbBalancer(metallb, model.namespaces);
  yield* byMetalLb.serve(asks('metallb'));
  return {
    services: new Map(services.map((service) => [service.key, service])),
    of: { ...(cilium.length > 0 ? { cilium: byCilium } : {}), ...(metallb.length > 0 ? { metallb: byMetalLb } : {}) },
  };
}

/** Who serves the class; undefined: nobody whose pools are known. Without a class both would, and Cilium is taken where both have pools. */
export function providerFor({ loadBalancerPools }: NetworkModel, loadBalancerClass: string | undefined): BalancerProvider | undefined {
  const { cilium, metallb } = loadBalancerPools;
  if (loadBalancerClass !== undefined) return CILIUM_CLASSES.has(loadBalancerClass) && cilium.length > 0 ? 'cilium' : undefined;
  if (cilium.length > 0) return 'cilium';
  return metallb.length > 0 ? 'metallb' : undefined;
}

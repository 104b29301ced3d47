import { BuiltOnce } from '../../../kernel/built-once.js';
import type { Steps } from '../../../kernel/steps.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { balancedServices, type BalancedService } from './balanced-service.js';
import type { Balancer, BalancerProvider } from './balancer-claim.js';
import { CalicoBalancer } from './calico-balancer.js';
import { calicoBalancerPools, isCalicos } from './calico-request.js';
import { CILIUM_CLASSES, CiliumBalancer } from './cilium-balancer.js';
import { MetalLbBalancer } from './metallb-balancer.js';
import { NODE_CLASS, NodeBalancer } from './node-balancer.js';

/** Who gives addresses to services of type LoadBalancer in a cluster, after every service had its turn. */
export interface Balancers {
  readonly services: ReadonlyMap<string, BalancedService>;
  readonly of: Readonly<Record<BalancerProvider, Balancer>>;
}

/** Gives every service of a model its addresses. */
export const balancers = new BuiltOnce(serveAll);

function* serveAll(model: NetworkModel): Steps<Balancers> {
  const services = balancedServices(model);
  const { cilium, metallb } = model.loadBalancerPools;
  const of = {
    cilium: new CiliumBalancer(cilium, model.profile.ipFamilies),
    ciliumNodes: new NodeBalancer(model),
    metallb: new MetalLbBalancer(metallb, model.namespaces),
    calico: new CalicoBalancer(calicoBalancerPools(model), model.calico, model.namespaces),
  };
  const asks = new Map<BalancerProvider, BalancedService[]>();
  for (const service of services) {
    const [provider] = providersFor(model, service);
    if (!provider) continue;
    const served = asks.get(provider) ?? [];
    asks.set(provider, served);
    served.push(service);
  }
  for (const [provider, served] of asks) yield* of[provider].serve(served);
  return { services: new Map(services.map((service) => [service.key, service])), of };
}

/** Who would give the service addresses, of those whose pools are known; the first is taken to do so. None: nobody whose pools are known. */
export function providersFor(model: NetworkModel, service: BalancedService): readonly BalancerProvider[] {
  const { cilium, metallb } = model.loadBalancerPools;
  const { ciliumDefault, metallbClass, calicoAssigns } = model.profile.loadBalancers;
  const { loadBalancerClass } = service.resource;
  const isCiliums = loadBalancerClass === undefined ? ciliumDefault === 'lbipam' : CILIUM_CLASSES.has(loadBalancerClass);
  const isOfNodes = loadBalancerClass === undefined ? ciliumDefault === 'nodeipam' : loadBalancerClass === NODE_CLASS;
  const serves: Readonly<Record<BalancerProvider, boolean>> = {
    cilium: isCiliums && cilium.length > 0,
    ciliumNodes: isOfNodes,
    metallb: loadBalancerClass === metallbClass && metallb.length > 0,
    calico: isCalicos(service, calicoAssigns) && calicoBalancerPools(model).length > 0,
  };
  return PROVIDERS.filter((provider) => serves[provider]);
}

const PROVIDERS: readonly BalancerProvider[] = ['cilium', 'ciliumNodes', 'metallb', 'calico'];

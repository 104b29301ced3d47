import type { NetworkModel } from '../../core/model/network-model.js';
import { hasTraefikRoutes, hasTraefikStreams } from '../../core/model/traefik-objects.js';

/** Whether there are Ingresses, or kinds that their controllers have besides. */
export function hasIngressRules({ ingresses, traefik, virtualServers }: NetworkModel): boolean {
  return ingresses.length > 0 || hasTraefikRoutes(traefik) || virtualServers.servers.length > 0 || virtualServers.transports.length > 0;
}

/** Whether controllers of Ingresses have rules for connections and packets. */
export function hasIngressStreams({ traefik, virtualServers, profile }: NetworkModel): boolean {
  const areTold = profile.ingress.controllers.some(({ options }) => OF_NGINX.some((name) => options[name] !== undefined));
  return areTold || hasTraefikStreams(traefik) || virtualServers.transports.length > 0;
}

/** The flags of ingress-nginx that name its ConfigMaps of streams. */
const OF_NGINX = ['tcp-services-configmap', 'udp-services-configmap'];

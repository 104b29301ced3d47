import type { NetworkModel } from '../../core/model/network-model.js';
import { hasTraefikRoutes, hasTraefikStreams } from '../../core/model/traefik-objects.js';

/** Whether there are Ingresses, or kinds that their controllers have besides. */
export function hasIngressRules({ ingresses, traefik, virtualServers }: NetworkModel): boolean {
  return ingresses.length > 0 || hasTraefikRoutes(traefik) || virtualServers.servers.length > 0 || virtualServers.transports.length > 0;
}

/** Whether controllers of Ingresses have rules for connections and packets. */
export function hasIngressStreams({ traefik, virtualServers }: NetworkModel): boolean {
  return hasTraefikStreams(traefik) || virtualServers.transports.length > 0;
}

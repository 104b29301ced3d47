import type { IngressDialectName } from '../route-request.js';
import { annotationsOf } from './nginx/annotations.js';
import type { RoutingObject } from './path-rule.js';
import { providerAnnotations } from './traefik-nginx/provider-annotations.js';

/** Whether Traefik routes by it, so that its own kinds are read beside Ingresses. */
export function isOfTraefik(dialect: IngressDialectName): boolean {
  return dialect === 'traefik' || dialect === 'traefik-strict' || dialect === 'traefik-ingress-nginx';
}

/** Whether the annotations of ingress-nginx say what the rules of an Ingress do. */
export function readsNginxAnnotations(dialect: IngressDialectName): boolean {
  return dialect === 'ingress-nginx' || dialect === 'traefik-ingress-nginx';
}

/** Whether an Ingress has no requests of its own, but a part of those of others. */
export function isCanary(dialect: IngressDialectName, ingress: RoutingObject): boolean {
  if (dialect === 'ingress-nginx') return annotationsOf(ingress).canary !== undefined;
  return dialect === 'traefik-ingress-nginx' && providerAnnotations(ingress).flag('canary') === true;
}

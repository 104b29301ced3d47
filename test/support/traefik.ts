import type { JsonObject } from '../../src/core/kernel/json.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { route } from '../../src/core/ingress/route.js';
import type { RouteRequest } from '../../src/core/ingress/route-request.js';
import { cited } from './cited.js';
import { requestFor } from './ask-route.js';
import { ingressCluster } from './ingress-cluster.js';
import { modelOf } from './model.js';

/** An object of one of Traefik's kinds. */
export const traefikObject = (kind: string, name: string, spec: JsonObject, namespace = 't'): KubernetesObject => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind,
  metadata: { name, namespace },
  spec,
});
/** An IngressRoute of these routes. */
export const ingressRoute = (name: string, ...routes: JsonObject[]) => traefikObject('IngressRoute', name, { routes });
/** A route that leads to port 80 of a Service. */
export const to = (match: string, service: string, more: JsonObject = {}): JsonObject => ({
  match,
  kind: 'Rule',
  services: [{ name: service, port: 80 }],
  ...more,
});
/** Services `a`, `b`, `empty` (without ready endpoint) in namespace `t`; the Ingress that brings them is of another controller. */
export const TRAEFIK_SERVICES = ingressCluster(
  'z#other : any Exact /a -> a\nz#other : any Exact /b -> b\nz#other : any Exact /c -> empty',
).filter(({ kind }) => kind !== 'Ingress' && kind !== 'IngressClass');

/** Settings under which every client is believed about the proxies that it says it came through, so that middlewares see what the tests beside them hand over. */
export const TRUSTING: TraefikSettings = {
  'entryPoints.web.forwardedHeaders.insecure': true,
  'entryPoints.websecure.forwardedHeaders.insecure': true,
};
export type TraefikSettings = Readonly<Record<string, string | boolean>>;

/** What becomes of a request through objects of Traefik, which is set so where settings are told. */
export function askTraefik(objects: readonly KubernetesObject[], url: string, more: Partial<RouteRequest> = {}, options?: TraefikSettings) {
  const all = [...TRAEFIK_SERVICES, ...objects];
  const model = options ? modelOf(all, { ingress: { controllers: [{ class: 'traefik', dialect: 'traefik', options }] } }) : modelOf(all);
  const answer = route(model, { request: { ...requestFor(url), ...more }, class: options && 'traefik', dialect: undefined });
  if (!answer.ok) throw new Error(answer.error.message);
  return cited(answer.value);
}
/** The same in one line. */
export const traefikLine = (...asked: Parameters<typeof askTraefik>) => {
  const { verdict, result } = askTraefik(...asked);
  const ends = result.redirect
    ? [result.redirect.status, result.redirect.location]
    : result.backends.map(({ service, share }) => `${service}=${share}`);
  return [verdict, ...ends, ...(result.status !== null && !result.redirect ? [result.status] : [])].join(' ');
};

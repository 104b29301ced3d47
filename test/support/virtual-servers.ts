import type { JsonObject } from '../../src/core/kernel/json.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { route } from '../../src/core/ingress/route.js';
import type { RouteRequest } from '../../src/core/ingress/route-request.js';
import { requestFor } from './ask-route.js';
import { cited } from './cited.js';
import { ingressCluster } from './ingress-cluster.js';
import { modelOf } from './model.js';

/** Services `a`, `b` with an endpoint each and `empty` without, in namespace `t`; class `f5` of the controller. */
export const OTHERS: readonly KubernetesObject[] = [
  ...ingressCluster('x : unused.com Prefix /a -> a\nx : unused.com Prefix /b -> b\nx : unused.com Prefix /e -> empty').filter(
    ({ kind }) => kind !== 'Ingress' && kind !== 'IngressClass',
  ),
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'f5' },
    spec: { controller: 'nginx.org/ingress-controller' },
  },
];
const UPSTREAMS = ['a', 'b', 'empty', 'gone'].map((name) => ({ name, service: name, port: 80 }));
export const object = (kind: string, name: string, spec: JsonObject, more: JsonObject = {}): KubernetesObject => ({
  apiVersion: 'k8s.nginx.org/v1',
  kind,
  metadata: { name, namespace: 't', creationTimestamp: '2026-01-01T00:00:00Z', ...more },
  spec,
});
/** A VirtualServer for `foo.com`, with an upstream for each of the Services. */
export const server = (name: string, routes: readonly JsonObject[], more: JsonObject = {}, metadata: JsonObject = {}) =>
  object('VirtualServer', name, { ingressClassName: 'f5', host: 'foo.com', upstreams: UPSTREAMS, routes: [...routes], ...more }, metadata);
export const subroutes = (name: string, routes: readonly JsonObject[], more: JsonObject = {}, metadata: JsonObject = {}) =>
  object(
    'VirtualServerRoute',
    name,
    { ingressClassName: 'f5', host: 'foo.com', upstreams: UPSTREAMS, subroutes: [...routes], ...more },
    metadata,
  );
/** A route that passes requests to an upstream. */
export const to = (path: string, upstream: string, more: JsonObject = {}): JsonObject => ({ path, action: { pass: upstream }, ...more });

export function ask(objects: readonly KubernetesObject[], url: string, more: Partial<RouteRequest> = {}) {
  const answer = route(modelOf([...OTHERS, ...objects]), {
    request: { ...requestFor(url), ...more },
    class: undefined,
    dialect: undefined,
  });
  if (!answer.ok) throw new Error(answer.error.message);
  return cited(answer.value);
}

/** `ROUTED a=1`, with `> path` where the backend gets another path, `= location` where the client is sent elsewhere, `?` and codes where it is not known. */
export function line(objects: readonly KubernetesObject[] | JsonObject, url: string, more: Partial<RouteRequest> = {}): string {
  const { verdict, result } = ask(Array.isArray(objects) ? objects : [server('s', [objects as JsonObject])], url, more);
  const shares = result.backends.map(({ service, share }) => `${service}=${share}`);
  const path = result.forwarded && result.forwarded.path !== url.replace(/^https?:\/\/[^/]*/, '') ? ['>', result.forwarded.path] : [];
  const unknown = verdict === 'UNDEFINED' ? ['?', ...result.unspecified.map(({ code }) => code)] : [];
  const status = result.status === null ? [] : [String(result.status)];
  return [verdict, ...shares, ...status, ...path, ...(result.redirect ? ['=', result.redirect.location] : []), ...unknown].join(' ');
}

export const header = (name: string, value: string): Partial<RouteRequest> => ({ headers: [[name, value]] });

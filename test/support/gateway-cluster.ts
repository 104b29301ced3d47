import { type GatewayStatusQuestion, statusOfGatewayObject } from '../../src/core/ingress/gateway-status.js';
import type { GatewayStatusResult } from '../../src/core/ingress/gateway-status-result.js';
import { routeThroughGateway } from '../../src/core/ingress/route-through-gateway.js';
import type { RouteResult, RouteVerdict } from '../../src/core/ingress/route-result.js';
import type { Answer } from '../../src/core/kernel/answer.js';
import type { Json, JsonObject } from '../../src/core/kernel/json.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import type { AuthAnswer, BackendBehaviour, ConnectionRequest, GatewayDialectName } from '../../src/core/ingress/route-request.js';
import { cited } from './cited.js';
import { requestFor } from './ask-route.js';

const API = 'gateway.networking.k8s.io/v1';

/** An object of the Gateway API in namespace `shop`, or in the one before the slash. */
export function gatewayObject(kind: string, name: string, spec: JsonObject, more: { readonly createdAt?: string } = {}): KubernetesObject {
  const [namespace, own] = name.includes('/') ? name.split('/') : ['shop', name];
  const metadata = { namespace: namespace ?? 'shop', name: own ?? name, creationTimestamp: more.createdAt ?? '2026-01-01T00:00:00Z' };
  return { apiVersion: API, kind, metadata, spec };
}

/** GatewayClass `web`, and a Gateway `shop/gw` of it. */
export function gateway(listeners: readonly JsonObject[], more: JsonObject = {}): readonly KubernetesObject[] {
  return [
    { apiVersion: API, kind: 'GatewayClass', metadata: { name: 'web' }, spec: { controllerName: 'example.com/web' } },
    gatewayObject('Gateway', 'gw', { gatewayClassName: 'web', listeners: [...listeners], ...more }),
  ];
}

/** A listener for HTTP on port 80. */
export function listener(name: string, more: JsonObject = {}): JsonObject {
  return { name, port: 80, protocol: 'HTTP', ...more };
}

/** A Service with one ready endpoint on port 80. */
export function backend(name: string, namespace = 'shop'): readonly KubernetesObject[] {
  const labels = { 'kubernetes.io/service-name': name };
  return [
    { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { clusterIP: '10.96.0.9', ports: [{ port: 80 }] } },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-1`, namespace, labels },
      addressType: 'IPv4',
      ports: [{ name: '', port: 8080 }],
      endpoints: [{ addresses: ['10.244.0.9'] }],
    },
  ];
}

/** An HTTPRoute `shop/name` on `gw`. */
export function httpRoute(name: string, rules: readonly Json[], more: JsonObject = {}, createdAt?: string): KubernetesObject {
  const spec = { parentRefs: [{ name: 'gw', namespace: 'shop' }], rules: [...rules], ...more };
  return gatewayObject('HTTPRoute', name, spec, createdAt === undefined ? {} : { createdAt });
}

/** A rule with one match that leads to a Service. */
export function rule(match: JsonObject, service: string, more: JsonObject = {}): JsonObject {
  return { matches: [match], backendRefs: [{ name: service, port: 80 }], ...more };
}

/** A Secret with a certificate. */
export function tlsSecret(name: string, pem: string, namespace = 'shop'): KubernetesObject {
  const data = { 'tls.crt': Buffer.from(pem).toString('base64'), 'tls.key': '' };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, type: 'kubernetes.io/tls', data };
}

/** A ConfigMap with the certificate of an authority. */
export function authorityMap(name: string, pem: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data: { 'ca.crt': pem } };
}

/** A reference to port 80 of a Service. */
export function backendRef(name: string, more: JsonObject = {}): JsonObject {
  return { name, port: 80, ...more };
}

/** What a test says of a request beside its URL. */
export interface Asked {
  readonly dialect?: GatewayDialectName;
  readonly method?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly port?: number;
  readonly sni?: string;
  readonly backendBehaviour?: BackendBehaviour;
  readonly auth?: AuthAnswer;
}

/** The answer of Gateway `shop/gw`; a problem fails the test. */
export function askGateway(model: NetworkModel, url: string, asked: Asked = {}): Answer<RouteVerdict, RouteResult> {
  const { method = 'GET', headers = [], port = url.startsWith('https') ? 443 : 80, sni, backendBehaviour, dialect, auth } = asked;
  const request = { ...requestFor(url, sni === undefined ? {} : { sni }), method, headers, backendBehaviour, auth };
  const answer = routeThroughGateway(model, { request, gateway: 'shop/gw', port, dialect });
  if (!answer.ok) throw new Error(answer.error.message);
  return cited(answer.value);
}

/** The answer of Gateway `shop/gw` to a connection; a problem fails the test. */
export function connectGateway(
  model: NetworkModel,
  scheme: ConnectionRequest['scheme'],
  port: number,
  sni?: string,
  dialect?: GatewayDialectName,
): Answer<RouteVerdict, RouteResult> {
  const answer = routeThroughGateway(model, { request: { scheme, host: sni ?? '192.0.2.1', sni }, gateway: 'shop/gw', port, dialect });
  if (!answer.ok) throw new Error(answer.error.message);
  return cited(answer.value);
}

/** `ROUTED a 0.75, b 0.25`, `NOT_FOUND 404`, `REDIRECTED 302 http://…`: an answer as tables write it. */
export function gatewayLine({ verdict, result }: Answer<RouteVerdict, RouteResult>): string {
  if (verdict === 'UNDEFINED') return [verdict, ...result.unspecified.map(({ code }) => code)].join(' ');
  if (result.redirect) return `${verdict} ${result.redirect.status} ${result.redirect.location}`;
  const shares = result.backends
    .filter(({ share }) => share > 0)
    .map(({ service, share }) => (share === 1 ? service : `${service} ${share}`));
  const ends = verdict === 'ROUTED' ? shares.join(', ') : String(result.status ?? '');
  return `${verdict} ${ends}`.trim();
}

/** The status of an object, `namespace/name` or the name of a class; a problem fails the test. */
export function gatewayStatusOf(model: NetworkModel, kind: GatewayStatusQuestion['kind'], object: string): GatewayStatusResult {
  const [name = '', namespace] = object.split('/').toReversed();
  const answer = statusOfGatewayObject(model, { kind, namespace, name });
  if (!answer.ok) throw new Error(answer.error.message);
  return cited(answer.value).result;
}

/** `Accepted=False NotAllowedByListeners, ResolvedRefs=True ResolvedRefs` of conditions. */
export function conditionLine(conditions: readonly { readonly type: string; readonly status: string; readonly reason: string }[]): string {
  return conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`).join(', ');
}

/** The conditions of a route under its first parent, in a line. */
export function parentLine(model: NetworkModel, kind: GatewayStatusQuestion['kind'], route: string): string {
  return conditionLine(gatewayStatusOf(model, kind, route).parents?.[0]?.conditions ?? []);
}

import { route } from '../../src/core/ingress/route.js';
import type { AuthAnswer, IngressDialectName } from '../../src/core/ingress/route-request.js';
import type { RouteResult, RouteVerdict } from '../../src/core/ingress/route-result.js';
import type { Answer } from '../../src/core/kernel/answer.js';
import { parseIp } from '../../src/core/net/ip.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { cited } from './cited.js';
import { requestFor } from './ask-route.js';
import { ingressCluster } from './ingress-cluster.js';
import { modelOf } from './model.js';
import { withNginx } from './route-lint.js';

/** What a request carries beside its URL. */
export interface AskedNginx {
  readonly headers?: readonly (readonly [string, string])[];
  readonly client?: string;
  /** What comes of asking who the client is. */
  readonly auth?: AuthAnswer;
  readonly method?: string;
  /** The Secret of the certificate that the client presents; empty: it has none. */
  readonly certificate?: string;
  /** The name in the TLS hello; empty: none. The host unless it is told. */
  readonly sni?: string;
  /** Objects beside those of the rules; one of the same kind and name takes the place of that of the rules. */
  readonly objects?: readonly KubernetesObject[];
  /** `ingress-nginx` unless it is told. */
  readonly dialect?: IngressDialectName;
  /** Settings of the controller, as the profile tells them. */
  readonly options?: Readonly<Record<string, string | boolean>>;
}

/** Annotations of ingress-nginx by the name of the Ingress, without their prefix. */
export type NginxAnnotationsOf = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What `route` answers to a request through what reads annotations of ingress-nginx. */
export function routeNginx(
  rules: string,
  annotations: NginxAnnotationsOf,
  url: string,
  asked: AskedNginx = {},
): Answer<RouteVerdict, RouteResult> {
  const { headers = [], client, auth, objects = [], method = 'GET', dialect = 'ingress-nginx', options = {}, certificate, sni } = asked;
  const key = ({ kind, metadata }: KubernetesObject) => `${kind} ${metadata.name}`;
  const replaced = new Set(objects.map(key));
  const cluster = ingressCluster(rules.replaceAll(' ; ', '\n')).filter((object) => !replaced.has(key(object)));
  const controllers = [{ class: 'c', dialect, options }];
  const model = modelOf([...withNginx(cluster, annotations), ...objects], { ingress: { controllers } });
  const plain = requestFor(url);
  const request = {
    ...plain,
    method,
    headers,
    auth,
    clientAddress: client === undefined ? undefined : parseIp(client),
    clientCertificate: certificate === undefined ? undefined : { secret: certificate || undefined },
    sni: sni === undefined ? plain.sni : sni || undefined,
  };
  const answer = route(model, { request, class: 'c', dialect });
  if (!answer.ok) throw new Error(answer.error.message);
  return cited(answer.value);
}

/** `ROUTED web`, with `> path` where the backend gets another path, `= location` where the client is sent elsewhere, `?` and codes where it is not known. */
export function askNginx(rules: string, annotations: NginxAnnotationsOf, url: string, asked: AskedNginx = {}): string {
  const { verdict, result } = routeNginx(rules, annotations, url, asked);
  const shares = result.backends.map(({ service, share }) => (share === 1 ? service : `${service} ${share}`));
  const path = result.forwarded && result.forwarded.path !== url.replace(/^https?:\/\/[^/]*/, '') ? ['>', result.forwarded.path] : [];
  const location = result.redirect ? [String(result.redirect.status), '=', result.redirect.location] : [];
  const unknown = verdict === 'UNDEFINED' ? ['?', ...new Set(result.unspecified.map(({ code }) => code))] : [];
  const status = result.status !== null && !result.redirect ? [String(result.status)] : [];
  return [verdict, ...shares, ...status, ...path, ...location, ...unknown].join(' ');
}

import type { NetworkModel } from '../../../model/network-model.js';
import type { BackendProtocol, RouteBackend } from '../../route-result.js';
import type { RoutingObject } from '../path-rule.js';
import { annotationsOf, type NginxAnnotations, type ProxySsl } from './annotations.js';
import type { Context } from './context.js';
import type { Visit } from './visit.js';

/** The upstream that nginx proxies to, whose name it uses where no other is told (`buildProxyPass`, `$proxy_host`). */
const UPSTREAM = 'upstream_balancer';

const PROTOCOLS: Readonly<Partial<Record<string, BackendProtocol>>> = { GRPC: 'GRPC', GRPCS: 'GRPC', FCGI: 'FCGI' };

/** Why the controller denies the locations of an Ingress because of `proxy-ssl-secret` (`annotations/proxyssl/main.go`); undefined: it does not. */
export function deniedSecret(
  { model: { secrets }, options }: Pick<Context, 'model' | 'options'>,
  { namespace }: RoutingObject,
  { proxySsl }: NginxAnnotations,
): string | undefined {
  const { secret } = proxySsl;
  if (secret === '') return undefined;
  const [own, name, ...more] = secret.split('/');
  if (!own || !name || more.length > 0) return `\`proxy-ssl-secret\` is \`namespace/name\`, not \`${secret}\``;
  if (own !== namespace && !options.crossesNamespaces)
    return `\`proxy-ssl-secret\`: \`${secret}\` is not in the namespace \`${namespace}\` of the Ingress`;
  const keys = secrets.get(secret)?.keys;
  if (!keys && secrets.size === 0) return undefined;
  if (!keys) return `\`proxy-ssl-secret\`: there is no Secret ${secret}`;
  const isUsable = keys.includes('ca.crt') || (keys.includes('tls.crt') && keys.includes('tls.key'));
  return isUsable ? undefined : `\`proxy-ssl-secret\`: Secret ${secret} holds neither \`ca.crt\` nor \`tls.crt\` with \`tls.key\``;
}

/**
 * The settings of `proxy-ssl-…` of a location: its own where its Secret has authorities, else those of the first Ingress of the host whose Secret has some, for they stand in
 * the server and locations inherit them (`controller.go`, `getBackendServers`, `nginx.tmpl`) unless `proxy-ssl-location-only` is set.
 */
export function proxySslOf(context: Context, { server, location }: Visit, own: NginxAnnotations): ProxySsl {
  const {
    model: { secrets },
    options,
  } = context;
  const hasAuthorities = ({ secret }: ProxySsl) => secrets.get(secret)?.keys.includes('ca.crt') === true;
  if (options.proxySslLocationOnly || hasAuthorities(own.proxySsl)) return own.proxySsl;
  const first = server.backendSecrets.find((ingress) => {
    const annotations = annotationsOf(ingress);
    return hasAuthorities(annotations.proxySsl) && deniedSecret(context, ingress, annotations) === undefined;
  });
  return first && first !== location.ingress ? annotationsOf(first).proxySsl : own.proxySsl;
}

/** A backend with what nginx speaks with it, and by which TLS (`backend-protocol`, rule B19). Without `proxy-ssl-secret` no other setting of `proxy-ssl-…` counts. */
export function securedByNginx(
  backend: RouteBackend,
  { secrets }: NetworkModel,
  { backendProtocol }: Pick<NginxAnnotations, 'backendProtocol'>,
  { secret, name, verifies, sendsName }: ProxySsl,
  scheme: 'http' | 'https',
): RouteBackend {
  const spoken = { ...backend, protocol: PROTOCOLS[backendProtocol] ?? 'HTTP' };
  const isSecure = backendProtocol === 'HTTPS' || backendProtocol === 'GRPCS' || (backendProtocol === 'AUTO_HTTP' && scheme === 'https');
  if (!isSecure) return spoken;
  const keys = secret === '' ? [] : (secrets.get(secret)?.keys ?? []);
  const called = name === '' ? UPSTREAM : name;
  return {
    ...spoken,
    tls: {
      sni: secret !== '' && sendsName ? called : null,
      policy: null,
      names: verifies && keys.includes('ca.crt') ? [called] : [],
      clientCertificate: keys.includes('tls.crt') && keys.includes('tls.key') ? secret : null,
    },
  };
}

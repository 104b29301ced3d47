import type { NetworkModel } from '../../../model/network-model.js';
import type { ServersTransport } from '../../../resources/traefik.js';
import type { RouteBackend } from '../../route-result.js';
import type { TraefikOptions } from './options.js';
import { ByReference, resolveAnnotated, type Resolved, resolveReference, shownReference } from './references.js';

/** The ServersTransport that a Service is spoken to by; neither: one of another provider; `fault`: why there is no router. */
export interface FoundTransport {
  readonly found?: ServersTransport | undefined;
  readonly fault?: string | undefined;
  /** The fault is that there is none of the name, which the provider does not look for. */
  readonly isMissing?: boolean;
}

/** How Traefik speaks with backends (`makeServersTransportKey` of `pkg/provider/kubernetes/crd/kubernetes_http.go`, `getProtocol` of `ingress/kubernetes.go`). */
export class ServersTransports {
  private readonly known: ByReference<ServersTransport>;

  constructor(
    private readonly model: NetworkModel,
    private readonly options: TraefikOptions,
  ) {
    this.known = new ByReference(model.traefik.serversTransports);
  }

  /** What an object of Traefik's own kinds names. */
  named(name: string | undefined, namespace: string): FoundTransport {
    return name === undefined ? {} : this.find(resolveReference({ name, namespace: undefined }, namespace, this.options));
  }

  /** What the annotation of a Service names. */
  annotated(name: string | undefined): FoundTransport {
    return name === undefined ? {} : this.find(resolveAnnotated(name));
  }

  /** A backend with the TLS by which it is reached (`parseServiceProtocol`): of the scheme that is told, else https for port 443 and for ports whose name begins so. */
  secured(backend: RouteBackend, scheme: string | undefined, { found }: FoundTransport): RouteBackend {
    const isSecure = scheme === undefined ? backend.port === 443 || backend.portName.startsWith('https') : scheme === 'https';
    if (!isSecure) return scheme === 'h2c' ? { ...backend, protocol: 'H2C' } : backend;
    const sni = found?.serverName ?? null;
    const policy = found ? `ServersTransport ${found.namespace}/${found.ref.name}` : null;
    const names = sni === null || found?.insecureSkipVerify ? [] : [sni];
    return { ...backend, tls: { sni, policy, names, clientCertificate: found ? clientCertificate(this.model, found) : null } };
  }

  private find(resolved: Resolved): FoundTransport {
    if ('fault' in resolved) return { fault: `the ServersTransport ${resolved.fault}` };
    if ('foreign' in resolved) return {};
    const found = this.known.find(resolved);
    return found ? { found } : { isMissing: true, fault: `ServersTransport ${shownReference(resolved)} does not exist` };
  }
}

/** The first Secret that holds a certificate and its key; Traefik passes over the others (`loadAuthTLSSecret`), and a backend is shown the first that it accepts. */
export function clientCertificate(
  { secrets }: NetworkModel,
  { namespace, certificatesSecrets }: { readonly namespace: string; readonly certificatesSecrets: readonly string[] },
): string | null {
  const held = (key: string, name: string) => secrets.get(key)?.keys.includes(name) === true;
  const keys = certificatesSecrets.map((name) => `${namespace}/${name}`);
  return keys.find((key) => held(key, 'tls.crt') && held(key, 'tls.key')) ?? null;
}

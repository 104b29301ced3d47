import type { NginxListener, GlobalConfiguration } from '../../../resources/transport-server.js';
import type { Ingress } from '../../../resources/ingress.js';
import type { VirtualServer } from '../../../resources/virtual-server.js';
import type { RouteRequest } from '../../route-request.js';
import { statedPort } from '../request-host.js';

/** Where a server takes requests: on the ports of the controller, on ports of its own, or it cannot be told. */
export type Listening = 'usual' | 'unknown' | Readonly<Record<'http' | 'https', readonly number[]>>;

/** The ports of the controller (nginx/kubernetes-ingress `internal/k8s/configuration.go`, `buildListenersForVSConfiguration`; `makeListener` of `internal/configs/version2/template_helper.go`). */
export class F5Listeners {
  private readonly byName: ReadonlyMap<string, NginxListener>;
  private readonly byPort = new Map<string, NginxListener>();
  /** Which of several GlobalConfigurations the controller reads is not known. */
  readonly isOpen: boolean;

  constructor(configurations: readonly GlobalConfiguration[]) {
    const [only] = configurations;
    this.isOpen = configurations.length > 1;
    const listeners = this.isOpen || !only ? [] : only.listeners;
    this.byName = new Map(listeners.map((one) => [one.name, one]));
    for (const one of listeners) this.byPort.set(portKey(one), one);
  }

  /** A listener of a name and protocol; undefined: there is none. */
  named(name: string, protocol: string): NginxListener | undefined {
    const found = this.byName.get(name);
    return found?.protocol === protocol ? found : undefined;
  }

  /** A listener of a name, whatever its protocol. */
  anyNamed(name: string): NginxListener | undefined {
    return this.byName.get(name);
  }

  /** The listener for connections, or packets, at a port. */
  at(port: number, transport: 'TCP' | 'UDP'): NginxListener | undefined {
    return this.byPort.get(`${port} ${transport}`);
  }

  listeningOf({ listener }: VirtualServer, endsTls: boolean): Listening {
    if (!listener) return 'usual';
    if (this.isOpen) return 'unknown';
    const portOf = (name: string | undefined, ssl: boolean) => {
      const found = name === undefined ? undefined : this.named(name, 'HTTP');
      return found?.ssl === ssl ? [found.port] : [];
    };
    return { http: portOf(listener.http, false), https: endsTls ? portOf(listener.https, true) : [] };
  }

  /** Whether a server takes requests of the scheme at the port: without a port of its own at any that is no listener's. */
  takes(listening: Listening, { scheme }: Pick<RouteRequest, 'scheme'>, port: number): boolean {
    if (listening === 'unknown') return true;
    if (listening !== 'usual') return listening[scheme].includes(port);
    return this.at(port, 'TCP')?.protocol !== 'HTTP';
  }
}

const portKey = ({ port, protocol }: NginxListener) => `${port} ${protocol === 'UDP' ? 'UDP' : 'TCP'}`;

/** The ports of an Ingress, or of a master: those that it names, and the usual ones of a scheme of which it names none (`parseAnnotations`, `ParsePortList` of `internal/configs`). */
export function listeningOfIngress({ annotations }: Pick<Ingress, 'annotations'>): Listening {
  const portsOf = (name: string, usual: number) =>
    Object.hasOwn(annotations, name) ? (annotations[name] ?? '').split(',').map(Number) : [usual];
  if (!LISTEN_PORTS.some((name) => Object.hasOwn(annotations, name))) return 'usual';
  return { http: portsOf('nginx.org/listen-ports', 80), https: portsOf('nginx.org/listen-ports-ssl', 443) };
}

export const LISTEN_PORTS = ['nginx.org/listen-ports', 'nginx.org/listen-ports-ssl'];

/** The port that a request comes to: that of its Host, or the scheme's own. */
export function portOf({ host, scheme }: Pick<RouteRequest, 'host' | 'scheme'>): number {
  return statedPort({ host }) ?? (scheme === 'https' ? 443 : 80);
}

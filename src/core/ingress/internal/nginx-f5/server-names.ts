import type { RouteRequest } from '../../route-request.js';
import { parentDomain } from '../request-host.js';
import { type F5Listeners, portOf } from './f5-listeners.js';
import { unheardBecause } from './f5-listening.js';
import { EVERY_OTHER_HOST, type F5Server } from './f5-server.js';
import { FirstServers } from './first-servers.js';

type Servers = ReadonlyMap<string, F5Server>;

/** Which server nginx takes: among those that listen where a request comes to, by its name (nginx.org "Server names"; ngx_http_core_module, `listen`). */
export class ServerNames {
  private readonly firsts: FirstServers;

  constructor(
    private readonly servers: Servers,
    private readonly listeners: F5Listeners,
  ) {
    this.firsts = new FirstServers(servers.values());
  }

  /** The server of a name, wherever it listens. */
  of(name: string): F5Server | undefined {
    return this.named(name, () => true) ?? this.servers.get(EVERY_OTHER_HOST);
  }

  /** The server whose certificate a client is shown that asks for the name: those that do not end TLS are unknown there. */
  presenting(sni: string): F5Server | undefined {
    return this.named(sni, ({ endsTls, owner }) => endsTls || owner.kind === 'TransportServer') ?? this.servers.get(EVERY_OTHER_HOST);
  }

  /** The server that takes a request; of one that no server takes, that of its name where it listens for another scheme. */
  taking(request: RouteRequest, name: string): F5Server | undefined {
    const port = portOf(request);
    const isOwn = this.firsts.at(request, port) !== undefined;
    const isThere = ({ listening }: F5Server) => this.listeners.takes(listening, request, port) && !(isOwn && listening === 'usual');
    const others = this.servers.get(EVERY_OTHER_HOST);
    return (
      this.named(name, (server) => isThere(server) && hears(server, request)) ??
      (others && isThere(others) ? others : undefined) ??
      this.named(name, isThere)
    );
  }

  /** The server that stands in for names that none at the port has. */
  standIn(request: RouteRequest): F5Server | undefined {
    return this.firsts.at(request, portOf(request));
  }

  /** The server of a name whose TLS is passed through, where the request comes with it to a port that is no listener's own; a wildcard is a text to the `map` of nginx. */
  passing(request: RouteRequest): F5Server | undefined {
    const { scheme, sni, connection } = request;
    const server = scheme === 'https' && sni !== undefined ? this.servers.get(sni.toLowerCase()) : undefined;
    const port = connection?.port ?? portOf(request);
    return server?.owner.kind === 'TransportServer' && this.listeners.at(port, 'TCP') === undefined ? server : undefined;
  }

  /** The precise name goes first, then the longest wildcard, which covers any number of labels. */
  private named(name: string, isFit: (server: F5Server) => boolean): F5Server | undefined {
    const at = (host: string) => {
      const server = this.servers.get(host);
      return server && isFit(server) ? server : undefined;
    };
    let found = at(name);
    for (let domain = parentDomain(name); !found && domain !== undefined; domain = parentDomain(domain)) found = at(`*.${domain}`);
    return found;
  }
}

/** A TransportServer says itself what becomes of what it does not pass through. */
const hears = (server: F5Server, request: RouteRequest) =>
  server.owner.kind === 'TransportServer' || unheardBecause(server, request) === undefined;

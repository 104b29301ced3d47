import type { RouteRequest } from '../../route-request.js';
import type { F5Server } from './f5-server.js';

const USUAL = { http: 80, https: 443 } as const;

/** The servers that nginx takes where none at the port has the name: the first of each port of their own, by the names of their files (`conf.d/vs_namespace_name.conf`, of Ingresses `namespace-name.conf`; ngx_http_core_module, `listen`). */
export class FirstServers {
  private readonly byPort = new Map<string, { readonly file: string; readonly server: F5Server }>();

  constructor(servers: Iterable<F5Server>) {
    for (const server of servers) {
      const { listening, owner } = server;
      if (typeof listening === 'string') continue;
      const file = owner.kind === 'Ingress' ? `${owner.namespace}-${owner.ref.name}.conf` : `vs_${owner.namespace}_${owner.ref.name}.conf`;
      for (const scheme of ['http', 'https'] as const) {
        if (scheme === 'https' && !server.endsTls) continue;
        for (const port of listening[scheme]) {
          const key = `${scheme} ${port}`;
          const known = this.byPort.get(key);
          // The usual ports are those of the default server.
          if (port !== USUAL[scheme] && (!known || file < known.file)) this.byPort.set(key, { file, server });
        }
      }
    }
  }

  at({ scheme }: Pick<RouteRequest, 'scheme'>, port: number): F5Server | undefined {
    return this.byPort.get(`${scheme} ${port}`)?.server;
  }
}

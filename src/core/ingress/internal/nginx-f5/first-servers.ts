import type { RouteRequest } from '../../route-request.js';
import type { F5Server } from './f5-server.js';

/** The servers that nginx takes where none at the port has the name: the first of each port of their own, by the names of their files (`conf.d/vs_namespace_name.conf`; ngx_http_core_module, `listen`). */
export class FirstServers {
  private readonly byPort = new Map<string, { readonly file: string; readonly server: F5Server }>();

  constructor(servers: Iterable<F5Server>) {
    for (const server of servers) {
      const { listening, owner } = server;
      if (typeof listening === 'string') continue;
      const file = `vs_${owner.namespace}_${owner.ref.name}.conf`;
      for (const scheme of ['http', 'https'] as const) {
        const key = `${scheme} ${listening[scheme] ?? ''}`;
        const known = this.byPort.get(key);
        if (!known || file < known.file) this.byPort.set(key, { file, server });
      }
    }
  }

  at({ scheme }: Pick<RouteRequest, 'scheme'>, port: number): F5Server | undefined {
    return this.byPort.get(`${scheme} ${port}`)?.server;
  }
}

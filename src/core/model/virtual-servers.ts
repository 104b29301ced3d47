import type { NginxPolicy } from '../resources/nginx-policy.js';
import type { GlobalConfiguration, TransportServer } from '../resources/transport-server.js';
import type { VirtualServer, VirtualServerRoute } from '../resources/virtual-server.js';

/** Objects of the kinds of the controller of NGINX Inc. */
export interface VirtualServers {
  readonly servers: readonly VirtualServer[];
  readonly routes: readonly VirtualServerRoute[];
  readonly transports: readonly TransportServer[];
  /** By `namespace/name`. */
  readonly policies: ReadonlyMap<string, NginxPolicy>;
  readonly configurations: readonly GlobalConfiguration[];
}

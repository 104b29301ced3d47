import type { VirtualServer, VirtualServerRoute } from '../resources/virtual-server.js';

/** Objects of the kinds of the controller of NGINX Inc. */
export interface VirtualServers {
  readonly servers: readonly VirtualServer[];
  readonly routes: readonly VirtualServerRoute[];
}

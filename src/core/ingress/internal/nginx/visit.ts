import type { RouteRequest } from '../../route-request.js';
import type { RequestHost } from '../request-host.js';
import type { Client } from './client-check.js';
import type { Location, NginxServer } from './servers.js';

/** A request in the location of nginx that takes it. */
export interface Visit {
  readonly server: NginxServer;
  readonly location: Location;
  /** The path as it is matched there. */
  readonly uri: string;
  readonly request: RouteRequest;
  readonly host: RequestHost;
  readonly client: Client;
  /** The path that nginx leads the request to in place of its own, for an error of the whole server; undefined: it does not. */
  readonly page: string | undefined;
}

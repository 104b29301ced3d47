import type { ListenerProtocol } from '../../../resources/gateway.js';
import { NO_HOST } from '../../../resources/gateway-reference.js';
import type { ConnectionRequest } from '../../route-request.js';
import type { GatewayState } from '../gateway/gateway-state.js';
import { ANY_CONNECTION, type ConnectionRule } from './connection-rule.js';

const SCHEMES: Partial<Readonly<Record<ListenerProtocol, ConnectionRequest['scheme']>>> = { TLS: 'tls', TCP: 'tcp', UDP: 'udp' };

/** What a Gateway takes connections and packets by: its listeners, and in TLS the hostnames of the routes on them. */
export function* connectionsOfGateway({ listeners, attachments }: GatewayState): Iterable<ConnectionRule> {
  const hostnames = new Map(listeners.map((one) => [one, new Set<string>()]));
  for (const { attached } of attachments)
    for (const { listener, hostnames: under } of attached)
      for (const name of under) if (name !== undefined) hostnames.get(listener)?.add(name);
  for (const [{ listener }, names] of hostnames) {
    const scheme = listener.protocol && SCHEMES[listener.protocol];
    if (!scheme) continue;
    if (listener.hostname !== undefined && listener.hostname !== NO_HOST) names.add(listener.hostname);
    yield { ...ANY_CONNECTION, scheme, ports: [listener.port], names: [...names] };
  }
}

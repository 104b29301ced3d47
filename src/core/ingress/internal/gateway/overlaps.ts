import type { GatewayListener } from '../../../resources/gateway.js';
import { widerThan } from './hostnames.js';
import type { PlacedListener } from './listeners.js';

/**
 * The listeners that end TLS under hostnames that another one on their port covers, or is covered by, each with the name of one such: a client may send what is for one down
 * the connection it has to the other (`apis/v1/gateway_types.go`, `ListenerConditionOverlappingTLSConfig`; rule G47). Those that clash are refused anyway.
 */
export function overlappingTls(placed: readonly PlacedListener[]): ReadonlyMap<GatewayListener, string> {
  const ending = placed.filter(({ listener, conflict }) => !conflict && endsTls(listener)).map(({ listener }) => listener);
  const byName = new Map(ending.map((listener) => [keyOf(listener, listener.hostname), listener]));
  const overlaps = new Map<GatewayListener, string>();
  for (const listener of ending) {
    for (const wider of widerThan(listener.hostname)) {
      const other = byName.get(keyOf(listener, wider));
      if (!other) continue;
      overlaps.set(listener, other.name);
      overlaps.set(other, listener.name);
    }
  }
  return overlaps;
}

const keyOf = ({ port }: GatewayListener, hostname: string | undefined) => `${port} ${hostname ?? ''}`;

function endsTls({ protocol, tls }: GatewayListener): boolean {
  return protocol === 'HTTPS' || (protocol === 'TLS' && tls?.mode !== 'Passthrough');
}

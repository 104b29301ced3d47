import type { Note } from '../../../kernel/answer.js';
import type { GatewayDialect } from './gateway-dialect.js';
import type { GatewayState } from './gateway-state.js';
import type { JudgedListener } from './listener-status.js';

/** The one that a request, or a connection, arrives at first. */
export type Listeners = readonly [JudgedListener, ...JudgedListener[]];

/** A listener and all others that take such connections on its port, where it is open whether their routes are met, too. */
export function notIsolated({ listeners }: GatewayState, listener: JudgedListener, { isolates }: GatewayDialect): Listeners | undefined {
  if (isolates === true) return undefined;
  const { port, protocol } = listener.listener;
  const beside = listeners.filter(
    (one) => one !== listener && one.programmed && one.listener.port === port && one.listener.protocol === protocol,
  );
  return beside.length === 0 ? undefined : [listener, ...beside];
}

export const NOT_ISOLATED: Note = {
  code: 'LISTENERS_NOT_ISOLATED',
  message:
    'several listeners of the port have routes for this host: Traefik tries those of all of them, and since traefik/traefik#13738 (September 2026) those of the listener that fits the host best',
};

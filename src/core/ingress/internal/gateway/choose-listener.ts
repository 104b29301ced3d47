import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { RouteRequest } from '../../route-request.js';
import type { GatewayState } from './gateway-state.js';
import { hostnameCovers, hostnameRank } from './hostnames.js';
import type { JudgedListener } from './listener-status.js';

/** The listener that takes a connection, or why none does. */
export interface ListenerChoice {
  readonly listener: JudgedListener | undefined;
  /** Set where the connection was opened for another name than the request asks for (rule G45). */
  readonly misdirected: string | undefined;
  readonly why: string;
  /** Whether the port takes the connection at all: plain HTTP is refused by its Host header only after that. */
  readonly connects: boolean;
  readonly steps: readonly EvidenceStep[];
}

const PROTOCOL = { http: 'HTTP', https: 'HTTPS' } as const;

/** Chooses by the Host header, or for https by the SNI (rules G11, G12, G45). `host` is the header without port and case. */
export function choose(state: GatewayState, request: RouteRequest, host: string, port: number): ListenerChoice {
  const protocol = PROTOCOL[request.scheme];
  const here = state.listeners.filter(({ listener }) => listener.port === port && listener.protocol === protocol);
  const served = here.filter(({ programmed }) => programmed);
  const name = request.scheme === 'https' ? request.sni?.toLowerCase() : host;
  const listener = listenerFor(served, name);
  const steps = here.map((one) => listenerStep(one, listener, name));
  if (!listener) {
    const why = noListener(state, protocol, port, name);
    const step: EvidenceStep = {
      stage: 'listener',
      outcome: 'no-match',
      reason: 'LISTENER_MISSING',
      message: why,
      object: state.gateway.ref,
    };
    const connects = request.scheme === 'http' && served.length > 0;
    return { listener: undefined, misdirected: undefined, why, connects, steps: [...steps, step] };
  }
  const better = request.scheme === 'https' ? listenerFor(served, host) : listener;
  if (!better || better === listener) return { listener, misdirected: undefined, why: '', connects: true, steps };
  const message = `421: the connection was opened for \`${name ?? '(no name)'}\` on listener \`${listener.listener.name}\`, and listener \`${better.listener.name}\` fits host \`${host}\` better`;
  const step: EvidenceStep = {
    stage: 'listener',
    outcome: 'no-match',
    reason: 'MISDIRECTED_REQUEST',
    message,
    object: better.owner.ref,
    pointer: better.listener.pointer,
  };
  return { listener, misdirected: message, why: message, connects: true, steps: [...steps, step] };
}

function noListener({ listeners, gateway }: GatewayState, protocol: string, port: number, name: string | undefined): string {
  const ports = [
    ...new Set(listeners.filter((one) => one.programmed).map(({ listener }) => `${listener.port}/${listener.protocol ?? '?'}`)),
  ];
  const listens = ports.length === 0 ? 'nothing of it is served' : `it listens on ${ports.join(', ')}`;
  const asked = name === undefined ? 'a client that names no host' : `\`${name}\``;
  return `Gateway ${gateway.namespace}/${gateway.ref.name} takes no ${protocol} connection on port ${port} for ${asked}: ${listens}`;
}

function listenerStep(one: JudgedListener, chosen: JudgedListener | undefined, name: string | undefined): EvidenceStep {
  const { listener, owner, programmed } = one;
  const covers = name === undefined ? listener.hostname === undefined : hostnameCovers(listener.hostname, name);
  const [outcome, reason, what]: readonly [EvidenceStep['outcome'], string, string] = !programmed
    ? ['excluded', 'LISTENER_NOT_SERVED', 'is not served']
    : one === chosen
      ? ['selected', 'LISTENER_SELECTED', 'takes the request']
      : covers
        ? ['excluded', 'LISTENER_LESS_SPECIFIC', 'is less specific']
        : ['no-match', 'LISTENER_OTHER_NAME', 'does not cover the name'];
  const message = `listener \`${listener.name}\` for ${listener.hostname === undefined ? 'every host' : `\`${listener.hostname}\``} ${what}`;
  return { stage: 'listener', outcome, reason, message, object: owner.ref, pointer: listener.pointer };
}

/** The listener for a name: precise before wildcard, longer before shorter, one without hostname last. `undefined`: the client names none. */
function listenerFor(listeners: readonly JudgedListener[], name: string | undefined): JudgedListener | undefined {
  const fitting = listeners.filter(({ listener: { hostname } }) =>
    name === undefined ? hostname === undefined : hostnameCovers(hostname, name),
  );
  return fitting.reduce<JudgedListener | undefined>((best, one) => {
    if (!best) return one;
    const [precise, length] = hostnameRank(one.listener.hostname);
    const [bestPrecise, bestLength] = hostnameRank(best.listener.hostname);
    return precise > bestPrecise || (precise === bestPrecise && length > bestLength) ? one : best;
  }, undefined);
}

import { didYouMeanHint } from '../../../kernel/did-you-mean.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { ListenerProtocol } from '../../../resources/gateway.js';
import type { NearMiss } from '../../route-result.js';
import type { GatewayState } from './gateway-state.js';
import { hostnameCovers, hostnameRank } from './hostnames.js';
import type { JudgedListener } from './listener-status.js';

/** How a client speaks to a Gateway. */
export type ClientScheme = 'http' | 'https' | 'tls' | 'tcp' | 'udp';

/** A connection as listeners are chosen for it. */
export interface Arrival {
  readonly scheme: ClientScheme;
  readonly port: number;
  /** The Host header without port and case; undefined for a connection that is not HTTP. */
  readonly host: string | undefined;
  readonly sni: string | undefined;
}

/** The listener that takes a connection, or why none does. */
export interface ListenerChoice {
  readonly listener: JudgedListener | undefined;
  /** Set where the connection was opened for another name than the request asks for (rule G45). */
  readonly misdirected: string | undefined;
  readonly why: string;
  /** Whether the port takes the connection at all: plain HTTP is refused by its Host header only after that. */
  readonly connects: boolean;
  readonly steps: readonly EvidenceStep[];
  readonly nearMisses: readonly NearMiss[];
}

/** Which listeners can take a connection: inside TLS the hello alone tells them apart, so that those of HTTPS and of TLS stand side by side. */
const PROTOCOLS: Readonly<Record<ClientScheme, readonly ListenerProtocol[]>> = {
  http: ['HTTP'],
  https: ['HTTPS', 'TLS'],
  tls: ['TLS', 'HTTPS'],
  tcp: ['TCP'],
  udp: ['UDP'],
};

/** Chooses by the Host header, inside TLS by the SNI, for TCP and UDP by the port alone (rules G11, G12, G39, G40, G45). */
export function choose(state: GatewayState, arrival: Arrival): ListenerChoice {
  const { scheme, port } = arrival;
  const protocols = PROTOCOLS[scheme];
  const here = state.listeners.filter(({ listener }) => listener.port === port && protocols.some((one) => one === listener.protocol));
  const served = here.filter(({ programmed }) => programmed);
  const byPort = scheme === 'tcp' || scheme === 'udp';
  const name = scheme === 'http' ? arrival.host : arrival.sni?.toLowerCase();
  const listener = byPort ? served[0] : listenerFor(served, name);
  const steps = here.map((one) => listenerStep(one, listener, name));
  if (!listener) {
    const why = noListener(state, arrival, name);
    const step: EvidenceStep = {
      stage: 'listener',
      outcome: 'no-match',
      reason: 'LISTENER_MISSING',
      message: why,
      object: state.gateway.ref,
    };
    const connects = scheme === 'http' && served.length > 0;
    return { listener: undefined, misdirected: undefined, why, connects, steps: [...steps, step], nearMisses: nearest(served, name, why) };
  }
  return { listener, why: '', connects: true, nearMisses: [], ...misdirection(served, listener, arrival, steps) };
}

/** Whether another listener for HTTPS fits the Host header better than the one that the connection was opened for (`Listener.Hostname`). */
function misdirection(
  served: readonly JudgedListener[],
  listener: JudgedListener,
  { host, sni }: Arrival,
  steps: readonly EvidenceStep[],
): Pick<ListenerChoice, 'misdirected' | 'steps'> {
  const ofHost = served.filter((one) => one.listener.protocol === 'HTTPS');
  const better = listener.listener.protocol === 'HTTPS' && host !== undefined ? listenerFor(ofHost, host) : undefined;
  if (!better || better === listener) return { misdirected: undefined, steps };
  const message = `421: the connection was opened for \`${sni ?? '(no name)'}\` on listener \`${listener.listener.name}\`, and listener \`${better.listener.name}\` fits host \`${host ?? ''}\` better`;
  const step: EvidenceStep = {
    stage: 'listener',
    outcome: 'no-match',
    reason: 'MISDIRECTED_REQUEST',
    message,
    object: better.owner.ref,
    pointer: better.listener.pointer,
  };
  return { misdirected: message, steps: [...steps, step] };
}

function noListener({ listeners, gateway }: GatewayState, { scheme, port }: Arrival, name: string | undefined): string {
  const ports = [
    ...new Set(listeners.filter((one) => one.programmed).map(({ listener }) => `${listener.port}/${listener.protocol ?? '?'}`)),
  ];
  const listens = ports.length === 0 ? 'nothing of it is served' : `it listens on ${ports.join(', ')}`;
  const asked = scheme === 'tcp' || scheme === 'udp' ? '' : name === undefined ? ' for a client that names no host' : ` for \`${name}\``;
  return `Gateway ${gateway.namespace}/${gateway.ref.name} takes no ${scheme.toUpperCase()} connection on port ${port}${asked}: ${listens}`;
}

/** The listener that was probably meant. */
function nearest(served: readonly JudgedListener[], name: string | undefined, message: string): readonly NearMiss[] {
  const hint = name === undefined ? undefined : didYouMeanHint(name, new Set(served.flatMap(({ listener }) => listener.hostname ?? [])));
  return hint === undefined ? [] : [{ reason: 'LISTENER_OTHER_NAME', object: null, pointer: null, message, fix: hint }];
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

import { inMap } from '../../../kernel/in-map.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { PASSTHROUGH, type TransportServer } from '../../../resources/transport-server.js';
import type { ConnectionRequest, RouteRequest } from '../../route-request.js';
import type { ClassRouter, JudgedRule, Judgement, Outcome } from '../dialect.js';
import { closed, type Source, unknown } from '../nginx/nginx-outcomes.js';
import { parentDomain, readRequestHost } from '../request-host.js';
import type { F5Listeners } from './f5-listeners.js';
import { f5Options } from './f5-options.js';
import { backupGranted } from './f5-upstream.js';
import { compareClaims, isUndecided } from './f5-server.js';
import { transportOutcome, transportRule } from './transport-outcome.js';

/** Who has a name of a listener: the first, and those of which it is not known whether they come before it. */
interface Held {
  readonly holder: TransportServer;
  readonly rivals: TransportServer[];
}

const OPEN_LISTENERS = 'there are several GlobalConfigurations, and which of them the controller reads is not known';

type Connection = NonNullable<RouteRequest['connection']>;

/** Connections and packets that TransportServers take at listeners of the GlobalConfiguration (nginx/kubernetes-ingress `internal/k8s/configuration.go`, `buildListenerHostsAndTSConfigurations`). */
export class F5Streams {
  /** By listener, then by host; empty: whatever name. */
  private readonly byListener = new Map<string, Map<string, Held>>();
  private readonly valid: readonly TransportServer[];

  constructor(
    private readonly router: ClassRouter,
    private readonly model: NetworkModel,
    transports: readonly TransportServer[],
    private readonly listeners: F5Listeners,
  ) {
    this.valid = transports
      .filter(({ fault, listener }) => fault === undefined && listener.name !== PASSTHROUGH.name)
      .toSorted(compareClaims);
    for (const one of this.valid) {
      if (!listeners.named(one.listener.name, one.listener.protocol)) continue;
      const hosts = inMap(this.byListener, one.listener.name, () => new Map<string, Held>());
      const held = inMap(hosts, one.host ?? '', (): Held => ({ holder: one, rivals: [] }));
      if (held.holder !== one && isUndecided(held.holder, one)) held.rivals.push(one);
    }
  }

  /** Whether a listener of connections or packets is at the port. */
  listensAt(port: number, scheme: ConnectionRequest['scheme']): boolean {
    const listener = this.listeners.at(port, scheme === 'udp' ? 'UDP' : 'TCP');
    return listener !== undefined && listener.protocol !== 'HTTP';
  }

  judge({ scheme, port }: Connection, sni: string | undefined): Judgement {
    const listener = this.listensAt(port, scheme) ? this.listeners.at(port, scheme === 'udp' ? 'UDP' : 'TCP') : undefined;
    const hosts = listener && this.byListener.get(listener.name);
    const taking = hosts && held(hosts, scheme === 'tls' ? sni : undefined);
    const ends = (one: TransportServer) => transportOutcome(this.router, this.model, one, sni);
    const rivals = taking?.rivals.map((one) => ({ ...ends(one), because: 'HOST_OWNER_UNKNOWN' as const })) ?? [];
    const outcome = taking ? ends(taking.holder) : this.untaken(scheme, port);
    return {
      outcomes: [outcome, ...rivals],
      judged: this.valid.map((one) => this.judged(one, listener?.name, taking)),
      assumptions: backupGranted(outcome, f5Options(this.model, this.router.className)),
      warnings: [],
    };
  }

  /** Nobody takes it: HTTP does on its ports, and others are closed. */
  private untaken(scheme: Connection['scheme'], port: number): Outcome {
    const source: Source = { router: this.router, ingress: undefined, pointer: '', served: '' };
    if (this.listeners.isOpen) return unknown(source, 'NOT_EVALUATED', OPEN_LISTENERS);
    const isHttp = scheme === 'tls' || (scheme === 'tcp' && (port === 80 || port === 443 || this.listeners.at(port, 'TCP') !== undefined));
    if (isHttp && !this.listensAt(port, scheme)) {
      const message = 'HTTP takes the connection, and the request inside it decides';
      const outcome = unknown(source, 'NOT_EVALUATED', message);
      const step = { stage: 'decision', outcome: 'info', reason: 'HTTP_TAKES_CONNECTION', message } as const;
      return { ...outcome, place: undefined, reached: { ...outcome.reached, steps: [step] } };
    }
    const what = scheme === 'udp' ? 'packets' : 'connections';
    return closed(source, 'decision', 'LISTENER_MISSING', `no TransportServer takes ${what} at port ${port}`);
  }

  /** Why a TransportServer gets nothing, whatever is asked; undefined: it may. */
  whyIdle(transport: TransportServer): string | undefined {
    const { listener, host = '' } = transport;
    if (!this.listeners.named(listener.name, listener.protocol))
      return this.listeners.isOpen
        ? undefined
        : `no GlobalConfiguration has a listener \`${listener.name}\` of protocol ${listener.protocol}`;
    const found = this.byListener.get(listener.name)?.get(host);
    if (!found || found.holder === transport || found.rivals.includes(transport)) return undefined;
    return `listener \`${listener.name}\`${host === '' ? '' : ` with host \`${host}\``} belongs to ${describeRef(found.holder.ref)}, which comes first`;
  }

  /** Why it is not known whether a TransportServer that is not idle gets anything; undefined: it does. */
  whyOpen({ listener, host = '' }: TransportServer): string | undefined {
    if (this.listeners.isOpen) return OPEN_LISTENERS;
    const rivals = this.byListener.get(listener.name)?.get(host)?.rivals.length ?? 0;
    return rivals === 0
      ? undefined
      : `${rivals + 1} TransportServers of one age claim listener \`${listener.name}\`: which of them has it is not known`;
  }

  private judged(one: TransportServer, listener: string | undefined, taking: Held | undefined): JudgedRule {
    const rule = transportRule(one);
    const none = { key: null, own: null, other: null };
    const idle = this.whyIdle(one);
    if (idle !== undefined) {
      const isMissing = !this.listeners.named(one.listener.name, one.listener.protocol);
      return { rule, outcome: 'excluded', reason: isMissing ? 'LISTENER_MISSING' : 'HOST_TAKEN', ...none, message: idle };
    }
    const isRival = taking?.rivals.includes(one) === true;
    if (isRival || (taking?.holder === one && taking.rivals.length > 0))
      return { rule, outcome: 'possible', reason: 'HOST_OWNER_UNKNOWN', ...none, message: 'several of one age claim the listener' };
    if (taking?.holder === one)
      return { rule, outcome: 'selected', reason: 'CONNECTION_ROUTED', ...none, message: 'it takes what comes to its listener' };
    const [reason, message] =
      one.listener.name === listener
        ? (['HOST_LESS_SPECIFIC', 'its listener is asked, but another host of it is'] as const)
        : (['ENTRY_POINT_OTHER', `it takes what comes to listener \`${one.listener.name}\``] as const);
    return { rule, outcome: 'no-match', reason, ...none, message };
  }

  get transports(): readonly TransportServer[] {
    return this.valid;
  }
}

/** nginx's order of names in TLS: the precise one, then the longest wildcard; without such a name the server whose file comes first (`stream-conf.d/*.conf`). */
function held(hosts: ReadonlyMap<string, Held>, sni: string | undefined): Held | undefined {
  const name = sni === undefined ? '' : readRequestHost(sni).name;
  let found = name === '' ? undefined : hosts.get(name);
  for (let domain = parentDomain(name); !found && domain !== undefined; domain = parentDomain(domain)) found = hosts.get(`*.${domain}`);
  if (found) return found;
  const fileOf = ({ holder }: Held) => `ts_${holder.namespace}_${holder.ref.name}.conf`;
  let first: Held | undefined;
  for (const one of hosts.values()) if (!first || fileOf(one) < fileOf(first)) first = one;
  return first;
}

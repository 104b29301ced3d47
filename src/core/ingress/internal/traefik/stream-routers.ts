import { inMap } from '../../../kernel/in-map.js';
import { err, ok, type Result } from '../../../kernel/result.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { MiddlewareTCP, ServersTransportTCP, StreamBackend } from '../../../resources/traefik-stream.js';
import { judgeRule } from '../../../traefik-rule/compile-rule.js';
import type { SeenRequest } from '../../../traefik-rule/seen-request.js';
import type { RouteBackend } from '../../route-result.js';
import { isReadBy } from './class-of-route.js';
import type { TraefikOptions } from './options.js';
import { neverConnected } from './never-holds.js';
import { PlainServices } from './plain-services.js';
import { clientCertificate } from './servers-transports.js';
import { ByReference, resolveReference, shownReference } from './references.js';
import { routersOfTcp, routersOfUdp, type StreamRouter } from './stream-router.js';
import type { Attempt } from './takers.js';
import { combined, droppedTarget, type Target, unknownTarget, type Weighted } from './target.js';
import { STREAM_READING } from './traefik-readings.js';
import type { TlsOptions } from './tls-options.js';
import { inBrief } from '../../../kernel/in-brief.js';

/** A connection, or packets, as routers see it. */
export interface ArrivingStream {
  readonly kind: 'tls' | 'tcp' | 'udp';
  /** Undefined: not known. */
  readonly entryPoint: string | undefined;
  readonly seen: SeenRequest;
}

/** A middleware for which there is no router, and where it is named. */
interface FaultyUse {
  readonly pointer: string;
  readonly message: string;
}

/** The routers of connections and packets of one class, and what they refer to. */
export class StreamRouters {
  readonly tcp: readonly StreamRouter[];
  readonly udp: readonly StreamRouter[];
  private readonly withTls: readonly StreamRouter[];
  private readonly withoutTls: readonly StreamRouter[];
  private readonly targets = new Map<StreamRouter, Target>();
  private readonly actions = new Map<StreamRouter, Result<readonly MiddlewareTCP[], FaultyUse>>();
  private readonly tlsAt = new Map<string | undefined, boolean>();
  private readonly plain: PlainServices;
  private readonly middlewares: ByReference<MiddlewareTCP>;
  private readonly transports: ByReference<ServersTransportTCP>;

  constructor(
    private readonly model: NetworkModel,
    className: string | undefined,
    private readonly options: TraefikOptions,
    private readonly tls: TlsOptions,
    /** Those that stand in no object of Traefik's own. */
    others: readonly StreamRouter[] = [],
  ) {
    const { tcpRoutes, udpRoutes, tcpMiddlewares, tcpServersTransports } = model.traefik;
    const byPriority = (routers: readonly StreamRouter[]) => routers.toSorted((a, b) => b.priority - a.priority);
    this.tcp = byPriority([
      ...tcpRoutes.filter((one) => isReadBy(one, className, options)).flatMap((one) => routersOfTcp(one, options)),
      ...others,
    ]);
    this.withTls = this.tcp.filter(({ parts }) => parts.tls !== undefined);
    this.withoutTls = this.tcp.filter(({ parts }) => parts.tls === undefined);
    this.udp = udpRoutes.filter((one) => isReadBy(one, className, options)).flatMap(routersOfUdp);
    this.plain = new PlainServices(model, options, {
      reading: STREAM_READING,
      nativeLBByDefault: options.nativeLBByDefault.kubernetescrd,
      nodesFirst: true,
      keepsDraining: false,
    });
    this.middlewares = new ByReference(tcpMiddlewares);
    this.transports = new ByReference(tcpServersTransports);
  }

  /** How each router that takes such connections fares, the one that is tried first first. */
  attempts(stream: ArrivingStream): readonly Attempt<StreamRouter>[] {
    const seen = { ...stream.seen, deepWildcards: this.options.deepWildcards };
    return this.routersFor(stream.kind).map((router) => this.attempt(router, { ...stream, seen }));
  }

  /** Those that such connections are tried with. */
  routersFor(kind: ArrivingStream['kind']): readonly StreamRouter[] {
    return kind === 'udp' ? this.udp : kind === 'tls' ? this.withTls : this.withoutTls;
  }

  /** Whether a router for connections with TLS may listen at an entry point; undefined: at one that is not known. */
  speakTlsAt(entryPoint: string | undefined): boolean {
    const known = this.tlsAt.get(entryPoint);
    if (known !== undefined) return known;
    const speak = this.tcp.some((router) => router.parts.tls && router.parts.entryPoints.mayHave(entryPoint) && this.isMade(router));
    this.tlsAt.set(entryPoint, speak);
    return speak;
  }

  private isMade(router: StreamRouter): boolean {
    return router.parts.fault === undefined && router.compiled?.ok !== false && this.targetOf(router).dropped === undefined;
  }

  private attempt(router: StreamRouter, { entryPoint, seen }: ArrivingStream): Attempt<StreamRouter> {
    const { parts, compiled } = router;
    const { entryPoints } = parts;
    const no = (reason: string, message: string, key = 'rule'): Attempt<StreamRouter> => {
      return { router, state: 'excluded', reason, key, own: inBrief(parts.text), other: null, message };
    };
    if (parts.fault !== undefined) return no('ROUTER_REFUSED', parts.fault);
    if (compiled && !compiled.ok) return no('RULE_REFUSED', `the rule is refused: ${compiled.error.message}`);
    const { holds, because } = compiled ? judgeRule(compiled.value, seen) : { holds: true, because: 'it has no rule' };
    if (holds === false) {
      const never = neverConnected(router);
      return never === undefined ? { ...no('RULE_NO_MATCH', because), state: 'no-match' } : no('RULE_NEVER_HOLDS', never);
    }
    const { dropped } = this.targetOf(router);
    if (dropped) return no(dropped.reason, `matches, but Traefik makes no router of it: ${dropped.message}`, 'backend');
    const actions = this.actionsOf(router);
    if (!actions.ok) return no('MIDDLEWARE_MISSING', `matches, but Traefik makes no router of it: ${actions.error.message}`, 'middleware');
    const refused = this.refusedTls(router);
    if (refused !== undefined) return no('TLS_OPTION_MISSING', `matches, but Traefik makes no router of it: ${refused}`, 'tls');
    if (entryPoint === undefined && !entryPoints.areAll) {
      return {
        ...no(
          'ENTRY_POINT_UNKNOWN',
          `matches, and listens on ${entryPoints.text}: whether the connection arrives there is not known`,
          'entry-point',
        ),
        state: 'unknown',
      };
    }
    if (entryPoint !== undefined && !entryPoints.has(entryPoint)) {
      return no('ENTRY_POINT_OTHER', `matches, but listens on ${entryPoints.text} alone, not on \`${entryPoint}\``, 'entry-point');
    }
    if (holds === undefined) return { ...no('RULE_UNKNOWN', because), state: 'unknown' };
    return { router, state: 'match', reason: 'RULE_HOLDS', key: null, own: null, other: null, message: because };
  }

  /** Why the provider passes over a router because of its TLS options; undefined: it does not. */
  refusedTls(router: StreamRouter): string | undefined {
    return this.tls.askedBy(router).refused;
  }

  /** Several Services by their weights; one that cannot be served is left out (`loadIngressRouteTCPConfiguration`), and without any there is no router. */
  targetOf(router: StreamRouter): Target {
    return inMap(this.targets, router, () => this.findTarget(router));
  }

  private findTarget({ holder, parts }: StreamRouter): Target {
    if (parts.target) return parts.target();
    const lists = [...(parts.earlierServices ?? []), parts.services].map((services) =>
      services.map((one) => ({ weight: one.weight, target: this.service(holder, one) })),
    );
    const nobody = lists.at(-1)?.[0]?.target ?? droppedTarget('BACKEND_INVALID', 'it names no Service', holder, parts.rule.pointer);
    return underOneName(lists) ?? nobody;
  }

  private service(holder: StreamRouter['holder'], asked: StreamBackend): Target {
    const { name, namespace, port, pointer, serversTransport } = asked;
    const own = namespace ?? holder.namespace;
    const refuse = (reason: string, message: string) => droppedTarget(reason, message, holder, pointer);
    if (own !== holder.namespace && !this.options.allowCrossNamespace) {
      return refuse(
        'NAMESPACE_CROSSED',
        `the Service \`${own}/${name}\` is not in the namespace of its router, which needs \`allowCrossNamespace\``,
      );
    }
    if (port === undefined) return refuse('PORT_MISSING', 'service port not defined');
    const transport = serversTransport === undefined ? undefined : this.transportOf(holder.namespace, serversTransport);
    if (typeof transport === 'string') return refuse('BACKEND_INVALID', transport);
    const target = this.plain.service(holder, {
      ...asked,
      port,
      key: `${own}/${name}`,
      passHostHeader: true,
      sticky: false,
    });
    const shown = transport ? clientCertificate(this.model, transport) : null;
    const tls: RouteBackend['tls'] = { sni: transport?.serverName ?? null, policy: null, names: [], clientCertificate: shown };
    const spoken = { protocol: null, tls: asked.tls ? tls : null };
    return { ...target, backends: target.backends.map((sent) => ({ ...sent, backend: { ...sent.backend, ...spoken } })) };
  }

  private transportOf(namespace: string, name: string): ServersTransportTCP | undefined | string {
    const resolved = resolveReference({ name, namespace: undefined }, namespace, this.options);
    if ('fault' in resolved) return `the ServersTransportTCP ${resolved.fault}`;
    if ('foreign' in resolved) return undefined;
    return this.transports.find(resolved) ?? `ServersTransportTCP ${shownReference(resolved)} does not exist`;
  }

  /** The middlewares of a router in their order, or why there is no router; one of another provider is left out. */
  actionsOf(router: StreamRouter): Result<readonly MiddlewareTCP[], FaultyUse> {
    return inMap(this.actions, router, () => this.findActions(router));
  }

  private findActions({ holder, parts }: StreamRouter): Result<readonly MiddlewareTCP[], FaultyUse> {
    const found: MiddlewareTCP[] = [];
    for (const use of parts.middlewares) {
      const { pointer } = use;
      const resolved = resolveReference(use, holder.namespace, this.options);
      if ('fault' in resolved) return err({ pointer, message: `the middleware ${resolved.fault}` });
      if ('foreign' in resolved) continue;
      const middleware = this.middlewares.find(resolved);
      const shown = shownReference(resolved);
      if (!middleware) return err({ pointer, message: `middleware "${shown}" does not exist${this.middlewares.nearest(shown)}` });
      const { action } = middleware;
      if (action.type === 'invalid') return err({ pointer, message: `middleware "${shown}" is invalid: ${action.why}` });
      found.push(middleware);
    }
    return ok(found);
  }
}

/**
 * What stands in the end under the name of routers, by the Services of each in their order; undefined: nothing. A list of one takes the place of what there is, the served ones of a longer
 * list are added to it, and the provider breaks off where it would have to add some to one alone (`conf.Services[serviceName]` of `loadIngressRouteTCPConfiguration`).
 */
function underOneName(lists: readonly (readonly Weighted[])[]): Target | undefined {
  let alone: Target | undefined;
  let added: Weighted[] = [];
  for (const list of lists) {
    const served = list.filter(({ target }) => target.dropped === undefined);
    if (served.length === 0) continue;
    if (list.length === 1) {
      [alone, added] = [served[0]?.target, []];
      continue;
    }
    if (alone) return unknownTarget('SERVICE_NOT_KNOWN', BREAKS_OFF);
    for (const one of served) added.push(one);
  }
  return alone ?? (added.length > 0 ? combined(added) : undefined);
}

const BREAKS_OFF =
  'of several routes with the same rule one names one Service and a later one several: there Traefik breaks off, and keeps the routers that it had before';

import { didYouMeanHint } from '../../../kernel/did-you-mean.js';
import { qualifiedName } from '../../../kernel/object-ref.js';
import { type Problem, problem } from '../../../kernel/problem.js';
import { err, ok, type Result } from '../../../kernel/result.js';
import { forEachInSteps, type Steps } from '../../../kernel/steps.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { prepareRouting } from '../../prepare-routing.js';
import { judgeConnection } from '../../route-connection.js';
import type { RouteSide } from '../../route-diff-result.js';
import type { ConnectionRequest, DialectName, RouteRequest } from '../../route-request.js';
import { route } from '../../route.js';
import { routeThroughGateway } from '../../route-through-gateway.js';
import { handledClasses, knownClass } from '../class-choice.js';
import { dialectOfClass } from '../class-dialect.js';
import type { ClassRouter } from '../dialect.js';
import { type GatewayState, gatewayState } from '../gateway/gateway-state.js';
import { missingClass } from '../gateway/missing-class.js';
import { routerOf } from '../router-cache.js';
import { AskedClients } from './asked-clients.js';
import { connectionsOfClass } from './class-connections.js';
import { rulesOfClass } from './class-side-rules.js';
import type { ConnectionRule } from './connection-rule.js';
import { connectionsOfGateway } from './gateway-connections.js';
import { rulesOfIngressRoutes } from './ingress-route-side-rules.js';
import { rulesOfVirtualServers } from './virtual-server-side-rules.js';
import { rulesOfGateway } from './gateway-side-rules.js';
import type { Routed } from './side-answer.js';
import type { SideRule } from './side-rule.js';

/** Ports that a Gateway listens on for requests of a scheme. */
type Ports = Readonly<Record<'http' | 'https', readonly number[]>>;

/** What a side makes of a connection: `requests` where HTTP takes it, and the request inside decides. */
export type Connected = Routed | 'requests';

/** One side: what routes a request there, and by which rules. */
export interface Side {
  readonly title: string;
  readonly class: string | null;
  readonly gateway: string | null;
  /** Whether the class exists that a controller would serve it by. */
  readonly isHandled: boolean;
  readonly dialects: readonly DialectName[];
  readonly rules: readonly SideRule[];
  readonly connections: readonly ConnectionRule[];
  /** Undefined: it takes requests on whatever port they are sent to. */
  readonly ports: Ports | undefined;
  readonly clients: AskedClients;
  route(request: RouteRequest, port: number): Result<Routed, Problem>;
  /** The same with its evidence. */
  explain(request: RouteRequest, port: number): Result<Routed, Problem>;
  /** Who gets a connection, or packets. */
  connect(connection: ConnectionRequest, port: number): Result<Connected, Problem>;
}

/** So many rules are read in one step. */
const STRETCH = 200;

/** The side that is asked for. Fails with `unknown-object` for a class or a Gateway that does not exist. */
export function* sideOf(model: NetworkModel, side: RouteSide): Steps<Result<Side, Problem>> {
  if (side.by === 'ingress') return yield* ingressSide(model, side);
  const state = gatewayState(model, side.gateway);
  if (state) return ok(yield* gatewaySide(model, side, state));
  const hint = didYouMeanHint(side.gateway, model.gatewayApi.gateways.keys());
  return err(problem('unknown-object', `no Gateway \`${side.gateway}\``, hint === undefined ? {} : { hint }));
}

function* ingressSide(model: NetworkModel, side: Extract<RouteSide, { by: 'ingress' }>): Steps<Result<Side, Problem>> {
  const { class: asked, dialect } = side;
  const known = asked === undefined ? undefined : knownClass(model, asked);
  if (known && !known.ok) return known;
  yield* prepareRouting(model, side);
  const named = known?.value;
  const routers = (named === undefined ? handledClasses(model) : [named]).map((name) =>
    routerOf(model, name, dialect ?? dialectOfClass(model, name).judged),
  );
  const dialects = [...new Set(routers.map((router) => router.dialect))];
  const only = routers.length === 1 ? (routers[0]?.className ?? null) : null;
  return ok({
    title: `${only === null ? 'Ingresses' : `class ${only}`} by ${dialects.length === 0 ? 'no rules' : dialects.join(' and ')}`,
    class: asked ?? only,
    gateway: null,
    isHandled: true,
    dialects,
    rules: yield* allOf(routers, (router) => rulesOfRouter(model, router)),
    connections: yield* allOf(routers, (router) => connectionsOfClass(model, router)),
    ports: undefined,
    clients: new AskedClients(model, routers),
    route: (request) => route(model, { request, class: asked, dialect }, 'outcome'),
    explain: (request) => route(model, { request, class: asked, dialect }),
    connect: (connection, port) => {
      const judged = judgeConnection(model, connection, port, { class: asked, dialect });
      if (!judged.ok) return judged;
      const { by, answer } = judged.value;
      return ok(by === 'rules' ? answer : by === 'requests' ? by : refused(answer));
    },
  });
}

function* rulesOfRouter(model: NetworkModel, router: ClassRouter): Iterable<SideRule> {
  yield* rulesOfClass(model, router);
  yield* rulesOfIngressRoutes(model, router);
  yield* rulesOfVirtualServers(model, router);
}

function* allOf<F, T>(parts: readonly F[], listed: (part: F) => Iterable<T>): Steps<readonly T[]> {
  const all: T[] = [];
  for (const part of parts) yield* forEachInSteps(listed(part), STRETCH, (one) => all.push(one));
  return all;
}

/** The controller takes requests alone. */
function refused(answer: Routed): Routed {
  const nothing = { backends: [], possibilities: [], candidates: [], responseHeaders: [], mirrors: [], redirect: null, status: null };
  return { ...answer, verdict: 'CONNECTION_REFUSED', result: { ...answer.result, ...nothing }, assumptions: [], warnings: [] };
}

function* gatewaySide(model: NetworkModel, { gateway, dialect }: Extract<RouteSide, { by: 'gateway' }>, state: GatewayState): Steps<Side> {
  const portsOf = (protocols: readonly string[]) => {
    const own = state.listeners.filter(({ listener }) => listener.protocol !== undefined && protocols.includes(listener.protocol));
    return [...new Set(own.map(({ listener }) => listener.port))].sort((x, y) => x - y);
  };
  const routed: Side['route'] = (request, port) => {
    const { clientCertificate } = request;
    const client = { clientCertificate: clientCertificate?.secret, assumesCertificate: clientCertificate === undefined };
    return routeThroughGateway(model, { request, gateway, port, dialect, ...client });
  };
  const tcpPorts = new Set(portsOf(['TCP']));
  return {
    title: `Gateway ${qualifiedName(state.gateway.ref)} by ${dialect ?? 'gateway-api'}`,
    class: state.gateway.className,
    gateway,
    isHandled: missingClass(model, state.gateway) === undefined,
    dialects: [dialect ?? 'gateway-api'],
    rules: yield* allOf([state], rulesOfGateway),
    connections: yield* allOf([state], connectionsOfGateway),
    ports: { http: portsOf(['HTTP']), https: portsOf(['HTTPS', 'TLS']) },
    clients: new AskedClients(model, []),
    route: routed,
    explain: routed,
    connect: (connection, port) => {
      // A listener of TCP takes what is inside as it is, TLS too.
      const scheme = connection.scheme === 'tls' && tcpPorts.has(port) ? 'tcp' : connection.scheme;
      const answer = routeThroughGateway(model, { request: { ...connection, scheme }, gateway, port, dialect, assumesCertificate: true });
      return answer.ok && isOfHttp(answer.value) ? ok('requests') : answer;
    },
  };
}

/** HTTP is expected inside TLS. */
const isOfHttp = ({ result }: Routed) => result.unspecified.some(({ code }) => code === 'LISTENER_SPEAKS_HTTP');

/** The ports that requests of a scheme are sent to: those of the Gateways, else the scheme's own; without those where one side has rules for connections that are no Gateway's. */
export function portsTried(a: Side, b: Side, scheme: 'http' | 'https'): readonly number[] {
  const ports = new Set([...(a.ports?.[scheme] ?? []), ...(b.ports?.[scheme] ?? [])]);
  const ofConnections = new Set([a, b].flatMap((side) => (side.ports ? [] : side.connections.flatMap((one) => one.ports))));
  const usual = scheme === 'http' ? 80 : 443;
  const tried = [...ports].filter((port) => port === usual || !ofConnections.has(port)).sort((x, y) => x - y);
  return tried.length > 0 ? tried : [usual];
}

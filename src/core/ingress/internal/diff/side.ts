import type { Answer } from '../../../kernel/answer.js';
import { didYouMeanHint } from '../../../kernel/did-you-mean.js';
import { qualifiedName } from '../../../kernel/object-ref.js';
import { type Problem, problem } from '../../../kernel/problem.js';
import { err, ok, type Result } from '../../../kernel/result.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { RouteSide } from '../../route-diff-result.js';
import type { DialectName, RouteRequest } from '../../route-request.js';
import type { RouteResult, RouteVerdict } from '../../route-result.js';
import { route } from '../../route.js';
import { routeThroughGateway } from '../../route-through-gateway.js';
import { handledClasses, knownClass } from '../class-choice.js';
import { dialectOfClass } from '../class-dialect.js';
import { type GatewayState, gatewayState } from '../gateway/gateway-state.js';
import { routerOf } from '../router-cache.js';
import { AskedClients } from './asked-clients.js';
import { rulesOfClass } from './class-side-rules.js';
import { rulesOfIngressRoutes } from './ingress-route-side-rules.js';
import { rulesOfVirtualServers } from './virtual-server-side-rules.js';
import { rulesOfGateway } from './gateway-side-rules.js';
import type { SideRule } from './side-rule.js';

/** Ports that a Gateway listens on for requests of a scheme. */
type Ports = Readonly<Record<'http' | 'https', readonly number[]>>;

/** One side: what routes a request there, and by which rules. */
export interface Side {
  readonly title: string;
  readonly class: string | null;
  readonly gateway: string | null;
  readonly dialects: readonly DialectName[];
  readonly rules: readonly SideRule[];
  /** Undefined: it takes requests on whatever port they are sent to. */
  readonly ports: Ports | undefined;
  /** Has routes for TCP or UDP. */
  readonly hasConnections: boolean;
  readonly clients: AskedClients;
  route(request: RouteRequest, port: number): Result<Answer<RouteVerdict, RouteResult>, Problem>;
  /** The same with its evidence. */
  explain(request: RouteRequest, port: number): Result<Answer<RouteVerdict, RouteResult>, Problem>;
}

/** The side that is asked for. Fails with `unknown-object` for a class or a Gateway that does not exist. */
export function sideOf(model: NetworkModel, side: RouteSide): Result<Side, Problem> {
  if (side.by === 'ingress') return ingressSide(model, side);
  const state = gatewayState(model, side.gateway);
  if (state) return ok(gatewaySide(model, side, state));
  const hint = didYouMeanHint(side.gateway, model.gatewayApi.gateways.keys());
  return err(problem('unknown-object', `no Gateway \`${side.gateway}\``, hint === undefined ? {} : { hint }));
}

function ingressSide(model: NetworkModel, { class: asked, dialect }: Extract<RouteSide, { by: 'ingress' }>): Result<Side, Problem> {
  const known = asked === undefined ? undefined : knownClass(model, asked);
  if (known && !known.ok) return known;
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
    dialects,
    rules: routers.flatMap((router) => [
      ...rulesOfClass(model, router),
      ...rulesOfIngressRoutes(model, router),
      ...rulesOfVirtualServers(model, router),
    ]),
    ports: undefined,
    hasConnections: routers.some((router) => router.hasConnections === true),
    clients: new AskedClients(model, routers),
    route: (request) => route(model, { request, class: asked, dialect }, 'outcome'),
    explain: (request) => route(model, { request, class: asked, dialect }),
  });
}

function gatewaySide(model: NetworkModel, { gateway, dialect }: Extract<RouteSide, { by: 'gateway' }>, state: GatewayState): Side {
  const portsOf = (protocols: readonly string[]) => {
    const own = state.listeners.filter(({ listener }) => listener.protocol !== undefined && protocols.includes(listener.protocol));
    return [...new Set(own.map(({ listener }) => listener.port))].sort((x, y) => x - y);
  };
  const routed: Side['route'] = (request, port) => routeThroughGateway(model, { request, gateway, port, dialect });
  return {
    title: `Gateway ${qualifiedName(state.gateway.ref)} by ${dialect ?? 'gateway-api'}`,
    class: state.gateway.className,
    gateway,
    dialects: [dialect ?? 'gateway-api'],
    rules: [...rulesOfGateway(state)],
    ports: { http: portsOf(['HTTP']), https: portsOf(['HTTPS', 'TLS']) },
    hasConnections: state.attachments.some(({ route: { kind } }) => kind === 'TCPRoute' || kind === 'UDPRoute'),
    clients: new AskedClients(model, []),
    route: routed,
    explain: routed,
  };
}

/** The ports that requests of a scheme are sent to: those of the Gateways, else the scheme's own. */
export function portsTried(a: Side, b: Side, scheme: 'http' | 'https'): readonly number[] {
  const ports = new Set([...(a.ports?.[scheme] ?? []), ...(b.ports?.[scheme] ?? [])]);
  return ports.size > 0 ? [...ports].sort((x, y) => x - y) : [scheme === 'http' ? 80 : 443];
}

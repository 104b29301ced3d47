import { assertNever } from '../../../kernel/assert-never.js';
import { qualifiedName } from '../../../kernel/object-ref.js';
import { formatIp } from '../../../net/ip.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { NginxPolicy, NginxPolicyReference } from '../../../resources/nginx-policy.js';
import type { ServicePort } from '../../../resources/service.js';
import { PASSTHROUGH, type TransportServer } from '../../../resources/transport-server.js';
import type { VirtualRoute, VirtualServer, VirtualServerRoute } from '../../../resources/virtual-server.js';
import type { ExternalEndpoint, ReportedStatus } from '../../gateway-status-result.js';
import { handshakeFault } from './f5-certificate.js';
import { isUndecided } from './f5-server.js';
import type { F5Router } from './nginx-f5.js';
import { receiversOf, type VirtualPlace, virtualServerRouteNamed } from './virtual-places.js';

/** A kind of the controller with a status. */
export type F5Object = VirtualServer | VirtualServerRoute | TransportServer | NginxPolicy;

type Said = Omit<ReportedStatus, 'externalEndpoints'>;

/** What the controller writes into the status of an object (nginx/kubernetes-ingress `internal/k8s/controller.go`, `processProblems`, `update…StatusAndEvents`; `configuration.go`, `addProblemsFor…`). */
export function f5Status(router: F5Router, object: F5Object): ReportedStatus {
  const hasEndpoints = object.kind === 'VirtualServer' || object.kind === 'VirtualServerRoute';
  return { ...said(router, object), externalEndpoints: hasEndpoints ? externalEndpoints(router) : null };
}

/** Whether nothing says who has what the object claims. */
export function isClaimOpen({ table, streams }: F5Router, object: F5Object): boolean {
  if (object.kind === 'NginxPolicy' || object.kind === 'VirtualServerRoute') return false;
  if (object.kind === 'TransportServer' && object.listener.name !== PASSTHROUGH.name) return streams.whyOpen(object) !== undefined;
  const { host = '' } = object;
  const holder = table.servers.get(host)?.owner;
  const isHolder = holder?.ref === object.ref;
  return isHolder ? table.rivalsFor(host).length > 0 : holder !== undefined && isUndecided(object, holder);
}

function said(router: F5Router, object: F5Object): Said {
  const key = qualifiedName(object.ref);
  const kind = object.kind === 'NginxPolicy' ? 'Policy' : object.kind;
  const fault = faultOf(router, object);
  if (fault !== undefined) {
    const text = kind === 'Policy' ? `is invalid and was rejected: ${fault}` : `was rejected with error: ${fault}`;
    return { state: 'Invalid', reason: 'Rejected', message: `${kind} ${key} ${text}`, referencedBy: null };
  }
  switch (object.kind) {
    case 'NginxPolicy':
      return { state: 'Valid', reason: 'AddedOrUpdated', message: `Policy ${key} was added or updated`, referencedBy: null };
    case 'TransportServer':
      return ofTransport(router, object);
    case 'VirtualServer':
      return ofServer(router, object);
    case 'VirtualServerRoute':
      return ofRoute(router, object);
    default:
      return assertNever(object);
  }
}

/** As the controller sees it: flags of it may forbid what the object alone may have. */
function faultOf({ objects }: F5Router, object: F5Object): string | undefined {
  const same = ({ ref }: { readonly ref: F5Object['ref'] }) => ref === object.ref;
  if (object.kind === 'NginxPolicy') return object.fault;
  const list = { VirtualServer: objects.servers, VirtualServerRoute: objects.routes, TransportServer: objects.transports }[object.kind];
  return [...list].find(same)?.fault ?? object.fault;
}

const problem = (reason: string, message: string): Said => ({ state: 'Warning', reason, message, referencedBy: null });

/** `blank`: where nothing is to be warned of, the text ends with a blank, as upstream writes it. */
function added(key: string, warnings: readonly string[], referencedBy: string | null, blank: string): Said {
  const message = `Configuration for ${key} was added or updated`;
  if (warnings.length === 0) return { state: 'Valid', reason: 'AddedOrUpdated', message: `${message}${blank}`, referencedBy };
  const text = `${message} ${warnings.join('; ')}`;
  return { state: 'Warning', reason: 'AddedOrUpdatedWithWarning', message: text, referencedBy };
}

const warned = (warnings: readonly string[]) => (warnings.length === 0 ? [] : [`with warning(s): ${warnings.join('; ')}`]);

function ofTransport({ table, streams, listeners }: F5Router, object: TransportServer): Said {
  const { listener, host = '', ref } = object;
  if (listener.name === PASSTHROUGH.name) {
    const isHolder = table.servers.get(host)?.owner.ref === ref;
    return isHolder ? added(qualifiedName(ref), [], null, ' ') : problem('Rejected', 'Host is taken by another resource');
  }
  if (!listeners.named(listener.name, listener.protocol)) return problem('Rejected', `Listener ${listener.name} doesn't exist`);
  const named = host === '' ? 'empty host' : host;
  return streams.whyIdle(object) === undefined
    ? added(qualifiedName(ref), [], null, ' ')
    : problem('Rejected', `Listener ${listener.name} with host ${named} is taken by another resource`);
}

function ofServer(router: F5Router, object: VirtualServer): Said {
  const { table, objects, context } = router;
  const server = table.servers.get(object.host);
  if (server?.owner.ref !== object.ref) return problem('Rejected', 'Host is taken by another resource');
  const handed = object.routes.flatMap((route) => withoutReceiver(object, route, objects.routes));
  const fault = server.endsTls ? handshakeFault(context, server) : undefined;
  const own = [
    ...missing(router, object.policies, object.namespace),
    ...object.routes.flatMap(({ policies }) => missing(router, policies, object.namespace)),
    ...(fault ? [fault.message] : []),
  ];
  const ofConfiguration = warned([...handed, ...listenerWarnings(router, object)]);
  const ofFiles = own.length === 0 ? [] : [`with warning(s): ${own.join('; ')}`];
  // `"%s; with warning(s): %v"`: the text begins with `; ` where there is nothing before it.
  const texts = ofConfiguration.length === 0 && ofFiles.length > 0 ? ['', ...ofFiles] : [...ofConfiguration, ...ofFiles];
  return added(qualifiedName(object.ref), texts, null, ' ');
}

function withoutReceiver(server: VirtualServer, route: VirtualRoute, routes: readonly VirtualServerRoute[]): readonly string[] {
  if (route.route === undefined || receiversOf(server, route, routes).length > 0) return [];
  const key = route.route.includes('/') ? route.route : `${server.namespace}/${route.route}`;
  const found = virtualServerRouteNamed(routes, key);
  if (!found || found.fault !== undefined) return [`VirtualServerRoute ${key} doesn't exist or invalid`];
  const why = found.host === server.host ? `no path of it may stand below ${route.path}` : `its host is not ${server.host}`;
  return [`VirtualServerRoute ${key} is invalid: ${why}`];
}

/** `addWarningsForVirtualServersWithMissConfiguredListeners`: the first counts. */
function listenerWarnings({ objects, listeners }: F5Router, { listener }: VirtualServer): readonly string[] {
  if (!listener) return [];
  if (objects.configurations.length === 0) return ['Listeners defined, but no GlobalConfiguration is deployed'];
  const of = (name: string | undefined) => (name === undefined ? undefined : (listeners.anyNamed(name) ?? null));
  const [http, https] = [of(listener.http), of(listener.https)];
  if (http?.ssl === true) return [`Listener ${http.name} can't be use in \`listener.http\` context as SSL is enabled for that listener.`];
  if (https?.ssl === false)
    return [`Listener ${https.name} can't be use in \`listener.https\` context as SSL is not enabled for that listener.`];
  const gone = http === null ? listener.http : https === null ? listener.https : undefined;
  return gone === undefined ? [] : [`Listener ${gone} is not defined in GlobalConfiguration`];
}

/** `generatePolicies`: the first that is missing ends the list. */
function missing({ context }: F5Router, references: readonly NginxPolicyReference[], namespace: string): readonly string[] {
  for (const { name, namespace: other = namespace } of references)
    if (context.policies.isMissing(`${other}/${name}`)) return [`Policy ${other}/${name} is missing or invalid`];
  return [];
}

function ofRoute(router: F5Router, object: VirtualServerRoute): Said {
  const server = router.table.servers.get(object.host);
  if (server?.owner.kind !== 'VirtualServer') return problem('NoVirtualServerFound', "VirtualServer is invalid or doesn't exist");
  const key = qualifiedName(server.owner.ref);
  const isUsed = [...server.places.values()].some(({ holder }: VirtualPlace) => holder.ref === object.ref);
  if (!isUsed) return problem('Ignored', `VirtualServer ${key} ignores VirtualServerRoute`);
  const own = object.routes.flatMap(({ policies }) => missing(router, policies, object.namespace));
  return added(qualifiedName(object.ref), warned(own), key, '');
}

/** `status.externalEndpoints`: the addresses of the Service that the controller is told of (`SaveStatusFromExternalService` of `internal/k8s/status.go`). */
function externalEndpoints({ context: { model, options } }: F5Router): readonly ExternalEndpoint[] {
  const service = serviceOf(model, options.externalService);
  if (!service) return [];
  const { type, externalName, loadBalancerIngress, externalIPs, ports } = service.resource;
  const told = `[${ports
    .filter(isOfHttp)
    .map(({ port }) => port)
    .join(',')}]`;
  const at = (ip: string | null, hostname: string | null): ExternalEndpoint => ({ ip, hostname, ports: told });
  if (type === 'ExternalName') return [at(null, externalName ?? '')];
  return [
    ...loadBalancerIngress.map(({ ip, hostname }) => (ip ? at(formatIp(ip), null) : at(null, hostname ?? ''))),
    ...externalIPs.map((ip) => at(formatIp(ip), null)),
  ];
}

const serviceOf = ({ services }: NetworkModel, key: string | undefined) => (key === undefined ? undefined : services.get(key));

const isOfHttp = ({ targetPort }: ServicePort) => [80, 443, 'http', 'https'].includes(targetPort);

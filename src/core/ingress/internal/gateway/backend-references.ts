import type { ModelService, NetworkModel } from '../../../model/network-model.js';
import { GATEWAY_GROUP } from '../../../resources/gateway-reference.js';
import type { BackendReference, GatewayRoute } from '../../../resources/gateway-route.js';
import type { ServicePort } from '../../../resources/service.js';
import type { RouteBackend } from '../../route-result.js';
import type { EndpointOwner } from '../backend-outcome.js';
import { backendPolicy } from './backend-tls.js';
import type { GatewayDialect } from './gateway-dialect.js';
import { isGranted } from './grants.js';
import { importedService, isImport } from './imported-service.js';
import { unsupportedFilter } from './unsupported-filter.js';

/** A backend of a rule: the Service port behind it, or why there is none. */
export type ResolvedBackend =
  | {
      readonly ok: true;
      readonly reference: BackendReference;
      /** Whose endpoints take what is sent there: a Service, or a ServiceImport. */
      readonly owner: EndpointOwner;
      /** Undefined: a ServiceImport. */
      readonly service: ModelService | undefined;
      readonly port: ServicePort;
      /** Where a dialect reaches it if not at its endpoints. */
      readonly reached: RouteBackend | undefined;
    }
  | {
      readonly ok: false;
      readonly reference: BackendReference;
      readonly reason: 'InvalidKind' | 'RefNotPermitted' | 'BackendNotFound' | 'UnsupportedProtocol';
      readonly message: string;
    };

/** Resolves one backendRef of a route (rules G27, G28 and G36), by the text unless a dialect is given. */
export function resolveBackend(model: NetworkModel, route: GatewayRoute, reference: BackendReference, dialect?: ReadBy): ResolvedBackend {
  const refused = (reason: Extract<ResolvedBackend, { ok: false }>['reason'], message: string): ResolvedBackend => ({
    ok: false,
    reference,
    reason,
    message,
  });
  const namespace = reference.namespace ?? route.namespace;
  const isImported = isImport(reference) && dialect?.imports !== 'no';
  if (!isImported && (reference.group !== '' || reference.kind !== 'Service')) {
    const written = `${reference.kind}${reference.group === '' ? '' : ` of ${reference.group}`}`;
    return refused('InvalidKind', `a backend is a Service, not a ${written}`);
  }
  const unsupported = route.kind === 'HTTPRoute' && dialect ? unsupportedFilter(route, reference.filters, dialect) : undefined;
  if (unsupported) return refused('InvalidKind', `the filter ${unsupported.type} of a backend is not supported`);
  const name = `${namespace}/${reference.name}`;
  if (!isGranted(model.gatewayApi, { group: GATEWAY_GROUP, kind: route.kind, namespace: route.namespace }, reference)) {
    return refused(
      'RefNotPermitted',
      `no ReferenceGrant in ${namespace} lets ${route.kind}s of ${route.namespace} use ${reference.kind} ${reference.name}`,
    );
  }
  const service = isImported ? undefined : model.services.get(name);
  const owner = service ?? (isImported ? importedService(model, name) : undefined);
  if (!owner) return refused('BackendNotFound', `${reference.kind} ${name} does not exist`);
  const ports = 'ports' in owner ? owner.ports : owner.resource.ports;
  const protocol = route.kind === 'UDPRoute' ? 'UDP' : 'TCP';
  const port = ports.find((one) => one.port === reference.port && one.protocol === protocol);
  if (port) {
    const reached = service && dialect?.reaches?.(model, service, port);
    if (typeof reached === 'string') return refused('BackendNotFound', reached);
    const unspoken = unspokenProtocol(model, route, owner, port, dialect);
    return unspoken === undefined ? { ok: true, reference, owner, service, port, reached } : refused('UnsupportedProtocol', unspoken);
  }
  const offered = ports.map((one) => `${one.port}/${one.protocol}`).join(', ') || 'none';
  const asked = `${reference.port ?? '(none given)'}/${protocol}`;
  return refused('BackendNotFound', `${reference.kind} ${name} has no port ${asked}; it has ${offered}`);
}

/**
 * Why a route cannot speak the protocol of a Service port (gateway-api GEP-1911, "Supporting Protocols"): calls of gRPC travel in HTTP/2, and WebSocket over TLS needs a BackendTLSPolicy.
 * Routes of connections carry whatever it is.
 */
function unspokenProtocol(
  model: NetworkModel,
  { kind }: GatewayRoute,
  service: EndpointOwner,
  port: ServicePort,
  dialect: ReadBy | undefined,
): string | undefined {
  const { appProtocol } = port;
  const [sent, known] = kind === 'GRPCRoute' ? ['calls', dialect?.callProtocols] : ['requests', dialect?.requestProtocols];
  if (known && (kind === 'GRPCRoute' || kind === 'HTTPRoute')) {
    if (appProtocol === undefined || known.includes(appProtocol.toLowerCase()) || backendPolicy(model, service, port)) return undefined;
    return `port ${port.port} of ${service.ref.kind} ${service.namespace}/${service.name} speaks \`${appProtocol}\`, and ${sent} are sent by ${known.join(' or ')} alone`;
  }
  if (appProtocol !== WS && appProtocol !== WSS) return undefined;
  const name = `port ${port.port} of ${service.ref.kind} ${service.namespace}/${service.name}`;
  if (kind === 'GRPCRoute') return `${name} speaks \`${appProtocol}\`, which carries no gRPC`;
  if (kind !== 'HTTPRoute' || appProtocol === WS || backendPolicy(model, service, port)) return undefined;
  return `${name} speaks \`${WSS}\`, and no BackendTLSPolicy tells how to speak TLS with it`;
}

type ReadBy = Pick<GatewayDialect, 'callProtocols' | 'requestProtocols' | 'filters' | 'reaches' | 'imports'>;

const WS = 'kubernetes.io/ws';
const WSS = 'kubernetes.io/wss';

/** Every backend a route refers to, mirrors and auth services included. */
export function backendsOf(route: GatewayRoute): readonly BackendReference[] {
  return route.rules.flatMap(({ backends, filters }) => [
    ...backends,
    ...[...filters, ...backends.flatMap((backend) => backend.filters)].flatMap((filter) =>
      (filter.type === 'RequestMirror' || filter.type === 'ExternalAuth') && filter.backend ? [filter.backend] : [],
    ),
  ]);
}

import { assertNever } from '../../../kernel/assert-never.js';
import type { Note } from '../../../kernel/answer.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { Gateway } from '../../../resources/gateway.js';
import type { BackendReference, GatewayRoute, RouteRule } from '../../../resources/gateway-route.js';
import type { ServicePort } from '../../../resources/service.js';
import type { BackendProtocol, NearMiss, RouteBackend } from '../../route-result.js';
import { endpointsOutcome } from '../backend-outcome.js';
import { type ResolvedBackend, resolveBackend } from './backend-references.js';
import type { GatewayDialect } from './gateway-dialect.js';
import { importNote } from './imported-service.js';
import { backendTls } from './backend-certificate.js';

/** A backend that takes requests, and the reference that leads to it. */
export interface TakingBackend {
  readonly reference: BackendReference;
  readonly backend: RouteBackend;
}

/** The backends of a rule with their exact shares, and the part of the requests that no backend can take. */
export interface WeightedBackends {
  readonly backends: readonly TakingBackend[];
  /** Part of the requests that is answered with an error. */
  readonly errorShare: number;
  readonly steps: readonly EvidenceStep[];
  readonly nearMisses: readonly NearMiss[];
  readonly assumptions: readonly Note[];
}

/** What one reference of a rule comes to. */
interface Followed {
  readonly taking: TakingBackend | undefined;
  readonly steps: readonly EvidenceStep[];
  readonly nearMisses: readonly NearMiss[];
  readonly assumptions: readonly Note[];
}

/**
 * Follows every backend of a rule: its share is its weight among all weights, and one that cannot be used keeps its share (rules G25 and G26). Weights are added
 * as whole numbers and divided once, so that a share is the nearest number to the exact fraction. `tlsClient` is the Gateway, where it may speak TLS with them.
 */
export function weightedBackends(
  model: NetworkModel,
  tlsClient: Gateway | undefined,
  route: GatewayRoute,
  rule: Pick<RouteRule, 'backends'>,
  dialect: GatewayDialect,
): WeightedBackends {
  const total = rule.backends.reduce((sum, { weight }) => sum + weight, 0);
  const followed = rule.backends.map((reference) => follow(model, tlsClient, route, reference, total, dialect));
  const unusable = rule.backends.reduce((sum, { weight }, index) => (followed[index]?.taking ? sum : sum + weight), 0);
  return {
    backends: followed.flatMap(({ taking }) => taking ?? []),
    errorShare: total === 0 ? 1 : unusable / total,
    steps: followed.flatMap(({ steps }) => steps),
    nearMisses: followed.flatMap(({ nearMisses }) => nearMisses),
    assumptions: followed.flatMap(({ assumptions }) => assumptions),
  };
}

const NOTHING: Followed = { taking: undefined, steps: [], nearMisses: [], assumptions: [] };

function follow(
  model: NetworkModel,
  tlsClient: Gateway | undefined,
  route: GatewayRoute,
  reference: BackendReference,
  total: number,
  dialect: GatewayDialect,
): Followed {
  const resolved = resolveBackend(model, route, reference, dialect);
  if (!resolved.ok) return refused(route, resolved);
  const { owner, service, port, reached } = resolved;
  const spoken = tlsClient && service && backendTls(model, tlsClient, service, port);
  if (spoken?.refusal) return { ...NOTHING, steps: [spoken.refusal] };
  const found: EvidenceStep = {
    stage: 'backend',
    outcome: 'match',
    reason: 'SERVICE_FOUND',
    message: `${owner.ref.kind} ${owner.namespace}/${owner.name} port ${port.port}, weight ${reference.weight} of ${total}`,
    object: route.ref,
    pointer: reference.pointer,
  };
  const { backend, steps } = reached
    ? { backend: reached, steps: [found] }
    : endpointsOutcome(model, owner, port, [found], 'ROUTED', dialect.reading);
  const share = total === 0 ? 0 : reference.weight / total;
  const doubts = service || dialect.imports === 'yes' ? [] : [importNote(owner.ref)];
  const assumptions = reference.weight > 0 ? [...doubts, ...(spoken?.assumptions ?? [])] : [];
  return {
    ...NOTHING,
    taking: backend && { reference, backend: { ...backend, share, protocol: protocolOf(route, port), tls: spoken?.tls ?? null } },
    steps,
    assumptions,
  };
}

/** By the Service port, where an HTTPRoute leads there (`appProtocol`; rule G36, GEP-1911). */
function protocolOf({ kind }: GatewayRoute, { appProtocol = '' }: ServicePort): BackendProtocol | null {
  switch (kind) {
    case 'HTTPRoute':
      return APP_PROTOCOLS.get(appProtocol) ?? 'HTTP';
    case 'GRPCRoute':
      return 'GRPC';
    case 'TLSRoute':
    case 'TCPRoute':
    case 'UDPRoute':
      return null;
    default:
      return assertNever(kind);
  }
}

const APP_PROTOCOLS: ReadonlyMap<string, BackendProtocol> = new Map([
  ['kubernetes.io/h2c', 'H2C'],
  ['kubernetes.io/ws', 'WS'],
  ['kubernetes.io/wss', 'WSS'],
]);

function refused({ ref, namespace }: GatewayRoute, { reference, reason, message }: Extract<ResolvedBackend, { ok: false }>): Followed {
  const { pointer } = reference;
  const step: EvidenceStep = {
    stage: 'backend',
    outcome: 'no-match',
    reason: 'BACKEND_REFUSED',
    message: `${reason}: ${message}`,
    object: ref,
    pointer,
  };
  const fix = fixOf(reason, `${reference.kind} ${reference.name}`, namespace);
  return { ...NOTHING, steps: [step], nearMisses: [{ reason, object: describeRef(ref), pointer, message, fix }] };
}

function fixOf(reason: Extract<ResolvedBackend, { ok: false }>['reason'], backend: string, namespace: string): string {
  if (reason === 'RefNotPermitted') return `a ReferenceGrant in the namespace of ${backend} that lets routes of ${namespace} refer to it`;
  if (reason === 'UnsupportedProtocol') return `another \`appProtocol\` for the port of ${backend}, or a BackendTLSPolicy for it`;
  return reason === 'InvalidKind' ? 'refer to a Service' : `create ${backend} with that port, or name one that exists`;
}

/** Backends in words, each with its share where it has not all. */
export function backendNames(backends: readonly RouteBackend[]): string {
  return backends
    .map(({ namespace, service, port, share }) => `${namespace}/${service}:${port}${share === 1 ? '' : ` (${percent(share)})`}`)
    .join(', ');
}

/** A share in words: `12.5 %`. */
export function percent(share: number): string {
  return `${Number((100 * share).toFixed(2))} %`;
}

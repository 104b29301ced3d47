import { inMap } from '../../../kernel/in-map.js';
import type { ObjectRef } from '../../../kernel/object-ref.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { ServicePort } from '../../../resources/service.js';
import type { BackendReference, GatewayRoute } from '../../../resources/gateway-route.js';
import type { Ingress, IngressBackend } from '../../../resources/ingress.js';
import { backendOutcome, endpointsOutcome, type FollowBackend } from '../backend-outcome.js';
import { resolveBackend } from '../gateway/backend-references.js';
import type { RouteLintCodeName } from '../../route-lint-codes.js';
import type { Ledger } from './ledger.js';

/** Why a backend leads nowhere. */
export interface DeadEnd {
  readonly code: RouteLintCodeName;
  readonly message: string;
}

const CODE_OF = { SERVICE_MISSING: 'ING-SERVICE-MISSING', PORT_MISSING: 'ING-PORT-MISSING', NO_ENDPOINTS: 'ING-NO-ENDPOINTS' } as const;

/** Follows backends to their endpoints, each Service port once. */
export class BackendChecks {
  /** By namespace, Service and port. */
  private readonly named = new Map<string, Map<string, Map<number | string, DeadEnd | null>>>();
  private readonly routed = new Map<ServicePort, DeadEnd | null>();

  /** `follow` is how the controller finds what a backend of an Ingress comes to. */
  constructor(
    private readonly model: NetworkModel,
    private readonly follow: FollowBackend = backendOutcome,
  ) {}

  /** Undefined: it leads somewhere, or a specification leaves open what becomes of it. */
  ofIngress(ingress: Ingress, backend: IngressBackend): DeadEnd | undefined {
    if (backend.type !== 'service') return undefined;
    const services = inMap(this.named, ingress.namespace, () => new Map<string, Map<number | string, DeadEnd | null>>());
    const ports = inMap(services, backend.name, () => new Map<number | string, DeadEnd | null>());
    const end = inMap(ports, backend.port, (): DeadEnd | null => {
      const { verdict, steps } = this.follow(this.model, ingress, backend, 'ROUTED');
      if (verdict !== 'SERVICE_MISSING' && verdict !== 'PORT_MISSING' && verdict !== 'NO_ENDPOINTS') return null;
      const last = steps.findLast(({ outcome }) => outcome === 'no-match');
      return { code: CODE_OF[verdict], message: last?.message ?? verdict };
    });
    return end ?? undefined;
  }

  ofRoute(route: GatewayRoute, reference: BackendReference): DeadEnd | undefined {
    const resolved = resolveBackend(this.model, route, reference);
    if (!resolved.ok) {
      const isMissing = resolved.reason === 'BackendNotFound';
      const hasService = this.model.services.has(`${reference.namespace ?? route.namespace}/${reference.name}`);
      const missing = hasService ? 'ING-PORT-MISSING' : 'ING-SERVICE-MISSING';
      return { code: isMissing ? missing : 'ING-BACKEND-REFUSED', message: resolved.message };
    }
    const { owner, port } = resolved;
    const end = inMap(this.routed, port, (): DeadEnd | null => {
      const { verdict, steps } = endpointsOutcome(this.model, owner, port, [], 'ROUTED');
      return verdict === 'NO_ENDPOINTS' ? { code: 'ING-NO-ENDPOINTS', message: steps[0]?.message ?? verdict } : null;
    });
    return end ?? undefined;
  }
}

/** Enters a backend that leads nowhere. */
export function backendDraft(ledger: Ledger, object: ObjectRef, pointer: string, { code, message }: DeadEnd): void {
  ledger.add({ code, object, pointer, message });
}

import { assertNever } from '../../../kernel/assert-never.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { TraefikService } from '../../../resources/traefik.js';
import type { TraefikBackend } from '../../../resources/traefik-reference.js';
import { WHOLE_COPY } from '../outcomes.js';
import type { RoutingObject } from '../path-rule.js';
import { failedOver } from './failed-over.js';
import { combined, droppedTarget, named, type Target, UNTOUCHED_TARGET, unknownTarget } from './target.js';
import type { TraefikOptions } from './options.js';
import { ByReference, resolveReference, shownReference } from './references.js';
import { PlainServices } from './plain-services.js';
import type { ServersTransports } from './servers-transports.js';
import { HTTP_READING } from './traefik-readings.js';

/** TraefikServices are followed so deep, and so many Services behind one router. */
const DEEPEST = 100;
const MOST = 1000;
const STRATEGIES: ReadonlySet<string> = new Set(['wrr', 'p2c', 'hrw', 'leasttime', 'RoundRobin']);

/** What IngressRoutes send requests to (`configBuilder` of `pkg/provider/kubernetes/crd/kubernetes_http.go`). */
export class CrdServices {
  private readonly known: ByReference<TraefikService>;
  private readonly plain: PlainServices;
  private followed = 0;

  constructor(
    private readonly model: NetworkModel,
    private readonly options: TraefikOptions,
    private readonly transports: ServersTransports,
  ) {
    this.plain = new PlainServices(model, options, {
      reading: HTTP_READING,
      nativeLBByDefault: options.nativeLBByDefault.kubernetescrd,
      nodesFirst: false,
      keepsDraining: true,
    });
    this.known = new ByReference(model.traefik.services);
  }

  /** The Services of the route at a pointer: one as it is, several by their weights. */
  ofRoute(holder: RoutingObject, backends: readonly TraefikBackend[], pointer: string): Target {
    const [only, ...more] = backends;
    this.followed = 0;
    if (!only) return droppedTarget('BACKEND_INVALID', 'it names no Service', holder, pointer);
    return more.length === 0 ? this.one(holder, only, []) : this.weighted(holder, backends, []);
  }

  private one(holder: RoutingObject, backend: TraefikBackend, above: readonly TraefikService[]): Target {
    const { name, kind, pointer } = backend;
    if (++this.followed > MOST || above.length >= DEEPEST) return unknownTarget('SERVICE_NOT_KNOWN', TOO_MANY);
    const resolved = resolveReference(backend, holder.namespace, this.options);
    if ('fault' in resolved) return droppedTarget('NAMESPACE_CROSSED', `the ${kind} ${resolved.fault}`, holder, pointer);
    if (kind === 'Service') {
      if ('key' in resolved) return this.service(holder, backend, resolved.key);
      return droppedTarget(
        'SERVICE_MISSING',
        `no Service of Kubernetes is called \`${name}\`: a name with \`@\` is one of kind TraefikService`,
        holder,
        pointer,
      );
    }
    if ('foreign' in resolved) return unknownTarget('SERVICE_NOT_KNOWN', `the service \`${name}\` is one of another provider`);
    if (kind !== 'TraefikService') return droppedTarget('BACKEND_INVALID', `unsupported service kind ${kind}`, holder, pointer);
    const service = this.known.find(resolved);
    if (service) return named(this.traefikService(service, above));
    const shown = shownReference(resolved);
    const message = `TraefikService ${shown} does not exist${this.known.nearest(shown)}`;
    return named(droppedTarget('SERVICE_MISSING', message, holder, pointer));
  }

  private traefikService(service: TraefikService, above: readonly TraefikService[]): Target {
    const { action, ref, namespace } = service;
    const shown = `${namespace}/${ref.name}`;
    if (above.includes(service)) {
      return droppedTarget('BACKEND_INVALID', `TraefikService ${shown} stands behind itself: recursion`, service, '/spec');
    }
    const target = this.actionTarget(service, [...above, service]);
    const pointer = action.type === 'invalid' ? '/spec' : `/spec/${action.type}`;
    const message = `TraefikService ${shown} (${action.type})`;
    const step: EvidenceStep = { stage: 'backend', outcome: 'match', reason: 'TRAEFIK_SERVICE', message, object: ref, pointer };
    return { ...target, steps: [step, ...target.steps] };
  }

  private actionTarget(service: TraefikService, above: readonly TraefikService[]): Target {
    const { action } = service;
    switch (action.type) {
      case 'weighted': {
        const target = this.weighted(service, action.services, above);
        return action.sticky ? assuming(target, 'SESSION_NOT_KNOWN', STICKY) : target;
      }
      case 'highestRandomWeight':
        return assuming(this.weighted(service, action.services, above), 'CLIENT_BOUND', BOUND);
      case 'mirroring': {
        const main = this.part(service, action.main, above);
        const mirrors = action.mirrors.map(({ backend, percent }) => ({ percent, target: this.part(service, backend, above) }));
        return mirrored(main, mirrors);
      }
      case 'failover': {
        const [main, fallback] = [this.part(service, action.main, above), this.part(service, action.fallback, above)];
        return failedOver(service, action, main, fallback);
      }
      case 'invalid':
        return droppedTarget('BACKEND_INVALID', action.why, service, '/spec');
      default:
        return assertNever(action);
    }
  }

  /** One of those behind a TraefikService, or of several of a route: what middlewares of its own make of a request is not played through there. */
  private part(holder: RoutingObject, backend: TraefikBackend, above: readonly TraefikService[]): Target {
    const target = this.one(holder, backend, above);
    if (target.dropped || backend.kind !== 'Service' || backend.middlewares.length === 0) return target;
    return {
      ...target,
      unknown: {
        code: 'MIDDLEWARE_NOT_EVALUATED',
        message: `the Service \`${backend.name}\` is one of several, and has middlewares of its own`,
      },
    };
  }

  /** `buildServicesLB`: one that fails fails them all; weight 0 gets nothing. */
  private weighted(holder: RoutingObject, backends: readonly TraefikBackend[], above: readonly TraefikService[]): Target {
    const parts = backends.map((backend) => ({ weight: backend.weight, target: this.part(holder, backend, above) }));
    return combined(parts);
  }

  /** Of one that does not exist that is told first. */
  private isExternal(key: string): boolean {
    const service = this.model.services.get(key);
    return service === undefined || service.resource.type === 'ExternalName';
  }

  /** A Service with what the reference says of it (`buildServersLB`, `loadServers`). */
  private service(holder: RoutingObject, backend: TraefikBackend, key: string): Target {
    const { port, strategy, pointer, scheme } = backend;
    const refuse = (reason: string, message: string) => droppedTarget(reason, message, holder, pointer);
    if (strategy !== undefined && !STRATEGIES.has(strategy))
      return refuse('BACKEND_INVALID', `unsupported load-balancer strategy "${strategy}"`);
    if (port === undefined) return refuse('PORT_MISSING', 'ingressRoute service port not defined');
    if (scheme !== undefined && !['http', 'https', 'h2c'].includes(scheme)) return refuse('BACKEND_INVALID', `invalid scheme "${scheme}"`);
    if (backend.healthCheck && !this.isExternal(key))
      return refuse('BACKEND_INVALID', `healthCheck allowed only for ExternalName services: ${key}`);
    const transport = this.transports.named(backend.serversTransport, key.slice(0, key.indexOf('/')) || holder.namespace);
    if (transport.fault !== undefined) {
      const refused = refuse('BACKEND_INVALID', transport.fault);
      return transport.isMissing ? named(refused) : refused;
    }
    const target = this.plain.service(holder, { ...backend, port, key });
    return {
      ...target,
      backends: target.backends.map((sent) => ({ ...sent, backend: this.transports.secured(sent.backend, scheme, transport) })),
    };
  }
}

const TOO_MANY = `more than ${MOST} Services behind one router, or ${DEEPEST} TraefikServices behind one another, are not followed`;
const STICKY = 'the TraefikService is sticky: the shares are those of clients that come for the first time, without a cookie of Traefik';
const BOUND = 'the address of a client decides which Service it gets, always the same one: the shares are those of all clients';

function assuming(target: Target, code: string, message: string): Target {
  return { ...target, assumptions: [...target.assumptions, { code, message }] };
}

function mirrored(main: Target, mirrors: readonly { readonly percent: number; readonly target: Target }[]): Target {
  const failed = mirrors.find(({ target }) => target.dropped)?.target;
  if (main.dropped || failed) return main.dropped ? main : (failed ?? UNTOUCHED_TARGET);
  const copies = mirrors.flatMap(({ percent, target }) =>
    percent === 0
      ? []
      : target.backends.map(({ backend: { namespace, service, port, share } }) => ({
          namespace,
          service,
          port,
          percent: percent * share,
          ...WHOLE_COPY,
        })),
  );
  return { ...main, mirrors: [...main.mirrors, ...copies] };
}

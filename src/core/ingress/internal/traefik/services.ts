import type { Note } from '../../../kernel/answer.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { NearMiss, RouteBackend, RouteMirror } from '../../route-result.js';
import { type BackendOutcome, backendOutcome } from '../backend-outcome.js';
import type { RoutingObject } from '../path-rule.js';
import { serviceAnnotations } from './annotations.js';
import type { HttpRouter, ServiceUse } from './http-router.js';
import type { TraefikOptions } from './options.js';

/** Why something cannot be served. */
export interface Dropped {
  readonly reason: string;
  readonly message: string;
}

/** Who gets the requests of a router, and in which parts. */
export interface Target {
  /** Why Traefik makes no router of it; undefined: it does. */
  readonly dropped: Dropped | undefined;
  readonly backends: readonly Sent[];
  readonly mirrors: readonly RouteMirror[];
  readonly steps: readonly EvidenceStep[];
  readonly nearMisses: readonly NearMiss[];
  readonly assumptions: readonly Note[];
}

/** A Service and how it is spoken to. */
export interface Sent {
  readonly backend: RouteBackend;
  readonly passHostHeader: boolean;
}

/** The Services behind routers (`loadService` of `pkg/provider/kubernetes/ingress/kubernetes.go`), each looked up once. */
export class Services {
  private readonly targets = new Map<HttpRouter, Target>();

  constructor(
    private readonly model: NetworkModel,
    private readonly options: TraefikOptions,
  ) {}

  targetOf(router: HttpRouter): Target {
    let target = this.targets.get(router);
    if (!target) {
      target = this.find(router);
      this.targets.set(router, target);
    }
    return target;
  }

  private find({ holder, parts }: HttpRouter): Target {
    const [use] = parts.services;
    if (use) return this.service(holder, use, parts.rule.pointer === '/spec/defaultBackend' ? 'DEFAULT_BACKEND' : 'ROUTED');
    const { backend } = parts.rule;
    return fromOutcome(backendOutcome(this.model, holder, backend, 'ROUTED'), undefined);
  }

  private service(holder: RoutingObject, use: ServiceUse, served: 'ROUTED' | 'DEFAULT_BACKEND'): Target {
    const { pointer, name, port, namespace } = use;
    const place = { ...holder, namespace };
    const reached = backendOutcome(this.model, place, { type: 'service', pointer, name, port: port ?? '' }, served);
    const service = this.model.services.get(`${namespace}/${name}`)?.resource;
    const { passHostHeader, sticky } = serviceAnnotations(service?.annotations ?? {});
    const target = fromOutcome(this.external(use, reached), use.passHostHeader ?? passHostHeader);
    const keeps = target.dropped?.reason === 'NO_READY_ENDPOINTS' && this.options.allowEmptyServices;
    return { ...target, dropped: keeps ? undefined : target.dropped, assumptions: sticky ? [STICKY] : [] };
  }

  /** A Service of type ExternalName is served where that is allowed. */
  private external({ namespace, name, port }: ServiceUse, reached: BackendOutcome): BackendOutcome {
    const service = this.model.services.get(`${namespace}/${name}`)?.resource;
    const asked = service?.ports.find((one) => one.port === port || (one.name !== '' && one.name === port));
    if (service?.type !== 'ExternalName' || !this.options.allowExternalNameServices || !asked) return reached;
    const address = service.externalName ?? '';
    const endpoint = { address, port: asked.port, pod: null, node: null };
    const backend: RouteBackend = {
      namespace,
      service: name,
      port: asked.port,
      portName: asked.name,
      share: 1,
      endpoints: [endpoint],
      notReady: 0,
      forwarded: null,
      responseHeaders: [],
      tls: null,
    };
    return { verdict: 'ROUTED', backend, unspecified: [], nearMisses: [], steps: reached.steps.slice(0, 1) };
  }
}

const STICKY: Note = {
  code: 'SESSION_NOT_KNOWN',
  message: 'the Service is sticky: the shares are those of clients that come for the first time, without a cookie of Traefik',
};

function fromOutcome(reached: BackendOutcome, passHostHeader = true): Target {
  const { verdict, backend, steps, nearMisses } = reached;
  const isServed = verdict === 'ROUTED' || verdict === 'DEFAULT_BACKEND';
  const last = steps.findLast((step) => step.outcome === 'no-match');
  return {
    dropped: isServed ? undefined : { reason: last?.reason ?? verdict, message: last?.message ?? 'no Service serves it' },
    backends: backend ? [{ backend, passHostHeader }] : [],
    mirrors: [],
    steps,
    nearMisses,
    assumptions: [],
  };
}

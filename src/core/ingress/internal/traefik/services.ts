import type { NetworkModel } from '../../../model/network-model.js';
import type { RouteBackend } from '../../route-result.js';
import { backendOutcome } from '../backend-outcome.js';
import { serviceAnnotations } from './annotations.js';
import { CrdServices } from './crd-services.js';
import type { HttpRouter } from './http-router.js';
import type { TraefikOptions } from './options.js';
import { fromOutcome, PlainServices } from './plain-services.js';
import { ServersTransports } from './servers-transports.js';
import { droppedTarget, type Target } from './target.js';

/** The Services behind routers, each looked up once. */
export class Services {
  private readonly targets = new Map<HttpRouter, Target>();
  private readonly plain: PlainServices;
  private readonly crd: CrdServices;
  private readonly transports: ServersTransports;

  constructor(
    private readonly model: NetworkModel,
    options: TraefikOptions,
  ) {
    this.plain = new PlainServices(model, options);
    this.transports = new ServersTransports(model, options);
    this.crd = new CrdServices(model, options, this.plain, this.transports);
  }

  targetOf(router: HttpRouter): Target {
    let target = this.targets.get(router);
    if (!target) {
      target = this.find(router);
      this.targets.set(router, target);
    }
    return target;
  }

  private find({ holder, parts }: HttpRouter): Target {
    if (holder.ref.kind !== 'Ingress') return this.crd.ofRoute(holder, parts.backends);
    const [use] = parts.services;
    if (!use) return fromOutcome(backendOutcome(this.model, holder, parts.rule.backend, 'ROUTED'));
    const key = `${use.namespace}/${use.name}`;
    const told = serviceAnnotations(this.model.services.get(key)?.resource.annotations ?? {});
    const served = parts.rule.pointer === '/spec/defaultBackend' ? 'DEFAULT_BACKEND' : 'ROUTED';
    const transport = this.transports.annotated(told.serversTransport);
    if (transport.fault !== undefined) return droppedTarget('BACKEND_INVALID', transport.fault, holder, use.pointer);
    const target = this.plain.service(holder, { ...use, ...told, key, keepsDraining: true }, served);
    const secured = (backend: RouteBackend) => this.transports.secured(backend, told.scheme, transport);
    return { ...target, backends: target.backends.map((sent) => ({ ...sent, backend: secured(sent.backend) })) };
  }
}

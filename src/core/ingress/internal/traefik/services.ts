import type { NetworkModel } from '../../../model/network-model.js';
import { backendOutcome } from '../backend-outcome.js';
import { serviceAnnotations } from './annotations.js';
import { CrdServices } from './crd-services.js';
import type { HttpRouter } from './http-router.js';
import type { TraefikOptions } from './options.js';
import { fromOutcome, PlainServices } from './plain-services.js';
import type { Target } from './target.js';

/** The Services behind routers, each looked up once. */
export class Services {
  private readonly targets = new Map<HttpRouter, Target>();
  private readonly plain: PlainServices;
  private readonly crd: CrdServices;

  constructor(
    private readonly model: NetworkModel,
    options: TraefikOptions,
  ) {
    this.plain = new PlainServices(model, options);
    this.crd = new CrdServices(model, options, this.plain);
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
    return this.plain.service(holder, { ...use, ...told, key, nativeLB: false, nodePortLB: false, keepsDraining: true }, served);
  }
}

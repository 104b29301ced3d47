import type { NetworkModel } from '../../../model/network-model.js';
import type { RouteBackend } from '../../route-result.js';
import { backendOutcome } from '../backend-outcome.js';
import { serviceAnnotations } from './annotations.js';
import { CrdServices } from './crd-services.js';
import type { HttpRouter } from './http-router.js';
import type { Layer } from './layer.js';
import type { Middlewares } from './middlewares.js';
import type { TraefikOptions } from './options.js';
import { fromOutcome, PlainServices } from './plain-services.js';
import { ServersTransports } from './servers-transports.js';
import { droppedTarget, type Target, UNTOUCHED_TARGET } from './target.js';

/** Layers are looked through so deep. */
const DEEPEST = 100;

const NOBODY = 'none of the IngressRoutes that name it as their parent (`parentRefs`) makes a router';

/** The Services behind routers, each looked up once. */
export class Services {
  private readonly targets = new Map<HttpRouter, Target>();
  private readonly plain: PlainServices;
  private readonly crd: CrdServices;
  private readonly layers = new Map<Layer<HttpRouter>, boolean>();
  private depth = 0;
  private readonly transports: ServersTransports;

  constructor(
    private readonly model: NetworkModel,
    options: TraefikOptions,
    private readonly middlewares: Middlewares,
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

  /** Whether a router of a layer is made; one that comes back to itself is not (`handleCycle`), and one very deep below is taken to be. */
  private isServed(layer: Layer<HttpRouter>): boolean {
    const known = this.layers.get(layer);
    if (known !== undefined) return known;
    if (this.depth >= DEEPEST) return true;
    this.layers.set(layer, false);
    this.depth++;
    const isServed = layer.routers.some((router) => this.isMade(router));
    this.depth--;
    this.layers.set(layer, isServed);
    return isServed;
  }

  private isMade(router: HttpRouter): boolean {
    const { parts, compiled } = router;
    return parts.fault === undefined && compiled.ok && this.targetOf(router).dropped === undefined && this.middlewares.chainOf(router).ok;
  }

  private find({ holder, parts }: HttpRouter): Target {
    if (parts.layer)
      return this.isServed(parts.layer) ? UNTOUCHED_TARGET : droppedTarget('BACKEND_INVALID', NOBODY, holder, '/spec/routes');
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

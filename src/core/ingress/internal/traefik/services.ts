import { inMap } from '../../../kernel/in-map.js';
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
import { HTTP_READING } from './traefik-readings.js';
import { ServersTransports } from './servers-transports.js';
import { droppedTarget, named, type Target, UNTOUCHED_TARGET } from './target.js';

const NOBODY = 'none of the IngressRoutes that name it as their parent (`parentRefs`) makes a router';

/** The Services behind routers, each looked up once. */
export class Services {
  private readonly targets = new Map<HttpRouter, Target>();
  private readonly kept = new Map<readonly HttpRouter[], { readonly router: HttpRouter | undefined }>();
  private readonly plain: PlainServices;
  private readonly crd: CrdServices;
  private readonly layers = new Map<Layer<HttpRouter>, boolean>();
  private readonly transports: ServersTransports;

  constructor(
    private readonly model: NetworkModel,
    options: TraefikOptions,
    private readonly middlewares: Middlewares,
  ) {
    const { nativeLBByDefault } = options;
    this.plain = new PlainServices(model, options, {
      reading: HTTP_READING,
      nativeLBByDefault: nativeLBByDefault.kubernetes,
      nodesFirst: true,
      keepsDraining: true,
    });
    this.transports = new ServersTransports(model, options);
    this.crd = new CrdServices(model, options, this.transports);
  }

  targetOf(router: HttpRouter): Target {
    let target = this.targets.get(router);
    if (!target) {
      target = this.giveWay(router) ?? router.parts.made?.target() ?? this.find(router);
      this.targets.set(router, target);
    }
    return target;
  }

  /** Of several with one rule the last stays that the provider makes; the others have its name, and are gone. */
  private giveWay({ twins, holder, parts }: HttpRouter): Target | undefined {
    if (!twins) return undefined;
    const kept = inMap(this.kept, twins, () => ({ router: twins.findLast((one) => this.isNamed(one)) ?? twins.at(-1) })).router;
    if (!kept || kept.parts === parts) return undefined;
    const { pointer } = kept.parts.rule;
    return droppedTarget('ROUTER_REFUSED', `it has the same rule as \`${pointer}\`, which takes its place`, holder, parts.rule.pointer);
  }

  private isNamed(router: HttpRouter): boolean {
    if (router.parts.fault !== undefined || this.middlewares.isRefused(router)) return false;
    const { dropped } = this.find(router);
    return !dropped || dropped.isNamed === true;
  }

  /** Whether a router with a Service is behind a layer, however many layers below; what only comes back to itself makes none (`handleCycle`). */
  private isServed(root: Layer<HttpRouter>): boolean {
    const known = this.layers.get(root);
    if (known !== undefined) return known;
    // Each with the one that it was reached from; those that are found are looked at in their turn.
    const reached = new Map<Layer<HttpRouter>, Layer<HttpRouter> | undefined>([[root, undefined]]);
    for (const layer of reached.keys()) {
      const ready = layer.routers.filter((router) => this.isReady(router));
      if (this.layers.get(layer) === true || ready.some((router) => !router.parts.layer && this.targetOf(router).dropped === undefined)) {
        for (let above: Layer<HttpRouter> | undefined = layer; above; above = reached.get(above)) this.layers.set(above, true);
        return true;
      }
      for (const { parts } of ready) if (parts.layer && !reached.has(parts.layer)) reached.set(parts.layer, layer);
    }
    for (const layer of reached.keys()) this.layers.set(layer, false);
    return false;
  }

  private isReady(router: HttpRouter): boolean {
    return router.parts.fault === undefined && router.compiled.ok && this.middlewares.chainOf(router).ok;
  }

  private find({ holder, parts }: HttpRouter): Target {
    if (parts.layer)
      return this.isServed(parts.layer) ? UNTOUCHED_TARGET : droppedTarget('BACKEND_INVALID', NOBODY, holder, '/spec/routes');
    if (holder.ref.kind !== 'Ingress') return this.crd.ofRoute(holder, parts.backends, parts.rule.pointer);
    const [use] = parts.services;
    if (!use) return fromOutcome(backendOutcome(this.model, holder, parts.rule.backend, 'ROUTED'));
    const key = `${use.namespace}/${use.name}`;
    const told = serviceAnnotations(this.model.services.get(key)?.resource.annotations ?? {});
    const served = parts.rule.pointer === '/spec/defaultBackend' ? 'DEFAULT_BACKEND' : 'ROUTED';
    if (told.fault !== undefined) return droppedTarget('BACKEND_INVALID', told.fault, holder, use.pointer);
    const transport = this.transports.annotated(told.serversTransport);
    if (transport.fault !== undefined) return named(droppedTarget('BACKEND_INVALID', transport.fault, holder, use.pointer));
    const target = this.plain.service(holder, { ...use, ...told, key }, served);
    const secured = (backend: RouteBackend) => this.transports.secured(backend, told.scheme, transport);
    return { ...target, backends: target.backends.map((sent) => ({ ...sent, backend: secured(sent.backend) })) };
  }
}

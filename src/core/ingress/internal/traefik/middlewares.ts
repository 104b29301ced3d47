import { err, ok } from '../../../kernel/result.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { Middleware } from '../../../resources/traefik.js';
import type { MiddlewareAction } from '../../../resources/traefik-middleware.js';
import { serviceAnnotations } from './annotations.js';
import type { Chain, PlacedAction } from './placed-action.js';
import { ErrorPages } from './error-pages.js';
import type { HttpRouter } from './http-router.js';
import type { TraefikOptions } from './options.js';
import { ByReference, resolveAnnotated, type Resolved, resolveReference, shownReference } from './references.js';

type PlaceableAction = Exclude<MiddlewareAction, { type: 'chain' | 'invalid' }>;

/** So many middlewares of one router are looked up, those of chains included. */
const MOST = 1000;

/** What stands for those that are not looked up. */
const TOO_MANY: PlacedAction = {
  middleware: undefined,
  name: `more than ${MOST} middlewares of one router`,
  action: { type: 'opaque', field: 'middlewares' },
};

/** Looks up the middlewares of routers, chains taken apart (`makeMiddlewareKeys` of `pkg/provider/kubernetes/crd/kubernetes_http.go`, `BuildChain` of `pkg/server/middleware`). */
export class Middlewares {
  private readonly known: ByReference<Middleware>;
  private readonly chains = new Map<HttpRouter, Chain>();
  private readonly errorPages: ErrorPages;
  private lookedUp = 0;

  constructor(
    private readonly model: NetworkModel,
    private readonly options: TraefikOptions,
  ) {
    this.known = new ByReference(model.traefik.middlewares);
    this.errorPages = new ErrorPages(model, options);
  }

  chainOf(router: HttpRouter): Chain {
    let chain = this.chains.get(router);
    if (!chain) {
      chain = router.parts.made?.chain() ?? this.find(router);
      this.chains.set(router, chain);
    }
    return chain;
  }

  /** Whether the provider makes no router for what it names, before anybody looks whether that exists. */
  isRefused({ holder, parts }: HttpRouter): boolean {
    if (holder.ref.kind === 'Ingress') return false;
    return parts.middlewares.some((use) => 'fault' in resolveReference(use, holder.namespace, this.options));
  }

  /** Where a router names the middleware for which it has no chain; undefined: its object does not. */
  placeOfFault({ holder, parts }: HttpRouter): string | undefined {
    this.lookedUp = 0;
    return parts.middlewares.find((use) => this.expand(resolveReference(use, holder.namespace, this.options), [], []) !== undefined)
      ?.pointer;
  }

  private find(router: HttpRouter): Chain {
    const { holder, parts } = router;
    const actions: PlacedAction[] = [];
    this.lookedUp = 0;
    const isAnnotated = holder.ref.kind === 'Ingress';
    const own = parts.middlewares.map((use) =>
      isAnnotated ? resolveAnnotated(use.name) : resolveReference(use, holder.namespace, this.options),
    );
    for (const resolved of [...own, ...this.ofService(router)]) {
      const fault = this.expand(resolved, [], actions);
      if (fault !== undefined) return err(fault);
    }
    if (this.lookedUp > MOST) actions.unshift(TOO_MANY);
    return ok(actions);
  }

  /** Those of its only Service (`Middlewares` of `ServiceIng` and of `LoadBalancerSpec`), which act behind its own. */
  private ofService({ holder, parts: { services, backends } }: HttpRouter): readonly Resolved[] {
    const [use] = services;
    if (use) {
      const annotations = this.model.services.get(`${use.namespace}/${use.name}`)?.resource.annotations ?? {};
      return serviceAnnotations(annotations).middlewares.map(resolveAnnotated);
    }
    const [only] = backends;
    if (!only || backends.length > 1 || only.kind !== 'Service') return [];
    return only.middlewares.map((one) => resolveReference(one, only.namespace ?? holder.namespace, this.options));
  }

  private expand(resolved: Resolved, above: readonly Middleware[], actions: PlacedAction[]): string | undefined {
    if (++this.lookedUp > MOST) return undefined;
    if ('fault' in resolved) return `the middleware ${resolved.fault}`;
    if ('foreign' in resolved) {
      actions.push({ middleware: undefined, name: resolved.foreign, action: { type: 'opaque', field: resolved.foreign } });
      return undefined;
    }
    const shown = shownReference(resolved);
    const middleware = this.known.find(resolved);
    if (!middleware) return `middleware "${shown}" does not exist${this.known.nearest(shown)}`;
    const { action, namespace } = middleware;
    if (action.type === 'invalid') return `middleware "${shown}" is invalid: ${action.why}`;
    if (action.type !== 'chain') return this.place(middleware, action, actions);
    if (above.includes(middleware)) return `middleware "${shown}" is part of itself: recursion`;
    for (const use of action.middlewares) {
      const fault = this.expand(resolveReference(use, namespace, this.options), [...above, middleware], actions);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  private place(middleware: Middleware, action: PlaceableAction, actions: PlacedAction[]): string | undefined {
    const name = `${middleware.namespace}/${middleware.ref.name}`;
    const secret = action.type === 'auth' && action.secret !== undefined ? `${middleware.namespace}/${action.secret}` : undefined;
    if (secret !== undefined && !this.model.secrets.has(secret)) return `middleware "${name}": secret "${secret}" not found`;
    if (action.type !== 'errors') {
      actions.push({ middleware, name, action });
      return undefined;
    }
    const pages = this.errorPages.of(middleware, action);
    if (!pages.ok) return `middleware "${name}": ${pages.error}`;
    const { value } = pages;
    actions.push({ middleware, name, action: value === 'open' ? { type: 'opaque', field: 'errors' } : { type: 'errors', pages: value } });
    return undefined;
  }
}

import { once } from '../../../kernel/once.js';
import { ok } from '../../../kernel/result.js';
import type { Ingress } from '../../../resources/ingress.js';
import type { PathRule, RoutingObject } from '../path-rule.js';
import type { HttpRouter } from '../traefik/http-router.js';
import { type Target, UNTOUCHED_TARGET } from '../traefik/target.js';
import { type Grounds, wholeOf } from './locations.js';
import { draftedRouters, type RouterGrounds, routersOf } from './routers.js';

/** `math.MinInt32`: behind every router that has a rule of its own. */
const LAST = -2_147_483_648;
const EVERYTHING = 'PathPrefix("/")';

/**
 * Who serves what no rule does, for every host: the Service of `defaultBackendService`, else the default backend of the first Ingress without rules that Traefik can read (`build`,
 * `translate`). Those that come later serve nobody.
 */
export function globalDefault(regular: readonly Ingress[], grounds: Grounds, making: RouterGrounds): readonly HttpRouter[] {
  const told = toldDefault(grounds, making);
  if (told) return told;
  for (const ingress of regular) {
    const whole = wholeOf(ingress, grounds);
    if (whole && whole.fault === undefined) return routersOf(whole, making, { text: EVERYTHING, left: 0, priority: LAST });
  }
  return [];
}

/** Undefined: none is told, or it does not exist. */
function toldDefault({ model, settings }: Grounds, making: RouterGrounds): readonly HttpRouter[] | undefined {
  const found = settings.defaultBackendService === undefined ? undefined : model.services.get(settings.defaultBackendService);
  const port = found?.resource.ports[0]?.port;
  if (!found || port === undefined) return undefined;
  const service: RoutingObject = { ...found.resource, namespace: found.namespace };
  const pointer = '/spec/ports/0';
  const rule: PathRule = {
    ingress: service,
    pointer,
    host: undefined,
    path: undefined,
    pathType: undefined,
    backend: undefined,
    backendText: `service ${service.ref.name}:${port}`,
    fault: undefined,
  };
  const target = once((): Target => {
    const reached = making.backends.ofProvider();
    const { steps = [], nearMisses = [] } = reached ?? {};
    const isServed = reached?.verdict === 'DEFAULT_BACKEND';
    const backends = isServed && reached.backend ? [{ backend: reached.backend, passHostHeader: true }] : [];
    return { ...UNTOUCHED_TARGET, failure: isServed ? undefined : reached?.verdict, backends, steps, nearMisses };
  });
  const made = { chain: () => ok([]), target };
  return draftedRouters({ rule, text: EVERYTHING, left: 0, priority: LAST, hosts: [], aliases: [], made: () => made }, making);
}

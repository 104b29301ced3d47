import { inMap } from '../../kernel/in-map.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { IngressDialectName } from '../route-request.js';
import type { ClassRouter, Dialect } from './dialect.js';
import { ingressV1 } from './ingress-v1.js';
import { ingressNginx } from './nginx/ingress-nginx.js';
import { nginxF5 } from './nginx-f5/nginx-f5.js';
import { traefik, traefikIngressNginx, traefikStrict } from './traefik/traefik.js';

const DIALECT: Readonly<Record<IngressDialectName, Dialect>> = {
  'ingress-v1': ingressV1,
  'ingress-nginx': ingressNginx,
  traefik,
  'traefik-strict': traefikStrict,
  'traefik-ingress-nginx': traefikIngressNginx,
  'nginx-f5': nginxF5,
};

/** By dialect, then by class; undefined: Ingresses without one. */
type Routers = Map<IngressDialectName, Map<string | undefined, ClassRouter>>;

const routers = new WeakMap<NetworkModel, Routers>();

/** The compiled routing of one class by one dialect: built on the first question, kept as long as its model. */
export function routerOf(model: NetworkModel, className: string | undefined, dialect: IngressDialectName): ClassRouter {
  return routers.get(model)?.get(dialect)?.get(className) ?? compiled(model, className, dialect);
}

function compiled(model: NetworkModel, className: string | undefined, dialect: IngressDialectName): ClassRouter {
  const ofModel = inMap(routers, model, (): Routers => new Map());
  const ofDialect = inMap(ofModel, dialect, () => new Map<string | undefined, ClassRouter>());
  return inMap(ofDialect, className, () => DIALECT[dialect].compile(model, className));
}

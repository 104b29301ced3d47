import { BuiltOnce } from '../../kernel/built-once.js';
import { inMap } from '../../kernel/in-map.js';
import type { Steps } from '../../kernel/steps.js';
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

/** What a router is compiled of. */
interface Scope {
  readonly model: NetworkModel;
  readonly className: string | undefined;
  readonly dialect: IngressDialectName;
}

/** By dialect, then by class; undefined: Ingresses without one. */
type Scopes = Map<IngressDialectName, Map<string | undefined, Scope>>;

const scopes = new WeakMap<NetworkModel, Scopes>();
const routers = new BuiltOnce<Scope, ClassRouter>(({ model, className, dialect }) => DIALECT[dialect].compile(model, className));

/** The compiled routing of one class by one dialect: built on the first question, kept as long as its model. */
export function routerOf(model: NetworkModel, className: string | undefined, dialect: IngressDialectName): ClassRouter {
  return routers.get(scopeOf(model, className, dialect));
}

/** The same, for whoever can wait. */
export function routerSteps(model: NetworkModel, className: string | undefined, dialect: IngressDialectName): Steps<ClassRouter> {
  return routers.steps(scopeOf(model, className, dialect));
}

function scopeOf(model: NetworkModel, className: string | undefined, dialect: IngressDialectName): Scope {
  const known = scopes.get(model)?.get(dialect)?.get(className);
  if (known) return known;
  const ofDialect = inMap(
    inMap(scopes, model, (): Scopes => new Map()),
    dialect,
    () => new Map<string | undefined, Scope>(),
  );
  return inMap(ofDialect, className, () => ({ model, className, dialect }));
}

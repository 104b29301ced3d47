import type { NetworkModel } from '../../../model/network-model.js';
import type { HttpRouter } from './http-router.js';
import type { TraefikOptions } from './options.js';
import { ByReference, resolveReference, shownReference } from './references.js';

/** Why a router is not built: it names a TLSOption that is not there (`buildRouterHandler` of `pkg/server/router/router.go`, "unknown TLS options"). */
export function tlsFaultOf(model: NetworkModel, options: TraefikOptions): (router: HttpRouter) => string | undefined {
  const known = new ByReference(model.traefik.tlsOptions);
  return ({ holder, parts: { tlsOptions } }) => {
    // `default` is there whether an object says so or not.
    if (tlsOptions === undefined || tlsOptions.name === 'default') return undefined;
    const resolved = resolveReference(tlsOptions, holder.namespace, options);
    if ('fault' in resolved) return `the TLSOption ${resolved.fault}`;
    if ('foreign' in resolved || known.find(resolved)) return undefined;
    return `TLSOption ${shownReference(resolved)} does not exist`;
  };
}

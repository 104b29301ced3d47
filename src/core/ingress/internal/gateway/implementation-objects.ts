import type { ObjectRef } from '../../../kernel/object-ref.js';
import type { NetworkModel } from '../../../model/network-model.js';

const refs = new WeakMap<NetworkModel, readonly ObjectRef[]>();

/** The stored objects that mean something to an implementation of the Gateway API alone: those of kinds that are not modelled, and Traefik's. */
export function implementationObjects(model: NetworkModel): readonly ObjectRef[] {
  let known = refs.get(model);
  if (!known) {
    const { ingressRoutes, middlewares, services, tlsOptions, tlsStores, serversTransports } = model.traefik;
    const maps = [middlewares, services, tlsOptions, serversTransports].flatMap((map) => [...map.values()].map(({ ref }) => ref));
    known = [...model.unmodelled, ...ingressRoutes, ...tlsStores].map(({ ref }) => ref).concat(maps);
    refs.set(model, known);
  }
  return known;
}

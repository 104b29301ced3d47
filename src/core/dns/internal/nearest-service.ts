import { didYouMean } from '../../kernel/did-you-mean.js';
import type { ModelService, NetworkModel } from '../../model/network-model.js';

/** The services of a model by their names and by where they live; a model never changes. */
interface ServiceNames {
  readonly byName: ReadonlyMap<string, readonly ModelService[]>;
  readonly byNamespace: ReadonlyMap<string, readonly string[]>;
}

const memo = new WeakMap<NetworkModel, ServiceNames>();

/** A service of the same name in another namespace; undefined: there is none. */
export function namesakeOf(model: NetworkModel, name: string, namespace: string | undefined): ModelService | undefined {
  return namesOf(model)
    .byName.get(name)
    ?.find((one) => one.namespace !== namespace);
}

/**
 * `namespace/name` of the service that was probably meant: one of the namespace, or of the namespace that was probably meant. Where no namespace is asked for, any. Of
 * ten thousand services only those that come into question are compared.
 */
export function nearestServiceTo(model: NetworkModel, name: string, namespace: string | undefined): string | undefined {
  const { byName, byNamespace } = namesOf(model);
  if (namespace === undefined) {
    const alike = byName.get(didYouMean(name, byName.keys()) ?? '')?.[0];
    return alike && `${alike.namespace}/${alike.name}`;
  }
  const meant = byNamespace.has(namespace) ? namespace : didYouMean(namespace, byNamespace.keys());
  // Of the name alone: the namespace is the same, and would count as likeness.
  const nearest = meant === undefined ? undefined : didYouMean(name, byNamespace.get(meant) ?? []);
  return nearest === undefined ? undefined : `${meant}/${nearest}`;
}

function namesOf(model: NetworkModel): ServiceNames {
  const known = memo.get(model) ?? indexOf(model);
  memo.set(model, known);
  return known;
}

function indexOf({ services }: NetworkModel): ServiceNames {
  const byName = new Map<string, ModelService[]>();
  const byNamespace = new Map<string, string[]>();
  for (const service of services.values()) {
    append(byName, service.name, service);
    append(byNamespace, service.namespace, service.name);
  }
  return { byName, byNamespace };
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

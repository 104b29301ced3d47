import type { ModelService, NetworkModel } from '../../../model/network-model.js';
import { proxiesOfClass } from '../../../model/proxy-pods.js';
import { selectorMatches, selectorOfLabels } from '../../../resources/label-selector.js';

/**
 * The ports of nginx by those of the Services in front of it, `port protocol` each (`deploy/static`, its Helm chart): of the Services that select pods of the controller of the class, or, where
 * its pods cannot be told, of all that are labelled as those of an ingress-nginx. What two of these lead elsewhere tells nothing.
 */
export function portsBehind(model: NetworkModel, className: string | undefined): ReadonlyMap<string, number> {
  const behind = new Map<string, number>();
  const open = new Set<string>();
  for (const { resource } of frontsOf(model, className)) {
    for (const { port, protocol, targetPort } of resource.ports) {
      if (typeof targetPort !== 'number') continue;
      const key = `${port} ${protocol}`;
      if ((behind.get(key) ?? targetPort) !== targetPort) open.add(key);
      behind.set(key, targetPort);
    }
  }
  for (const key of open) behind.delete(key);
  return behind;
}

function frontsOf(model: NetworkModel, className: string | undefined): readonly ModelService[] {
  const { controller } = model.ingressClasses.get(className ?? '') ?? {};
  const proxies = proxiesOfClass(model, 'ingress-nginx', controller ?? null);
  const all = [...model.services.values()];
  if ('unknown' in proxies) return all.filter(({ resource }) => resource.labels['app.kubernetes.io/name'] === 'ingress-nginx');
  return all.filter(({ namespace, resource: { selector = {} } }) => {
    if (Object.keys(selector).length === 0) return false;
    const selects = selectorOfLabels(selector);
    return proxies.pods.some((pod) => pod.namespace === namespace && selectorMatches(selects, pod.labels));
  });
}

import { parseIp, type Ip } from '../../net/ip.js';
import type { NetworkModel } from '../network-model.js';

/** What a name of the cluster's domain stands for. Names of nothing at all, and names outside, are `undefined`. */
export type NamedInCluster =
  | { readonly type: 'service'; readonly namespace: string; readonly name: string }
  /** One endpoint of a service, by its hostname. */
  | { readonly type: 'endpoint'; readonly namespace: string; readonly service: string; readonly hostname: string }
  | { readonly type: 'pod-address'; readonly namespace: string; readonly ip: Ip };

/**
 * Reads `web.shop.svc.cluster.local`, `web-0.db.shop.svc.cluster.local` and `10-244-1-5.shop.pod.cluster.local` (Kubernetes DNS specification 1.1.0,
 * sections 2.3 to 2.4); the cluster's domain may be left out. The walk along a pod's search list is another question (`resolve-name`).
 */
export function nameInCluster(model: NetworkModel, name: string): NamedInCluster | undefined {
  const suffix = `.${model.profile.clusterDomain.toLowerCase()}`;
  const labels = (name.endsWith(suffix) ? name.slice(0, -suffix.length) : name).split('.');
  const [type, namespace, last, first] = labels.toReversed();
  if (namespace === undefined || last === undefined || labels.length > 4) return undefined;
  if (type === 'svc') {
    return first === undefined
      ? { type: 'service', namespace, name: last }
      : { type: 'endpoint', namespace, service: last, hostname: first };
  }
  if (type !== 'pod' || first !== undefined) return undefined;
  const ip = parseIp(last.replaceAll('-', '.')) ?? parseIp(last.replaceAll('-', ':'));
  return ip && { type: 'pod-address', namespace, ip };
}

/** Ids of the pods that a service publishes under a hostname, ascending. */
export function podsOfHostname(model: NetworkModel, service: string, hostname: string): readonly number[] {
  const slices = model.services.get(service)?.endpoints.slices ?? [];
  const named = slices.flatMap((slice) => slice.endpoints.filter((endpoint) => endpoint.hostname === hostname));
  const ids = named.flatMap(({ targetRef }) => {
    const pod = targetRef?.kind === 'Pod' ? model.podByKey.get(`${targetRef.namespace ?? ''}/${targetRef.name}`) : undefined;
    return pod ? [pod.id] : [];
  });
  return [...new Set(ids)].sort((a, b) => a - b);
}

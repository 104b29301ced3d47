import type { ModelService, NetworkModel } from '../model/network-model.js';

/**
 * The service that an absolute name of the cluster is about: `api.prod.svc.cluster.local.`, `db-0.db.prod.svc.cluster.local.`, `_http._tcp.api.prod.svc…`
 * (kubernetes/dns `docs/specification.md`). Undefined: another zone, or no such service.
 */
export function serviceNamed(model: NetworkModel, name: string): ModelService | undefined {
  const plain = name.toLowerCase().replace(/\.$/, '');
  const zone = `.svc.${model.profile.clusterDomain.toLowerCase()}`;
  if (!plain.endsWith(zone)) return undefined;
  const labels = plain.slice(0, -zone.length).split('.');
  const [service, namespace] = labels.slice(-2);
  return labels.length < 2 ? undefined : model.services.get(`${namespace ?? ''}/${service ?? ''}`);
}

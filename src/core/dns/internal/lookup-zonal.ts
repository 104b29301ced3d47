import { type Candidate, found, type Lookup, missing } from './candidate.js';
import type { KubernetesServer } from './kubernetes-server.js';
import type { ZonalRequest } from './name-request.js';

/**
 * The ready endpoints of a headless service in one topology zone (coredns#8388). `pin`: that zone, and no data when it has none; `prefer`: any endpoint when it
 * has none. Other directives and services with a cluster IP have no such names.
 * @param zone the DNS zone, in the case of the question
 */
export function lookupZonal(server: KubernetesServer, request: ZonalRequest, zone: string): Lookup {
  const key = `${request.namespace}/${request.service}`;
  const service = server.services.get(key)?.service;
  if (!service) return missing('SERVICE_UNKNOWN', `there is no service \`${key}\``);
  if (!service.resource.headless)
    return missing('ZONAL_HEADLESS_ONLY', `service \`${key}\` is not headless: it has no names for zones`, service.ref);
  if (request.directive !== 'pin' && request.directive !== 'prefer')
    return missing('NAME_MALFORMED', `\`${request.directive}\` is neither \`pin\` nor \`prefer\``, service.ref);
  const ready = server.byService.get(key) ?? [];
  const inZone = ready.filter((address) => address.zone === request.zone);
  const chosen = inZone.length === 0 && request.directive === 'prefer' ? ready : inZone;
  if (chosen.length === 0 && request.directive === 'prefer')
    return missing('HEADLESS_NOT_READY', `service \`${key}\` has no ready endpoint`, service.ref);
  const candidates = chosen.flatMap(({ endpointName, address, family, ports }) =>
    ports.map(({ port }): Candidate => ({
      owner: `${endpointName}.${service.name}.${service.namespace}.svc.${zone}`,
      host: address,
      kind: family,
      port,
    })),
  );
  const where = inZone.length > 0 ? `in zone \`${request.zone}\`` : `none in zone \`${request.zone}\``;
  return found(candidates, 'ZONAL_ENDPOINTS', `service \`${key}\` has ${ready.length} ready endpoints, ${where}`, service.ref);
}

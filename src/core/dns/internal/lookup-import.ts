import { formatIp } from '../../net/ip.js';
import type { ServiceImport } from '../../resources/service-import.js';
import { type Candidate, found, type Lookup, missing } from './candidate.js';
import type { ImportedAddress, KubernetesServer } from './kubernetes-server.js';
import type { ServiceRequest } from './name-request.js';
import { portMatches } from './port-matches.js';

/**
 * A service of the clusterset (KEP-1645 `specification.md`; coredns `plugin/kubernetes/kubernetes.go` findMultiClusterServices): the ServiceImport's addresses; of
 * a headless one the ready endpoints of every cluster; `<endpoint>.<cluster>.<service>` is one endpoint, and an endpoint without its cluster does not exist.
 */
export function lookupImport(server: KubernetesServer, request: ServiceRequest, zone: string): Lookup {
  const key = `${request.namespace}/${request.service}`;
  const service = server.model.serviceImports.get(key);
  if (!service) return missing('SERVICE_UNKNOWN', `there is no ServiceImport \`${key}\``);
  const owner = `${request.service}.${request.namespace}.svc.${zone}`;
  const ready = server.byImport.get(key) ?? [];
  if (service.headless || request.endpoint !== '') return lookupImportedEndpoints(service, ready, request, owner);
  if (server.options.ignoreEmptyService && ready.length === 0)
    return missing('SERVICE_EMPTY_IGNORED', `ServiceImport \`${key}\` has no ready endpoint (\`ignore empty_service\`)`, service.ref);
  return lookupClusterSetIP(service, request, owner);
}

function lookupImportedEndpoints(
  { ref }: ServiceImport,
  ready: readonly ImportedAddress[],
  request: ServiceRequest,
  owner: string,
): Lookup {
  const name = `\`${request.namespace}/${request.service}\``;
  const isAsked = ({ endpointKey, cluster }: ImportedAddress) =>
    request.endpoint === '' || (endpointKey === request.endpoint && cluster === request.cluster);
  const candidates = ready
    .filter(isAsked)
    .flatMap(({ endpointName, cluster, address, family, ports }) =>
      ports
        .filter((port) => portMatches(request, port.name, port.protocol))
        .map(({ port }): Candidate => ({ owner: `${endpointName}.${cluster}.${owner}`, host: address, kind: family, port })),
    );
  if (candidates.length > 0) {
    const clusters = new Set(ready.filter(isAsked).map(({ cluster }) => cluster)).size;
    const message = `ServiceImport ${name}: ready endpoints of ${clusters} cluster${clusters === 1 ? '' : 's'}`;
    return found(candidates, 'IMPORTED_ENDPOINTS', message, ref);
  }
  if (ready.length === 0) return missing('HEADLESS_NOT_READY', `ServiceImport ${name} has no ready endpoint`, ref);
  if (request.endpoint === '')
    return missing(
      'SERVICE_PORT_UNKNOWN',
      `no endpoint of ${name} has a port \`${request.port}\` of protocol \`${request.protocol}\``,
      ref,
    );
  const where = request.cluster === '' ? 'without the name of its cluster' : `in cluster \`${request.cluster}\``;
  return missing('ENDPOINT_UNKNOWN', `no ready endpoint of ServiceImport ${name} is called \`${request.endpoint}\` ${where}`, ref);
}

function lookupClusterSetIP({ ref, ips, ports }: ServiceImport, request: ServiceRequest, owner: string): Lookup {
  const name = `\`${request.namespace}/${request.service}\``;
  const offered = ports.filter((port) => portMatches(request, port.name, port.protocol));
  const portless = ports.length === 0 && request.port === '' && request.protocol === '';
  const numbers = portless ? [undefined] : offered.map(({ port }) => port);
  if (numbers.length === 0)
    return missing(
      'SERVICE_PORT_UNKNOWN',
      `ServiceImport ${name} has no port \`${request.port}\` of protocol \`${request.protocol}\``,
      ref,
    );
  const candidates = numbers.flatMap((port) => ips.map((ip): Candidate => ({ owner, host: formatIp(ip), kind: ip.family, port })));
  return found(candidates, 'CLUSTERSET_IP', `ServiceImport ${name} has an address in the clusterset`, ref);
}

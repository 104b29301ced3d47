import { formatIp } from '../../net/ip.js';
import type { DnsRecord } from '../dns-record.js';
import { type Candidate, found, type Lookup } from './candidate.js';
import type { KubernetesServer } from './kubernetes-server.js';
import { lookupName } from './lookup-name.js';

/** The label pair under which a zone's name server stands when no service selects the server. */
const DEFAULT_NS = 'ns.dns.';

/** Looks a name up; `ns.dns.<zone>` stands for the zone's name servers. */
export function lookupExisting(server: KubernetesServer, name: string, zone: string): Lookup {
  if (name.toLowerCase() !== `${DEFAULT_NS}${zone}`.toLowerCase()) return lookupName(server, name, zone);
  return found(nameServers(server, zone), 'ZONE_APEX', `\`${name}\` is the name server of the zone`);
}

/** The zone's SOA record (coredns `plugin/backend_lookup.go` SOA): in the answer at the apex, in the authority section of every negative answer. */
export function soaRecord({ options: { ttl } }: KubernetesServer, zone: string, serial: number): DnsRecord {
  const data = `ns.dns.${zone} hostmaster.${zone} ${serial} 7200 1800 86400 ${ttl}`;
  return { name: zone, type: 'SOA', ttl: Math.min(ttl, 300), data };
}

/**
 * The name servers of a zone: the services that have one of the server's own pod addresses as an endpoint, with their cluster IPs, or their endpoints
 * when headless. No such service: `ns.dns.<zone>` with the server's addresses (coredns `plugin/kubernetes/ns.go`).
 */
export function nameServers(server: KubernetesServer, zone: string): readonly Candidate[] {
  const own = ownAddresses(server);
  const servers = ownServices(server).flatMap((key) => serversOf(server, key, zone));
  if (servers.length > 0) return servers;
  return own.map((host) => ({ owner: `${DEFAULT_NS}${zone}`, host, kind: host.includes(':') ? 6 : 4, port: undefined }));
}

/** Addresses of the server's own pods. */
export function ownAddresses({ model }: KubernetesServer): readonly string[] {
  return model.profile.dns.serverIPs.map((ip) => formatIp(ip));
}

/** The services that have one of the server's own pods as an endpoint, as `namespace/name`. */
export function ownServices(server: KubernetesServer): readonly string[] {
  const found = ownAddresses(server).flatMap((ip) => server.byAddress.get(ip) ?? []);
  return [...new Set(found.map(({ namespace, service }) => `${namespace}/${service}`))];
}

function serversOf({ model, byService }: KubernetesServer, key: string, zone: string): readonly Candidate[] {
  const service = model.services.get(key);
  if (!service) return [];
  const name = `${service.name}.${service.namespace}.svc.${zone}`;
  if (!service.resource.headless)
    return service.clusterIPs.map(({ value }) => ({ owner: name, host: formatIp(value), kind: value.family, port: undefined }));
  const addresses = byService.get(key) ?? [];
  return addresses.map(({ endpointName, address, family }) => ({
    owner: `${endpointName}.${name}`,
    host: address,
    kind: family,
    port: undefined,
  }));
}

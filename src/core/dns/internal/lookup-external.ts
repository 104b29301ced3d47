import { formatIp, parseIp } from '../../net/ip.js';
import type { Service } from '../../resources/service.js';
import { absoluteName } from '../dns-name.js';
import { ownAddresses, ownServices } from './apex.js';
import { type Candidate, found, type Lookup, missing } from './candidate.js';
import { labelsBelow } from './lookup-name.js';
import type { ExternalPlugin } from './plugin.js';
import { portMatches } from './port-matches.js';

/**
 * `[<port>.<protocol>.|<endpoint>.]<service>.<namespace>.<zone>` (coredns `plugin/kubernetes/external.go` External): one candidate for each matching port and
 * external address. A headless service without any, where the plugin has `headless`, stands for its ready endpoints.
 */
export function lookupExternal(plugin: ExternalPlugin, name: string, zone: string): Lookup {
  const [namespace = '', service, ...rest] = labelsBelow(name, zone).toReversed();
  if (!isExposed(plugin, namespace)) return missing('NAMESPACE_UNKNOWN', `there is no namespace \`${namespace}\` that the server shows`);
  if (service === undefined) return found([], 'EMPTY_NON_TERMINAL', `\`${name}\` exists and has no records of its own`);
  if (rest.length > 2) return missing('NAME_MALFORMED', `\`${name}\` has too many labels below the zone`);
  const known = plugin.server.services.get(`${namespace}/${service}`)?.service;
  if (!known) return missing('SERVICE_UNKNOWN', `there is no service \`${namespace}/${service}\``);
  const label = (text: string | undefined) => text?.replace(/^_/, '') ?? '';
  const asked =
    rest.length === 1
      ? { endpoint: label(rest[0]), port: '', protocol: '' }
      : { endpoint: '', port: label(rest[1]), protocol: label(rest[0]) };
  const { resource } = known;
  const outside = outsideOf(resource);
  const owner = `${service}.${namespace}.${zone}`;
  const inside = plugin.headless && outside.length === 0 && (resource.headless || asked.endpoint !== '');
  const candidates = inside ? endpointsOf(plugin, `${namespace}/${service}`, asked, owner) : portsOf(resource, outside, asked, owner);
  if (candidates.length === 0)
    return missing('EXTERNAL_NOTHING', `service \`${namespace}/${service}\` has no address outside that fits \`${name}\``, known.ref);
  const what = inside
    ? 'is headless: its name stands for its ready endpoints'
    : `has ${outside.length} address${outside.length === 1 ? '' : 'es'} outside`;
  return found(candidates, 'EXTERNAL_ADDRESS', `service \`${namespace}/${service}\` ${what}`, known.ref);
}

/** The services with an external address, in the first zone of the plugin (`ExternalReverse`). */
export function lookupExternalAddress(plugin: ExternalPlugin, address: string): Lookup {
  const { model, options, services } = plugin.server;
  const owners = (model.ipOwners.get(address) ?? []).flatMap((owner) =>
    owner.type === 'externalIP' || owner.type === 'loadBalancer' ? (services.get(owner.service)?.service ?? []) : [],
  );
  const shown = [...new Set(owners)].filter(({ namespace }) => options.namespaces.size === 0 || options.namespaces.has(namespace));
  if (shown.length === 0) return missing('EXTERNAL_NOTHING', `no service has the external address ${address}`);
  const candidates = shown.map(({ name, namespace }): Candidate => {
    const host = `${name}.${namespace}.${plugin.zones[0] ?? '.'}`;
    return { owner: host, host, kind: 'name', port: undefined };
  });
  return found(candidates, 'EXTERNAL_ADDRESS', `${address} is an external address of ${shown.length === 1 ? 'a service' : 'services'}`);
}

/** The external addresses of the services that have the server's own pods behind them, else the pods' own (`nsAddrs`). */
export function externalNameServers({ server, headless }: ExternalPlugin): readonly Candidate[] {
  const keys = ownServices(server);
  if (keys.length === 0) return ownAddresses(server).map((host) => candidateOf(host, undefined, ''));
  return keys.flatMap((key) => {
    const service = server.model.services.get(key);
    if (!service) return [];
    if (!headless || !service.resource.headless) return outsideOf(service.resource).map((host) => candidateOf(host, undefined, ''));
    return (server.byService.get(key) ?? []).map(({ address }) => candidateOf(address, undefined, ''));
  });
}

function isExposed({ server: { model, options } }: ExternalPlugin, namespace: string): boolean {
  return model.namespaces.has(namespace) && (options.namespaces.size === 0 || options.namespaces.has(namespace));
}

/** `spec.externalIPs`, then what the load balancer has: an address, or a name (coredns `plugin/kubernetes/object/service.go`). */
function outsideOf({ externalIPs, loadBalancerIngress }: Service): readonly string[] {
  const balanced = loadBalancerIngress.flatMap(({ ip, hostname }) => (ip ? formatIp(ip) : (hostname ?? [])));
  return [...externalIPs.map((ip) => formatIp(ip)), ...balanced];
}

interface AskedPort {
  readonly endpoint: string;
  readonly port: string;
  readonly protocol: string;
}

function portsOf({ ports }: Service, outside: readonly string[], asked: AskedPort, owner: string): readonly Candidate[] {
  const portless = ports.length === 0 && asked.port === '' && asked.protocol === '';
  const numbers = portless ? [undefined] : ports.filter((port) => portMatches(asked, port.name, port.protocol)).map(({ port }) => port);
  return outside.flatMap((host) => numbers.map((port) => candidateOf(host, port, owner)));
}

function endpointsOf({ server }: ExternalPlugin, key: string, asked: AskedPort, owner: string): readonly Candidate[] {
  const ready = server.byService.get(key) ?? [];
  return ready
    .filter(({ endpointKey }) => asked.endpoint === '' || endpointKey === asked.endpoint)
    .flatMap(({ endpointName, address, ports }) =>
      ports
        .filter(({ name, protocol }) => portMatches(asked, name, protocol))
        .map(({ port }) => candidateOf(address, port, `${endpointName}.${owner}`)),
    );
}

/** A name is its own target. */
function candidateOf(host: string, port: number | undefined, owner: string): Candidate {
  const ip = parseIp(host);
  return ip ? { owner, host, kind: ip.family, port } : { owner: absoluteName(host), host, kind: 'name', port };
}

import { formatIp, type Ip, parseIp } from '../../net/ip.js';
import { found, type Lookup, missing } from './candidate.js';
import { isKnown, type KubernetesServer } from './kubernetes-server.js';

/** The address a reverse name stands for; undefined when it is none (`4.3.2.1.in-addr.arpa.`, 32 nibbles under `ip6.arpa.`). */
export function addressOfReverseName(name: string): Ip | undefined {
  const lower = name.toLowerCase();
  if (lower.endsWith('.in-addr.arpa.')) {
    const labels = lower.slice(0, -'.in-addr.arpa.'.length).split('.');
    return labels.length === 4 ? parseIp(labels.toReversed().join('.')) : undefined;
  }
  if (!lower.endsWith('.ip6.arpa.')) return undefined;
  const nibbles = lower.slice(0, -'.ip6.arpa.'.length).split('.');
  if (nibbles.length !== 32 || nibbles.some((nibble) => !/^[0-9a-f]$/.test(nibble))) return undefined;
  return { family: 6, value: BigInt(`0x${nibbles.toReversed().join('')}`) };
}

/**
 * The names of an address (coredns `plugin/kubernetes/reverse.go`): the service with this cluster IP; else every ready endpoint with it, over all slices
 * and services. Hidden namespaces are skipped. The candidates' hosts are the names.
 */
export function lookupAddress(server: KubernetesServer, address: Ip): Lookup {
  const text = formatIp(address);
  const { model, byAddress } = server;
  const { primaryZone, namespaces } = server.options;
  const exposed = (namespace: string) => namespaces.size === 0 || namespaces.has(namespace);
  for (const owner of model.ipOwners.get(text) ?? []) {
    if (owner.type !== 'clusterIP') continue;
    const service = model.services.get(owner.service);
    if (!service || !exposed(service.namespace) || !isKnown(server, service.resource)) continue;
    const host = `${service.name}.${service.namespace}.svc.${primaryZone}`;
    return found(
      [{ owner: host, host, kind: 'name', port: undefined }],
      'REVERSE_CLUSTER_IP',
      `${text} is the cluster IP of service \`${owner.service}\``,
      service.ref,
    );
  }
  const endpoints = (byAddress.get(text) ?? []).filter((endpoint) => exposed(endpoint.namespace));
  const names = new Set(
    endpoints.map(({ endpointName, service, namespace }) => `${endpointName}.${service}.${namespace}.svc.${primaryZone}`),
  );
  if (names.size === 0) return missing('REVERSE_UNKNOWN', `${text} is neither a cluster IP nor the address of a ready endpoint`);
  const candidates = [...names].map((host) => ({ owner: host, host, kind: 'name' as const, port: undefined }));
  return found(
    candidates,
    'REVERSE_ENDPOINT',
    `${text} is the address of ${names.size === 1 ? 'a ready endpoint' : `${names.size} ready endpoints`}`,
  );
}

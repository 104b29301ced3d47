import { formatIp, type Ip, parseIp } from '../../net/ip.js';
import { found, type Lookup, missing } from './candidate.js';
import type { KubernetesServer } from './kubernetes-server.js';

/** An octet in canonical text. */
const OCTET = /^(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/;

/** The address a reverse name stands for, in canonical text; undefined when it is none. */
export function addressTextOf(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (lower.endsWith('.in-addr.arpa.')) {
    const [d = '', c = '', b = '', a = '', ...more] = lower.slice(0, -'.in-addr.arpa.'.length).split('.');
    if (more.length === 0 && OCTET.test(a) && OCTET.test(b) && OCTET.test(c) && OCTET.test(d)) return `${a}.${b}.${c}.${d}`;
  }
  const ip = addressOfReverseName(lower);
  return ip && formatIp(ip);
}

/** The same, of a name in lower case (`4.3.2.1.in-addr.arpa.`, 32 nibbles under `ip6.arpa.`). */
function addressOfReverseName(lower: string): Ip | undefined {
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
export function lookupAddress(server: KubernetesServer, text: string): Lookup {
  const known = server.reverse.get(text);
  if (known) return known;
  const lookup = namesOf(server, text);
  if (lookup.exists) server.reverse.set(text, lookup);
  return lookup;
}

function namesOf(server: KubernetesServer, text: string): Lookup {
  const { model, byAddress, services } = server;
  const { primaryZone, namespaces } = server.options;
  const exposed = (namespace: string) => namespaces.size === 0 || namespaces.has(namespace);
  for (const owner of model.ipOwners.get(text) ?? []) {
    if (owner.type !== 'clusterIP') continue;
    const service = services.get(owner.service)?.service;
    if (!service || !exposed(service.namespace)) continue;
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

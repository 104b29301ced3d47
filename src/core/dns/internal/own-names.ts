import type { ModelPod, NetworkModel } from '../../model/network-model.js';
import { canonicalIp, formatIp } from '../../net/ip.js';
import type { DnsRecord } from '../dns-record.js';
import { absoluteName } from '../dns-name.js';
import { podHostname } from '../pod-hostname.js';
import type { DnsDecision } from './candidate.js';
import { type HostsEntry, KUBELET_HOSTS } from './hosts-entries.js';

/** What a C library knows of a name before it asks anybody: addresses, and `/etc/hosts` (glibc `nss/nss_files`, musl `src/network/lookup_name.c` name_from_numeric, name_from_hosts). */
export interface OwnName {
  readonly records: readonly DnsRecord[];
  readonly decision: DnsDecision;
}

/** The loopback lines that every distribution's file has. */
const LOOPBACK: readonly HostsEntry[] = [
  { address: '127.0.0.1', names: ['localhost'] },
  { address: '::1', names: ['localhost'] },
];

/** The `/etc/hosts` of a pod, as kubelet writes it (kubernetes `pkg/kubelet/kubelet_pods.go`); on the host network that of the node, of which only the loopback lines are certain. */
export function podHosts(model: NetworkModel, pod: ModelPod): readonly HostsEntry[] {
  const aliases = pod.spec.hostAliases.flatMap(({ ip, hostnames }) => {
    const address = canonicalIp(ip);
    return address === undefined ? [] : [{ address, names: hostnames.map((name) => name.toLowerCase()) }];
  });
  if (pod.spec.hostNetwork) return [...NODE_HOSTS, ...aliases];
  const { hostname, fqdn } = podHostname(model, pod);
  const names = [...new Set([fqdn, hostname])].map((name) => name.toLowerCase());
  const own = pod.ips.map(({ value }) => ({ address: formatIp(value), names }));
  return [...KUBELET_HOSTS, ...own, ...aliases];
}

/** What is known of a node's file. */
export const NODE_HOSTS = LOOPBACK;

/** What the library answers by itself; undefined: it asks a name server. A final dot keeps the file away. */
export function ownName(hosts: readonly HostsEntry[], name: string): OwnName | undefined {
  const numeric = canonicalIp(name);
  if (numeric !== undefined) {
    const message = `\`${name}\` is an address: the C library takes it as it is and asks nobody`;
    return { records: [recordOf(name, numeric)], decision: { reason: 'NUMERIC_ADDRESS', message } };
  }
  const lower = name.toLowerCase();
  const addresses = [...new Set(hosts.filter(({ names }) => names.includes(lower)).map(({ address }) => address))];
  if (addresses.length === 0) return undefined;
  const message = `\`${name}\` stands in the asker’s own \`/etc/hosts\`: the C library answers from there and asks nobody`;
  return { records: addresses.map((address) => recordOf(name, address)), decision: { reason: 'HOSTS_FILE', message } };
}

function recordOf(name: string, data: string): DnsRecord {
  return { name: absoluteName(name), type: data.includes(':') ? 'AAAA' : 'A', ttl: 0, data };
}

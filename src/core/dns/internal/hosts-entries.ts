import { canonicalIp } from '../../net/ip.js';

/** A line of a hosts file. Names are in lower case, without a final dot. */
export interface HostsEntry {
  readonly address: string;
  readonly names: readonly string[];
}

/** What kubelet writes into every container's `/etc/hosts` (kubernetes `pkg/kubelet/kubelet_pods.go` managedHostsFileContent). */
export const KUBELET_HOSTS: readonly HostsEntry[] = [
  { address: '127.0.0.1', names: ['localhost'] },
  { address: '::1', names: ['localhost', 'ip6-localhost', 'ip6-loopback'] },
  { address: 'fe00::', names: ['ip6-localnet'] },
  { address: 'fe00::', names: ['ip6-mcastprefix'] },
  { address: 'fe00::1', names: ['ip6-allnodes'] },
  { address: 'fe00::2', names: ['ip6-allrouters'] },
];

/** Reads a hosts file: `address name…`, `#` begins a comment; a line that is none says nothing (coredns `plugin/hosts/hostsfile.go` parse). */
export function parseHosts(text: string): readonly HostsEntry[] {
  return text.split('\n').flatMap((line) => hostsEntry((line.split('#', 1)[0] ?? '').split(/\s+/).filter((word) => word !== '')));
}

/** One line, in words; the zone of an address (`fe80::1%eth0`) is of no account. */
export function hostsEntry([address = '', ...names]: readonly string[]): readonly HostsEntry[] {
  const ip = canonicalIp(address.replace(/%.*$/, ''));
  return ip === undefined || names.length === 0 ? [] : [{ address: ip, names: names.map((name) => name.toLowerCase().replace(/\.$/, '')) }];
}

import { type Ip, parseIp } from '../../core/net/ip.js';
import { isLoopback } from '../../core/services/packet.js';

/** The hosts file that the kubelet writes into every container (kubernetes `pkg/kubelet/kubelet_pods.go` managedHostsFileContent): it is read before DNS is asked. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['localhost', '127.0.0.1'],
  ['ip6-localhost', '::1'],
  ['ip6-loopback', '::1'],
]);

/**
 * The loopback address that a host or address means: 127.0.0.0/8, ::1 (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3), and the unspecified address, which Linux
 * connects to itself (linux `net/ipv4/route.c` ip_route_output_key_hash_rcu, `net/ipv6/tcp_ipv6.c` tcp_v6_connect).
 */
export function loopbackOf(host: Ip | string): Ip | undefined {
  if (typeof host === 'string') return parseIp(NAMES.get(host.toLowerCase()) ?? '');
  return isLoopback(host) || host.value === 0n ? host : undefined;
}

import type { Note } from '../../kernel/answer.js';
import { type AskedProtocol, formatAskedProtocol } from '../asked-protocol.js';

/**
 * "Isolation … traffic of other protocols (ICMP, for example): the behaviour may vary between network plugins" (Kubernetes documentation, Network Policies). Calico and
 * Cilium tell what their layers do; `byNetworkPolicies`: the layer of the API alone has a say.
 */
export function undefinedProtocol(protocol: AskedProtocol | undefined, byNetworkPolicies: boolean): readonly Note[] {
  if (typeof protocol !== 'object' || !byNetworkPolicies) return [];
  const what = formatAskedProtocol(protocol);
  const message = `NetworkPolicies do not define what becomes of ${what}: isolation is taken to refuse it, and a rule without ports to admit it; a plugin may do otherwise`;
  return [{ code: 'PROTOCOL_NOT_DEFINED', message }];
}

import { assertNever } from '../../kernel/assert-never.js';
import type { CalicoPolicy } from '../../resources/calico-policy.js';
import type { CiliumPolicy } from '../../resources/cilium-policy.js';
import type { ClusterPolicy } from '../../resources/cluster-policy.js';
import type { NetworkPolicy } from '../../resources/network-policy.js';
import type { Direction } from './direction.js';

/** A policy of any API that can be written. */
export type CountedPolicy = NetworkPolicy | ClusterPolicy | CiliumPolicy | CalicoPolicy;

/** Where the rules of a policy stand that may allow or deny something in a direction. */
export function pointersOf(policy: CountedPolicy, direction: Direction): readonly string[] {
  switch (policy.kind) {
    case 'NetworkPolicy':
      return policy[`${direction}Isolation`] ? policy[direction].map(({ pointer }) => pointer) : [];
    case 'CiliumNetworkPolicy':
    case 'CiliumClusterwideNetworkPolicy':
      return policy.specs.flatMap((spec) => spec[direction].rules.map(({ pointer }) => pointer));
    case 'CalicoNetworkPolicy':
    case 'GlobalNetworkPolicy':
      return (direction === 'ingress' ? policy.appliesToIngress : policy.appliesToEgress) ? deciding(policy[direction]) : [];
    case 'AdminNetworkPolicy':
    case 'BaselineAdminNetworkPolicy':
    case 'ClusterNetworkPolicy':
      return deciding(policy[direction]);
    default:
      return assertNever(policy);
  }
}

/** Rules that pass on, or only write a log, decide nothing. */
function deciding(rules: readonly { readonly pointer: string; readonly action: string }[]): readonly string[] {
  return rules.filter(({ action }) => action !== 'Pass' && action !== 'Log').map(({ pointer }) => pointer);
}

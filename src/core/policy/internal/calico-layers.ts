import { compareBy } from '../../kernel/compare.js';
import type { CalicoPolicy } from '../../resources/calico-policy.js';
import { actingClusterPolicy } from './acting-cluster-policy.js';
import { actingNetworkPolicy } from './acting-network-policy.js';
import type { ActingTier, CalicoBook } from './calico-book.js';
import type { Direction } from './direction.js';
import type { ActingPolicy, AnyPolicy, LayerAt, SubjectEndpoint } from './layer.js';
import type { PolicyBook } from './policy-book.js';

/** Whether the policy is one of Calico's tiers. */
export function isCalicoPolicy(policy: AnyPolicy): policy is CalicoPolicy {
  return policy.kind === 'CalicoNetworkPolicy' || policy.kind === 'GlobalNetworkPolicy';
}

/** Where a policy of any API stands among Calico's. */
interface Placed {
  readonly tier: string;
  readonly order: number;
  /** "Policies with identical order will be applied in alphanumerical order based on the Policy Name": `name/namespace/kind` (felix `calc/policy_sorter.go`). */
  readonly name: string;
  readonly acting: ActingPolicy;
}

/** "We insert all the NetworkPolicy Policies at order 1000.0 after conversion" (projectcalico/calico `k8s/conversion/conversion.go`). */
const NETWORK_POLICY_ORDER = 1000;

const inOrder = compareBy<Placed>(
  ({ order }) => order,
  ({ name }) => name,
);

const tiersInOrder = compareBy<ActingTier>(
  ({ order }) => order,
  ({ name }) => name,
);

/**
 * The layers at an endpoint where Calico's policies count: its tiers by order, then by name, each with the policies that apply in the direction; NetworkPolicies
 * are among those of the tier `default`, policies of the cluster have the tiers `kube-admin` and `kube-baseline`. After the last tier the profiles decide: those
 * of a pod allow everything (`kns.<namespace>`), those of a host endpoint are its own, and without any it is denied.
 */
export function calicoLayers(book: PolicyBook, calico: CalicoBook, direction: Direction, subject: SubjectEndpoint): readonly LayerAt[] {
  const byTier = new Map<string, Placed[]>();
  for (const placed of placedPolicies(book, calico, direction, subject)) {
    const known = byTier.get(placed.tier);
    if (known) known.push(placed);
    else byTier.set(placed.tier, [placed]);
  }
  const tiers = [...byTier.keys()].flatMap((name) => calico.tier(name) ?? []).sort(tiersInOrder);
  const layers = tiers.map((tier): LayerAt => {
    const policies = (byTier.get(tier.name) ?? []).sort(inOrder).map(({ acting }) => acting);
    const end = policies.some(({ isolates }) => isolates) ? 'Deny' : 'open';
    return { layer: `calico:${tier.name}`, policies, rules: policies.flatMap(({ rules }) => rules), end };
  });
  return [...layers, ...profileLayer(calico, direction, subject)];
}

function placedPolicies(book: PolicyBook, calico: CalicoBook, direction: Direction, subject: SubjectEndpoint): readonly Placed[] {
  const ofCluster = (['Admin', 'Baseline'] as const).flatMap((tier) =>
    book
      .selecting(tier, subject)
      .filter((policy) => policy[direction].length > 0)
      .map((policy): Placed => {
        const acting = actingClusterPolicy(book.settings, policy, direction);
        const order = policy.priority ?? Number.POSITIVE_INFINITY;
        const name = `${policy.ref.name}//Kubernetes${policy.kind}`;
        return { tier: tier === 'Admin' ? 'kube-admin' : 'kube-baseline', order, name, acting };
      }),
  );
  const kubernetes = book
    .selecting('NetworkPolicy', subject)
    .map((policy) => ({ policy, acting: actingNetworkPolicy(book.settings, policy, direction) }))
    .filter(({ acting }) => acting.isolates)
    .map(({ policy, acting }): Placed => {
      return {
        tier: 'default',
        order: NETWORK_POLICY_ORDER,
        name: `${policy.ref.name}/${policy.namespace}/KubernetesNetworkPolicy`,
        acting,
      };
    });
  const own = book
    .selecting('Calico', subject)
    .filter((policy) => (direction === 'ingress' ? policy.appliesToIngress : policy.appliesToEgress))
    .map((policy): Placed => {
      const name = `${policy.name}/${policy.ref.namespace ?? ''}/${policy.ref.kind}`;
      return { tier: policy.tier, order: policy.order ?? Number.POSITIVE_INFINITY, name, acting: calico.act(policy, direction) };
    });
  return [...ofCluster, ...kubernetes, ...own];
}

/** "If we reach here, … a policy PASSed the request": profiles in order, "no profile = deny" (`app-policy/checker/check.go`). */
function profileLayer(calico: CalicoBook, direction: Direction, subject: SubjectEndpoint): readonly LayerAt[] {
  const profiles = calico.profilesOf(subject);
  if (!profiles) return [];
  const policies = profiles.map((profile) => calico.actProfile(profile, direction));
  return [{ layer: 'calico-profiles', policies, rules: policies.flatMap(({ rules }) => rules), end: 'Deny' }];
}

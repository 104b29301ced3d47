import { compareBy } from '../../kernel/compare.js';
import type { CalicoHostEndpoint } from '../../resources/calico-host-endpoint.js';
import type { CalicoPolicy } from '../../resources/calico-policy.js';
import type { CalicoProfile } from '../../resources/calico-profile.js';
import { actingClusterPolicy } from './acting-cluster-policy.js';
import { actingNetworkPolicy } from './acting-network-policy.js';
import { type ActingTier, type CalicoBook, type PolicyStage, stageOf } from './calico-book.js';
import type { Direction } from './direction.js';
import type { ActingPolicy, AnyPolicy, LayerAt, LayerHost, SubjectEndpoint } from './layer.js';
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
  const tiers = tierLayers(calico, placedPolicies(book, calico, direction, subject), { name: 'calico', ends: true });
  return [...tiers, ...profileLayer(calico, direction, calico.profilesOf(subject))];
}

/** How the tiers of a list of policies become layers. */
interface TierKind {
  readonly name: 'calico' | 'calico-untracked' | 'calico-pre-dnat' | 'calico-forward';
  /** Whether what no rule of a tier matches is left to its default action; if not, to the next tier. */
  readonly ends: boolean;
  readonly host?: LayerHost;
  /** What stands before the policies of each tier. */
  readonly first?: readonly ActingPolicy[];
}

/** The tiers that exist, in order, each with the policies that it has among these. */
function tierLayers(calico: CalicoBook, placed: readonly Placed[], { name, ends, host, first = [] }: TierKind): readonly LayerAt[] {
  const byTier = new Map<string, Placed[]>();
  for (const one of placed) {
    const known = byTier.get(one.tier);
    if (known) known.push(one);
    else byTier.set(one.tier, [one]);
  }
  const tiers = [...byTier.keys()].flatMap((tier) => calico.tier(tier) ?? []).sort(tiersInOrder);
  return tiers.map((tier): LayerAt => {
    const own = (byTier.get(tier.name) ?? []).sort(inOrder).map(({ acting }) => (ends ? acting : { ...acting, isolates: false }));
    const policies = [...first, ...own];
    const end = policies.some(({ isolates }) => isolates) ? 'Deny' : 'open';
    const rules = policies.flatMap((one) => one.rules);
    return { layer: `${name}:${tier.name}`, policies, rules, end, ...(host && { host }) };
  });
}

/** What the policies of a host endpoint do to packets of one kind. */
export function hostLayers(
  book: PolicyBook,
  calico: CalicoBook,
  direction: Direction,
  host: CalicoHostEndpoint,
  kind: Omit<TierKind, 'ends'>,
): readonly LayerAt[] {
  const stage = STAGES[kind.name];
  const ofStage = book
    .selectingHost(host)
    .filter(
      (policy) =>
        stageOf(policy) === stage && (kind.name !== 'calico-forward' || (policy.kind === 'GlobalNetworkPolicy' && policy.applyOnForward)),
    );
  return tierLayers(calico, placedOf(calico, direction, ofStage), { ...kind, ends: stage === 'normal' });
}

const STAGES: Readonly<Record<TierKind['name'], PolicyStage>> = {
  calico: 'normal',
  'calico-forward': 'normal',
  'calico-untracked': 'untracked',
  'calico-pre-dnat': 'pre-dnat',
};

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
  const own = book.selecting('Calico', subject).filter((policy) => stageOf(policy) === 'normal');
  return [...ofCluster, ...kubernetes, ...placedOf(calico, direction, own)];
}

/** Those that apply in the direction, with their places. */
function placedOf(calico: CalicoBook, direction: Direction, policies: readonly CalicoPolicy[]): readonly Placed[] {
  return policies
    .filter((policy) => (direction === 'ingress' ? policy.appliesToIngress : policy.appliesToEgress))
    .map((policy): Placed => {
      const name = `${policy.name}/${policy.ref.namespace ?? ''}/${policy.ref.kind}`;
      return { tier: policy.tier, order: policy.order ?? Number.POSITIVE_INFINITY, name, acting: calico.act(policy, direction) };
    });
}

/** "If we reach here, … a policy PASSed the request": profiles in order, "no profile = deny" (`app-policy/checker/check.go`); undefined: those of a pod, which allow everything. */
export function profileLayer(
  calico: CalicoBook,
  direction: Direction,
  profiles: readonly CalicoProfile[] | undefined,
  host?: LayerHost,
): readonly LayerAt[] {
  if (!profiles) return [];
  const policies = profiles.map((profile) => calico.actProfile(profile, direction));
  return [
    {
      layer: 'calico-profiles',
      policies,
      rules: policies.flatMap(({ rules }) => rules),
      end: 'Deny',
      lasting: true,
      ...(host && { host }),
    },
  ];
}

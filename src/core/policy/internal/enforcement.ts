import type { Enforcement, Note } from '../../kernel/answer.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { ClusterPolicy } from '../../resources/cluster-policy.js';
import type { CniPlugin } from '../../model/network-profile.js';

/** What each plugin does otherwise than the specification says, as far as its own documents tell. */
const CAVEATS: Partial<Readonly<Record<CniPlugin, readonly string[]>>> = {
  cilium: [
    'cilium: an ipBlock does not match pods (cilium/cilium#9209)',
    'cilium: SCTP is only enforced where it is switched on (cilium/cilium#5719), and endPort only by newer versions (cilium/cilium#16622)',
  ],
  weave: ['weave: the project is archived; endPort and SCTP are not known to be enforced'],
  flannel: ['flannel takes policies and does not enforce them; Canal (flannel and Calico) does'],
};

/** Whether the plugin makes NetworkPolicy come true. */
export function isEnforced({ profile }: NetworkModel): boolean {
  return profile.policy.enforcement === 'on' && profile.policy.apis.includes('networking.k8s.io');
}

const TIERED = 'policy.networking.k8s.io';

/**
 * The policies of `policy.networking.k8s.io` that come true: all, or none where the plugin does not enforce them. While nobody told which APIs are enforced,
 * they are taken as enforced: whoever stores such policies means them. Where nothing is enforced they are judged as the others are, without effect.
 */
export function clusterPoliciesOf(model: NetworkModel): readonly ClusterPolicy[] {
  const assumed = model.profileSources.get('policy.apis')?.provenance === 'assumed';
  const counted = assumed || !isEnforced(model) || model.profile.policy.apis.includes(TIERED);
  return counted ? model.clusterPolicies : NONE;
}

const NONE: readonly ClusterPolicy[] = [];

/** Says so where policies are stored and left out of the answer, because the plugin does not enforce their API. */
export function unenforcedClusterPolicies(model: NetworkModel): readonly Note[] {
  const { length } = model.clusterPolicies;
  if (length === 0 || clusterPoliciesOf(model).length > 0) return [];
  const many = length === 1 ? 'policy' : 'policies';
  const message = `${length} ${many} of \`${TIERED}\` ${length === 1 ? 'is' : 'are'} stored, and ${model.profile.cni.plugin} is not known to enforce them: \`policy.apis\` of the profile says so if it does`;
  return [{ code: 'API_NOT_ENFORCED', message }];
}

/** Says so where the answer rests on policies of which nobody told whether they are enforced. */
export function assumedApis(model: NetworkModel): readonly Note[] {
  return assumedSwitch(model, 'policy.apis', `policies of \`${TIERED}\` are taken as enforced`);
}

/** Says so where `networks` are taken to match pods, or not to. */
export function assumedNetworks(model: NetworkModel): readonly Note[] {
  const matches = model.profile.policy.networksMatchPods;
  return assumedSwitch(model, 'policy.networksMatchPods', `\`networks\` are taken to ${matches ? '' : 'not '}match pods`);
}

/** What to know about the plugin beside the answer. */
export function enforcementOf(model: NetworkModel): Enforcement {
  const { cni, policy } = model.profile;
  const caveats = [...(CAVEATS[cni.plugin] ?? [])];
  if (model.clusterPolicies.length > 0 && clusterPoliciesOf(model).length === 0) {
    caveats.push(`${cni.plugin}: policies of \`${TIERED}\` are stored and not known to be enforced`);
  }
  if (policy.hostNetworkPods === 'excluded') caveats.push('hostNetwork pods are not isolated, and only an ipBlock names them');
  if (policy.nodeToOwnPod) caveats.push("traffic from a pod's own node is always allowed");
  return { cni: cni.plugin, enforced: isEnforced(model), caveats };
}

/** Objects of other policy APIs that were imported and might allow or deny the same connections. */
export function unmodelledPolicies(model: NetworkModel): readonly Note[] {
  const kinds = new Map<string, number>();
  for (const { ref, affects } of model.unmodelled) {
    const name = `${ref.kind} (${ref.apiVersion})`;
    if (affects === 'policy') kinds.set(name, (kinds.get(name) ?? 0) + 1);
  }
  return [...kinds].map(([kind, count]) => ({
    code: 'NOT_MODELLED',
    message: `${count} object${count === 1 ? '' : 's'} of kind ${kind} ${count === 1 ? 'is' : 'are'} stored but not modelled, and may allow or deny connections too`,
  }));
}

/** Says so where the answer rests on a switch of the profile that nobody told. */
export function assumedSwitch(model: NetworkModel, field: string, what: string): readonly Note[] {
  const source = model.profileSources.get(field);
  if (source?.provenance !== 'assumed') return [];
  const code = `PROFILE_${field
    .slice(field.indexOf('.') + 1)
    .replaceAll(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase()}`;
  return [{ code, message: `${what}: \`${field}\` is assumed, ${source.why}` }];
}

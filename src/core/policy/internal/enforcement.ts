import type { Enforcement, Note } from '../../kernel/answer.js';
import type { NetworkModel } from '../../model/network-model.js';
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

/** What to know about the plugin beside the answer. */
export function enforcementOf(model: NetworkModel): Enforcement {
  const { cni, policy } = model.profile;
  const caveats = [...(CAVEATS[cni.plugin] ?? [])];
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

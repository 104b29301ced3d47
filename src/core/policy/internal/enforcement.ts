import type { Enforcement, Note } from '../../kernel/answer.js';
import { oncePer } from '../../kernel/once-per.js';
import type { NetworkModel } from '../../model/network-model.js';
import { CILIUM_POLICY_KINDS, type CiliumProfile } from '../../model/network-profile.js';
import type { CalicoPolicy } from '../../resources/calico-policy.js';
import type { ClusterPolicy } from '../../resources/cluster-policy.js';
import { CNI_PLUGINS, listsApi } from '../../model/cni-plugins.js';
import type { CiliumPolicy } from '../../resources/cilium-policy.js';
import type { NetworkPolicy } from '../../resources/network-policy.js';

/** Whether the plugin makes NetworkPolicy come true; Cilium does not with `enable-policy: never`. */
export function isEnforced({ profile: { policy } }: NetworkModel): boolean {
  const switchedOff = policy.apis.includes(CILIUM) && policy.cilium.mode === 'never';
  return policy.enforcement === 'on' && policy.apis.includes('networking.k8s.io') && !switchedOff;
}

const CILIUM = 'cilium.io';

const TIERED = 'policy.networking.k8s.io';

/**
 * The policies of `policy.networking.k8s.io` that come true: all, or none where the plugin does not enforce them. While nobody told which APIs are enforced,
 * they are taken as enforced: whoever stores such policies means them. Where nothing is enforced they are judged as the others are, without effect.
 */
export function clusterPoliciesOf(model: NetworkModel): readonly ClusterPolicy[] {
  const assumed = model.profileSources.get('policy.apis')?.provenance === 'assumed';
  const { apis } = model.profile.policy;
  if (assumed || !isEnforced(model) || apis.includes(TIERED)) return model.clusterPolicies;
  return model.clusterPolicies.filter(({ kind, ref }) => versionsOf(kind, ref.apiVersion).some((version) => listsApi(apis, version)));
}

/** The versions in which the object is served: one definition has both of ClusterNetworkPolicy, so whoever watches one sees what was written in the other. */
function versionsOf(kind: ClusterPolicy['kind'], apiVersion: string): readonly string[] {
  return kind === 'ClusterNetworkPolicy' ? [`${TIERED}/v1alpha2`, `${TIERED}/v1beta1`] : [apiVersion];
}

/**
 * Whether NetworkPolicies are enforced by Cilium, in one layer with its own policies; where nothing is enforced or nobody told, whether there are any of
 * these, and none of Calico that counts.
 */
function enforcesCilium(model: NetworkModel): boolean {
  const { apis } = model.profile.policy;
  const assumed = model.profileSources.get('policy.apis')?.provenance === 'assumed';
  if (enforcesCalico(model)) return false;
  return apis.includes(CILIUM) || ((assumed || apis.length === 0) && model.ciliumPolicies.length > 0);
}

/** The policies of `cilium.io` where Cilium enforces policies, of the kinds that its agent reads; undefined where it does not. */
export function ciliumPoliciesOf(model: NetworkModel): readonly CiliumPolicy[] | undefined {
  if (!enforcesCilium(model)) return undefined;
  const { kinds } = model.profile.policy.cilium;
  const all = kinds.includes('CiliumNetworkPolicy') && kinds.includes('CiliumClusterwideNetworkPolicy');
  return all ? model.ciliumPolicies : model.ciliumPolicies.filter(({ kind }) => kinds.includes(kind));
}

/** The NetworkPolicies that come true: all, or none where Cilium enforces policies and does not read these. */
export function networkPoliciesOf(model: NetworkModel): readonly NetworkPolicy[] {
  return model.profile.policy.cilium.kinds.includes('NetworkPolicy') || !enforcesCilium(model) ? model.networkPolicies : NO_POLICIES;
}

const NO_POLICIES: readonly NetworkPolicy[] = [];

/** Says so where policies are stored of kinds that Cilium's agent is told not to read. */
function unreadKinds(model: NetworkModel): readonly Note[] {
  const { kinds } = model.profile.policy.cilium;
  const unread = CILIUM_POLICY_KINDS.filter((kind) => !kinds.includes(kind));
  return unread.flatMap((unreadKind) => {
    const stored = unreadKind === 'NetworkPolicy' ? model.networkPolicies : model.ciliumPolicies;
    const { length } = stored.filter(({ kind }) => kind === unreadKind);
    if (length === 0) return [];
    const [what, are] = length === 1 ? ['policy', 'is'] : ['policies', 'are'];
    const message = `${length} ${what} of kind ${unreadKind} ${are} stored, not enforced: Cilium's agent does not read them (\`policy.cilium.kinds\` of the profile)`;
    return [{ code: 'API_NOT_ENFORCED', message }];
  });
}

/** Says so where policies of Cilium are stored and left out of the answer. */
function unenforcedCiliumPolicies(model: NetworkModel): readonly Note[] {
  if (enforcesCilium(model)) return [...unenforcedHostPolicies(model), ...unreadKinds(model)];
  const { length } = model.ciliumPolicies;
  if (length === 0) return [];
  const message = `${length} ${length === 1 ? 'policy' : 'policies'} of \`${CILIUM}\` ${length === 1 ? 'is' : 'are'} stored, and ${model.profile.cni.plugin} does not enforce them`;
  return [{ code: 'API_NOT_ENFORCED', message }];
}

const CALICO = 'projectcalico.org';
const NO_CALICO: readonly CalicoPolicy[] = [];

/** Calico's policies that come true; likewise. */
export function calicoPoliciesOf(model: NetworkModel): readonly CalicoPolicy[] {
  return countsCalico(model) ? model.calico.policies : NO_CALICO;
}

function countsCalico(model: NetworkModel): boolean {
  const { apis } = model.profile.policy;
  const assumed = model.profileSources.get('policy.apis')?.provenance === 'assumed';
  return assumed || !isEnforced(model) || apis.includes(CALICO) || apis.includes(`crd.${CALICO}`);
}

/**
 * Whether objects of Calico decide anything: its policies do, and a host endpoint alone does, which is closed unless a profile opens it; so does an agent that
 * drops what pods send to their own node.
 */
function enforcesCalico(model: NetworkModel): boolean {
  const { policies, hostEndpoints, felixConfigurations } = model.calico;
  const drops =
    model.profile.policy.calico.endpointToHost === 'Drop' || felixConfigurations.some(({ endpointToHost }) => endpointToHost === 'Drop');
  return countsCalico(model) && (policies.length + hostEndpoints.length > 0 || drops);
}

/** The policies of each API that count; undefined: nothing of Calico decides, Cilium does not enforce policies. */
export interface CountingPolicies {
  readonly network: readonly NetworkPolicy[];
  readonly cluster: readonly ClusterPolicy[];
  readonly calico: readonly CalicoPolicy[] | undefined;
  readonly cilium: readonly CiliumPolicy[] | undefined;
}

/** Those of a model, as its profile has them. */
export function countingPoliciesOf(model: NetworkModel): CountingPolicies {
  return {
    network: networkPoliciesOf(model),
    cluster: clusterPoliciesOf(model),
    calico: enforcesCalico(model) ? calicoPoliciesOf(model) : undefined,
    cilium: ciliumPoliciesOf(model),
  };
}

/** Those of Kubernetes' own APIs, as if all were enforced. */
export function specifiedPoliciesOf({ networkPolicies, clusterPolicies }: NetworkModel): CountingPolicies {
  return { network: networkPolicies, cluster: clusterPolicies, calico: undefined, cilium: undefined };
}

/** Policies with a nodeSelector need the host firewall. */
function unenforcedHostPolicies({ ciliumPolicies, profile }: NetworkModel): readonly Note[] {
  const { length } = ciliumPolicies.filter(({ specs }) => specs.some(({ subject }) => subject.type === 'nodes'));
  if (length === 0 || profile.policy.cilium.hostPolicies) return [];
  const [what, are] = length === 1 ? ['policy', 'is'] : ['policies', 'are'];
  const message = `${length} ${what} with a nodeSelector ${are} stored, not enforced: the host firewall is off (\`policy.cilium.hostPolicies\` of the profile)`;
  return [{ code: 'API_NOT_ENFORCED', message }];
}

/** Says so where policies of Calico are stored and left out of the answer. */
function unenforcedCalicoPolicies(model: NetworkModel): readonly Note[] {
  const { length } = model.calico.policies;
  if (length === 0 || calicoPoliciesOf(model).length > 0) return [];
  const message = `${length} ${length === 1 ? 'policy' : 'policies'} of \`${CALICO}\` ${length === 1 ? 'is' : 'are'} stored, and ${model.profile.cni.plugin} does not enforce them`;
  return [{ code: 'API_NOT_ENFORCED', message }];
}

/** Says so where the answer rests on policies of Calico of which nobody told whether they are enforced. */
export function assumedCalico(model: NetworkModel): readonly Note[] {
  return assumedSwitch(model, 'policy.apis', `policies of \`${CALICO}\` are taken as enforced`);
}

/** Says so where policies are stored and left out of the answer, because the plugin does not enforce their API. */
export const unenforcedPolicies = oncePer((model: NetworkModel): readonly Note[] => {
  const others = [...unenforcedCiliumPolicies(model), ...unenforcedCalicoPolicies(model)];
  const length = model.clusterPolicies.length - clusterPoliciesOf(model).length;
  if (length === 0) return others;
  const many = length === 1 ? 'policy' : 'policies';
  const message = `${length} ${many} of \`${TIERED}\` ${length === 1 ? 'is' : 'are'} stored, and ${model.profile.cni.plugin} is not known to enforce them: \`policy.apis\` of the profile says so if it does`;
  return [{ code: 'API_NOT_ENFORCED', message }, ...others];
});

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
export const enforcementOf = oncePer((model: NetworkModel): Enforcement => {
  const { cni, policy } = model.profile;
  const caveats = CNI_PLUGINS[cni.plugin].caveats.map(({ text }) => text);
  if (clusterPoliciesOf(model).length < model.clusterPolicies.length) {
    caveats.push(`${cni.plugin}: policies of \`${TIERED}\` are stored and not known to be enforced`);
  }
  if (!enforcesCilium(model) && model.ciliumPolicies.length > 0)
    caveats.push(`${cni.plugin}: policies of \`${CILIUM}\` are stored, not enforced`);
  if (calicoPoliciesOf(model).length < model.calico.policies.length)
    caveats.push(`${cni.plugin}: policies of \`${CALICO}\` are stored, not enforced`);
  if (policy.apis.includes(CILIUM) && policy.cilium.mode === 'always') {
    caveats.push('cilium: `enable-policy: always` puts every endpoint into default-deny, whether a policy selects it or not');
  }
  if (enforcesCilium(model)) caveats.push(...ciliumCaveats(policy.cilium));
  if (policy.orderTies === 'file' && model.calico.policies.length > 0)
    caveats.push('calico: policies of one order stand by name, as Calico has them; `orderTies: file` is not followed');
  if (policy.hostNetworkPods === 'excluded') caveats.push('hostNetwork pods are not isolated, and only an ipBlock names them');
  if (policy.nodeToOwnPod) caveats.push("traffic from a pod's own node is always allowed");
  return { cni: cni.plugin, enforced: isEnforced(model), caveats };
});

/** What is switched off in the agent, and so not enforced. */
function ciliumCaveats({ kinds, layer7, icmpRules }: CiliumProfile): readonly string[] {
  const unread = CILIUM_POLICY_KINDS.filter((kind) => !kinds.includes(kind)).map(
    (kind) => `cilium: the agent does not read policies of kind ${kind}: they are stored, not enforced`,
  );
  const refused = (what: string, key: string) =>
    `cilium: \`${key}: false\`: the agent refuses policies with ${what}; here their rules fail closed`;
  return [
    ...unread,
    ...(layer7 ? [] : [refused('rules of layer 7', 'enable-l7-proxy')]),
    ...(icmpRules ? [] : [refused('`icmps`', 'enable-icmp-rules')]),
  ];
}

/** Objects of other policy APIs that were imported and might allow or deny the same connections. */
export const unmodelledPolicies = oncePer((model: NetworkModel): readonly Note[] => {
  const kinds = new Map<string, number>();
  for (const { ref, affects } of model.unmodelled) {
    const name = `${ref.kind} (${ref.apiVersion})`;
    if (affects === 'policy') kinds.set(name, (kinds.get(name) ?? 0) + 1);
  }
  return [...kinds].map(([kind, count]) => ({
    code: 'NOT_MODELLED',
    message: `${count} object${count === 1 ? '' : 's'} of kind ${kind} ${count === 1 ? 'is' : 'are'} stored but not modelled, and may allow or deny connections too`,
  }));
});

/** Says so where the answer rests on a switch of the profile that nobody told. */
export function assumedSwitch(model: NetworkModel, field: string, what: string): readonly Note[] {
  const source = model.profileSources.get(field);
  if (source?.provenance !== 'assumed') return [];
  const code = noteCodeOf(field);
  return [{ code, message: `${what}: \`${field}\` is assumed, ${source.why}` }];
}

const noteCodes = new Map<string, string>();

/** `policy.ipBlockMatchesPods` → `PROFILE_IP_BLOCK_MATCHES_PODS`; there are a few such fields. */
function noteCodeOf(field: string): string {
  let code = noteCodes.get(field);
  if (code === undefined) {
    const words = field
      .slice(field.indexOf('.') + 1)
      .replaceAll('.', '_')
      .replaceAll(/[A-Z]/g, (letter) => `_${letter}`);
    code = `PROFILE_${words.toUpperCase()}`;
    noteCodes.set(field, code);
  }
  return code;
}

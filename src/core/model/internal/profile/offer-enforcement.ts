import { apisOf, CNI_PLUGINS } from '../../cni-plugins.js';
import type { CniPlugin } from '../../network-profile.js';
import type { ResourceIndex } from '../resource-index.js';
import type { PluginEvidence } from './plugin-evidence.js';
import type { Finding, ProfileDraft } from './profile-draft.js';
import { followsFrom } from './told-by.js';

const NETWORKING = 'networking.k8s.io';
/** Agents that enforce policies beside the plugin that gives the addresses: the names of their DaemonSets and containers. */
const ENFORCERS: readonly {
  readonly name: string;
  readonly agent: string;
  readonly container: string;
  readonly plugin: CniPlugin;
}[] = [
  { name: 'Calico', agent: 'calico-node', container: 'calico-node', plugin: 'calico' },
  { name: 'kube-router', agent: 'kube-router', container: 'kube-router', plugin: 'kube-router' },
  { name: 'kube-network-policies', agent: 'kube-network-policies', container: 'kube-network-policies', plugin: 'kube-network-policies' },
  { name: 'Cilium', agent: 'cilium', container: 'cilium-agent', plugin: 'cilium' },
  { name: 'Azure NPM', agent: 'azure-npm', container: 'azure-npm', plugin: 'azure-cni' },
];

/** Who enforces policies, and those of which APIs. */
interface Enforcer {
  readonly apis: readonly string[];
  /** Whose habits count. */
  readonly plugin: CniPlugin;
  readonly finding: Finding;
}

/** Whether policies are enforced, and whose, and how ({@link CNI_PLUGINS}). */
export function offerEnforcement(draft: ProfileDraft, evidence: PluginEvidence, plugin: CniPlugin, found: Finding | undefined): void {
  const because = (why: string): Finding => ({ ...found, provenance: 'derived', why });
  const own = enforcedApis(plugin, evidence);
  const enforcer =
    own.length > 0 && plugin !== 'unknown' ? { apis: own, plugin, finding: because(`${plugin} enforces them`) } : enforcerBeside(evidence);
  if (enforcer) {
    draft.offer('policy.enforcement', 'on', enforcer.finding);
    draft.offer('policy.apis', enforcer.apis, enforcer.finding);
  }
  if (plugin === 'unknown') return;
  draft.offer('policy.enforcement', 'none', because(`${plugin} stores policies and enforces none, and no other agent does`));
  draft.offer('policy.apis', [], because(`${plugin} enforces no policies`));
  if (enforcer) offerHabits(draft, enforcer.plugin, because);
}

/** How the plugin that enforces fills the gaps of the specification. */
function offerHabits(draft: ProfileDraft, plugin: CniPlugin, because: (why: string) => Finding): void {
  const facts = CNI_PLUGINS[plugin];
  const { ipBlockMatchesPods, ipBlockMatchesNodes } = facts;
  const onPods = ipBlockMatchesPods
    ? `${plugin} matches pods by address too`
    : 'Cilium knows pods by identity: an ipBlock never matches one';
  const onNodes = ipBlockMatchesNodes ? `${plugin} matches nodes by address too` : 'Cilium knows nodes by identity, unless told otherwise';
  draft.offer('policy.ipBlockMatchesPods', ipBlockMatchesPods, because(onPods));
  draft.offer('policy.ipBlockMatchesNodes', ipBlockMatchesNodes, because(onNodes));
  const onNetworks = facts.networksMatchPods
    ? 'network-policy-api: `networks` match pods too'
    : 'Cilium knows pods by identity: `networks` never match one';
  draft.offer('policy.networksMatchPods', facts.networksMatchPods, because(onNetworks));
  draft.offer('policy.clusterPolicyGaps', facts.clusterPolicyGaps, because(`what ${plugin} knows in rules of ClusterNetworkPolicies`));
  draft.offer('policy.hostNetworkPods', facts.hostNetworkPods, because(`to ${plugin} a hostNetwork pod is its node`));
  draft.offer('policy.endPort', facts.endPort, because(`${plugin}: ${facts.source}`));
  draft.offer('policy.sctp', facts.sctp, because(`${plugin}: ${facts.source}`));
}

/** Weave Net enforces by a container of its own, which may be left out. */
function enforcedApis(plugin: CniPlugin, { components }: PluginEvidence): readonly string[] {
  const runs = (image: string) => components.some((one) => one.image === image);
  return plugin === 'weave' && runs('weave-kube') && !runs('weave-npc') ? [] : apisOf(plugin, releaseOf(plugin, components));
}

/** The tag of the image that the plugin's agent runs. */
function releaseOf(plugin: CniPlugin, components: PluginEvidence['components']): string | undefined {
  if (plugin !== 'calico' && plugin !== 'canal') return undefined;
  return components.find(({ container }) => container === 'calico-node')?.tag;
}

/** Another agent that enforces; the policy agent of the AWS VPC CNI; k3s, which carries kube-router's controller. */
function enforcerBeside({ resources, components }: PluginEvidence): Enforcer | undefined {
  const sets = resources.workloads.get('DaemonSet') ?? [];
  for (const { name, agent, container, plugin } of ENFORCERS) {
    const running = components.find((one) => one.container === container)?.object ?? sets.find(({ ref }) => ref.name === agent)?.ref;
    if (!running) continue;
    const apis = plugin === 'azure-cni' ? [NETWORKING] : apisOf(plugin, releaseOf(plugin, components));
    return { apis, plugin, finding: followsFrom(running, undefined, `${name} runs beside it and enforces them`) };
  }
  return awsPolicyAgent(resources) ?? k3sController(resources);
}

function awsPolicyAgent({ workloads, configMaps }: ResourceIndex): Enforcer | undefined {
  const set = workloads.get('DaemonSet')?.find(({ ref }) => ref.name === 'aws-node');
  const runs = set?.template.spec.containers.some(({ name }) => name === 'aws-eks-nodeagent') === true;
  const map = configMaps.get('kube-system/amazon-vpc-cni');
  if (!runs || map?.data['enable-network-policy-controller'] !== 'true') return undefined;
  return {
    apis: [NETWORKING],
    plugin: 'aws-vpc-cni',
    finding: followsFrom(map.ref, '/data/enable-network-policy-controller', "the VPC CNI's policy agent is on"),
  };
}

function k3sController({ nodes }: ResourceIndex): Enforcer | undefined {
  const node = nodes.find(({ labels }) => labels['node.kubernetes.io/instance-type'] === 'k3s');
  const pointer = '/metadata/labels/node.kubernetes.io~1instance-type';
  return (
    node && {
      apis: [NETWORKING],
      plugin: 'kube-router',
      finding: followsFrom(node.ref, pointer, "k3s carries kube-router's policy controller"),
    }
  );
}

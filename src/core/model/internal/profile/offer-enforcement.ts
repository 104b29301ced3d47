import type { CniPlugin } from '../../network-profile.js';
import type { ResourceIndex } from '../resource-index.js';
import type { PluginEvidence } from './plugin-evidence.js';
import type { Finding, ProfileDraft } from './profile-draft.js';
import { followsFrom } from './told-by.js';

const NETWORKING = 'networking.k8s.io';
const CALICO_APIS = [NETWORKING, 'projectcalico.org', 'crd.projectcalico.org'];

/**
 * The API groups that each plugin enforces; none: it stores policies and enforces nothing. `policy.networking.k8s.io` stands only where every release in use has
 * it: Calico, Antrea and Cilium gained or changed it with a release, which the objects do not tell.
 */
const APIS: Readonly<Record<CniPlugin, readonly string[]>> = {
  calico: CALICO_APIS,
  canal: CALICO_APIS,
  cilium: [NETWORKING, 'cilium.io'],
  antrea: [NETWORKING, 'crd.antrea.io'],
  'ovn-kubernetes': [NETWORKING, 'policy.networking.k8s.io', 'k8s.ovn.org'],
  'kube-ovn': [NETWORKING],
  weave: [NETWORKING],
  kindnet: [NETWORKING],
  flannel: [],
  'aws-vpc-cni': [],
  unknown: [NETWORKING],
};

/** Agents that enforce policies beside the plugin that gives the addresses: the names of their DaemonSets and containers. */
const ENFORCERS: readonly {
  readonly name: string;
  readonly agent: string;
  readonly container: string;
  readonly apis: readonly string[];
}[] = [
  { name: 'Calico', agent: 'calico-node', container: 'calico-node', apis: CALICO_APIS },
  { name: 'kube-router', agent: 'kube-router', container: 'kube-router', apis: [NETWORKING] },
  { name: 'kube-network-policies', agent: 'kube-network-policies', container: 'kube-network-policies', apis: [NETWORKING] },
  { name: 'Cilium', agent: 'cilium', container: 'cilium-agent', apis: [NETWORKING, 'cilium.io'] },
];

/** Who enforces policies, and those of which APIs. */
interface Enforcer {
  readonly apis: readonly string[];
  readonly finding: Finding;
}

/** Whether policies are enforced, and whose (policy reference, section 3: which plugins ignore NetworkPolicy and where they differ). */
export function offerEnforcement(draft: ProfileDraft, evidence: PluginEvidence, plugin: CniPlugin, found: Finding | undefined): void {
  const because = (why: string): Finding => ({ ...found, provenance: 'derived', why });
  const own = enforcedApis(plugin, evidence);
  const enforcer =
    own.length > 0 && plugin !== 'unknown' ? { apis: own, finding: because(`${plugin} enforces them`) } : enforcerBeside(evidence);
  if (enforcer) {
    draft.offer('policy.enforcement', 'on', enforcer.finding);
    draft.offer('policy.apis', enforcer.apis, enforcer.finding);
  }
  if (plugin === 'unknown') return;
  draft.offer('policy.enforcement', 'none', because(`${plugin} stores policies and enforces none, and no other agent does`));
  draft.offer('policy.apis', [], because(`${plugin} enforces no policies`));
  if (!enforcer) return;
  const onPods =
    plugin === 'cilium' ? 'Cilium knows pods by identity: an ipBlock never matches one' : `${plugin} matches pods by address too`;
  draft.offer('policy.ipBlockMatchesPods', plugin !== 'cilium', because(onPods));
  draft.offer('policy.hostNetworkPods', 'excluded', because(`to ${plugin} a hostNetwork pod is its node`));
}

/** Weave Net enforces by a container of its own, which may be left out. */
function enforcedApis(plugin: CniPlugin, { components }: PluginEvidence): readonly string[] {
  const runs = (image: string) => components.some((one) => one.image === image);
  return plugin === 'weave' && runs('weave-kube') && !runs('weave-npc') ? [] : APIS[plugin];
}

/** Another agent that enforces; the policy agent of the AWS VPC CNI; k3s, which carries kube-router's controller. */
function enforcerBeside({ resources, components }: PluginEvidence): Enforcer | undefined {
  const sets = resources.workloads.get('DaemonSet') ?? [];
  for (const { name, agent, container, apis } of ENFORCERS) {
    const running = components.find((one) => one.container === container)?.object ?? sets.find(({ ref }) => ref.name === agent)?.ref;
    if (running) return { apis, finding: followsFrom(running, undefined, `${name} runs beside it and enforces them`) };
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
    finding: followsFrom(map.ref, '/data/enable-network-policy-controller', "the VPC CNI's policy agent is on"),
  };
}

function k3sController({ nodes }: ResourceIndex): Enforcer | undefined {
  const node = nodes.find(({ labels }) => labels['node.kubernetes.io/instance-type'] === 'k3s');
  const pointer = '/metadata/labels/node.kubernetes.io~1instance-type';
  return node && { apis: [NETWORKING], finding: followsFrom(node.ref, pointer, "k3s carries kube-router's policy controller") };
}

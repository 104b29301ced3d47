import type { ObjectRef } from '../../../kernel/object-ref.js';
import type { ConfigMap } from '../../../resources/config-map.js';
import type { Pod } from '../../../resources/pod.js';
import type { CniPlugin } from '../../network-profile.js';
import type { ResourceIndex } from '../resource-index.js';
import type { PlacedComponent } from './network-traces.js';
import type { Finding } from './profile-draft.js';
import { followsFrom, toldBy } from './told-by.js';

/** What is known of the network plugin: the objects that tell, and the components that run. */
export interface PluginEvidence {
  readonly resources: ResourceIndex;
  readonly components: readonly PlacedComponent[];
  readonly annotated: ReadonlyMap<string, Pod>;
}

/** A plugin that some object speaks for. */
export interface PluginSign {
  readonly plugin: CniPlugin;
  readonly finding: Finding;
}

type Sign = (evidence: PluginEvidence) => Finding | undefined;

/**
 * By which objects a plugin is known, the surest first. A plugin that only adds policies to another one's addresses (Calico beside the AWS VPC CNI, or in Canal)
 * comes after the pair it is part of, so that the plugin is the one that gives the addresses.
 */
const SIGNS: readonly (readonly [plugin: CniPlugin, sign: Sign])[] = [
  ['canal', agent('canal')],
  ['canal', configMap('canal-config', 'net-conf.json')],
  ['aws-vpc-cni', component(/^amazon-k8s-cni$/)],
  ['aws-vpc-cni', agent('aws-node')],
  ['gke-dataplane-v2', agent('anetd')],
  ['cilium', configMap('cilium-config')],
  ['cilium', component(/^cilium$/, 'cilium-agent')],
  ['cilium', agent('cilium')],
  ['calico', component(/^node$/, 'calico-node')],
  ['calico', agent('calico-node')],
  ['calico', ({ resources }) => first(resources.calico.ipPools, 'a pool of Calico')],
  ['calico', ({ resources }) => first(installations(resources), 'Calico’s operator installs its network')],
  ['kube-ovn', component(/^kube-ovn$/, 'cni-server', 'kube-ovn-controller')],
  ['kube-ovn', agent('kube-ovn-cni')],
  ['ovn-kubernetes', component(/^ovn-?kube/)],
  ['ovn-kubernetes', agent('ovnkube-node')],
  ['antrea', component(/^antrea-agent/)],
  ['antrea', agent('antrea-agent')],
  ['antrea', configMap('antrea-config', 'antrea-agent.conf')],
  ['weave', component(/^weave-kube$/)],
  ['weave', agent('weave-net')],
  ['flannel', configMap('kube-flannel-cfg', 'net-conf.json')],
  ['flannel', component(/^flannel$/)],
  ['flannel', agent('kube-flannel-ds')],
  ['kindnet', component(/^kindnetd$/)],
  ['kindnet', agent('kindnet')],
  ['kube-router', component(/^kube-router$/)],
  ['azure-cni', agent('azure-cns')],
  ['azure-cni', agent('azure-npm')],
  ['ovn-kubernetes', openShift('OVNKubernetes')],
  ['calico', openShift('Calico')],
  ['cilium', openShift('Cilium')],
  ['antrea', openShift('Antrea')],
  ['flannel', annotation('node', 'flannel.alpha.coreos.com/backend-type')],
  ['ovn-kubernetes', annotation('node', 'k8s.ovn.org/node-subnets')],
  ['calico', annotation('pod', 'cni.projectcalico.org/podIP')],
  ['ovn-kubernetes', annotation('pod', 'k8s.ovn.org/pod-networks')],
  ['cilium', ({ resources }) => first(resources.ciliumPolicies, 'policies that Cilium alone enforces')],
];

/** With another plugin's addresses Calico enforces policies alone. */
function installations({ calicoInstallations }: ResourceIndex): ResourceIndex['calicoInstallations'] {
  return calicoInstallations.filter(({ cniType }) => cniType === 'Calico');
}

/** The plugin that gives pods their addresses; undefined when no object tells. */
export function findPlugin(evidence: PluginEvidence): PluginSign | undefined {
  for (const [plugin, sign] of SIGNS) {
    const finding = sign(evidence);
    if (finding) return { plugin, finding };
  }
  return undefined;
}

/** The ConfigMap of a name, in whichever namespace; the first by namespace. */
export function configMapNamed(resources: ResourceIndex, name: string): ConfigMap | undefined {
  return resources.configMaps.get(`kube-system/${name}`) ?? [...resources.configMaps.values()].find((map) => map.ref.name === name);
}

function component(image: RegExp, ...containers: readonly string[]): Sign {
  return ({ components }) => {
    const found = components.find((one) => image.test(one.image) && (containers.length === 0 || containers.includes(one.container)));
    return found && toldBy(found.object, `${found.pointer}/image`, `it runs \`${found.image}\``);
  };
}

/** A DaemonSet of the name, or of one that goes on after it (`kube-flannel-ds-amd64`). */
function agent(name: string): Sign {
  return ({ resources }) => {
    const sets = resources.workloads.get('DaemonSet') ?? [];
    const found = sets.find(({ ref }) => ref.name === name || ref.name.startsWith(`${name}-`));
    return found && toldBy(found.ref, '/metadata/name', `a DaemonSet \`${found.ref.name}\` runs on the nodes`);
  };
}

function configMap(name: string, key?: string): Sign {
  return ({ resources }) => {
    const found = configMapNamed(resources, name);
    if (!found || (key !== undefined && found.data[key] === undefined)) return undefined;
    return toldBy(found.ref, key === undefined ? '/data' : `/data/${key}`, `its configuration \`${name}\``);
  };
}

/** OpenShift names the plugin of its network, in whatever case. */
function openShift(name: string): Sign {
  return ({ resources }) => {
    const found = resources.openShiftNetworks.find(({ networkType }) => networkType?.toLowerCase() === name.toLowerCase());
    const pointer = found?.kind === 'OpenShiftNetworkOperator' ? '/spec/defaultNetwork/type' : '/status/networkType';
    return found && toldBy(found.ref, pointer, `OpenShift's network is \`${name}\``);
  };
}

function annotation(kind: 'node' | 'pod', key: string): Sign {
  return ({ resources, annotated }) => {
    const found = kind === 'pod' ? annotated.get(key) : resources.nodes.find(({ annotations }) => Object.hasOwn(annotations, key));
    const pointer = `/metadata/annotations/${key.replaceAll('/', '~1')}`;
    return found && followsFrom(found.ref, pointer, `the plugin leaves the annotation \`${key}\` on every ${kind}`);
  };
}

function first(list: readonly { readonly ref: ObjectRef }[], why: string): Finding | undefined {
  return list[0] && toldBy(list[0].ref, '/kind', why);
}

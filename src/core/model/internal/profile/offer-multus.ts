import { isJsonObject, type Json, type JsonObject } from '../../../kernel/json.js';
import type { ObjectRef } from '../../../kernel/object-ref.js';
import { type Cidr, parseCidr } from '../../../net/cidr.js';
import type { CniPlugin } from '../../network-profile.js';
import type { ResourceIndex } from '../resource-index.js';
import { readConfigText } from './config-text.js';
import { configValue, numberOf, textOf } from './config-value.js';
import { configMapNamed, type PluginSign } from './plugin-evidence.js';
import type { Finding, ProfileDraft } from './profile-draft.js';
import { toldBy } from './told-by.js';

const KEY = 'cni-conf.json';

/** Plugins by the type that their configuration has; children of a node's device are nobody's network. */
const BY_TYPE: ReadonlyMap<string, CniPlugin> = new Map([
  ['calico', 'calico'],
  ['cilium-cni', 'cilium'],
  ['flannel', 'flannel'],
  ['weave-net', 'weave'],
  ['antrea', 'antrea'],
  ['kube-ovn', 'kube-ovn'],
  ['ovn-k8s-cni-overlay', 'ovn-kubernetes'],
  ['aws-cni', 'aws-vpc-cni'],
  ['azure-vnet', 'azure-cni'],
  ['macvlan', 'unknown'],
]);

/** The network that pods of a cluster with Multus have by themselves. */
interface DefaultNetwork {
  /** What tells of it, and where. */
  readonly ref: ObjectRef;
  readonly pointer: string;
  /** Of the first plugin of the network. */
  readonly config: JsonObject;
  readonly type: string | undefined;
}

/** Where Multus looks for the network that it is told by name, unless `multusNamespace` says otherwise. */
const NAMESPACE = 'kube-system';

/**
 * The network that `clusterNetwork` names, else the first of Multus' delegates: "If you use clusterNetwork/defaultNetworks, delegates is ignored", "the first delegate is the default network"
 * (k8snetworkplumbingwg/multus-cni `docs/configuration.md`; the ConfigMap is that of `deployments/multus-daemonset.yml`). Networks that pods ask for besides say nothing of the cluster's own.
 */
function defaultNetworkOf(resources: ResourceIndex): DefaultNetwork | undefined {
  const map = configMapNamed(resources, 'multus-cni-config');
  const text = map?.data[KEY];
  if (!map || text === undefined) return undefined;
  const config = readConfigText(text);
  const name = textOf(configValue(config, 'clusterNetwork'));
  if (name !== undefined) return namedNetwork(resources, name, textOf(configValue(config, 'multusNamespace')) ?? NAMESPACE);
  const [delegate] = listOf(configValue(config, 'delegates'));
  return networkIn(delegate, { ref: map.ref, pointer: `/data/${KEY}` });
}

/** A NetworkAttachmentDefinition; one that is not there, or has no configuration, is a file of the nodes, as a path is (`pkg/k8sclient/k8sclient.go`, getNetDelegate). */
function namedNetwork({ networkAttachments }: ResourceIndex, name: string, namespace: string): DefaultNetwork | undefined {
  const found = networkAttachments.find(({ ref }) => ref.name === name && ref.namespace === namespace);
  return found && networkIn(readConfigText(found.config ?? ''), { ref: found.ref, pointer: '/spec/config' });
}

/** One plugin, or a list of them. */
function networkIn(network: Json | undefined, source: Pick<DefaultNetwork, 'ref' | 'pointer'>): DefaultNetwork | undefined {
  const [first] = listOf(configValue(network, 'plugins')).filter(isJsonObject);
  const config = first ?? (isJsonObject(network) ? network : undefined);
  return config && { ...source, config, type: textOf(config['type']) };
}

/** What tells of that network. */
function toldByMultus({ ref, pointer }: DefaultNetwork, why: string): Finding {
  return toldBy(ref, pointer, why);
}

/** The plugin of that network; undefined: Multus is not there, or the plugin is not known. */
export function pluginOfMultus(resources: ResourceIndex): PluginSign | undefined {
  const network = defaultNetworkOf(resources);
  const plugin = BY_TYPE.get(network?.type ?? '');
  return network && plugin && { plugin, finding: toldByMultus(network, `the first network of Multus is of type \`${network.type}\``) };
}

/** Pods that are children of the nodes' devices, and which addresses they have. */
export function offerMultus(draft: ProfileDraft, resources: ResourceIndex): void {
  const network = defaultNetworkOf(resources);
  if (network?.type !== 'macvlan') return;
  const { config } = network;
  const finding = (why: string) => toldByMultus(network, why);
  // A master such as `eth0.100`: the device of a VLAN.
  const isOnVlan = /\.\d+$/.test(textOf(config['master']) ?? '');
  draft.offer('cni.mode', isOnVlan ? 'vlan' : 'macvlan', finding('the first network of Multus is of type `macvlan`'));
  draft.offer('cni.mtu', numberOf(config['mtu']) || undefined, finding('`mtu` of the first network of Multus'));
  const ranges = rangesOf(config['ipam']);
  draft.offer('podCIDRs', ranges.length > 0 ? ranges : undefined, finding('`ipam` of the first network of Multus'));
}

/** Of host-local (`subnet`, `ranges`) and whereabouts (`range`, also as `first-last/length`, `ipRanges`). */
function rangesOf(ipam: Json | undefined): readonly Cidr[] {
  const sets = listOf(configValue(ipam, 'ranges')).flatMap(listOf);
  const told = [configValue(ipam, 'subnet'), configValue(ipam, 'range'), ...sets.map((one) => configValue(one, 'subnet'))];
  const more = listOf(configValue(ipam, 'ipRanges')).map((one) => configValue(one, 'range'));
  return [...told, ...more].flatMap((value) => parseCidr(textOf(value)?.split('-').at(-1) ?? '') ?? []);
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

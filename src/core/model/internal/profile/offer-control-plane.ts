import type { Json } from '../../../kernel/json.js';
import { isJsonObject } from '../../../kernel/json.js';
import type { ConfigMap } from '../../../resources/config-map.js';
import type { ResourceIndex } from '../resource-index.js';
import { cidrsOf, configValue, numberOf, textOf } from './config-value.js';
import { readConfigText } from './config-text.js';
import { commandFlag, type PlacedComponent } from './network-traces.js';
import type { Finding, ProfileDraft } from './profile-draft.js';
import type { ProfileValue } from './profile-fields.js';
import { toldBy } from './told-by.js';

/** Where the control plane's components are told the ranges: their own flags, or kubeadm's copy of them. */
interface FlagSource {
  flag(name: string): string | undefined;
  finding(name: string): Finding;
}

/** ServiceCIDR objects (kubernetes `networking/v1`): `kubernetes` is what the API server was started with, others were added. */
export function offerServiceCIDRs(draft: ProfileDraft, { serviceCIDRs }: ResourceIndex): void {
  const sorted = serviceCIDRs.toSorted((a, b) => Number(b.ref.name === 'kubernetes') - Number(a.ref.name === 'kubernetes'));
  const ranges = sorted.flatMap(({ cidrs }) => cidrs);
  const [first] = sorted;
  if (first && ranges.length > 0) draft.offer('serviceCIDRs', ranges, toldBy(first.ref, '/spec/cidrs', 'the ServiceCIDR objects'));
}

/** Flags of running kube-apiserver and kube-controller-manager pods. */
export function offerControlPlaneFlags(draft: ProfileDraft, components: readonly PlacedComponent[]): void {
  const server = components.find((one) => one.image === 'kube-apiserver');
  if (server) {
    offerApiServer(draft, flagsOf(server));
    draft.offer(
      'kubernetesVersion',
      versionOf(server.tag),
      toldBy(server.object, server.pointer, 'the tag of the image of kube-apiserver'),
    );
  }
  const manager = components.find((one) => one.image === 'kube-controller-manager');
  if (manager) offerControllerManager(draft, flagsOf(manager));
}

/** kubeadm's ClusterConfiguration (kubernetes `cmd/kubeadm/app/apis/kubeadm`): `networking`, and the extra flags of the components. */
export function offerKubeadm(draft: ProfileDraft, { configMaps }: ResourceIndex): void {
  const map = configMaps.get('kube-system/kubeadm-config');
  const text = map?.data['ClusterConfiguration'];
  if (!map || text === undefined) return;
  const config = readConfigText(text);
  const at = (path: string) => toldBy(map.ref, '/data/ClusterConfiguration', `\`${path}\` of kubeadm's ClusterConfiguration`);
  offerApiServer(draft, extraFlags(map, config, 'apiServer'));
  offerControllerManager(draft, extraFlags(map, config, 'controllerManager'));
  draft.offer('podCIDRs', cidrsOf(configValue(config, 'networking.podSubnet')), at('networking.podSubnet'));
  draft.offer('serviceCIDRs', cidrsOf(configValue(config, 'networking.serviceSubnet')), at('networking.serviceSubnet'));
  draft.offer('kubernetesVersion', versionOf(textOf(configValue(config, 'kubernetesVersion'))), at('kubernetesVersion'));
  draft.offer('clusterDomain', textOf(configValue(config, 'networking.dnsDomain')), at('networking.dnsDomain'));
}

/** `stable-1` and the like name no version. */
function versionOf(text: string | undefined): string | undefined {
  return text !== undefined && /^v?\d+\.\d+/.test(text) ? text : undefined;
}

function offerApiServer(draft: ProfileDraft, source: FlagSource): void {
  draft.offer('serviceCIDRs', cidrsOf(source.flag('service-cluster-ip-range')), source.finding('service-cluster-ip-range'));
  draft.offer('proxy.nodePortRange', portRange(source.flag('service-node-port-range')), source.finding('service-node-port-range'));
}

function offerControllerManager(draft: ProfileDraft, source: FlagSource): void {
  draft.offer('podCIDRs', cidrsOf(source.flag('cluster-cidr')), source.finding('cluster-cidr'));
  draft.offer('serviceCIDRs', cidrsOf(source.flag('service-cluster-ip-range')), source.finding('service-cluster-ip-range'));
  for (const [field, family, own] of MASKS) {
    const flag = source.flag(own) === undefined ? 'node-cidr-mask-size' : own;
    // The flag without a family is for clusters of one family (kubernetes `cmd/kube-controller-manager/app/core.go`, setNodeCIDRMaskSizes).
    const ranges = draft.get('podCIDRs');
    const applies = flag === own || !ranges || ranges.every((range) => range.family === family);
    if (applies) draft.offer(field, numberOf(source.flag(flag)), source.finding(flag));
  }
}

const MASKS = [
  ['nodeCIDRMaskSizes.v4', 4, 'node-cidr-mask-size-ipv4'],
  ['nodeCIDRMaskSizes.v6', 6, 'node-cidr-mask-size-ipv6'],
] as const;

function flagsOf(component: PlacedComponent): FlagSource {
  return {
    flag: (name) => commandFlag(component, name),
    finding: (name) => toldBy(component.object, component.pointer, `\`--${name}\` of ${component.image}`),
  };
}

/** `extraArgs` is a map up to v1beta3 and a list of names and values since v1beta4. */
function extraFlags(map: ConfigMap, config: Json | undefined, component: string): FlagSource {
  const given = configValue(config, `${component}.extraArgs`);
  const listed = Array.isArray(given) ? given.filter(isJsonObject).map((one) => [textOf(one['name']) ?? '', one['value']] as const) : [];
  const flags = new Map(isJsonObject(given) ? Object.entries(given) : listed);
  return {
    flag: (name) => {
      const value = flags.get(name);
      return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
    },
    finding: (name) =>
      toldBy(map.ref, '/data/ClusterConfiguration', `\`${component}.extraArgs\`, \`${name}\`, of kubeadm's ClusterConfiguration`),
  };
}

export function portRange(text: string | undefined): ProfileValue<'proxy.nodePortRange'> | undefined {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(text ?? '') ?? [];
  const [first, last] = [Number(from), Number(to)];
  return first >= 1 && last <= 65_535 && first <= last ? { first, last } : undefined;
}

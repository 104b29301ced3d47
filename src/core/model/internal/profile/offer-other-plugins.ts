import type { Json } from '../../../kernel/json.js';
import { parseCidr } from '../../../net/cidr.js';
import { cidrsOf, configValue, flagOf, numberOf, textOf } from './config-value.js';
import { readConfigText } from './config-text.js';
import { commandFlag, type PlacedComponent } from './network-traces.js';
import type { Node } from '../../../resources/node.js';
import { configMapNamed, type PluginEvidence } from './plugin-evidence.js';
import type { Finding, ProfileDraft } from './profile-draft.js';
import { defaultOf, toldBy } from './told-by.js';

/**
 * Weave Net: `IPALLOC_RANGE`, `WEAVE_MTU` and `WEAVE_PASSWORD` (weaveworks/weave `site/kubernetes/kube-addon.md`; default range `prog/weave-kube/launch.sh`). With a password the fast
 * datapath encrypts by ESP of IPsec, and sleeve by itself (`site/concepts/encryption.md`).
 */
export function offerWeave(draft: ProfileDraft, { components, resources }: PluginEvidence): void {
  const agent = components.find((one) => one.image === 'weave-kube');
  const object = agent?.object ?? resources.workloads.get('DaemonSet')?.find(({ ref }) => ref.name.startsWith('weave-net'))?.ref;
  if (agent) {
    const range = cidrsOf(agent.environment['IPALLOC_RANGE']);
    draft.offer('podCIDRs', range, variable(agent, 'IPALLOC_RANGE', "Weave's range"));
    draft.offer('cni.mtu', numberOf(agent.environment['WEAVE_MTU']), variable(agent, 'WEAVE_MTU', "Weave's MTU"));
    if (agent.environment['WEAVE_PASSWORD'] || agent.secrets.includes('WEAVE_PASSWORD')) {
      draft.offer('cni.encryption', 'ipsec', variable(agent, 'WEAVE_PASSWORD', 'Weave encrypts, for it has a password'));
    }
    offerTrusted(draft, agent);
    // `[ -z … ]`: an empty one is none.
    if (agent.environment['WEAVE_NO_FASTDP']) {
      draft.offer('cni.mode', 'sleeve', variable(agent, 'WEAVE_NO_FASTDP', 'the fast datapath is off'));
    }
  }
  if (!object) return;
  const range = parseCidr('10.32.0.0/12');
  draft.offer('podCIDRs', range && [range], defaultOf(object, agent?.pointer, "Weave's range without `IPALLOC_RANGE`"));
  draft.offer('cni.mode', 'fastdp', defaultOf(object, agent?.pointer, "Weave's fast datapath"));
}

/** Flags of the router are its container's arguments, or in one variable (weaveworks/weave `prog/weave-kube/launch.sh`: `weaver $EXTRA_ARGS … "$@"`). */
function offerTrusted(draft: ProfileDraft, agent: PlacedComponent): void {
  const extra = { ...agent, arguments: (agent.environment['EXTRA_ARGS'] ?? '').split(/\s+/) };
  const listed = commandFlag(agent, 'trusted-subnets');
  const more = commandFlag(extra, 'trusted-subnets');
  draft.offer('cni.trustedSubnets', cidrsOf(listed), toldBy(agent.object, agent.pointer, '`--trusted-subnets` of the router'));
  draft.offer('cni.trustedSubnets', cidrsOf(more), variable(agent, 'EXTRA_ARGS', '`--trusted-subnets` of the router'));
}

/** Antrea: `antrea-agent.conf` (antrea-io/antrea `build/charts/antrea/conf/antrea-agent.conf`). */
export function offerAntrea(draft: ProfileDraft, { resources }: PluginEvidence): void {
  const map = configMapNamed(resources, 'antrea-config');
  const text = map?.data['antrea-agent.conf'];
  if (!map || text === undefined) return;
  const config = readConfigText(text);
  const at = (why: string) => toldBy(map.ref, '/data/antrea-agent.conf', why);
  const mode = textOf(configValue(config, 'trafficEncapMode'))?.toLowerCase() ?? 'encap';
  const tunnel = textOf(configValue(config, 'tunnelType')) ?? 'geneve';
  const unwrapped = mode === 'noencap' || mode === 'networkpolicyonly';
  draft.offer('cni.mode', unwrapped ? 'native' : tunnel, at("Antrea's `trafficEncapMode` and `tunnelType`"));
  draft.offer('cni.crossSubnet', mode === 'hybrid', at("Antrea's `trafficEncapMode`"));
  draft.offer('cni.mtu', numberOf(configValue(config, 'defaultMTU')) || undefined, at("Antrea's `defaultMTU`"));
  const encryption = textOf(configValue(config, 'trafficEncryptionMode'))?.toLowerCase();
  if (encryption === 'wireguard' || encryption === 'ipsec')
    draft.offer('cni.encryption', encryption, at("Antrea's `trafficEncryptionMode`"));
  offerMulticluster(draft, config, at);
  draft.offer('cni.tunnelPort', numberOf(configValue(config, 'tunnelPort')) || undefined, at("Antrea's `tunnelPort`"));
  const noSNAT = flagOf(configValue(config, 'noSNAT'));
  draft.offer('masquerade.plugin', noSNAT === undefined ? undefined : !noSNAT, at("Antrea's `noSNAT`"));
  const services = ['serviceCIDR', 'serviceCIDRv6'].flatMap((key) => cidrsOf(configValue(config, key)) ?? []);
  draft.offer('serviceCIDRs', services.length > 0 ? services : undefined, at("Antrea's `serviceCIDR`"));
}

/** The gateway to other clusters needs its feature gate, off by default (antrea-io/antrea `cmd/antrea-agent/options.go`, validateMulticlusterConfig; `pkg/features/antrea_features.go`). */
function offerMulticluster(draft: ProfileDraft, config: Json | undefined, at: (why: string) => Finding): void {
  const isOn = ['AllAlpha', 'Multicluster'].some((gate) => flagOf(configValue(config, `featureGates.${gate}`)) === true);
  const isOff = flagOf(configValue(config, 'featureGates.Multicluster')) === false;
  const hasGateway = flagOf(configValue(config, 'multicluster.enableGateway'));
  draft.offer('cni.multicluster', hasGateway && isOn && !isOff, at("Antrea's `multicluster.enableGateway`"));
  const encryption = textOf(configValue(config, 'multicluster.trafficEncryptionMode'))?.toLowerCase();
  if (encryption === 'wireguard' || encryption === 'none')
    draft.offer('cni.multiclusterEncryption', encryption, at("Antrea's `multicluster.trafficEncryptionMode`"));
}

/** The gateway mode of OVN-Kubernetes, as its nodes are told it (ovn-org/ovn-kubernetes `dist/images/ovnkube.sh`, OVN_GATEWAY_MODE; `go-controller/pkg/config/config.go`, --gateway-mode). */
function offerGatewayMode(draft: ProfileDraft, { components }: PluginEvidence): void {
  for (const one of components.filter(({ image }) => image.startsWith('ovn'))) {
    const mode = one.environment['OVN_GATEWAY_MODE'] ?? commandFlag(one, 'gateway-mode');
    const isTold = mode === 'local' || mode === 'shared';
    draft.offer(
      'cni.routingViaHost',
      isTold ? mode === 'local' : undefined,
      toldBy(one.object, one.pointer, "OVN-Kubernetes' gateway mode"),
    );
  }
}

/** OVN-Kubernetes: ConfigMap `ovn-config` (`net_cidr` carries the nodes' mask after a second slash: `10.128.0.0/14/23`). */
export function offerOvnKubernetes(draft: ProfileDraft, evidence: PluginEvidence, found: Finding): void {
  const { resources } = evidence;
  offerGatewayMode(draft, evidence);
  const map = configMapNamed(resources, 'ovn-config');
  if (map) {
    const parts = (map.data['net_cidr'] ?? '').split(',').map((part) => part.trim().split('/'));
    const ranges = parts.flatMap(([base, prefix]) => parseCidr(`${base}/${prefix}`) ?? []);
    const at = (key: string, why: string) => toldBy(map.ref, `/data/${key}`, why);
    draft.offer('podCIDRs', ranges.length > 0 ? ranges : undefined, at('net_cidr', "OVN-Kubernetes' cluster subnets"));
    for (const [position, range] of ranges.entries()) {
      const field = range.family === 4 ? 'nodeCIDRMaskSizes.v4' : 'nodeCIDRMaskSizes.v6';
      draft.offer(field, numberOf(parts[position]?.[2]), at('net_cidr', 'the subnet of each node'));
    }
    draft.offer('serviceCIDRs', cidrsOf(map.data['svc_cidr']), at('svc_cidr', "OVN-Kubernetes' service subnet"));
    draft.offer('cni.mtu', numberOf(map.data['mtu']), at('mtu', "OVN-Kubernetes' MTU"));
  }
  draft.offer('cni.mode', 'geneve', { ...found, provenance: 'defaulted', why: 'OVN-Kubernetes tunnels by Geneve' });
}

/** Kube-OVN: the flags of its controller (kubeovn/kube-ovn `pkg/controller/config.go`). */
export function offerKubeOvn(draft: ProfileDraft, { components, resources }: PluginEvidence, found: Finding): void {
  const controller = components.find((one) => one.image === 'kube-ovn' && one.container === 'kube-ovn-controller');
  if (controller) {
    const told = (flag: string) => toldBy(controller.object, controller.pointer, `\`--${flag}\` of kube-ovn-controller`);
    draft.offer('podCIDRs', cidrsOf(commandFlag(controller, 'default-cidr')), told('default-cidr'));
    draft.offer('serviceCIDRs', cidrsOf(commandFlag(controller, 'service-cluster-ip-range')), told('service-cluster-ip-range'));
    draft.offer('cni.mode', commandFlag(controller, 'network-type'), told('network-type'));
  }
  draft.offer('cni.mode', 'geneve', { ...found, provenance: 'defaulted', why: "Kube-OVN's default network type" });
  const usual = resources.kubeOvnSubnets.find(({ isDefault }) => isDefault);
  if (usual) draft.offer('cni.mtu', usual.mtu, toldBy(usual.ref, '/spec/mtu', 'the MTU of the default subnet'));
  if (draft.get('cni.mode') === 'vlan') offerProviderMtu(draft, resources.nodes);
  const server = components.find((one) => one.image === 'kube-ovn' && one.container === 'cni-server');
  const mtu = server && numberOf(commandFlag(server, 'mtu'));
  if (server) draft.offer('cni.mtu', mtu || undefined, toldBy(server.object, server.pointer, '`--mtu` of the CNI server'));
}

/** Pods of an underlay have the MTU of the device that their provider network has on the node, as a label tells (kubeovn/kube-ovn `pkg/daemon/handler.go`, ProviderNetworkMtuTemplate). */
function offerProviderMtu(draft: ProfileDraft, nodes: readonly Node[]): void {
  const told = nodes.flatMap(({ ref, labels }) =>
    Object.entries(labels).flatMap(([key, text]) => {
      const mtu = key.endsWith(PROVIDER_MTU) ? numberOf(text) : undefined;
      return mtu === undefined ? [] : [{ ref, key, mtu }];
    }),
  );
  const [smallest] = told.sort((a, b) => a.mtu - b.mtu);
  if (!smallest) return;
  const pointer = `/metadata/labels/${smallest.key.replaceAll('/', '~1')}`;
  draft.offer('cni.mtu', smallest.mtu, toldBy(smallest.ref, pointer, 'the smallest MTU of a provider network on a node'));
}

const PROVIDER_MTU = '.provider-network.kubernetes.io/mtu';

/** kindnet is told the pod ranges in its environment (kubernetes-sigs/kind `images/kindnetd`). */
export function offerKindnet(draft: ProfileDraft, { components }: PluginEvidence): void {
  const agent = components.find((one) => one.image === 'kindnetd');
  if (agent) draft.offer('podCIDRs', cidrsOf(agent.environment['POD_SUBNET']), variable(agent, 'POD_SUBNET', "kindnet's pod ranges"));
}

/** The AWS VPC CNI gives pods addresses of the VPC's subnets: the cluster has no range of its own. */
export function offerAwsVpc(draft: ProfileDraft, { components }: PluginEvidence, found: Finding): void {
  const agent = components.find((one) => one.image === 'amazon-k8s-cni');
  if (agent) {
    const { environment } = agent;
    const told = (name: string, why: string) => variable(agent, name, why);
    const external = flagOf(environment['AWS_VPC_K8S_CNI_EXTERNALSNAT']);
    const mtu = told('AWS_VPC_ENI_MTU', 'the MTU of interfaces');
    draft.offer(
      'masquerade.plugin',
      external === undefined ? undefined : !external,
      told('AWS_VPC_K8S_CNI_EXTERNALSNAT', 'who translates'),
    );
    // It takes IPv4 alone from the list, and goes without what is no prefix (aws/amazon-vpc-cni-k8s pkg/networkutils/network.go, parseCIDRString).
    const excluded = cidrsOf(environment['AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS'])?.filter(({ family }) => family === 4);
    draft.offer('masquerade.exemptDestinations', excluded, told('AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS', 'what is not translated'));
    const byMain = cidrsOf(environment['AWS_EXTERNAL_SERVICE_CIDRS'])?.filter(({ family }) => family === 4);
    draft.offer('underlay.mainTableCIDRs', byMain, told('AWS_EXTERNAL_SERVICE_CIDRS', 'what goes by the table main'));
    draft.offer('underlay.mtu', numberOf(environment['AWS_VPC_ENI_MTU']), mtu);
    draft.offer('underlay.mtu', 9001, defaultOf(agent.object, agent.pointer, 'the MTU of interfaces without `AWS_VPC_ENI_MTU`'));
  }
  draft.offer('podCIDRs', [], { ...found, provenance: 'derived', why: 'pods have addresses of the VPC, whose ranges no object tells' });
}

function variable(agent: PlacedComponent, name: string, why: string): Finding {
  return toldBy(agent.object, `${agent.pointer}/env`, `\`${name}\`: ${why}`);
}

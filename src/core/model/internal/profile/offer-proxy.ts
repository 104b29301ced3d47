import type { Json } from '../../../kernel/json.js';
import type { ConfigMap } from '../../../resources/config-map.js';
import { IPVS_SCHEDULERS } from '../../network-profile.js';
import type { ResourceIndex } from '../resource-index.js';
import { cidrsOf, configValue, flagOf, textOf } from './config-value.js';
import { readConfigText } from './config-text.js';
import { commandFlag, type PlacedComponent } from './network-traces.js';
import type { ProfileDraft } from './profile-draft.js';
import type { ProfileValue } from './profile-fields.js';
import { defaultOf, toldBy } from './told-by.js';

const KEYS = ['config.conf', 'kubeconfig.conf', 'config'] as const;

/** KubeProxyConfiguration in the ConfigMap `kube-system/kube-proxy` (kubernetes `pkg/proxy/apis/config`), then the flags of kube-proxy itself. */
export function offerProxy(draft: ProfileDraft, resources: ResourceIndex, components: readonly PlacedComponent[]): void {
  const map = resources.configMaps.get('kube-system/kube-proxy');
  const key = map && KEYS.find((one) => /\bkind:\s*"?KubeProxyConfiguration/.test(map.data[one] ?? ''));
  if (map && key !== undefined) offerConfiguration(draft, map, key);
  const proxy = components.find((one) => one.image === 'kube-proxy');
  if (proxy) offerFlags(draft, proxy);
}

function offerConfiguration(draft: ProfileDraft, map: ConfigMap, key: string): void {
  const config = readConfigText(map.data[key] ?? '');
  const at = (path: string) => toldBy(map.ref, `/data/${key}`, `\`${path}\` of KubeProxyConfiguration`);
  const mode = modeOf(textOf(configValue(config, 'mode')));
  draft.offer('proxy.mode', mode, at('mode'));
  draft.offer('proxy.mode', 'iptables', defaultOf(map.ref, `/data/${key}`, "`mode` is empty: kube-proxy's default on Linux"));
  const section = draft.get('proxy.mode') === 'nftables' ? 'nftables' : 'iptables';
  draft.offer('proxy.masqueradeAll', flagOf(configValue(config, `${section}.masqueradeAll`)), at(`${section}.masqueradeAll`));
  if (draft.get('proxy.mode') === 'iptables') {
    draft.offer('proxy.localhostNodePorts', flagOf(configValue(config, 'iptables.localhostNodePorts')), at('iptables.localhostNodePorts'));
  }
  const scheduler = textOf(configValue(config, 'ipvs.scheduler'));
  draft.offer(
    'proxy.ipvs.scheduler',
    IPVS_SCHEDULERS.find((one) => one === scheduler),
    at('ipvs.scheduler'),
  );
  draft.offer('proxy.nodePortAddresses', nodePortAddressesOf(configValue(config, 'nodePortAddresses')), at('nodePortAddresses'));
  offerDetection(draft, config, at);
}

/** How kube-proxy tells a local pod's traffic (`detectLocalMode`, default ClusterCIDR): without a range it cannot. */
function offerDetection(draft: ProfileDraft, config: Json | undefined, at: (path: string) => ReturnType<typeof toldBy>): void {
  const by = textOf(configValue(config, 'detectLocalMode')) ?? 'ClusterCIDR';
  const ranges = cidrsOf(configValue(config, 'clusterCIDR'));
  draft.offer('podCIDRs', ranges, at('clusterCIDR'));
  if (by === 'ClusterCIDR') {
    draft.offer('proxy.podCIDRs', ranges, at('clusterCIDR'));
    draft.offer('proxy.detectLocal', ranges !== undefined, at('clusterCIDR'));
  } else draft.offer('proxy.detectLocal', true, at('detectLocalMode'));
}

function offerFlags(draft: ProfileDraft, proxy: PlacedComponent): void {
  const at = (flag: string) => toldBy(proxy.object, proxy.pointer, `\`--${flag}\` of kube-proxy`);
  draft.offer('proxy.mode', modeOf(commandFlag(proxy, 'proxy-mode')), at('proxy-mode'));
  const ranges = cidrsOf(commandFlag(proxy, 'cluster-cidr'));
  draft.offer('podCIDRs', ranges, at('cluster-cidr'));
  draft.offer('proxy.podCIDRs', ranges, at('cluster-cidr'));
  draft.offer('proxy.detectLocal', ranges && true, at('cluster-cidr'));
  const by = commandFlag(proxy, 'detect-local-mode');
  draft.offer('proxy.detectLocal', by === undefined || by === 'ClusterCIDR' ? undefined : true, at('detect-local-mode'));
  draft.offer('proxy.masqueradeAll', flagOf(commandFlag(proxy, 'masquerade-all')), at('masquerade-all'));
  const localhost = flagOf(commandFlag(proxy, 'iptables-localhost-nodeports'));
  if ((draft.get('proxy.mode') ?? 'iptables') === 'iptables')
    draft.offer('proxy.localhostNodePorts', localhost, at('iptables-localhost-nodeports'));
  const scheduler = commandFlag(proxy, 'ipvs-scheduler');
  draft.offer(
    'proxy.ipvs.scheduler',
    IPVS_SCHEDULERS.find((one) => one === scheduler),
    at('ipvs-scheduler'),
  );
  draft.offer('proxy.nodePortAddresses', nodePortAddressesOf(commandFlag(proxy, 'nodeport-addresses')), at('nodeport-addresses'));
}

/** kubernetes `pkg/proxy/apis/config/types.go` NodePortAddressesPrimary: `primary` stands alone. */
function nodePortAddressesOf(value: Json | undefined): ProfileValue<'proxy.nodePortAddresses'> | undefined {
  const [first] = Array.isArray(value) ? value : [value];
  return first === 'primary' ? 'primary' : cidrsOf(value);
}

function modeOf(text: string | undefined): ProfileValue<'proxy.mode'> | undefined {
  return text === 'iptables' || text === 'ipvs' || text === 'nftables' ? text : undefined;
}

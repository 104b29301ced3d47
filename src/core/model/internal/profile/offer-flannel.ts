import type { ConfigMap } from '../../../resources/config-map.js';
import { cidrsOf, configValue, flagOf, numberOf, textOf } from './config-value.js';
import { readConfigText } from './config-text.js';
import { commandFlag, type PlacedComponent } from './network-traces.js';
import type { ProfileDraft } from './profile-draft.js';
import { defaultOf, toldBy } from './told-by.js';

const KEY = 'net-conf.json';
/** Bytes that a backend puts around packets. */
const OVERHEAD: ReadonlyMap<string, number> = new Map([
  ['vxlan', 50],
  ['wireguard', 80],
]);

/** Reads `net-conf.json` (flannel-io/flannel `Documentation/configuration.md`): of kube-flannel-cfg, or of Canal's canal-config. */
export function offerFlannel(draft: ProfileDraft, map: ConfigMap | undefined): void {
  const text = map?.data[KEY];
  if (!map || text === undefined) return;
  const config = readConfigText(text);
  const at = (why: string) => toldBy(map.ref, `/data/${KEY}`, why);
  const v4 = flagOf(configValue(config, 'EnableIPv4')) === false ? [] : (cidrsOf(configValue(config, 'Network')) ?? []);
  const v6 = flagOf(configValue(config, 'EnableIPv6')) === true ? (cidrsOf(configValue(config, 'IPv6Network')) ?? []) : [];
  const networks = [...v4, ...v6];
  draft.offer('podCIDRs', networks.length > 0 ? networks : undefined, at("Flannel's `Network` and `IPv6Network`"));
  const mode = textOf(configValue(config, 'Backend.Type'));
  draft.offer('cni.mode', mode, at("Flannel's `Backend.Type`"));
  draft.offer('cni.mode', 'udp', defaultOf(map.ref, `/data/${KEY}`, "Flannel's default without `Backend.Type`"));
  draft.offer('cni.crossSubnet', flagOf(configValue(config, 'Backend.DirectRouting')), at("Flannel's `Backend.DirectRouting`"));
  draft.offer('cni.crossSubnet', false, defaultOf(map.ref, `/data/${KEY}`, "Flannel's default for `Backend.DirectRouting`"));
  draft.offer(
    'cni.mtu',
    podMtuOf(mode, numberOf(configValue(config, 'Backend.MTU'))),
    at("Flannel's `Backend.MTU`, less what it puts around packets"),
  );
  draft.offer('cni.vni', numberOf(configValue(config, 'Backend.VNI')), at("Flannel's `Backend.VNI`"));
  draft.offer('cni.tunnelPort', numberOf(configValue(config, 'Backend.Port')) || undefined, at("Flannel's `Backend.Port`"));
}

/**
 * `MTU` is "for the outgoing packets": Flannel takes its overhead off (flannel-io/flannel Documentation/backends.md; encapOverhead of `pkg/backend/vxlan/vxlan_network.go`, overhead of
 * `pkg/backend/wireguard/wireguard_network.go`). Other backends do not read it.
 */
function podMtuOf(mode: string | undefined, mtu: number | undefined): number | undefined {
  const overhead = mode === undefined ? undefined : OVERHEAD.get(mode);
  return mtu === undefined || overhead === undefined ? undefined : mtu - overhead;
}

/** `--ip-masq` of flanneld: "setup IP masquerade for traffic destined for outside the flannel network", off unless it is given. */
export function offerFlannelMasquerade(draft: ProfileDraft, components: readonly PlacedComponent[]): void {
  const agent = components.find((one) => one.image === 'flannel');
  if (!agent || agent.arguments.length === 0) return;
  const isOn = agent.arguments.includes('--ip-masq') || flagOf(commandFlag(agent, 'ip-masq')) === true;
  draft.offer('masquerade.plugin', isOn, toldBy(agent.object, agent.pointer, '`--ip-masq` of flanneld'));
}

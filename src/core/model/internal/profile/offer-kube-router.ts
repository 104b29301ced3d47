import { configValue, flagOf, numberOf } from './config-value.js';
import { readConfigText } from './config-text.js';
import { commandFlag, type PlacedComponent } from './network-traces.js';
import { configMapNamed, type PluginEvidence } from './plugin-evidence.js';
import type { Finding, ProfileDraft } from './profile-draft.js';
import { toldBy } from './told-by.js';

/** Without `mtu` in its configuration the bridge plugin leaves the kernel's (Linux `net/ethernet/eth.c`, ETH_DATA_LEN). */
const ETHERNET_MTU = 1500;

/**
 * kube-router is told by its flags: "will create a tunnel for pod-to-pod traffic any time it comes across a kube-router enabled node that is not within the subnet of it's primary interface"
 * (cloudnativelabs/kube-router `docs/tunnels.md`; the defaults are those of `docs/user-guide.md`).
 */
export function offerKubeRouter(draft: ProfileDraft, { components, resources }: PluginEvidence, found: Finding): void {
  const agent = components.find((one) => one.image === 'kube-router');
  if (!agent) {
    // Who sets a mode by hand says by `crossSubnet` too what it is.
    if (draft.get('cni.mode') === undefined) offerOverlay(draft, undefined, { ...found, provenance: 'defaulted', why: BY_DEFAULT });
    return;
  }
  offerOverlay(draft, agent, toldBy(agent.object, agent.pointer, 'the flags of kube-router about tunnels'));
  const port = numberOf(commandFlag(agent, 'overlay-encap-port'));
  draft.offer('cni.tunnelPort', port, toldBy(agent.object, agent.pointer, '`--overlay-encap-port` of kube-router'));
  const egress = toldBy(agent.object, agent.pointer, '`--enable-pod-egress` of kube-router');
  draft.offer('masquerade.plugin', flagOf(commandFlag(agent, 'enable-pod-egress')), egress);
  if (flagOf(commandFlag(agent, 'auto-mtu')) !== false) return;
  const map = configMapNamed(resources, 'kube-router-cfg');
  const config = readConfigText(map?.data['cni-conf.json'] ?? '');
  const plugins = configValue(config, 'plugins');
  const bridge = Array.isArray(plugins) ? plugins.find((one) => configValue(one, 'type') === 'bridge') : config;
  const told = numberOf(configValue(bridge, 'mtu'));
  const why = '`--auto-mtu=false` of kube-router: pods have the MTU of their network’s configuration';
  if (map && told) draft.offer('cni.mtu', told, toldBy(map.ref, '/data/cni-conf.json', why));
  draft.offer('cni.mtu', ETHERNET_MTU, { ...toldBy(agent.object, agent.pointer, why), provenance: 'defaulted' });
}

const BY_DEFAULT = 'kube-router wraps by default what goes to nodes of other subnets';

function offerOverlay(draft: ProfileDraft, agent: PlacedComponent | undefined, finding: Finding): void {
  const isOn = !agent || flagOf(commandFlag(agent, 'enable-overlay')) !== false;
  const isFou = agent !== undefined && commandFlag(agent, 'overlay-encap') === 'fou';
  draft.offer('cni.mode', !isOn ? 'bgp' : isFou ? 'fou' : 'ipip', finding);
  draft.offer('cni.crossSubnet', isOn && !(agent && commandFlag(agent, 'overlay-type') === 'full'), finding);
}

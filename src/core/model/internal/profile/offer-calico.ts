import { formatCidr } from '../../../net/cidr.js';
import { type CalicoIPPool, whyClosed } from '../../../resources/calico-ip-pool.js';
import type { FelixConfiguration } from '../../../resources/felix-configuration.js';
import type { ResourceIndex } from '../resource-index.js';
import { cidrsOf, flagOf, numberOf } from './config-value.js';
import type { PlacedComponent } from './network-traces.js';
import { offerCalicoBpf } from './offer-calico-bpf.js';
import { configMapNamed, type PluginEvidence } from './plugin-evidence.js';
import type { Finding, ProfileDraft } from './profile-draft.js';
import { defaultOf, toldBy } from './told-by.js';

const POD_USE = 'Workload';
/** calico-node's own pool where the environment names none (projectcalico/calico `node/pkg/lifecycle/startup`). */
const POOL_DEFAULTS = { ipip: 'Off', vxlan: 'Off', blockSize: 26 };

/** Reads Calico's pools, else the environment from which calico-node makes its first pool, then Felix's settings. */
export function offerCalico(draft: ProfileDraft, evidence: PluginEvidence): void {
  const { resources } = evidence;
  const pools = resources.calico.ipPools.filter((pool) => !whyClosed(pool) && pool.cidr && servesPods(pool));
  const agent = evidence.components.find((one) => one.image === 'node' && one.container === 'calico-node');
  offerWireguard(draft, agent, resources);
  offerProvider(draft, agent, resources);
  if (pools[0]) offerPools(draft, pools[0], pools);
  else if (agent) offerFirstPool(draft, agent);
  offerEndpointToHost(draft, agent, resources);
  offerTunnelMtu(draft, resources);
  offerVethMtu(draft, resources);
  offerVxlanNumbers(draft, resources);
  offerCalicoBpf(draft, evidence);
}

function servesPods({ allowedUses }: CalicoIPPool): boolean {
  return allowedUses.length === 0 || allowedUses.includes(POD_USE);
}

/** The ranges of every pool; mode and block size of the first one of the primary family (the destination's pool decides, and pools seldom differ). */
function offerPools(draft: ProfileDraft, pool: CalicoIPPool, pools: readonly CalicoIPPool[]): void {
  const { ref } = pool;
  const cidrs = pools.flatMap(({ cidr }) => cidr ?? []);
  const listed = cidrs.map(formatCidr).join(', ');
  draft.offer('podCIDRs', cidrs, toldBy(ref, '/spec/cidr', pools.length === 1 ? "Calico's pool" : `Calico's pools (${listed})`));
  draft.offer('cni.blockSize', pool.blockSize, toldBy(ref, '/spec/blockSize', "the blocks that Calico's nodes take from the pool"));
  if (pool.vxlanMode !== 'Never')
    return offerMode(draft, 'vxlan', pool.vxlanMode, toldBy(ref, '/spec/vxlanMode', "the pool's `vxlanMode`"));
  if (pool.ipipMode !== 'Never') return offerMode(draft, 'ipip', pool.ipipMode, toldBy(ref, '/spec/ipipMode', "the pool's `ipipMode`"));
  offerMode(draft, 'bgp', 'Never', toldBy(ref, '/spec', 'the pool has no encapsulation'));
}

function offerFirstPool(draft: ProfileDraft, agent: PlacedComponent): void {
  const { environment } = agent;
  const v4 = environment['CALICO_IPV4POOL_CIDR'];
  draft.offer('podCIDRs', cidrsOf(v4), variable(agent, 'CALICO_IPV4POOL_CIDR', 'the pool that calico-node makes at its first start'));
  const vxlan = environment['CALICO_IPV4POOL_VXLAN'] ?? POOL_DEFAULTS.vxlan;
  const ipip = environment['CALICO_IPV4POOL_IPIP'] ?? POOL_DEFAULTS.ipip;
  if (isOn(vxlan)) offerMode(draft, 'vxlan', vxlan, variable(agent, 'CALICO_IPV4POOL_VXLAN', "the first pool's `vxlanMode`"));
  else if (isOn(ipip)) offerMode(draft, 'ipip', ipip, variable(agent, 'CALICO_IPV4POOL_IPIP', "the first pool's `ipipMode`"));
  else offerMode(draft, 'bgp', 'Never', defaultOf(agent.object, agent.pointer, 'calico-node is told of no encapsulation'));
  const blockSize = numberOf(environment['CALICO_IPV4POOL_BLOCK_SIZE']);
  draft.offer('cni.blockSize', blockSize, variable(agent, 'CALICO_IPV4POOL_BLOCK_SIZE', "the first pool's block size"));
  draft.offer('cni.blockSize', POOL_DEFAULTS.blockSize, defaultOf(agent.object, agent.pointer, "Calico's default block size"));
}

function isOn(mode: string): boolean {
  return !['off', 'never', ''].includes(mode.toLowerCase());
}

function offerMode(draft: ProfileDraft, mode: string, when: string, finding: Finding): void {
  draft.offer('cni.mode', mode, finding);
  draft.offer('cni.crossSubnet', when.toLowerCase() === 'crosssubnet', finding);
}

/** Between nodes that both have WireGuard, it takes the place of the pool's encapsulation. */
function offerWireguard(draft: ProfileDraft, agent: PlacedComponent | undefined, resources: ResourceIndex): void {
  const why = 'Felix encrypts what crosses nodes';
  const told = agent && flagOf(agent.environment['FELIX_WIREGUARDENABLED']?.toLowerCase());
  if (agent && told) draft.offer('cni.mode', 'wireguard', variable(agent, 'FELIX_WIREGUARDENABLED', why));
  const on = told === undefined ? globalFelix(resources) : undefined;
  if (on?.wireguardEnabled) draft.offer('cni.mode', 'wireguard', toldBy(on.ref, '/spec/wireguardEnabled', why));
  offerHostEncryption(draft, agent, resources);
}

function offerHostEncryption(draft: ProfileDraft, agent: PlacedComponent | undefined, resources: ResourceIndex): void {
  const why = 'whether Felix encrypts what nodes themselves send';
  const name = 'FELIX_WIREGUARDHOSTENCRYPTIONENABLED';
  if (agent) draft.offer('cni.encryptHostTraffic', flagOf(agent.environment[name]?.toLowerCase()), variable(agent, name, why));
  const felix = globalFelix(resources);
  const pointer = '/spec/wireguardHostEncryptionEnabled';
  if (felix) draft.offer('cni.encryptHostTraffic', felix.wireguardHostEncryptionEnabled, toldBy(felix.ref, pointer, why));
}

/** Felix knows whose machines it runs on by the cluster's type, to which calico-node adds what it is told (projectcalico/calico `felix/config/config_params.go`, KubernetesProvider). */
function offerProvider(draft: ProfileDraft, agent: PlacedComponent | undefined, { calico }: ResourceIndex): void {
  const providerOf = (types: readonly string[]) => types.map((type) => type.trim().toLowerCase()).find((type) => PROVIDERS.has(type));
  for (const { ref, clusterTypes } of calico.clusterInformation)
    draft.offer('underlay.provider', providerOf(clusterTypes), toldBy(ref, '/spec/clusterType', 'whose machines Calico runs on'));
  const types = agent?.environment['CLUSTER_TYPE']?.split(',') ?? [];
  if (agent) draft.offer('underlay.provider', providerOf(types), variable(agent, 'CLUSTER_TYPE', 'whose machines Calico runs on'));
}

/** Those that Felix tells apart (`felix/config/config_params.go`, newProvider). */
const PROVIDERS: ReadonlySet<string> = new Set(['aks', 'eks', 'gke', 'rke2', 'openshift', 'dockerenterprise']);

/** The environment of calico-node comes before objects (projectcalico/calico `felix/config`); node by node others may hold, which policies look up themselves. */
function offerEndpointToHost(draft: ProfileDraft, agent: PlacedComponent | undefined, resources: ResourceIndex): void {
  const why = 'what becomes of the traffic of pods to their own node';
  const told = ENDPOINT_TO_HOST.find((one) => one.toLowerCase() === agent?.environment[ENDPOINT_TO_HOST_VARIABLE]?.toLowerCase());
  if (agent && told) draft.offer('policy.calico.endpointToHost', told, variable(agent, ENDPOINT_TO_HOST_VARIABLE, why));
  const felix = globalFelix(resources);
  if (felix) draft.offer('policy.calico.endpointToHost', felix.endpointToHost, toldBy(felix.ref, '/spec/defaultEndpointToHostAction', why));
}

const ENDPOINT_TO_HOST = ['Accept', 'Drop', 'Return'] as const;
const ENDPOINT_TO_HOST_VARIABLE = 'FELIX_DEFAULTENDPOINTTOHOSTACTION';

/** What Felix has on every node: `default`; others are of one node each (projectcalico/calico `felix/config`). */
function globalFelix({ calico }: ResourceIndex): FelixConfiguration | undefined {
  return calico.felixConfigurations.find(({ ref }) => ref.name === 'default');
}

function offerTunnelMtu(draft: ProfileDraft, resources: ResourceIndex): void {
  const felix = globalFelix(resources);
  if (!felix) return;
  const { ref, vxlanMTU, ipipMTU, wireguardMTU } = felix;
  const mode = draft.get('cni.mode');
  if (mode === 'vxlan') draft.offer('cni.mtu', vxlanMTU, toldBy(ref, '/spec/vxlanMTU', "Felix' `vxlanMTU`"));
  if (mode === 'ipip') draft.offer('cni.mtu', ipipMTU, toldBy(ref, '/spec/ipipMTU', "Felix' `ipipMTU`"));
  if (mode === 'wireguard') draft.offer('cni.mtu', wireguardMTU, toldBy(ref, '/spec/wireguardMTU', "Felix' `wireguardMTU`"));
}

/** What Felix puts on VXLAN, whom it exempts from natOutgoing, and which address that gives. */
function offerVxlanNumbers(draft: ProfileDraft, resources: ResourceIndex): void {
  const felix = globalFelix(resources);
  if (!felix) return;
  const { ref, vxlanVNI, vxlanPort, natOutgoingExclusions, natOutgoingAddress } = felix;
  if (draft.get('cni.mode') === 'vxlan') {
    draft.offer('cni.vni', vxlanVNI, toldBy(ref, '/spec/vxlanVNI', "Felix' `vxlanVNI`"));
    draft.offer('cni.tunnelPort', vxlanPort, toldBy(ref, '/spec/vxlanPort', "Felix' `vxlanPort`"));
  }
  const exempt = natOutgoingExclusions && natOutgoingExclusions === 'IPPoolsAndHostIPs';
  draft.offer('masquerade.exemptNodes', exempt, toldBy(ref, '/spec/natOutgoingExclusions', "Felix' `natOutgoingExclusions`"));
  draft.offer('masquerade.natOutgoingAddress', natOutgoingAddress, toldBy(ref, '/spec/natOutgoingAddress', "Felix' `natOutgoingAddress`"));
}

/** The MTU of pod interfaces in Calico's and Canal's own ConfigMap; 0 means: found out on each node. */
export function offerVethMtu(draft: ProfileDraft, resources: ResourceIndex): void {
  const map = configMapNamed(resources, 'calico-config') ?? configMapNamed(resources, 'canal-config');
  if (map)
    draft.offer('cni.mtu', numberOf(map.data['veth_mtu']) || undefined, toldBy(map.ref, '/data/veth_mtu', 'the MTU of pod interfaces'));
}

function variable(agent: PlacedComponent, name: string, why: string): Finding {
  return toldBy(agent.object, `${agent.pointer}/env`, `\`${name}\`: ${why}`);
}

import { formatCidr } from '../../../net/cidr.js';
import { type CalicoIPPool, whyClosed } from '../../../resources/calico-ip-pool.js';
import type { ResourceIndex } from '../resource-index.js';
import { cidrsOf, numberOf } from './config-value.js';
import type { PlacedComponent } from './network-traces.js';
import { calicoNode, FelixTold } from './felix-told.js';
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
  const agent = calicoNode(evidence.components);
  const felix = new FelixTold(evidence);
  offerWireguard(draft, felix);
  offerProvider(draft, agent, resources);
  if (pools[0]) offerPools(draft, pools[0], pools);
  else if (agent) offerFirstPool(draft, agent);
  offerEndpointToHost(draft, felix);
  offerInstallationMtu(draft, resources);
  offerVethMtu(draft, resources);
  offerTunnelMtu(draft, felix);
  offerVxlanNumbers(draft, felix);
  offerMasquerade(draft, felix);
  offerCalicoBpf(draft, felix);
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
function offerWireguard(draft: ProfileDraft, felix: FelixTold): void {
  if (felix.value('wireguardEnabled'))
    draft.offer('cni.mode', 'wireguard', felix.finding('wireguardEnabled', 'Felix encrypts what crosses nodes'));
  const hosts = felix.finding('wireguardHostEncryptionEnabled', 'whether Felix encrypts what nodes themselves send');
  draft.offer('cni.encryptHostTraffic', felix.value('wireguardHostEncryptionEnabled'), hosts);
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
function offerEndpointToHost(draft: ProfileDraft, felix: FelixTold): void {
  const finding = felix.finding('endpointToHost', 'what becomes of the traffic of pods to their own node');
  draft.offer('policy.calico.endpointToHost', felix.value('endpointToHost'), finding);
}

/** Of each mode, the MTU that Felix is told of its device over IPv4. */
const TUNNEL_MTU = { vxlan: 'vxlanMTU', ipip: 'ipipMTU', wireguard: 'wireguardMTU' } as const;

/** It is that of pods where nothing tells theirs. */
function offerTunnelMtu(draft: ProfileDraft, felix: FelixTold): void {
  const mode = draft.get('cni.mode');
  if (mode !== 'vxlan' && mode !== 'ipip' && mode !== 'wireguard') return;
  const field = TUNNEL_MTU[mode];
  draft.offer('cni.mtu', felix.value(field) || undefined, felix.finding(field, 'the MTU of what travels so'));
}

/** What Felix puts on VXLAN. */
function offerVxlanNumbers(draft: ProfileDraft, felix: FelixTold): void {
  if (draft.get('cni.mode') !== 'vxlan') return;
  draft.offer('cni.vni', felix.value('vxlanVNI'), felix.finding('vxlanVNI', 'the network id of VXLAN'));
  draft.offer('cni.tunnelPort', felix.value('vxlanPort'), felix.finding('vxlanPort', 'the port of VXLAN'));
}

/** Whom Felix exempts from natOutgoing, and which address that gives. */
function offerMasquerade(draft: ProfileDraft, felix: FelixTold): void {
  const exclusions = felix.value('natOutgoingExclusions');
  const exempt = exclusions && exclusions === 'IPPoolsAndHostIPs';
  draft.offer('masquerade.exemptNodes', exempt, felix.finding('natOutgoingExclusions', 'whom natOutgoing leaves alone'));
  const address = felix.finding('natOutgoingAddress', 'the address that natOutgoing gives');
  draft.offer('masquerade.natOutgoingAddress', felix.value('natOutgoingAddress'), address);
}

/**
 * The MTU of pod interfaces in Calico's and Canal's own ConfigMap, which goes before what Felix reckons for its node; 0 means: that (projectcalico/calico
 * `cni-plugin/pkg/plugin/plugin.go`, "No MTU specified in config, but an MTU file was found on disk").
 */
export function offerVethMtu(draft: ProfileDraft, resources: ResourceIndex): void {
  const map = configMapNamed(resources, 'calico-config') ?? configMapNamed(resources, 'canal-config');
  if (map)
    draft.offer('cni.mtu', numberOf(map.data['veth_mtu']) || undefined, toldBy(map.ref, '/data/veth_mtu', 'the MTU of pod interfaces'));
}

/** The operator writes it into the configuration of the CNI plugin too (tigera/operator `pkg/render/node.go`, nodeCNIConfigMap). */
function offerInstallationMtu(draft: ProfileDraft, { calicoInstallations }: ResourceIndex): void {
  for (const { ref, mtu } of calicoInstallations)
    draft.offer('cni.mtu', mtu, toldBy(ref, '/spec/calicoNetwork/mtu', 'the MTU of pods, as Calico’s operator is told it'));
}

function variable(agent: PlacedComponent, name: string, why: string): Finding {
  return toldBy(agent.object, `${agent.pointer}/env`, `\`${name}\`: ${why}`);
}

import { type Note, uniqueNotes } from '../kernel/answer.js';
import type { NetworkModel } from '../model/network-model.js';
import type { IpFamily } from '../net/ip.js';
import { CARRIERS } from './carriers.js';
import { clusterMode } from './cluster-mode.js';
import { authKeyAssumption, mtuOptionsOf, optionsText } from './mtu-options.js';
import type { Wrapping } from './carrier.js';
import { felixOf } from './internal/felix-of.js';
import { hasWireguard } from './internal/wireguard-peers.js';
import { placedMode, podMtu, podMtuOfEnabled, USUAL_AUTH_KEY } from './pod-mtu.js';

/** Notes where nobody tells the MTU of the nodes' devices, or how long a key is that counts. */
export function mtuAssumption(model: NetworkModel): readonly Note[] {
  return [...underlayMtuAssumption(model), ...authKeyAssumption(model)];
}

/** A note where nobody tells the MTU of the nodes' devices. */
export function underlayMtuAssumption({ profile, profileSources }: NetworkModel): readonly Note[] {
  if (profileSources.get('underlay.mtu')?.provenance !== 'assumed') return [];
  const message = `the nodes’ devices are taken to have an MTU of ${profile.underlay.mtu}; set \`underlay.mtu\``;
  return [{ code: 'UNDERLAY_MTU_ASSUMED', message }];
}

/** Whether every node has an IPv4 address: looked at once for a model, and asked for each pair of nodes. */
const everywhereIPv4 = new WeakMap<NetworkModel, boolean>();

/** The family of the network that packets of a family of pods travel over. */
export function underlayFamily(model: NetworkModel, pods: IpFamily): IpFamily {
  if (!CARRIERS[model.profile.cni.plugin].tunnelsOverIPv4) return pods;
  const isEverywhere =
    everywhereIPv4.get(model) ?? [...model.nodes.values()].every(({ addresses }) => addresses.some(({ ip }) => ip.family === 4));
  everywhereIPv4.set(model, isEverywhere);
  return isEverywhere ? 4 : 6;
}

/** MTU of the pods of a cluster, and what it follows from. */
export interface ClusterMtu {
  readonly podMtu: number;
  /** Of the pod's device, where its routes carry the smaller one. */
  readonly deviceMtu: number;
  readonly why: string;
  readonly warnings: readonly Note[];
  /** What takes most of the MTU of all that there is on the nodes. */
  readonly widest: PlacedMode;
}

/** Of which node the MTU is asked. */
export interface OfNode {
  /** MTU of its device; left out: that of the cluster's nodes. */
  readonly hostMtu?: number;
  /** Its name, since Felix may be told something else there; left out: of none in particular. */
  readonly node?: string;
}

/** A mode, and the family of the network that it goes over. */
export interface PlacedMode {
  readonly mode: string;
  readonly underlayFamily: IpFamily;
}

/**
 * The MTU of every pod of a cluster, or of a node: what is set, else what the plugin reckons from the MTU of the nodes' devices. Calico takes the smallest of all encapsulations that
 * there are on its nodes; what Felix is told of one counts for that one.
 */
export function clusterMtu(model: NetworkModel, family: IpFamily, { hostMtu = model.profile.underlay.mtu, node }: OfNode = {}): ClusterMtu {
  const { cni } = model.profile;
  const options = mtuOptionsOf(model);
  const enabled = calicoEncapsulations(model, node);
  const smallest = podMtuOfEnabled({ cni: cni.plugin, enabled, hostMtu, configured: toldFelix(model, node), options });
  const isOfSmallest = enabled.length > 0 && smallest.ok && !isPodMtuSet(model);
  const configuredMtu = isOfSmallest ? smallest.value.podMtu : cni.mtu;
  const widest = smallest.ok && smallest.value.widest ? placedMode(smallest.value.widest) : modeThatCounts(model, family);
  const reckoned = podMtu({ cni: cni.plugin, ...widest, hostMtu, options: { ...options, configuredMtu } });
  if (!reckoned.ok) return { podMtu: hostMtu, deviceMtu: hostMtu, why: reckoned.error.message, warnings: [], widest };
  const { podMtu: mtu, overhead, deviceMtu, warnings } = reckoned.value;
  const all = isOfSmallest ? [...warnings, ...smallest.value.warnings] : warnings;
  const takes = `${widest.mode}${optionsText(options)} takes ${overhead} of ${hostMtu}`;
  const ofSmallest = `the smallest of ${enabled.join(', ')}, which are in use`;
  return {
    podMtu: mtu,
    deviceMtu: deviceMtu ?? mtu,
    why: isOfSmallest ? ofSmallest : cni.mtu === undefined ? takes : 'it is set',
    warnings: uniqueNotes(all),
    widest,
  };
}

/** Objects that tell the MTU of pods themselves. */
const OF_PODS: ReadonlySet<string> = new Set(['ConfigMap', 'Installation']);

/** Whether somebody tells the MTU of pods; what Felix is told is that of one tunnel. */
function isPodMtuSet({ profile, profileSources }: NetworkModel): boolean {
  const object = profileSources.get('cni.mtu')?.object;
  return profile.cni.mtu !== undefined && (object === undefined || OF_PODS.has(object.kind));
}

/** The mode of the cluster; where Felix is told to have none of what Calico's pools ask for, that is none. */
function modeThatCounts(model: NetworkModel, family: IpFamily): PlacedMode {
  const { mode } = clusterMode(model);
  const isRefused = hasCalicoPools(model) && model.profileSources.get('cni.mode')?.provenance !== 'set';
  return isRefused ? { mode: 'bgp', underlayFamily: family } : { mode, underlayFamily: reckonedFamily(model, mode, family) };
}

/** The family of the underlay that the mode is reckoned with: pods of Calico have one MTU, and what is there for IPv4 alone takes of theirs whatever family they send in. */
function reckonedFamily(model: NetworkModel, mode: string, family: IpFamily): IpFamily {
  const over = underlayFamily(model, family);
  const { plugin } = model.profile.cni;
  return plugin === 'calico' && CARRIERS.calico.modes[mode]?.overhead[over] === undefined ? 4 : over;
}

function hasCalicoPools({ profile, calico }: NetworkModel): boolean {
  return profile.cni.plugin === 'calico' && calico.ipPools.some(({ cidr }) => cidr !== undefined);
}

/**
 * What there are devices for on Calico's nodes, as `podMtuOfEnabled` names it: what any pool asks for, a disabled one too, unless Felix is told (projectcalico/calico
 * `felix/calc/encapsulation_resolver.go`).
 */
function calicoEncapsulations(model: NetworkModel, node: string | undefined): readonly string[] {
  if (!hasCalicoPools(model)) return [];
  const pools = model.calico.ipPools.filter(({ cidr }) => cidr !== undefined);
  const felix = felixOf(model, node);
  const hasVxlan = (family: IpFamily) => pools.some(({ cidr, vxlanMode }) => cidr?.family === family && vxlanMode !== 'Never');
  const rows: readonly (readonly [name: string, isThere: boolean])[] = [
    ['ipip', felix.ipipEnabled ?? pools.some(({ ipipMode }) => ipipMode !== 'Never')],
    ['vxlan4', felix.vxlanEnabled ?? hasVxlan(4)],
    ['vxlan6', hasVxlan(6)],
    ['wireguard4', hasWireguard(model, 4)],
    ['wireguard6', hasWireguard(model, 6)],
  ];
  return rows.filter(([, isThere]) => isThere).map(([name]) => name);
}

/** MTUs that Felix is told of, as `podMtuOfEnabled` names them; 0 is reckoned. */
function toldFelix(model: NetworkModel, node: string | undefined): Readonly<Record<string, number>> {
  const felix = felixOf(model, node);
  return {
    ipip: felix.ipipMTU ?? 0,
    vxlan4: felix.vxlanMTU ?? 0,
    vxlan6: felix.vxlanMTUV6 ?? 0,
    wireguard4: felix.wireguardMTU ?? 0,
    wireguard6: felix.wireguardMTUV6 ?? 0,
  };
}

/** Bytes that are put around packets, as the plugin subtracts them: Cilium reckons with the very key of IPsec. */
export function overheadOf({ profile: { cni } }: NetworkModel, wrapping: Wrapping, over: IpFamily): number {
  const own = wrapping.overhead[over] ?? 0;
  return wrapping === CARRIERS.cilium.encryptions.ipsec ? own + (cni.authKeyBytes ?? USUAL_AUTH_KEY) - USUAL_AUTH_KEY : own;
}

/** Bytes that are really put around packets, `encrypted` or not where the carrier itself does that. */
export function bytesAround(
  model: NetworkModel,
  wrapping: Wrapping,
  over: IpFamily,
  encrypted = wrapping.encrypts === 'where-told' && model.profile.cni.encryption !== 'none',
): number {
  const { onWire, cipherBytes = 0 } = wrapping;
  return (onWire?.[over] ?? overheadOf(model, wrapping, over)) + (encrypted ? cipherBytes : 0);
}

/** MTU of the device of a node that wraps: what Felix is told of it, or reckons; elsewhere that of the node's device without what is put around packets. */
export function wrappingDeviceMtu(
  model: NetworkModel,
  [mode, wrapping]: readonly [string, Wrapping],
  over: IpFamily,
  { hostMtu, node }: Required<OfNode>,
): number {
  const around = bytesAround(model, wrapping, over, false);
  // What a plugin leaves room for besides (Weave's bridge) does not narrow the device.
  const room = wrapping.mtuByKernel ? around : Math.min(overheadOf(model, wrapping, over), around);
  if (model.profile.cni.plugin !== 'calico') return hostMtu - room;
  const name = mode === 'ipip' ? mode : `${mode}${over}`;
  const mtu = podMtuOfEnabled({
    cni: 'calico',
    enabled: [name],
    hostMtu,
    configured: toldFelix(model, node),
    options: mtuOptionsOf(model),
  });
  return mtu.ok ? mtu.value.podMtu : hostMtu - room;
}

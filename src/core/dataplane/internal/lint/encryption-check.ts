import { firstFew } from '../../../kernel/first-few.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { IpFamily } from '../../../net/ip.js';
import { encryptionIn } from '../../carriers.js';
import { clusterMode } from '../../cluster-mode.js';
import type { DataplaneDraft } from '../../dataplane-finding.js';
import { hasWireguard, isWireguardPeer } from '../wireguard-peers.js';

/** What is to be encrypted and is not. */
export function encryptionCheck(model: NetworkModel): readonly DataplaneDraft[] {
  return [...refusedByAntrea(model), ...withoutWireguard(model, 4), ...withoutWireguard(model, 6)];
}

/** Nodes of Calico that are no peers of WireGuard, where others are. */
function withoutWireguard(model: NetworkModel, family: IpFamily): readonly DataplaneDraft[] {
  if (!hasWireguard(model, family)) return [];
  const without = [...model.nodes.values()].filter((node) => !isWireguardPeer(model, node, family));
  if (without.length === 0) return [];
  const names = without.map(({ name }) => name);
  const { object, pointer } = turnedOnBy(model, family);
  const message = `IPv${family}: ${names.length} of ${model.nodes.size} nodes have no WireGuard key of their own (${firstFew(names, 3)}): what goes between their pods and those of other nodes is not encrypted`;
  const fix = 'look at what calico-node of those nodes says of WireGuard: their kernel has to have it, and no two nodes the same key';
  return [{ code: 'NODES_NOT_ENCRYPTED', object, pointer, message, fix, nodes: names }];
}

/** What tells of WireGuard: that of IPv6 is no mode, unless a user has set it for both. */
function turnedOnBy(
  { profileSources, calico, felixEnvironment }: NetworkModel,
  family: IpFamily,
): Pick<DataplaneDraft, 'object' | 'pointer'> {
  const mode = profileSources.get('cni.mode');
  if (family === 4 || mode?.provenance === 'set') return { object: mode?.object, pointer: mode?.pointer };
  // The environment of calico-node, which is no object of its own.
  if (felixEnvironment.wireguardEnabledV6) return { object: undefined, pointer: undefined };
  return { object: calico.felixConfigurations.find(({ ref }) => ref.name === 'default')?.ref, pointer: '/spec/wireguardEnabledV6' };
}

/** An encryption that Antrea's agent refuses in the mode that it has. */
function refusedByAntrea(model: NetworkModel): readonly DataplaneDraft[] {
  const { cni } = model.profile;
  const { mode } = clusterMode(model);
  if (cni.plugin !== 'antrea' || cni.encryption === 'none' || encryptionIn(cni.plugin, mode, cni)) return [];
  const { object, pointer } = model.profileSources.get('cni.encryption') ?? {};
  const message = `Antrea is to encrypt with ${cni.encryption}, and packets go between nodes ${cni.crossSubnet ? 'of a subnet ' : ''}as they are`;
  const fix = 'set `trafficEncapMode` to `encap`, or `trafficEncryptionMode` to `none`';
  return [{ code: 'ENCRYPTION_REFUSED', object, pointer, message, fix }];
}

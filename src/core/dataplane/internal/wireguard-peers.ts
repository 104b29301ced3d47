import type { ModelNode, NetworkModel } from '../../model/network-model.js';
import type { IpFamily } from '../../net/ip.js';
import { clusterMode } from '../cluster-mode.js';
import { felixOf } from './felix-of.js';

/** What Felix writes on its node once it has the device (projectcalico/calico `libcalico-go/lib/backend/k8s/resources/node.go`). */
const KEY: Readonly<Record<IpFamily, string>> = { 4: 'projectcalico.org/WireguardPublicKey', 6: 'projectcalico.org/WireguardPublicKeyV6' };
/** Base64 of 32 bytes (`wgtypes.ParseKey`). */
const WELL_FORMED = /^[A-Za-z0-9+/]{43}=$/;
/** What Felix writes where the kernel has no WireGuard: 32 bytes of 0. */
const ZERO = /^A{43}=$/;

/**
 * Whether Calico's nodes send packets of a family of pods to one another by WireGuard. Felix has it for each family by itself (projectcalico/calico `felix/config/config_params.go`,
 * WireguardEnabled and WireguardEnabledV6); a mode that a user sets is that of both.
 */
export function hasWireguard(model: NetworkModel, family: IpFamily): boolean {
  const { profile, profileSources } = model;
  if (profile.cni.plugin !== 'calico') return false;
  const isMode = clusterMode(model).mode === 'wireguard';
  if (profileSources.get('cni.mode')?.provenance === 'set') return isMode && profile.ipFamilies.includes(family);
  if (family === 4) return isMode;
  return felixOf(model).wireguardEnabledV6 === true;
}

/** Nodes by name that are peers of others; undefined: no node tells of a key, and all are taken to have theirs. */
type Peers = ReadonlySet<string> | undefined;

/** Looked for once in a model: they are asked for with every pair of nodes. */
const MEMORY = new WeakMap<NetworkModel, Readonly<Record<IpFamily, Peers>>>();

function peersOf(model: NetworkModel, family: IpFamily): Peers {
  const known = MEMORY.get(model) ?? { 4: findPeers(model, 4), 6: findPeers(model, 6) };
  MEMORY.set(model, known);
  return known[family];
}

/**
 * "This requires: a peer to have a endpoint address of the same IP version […], a valid public key, and only a single peer to be claiming that public key" (projectcalico/calico
 * `felix/wireguard/wireguard.go`, shouldProgramWireguardPeer).
 */
function findPeers({ nodes }: NetworkModel, family: IpFamily): Peers {
  const told = [...nodes.values()].flatMap((node) => {
    const key = node.resource?.annotations[KEY[family]];
    return key === undefined ? [] : [{ node, key }];
  });
  if (told.length === 0) return undefined;
  const claims = new Map<string, number>();
  for (const { key } of told) claims.set(key, (claims.get(key) ?? 0) + 1);
  const peers = told.filter(
    ({ node, key }) =>
      WELL_FORMED.test(key) && !ZERO.test(key) && claims.get(key) === 1 && node.addresses.some(({ ip }) => ip.family === family),
  );
  return new Set(peers.map(({ node }) => node.name));
}

/** Whether a node sends by WireGuard to others that do. */
export function isWireguardPeer(model: NetworkModel, { name }: ModelNode, family: IpFamily): boolean {
  return hasWireguard(model, family) && (peersOf(model, family)?.has(name) ?? true);
}

/** Whether two nodes send what is for pods to one another by WireGuard. */
export function areWireguardPeers(model: NetworkModel, pair: readonly ModelNode[], family: IpFamily): boolean {
  return pair.every((node) => isWireguardPeer(model, node, family));
}

/** Whether there is no pair of nodes that sends what is for pods of the family otherwise. */
export function isAllByWireguard(model: NetworkModel, family: IpFamily): boolean {
  return hasWireguard(model, family) && (peersOf(model, family)?.size ?? model.nodes.size) === model.nodes.size;
}

/** Whether what is for nodes themselves travels so too (`felix/dataplane/linux/wireguard_mgr.go`: the table has remote hosts where EncryptHostTraffic is on). */
export function encryptsHosts(model: NetworkModel, pair: readonly ModelNode[], family: IpFamily): boolean {
  return model.profile.cni.encryptHostTraffic && areWireguardPeers(model, pair, family);
}

import type { Answer, Note } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import { firstFew } from '../kernel/first-few.js';
import type { Problem } from '../kernel/problem.js';
import { ok, type Result } from '../kernel/result.js';
import type { ModelNode, NetworkModel } from '../model/network-model.js';
import { formatIp, type IpFamily } from '../net/ip.js';
import type { CalicoIPPool } from '../resources/calico-ip-pool.js';
import type { Wrapping } from './carrier.js';
import { carrierOf, encryptionIn } from './carriers.js';
import { clusterMode } from './cluster-mode.js';
import { mtuAssumption, overheadOf, underlayFamily, wrappingDeviceMtu } from './cluster-mtu.js';
import { encapsulationOf } from './encapsulation.js';
import { toldAddress } from './internal/device-address.js';
import { encapOf, wrappingDevice } from './internal/encap-view.js';
import { nodeNamed } from './internal/node-named.js';
import { Underlay } from './internal/underlay.js';
import { hasWireguard, isAllByWireguard, isWireguardPeer } from './internal/wireguard-peers.js';

/** One device of one node that wraps packets. */
export interface TunnelView {
  readonly node: string;
  /** Null: the kernel wraps without a device of its own. */
  readonly device: string | null;
  /** As in the hops of `path`: `VXLAN`, `IPIP`, `WIREGUARD` … */
  readonly kind: string;
  /** The node's end. */
  readonly address: string;
  /** The address of the device itself, as the plugin has written it on the node, or as its rule says. */
  readonly tunnelAddress: string | null;
  readonly protocol: string;
  readonly port: number | null;
  readonly number: number | null;
  readonly networkId: string | null;
  /** Of the device, in bytes. */
  readonly mtu: number;
  readonly overhead: number;
  readonly encrypted: boolean;
  /** Family of the pods that it is for. */
  readonly family: IpFamily;
  /** When packets go through: `Always`, or `CrossSubnet` for nodes of other subnets. */
  readonly when: 'Always' | 'CrossSubnet';
}

/** Whether there are any. */
export const TUNNELS_VERDICTS = {
  TUNNELS: 'nodes wrap packets for one another',
  NONE: 'nothing is wrapped: packets of pods go between nodes as they are',
} as const;

/** The outcome. */
export type TunnelsVerdict = keyof typeof TUNNELS_VERDICTS;

/** Reason codes of the evidence. */
export const TUNNELS_REASONS = { TUNNEL_OF_MODE: 'what the plugin’s mode, its pools and its encryption set up on every node' } as const;

/** The tunnels of a cluster, by node. */
export interface TunnelsResult {
  readonly tunnels: readonly TunnelView[];
  /** How many `limit` left out. */
  readonly omitted: number;
}

/** A thing that wraps, whichever node it is on. */
interface Kind {
  readonly name: string;
  readonly wrapping: Wrapping;
  readonly family: IpFamily;
  readonly when: TunnelView['when'];
}

/** Every tunnel of the cluster, or of one node. Fails with `unknown-node`. */
export function tunnels(
  model: NetworkModel,
  { node, limit }: { readonly node: string | undefined; readonly limit: number },
): Result<Answer<TunnelsVerdict, TunnelsResult>, Problem> {
  const named = node === undefined ? undefined : nodeNamed(model, node);
  if (named && !named.ok) return named;
  const kinds = tunnelKinds(model);
  const underlay = new Underlay(model);
  const nodes = named ? [named.value] : [...model.nodes.values()];
  const all = nodes.flatMap((one) => kinds.flatMap((kind) => tunnelOf(model, underlay, one, kind) ?? []));
  const warnings = withoutAddress(model, underlay, nodes, kinds);
  const isUnseen = kinds.length > 0 && nodes.length === 0;
  const trail = new Trail();
  for (const { name, when, family } of kinds)
    trail.add({ stage: 'tunnels', outcome: 'info', reason: 'TUNNEL_OF_MODE', message: `${name}, ${when}, for IPv${family}` });
  const { assumed } = clusterMode(model);
  const assumptions: readonly Note[] = [...(assumed ? [assumed] : []), ...(all.length > 0 ? mtuAssumption(model) : [])];
  return ok({
    verdict: all.length === 0 && warnings.length === 0 && !isUnseen ? 'NONE' : 'TUNNELS',
    summary: `${node ?? 'the cluster'}: ${isUnseen ? NO_NODES : summaryOf(model, all, warnings)}`,
    result: { tunnels: all.slice(0, limit), omitted: Math.max(0, all.length - limit) },
    evidence: trail.list(),
    assumptions,
    warnings,
    confidence: assumptions.length > 0 ? 'ASSUMED' : 'CERTAIN',
    enforcement: null,
  });
}

const NO_NODES = 'packets are wrapped, and no tunnel is known: there are no nodes';

function summaryOf({ profile: { cni } }: NetworkModel, all: readonly TunnelView[], warnings: readonly Note[]): string {
  if (all.length === 0 && warnings.length > 0) return 'packets are wrapped, and no tunnel is known: no node has an address for it';
  if (all.length === 0)
    return `${cni.plugin === 'unknown' ? 'a plugin that nothing tells is taken to wrap' : `${cni.plugin} wraps`} nothing`;
  return `${all.length} tunnel${all.length === 1 ? '' : 's'} (${[...new Set(all.map(({ kind }) => kind))].join(', ')})`;
}

/** Nodes whose tunnels are left out, since nothing tells the address at which the others reach them. */
function withoutAddress(model: NetworkModel, underlay: Underlay, nodes: readonly ModelNode[], kinds: readonly Kind[]): readonly Note[] {
  const families = [...new Set(kinds.map(({ family }) => underlayFamily(model, family)))];
  return families.flatMap((over) => {
    const left = nodes.filter((node) => !underlay.addressOf(node, over)).map(({ name }) => name);
    if (left.length === 0) return [];
    const message = `${left.length} node${left.length === 1 ? ' has' : 's have'} no IPv${over} address (${firstFew(left, 3)}): tunnels over IPv${over} are left out there`;
    return [{ code: 'NODE_WITHOUT_ADDRESS', message }];
  });
}

/** What wraps packets in the cluster: of the mode, of Calico's pools, of the encryption. */
export function tunnelKinds(model: NetworkModel): readonly Kind[] {
  const { plugin, encryption, crossSubnet } = model.profile.cni;
  const { mode } = clusterMode(model);
  const isCalico = plugin === 'calico';
  const cipher = encryptionIn(plugin, mode, model.profile.cni);
  const carrier = carrierOf(plugin, mode);
  const when = crossSubnet ? 'CrossSubnet' : 'Always';
  const ofMode = model.profile.ipFamilies.flatMap((family): readonly Kind[] => {
    if (hasWireguard(model, family)) return [{ name: 'wireguard', wrapping: carrierOf(plugin, 'wireguard'), family, when: 'Always' }];
    const isOfPools = isCalico && (mode === 'wireguard' || model.calico.ipPools.length > 0);
    return [
      ...(isOfPools || cipher?.adds === 'instead' ? [] : [{ name: mode, wrapping: carrier, family, when } as const]),
      ...(cipher ? [{ name: encryption, wrapping: cipher, family, when: 'Always' } as const] : []),
    ];
  });
  const ofPools = isCalico ? model.calico.ipPools.flatMap((pool) => kindOfPool(model, pool) ?? []) : [];
  const byKey = new Map([...ofPools, ...ofMode].map((kind) => [`${kind.name} ${kind.family} ${kind.when}`, kind]));
  return [...byKey.values()].filter(({ wrapping, family }) => wrapping.transport[underlayFamily(model, family)] !== undefined);
}

/** What a pool of Calico sets up; undefined: nothing, or nothing that is used, since WireGuard takes its place between all nodes. */
function kindOfPool(model: NetworkModel, pool: CalicoIPPool): Kind | undefined {
  const { encapsulation, mode: when } = encapsulationOf(pool);
  if (!pool.cidr || encapsulation === 'none' || when === 'Never') return undefined;
  const { family } = pool.cidr;
  if (isAllByWireguard(model, family)) return undefined;
  return { name: encapsulation, wrapping: carrierOf('calico', encapsulation), family, when };
}

function tunnelOf(
  model: NetworkModel,
  underlay: Underlay,
  node: ModelNode,
  { name, wrapping, family, when }: Kind,
): TunnelView | undefined {
  const over = underlayFamily(model, family);
  const address = underlay.addressOf(node, over);
  if (hasWireguard(model, family) && name === 'wireguard' && !isWireguardPeer(model, node, family)) return undefined;
  const view = encapOf(model, [name, wrapping], over, [address, undefined]);
  if (!view || !address) return undefined;
  const device = wrappingDevice(model, wrapping, family, over);
  const overhead = overheadOf(model, wrapping, over);
  const own = device === undefined ? undefined : toldAddress(node, device, family);
  const { kind, protocol, port, number, networkId, encrypted } = view;
  return {
    node: node.name,
    device: device ?? null,
    kind,
    address: formatIp(address),
    tunnelAddress: own ? formatIp(own) : null,
    protocol,
    port,
    number,
    networkId,
    mtu: wrappingDeviceMtu(model, [name, wrapping], over, { hostMtu: underlay.mtuOf(node, over), node: node.name }),
    overhead,
    encrypted,
    family,
    when,
  };
}

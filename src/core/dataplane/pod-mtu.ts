import { didYouMeanHint } from '../kernel/did-you-mean.js';
import type { Note } from '../kernel/answer.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { CniPlugin } from '../model/network-profile.js';
import type { IpFamily } from '../net/ip.js';
import type { Carrier, Encryption, Transport } from './carrier.js';
import { CARRIERS, encryptionIn, isWrapping, modeNamed } from './carriers.js';

/** What else changes the MTU. */
export interface MtuOptions {
  readonly encryption?: 'wireguard' | 'ipsec' | undefined;
  /** Length of the IPsec authentication key, in bytes. Cilium reckons with 16 and adds or takes what it differs. */
  readonly authKeyBytes?: number | undefined;
  /** How Cilium hands a client's packet to another node: in an option of Geneve, or in IP. */
  readonly dsr?: 'geneve' | 'ipip' | undefined;
  /** Cilium's egress gateways are on: what goes to them is wrapped in this, in mode `native` too. */
  readonly egressGateways?: 'vxlan' | 'geneve' | undefined;
  /** Whose machines: on `aks` WireGuard of hosts takes 100 bytes more. */
  readonly provider?: string | undefined;
  /** Felix encrypts what nodes themselves send too (`wireguardHostEncryptionEnabled`). */
  readonly encryptHostTraffic?: boolean | undefined;
  /** Antrea's gateway to other clusters, and its encryption. */
  readonly multicluster?: boolean | undefined;
  readonly multiclusterEncryption?: 'wireguard' | undefined;
  /** The MTU that is set by hand. */
  readonly configuredMtu?: number | undefined;
}

/** Of what the MTU is asked. */
export interface MtuQuestion {
  readonly cni: CniPlugin;
  readonly mode: string;
  readonly underlayFamily: IpFamily;
  /** MTU of the nodes' device, in bytes. */
  readonly hostMtu: number;
  readonly options?: MtuOptions | undefined;
}

/** The largest packet that a pod may send, and what it travels in. Sizes in bytes. */
export interface PodMtu {
  readonly podMtu: number;
  readonly overhead: number;
  /** The outermost; null: packets go out as they are. */
  readonly transport: Transport | null;
  readonly networkId: number | 'identity' | null;
  /** MTU of the pod's device, where its routes carry a smaller one. */
  readonly deviceMtu: number | null;
  readonly source: string;
  readonly warnings: readonly Note[];
}

/** Felix takes so much more of WireGuard on AKS where hosts encrypt too (felix/dataplane/linux/int_dataplane.go). */
const AKS_HOST_ENCRYPTION = 100;
/** Cilium's option of Geneve that carries the service's address (cilium/cilium pkg/mtu/mtu.go, DsrTunnelOverhead). */
const GENEVE_DSR = 12;
/** cilium/cilium pkg/mtu/mtu.go, IPIPv4Overhead and IPIPv6Overhead. */
const IPIP_DSR = { 4: { overhead: 20, number: 4 }, 6: { overhead: 48, number: 41 } } as const;
/** cilium/cilium pkg/mtu/mtu.go, EncryptionDefaultAuthKeyLength. */
export const USUAL_AUTH_KEY = 16;

/** The MTU of pods. Fails with `invalid-request`: the plugin has no such mode or encryption, or the mode does not go over the family. */
export function podMtu(question: MtuQuestion): Result<PodMtu, Problem> {
  const { cni, mode, underlayFamily: family, hostMtu, options = {} } = question;
  const name = modeNamed(cni, mode);
  const carrier = name === undefined ? undefined : CARRIERS[cni].modes[name];
  if (!carrier) return err(unknownMode(cni, mode));
  const base = carrier.overhead[family];
  if (base === undefined) return err(invalid('underlayFamily', `${cni} in mode \`${mode}\` does not go over IPv${family}`));
  const own = options.encryption && CARRIERS[cni].encryptions[options.encryption];
  const encryption = carrier.encrypts === 'where-told' ? undefined : own;
  if (options.encryption && !own) return err(invalid('encryption', `${cni} has no encryption \`${options.encryption}\` of its own`));
  if (
    options.encryption &&
    encryption &&
    name !== undefined &&
    !encryptionIn(cni, name, { encryption: options.encryption, crossSubnet: mode.toLowerCase() === 'hybrid' })
  ) {
    return err(invalid('encryption', `${cni} encrypts nothing in mode \`${mode}\`: its agent refuses to start so`));
  }
  const dsr = dsrOf(question, name);
  const overhead =
    cni === 'antrea' && options.multicluster
      ? betweenClusters(carrier, options, family)
      : wrappingOverhead(carrier, encryption, family) + dsr.overhead + extraOverhead(question, name);
  const reckoned = carrier.fixedMtu ?? hostMtu - overhead;
  const mtu = options.configuredMtu ?? reckoned;
  return ok({
    podMtu: mtu,
    overhead,
    transport: encryption?.transport[family] ?? dsr.transport ?? carrier.transport[family] ?? null,
    networkId: encryption?.adds === 'instead' ? null : (carrier.networkId ?? null),
    deviceMtu: carrier.mtuIsOnRoute ? hostMtu : null,
    source: carrier.source,
    warnings: mtuWarnings(question, name, { mtu, overhead }),
  });
}

function wrappingOverhead(carrier: Carrier, encryption: Encryption | undefined, family: IpFamily): number {
  const own = carrier.overhead[family] ?? 0;
  const added = encryption?.overhead[family] ?? 0;
  return encryption?.adds === 'instead' ? added : own + added;
}

/**
 * With a gateway to other clusters Antrea reckons with the tunnel between them, whatever is between the nodes (antrea-io/antrea `pkg/agent/config/node_config.go`,
 * CalculateMTUDeduction); where the mode has none, with its usual one.
 */
function betweenClusters(carrier: Carrier, { multiclusterEncryption }: MtuOptions, family: IpFamily): number {
  const { modes, usual, encryptions } = CARRIERS.antrea;
  const tunnel = carrier.transport[family] ? carrier : modes[usual];
  const cipher = multiclusterEncryption && encryptions[multiclusterEncryption];
  return (tunnel?.overhead[family] ?? 0) + (cipher?.overhead[family] ?? 0);
}

function dsrOf(
  { cni, underlayFamily, options }: MtuQuestion,
  mode: string | undefined,
): { readonly overhead: number; readonly transport?: Transport } {
  if (!hasCiliumModes(cni)) return { overhead: 0 };
  if (options?.dsr === 'geneve' && mode === 'geneve') return { overhead: GENEVE_DSR };
  if (options?.dsr !== 'ipip' || !isUnwrapped(mode)) return { overhead: 0 };
  const { overhead, number } = IPIP_DSR[underlayFamily];
  return { overhead, transport: { protocol: 'ip', number } };
}

/** What the options of each plugin take besides. */
function extraOverhead({ cni, underlayFamily, options = {} }: MtuQuestion, mode: string | undefined): number {
  const { provider, encryptHostTraffic, encryption, authKeyBytes, egressGateways } = options;
  if (cni === 'calico') return mode === 'wireguard' && provider?.toLowerCase() === 'aks' && encryptHostTraffic ? AKS_HOST_ENCRYPTION : 0;
  if (!hasCiliumModes(cni)) return 0;
  const key = encryption === 'ipsec' ? (authKeyBytes ?? USUAL_AUTH_KEY) - USUAL_AUTH_KEY : 0;
  // Whoever asks for a tunnel has the agent make room for it (cilium/cilium pkg/datapath/tunnel/tunnel.go, ShouldAdaptMTU).
  const tunnel = isUnwrapped(mode) && egressGateways ? CARRIERS.cilium.modes[egressGateways]?.overhead[underlayFamily] : undefined;
  return key + (tunnel ?? 0);
}

/** Of Cilium's modes. */
function isUnwrapped(mode: string | undefined): boolean {
  return mode !== undefined && !isWrapping('cilium', mode);
}

function hasCiliumModes(cni: CniPlugin): boolean {
  return CARRIERS[cni].modes === CARRIERS.cilium.modes;
}

function mtuWarnings(
  { cni, underlayFamily, hostMtu, options }: MtuQuestion,
  mode: string | undefined,
  { mtu, overhead }: { readonly mtu: number; readonly overhead: number },
): readonly Note[] {
  const notes: Note[] = [];
  const carrier = mode === undefined ? undefined : CARRIERS[cni].modes[mode];
  const onWire = carrier?.onWire?.[underlayFamily];
  const around = wrappedBytes(cni, mode, underlayFamily, overhead);
  if (onWire !== undefined && onWire > overhead && !carrier?.tellsSender) {
    const message = `${cni} subtracts ${overhead} bytes, and puts ${onWire} around a packet over IPv${underlayFamily}: the largest packets are ${onWire - overhead} bytes too long`;
    notes.push({ code: 'OVERHEAD_UNDERSTATED', message });
  }
  if (options?.configuredMtu !== undefined && options.configuredMtu > hostMtu) notes.push(largerThanHost(options.configuredMtu, hostMtu));
  else if (!fitsUnderlay(mtu, around, hostMtu)) {
    const message = `${mtu} bytes and ${around} around them do not fit into the ${hostMtu} bytes of the nodes’ device: the largest packets are lost`;
    notes.push({ code: 'MTU_TOO_LARGE', message });
  }
  return notes;
}

function largerThanHost(mtu: number, hostMtu: number): Note {
  return { code: 'MTU_LARGER_THAN_HOST', message: `an MTU of ${mtu} is set, and the nodes’ device has ${hostMtu}` };
}

/** What is put around a packet of all that the plugin subtracts: of Kube-OVN's VLANs nothing. */
export function wrappedBytes(cni: CniPlugin, mode: string | undefined, family: IpFamily, overhead: number): number {
  const onWire = mode === undefined ? undefined : CARRIERS[cni].modes[mode]?.onWire?.[family];
  return Math.min(overhead, onWire ?? overhead);
}

/** Whether a pod's largest packet, wrapped, fits into the underlay. What does not fit is lost without a word: a black hole for large packets. */
export function fitsUnderlay(mtu: number, overhead: number, underlayMtu: number): boolean {
  return mtu + overhead <= underlayMtu;
}

/** What is set up on a node, and by hand. Names are a mode and the family of the underlay, `vxlan4`, `wireguard6`; `ipip` has only one. */
export interface EnabledModes {
  readonly cni: CniPlugin;
  readonly enabled: readonly string[];
  readonly hostMtu: number;
  readonly configured?: Readonly<Record<string, number>> | undefined;
  readonly options?: MtuOptions | undefined;
}

/** The smallest MTU of all that is enabled. */
export interface SmallestMtu {
  readonly podMtu: number;
  /** The name of what is put around most; undefined: nothing is enabled. */
  readonly widest: string | undefined;
  readonly warnings: readonly Note[];
}

/**
 * One MTU for every pod of a node: the smallest of all that is enabled, the node's own where nothing is (projectcalico/calico `felix/dataplane/linux/int_dataplane.go`,
 * determinePodMTU). What is set by hand counts as it is. Fails with `invalid-request`.
 */
export function podMtuOfEnabled({ cni, enabled, hostMtu, configured = {}, options }: EnabledModes): Result<SmallestMtu, Problem> {
  let smallest: number | undefined;
  let widest: { readonly name: string; readonly overhead: number } | undefined;
  const warnings: Note[] = [];
  for (const name of enabled) {
    const reckoned = podMtu({ cni, ...placedMode(name), hostMtu, options });
    if (!reckoned.ok) return reckoned;
    const { overhead } = reckoned.value;
    if (!widest || overhead > widest.overhead) widest = { name, overhead };
    // 0 means: reckoned (felix/dataplane/linux/int_dataplane.go, ConfigureDefaultMTUs).
    const mtu = (Object.hasOwn(configured, name) && configured[name]) || reckoned.value.podMtu;
    if (mtu > hostMtu) warnings.push(largerThanHost(mtu, hostMtu));
    smallest = Math.min(smallest ?? mtu, mtu);
  }
  return ok({ podMtu: smallest ?? hostMtu, widest: widest?.name, warnings });
}

/** A mode and a family of the underlay by one name, as `EnabledModes` has them. */
export function placedMode(name: string): { readonly mode: string; readonly underlayFamily: IpFamily } {
  const { mode = name, family = '4' } = /^(?<mode>.+?)(?<family>[46])$/.exec(name)?.groups ?? {};
  return { mode, underlayFamily: family === '6' ? 6 : 4 };
}

function unknownMode(cni: CniPlugin, mode: string): Problem {
  const modes = Object.keys(CARRIERS[cni].modes);
  return invalid('mode', `${cni} has no mode \`${mode}\`: expected one of ${modes.join(', ')}`, didYouMeanHint(mode, modes));
}

function invalid(member: string, message: string, hint?: string): Problem {
  const more = hint === undefined ? {} : { hint };
  return problem('invalid-request', message, { ...more, errors: [{ pointer: `/${member}`, code: 'invalid-value', message, ...more }] });
}

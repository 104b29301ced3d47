import type { Answer, Note } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import type { Problem } from '../kernel/problem.js';
import { ok, type Result } from '../kernel/result.js';
import type { NetworkModel } from '../model/network-model.js';
import type { CniPlugin } from '../model/network-profile.js';
import type { IpFamily } from '../net/ip.js';
import type { Transport } from './carrier.js';
import { CARRIERS, modeNamed } from './carriers.js';
import { clusterMode } from './cluster-mode.js';
import { clusterMtu, underlayFamily, underlayMtuAssumption } from './cluster-mtu.js';
import { authKeyAssumption, mtuOptionsOf, optionsText } from './mtu-options.js';
import { fitsUnderlay, type MtuOptions, podMtu, wrappedBytes } from './pod-mtu.js';

/** What is asked; what is left out is the cluster's own. */
export interface PodMtuQuestion {
  readonly cni: CniPlugin | undefined;
  readonly mode: string | undefined;
  readonly underlayFamily: IpFamily | undefined;
  readonly hostMtu: number | undefined;
  readonly options: MtuOptions;
}

/** Whether the pods' packets fit. */
export const POD_MTU_VERDICTS = {
  FITS: 'the largest packet of a pod, with what is around it, fits into the nodes’ device',
  TOO_LARGE: 'the largest packet of a pod does not fit into the nodes’ device once it is wrapped: it is lost',
} as const;

/** The outcome. */
export type PodMtuVerdict = keyof typeof POD_MTU_VERDICTS;

/** Reason codes of the evidence. */
export const POD_MTU_REASONS = {
  MTU_RECKONED: 'the MTU follows from that of the nodes’ device and what the mode takes',
} as const;

/** Sizes in bytes. */
export interface PodMtuResult {
  readonly cni: CniPlugin;
  readonly mode: string;
  readonly underlayFamily: IpFamily;
  readonly hostMtu: number;
  readonly podMtu: number;
  readonly deviceMtu: number | null;
  readonly overhead: number;
  readonly transport: Transport | null;
  readonly networkId: string | null;
  readonly source: string;
}

/** The MTU of a cluster's pods, or what it would be with another plugin, mode, device or encryption. Fails with `invalid-request`. */
export function podMtuAnswer(model: NetworkModel, question: PodMtuQuestion): Result<Answer<PodMtuVerdict, PodMtuResult>, Problem> {
  const own = model.profile.cni;
  const cni = question.cni ?? own.plugin;
  const isOwn = cni === own.plugin;
  const settled = clusterMode(model);
  const hostMtu = question.hostMtu ?? model.profile.underlay.mtu;
  const given = Object.fromEntries(Object.entries(question.options).filter(([, value]) => value !== undefined));
  const options = { ...(isOwn ? { ...mtuOptionsOf(model), configuredMtu: own.mtu } : {}), ...given };
  const wanted = question.underlayFamily ?? underlayFamily(model, model.profile.ipFamilies[0] ?? 4);
  const isAsItIs = isOwn && question.mode === undefined && Object.keys(given).length === 0;
  const cluster = isAsItIs ? clusterMtu(model, wanted, { hostMtu }) : undefined;
  const asked = { mode: question.mode ?? (isOwn ? settled.mode : CARRIERS[cni].usual), underlayFamily: wanted };
  // Of several encapsulations the one that takes most is told: the others fit where it does.
  const { mode, underlayFamily: family } = cluster?.widest ?? asked;
  const reckoned = podMtu({ cni, mode, underlayFamily: family, hostMtu, options });
  if (!reckoned.ok) return reckoned;
  const { overhead, deviceMtu, transport, networkId, source } = reckoned.value;
  const size = cluster?.podMtu ?? reckoned.value.podMtu;
  const why = cluster?.why ?? `${mode}${optionsText(options)} takes ${overhead} of ${hostMtu}`;
  const trail = new Trail();
  trail.add({ stage: 'mtu', outcome: 'info', reason: 'MTU_RECKONED', message: `${cni}: ${why} (${source})` });
  const around = wrappedBytes(cni, modeNamed(cni, mode), family, overhead);
  const fits = fitsUnderlay(size, around, hostMtu);
  const assumptions = assumptionsOf(model, question, settled.assumed);
  return ok({
    verdict: fits ? 'FITS' : 'TOO_LARGE',
    summary: `${cni} ${mode} over IPv${family}: pods have ${size} of ${hostMtu} bytes${fits ? '' : `, and with ${around} around them they do not fit`}`,
    result: {
      cni,
      mode,
      underlayFamily: family,
      hostMtu,
      podMtu: size,
      deviceMtu,
      overhead,
      transport,
      networkId: networkId === null ? null : String(networkId),
      source,
    },
    evidence: trail.list(),
    assumptions,
    warnings: cluster?.warnings ?? reckoned.value.warnings,
    confidence: assumptions.length > 0 ? 'ASSUMED' : 'CERTAIN',
    enforcement: null,
  });
}

function assumptionsOf(model: NetworkModel, question: PodMtuQuestion, ofMode: Note | undefined): readonly Note[] {
  const notes: Note[] = question.mode === undefined && question.cni === undefined && ofMode ? [ofMode] : [];
  const isOwnKey = question.cni === undefined && question.options.authKeyBytes === undefined && question.options.encryption === undefined;
  return [...notes, ...(question.hostMtu === undefined ? underlayMtuAssumption(model) : []), ...(isOwnKey ? authKeyAssumption(model) : [])];
}

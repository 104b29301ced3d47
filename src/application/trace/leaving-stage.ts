import { hopPath, type PathAnswer } from '../../core/dataplane/hop-path.js';
import { PATH_REASONS } from '../../core/dataplane/path-result.js';
import type { Note } from '../../core/kernel/answer.js';
import type { Evidence } from '../../core/kernel/evidence.js';
import { firstFew } from '../../core/kernel/first-few.js';
import type { Steps } from '../../core/kernel/steps.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { resolveEndpoints } from '../../core/model/resolve-endpoints.js';
import type { ResolvedEndpoints } from '../../core/model/resolved-endpoints.js';
import { formatIp, type Ip, type IpFamily, parseIp } from '../../core/net/ip.js';
import type { LeavingStage } from './leaving.js';
import type { TraceSender } from './trace-sender.js';
import type { TraceStages } from './trace-stages.js';

/** More senders are not followed. */
const MOST_SENDERS = 100;

/** Of a path, what bears on the source; how large packets may be does not. */
const OF_SOURCE: ReadonlySet<string> = new Set([
  'CARRIER_ASSUMED',
  'EGRESS_GATEWAY_UNDECIDED',
  'EGRESS_POLICY_UNDECIDED',
  'EXITS_NOT_MODELLED',
  'SOURCE_ADDRESS_ASSUMED',
]);

/** Stages of its evidence that do, too. */
const STAGES: ReadonlySet<string> = new Set(['masquerade', 'egress-gateway']);

/** The reasons that stand in them. */
export const LEAVING_REASONS = {
  MASQUERADED: PATH_REASONS.MASQUERADED,
  NOT_MASQUERADED: PATH_REASONS.NOT_MASQUERADED,
  EGRESS_GATEWAY: PATH_REASONS.EGRESS_GATEWAY,
  NO_EGRESS_GATEWAY: PATH_REASONS.NO_EGRESS_GATEWAY,
};

/**
 * Which source the world sees of a packet that leaves: each sender is followed, for pods of one node may have pools and egress gateways of their own. Undefined where nobody in the cluster
 * sends it, or it is not known how it leaves. Yields often.
 */
export function* leavingStage(stages: TraceStages): Steps<LeavingStage | undefined> {
  if (stages.loopback) return undefined;
  const senders = sendersOf(stages.sender);
  const to = parseIp(stages.packet?.answer.result.destination.ip ?? '');
  const answers: PathAnswer[] = [];
  for (const from of senders.slice(0, MOST_SENDERS))
    for (const family of to ? [to.family] : stages.model.profile.ipFamilies) {
      answers.push(...outOf(stages, from, to, family));
      yield;
    }
  if (answers.length === 0) return undefined;
  const lost = [...new Set(answers.flatMap(({ evidence }) => evidence.find(({ reason }) => reason === LOST)?.message ?? []))];
  const kept = (notes: readonly Note[]) => notes.filter(({ code }) => OF_SOURCE.has(code));
  return {
    ...sourcesOf(answers),
    lost,
    evidence: evidenceOf(answers),
    assumptions: [...(to ? [] : [DESTINATION_ASSUMED]), ...answers.flatMap(({ assumptions }) => kept(assumptions))],
    warnings: [...answers.flatMap(({ warnings }) => kept(warnings)), ...leftOut(senders.length), ...lost.map(dropped)],
  };
}

/** Why nothing of it leaves; undefined: something does, or it is not known. */
export function nothingLeaves(leaving: LeavingStage | undefined): string | undefined {
  return leaving?.sources.length === 0 ? leaving.lost[0] : undefined;
}

/** Cilium drops what a policy wants to leave by a gateway that is not there (`bpf/lib/egress_gateway.h`, DROP_NO_EGRESS_GATEWAY). */
const LOST: keyof typeof LEAVING_REASONS = 'NO_EGRESS_GATEWAY';

const dropped = (message: string): Note => ({ code: LOST, message });

const DESTINATION_ASSUMED: Note = {
  code: 'DESTINATION_ASSUMED',
  message: 'the address of the destination is not known: one of the internet that no range of the cluster has stands for it',
};

function leftOut(count: number): readonly Note[] {
  if (count <= MOST_SENDERS) return [];
  return [{ code: 'SENDERS_LEFT_OUT', message: `${MOST_SENDERS} of ${count} senders are followed out of the cluster` }];
}

function sourcesOf(answers: readonly PathAnswer[]): Pick<LeavingStage, 'sources' | 'message'> {
  const shown = new Map<string, string>();
  for (const { result, evidence } of answers) {
    const { sourceSeen: ip } = result;
    if (ip === null || shown.has(ip)) continue;
    shown.set(ip, evidence.some(({ reason }) => reason === 'MASQUERADED') ? ip : `${ip} (the sender’s own)`);
  }
  const sources = [...shown.keys()];
  return { sources, message: sources.length === 0 ? 'nothing leaves the cluster' : `the world sees ${firstFew([...shown.values()], 3)}` };
}

/** Of answers with the same reasons those of the first. */
function evidenceOf(answers: readonly PathAnswer[]): readonly Evidence[] {
  const byReasons = new Map<string, readonly Evidence[]>();
  for (const { evidence } of answers) {
    const own = evidence.filter(({ stage }) => STAGES.has(stage));
    const key = own.map(({ reason }) => reason).join();
    if (!byReasons.has(key)) byReasons.set(key, own);
  }
  return [...byReasons.values()].flat();
}

function sendersOf({ endpoints, pods }: TraceSender): readonly ResolvedEndpoints[] {
  const alone = { ...endpoints, pods: [], nodes: [] };
  return [...pods.map(({ id }) => ({ ...alone, pods: [id] })), ...endpoints.nodes.map((node) => ({ ...alone, nodes: [node] }))];
}

/** The way out of one sender: none where it is not known, or leads nowhere for another reason than that it is dropped. */
function outOf(
  { model, sender, packet }: TraceStages,
  from: ResolvedEndpoints,
  to: Ip | undefined,
  family: IpFamily,
): readonly PathAnswer[] {
  const { port = null, protocol } = packet?.answer.result.destination ?? {};
  const world = outside(model, to);
  if (!world) return [];
  const asked = { port: port === null ? undefined : String(port), protocol, family, endpoint: undefined };
  const answer = hopPath(model, { from, fromIP: sender.ip, to: world, toIP: to, ...asked });
  if (!answer.ok) return [];
  const { result, evidence } = answer.value;
  return result.sourceSeen !== null || evidence.some(({ reason }) => reason === LOST) ? [answer.value] : [];
}

function outside(model: NetworkModel, to: Ip | undefined): ResolvedEndpoints | undefined {
  if (to) {
    const range = { family: to.family, first: to.value, last: to.value };
    return { selector: `ip/${formatIp(to)}`, pods: [], nodes: [], ranges: [range], services: [], port: undefined };
  }
  const internet = resolveEndpoints(model, { type: 'internet' });
  return internet.ok ? internet.value : undefined;
}

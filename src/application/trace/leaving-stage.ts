import { hopPath, type PathAnswer } from '../../core/dataplane/hop-path.js';
import { PATH_REASONS } from '../../core/dataplane/path-result.js';
import { firstFew } from '../../core/kernel/first-few.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { resolveEndpoints } from '../../core/model/resolve-endpoints.js';
import type { ResolvedEndpoints } from '../../core/model/resolved-endpoints.js';
import { formatIp, type Ip, parseIp } from '../../core/net/ip.js';
import type { LeavingStage } from './leaving.js';
import type { TraceSender } from './trace-sender.js';
import type { TraceStages } from './trace-stages.js';

/** Senders on more nodes are not followed. */
const MOST_NODES = 10;

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
};

/** Which source the world sees of a packet that leaves. Undefined where nobody in the cluster sends it, or it is not known how it leaves. */
export function leavingStage(stages: TraceStages): LeavingStage | undefined {
  if (stages.loopback) return undefined;
  const answers = sendersByNode(stages.sender).flatMap((from) => outOf(stages, from) ?? []);
  const [first] = answers;
  if (!first) return undefined;
  const sources = [...new Set(answers.flatMap(({ result }) => result.sourceSeen ?? []))];
  return {
    sources,
    message: `the world sees ${firstFew(sources, 3)}${first.evidence.some(({ reason }) => reason === 'MASQUERADED') ? '' : ', the sender’s own'}`,
    evidence: first.evidence.filter(({ stage }) => STAGES.has(stage)),
    assumptions: answers.flatMap(({ assumptions }) => assumptions.filter(({ code }) => OF_SOURCE.has(code))),
    warnings: answers.flatMap(({ warnings }) => warnings.filter(({ code }) => OF_SOURCE.has(code))),
  };
}

/** The first sender of each node: those of one node leave alike. */
function sendersByNode({ endpoints, pods }: TraceSender): readonly ResolvedEndpoints[] {
  const nodes = new Map<string, number>();
  for (const { id, nodeName } of pods) if (!nodes.has(nodeName?.value ?? '')) nodes.set(nodeName?.value ?? '', id);
  const alone = { ...endpoints, pods: [], nodes: [] };
  return [
    ...[...nodes.values()].map((id) => ({ ...alone, pods: [id] })),
    ...endpoints.nodes.map((node) => ({ ...alone, nodes: [node] })),
  ].slice(0, MOST_NODES);
}

function outOf({ model, sender, packet }: TraceStages, from: ResolvedEndpoints): PathAnswer | undefined {
  const { ip = null, port = null, protocol } = packet?.answer.result.destination ?? {};
  const to = parseIp(ip ?? '');
  const world = outside(model, to);
  if (!world) return undefined;
  const asked = { port: port === null ? undefined : String(port), protocol, family: to?.family, endpoint: undefined };
  const answer = hopPath(model, { from, fromIP: sender.ip, to: world, toIP: to, ...asked });
  return answer.ok && answer.value.result.sourceSeen !== null ? answer.value : undefined;
}

function outside(model: NetworkModel, to: Ip | undefined): ResolvedEndpoints | undefined {
  if (to) {
    const range = { family: to.family, first: to.value, last: to.value };
    return { selector: `ip/${formatIp(to)}`, pods: [], nodes: [], ranges: [range], services: [], port: undefined };
  }
  const internet = resolveEndpoints(model, { type: 'internet' });
  return internet.ok ? internet.value : undefined;
}

import type { Answer } from '../../core/kernel/answer.js';
import type { Problem } from '../../core/kernel/problem.js';
import { ok, type Result } from '../../core/kernel/result.js';
import type { Steps } from '../../core/kernel/steps.js';
import type { ModelService, NetworkModel } from '../../core/model/network-model.js';
import type { ResolvedEndpoints } from '../../core/model/resolved-endpoints.js';
import type { Protocol } from '../../core/net/protocol.js';
import { policyVerdict } from '../../core/policy/policy-verdict.js';
import type { PolicyVerdict, PolicyVerdictResult } from '../../core/policy/policy-result.js';
import { receivers } from '../policy/receivers.js';
import type { PacketStage, PacketTarget } from './packet-stage.js';
import type { TraceSender } from './trace-sender.js';

/** Targets for which policies say the same. */
export interface DataPath {
  readonly targets: readonly PacketTarget[];
  readonly protocol: Protocol;
  readonly answer: Answer<PolicyVerdict, PolicyVerdictResult>;
}

/** How many targets are judged one by one where they differ. */
const MOST_APART = 100;

/**
 * What policies make of the packet on its way to each target, behind the address translation: all targets of a port at once, and one by one where they differ. A
 * sender outside whose address is masqueraded is, to the pods, the node that it entered by. Yields often.
 */
export function* dataPathStage(model: NetworkModel, sender: TraceSender, packet: PacketStage): Steps<Result<readonly DataPath[], Problem>> {
  const protocol = packet.port?.protocol ?? packet.answer.result.destination.protocol;
  const from = senderSeen(sender, packet);
  const paths: DataPath[] = [];
  for (const targets of byPort(packet.targets)) {
    const together = yield* judge(model, from, targets, protocol, packet.service);
    if (!together.ok) return together;
    if (together.value.verdict !== 'MIXED' || targets.length === 1) {
      paths.push({ targets, protocol, answer: together.value });
      continue;
    }
    for (const target of targets.slice(0, MOST_APART)) {
      const alone = yield* judge(model, from, [target], protocol, packet.service);
      if (!alone.ok) return alone;
      paths.push({ targets: [target], protocol, answer: alone.value });
    }
  }
  return ok(paths);
}

function byPort(targets: readonly PacketTarget[]): Iterable<readonly PacketTarget[]> {
  const ports = new Map<number, PacketTarget[]>();
  for (const target of targets) ports.set(target.port, [...(ports.get(target.port) ?? []), target]);
  return ports.values();
}

function senderSeen({ endpoints, asker }: TraceSender, { answer }: PacketStage): ResolvedEndpoints {
  const { masquerade, flows } = answer.result;
  if (asker || !masquerade) return endpoints;
  const nodes = [...new Set(flows.flatMap((flow) => (flow.verdict === 'DNAT' ? flow.nodes : [])))];
  return nodes.length === 0 ? endpoints : { ...endpoints, ranges: [], nodes };
}

function judge(
  model: NetworkModel,
  from: ResolvedEndpoints,
  targets: readonly PacketTarget[],
  protocol: Protocol,
  service: ModelService | undefined,
): Steps<Result<Answer<PolicyVerdict, PolicyVerdictResult>, Problem>> {
  const [first] = targets;
  const via = service && `${service.namespace}/${service.name}`;
  const selector = targets.map(({ endpoint }) => endpoint).join(', ');
  return policyVerdict(model, { from, to: receivers(model, targets, selector), protocol, port: String(first?.port ?? 0), via });
}

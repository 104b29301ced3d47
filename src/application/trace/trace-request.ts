import { prepareNames } from '../../core/dns/prepare-names.js';
import type { NameServer } from '../../core/dns/server-answer.js';
import type { Libc } from '../../core/dns/search-walk.js';
import { type Answer, type Confidence, type Note, uniqueNotes } from '../../core/kernel/answer.js';
import type { Problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { Steps } from '../../core/kernel/steps.js';
import type { ModelPod, NetworkModel } from '../../core/model/network-model.js';
import { resolveEndpoints } from '../../core/model/resolve-endpoints.js';
import { parseIp } from '../../core/net/ip.js';
import type { Protocol } from '../../core/net/protocol.js';
import { dnsVerdict, type DnsVerdict } from '../../core/policy/dns-verdict.js';
import { policyVerdict } from '../../core/policy/policy-verdict.js';
import { explainEndpoints } from '../../core/services/explain-endpoints.js';
import { prepareServices } from '../../core/services/prepare-services.js';
import { dataPathStage } from './data-path-stage.js';
import { leavingStage, nothingLeaves } from './leaving-stage.js';
import { isOnHost, loopbackStage } from './loopback-stage.js';
import { type NameStage, nameStage } from './name-stage.js';
import { withOutsidePort } from './outside-port.js';
import { missingPort, numberOf, packetStage } from './packet-stage.js';
import { refusedRequest } from './refused-request.js';
import type { TraceDestination } from './trace-destination.js';
import { traceEvidence } from './trace-evidence.js';
import { traceFindings } from './trace-findings.js';
import type { TraceResult } from './trace-result.js';
import type { TraceSender } from './trace-sender.js';
import type { TraceStages } from './trace-stages.js';
import { traceSummary } from './trace-summary.js';
import { concludeTrace, type TraceConclusion } from './trace-verdict.js';
import type { TraceVerdict } from './trace-verdicts.js';
import { traceResult } from './trace-view.js';

/** Who wants what, and how it is looked at. */
export interface TraceQuestion {
  readonly sender: TraceSender;
  readonly destination: TraceDestination;
  readonly libc: Libc;
  readonly node: string | undefined;
  readonly protocol: Protocol | undefined;
  /** The cluster as it would be with another service proxy; else the same as that of the name server. */
  readonly proxied: NetworkModel;
}

/**
 * The whole way of a request, from the name to the endpoint: each room answers for its stage, and the first that refuses makes the verdict. Names are asked even where
 * policies keep the sender from its name server, so that the answer shows what stands behind. Yields often.
 */
export function* traceRequest(server: NameServer, question: TraceQuestion): Steps<Result<Answer<TraceVerdict, TraceResult>, Problem>> {
  yield* prepareNames(server.model);
  yield* prepareServices(question.proxied);
  const name = nameStage(server, question.sender, question.destination, question.libc);
  if (!name.ok) return name;
  yield;
  const { destination, assumptions } = withOutsidePort(server.model, question.destination, name.value);
  const stages = yield* stagesOf(server.model, { ...question, destination }, name.value);
  if (!stages.ok) return stages;
  const { service } = stages.value;
  const known = { ...stages.value, endpoints: service && explainEndpoints(server.model, service), leaving: undefined };
  const conclusion = concludeTrace(known);
  const leaving = conclusion.verdict === 'LEAVES_CLUSTER' ? yield* leavingStage(known) : undefined;
  const verdict = nothingLeaves(leaving) === undefined ? conclusion.verdict : 'DROPPED';
  return ok(answerOf({ ...known, leaving }, { verdict, assumptions: [...assumptions, ...conclusion.assumptions] }));
}

/** The stages that are asked one after the other. */
type Underway = Omit<TraceStages, 'endpoints' | 'leaving'>;

function* stagesOf(model: NetworkModel, question: TraceQuestion, name: NameStage | undefined): Steps<Result<Underway, Problem>> {
  const { sender, destination, node, protocol, proxied } = question;
  const pod = sender.asker && 'pod' in sender.asker ? sender.asker.pod : undefined;
  const base = {
    model,
    sender,
    destination,
    pod,
    name,
    dns: pod && name && (yield* dnsOf(model, pod, name)),
    service: name?.service,
    loopback: undefined,
    refused: undefined,
  };
  const nothing = { ...base, packet: undefined, paths: [], outside: undefined };
  if (destination.target.kind === 'loopback' && !isOnHost(sender)) return toItself(nothing, question);
  if (name && name.answer.verdict !== 'RESOLVED') {
    if (name.answer.verdict !== 'EXTERNAL' || name.askedElsewhere) return ok(nothing);
    const internet = resolveEndpoints(model, { type: 'internet' });
    if (!internet.ok) return ok(nothing);
    const port = numberOf(destination.port);
    if (port === undefined) return err(missingPort(destination, undefined));
    const outside = yield* policyVerdict(model, { from: sender.endpoints, to: internet.value, protocol, port: String(port) });
    return outside.ok ? ok({ ...nothing, outside: outside.value }) : outside;
  }
  const packet = packetStage(proxied, { sender, destination, name, node, protocol });
  if (!packet.ok) return packet;
  // What the service proxy of a node does not take at its loopback stays there too.
  if (destination.target.kind === 'loopback' && packet.value.answer.verdict === 'NONE') return toItself(nothing, question);
  const paths = yield* dataPathStage(model, sender, packet.value);
  if (!paths.ok) return paths;
  const service = packet.value.service ?? base.service;
  const refused = refusedRequest(model, destination.path, paths.value);
  return ok({ ...base, service, packet: packet.value, paths: paths.value, refused, outside: undefined });
}

function toItself(nothing: Underway, { sender, destination, protocol = 'TCP' }: TraceQuestion): Result<Underway, Problem> {
  const port = numberOf(destination.port);
  if (port === undefined) return err(missingPort(destination, undefined));
  return ok({ ...nothing, loopback: loopbackStage(nothing.model, sender, { address: destination.text, port, protocol }) });
}

/** The name server that the pod asks: that of the cluster, or whoever its resolv.conf names first. */
function* dnsOf(model: NetworkModel, pod: ModelPod, { asksCluster, answer }: NameStage): Steps<DnsVerdict | undefined> {
  const first = parseIp(answer.result.resolver?.nameservers[0] ?? '');
  const isCluster =
    asksCluster && first && model.profile.dns.clusterDNS.some((ip) => ip.value === first.value && ip.family === first.family);
  if (isCluster) return yield* dnsVerdict(model, pod, 'cluster');
  return first && (yield* dnsVerdict(model, pod, first));
}

function answerOf(stages: TraceStages, { verdict, assumptions }: TraceConclusion): Answer<TraceVerdict, TraceResult> {
  const findings = traceFindings(stages);
  const parts = [stages.name?.answer, stages.packet?.answer, ...stages.paths.map(({ answer }) => answer), stages.outside].flatMap(
    (one) => one ?? [],
  );
  const assumed = uniqueNotes([
    ...(stages.name?.assumptions ?? []),
    ...parts.flatMap((part) => part.assumptions),
    ...assumptions,
    ...(stages.leaving?.assumptions ?? []),
  ]);
  return {
    verdict,
    summary: traceSummary(verdict, stages, findings),
    result: traceResult(stages, findings),
    evidence: traceEvidence(stages),
    assumptions: assumed,
    warnings: uniqueNotes([
      ...parts.flatMap((part) => part.warnings),
      ...(stages.loopback ? [OWN_LOOPBACK] : []),
      ...(stages.leaving?.warnings ?? []),
    ]),
    confidence: confidenceOf(verdict, assumed, parts),
    enforcement: parts.find(({ enforcement }) => enforcement !== null)?.enforcement ?? null,
  };
}

const OWN_LOOPBACK: Note = {
  code: 'OWN_LOOPBACK',
  message: 'the destination is the sender itself: the packet never leaves it, and neither services nor policies are asked',
};

function confidenceOf(
  verdict: TraceVerdict,
  assumptions: readonly Note[],
  parts: readonly { readonly confidence: Confidence }[],
): Confidence {
  if (verdict === 'LEAVES_CLUSTER' || verdict === 'UNKNOWN') return 'INSUFFICIENT_INFO';
  return assumptions.length > 0 || parts.some(({ confidence }) => confidence !== 'CERTAIN') ? 'ASSUMED' : 'CERTAIN';
}

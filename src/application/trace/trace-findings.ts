import { type Finding, inOrderOfGravity } from '../../core/findings/finding.js';
import { nameFindings } from '../../core/findings/name-findings.js';
import { packetFindings } from '../../core/findings/packet-findings.js';
import { dataPolicyFindings, dnsPolicyFindings, peerOfAddress, peerOfPod } from '../../core/findings/policy-findings.js';
import { requestFinding } from '../../core/findings/request-finding.js';
import { serviceFindings } from '../../core/findings/service-findings.js';
import { serviceNamed } from '../../core/findings/service-named.js';
import type { ModelPod, ModelService, NetworkModel } from '../../core/model/network-model.js';
import type { PolicyNearMiss } from '../../core/policy/policy-result.js';
import type { DataPath } from './data-path-stage.js';
import type { PacketTarget } from './packet-stage.js';
import type { TraceSender } from './trace-sender.js';
import type { TraceStages } from './trace-stages.js';
import { concludeTrace } from './trace-verdict.js';

/** What is wrong or suspicious on the way of a request, the gravest first. Of one place told twice the first counts: that of this very request. */
export function traceFindings(stages: TraceStages): readonly Finding[] {
  const { model, pod, dns, service, packet, sender } = stages;
  const all = [
    ...(dns && pod ? dnsPolicyFindings(model, pod, dns) : []),
    ...ofName(stages),
    ...(packet && packet.service
      ? packetFindings(model, { service: packet.service, port: packet.port, asked: packet.asked, result: packet.answer.result })
      : []),
    ...stages.paths.flatMap((path) => ofPath(model, sender, path)),
    ...(stages.refused ? [requestFinding(stages.refused)] : []),
    ...ofOutside(stages),
    ...servicesOf(stages, service).flatMap((one) => serviceFindings(model, one)),
  ];
  const known = new Set<string>();
  return all.filter(({ fingerprint }) => !known.has(fingerprint) && known.add(fingerprint)).sort(inOrderOfGravity);
}

function ofName(stages: TraceStages): readonly Finding[] {
  const { model, pod, name, service } = stages;
  if (!name || !pod) return [];
  const fails = concludeTrace(stages).verdict === 'NAME_FAILS';
  const { asked, answer, askedElsewhere } = name;
  return nameFindings(model, { name: asked, pod, answer, service, fails, askedElsewhere });
}

/** The service, and those that stand for it: ExternalNames on the way to it. */
function servicesOf({ model, name }: TraceStages, service: ModelService | undefined): readonly ModelService[] {
  const aliases = [...(name?.answer.result.tried ?? []), ...(name?.answer.result.answer ?? [])].flatMap(
    (one) => serviceNamed(model, one.name) ?? [],
  );
  return [...new Set([...(service ? [service] : []), ...aliases])];
}

function ofPath(model: NetworkModel, { label, pods, ip }: TraceSender, { targets, protocol, answer }: DataPath): readonly Finding[] {
  const [target] = targets;
  if (!target || answer.verdict === 'ALLOWED' || answer.verdict === 'NO_ENDPOINT') return [];
  const { egress, ingress, nearMisses } = answer.result;
  const pod = target.pod === null ? undefined : model.podByKey.get(target.pod);
  const [source] = pods;
  const [miss] = nearMisses;
  const fallback = pod?.ref ?? source?.ref ?? { apiVersion: 'v1', kind: 'Node', name: target.node ?? target.ip };
  const findings = dataPolicyFindings(model, {
    source: label,
    target: targetText(targets, pod),
    protocol,
    port: target.port,
    egress,
    ingress,
    destination: pod ? peerOfPod(model, pod) : peerOfAddress(target.ip),
    sender: source ? peerOfPod(model, source) : ip && { ip },
    nearest: nearestPolicies(nearMisses),
    fallback,
  });
  return findings.map((finding) =>
    finding.fix || !miss ? finding : { ...finding, message: `${finding.message}; nearest change: ${miss.fix}` },
  );
}

function nearestPolicies(misses: readonly PolicyNearMiss[]): Readonly<Partial<Record<'egress' | 'ingress', string>>> {
  const of = (direction: 'egress' | 'ingress') =>
    misses.find((miss) => miss.direction === direction && /Policy(?:\.\S+)? /.test(miss.object));
  return { egress: of('egress')?.object ?? '', ingress: of('ingress')?.object ?? '' };
}

/** The world, whose addresses are not known: no rule can be named that would let it be reached. */
function ofOutside(stages: TraceStages): readonly Finding[] {
  const { model, outside, sender, destination, pod } = stages;
  if (outside?.verdict !== 'DENIED' || !pod) return [];
  const { egress, ingress } = outside.result;
  const peers = { destination: undefined, sender: undefined, nearest: {} };
  const protocol = 'TCP';
  const port = Number(destination.port ?? 0);
  return dataPolicyFindings(model, {
    source: sender.label,
    target: destination.text,
    protocol,
    port,
    egress,
    ingress,
    ...peers,
    fallback: pod.ref,
  });
}

function targetText([first, ...others]: readonly PacketTarget[], pod: ModelPod | undefined): string {
  const name = pod ? `pod ${pod.namespace}/${pod.name}` : (first?.ip ?? 'nobody');
  return others.length === 0 ? name : `${name} and ${others.length} other endpoint${others.length === 1 ? '' : 's'}`;
}

import type { Finding } from '../../core/findings/finding.js';
import type { ModelService } from '../../core/model/network-model.js';
import { parseIp } from '../../core/net/ip.js';
import { endpointPools } from '../../core/services/endpoint-pools.js';
import { poolPolicyOf } from '../../core/services/pool-policy.js';
import { proxyEndpoints } from '../../core/services/proxy-endpoint.js';
import type { PacketStage } from './packet-stage.js';
import type { TracedChoice, TracedPacket, TracedPools, TracedService, TraceResult } from './trace-result.js';
import type { TraceStages } from './trace-stages.js';

/** How many nodes' pools are shown. */
const MOST_NODES = 10;

/** The stages as the answer shows them. */
export function traceResult(stages: TraceStages, findings: readonly Finding[]): TraceResult {
  const { name, dns, service, endpoints, packet, paths, leaving } = stages;
  return {
    resolve: name ? { asked: name.asked, verdict: name.answer.verdict, asksCluster: name.asksCluster, lookup: name.answer.result } : null,
    service: service ? serviceOf(service, packet) : null,
    endpoints: endpoints?.result ?? null,
    choice: packet?.answer.result.service ? choiceOf(stages, packet) : null,
    packet: packet ? packetOf(packet) : null,
    dnsPolicy: (dns?.protocols ?? []).map((one) => ({ server: dns?.server ?? '', ...one })),
    dataPolicy: paths.map(({ targets, protocol, answer: { verdict, result } }) => ({
      endpoints: targets.map(({ endpoint }) => endpoint),
      protocol,
      verdict,
      egress: result.egress,
      ingress: result.ingress,
      nearest: result.nearMisses[0]?.fix ?? null,
    })),
    leaving: leaving ? { sources: leaving.sources, message: leaving.message } : null,
    findings,
  };
}

function serviceOf({ ref, resource }: ModelService, packet: PacketStage | undefined): TracedService {
  return {
    object: ref,
    type: resource.type,
    headless: resource.headless,
    address: packet?.answer.result.destination.ip ?? null,
    port: packet?.answer.result.service?.port ?? null,
    defaulted: resource.defaulted,
  };
}

function choiceOf(stages: TraceStages, packet: PacketStage): TracedChoice {
  const { endpoints, excluded, service } = packet.answer.result;
  return { pools: poolsOf(stages, packet), endpoints, excluded, affinity: service?.affinity ?? null };
}

function poolsOf({ model }: TraceStages, { service, port, answer }: PacketStage): readonly TracedPools[] {
  const ip = parseIp(answer.result.destination.ip ?? '');
  if (!service || !port || !ip || service.resource.headless) return [];
  const names = [...new Set(answer.result.flows.flatMap(({ nodes }) => nodes[0] ?? []))].slice(0, MOST_NODES);
  return names.flatMap((node) => {
    const found = model.nodes.get(node);
    if (!found) return [];
    const { cluster, local } = endpointPools(proxyEndpoints(service, port, ip.family, node), poolPolicyOf(service), found);
    const addresses = (pool: typeof cluster) => pool && pool.endpoints.map(({ address }) => address);
    const terminatingFallback = [cluster, local].some((pool) => pool?.terminatingFallback === true);
    return [{ node, cluster: addresses(cluster), local: addresses(local), terminatingFallback }];
  });
}

function packetOf({ answer, targets }: PacketStage): TracedPacket {
  const { result, verdict, evidence } = answer;
  const [flow] = result.flows;
  const decision = evidence.find(({ stage }) => stage === 'packet');
  const forwarded = verdict === 'DNAT' ? evidence.find(({ stage }) => stage === 'masquerade') : undefined;
  return {
    verdict,
    reason: flow?.reason ?? decision?.reason ?? result.destination.via ?? 'NOT_A_SERVICE',
    message: flow?.message ?? decision?.message ?? answer.summary,
    destination: result.destination,
    targets: targets.map(({ endpoint }) => endpoint),
    masquerade: result.masquerade,
    sourceSeen: result.sourceSeen,
    sourceReason: forwarded?.reason ?? null,
    flows: result.flows,
  };
}

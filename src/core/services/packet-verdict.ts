import type { EvidenceStep } from '../kernel/evidence.js';
import { formatIp, type Ip } from '../net/ip.js';
import type { NetworkModel } from '../model/network-model.js';
import { type EndpointPools, endpointPools, type ExcludedEndpoint } from './endpoint-pools.js';
import { matchServices, unmatched } from './internal/match-service.js';
import { type Route, routeOf } from './internal/route-of.js';
import type { ServiceMatch } from './internal/service-index.js';
import { deniedBySourceRanges } from './internal/source-ranges.js';
import { type Packet, primaryAddress } from './packet.js';
import { poolPolicyOf } from './pool-policy.js';
import { type ProxyEndpoint, proxyEndpoints } from './proxy-endpoint.js';
import type { ServiceReason } from './service-reasons.js';

/** What becomes of a packet at kube-proxy. */
export type PacketOutcome = 'DNAT' | 'REJECT' | 'DROP' | 'ACCEPT' | 'NONE';

/** An endpoint the packet may be sent to. */
export interface ChosenEndpoint {
  readonly endpoint: ProxyEndpoint;
  /** 1/n: the choice is uniform (iptables `statistic mode random`, nftables `numgen random`). */
  readonly probability: number;
  /** The source is rewritten to the node's address. */
  readonly masquerade: boolean;
}

/** The verdict on one packet on one node, with everything it rests on. */
export interface PacketVerdict {
  readonly verdict: PacketOutcome;
  /** Code of the rule that decided. */
  readonly reason: ServiceReason;
  readonly message: string;
  readonly match: ServiceMatch | undefined;
  readonly endpoints: readonly ChosenEndpoint[];
  readonly excluded: () => readonly ExcludedEndpoint[];
  /** None is ready: the endpoints are those that serve while they terminate. */
  readonly terminatingFallback: boolean;
  /** True when every chosen endpoint sees the node's address. */
  readonly masquerade: boolean;
  /** The address the pod sees; undefined when the source is not one address. */
  readonly sourceSeen: Ip | undefined;
  /** Match, masquerade and refusal; endpoints and excluded explain themselves. */
  readonly steps: readonly EvidenceStep[];
}

/**
 * What kube-proxy does with a packet (kubernetes `pkg/proxy/iptables/proxier.go`; nftables mode differs where `internal/match-service.ts` says so). Headless
 * and ExternalName services have no rules. Endpoints of the other address family are invisible.
 */
export function packetVerdict(model: NetworkModel, packet: Packet): PacketVerdict {
  const matches = matchServices(model, packet);
  const [match] = matches;
  if (!match) {
    const { verdict, reason, message } = unmatched(model, packet);
    return {
      ...nothing(verdict, reason, message),
      steps: [{ stage: 'service-match', outcome: verdict === 'NONE' ? 'no-match' : 'match', reason, message }],
    };
  }
  const steps = matches.map((one, rank) => matchStep(one, packet, rank));
  const endpoints = proxyEndpoints(match.service, match.port, packet.destination.family, packet.node.name);
  const pools = endpointPools(endpoints, poolPolicyOf(match.service), packet.node);
  const verdict = decide(model, packet, match, pools);
  return { ...verdict, match, steps: [...steps, ...verdict.steps] };
}

/** Nobody is left out: no endpoint was looked at. */
const nobody = (): readonly ExcludedEndpoint[] => [];

function nothing(verdict: PacketOutcome, reason: ServiceReason, message: string): PacketVerdict {
  return {
    verdict,
    reason,
    message,
    match: undefined,
    endpoints: [],
    excluded: nobody,
    terminatingFallback: false,
    masquerade: false,
    sourceSeen: undefined,
    steps: [],
  };
}

function matchStep({ service, port, via }: ServiceMatch, packet: Packet, rank: number): EvidenceStep {
  const address = `${formatIp(packet.destination)}:${packet.port} ${packet.protocol}`;
  const what = { CLUSTER_IP: 'cluster IP', EXTERNAL_IP: 'external IP', LOAD_BALANCER: 'load balancer IP', NODE_PORT: 'node port' }[via];
  const position = service.resource.ports.indexOf(port);
  const base = { stage: 'service-match', object: service.ref, pointer: `/spec/ports/${position}` };
  if (rank === 0)
    return { ...base, outcome: 'match', reason: via, message: `${address} is the ${what} of port \`${port.name || port.port}\`` };
  return {
    ...base,
    outcome: 'no-match',
    reason: 'ADDRESS_SHARED',
    message: `${address} is its ${what} too, but an earlier service has it already`,
  };
}

function decide(model: NetworkModel, packet: Packet, match: ServiceMatch, pools: EndpointPools): PacketVerdict {
  const name = `service \`${match.service.namespace}/${match.service.name}\``;
  const object = match.service.ref;
  const refused = (
    verdict: PacketOutcome,
    reason: ServiceReason,
    message: string,
    excluded: PacketVerdict['excluded'] = nobody,
  ): PacketVerdict => {
    return { ...nothing(verdict, reason, message), excluded, steps: [{ stage: 'packet', outcome: 'deny', reason, message, object }] };
  };
  const route = routeOf(model, packet, match, pools);
  if (!pools.hasAny)
    return refused('REJECT', 'NO_ENDPOINTS', `${name} has no usable endpoint on any node: the connection is refused`, route.pool.excluded);
  const denied = match.via === 'LOAD_BALANCER' ? deniedBySourceRanges(packet, match) : undefined;
  if (denied !== undefined) return refused('DROP', 'LBSR_DENIED', denied);
  if (route.pool.endpoints.length === 0) return refused('DROP', route.whenEmpty.reason, route.whenEmpty.message, route.pool.excluded);
  return dnat(packet, match, route);
}

function dnat(packet: Packet, match: ServiceMatch, { pool, masquerade, why }: Route): PacketVerdict {
  const object = match.service.ref;
  const { ip } = packet.source;
  const source = ip && formatIp(ip);
  const probability = 1 / pool.endpoints.length;
  const endpoints = pool.endpoints.map((endpoint) => ({ endpoint, probability, masquerade: masquerade || endpoint.ip === source }));
  const hairpin = masquerade ? [] : endpoints.filter((one) => one.masquerade);
  const all = endpoints.every((one) => one.masquerade);
  const node = primaryAddress(packet.node, packet.destination.family);
  const steps: readonly EvidenceStep[] = [
    { stage: 'masquerade', outcome: 'info', reason: why.reason, object, message: why.message },
    ...hairpin.map(({ endpoint }): EvidenceStep => ({
      stage: 'masquerade',
      outcome: 'info',
      reason: 'HAIRPIN',
      object,
      message: `${endpoint.address} is the sender itself: its packets are masqueraded, or it would answer itself directly`,
    })),
  ];
  const message = `sent to one of ${endpoints.length} endpoint${endpoints.length === 1 ? '' : 's'}`;
  return {
    verdict: 'DNAT',
    reason: 'ENDPOINT_CHOSEN',
    message,
    match,
    endpoints,
    excluded: pool.excluded,
    terminatingFallback: pool.terminatingFallback,
    masquerade: all,
    sourceSeen: all ? node : ip,
    steps,
  };
}

import type { EvidenceStep } from '../kernel/evidence.js';
import type { Provenance } from '../kernel/provenance.js';
import { formatIp, type Ip, sameIp } from '../net/ip.js';
import type { ModelService, NetworkModel } from '../model/network-model.js';
import { type EndpointPools, endpointPools, type ExcludedEndpoint, type PoolNode } from './endpoint-pools.js';
import { matchServices, unmatched } from './internal/match-service.js';
import { proxyRules, translatesAtConnect } from './internal/proxy-rules.js';
import { type Route, routeOf } from './internal/route-of.js';
import type { ServiceMatch } from './internal/service-index.js';
import { deniedBySourceRanges } from './internal/source-ranges.js';
import { originOf, type Packet, primaryAddress } from './packet.js';
import { poolPolicyOf } from './pool-policy.js';
import { type ProxyEndpoint, proxyEndpoints } from './proxy-endpoint.js';
import type { ServiceReason } from './service-reasons.js';

/** What becomes of a packet at kube-proxy. */
export type PacketOutcome = 'DNAT' | 'REJECT' | 'DROP' | 'ACCEPT' | 'NONE' | 'UNKNOWN';

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
 * What the service proxy does with a packet: kube-proxy in iptables mode (kubernetes `pkg/proxy/iptables/proxier.go`), other modes and programs where
 * `internal/proxy-rules.ts` says that they differ. Headless and ExternalName services have no rules. Endpoints of the other address family are invisible.
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
  const pools = endpointPools(endpoints, poolPolicyOf(match.service), poolNode(model, packet));
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
  const isFirst = rank === 0;
  return {
    stage: 'service-match',
    outcome: isFirst ? 'match' : 'no-match',
    reason: isFirst ? via : 'ADDRESS_SHARED',
    message: isFirst
      ? `${address} is the ${what} of port \`${port.name || port.port}\``
      : `${address} is its ${what} too, but an earlier service has it already`,
    object: service.ref,
    pointer: `/spec/ports/${position}`,
    provenance: provenanceOf(service, via, packet.destination, position),
  };
}

/** Where the address or port that the packet is told by is from: addresses of load balancers and external ones are in the input, or nowhere. */
function provenanceOf({ clusterIPs, nodePorts }: ModelService, via: ServiceMatch['via'], destination: Ip, position: number): Provenance {
  if (via === 'CLUSTER_IP') return clusterIPs.find(({ value }) => sameIp(value, destination))?.provenance ?? 'observed';
  return via === 'NODE_PORT' ? (nodePorts[position]?.provenance ?? 'observed') : 'observed';
}

/** Where the packet is, for the choice of a pool: nowhere in particular where the proxy looks at no hints. */
function poolNode(model: NetworkModel, { node, protocol }: Packet): PoolNode {
  if (proxyRules(model.profile.proxy, protocol).usesHints) return node;
  return { name: node.name, zone: undefined, preferSameNode: false };
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
  if (match.service.endpoints.source === 'not-imported')
    return nothing(
      'UNKNOWN',
      'ENDPOINTS_NOT_IMPORTED',
      `the endpoints of ${name} are not in the input: the API servers write them themselves`,
    );
  if (!pools.hasAny)
    return refused('REJECT', 'NO_ENDPOINTS', `${name} has no usable endpoint on any node: the connection is refused`, route.pool.excluded);
  const denied = match.via === 'LOAD_BALANCER' ? deniedSource(model, packet, match) : undefined;
  if (denied !== undefined) return refused('DROP', 'LBSR_DENIED', denied);
  if (route.refused) return refused('DROP', route.refused.reason, route.refused.message, () => []);
  const { whenEmpty, pool } = route;
  if (pool.endpoints.length === 0) return refused(whenEmpty.verdict, whenEmpty.reason, whenEmpty.message, pool.excluded);
  return dnat(model, packet, match, route);
}

function deniedSource(model: NetworkModel, packet: Packet, match: ServiceMatch): string | undefined {
  const { rangesBindInside, rangesByFamily } = proxyRules(model.profile.proxy, packet.protocol);
  return rangesBindInside || originOf(model, packet) === 'outside' ? deniedBySourceRanges(packet, match, rangesByFamily) : undefined;
}

function dnat(model: NetworkModel, packet: Packet, match: ServiceMatch, { pool, masquerade, why }: Route): PacketVerdict {
  const object = match.service.ref;
  const { ip } = packet.source;
  const source = ip && formatIp(ip);
  const probability = 1 / pool.endpoints.length;
  const loops = (endpoint: ProxyEndpoint) => endpoint.ip === source && !meetsItselfDirectly(model, packet);
  const rewrites = (endpoint: ProxyEndpoint) =>
    masquerade === 'every' || (masquerade === 'remote' && endpoint.nodeName !== packet.node.name);
  const endpoints = pool.endpoints.map((endpoint) => ({ endpoint, probability, masquerade: rewrites(endpoint) || loops(endpoint) }));
  const hairpin = endpoints.filter(({ endpoint }) => !rewrites(endpoint) && loops(endpoint));
  const all = endpoints.every((one) => one.masquerade);
  const isMixed = !all && masquerade === 'remote' && endpoints.some((one) => one.masquerade);
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
    sourceSeen: all ? node : isMixed ? undefined : ip,
    steps,
  };
}

/** A client that was told its own address at `connect()` talks to itself over loopback: no packet leaves it that could be masqueraded. */
function meetsItselfDirectly(model: NetworkModel, packet: Packet): boolean {
  const origin = originOf(model, packet);
  return origin !== 'outside' && translatesAtConnect(model.profile.proxy, packet.protocol, origin);
}

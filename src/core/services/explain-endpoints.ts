import { type Answer, uniqueNotes } from '../kernel/answer.js';
import { type Evidence, Trail } from '../kernel/evidence.js';
import { formatIp } from '../net/ip.js';
import type { EndpointCandidate, ModelService, NetworkModel } from '../model/network-model.js';
import type { EndpointSlice } from '../resources/endpoint-slice.js';
import { becauseOf, serviceAssumptions, serviceWarnings } from './internal/service-notes.js';
import { portView, serviceView } from './internal/service-view.js';
import { formatAddress } from './proxy-endpoint.js';
import type { PortView, ServiceView } from './service-question.js';

/**
 * The state of a service's endpoints. `READY`: at least one is ready; `NOT_READY`: there are some, none ready; `EMPTY`: none at all; `ALIAS`: an ExternalName
 * service has none by nature; `NO_PORT`: there are endpoints, and none has any of the service's ports; `UNKNOWN`: the input does not show them.
 */
export type EndpointsVerdict = 'READY' | 'NOT_READY' | 'NO_PORT' | 'EMPTY' | 'ALIAS' | 'UNKNOWN';

/** A published endpoint: one address of a slice with all of its ports. */
export interface PublishedEndpoint {
  readonly ip: string;
  /** `ip:port` of each port; the bare address where the slice has no port. */
  readonly addresses: readonly string[];
  readonly slice: string;
  readonly pod: string | null;
  readonly node: string | null;
  readonly zone: string | null;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly zoneHints: readonly string[];
  readonly nodeHints: readonly string[];
}

/** A pod that the selector matches, or nearly matches, and what became of it. */
export interface CandidateView {
  readonly pod: string;
  readonly node: string | null;
  readonly ips: readonly string[];
  readonly phase: string;
  readonly included: boolean;
  readonly ready: boolean;
  readonly reason: string;
  readonly message: string;
  /** Ports of the service that this pod does not offer, with the reason. */
  readonly missingPorts: readonly { readonly port: string; readonly reason: string }[];
}

/** The room's part of the answer. */
export interface EndpointsResult {
  readonly service: ServiceView;
  readonly ports: readonly PortView[];
  readonly selector: Readonly<Record<string, string>> | null;
  /** Where the endpoints come from: `observed-slices`, `mirrored-endpoints`, `derived`, `not-imported`, `none`. */
  readonly source: string;
  readonly endpoints: readonly PublishedEndpoint[];
  readonly candidates: readonly CandidateView[];
  readonly readyCount: number;
}

/** Which pods stand behind a service and why, and which do not and why not: every pod the selector matches, and those one label off. */
export function explainEndpoints(model: NetworkModel, service: ModelService): Answer<EndpointsVerdict, EndpointsResult> {
  const endpoints = service.endpoints.slices.flatMap((slice) => publishedEndpoints(slice));
  const candidates = service.endpoints.candidates.flatMap((candidate) => candidateView(model, candidate) ?? []);
  const readyCount = endpoints.filter(({ ready }) => ready).length;
  const verdict = verdictOf(service, readyCount, endpoints.length);
  const assumptions = serviceAssumptions(model, service).filter(({ code }) => !OF_PACKETS.has(code));
  const warnings = uniqueNotes(serviceWarnings(model, service));
  return {
    verdict,
    summary: summarise(service, verdict, endpoints, candidates, becauseOf(warnings)),
    result: {
      service: serviceView(service, undefined),
      ports: service.resource.ports.map((port) => portView(service, port)),
      selector: service.resource.selector === undefined ? null : { ...service.resource.selector },
      source: service.endpoints.source,
      endpoints,
      candidates,
      readyCount,
    },
    evidence: explain(model, service),
    assumptions,
    warnings,
    confidence: verdict === 'UNKNOWN' ? 'INSUFFICIENT_INFO' : assumptions.length > 0 ? 'ASSUMED' : 'CERTAIN',
    enforcement: null,
  };
}

function verdictOf({ resource, endpoints }: ModelService, ready: number, published: number): EndpointsVerdict {
  if (resource.type === 'ExternalName') return 'ALIAS';
  if (endpoints.source === 'not-imported') return 'UNKNOWN';
  if (published === 0) return 'EMPTY';
  // pods without the named port are published all the same, in a slice without ports (kubernetes/endpointslice `utils.go`, getEndpointPorts)
  if (resource.ports.length > 0 && endpoints.slices.every(({ ports }) => ports.length === 0)) return 'NO_PORT';
  return ready > 0 ? 'READY' : 'NOT_READY';
}

/** Assumptions about packets and their addresses, which endpoints do not rest on. */
const OF_PACKETS: ReadonlySet<string> = new Set(['PROXY_MODE_APPROXIMATED', 'CLUSTER_IP_DERIVED']);

function publishedEndpoints(slice: EndpointSlice): readonly PublishedEndpoint[] {
  const ports = slice.ports.flatMap(({ port }) => port ?? []);
  return slice.endpoints.flatMap(({ addresses, targetRef, nodeName, zone, ready, serving, terminating, zoneHints, nodeHints }) =>
    addresses.map((ip): PublishedEndpoint => {
      const pod = targetRef?.kind === 'Pod' ? `${targetRef.namespace ?? slice.ref.namespace ?? ''}/${targetRef.name}` : null;
      const all = ports.length === 0 ? [ip] : ports.map((port) => formatAddress(ip, port));
      return {
        ip,
        addresses: all,
        slice: slice.ref.name,
        pod,
        node: nodeName ?? null,
        zone: zone ?? null,
        ready,
        serving,
        terminating,
        zoneHints,
        nodeHints,
      };
    }),
  );
}

function candidateView(model: NetworkModel, candidate: EndpointCandidate): CandidateView | undefined {
  const pod = model.pods[candidate.pod];
  if (!pod) return undefined;
  const { included, ready, reason, message, missingPorts } = candidate;
  return {
    pod: `${pod.namespace}/${pod.name}`,
    node: pod.nodeName?.value ?? null,
    ips: pod.ips.map(({ value }) => formatIp(value)),
    phase: pod.phase.value,
    included,
    ready,
    reason,
    message,
    missingPorts: missingPorts.map((one) => ({ port: one.port, reason: one.reason })),
  };
}

const NOT_IMPORTED = 'the API servers write its endpoints themselves, and the input has none of them';

function explain(model: NetworkModel, service: ModelService): readonly Evidence[] {
  const trail = new Trail();
  const { source, slices, candidates } = service.endpoints;
  const origin = {
    'observed-slices': 'SLICES_OBSERVED',
    'mirrored-endpoints': 'ENDPOINTS_MIRRORED',
    derived: 'SLICES_DERIVED',
    'not-imported': 'ENDPOINTS_NOT_IMPORTED',
    none: 'NO_SLICES',
  }[source];
  const count = `${slices.length} slice${slices.length === 1 ? '' : 's'} (${source})`;
  const message = source === 'not-imported' ? NOT_IMPORTED : count;
  const parent = trail.add({
    stage: 'endpoint-source',
    outcome: 'info',
    reason: origin,
    message,
    object: service.ref,
    provenance: source === 'derived' ? 'derived' : 'observed',
  });
  for (const candidate of candidates) {
    const pod = model.pods[candidate.pod];
    const outcome = candidate.reason === 'SELECTOR_NEAR_MISS' ? 'no-match' : candidate.included ? 'selected' : 'excluded';
    const id = trail.add({
      stage: 'endpoint-candidate',
      outcome,
      reason: candidate.reason,
      message: `${pod ? `${pod.namespace}/${pod.name}: ` : ''}${candidate.message}`,
      object: pod?.ref,
      provenance: pod?.provenance,
      parent,
    });
    for (const missing of candidate.missingPorts) {
      trail.add({
        stage: 'endpoint-candidate',
        outcome: 'excluded',
        reason: missing.reason,
        message: `port \`${missing.port}\`: no container has a port of its protocol named \`${missing.target}\``,
        object: pod?.ref,
        parent: id,
      });
    }
  }
  return trail.list();
}

function summarise(
  service: ModelService,
  verdict: EndpointsVerdict,
  endpoints: readonly PublishedEndpoint[],
  candidates: readonly CandidateView[],
  warning: string | undefined,
): string {
  const name = `service ${service.namespace}/${service.name}`;
  if (verdict === 'ALIAS') return `${name} is an ExternalName: it stands for ${service.resource.externalName ?? ''} and has no endpoints`;
  if (verdict === 'UNKNOWN') return `who stands behind ${name} is not known: ${NOT_IMPORTED}`;
  const ready = endpoints.filter((one) => one.ready).length;
  if (verdict === 'READY')
    return `${name} has ${ready} ready endpoint${ready === 1 ? '' : 's'} of ${endpoints.length}${warning === undefined ? '' : `, but ${warning}`}`;
  if (verdict === 'NO_PORT')
    return `${name} selects ${endpoints.length} endpoint${endpoints.length === 1 ? '' : 's'}, and none offers a port of it: ${warning ?? 'no container declares the port’s name'}`;
  const selected = candidates.filter(({ reason }) => reason !== 'SELECTOR_NEAR_MISS');
  const why = warning ?? selected[0]?.message ?? 'nothing is published for it';
  return `${name} has ${verdict === 'EMPTY' ? 'no endpoint' : `${endpoints.length} endpoints, none ready`}: ${why}`;
}

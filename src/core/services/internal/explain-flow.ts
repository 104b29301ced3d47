import type { EvidenceOutcome, Trail } from '../../kernel/evidence.js';
import type { ModelNode } from '../../model/network-model.js';
import type { ExcludedEndpoint } from '../endpoint-pools.js';
import type { PacketVerdict } from '../packet-verdict.js';
import type { ServiceReason } from '../service-reasons.js';
import { destinationLabel, type Flow, senderLabel } from './flows.js';

/** Flows that are explained endpoint by endpoint; of further ones the verdict stands in one step each. */
const EXPLAINED = 10;
/** Endpoints left out for one reason that are told one by one; more are told together. */
const TOLD = 20;

/** Explains what became of every packet: an answer about a thousand nodes stays one that can be read. */
export function explainFlows(trail: Trail, flows: readonly Flow[]): void {
  for (const [position, flow] of flows.entries()) explainFlow(trail, flow, position < EXPLAINED);
}

const OUTCOMES = {
  DNAT: 'allow',
  ACCEPT: 'allow',
  NONE: 'pass',
  UNKNOWN: 'info',
  REJECT: 'deny',
  DROP: 'deny',
} as const;

function explainFlow(trail: Trail, flow: Flow, inFull: boolean): void {
  const { nodes, target, verdict } = flow;
  const packet = `${senderLabel(flow)} → ${destinationLabel(flow)} ${target.protocol} on ${placeText(nodes)}`;
  const outcome = OUTCOMES[verdict.verdict];
  const object = verdict.match?.service.ref;
  const message = `${packet}: ${verdict.verdict}, ${verdict.message}`;
  const parent = trail.add({ stage: 'packet', outcome, reason: verdict.reason, message, object, provenance: 'derived' });
  if (!inFull) return;
  for (const step of verdict.steps) if (step.stage === 'service-match') trail.addBelow(parent, step);
  explainEndpoints(trail, parent, verdict);
  for (const step of verdict.steps) if (step.stage !== 'service-match') trail.addBelow(parent, step);
}

function placeText(nodes: readonly ModelNode[]): string {
  const names = nodes.slice(0, 3).map(({ name }) => name);
  if (nodes.length === 1) return `node ${names[0]}`;
  return `${nodes.length} nodes (${names.join(', ')}${nodes.length > 3 ? ' …' : ''})`;
}

function explainEndpoints(trail: Trail, parent: number, { match, endpoints, excluded, terminatingFallback }: PacketVerdict): void {
  const object = match?.service.ref;
  const provenance = match?.service.endpoints.source === 'derived' ? 'derived' : 'observed';
  const tell = (outcome: EvidenceOutcome, reason: ServiceReason, message: string): void => {
    trail.add({ stage: 'endpoint-selection', outcome, reason, message, object, provenance, parent });
  };
  const reason = terminatingFallback ? 'TERMINATING_FALLBACK' : 'ENDPOINT_USED';
  const fallback = terminatingFallback ? ', terminating but still serving because none is ready' : '';
  for (const { endpoint } of endpoints) {
    tell('selected', reason, `${endpoint.address}${endpoint.pod === undefined ? '' : ` (pod ${endpoint.pod})`}${fallback}`);
  }
  for (const alike of byReason(excluded())) {
    for (const one of alike.slice(0, TOLD)) tell('excluded', one.reason, `${one.endpoint.address}: ${one.message}`);
    const [first] = alike;
    if (first && alike.length > TOLD) tell('excluded', first.reason, `${alike.length - TOLD} more endpoints for the same reason`);
  }
}

function byReason(excluded: readonly ExcludedEndpoint[]): Iterable<readonly ExcludedEndpoint[]> {
  const groups = new Map<ExcludedEndpoint['reason'], ExcludedEndpoint[]>();
  for (const one of excluded) {
    const alike = groups.get(one.reason);
    if (alike) alike.push(one);
    else groups.set(one.reason, [one]);
  }
  return groups.values();
}

import type { EvidenceStep, Trail } from '../../kernel/evidence.js';
import type { ModelNode } from '../../model/network-model.js';
import type { ExcludedEndpoint } from '../endpoint-pools.js';
import type { PacketVerdict } from '../packet-verdict.js';
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
  const parent = trail.add({ stage: 'packet', outcome, reason: verdict.reason, message, object });
  if (!inFull) return;
  const provenance = verdict.match?.service.endpoints.source === 'derived' ? 'derived' : 'observed';
  for (const step of verdict.steps.filter(({ stage }) => stage === 'service-match')) trail.add({ ...step, parent });
  for (const step of endpointSteps(verdict)) trail.add({ ...step, object, parent, provenance });
  for (const step of verdict.steps.filter(({ stage }) => stage !== 'service-match')) trail.add({ ...step, parent });
}

function placeText(nodes: readonly ModelNode[]): string {
  const names = nodes.slice(0, 3).map(({ name }) => name);
  if (nodes.length === 1) return `node ${names[0]}`;
  return `${nodes.length} nodes (${names.join(', ')}${nodes.length > 3 ? ' …' : ''})`;
}

function endpointSteps({ endpoints, excluded, terminatingFallback }: PacketVerdict): readonly EvidenceStep[] {
  const fallback = terminatingFallback ? ', terminating but still serving because none is ready' : '';
  const chosen = endpoints.map(({ endpoint }): EvidenceStep => ({
    stage: 'endpoint-selection',
    outcome: 'selected',
    reason: terminatingFallback ? 'TERMINATING_FALLBACK' : 'ENDPOINT_USED',
    message: `${endpoint.address}${endpoint.pod === undefined ? '' : ` (pod ${endpoint.pod})`}${fallback}`,
  }));
  const byReason = new Map<ExcludedEndpoint['reason'], ExcludedEndpoint[]>();
  for (const one of excluded()) {
    const alike = byReason.get(one.reason);
    if (alike) alike.push(one);
    else byReason.set(one.reason, [one]);
  }
  return [...chosen, ...[...byReason.values()].flatMap(exclusionSteps)];
}

function exclusionSteps(alike: readonly ExcludedEndpoint[]): readonly EvidenceStep[] {
  const step = { stage: 'endpoint-selection', outcome: 'excluded' } as const;
  const told = alike
    .slice(0, TOLD)
    .map(({ endpoint, reason, message }) => ({ ...step, reason, message: `${endpoint.address}: ${message}` }));
  const [first] = alike;
  const rest = alike.length - told.length;
  if (!first || rest === 0) return told;
  return [...told, { ...step, reason: first.reason, message: `${rest} more endpoints for the same reason` }];
}

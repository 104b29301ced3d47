import { type Evidence, type EvidenceOutcome, Trail } from '../../core/kernel/evidence.js';
import { describeRef } from '../../core/kernel/object-ref.js';
import type { PolicyVerdict } from '../../core/policy/policy-result.js';
import type { EndpointsVerdict } from '../../core/services/explain-endpoints.js';
import type { TraceStages } from './trace-stages.js';

/** The evidence of every stage in the order in which a request comes to it, each below a step of its own. */
export function traceEvidence(stages: TraceStages): readonly Evidence[] {
  const trail = new Trail();
  addName(trail, stages);
  addService(trail, stages);
  addPacket(trail, stages);
  return trail.list();
}

function addName(trail: Trail, { dns, name }: TraceStages): void {
  if (dns) {
    const verdicts = dns.protocols.map(({ protocol, port, verdict }) => `${protocol} ${port} ${verdict}`).join(', ');
    const outcome = policyOutcome(dns.protocols[0]?.verdict ?? 'ALLOWED');
    const step = { stage: 'dns-policy', outcome, reason: 'DNS_QUERY_JUDGED', message: `queries to ${dns.server}: ${verdicts}` };
    trail.graft(trail.add(step), dns.evidence);
  }
  if (name) {
    const outcome = name.answer.verdict === 'RESOLVED' ? 'match' : name.answer.verdict === 'EXTERNAL' ? 'info' : 'no-match';
    trail.graft(
      trail.add({ stage: 'name', outcome, reason: 'NAME_ASKED', message: name.answer.summary, provenance: 'derived' }),
      name.answer.evidence,
    );
  }
}

function addService(trail: Trail, { service, endpoints }: TraceStages): void {
  if (service) {
    const object = service.ref;
    trail.add({ stage: 'service', outcome: 'match', reason: 'SERVICE_MATCHED', message: describeRef(object), object });
  }
  if (endpoints) {
    const outcome = OUTCOMES[endpoints.verdict] ?? 'no-match';
    const step = { stage: 'endpoints', outcome, reason: 'ENDPOINTS_JUDGED', message: endpoints.summary, object: service?.ref } as const;
    trail.graft(trail.add(step), endpoints.evidence);
  }
}

function addPacket(trail: Trail, { loopback, packet, paths, outside, leaving }: TraceStages): void {
  for (const step of loopback?.steps ?? []) trail.add(step);
  if (packet) {
    const { verdict, summary, evidence } = packet.answer;
    const outcome = verdict === 'REJECT' || verdict === 'DROP' ? 'deny' : verdict === 'NONE' || verdict === 'ALIAS' ? 'pass' : 'allow';
    trail.graft(trail.add({ stage: 'packet-path', outcome, reason: 'PACKET_JUDGED', message: summary, provenance: 'derived' }), evidence);
  }
  for (const { answer } of [...paths, ...(outside ? [{ answer: outside }] : [])]) {
    const outcome = policyOutcome(answer.verdict);
    const step = { stage: 'data-policy', outcome, reason: 'DATA_PATH_JUDGED', message: answer.summary, provenance: 'derived' } as const;
    trail.graft(trail.add(step), answer.evidence);
  }
  if (leaving) {
    const outcome = leaving.sources.length === 0 ? 'deny' : 'info';
    const step = { stage: 'leaving', outcome, reason: 'SOURCE_OUTSIDE', message: leaving.message, provenance: 'derived' } as const;
    trail.graft(trail.add(step), leaving.evidence);
  }
}

const OUTCOMES: Readonly<Partial<Record<EndpointsVerdict, EvidenceOutcome>>> = { READY: 'match', ALIAS: 'info', UNKNOWN: 'info' };

function policyOutcome(verdict: PolicyVerdict): EvidenceOutcome {
  return verdict === 'ALLOWED' ? 'allow' : verdict === 'DENIED' ? 'deny' : verdict === 'MIXED' ? 'pass' : 'info';
}

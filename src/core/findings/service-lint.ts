import type { Answer } from '../kernel/answer.js';
import type { Severity } from '../kernel/diagnostic.js';
import { Trail } from '../kernel/evidence.js';
import type { ModelService, NetworkModel } from '../model/network-model.js';
import { policyLint } from '../policy/policy-lint.js';
import { type Finding, findingOf, GRAVITY, inOrderOfGravity } from './finding.js';
import { FINDING_CODES } from './finding-codes.js';
import { publicNamespaces } from './internal/public-name-checks.js';
import { podFindings } from './pod-findings.js';
import { serviceFindings } from './service-findings.js';
import type { ServiceLintCount, ServiceLintQuestion, ServiceLintResult, ServiceLintVerdict } from './service-lint-result.js';

/** So many services, or workloads, are looked at in one step. */
const STRETCH = 100;
const MOST_POLICY_FINDINGS = 10_000;

/**
 * Looks for what is wrong or suspicious about the services of a cluster and the names of its pods: what a trace of a request to each would find, whoever sends it.
 * Yields often: between two steps the caller may let others run.
 */
export function* serviceLint(
  model: NetworkModel,
  question: ServiceLintQuestion,
): Generator<undefined, Answer<ServiceLintVerdict, ServiceLintResult>> {
  const services = servicesOf(model, question);
  const found: Finding[] = [];
  for (const [position, service] of services.entries()) {
    for (const finding of serviceFindings(model, service)) found.push(finding);
    if (position % STRETCH === STRETCH - 1) yield;
  }
  if (question.service === undefined) {
    const isWanted = (namespace: string) => question.namespace === undefined || question.namespace === namespace;
    for (const draft of publicNamespaces(model, isWanted)) found.push(findingOf(draft));
    yield* findingsOfPods(model, isWanted, found);
    if (question.codes?.includes('DNS_EGRESS_DENIED') ?? true) yield* cutOffPods(model, question, found);
  }
  return conclude(question, services.length, found);
}

function servicesOf({ services }: NetworkModel, { namespace, service }: ServiceLintQuestion): readonly ModelService[] {
  if (service !== undefined) return [services.get(service)].flatMap((one) => one ?? []);
  return [...services.values()].filter((one) => namespace === undefined || one.namespace === namespace);
}

/** The pods of a workload are alike: the first stands for all. */
function* findingsOfPods(model: NetworkModel, isWanted: (namespace: string) => boolean, found: Finding[]): Generator<undefined> {
  for (const [position, { namespace, pods }] of model.workloads.entries()) {
    const pod = isWanted(namespace) ? model.pods[pods[0] ?? -1] : undefined;
    if (pod && !pod.finished) for (const finding of podFindings(model, pod)) found.push(finding);
    if (position % STRETCH === STRETCH - 1) yield;
  }
}

/** Pods that policies cut off from DNS, as the lint of policies finds them. */
function* cutOffPods(model: NetworkModel, { namespace }: ServiceLintQuestion, found: Finding[]): Generator<undefined> {
  const codes = ['POL-EGRESS-NO-DNS', 'POL-INGRESS-NO-DNS'] as const;
  const answer = yield* policyLint(model, { severity: 'info', limit: MOST_POLICY_FINDINGS, codes, policy: undefined, namespace });
  for (const { object, pointer, message, related, fix } of answer.result.findings) {
    const mended = fix ? { message: fix.message, object, patch: fix.patch, create: [] } : undefined;
    found.push(findingOf({ code: 'DNS_EGRESS_DENIED', object, pointer, message, related, fix: mended }));
  }
}

function conclude(
  question: ServiceLintQuestion,
  services: number,
  found: readonly Finding[],
): Answer<ServiceLintVerdict, ServiceLintResult> {
  const worst = GRAVITY.indexOf(question.severity);
  const told = found
    .filter(({ code, severity }) => (question.codes?.includes(code) ?? true) && GRAVITY.indexOf(severity) <= worst)
    .sort(inOrderOfGravity);
  const counts = countsOf(told);
  const trail = new Trail();
  for (const { code, count } of counts) {
    const { means, source } = FINDING_CODES[code];
    trail.add({ stage: 'lint', outcome: 'info', reason: 'LINT_FOUND', message: `${code}: ${means} (${count} found; ${source})` });
  }
  return {
    verdict: verdictOf(told[0]?.severity),
    summary: summarise(question, services, counts),
    result: { services, findings: told.slice(0, question.limit), counts, omitted: Math.max(0, told.length - question.limit) },
    evidence: trail.list(),
    assumptions: [],
    warnings: [],
    confidence: 'CERTAIN',
    enforcement: null,
  };
}

function countsOf(findings: readonly Finding[]): readonly ServiceLintCount[] {
  const counts = new Map<string, ServiceLintCount>();
  for (const { code, severity } of findings) {
    const key = `${severity} ${code}`;
    counts.set(key, { code, severity, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}

function verdictOf(gravest: Severity | undefined): ServiceLintVerdict {
  if (gravest === undefined) return 'CLEAN';
  return gravest === 'error' ? 'ERRORS' : gravest === 'warning' ? 'WARNINGS' : 'NOTES';
}

function summarise({ namespace, service }: ServiceLintQuestion, services: number, counts: readonly ServiceLintCount[]): string {
  const where = service === undefined ? (namespace === undefined ? 'the cluster' : `namespace ${namespace}`) : `service ${service}`;
  const parts = GRAVITY.flatMap((severity) => {
    const count = counts.reduce((all, one) => all + (one.severity === severity ? one.count : 0), 0);
    const word = severity === 'info' ? 'note' : severity;
    return count === 0 ? [] : [`${count} ${word}${count === 1 ? '' : 's'}`];
  });
  const looked = service === undefined ? ` (${services} service${services === 1 ? '' : 's'})` : '';
  return `${where}${looked}: ${parts.length === 0 ? 'nothing found' : parts.join(', ')}`;
}

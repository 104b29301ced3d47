import { type Answer, type Note, uniqueNotes } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import { firstFew } from '../kernel/first-few.js';
import type { Problem } from '../kernel/problem.js';
import { ok, type Result } from '../kernel/result.js';
import { formatIp } from '../net/ip.js';
import type { ModelService, NetworkModel } from '../model/network-model.js';
import type { ServicePort } from '../resources/service.js';
import { accountedPods, podAt } from './internal/accounted-pods.js';
import { choiceNotes } from './internal/choice-notes.js';
import { type Destination, destinationOf } from './internal/destination.js';
import { explainFlows } from './internal/explain-flow.js';
import { type Flow, flowsOf, flowView, senderLabel } from './internal/flows.js';
import { type Sender, sendersOf } from './internal/senders.js';
import { becauseOf, nodePortAssumptions, serviceAssumptions, serviceWarnings, unmodelledWarnings } from './internal/service-notes.js';
import { serviceView } from './internal/service-view.js';
import { resolveWithoutProxy } from './internal/without-proxy.js';
import type { EndpointView, ExcludedView, ServiceQuestion, ServiceResult, ServiceVerdict } from './service-question.js';

/**
 * Where a packet to a service, a node port or any address goes, from whom and through which node: the verdict of kube-proxy, the endpoints with their
 * probability, everyone who is left out with the reason, and the address the pod sees. Headless and ExternalName services are answered without kube-proxy.
 * Where nobody reads the evidence (`explains` false) it is left out.
 */
export function resolveService(
  model: NetworkModel,
  question: ServiceQuestion,
  explains = true,
): Result<Answer<ServiceVerdict, ServiceResult>, Problem> {
  const senders = sendersOf(model, question);
  if (!senders.ok) return senders;
  const outside = senders.value.length > 0 && senders.value.every((one) => one.outside);
  const destination = destinationOf(model, question, { outside, family: senders.value[0]?.family });
  if (!destination.ok) return destination;
  if (destination.value.kind === 'service') return ok(resolveWithoutProxy(model, destination.value, question));
  return ok(proxied(model, question, senders.value, destination.value, explains));
}

function proxied(
  model: NetworkModel,
  question: ServiceQuestion,
  senders: readonly Sender[],
  { targets, service: asked }: Extract<Destination, { kind: 'targets' }>,
  explains: boolean,
): Answer<ServiceVerdict, ServiceResult> {
  const flows = flowsOf(model, senders, targets);
  const match = flows.find((flow) => flow.verdict.match)?.verdict.match;
  const service = match?.service ?? asked;
  const verdict = overall(flows);
  const trail = new Trail();
  if (explains) explainFlows(trail, flows);
  const result = resultOf(model, flows, service, match?.port);
  const ofService = service ? serviceWarnings(model, service) : [];
  const choice = choiceNotes(model, service, flows);
  const assumptions = uniqueNotes([
    ...serviceAssumptions(model, service),
    ...choice.assumptions,
    ...(match ? nodePortAssumptions(match) : []),
    ...(question.from || question.sourceIP ? [] : [SOME_POD]),
  ]);
  return {
    verdict,
    summary: summarise(question, flows, result, verdict, becauseOf(ofService)),
    result,
    evidence: trail.list(),
    assumptions,
    warnings: uniqueNotes([...flowWarnings(flows), ...choice.warnings, ...ofService, ...unmodelledWarnings(model)]),
    confidence: flows.length === 0 || verdict === 'UNKNOWN' ? 'INSUFFICIENT_INFO' : assumptions.length > 0 ? 'ASSUMED' : 'CERTAIN',
    enforcement: null,
  };
}

const SOME_POD: Note = { code: 'SENDER_ASSUMED', message: 'no sender is named: some pod of the cluster is assumed' };

/** One verdict when all flows agree; DNAT when some reach an endpoint (the others are named in a warning); else the first. */
function overall(flows: readonly Flow[]): ServiceVerdict {
  const verdicts = flows.map((flow) => flow.verdict.verdict);
  return verdicts.includes('DNAT') ? 'DNAT' : (verdicts[0] ?? 'NONE');
}

function resultOf(
  model: NetworkModel,
  flows: readonly Flow[],
  service: ModelService | undefined,
  port: ServicePort | undefined,
): ServiceResult {
  const [first] = flows;
  const endpoints = endpointsOf(model, flows);
  const known = excludedOf(model, flows, endpoints);
  const rest = service && port ? accountedPods(model, service, port, endpoints, known) : [];
  const views = flows.map(flowView);
  const dnat = views.filter(({ verdict }) => verdict === 'DNAT');
  const seen = new Set(dnat.map(({ sourceSeen }) => sourceSeen));
  return {
    destination: {
      ip: first ? formatIp(first.target.ip) : null,
      port: first?.target.port ?? null,
      protocol: first?.target.protocol ?? 'TCP',
      via: first?.verdict.match?.via ?? null,
    },
    service: service ? serviceView(service, port) : null,
    endpoints,
    excluded: [...known, ...rest],
    masquerade: dnat.length > 0 && dnat.every(({ masquerade }) => masquerade),
    sourceSeen: seen.size === 1 ? (dnat[0]?.sourceSeen ?? null) : null,
    flows: views,
  };
}

/** Every endpoint that some flow reaches, with its probability over all packets that reach one; nodes and senders count alike. */
function endpointsOf(model: NetworkModel, flows: readonly Flow[]): readonly EndpointView[] {
  const reaching = flows.filter(({ verdict }) => verdict.verdict === 'DNAT');
  const weight = reaching.reduce((sum, flow) => sum + flow.weight, 0);
  const byAddress = new Map<string, EndpointView>();
  for (const { weight: own, verdict } of reaching) {
    for (const { endpoint, probability, masquerade } of verdict.endpoints) {
      const known = byAddress.get(endpoint.address);
      byAddress.set(endpoint.address, {
        endpoint: endpoint.address,
        ip: endpoint.ip,
        port: endpoint.port,
        pod: endpoint.pod ?? podAt(model, endpoint.ip) ?? null,
        node: endpoint.nodeName ?? null,
        zone: endpoint.zone ?? null,
        probability: (known?.probability ?? 0) + (probability * own) / weight,
        masquerade: masquerade && (known?.masquerade ?? true),
      });
    }
  }
  return [...byAddress.values()];
}

/** Endpoints that every flow leaves out. A pool accounts for every endpoint of its port and family, so the first flow of each tells of all. */
function excludedOf(model: NetworkModel, flows: readonly Flow[], chosen: readonly EndpointView[]): readonly ExcludedView[] {
  const reached = new Set(chosen.map(({ endpoint }) => endpoint));
  const told = new Set<string>();
  return flows.flatMap(({ verdict, target }) => {
    const { match, endpoints } = verdict;
    const key = match
      ? `${match.service.namespace}/${match.service.name} ${match.service.resource.ports.indexOf(match.port)} ${target.ip.family}`
      : '';
    if (!match || told.has(key)) return [];
    const excluded = verdict.excluded();
    // A packet that is refused before an endpoint is chosen tells of none.
    if (endpoints.length + excluded.length > 0) told.add(key);
    const unreached = excluded.filter(({ endpoint }) => !reached.has(endpoint.address));
    return unreached.map(({ endpoint, reason, message }) => {
      const pod = endpoint.pod ?? podAt(model, endpoint.ip) ?? null;
      return { endpoint: endpoint.address, pod, node: endpoint.nodeName ?? null, reason, message };
    });
  });
}

function flowWarnings(flows: readonly Flow[]): readonly Note[] {
  const notes: Note[] = [];
  const kinds = new Set(flows.map(({ verdict }) => verdict.verdict));
  if (kinds.size > 1) {
    const parts = [...kinds].map(
      (kind) =>
        `${kind} at ${flows
          .filter(({ verdict }) => verdict.verdict === kind)
          .flatMap(({ nodes }) => nodes.map(({ name }) => name))
          .join(', ')}`,
    );
    notes.push({
      code: 'VERDICT_DEPENDS_ON_NODE',
      message: `what happens depends on the node that the packet enters by: ${parts.join('; ')}`,
    });
  }
  const shared = flows.some(({ verdict }) => verdict.steps.some(({ reason }) => reason === 'ADDRESS_SHARED'));
  if (shared)
    notes.push({
      code: 'ADDRESS_SHARED',
      message: 'several services have this address and port: the first by namespace and name is taken to get the packets',
    });
  return notes;
}

function summarise(
  question: ServiceQuestion,
  flows: readonly Flow[],
  result: ServiceResult,
  verdict: ServiceVerdict,
  because: string | undefined,
): string {
  const [first] = flows;
  if (!first) return `${question.to.selector}: no node is known through which the packet could go`;
  const several = flows.length > 1 || first.senders.length > 1;
  const from = several && question.from ? question.from.selector : senderLabel(first);
  const named = result.service?.port && !question.destinationIP && question.to.services.length > 0;
  const where = `${result.destination.via === 'NODE_PORT' ? 'node port ' : ''}${first.target.port}/${first.target.protocol}`;
  const port = question.to.port === undefined ? `:${first.target.port}` : '';
  const to = `${question.to.selector}${named ? ` (${where})` : port}`;
  if (verdict !== 'DNAT') {
    const why = first.verdict.reason === 'NO_ENDPOINTS' && because !== undefined ? `: ${because}` : '';
    return `${from} → ${to}: ${verdict}, ${first.verdict.message}${why}`;
  }
  const shown = result.endpoints.slice(0, 3).map(({ endpoint, pod }) => (pod === null ? endpoint : `${endpoint} (${pod})`));
  const source = result.masquerade ? ', masqueraded' : '';
  return `${from} → ${to} → ${firstFew(shown, 3, result.endpoints.length)}${source}`;
}

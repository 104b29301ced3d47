import type { Note } from '../../kernel/answer.js';
import type { EvidenceStep } from '../../kernel/evidence.js';
import type { Problem } from '../../kernel/problem.js';
import { err, ok, type Result } from '../../kernel/result.js';
import type { Steps } from '../../kernel/steps.js';
import type { ModelPod, ModelService, NetworkModel } from '../../model/network-model.js';
import type { PolicyQuestion } from '../policy-question.js';
import { askedAt, type AskedPort, behindServiceOnly, parseAskedPort, unknownPortName } from './asked-ports.js';
import { formatConnections } from './connection-set.js';
import type { Destination } from './flows.js';
import { partyWords } from './judged-cases.js';
import { isOut, partiesOf, type Party } from './parties.js';
import type { PolicyIndex } from './policy-index.js';
import { type ServiceTarget, serviceTargets } from './service-targets.js';

/** What a question's two sides come to. */
export interface Sides {
  readonly sources: readonly Party[];
  readonly destinations: readonly Destination[];
  readonly steps: readonly EvidenceStep[];
  readonly warnings: readonly Note[];
  /** Something that was named cannot be judged for want of information. */
  readonly insufficient: boolean;
}

/** What is gathered on the way. */
interface Gathered {
  readonly steps: EvidenceStep[];
  readonly warnings: Note[];
  insufficient: boolean;
}

/** Expands both sides: a service stands for its endpoints, finished pods drop out, a port name is looked up on each destination. Yields often. */
export function* sidesOf(model: NetworkModel, index: PolicyIndex, question: PolicyQuestion): Steps<Result<Sides, Problem>> {
  const port = parseAskedPort(question.to.port ?? question.port);
  if (!port.ok) return port;
  const refused = behindServiceOnly(question.to, question.protocol);
  if (refused) return err(refused);
  const gathered: Gathered = { steps: [], warnings: [], insufficient: false };
  const sources = yield* sourcesOf(model, index, question, gathered);
  const destinations = yield* destinationsOf(model, index, question, port.value, gathered);
  return destinations.ok ? ok({ sources, destinations: destinations.value, ...gathered }) : destinations;
}

/** A service as a source is its endpoints, ready or not. */
function* sourcesOf(model: NetworkModel, index: PolicyIndex, { from }: PolicyQuestion, gathered: Gathered): Steps<readonly Party[]> {
  const behind = from.services.flatMap((key) => model.services.get(key)?.endpoints.candidates ?? []);
  const pods = [...new Set([...from.pods, ...behind.filter(({ included }) => included).map(({ pod }) => pod)])];
  const { parties, finished } = yield* partiesOf(model, index, { ...from, pods });
  sayFinished(finished, gathered);
  return parties;
}

function sayFinished(finished: readonly ModelPod[], { steps }: Gathered): void {
  for (const pod of finished) {
    const message = `Pod ${pod.namespace}/${pod.name} has finished (${pod.phase.value}): it neither sends nor receives`;
    steps.push({ stage: 'endpoints', outcome: 'excluded', reason: 'FINISHED_POD', message, object: pod.ref, pointer: '/status/phase' });
  }
}

function* destinationsOf(
  model: NetworkModel,
  index: PolicyIndex,
  question: PolicyQuestion,
  port: AskedPort,
  gathered: Gathered,
): Steps<Result<readonly Destination[], Problem>> {
  const { to, protocol } = question;
  const { parties, finished } = yield* partiesOf(model, index, to);
  sayFinished(finished, gathered);
  warnOfNodePort(model, question, port, gathered);
  const direct = parties.flatMap((party): readonly Destination[] => {
    const asked = askedAt(party.class.endpoint, protocol, port);
    if (asked) return [{ class: party.class, members: party.members, asked, via: question.via }];
    const message = `${party.members[0]?.owner ?? 'the destination'} has no container port named \`${port ?? ''}\``;
    gathered.steps.push({ stage: 'endpoints', outcome: 'excluded', reason: 'PORT_NOT_OFFERED', message });
    return [];
  });
  const behind: Destination[] = [];
  for (const key of to.services) {
    const service = model.services.get(key);
    if (!service) continue;
    const found = behindService(model, index, service, question, port, gathered);
    if (!found.ok) return found;
    behind.push(...found.value);
  }
  if (typeof port === 'string' && direct.length === 0 && behind.length === 0 && parties.length > 0) {
    return err(
      unknownPortName(
        port,
        parties.map((party) => party.class.endpoint),
      ),
    );
  }
  return ok([...direct, ...behind]);
}

function behindService(
  model: NetworkModel,
  index: PolicyIndex,
  service: ModelService,
  { protocol }: PolicyQuestion,
  port: AskedPort,
  gathered: Gathered,
): Result<readonly Destination[], Problem> {
  const name = `Service ${service.namespace}/${service.name}`;
  if (service.resource.type === 'ExternalName') {
    const message = `${name} stands for the name \`${service.resource.externalName ?? ''}\`: ask for the addresses behind it (\`ip/…\`, \`cidr/…\`)`;
    gathered.steps.push({
      stage: 'service',
      outcome: 'info',
      reason: 'SERVICE_ALIAS',
      message,
      object: service.ref,
      pointer: '/spec/externalName',
    });
    gathered.insufficient = true;
    return ok([]);
  }
  const found = serviceTargets(model, index, service, protocol, port);
  if (!found.ok) return found;
  const targets = found.value.filter(({ member }) => member.pod === undefined || !isOut(model, member.pod));
  if (targets.length === 0) {
    const message = `${name} has no ready endpoint: there is nothing behind it to judge`;
    gathered.steps.push({ stage: 'service', outcome: 'no-match', reason: 'SERVICE_WITHOUT_ENDPOINTS', message, object: service.ref });
  }
  const destinations = grouped(targets);
  for (const { via, members, asked } of destinations) {
    const message = `${via} → ${formatConnections(asked)} of ${partyWords(members)}, ${members.length} endpoint${members.length === 1 ? '' : 's'}`;
    gathered.steps.push({
      stage: 'service',
      outcome: 'info',
      reason: 'SERVICE_TARGET',
      message,
      object: service.ref,
      provenance: service.endpoints.source === 'derived' ? 'derived' : 'observed',
    });
  }
  return ok(destinations);
}

function grouped(targets: readonly ServiceTarget[]): readonly Destination[] {
  const groups = new Map<string, Destination & { members: ServiceTarget['member'][] }>();
  for (const { class: one, member, asked, via, front } of targets) {
    const key = `${one.id} ${via} ${formatConnections(asked)}`;
    const known = groups.get(key);
    if (!known) groups.set(key, { class: one, members: [member], asked, via, front });
    else if (!known.members.some(({ name }) => name === member.name)) known.members.push(member);
  }
  return [...groups.values()];
}

/** A node port is a service in disguise: the pods behind it have policies, the node has none. */
function warnOfNodePort(model: NetworkModel, { to }: PolicyQuestion, port: AskedPort, { warnings }: Gathered): void {
  if (to.nodes.length === 0 || typeof port !== 'number') return;
  for (const service of model.services.values()) {
    if (!service.nodePorts.some((nodePort) => nodePort?.value === port)) continue;
    const name = `${service.namespace}/${service.name}`;
    const message = `port ${port} of a node is the node port of Service ${name}: ask for \`svc/${name}\` to judge the pods behind it`;
    warnings.push({ code: 'NODE_PORT', message });
  }
}

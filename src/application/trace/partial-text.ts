import type { FlowView } from '../../core/services/service-question.js';
import type { PacketTarget } from './packet-stage.js';
import type { TraceStages } from './trace-stages.js';

/** How many names a sentence lists. */
const MOST_NAMED = 2;

/** Which share of a request's packets arrives, and where the others fail: `2 of 3 endpoints answer (67 % of connections), 10.244.2.6:8080 does not`. */
export function partialText(stages: TraceStages, why: string | undefined): string | undefined {
  const parts = [byNodes(stages), byEndpoints(stages), byPods(stages)].flatMap((part) => part ?? []);
  if (parts.length === 0) return why;
  return why === undefined || isTold(stages, parts, why) ? parts.join('; ') : `${parts.join('; ')}: ${why}`;
}

/** Whether the parts say so already, or why says what they say of a node. */
function isTold({ packet }: TraceStages, parts: readonly string[], why: string): boolean {
  const messages = packet?.answer.result.flows.map(({ message }) => message) ?? [];
  return parts.some((part) => part.includes(why) || messages.some((message) => part.includes(message) && why.includes(message)));
}

/** `by node a it arrives; by node b it fails, for …`: what a packet meets depends on where it enters. */
function byNodes({ packet }: TraceStages): string | undefined {
  const flows = packet?.answer.result.flows ?? [];
  const failing = flows.filter(({ verdict }) => verdict === 'DROP' || verdict === 'REJECT');
  const [first] = failing;
  if (!first || failing.length === flows.length) return undefined;
  const good = nodesOf(flows.filter((flow) => !failing.includes(flow)));
  const bad = nodesOf(failing);
  const all = new Set([...good, ...bad]).size;
  return `it arrives by ${good.length} of ${all} nodes (${listed(good)}); by ${bad.length === 1 ? 'node ' : ''}${listed(bad)} it fails, because ${first.message}`;
}

function nodesOf(flows: readonly FlowView[]): readonly string[] {
  return [...new Set(flows.flatMap(({ nodes }) => nodes))];
}

/** Endpoints that policies let the sender reach, and those that they do not. */
function byEndpoints({ paths }: TraceStages): string | undefined {
  const of = (...verdicts: readonly string[]) =>
    paths.filter(({ answer }) => verdicts.includes(answer.verdict)).flatMap(({ targets }) => targets);
  const [answering, failing] = [of('ALLOWED'), of('DENIED')];
  const all = paths.flatMap(({ targets }) => targets);
  if (failing.length === 0 || answering.length === 0) return undefined;
  const share = Math.round(100 * answering.reduce((sum, { probability }) => sum + probability, 0));
  const does = failing.length === 1 ? 'does not' : 'do not';
  return `${answering.length} of ${all.length} endpoints answer, ${share} % of connections (${listed(answering.map(targetName))}); ${listed(failing.map(targetName))} ${does}`;
}

function targetName({ endpoint, pod }: PacketTarget): string {
  return pod === null ? endpoint : `${endpoint} (${pod})`;
}

function byPods({ loopback }: TraceStages): string | undefined {
  if (!loopback) return undefined;
  const offering = loopback.steps.filter(({ outcome }) => outcome === 'match').length;
  return `${offering} of ${loopback.steps.length} senders offer the port themselves; ${loopback.message}`;
}

function listed(names: readonly string[]): string {
  const rest = names.length - MOST_NAMED;
  return rest > 0 ? `${names.slice(0, MOST_NAMED).join(', ')} and ${rest} more` : names.join(', ');
}

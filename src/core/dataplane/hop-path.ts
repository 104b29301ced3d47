import type { Answer, Note } from '../kernel/answer.js';
import { uniqueNotes } from '../kernel/answer.js';
import type { EvidenceStep } from '../kernel/evidence.js';
import { Trail } from '../kernel/evidence.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { NetworkModel } from '../model/network-model.js';
import type { ResolvedEndpoints } from '../model/resolved-endpoints.js';
import { formatIp, type Ip, type IpFamily } from '../net/ip.js';
import type { Protocol } from '../net/protocol.js';
import { type AskedEnd, askedEnd, endView, familiesOf, isPlace, type NoPlace, placeOf } from './internal/ends.js';
import { Journey } from './internal/journey.js';
import type { JourneyEnds } from './internal/journey-ends.js';
import { journeyNotes } from './internal/journey-notes.js';
import { hostPortTurn } from './internal/host-port-turn.js';
import { serviceTurn, type ServiceTurn } from './internal/service-turn.js';
import { wayOf } from './internal/stage.js';
import { Underlay } from './internal/underlay.js';
import { clusterMode } from './cluster-mode.js';
import { clusterMtu } from './cluster-mtu.js';
import type { PathResult, PathVerdict } from './path-result.js';

/** From whom, to whom. */
export interface PathQuestion {
  /** A pod, a node, or somebody outside; of several the first stands for all. */
  readonly from: ResolvedEndpoints;
  /** The same, or a service. */
  readonly to: ResolvedEndpoints;
  /** The very address that `to` names. */
  readonly toIP: Ip | undefined;
  readonly fromIP: Ip | undefined;
  /** Number or name; needed for services with several ports, and for node ports. */
  readonly port: string | undefined;
  readonly protocol: Protocol | undefined;
  /** Undefined: the first that both ends have. */
  readonly family: IpFamily | undefined;
  /** `ip:port` of the endpoint of the service that is to be looked at. */
  readonly endpoint: string | undefined;
}

/** The way of a packet, explained. */
export type PathAnswer = Answer<PathVerdict, PathResult>;

/**
 * The way of a packet and of its reply, hop by hop: devices, namespaces, addresses before and after each translation, what is around it, and the largest packet that
 * passes. What policies say of it is not asked (`policy-verdict`, `trace`). Fails with `invalid-request`.
 */
export function hopPath(model: NetworkModel, question: PathQuestion): Result<PathAnswer, Problem> {
  const from = askedEnd(model, question.from, question.fromIP);
  if (!from.end) return err(invalid('/from', `\`${question.from.selector}\` names nobody who could send`));
  const asked = askedEnd(model, question.to, question.toIP);
  const family = question.family ?? commonFamily(model, from.end, asked.end);
  const underlay = new Underlay(model);
  const start = placeOf(model, underlay, from.end, family);
  const sourceIP = isPlace(start) ? start.ip : question.fromIP;
  const byService = serviceTurn(model, { ...question, sourceIP, destinationIP: question.toIP });
  if (!byService.ok) return byService;
  const turn = ok(byService.value ?? hostPortTurn(model, { ...question, family, sourceIP, destinationIP: question.toIP }));
  const unknown = checkEndpoint(question, turn.value);
  if (unknown) return err(unknown);
  const end = turn.value ? turn.value.end : asked.end;
  if (!turn.value && !end) return err(invalid('/to', `\`${question.to.selector}\` names nobody who could receive`));
  const target = end && placeOf(model, underlay, end, family);
  const notes = [...from.notes, ...(turn.value ? [] : asked.notes)];
  const about: About = { model, question, family, from: from.end, end, turn: turn.value, notes };
  if (!isPlace(start)) return ok(nowhere(about, start));
  if (turn.value && !turn.value.endpoint) return ok(refused(about, turn.value));
  if (!target || !isPlace(target)) return ok(nowhere(about, target ?? { reason: 'NO_ADDRESS', message: 'the receiver is not known' }));
  return ok(
    travelled(about, {
      model,
      underlay,
      family,
      from: start,
      to: target,
      turn: turn.value?.translates ? turn.value : undefined,
      asked: turn.value,
      protocol: protocolOf(about),
      port: portOf(about),
    }),
  );
}

/** What a path is about, whatever becomes of it. */
interface About {
  readonly model: NetworkModel;
  readonly question: PathQuestion;
  readonly family: IpFamily;
  readonly from: AskedEnd;
  readonly end: AskedEnd | undefined;
  readonly turn: ServiceTurn | undefined;
  readonly notes: readonly Note[];
}

function commonFamily({ profile }: NetworkModel, from: AskedEnd, to: AskedEnd | undefined): IpFamily {
  const [own, other] = [familiesOf(from), to ? familiesOf(to) : []];
  const usable = (family: IpFamily) => (own.length === 0 || own.includes(family)) && (other.length === 0 || other.includes(family));
  return [...own, ...other, ...profile.ipFamilies].find(usable) ?? profile.ipFamilies[0] ?? 4;
}

function checkEndpoint({ endpoint }: PathQuestion, turn: ServiceTurn | undefined): Problem | undefined {
  if (endpoint === undefined) return undefined;
  if (turn?.endpoint?.endpoint === endpoint) return undefined;
  const known = turn?.endpoints.map((one) => one.endpoint) ?? [];
  return invalid(
    '/endpoint',
    `\`${endpoint}\` is no endpoint that the packet may be sent to: ${known.length === 0 ? 'there is none' : known.slice(0, 10).join(', ')}`,
  );
}

function protocolOf({ question, turn }: About): Protocol {
  return turn?.destination.protocol ?? question.protocol ?? 'TCP';
}

function portOf({ question, turn }: About): number | null {
  const asked = turn?.translates === false ? turn.endpoint?.port : turn?.destination.port;
  const port = asked ?? Number(question.port ?? Number.NaN);
  return Number.isInteger(port) ? port : null;
}

/** What an answer has, whatever becomes of the packet. */
function bareResult(about: About): PathResult {
  const { model, family, from, end, question } = about;
  const empty = wayOf([]);
  return {
    from: endView(from, undefined, question.from.selector),
    to: endView(end, undefined, question.to.selector),
    protocol: protocolOf(about),
    port: portOf(about),
    family,
    relation: 'outside',
    cni: model.profile.cni.plugin,
    mode: clusterMode(model).mode,
    podMtu: clusterMtu(model, family).podMtu,
    forward: empty,
    reply: empty,
    sourceSeen: null,
    otherEndpoints: [],
  };
}

function nowhere(about: About, { reason, message }: NoPlace): PathAnswer {
  return answer(about, 'UNKNOWN', bareResult(about), [{ stage: 'ends', outcome: 'no-match', reason, message }], message);
}

function refused(about: About, { said }: ServiceTurn): PathAnswer {
  const step: EvidenceStep = { stage: 'service', outcome: 'deny', reason: 'SERVICE_REFUSED', message: said.summary };
  const verdict = said.verdict === 'UNKNOWN' ? 'UNKNOWN' : said.verdict === 'NONE' ? 'NO_ROUTE' : 'REFUSED';
  return answer(about, verdict, bareResult(about), [step], said.summary);
}

function travelled(about: About, ends: JourneyEnds): PathAnswer {
  const journey = Journey.of(ends);
  const notes = journeyNotes(ends, journey);
  const { forward, reply, relation } = journey;
  const others = about.turn?.endpoints.filter((one) => one !== about.turn?.endpoint) ?? [];
  const result: PathResult = {
    ...bareResult(about),
    from: endView(about.from, { ...ends.from, ip: journey.sent.source }, about.question.from.selector),
    to: endView(about.end, ends.to, about.question.to.selector),
    relation,
    mode: journey.carriage?.mode ?? clusterMode(about.model).mode,
    forward,
    reply,
    sourceSeen: notes.verdict === 'NO_ROUTE' && reply.hops.length === 0 ? null : formatIp(journey.arrives.source),
    otherEndpoints: others.map(({ endpoint }) => endpoint),
  };
  return answer(
    { ...about, notes: [...about.notes, ...notes.assumptions] },
    notes.verdict,
    result,
    notes.steps,
    notes.message,
    notes.warnings,
  );
}

function answer(
  { model, turn, notes, question, from, end }: About,
  verdict: PathVerdict,
  result: PathResult,
  steps: readonly EvidenceStep[],
  message: string,
  warnings: readonly Note[] = [],
): PathAnswer {
  const trail = new Trail();
  for (const step of steps) trail.add(step);
  const { assumed } = clusterMode(model);
  const assumptions = uniqueNotes([
    ...(assumed ? [assumed] : []),
    ...notes,
    ...(turn?.said.assumptions ?? []),
    ...podAssumptions(model, [from, end]),
  ]);
  return {
    verdict,
    summary: `${question.from.selector} → ${question.to.selector}: ${verdict}, ${message}`,
    result,
    evidence: trail.list(),
    assumptions,
    warnings: uniqueNotes(warnings),
    confidence: verdict === 'UNKNOWN' ? 'INSUFFICIENT_INFO' : assumptions.length > 0 ? 'ASSUMED' : 'CERTAIN',
    enforcement: null,
  };
}

/** What the model assumes of pods that it derives from workloads. */
const PODS_ASSUMED: ReadonlySet<string> = new Set(['NODE_PLACEMENT', 'POD_ADDRESSES', 'PODS_WITHOUT_ADDRESS']);

function podAssumptions(model: NetworkModel, ends: readonly (AskedEnd | undefined)[]): readonly Note[] {
  const isDerived = ends.some((end) => end?.kind === 'pod' && end.pod.provenance === 'derived');
  return isDerived ? model.assumptions.filter(({ code }) => PODS_ASSUMED.has(code)) : [];
}

function invalid(pointer: string, message: string): Problem {
  return problem('invalid-request', message, { errors: [{ pointer, code: 'invalid-value', message }] });
}

import { type Answer, type Note, uniqueNotes } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import type { Problem } from '../kernel/problem.js';
import { ok, type Result } from '../kernel/result.js';
import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import type { ProxyComparison, ComparedProxy, ProxyAspect, ProxyDifference, ProxyVerdict, SourceKind } from './proxy-comparison.js';
import { resolveService } from './resolve-service.js';
import type { ServiceQuestion, ServiceResult, ServiceVerdict } from './service-question.js';

/** The cluster as it is under a service proxy. */
export interface ProxyCase {
  /** `iptables`, `cilium` … */
  readonly proxy: string;
  readonly model: NetworkModel;
}

type ServiceAnswer = Answer<ServiceVerdict, ServiceResult>;

/**
 * How the same packet fares under other service proxies than the cluster's own, the first: where the verdict, the endpoints or the address that they see differ, it is
 * said. Fails with the problems of `resolve-service`.
 */
export function* compareProxies(
  [own, ...others]: readonly [ProxyCase, ...ProxyCase[]],
  question: ServiceQuestion,
): Steps<Result<Answer<ProxyVerdict, ProxyComparison>, Problem>> {
  const answered = resolveService(own.model, question);
  if (!answered.ok) return answered;
  const first = faring(own.proxy, answered.value);
  const proxies = [first];
  const warnings: Note[] = [...answered.value.warnings];
  for (const { proxy, model } of others) {
    yield;
    const other = resolveService(model, question);
    if (!other.ok) return other;
    warnings.push(...other.value.warnings.filter(({ code }) => code === 'ADDRESS_SHARED'));
    const faredOther = faring(proxy, other.value);
    proxies.push({ ...faredOther, differences: differences(first, faredOther) });
  }
  return ok(answerOf(answered.value, proxies, uniqueNotes(warnings)));
}

/** What an answer comes to, as far as proxies may differ in it. */
interface Faring extends ComparedProxy {
  /** Every verdict of a flow: of several, the node decides. */
  readonly verdicts: readonly ServiceVerdict[];
  /** Of each endpoint, what it sees from some node. */
  readonly seen: ReadonlyMap<string, SourceKind>;
  readonly shares: ReadonlyMap<string, number>;
}

function faring(proxy: string, { verdict, result, evidence }: ServiceAnswer): Faring {
  const { flows, endpoints } = result;
  const decisive = flows.find((flow) => flow.verdict === verdict);
  const seen = new Map<string, SourceKind>();
  for (const flow of flows) {
    for (const endpoint of flow.endpoints) {
      const kind = flow.masqueraded.includes(endpoint) ? 'node' : 'sender';
      const known = seen.get(endpoint);
      seen.set(endpoint, known === undefined || known === kind ? kind : 'both');
    }
  }
  return {
    proxy,
    verdict,
    message: decisive?.message ?? evidence[0]?.message ?? '',
    endpoints: endpoints.map(({ endpoint }) => endpoint),
    source: sourceOf([...seen.values()]),
    sourceSeen: result.sourceSeen,
    differences: [],
    verdicts: [...new Set([verdict, ...flows.map((flow) => flow.verdict)])],
    seen,
    shares: new Map(endpoints.map(({ endpoint, probability }) => [endpoint, probability])),
  };
}

function sourceOf(kinds: readonly SourceKind[]): SourceKind | null {
  const [first] = kinds;
  if (first === undefined) return null;
  return kinds.every((kind) => kind === first) ? first : 'both';
}

function differences(own: Faring, other: Faring): readonly ProxyDifference[] {
  const found: ProxyDifference[] = [];
  const tell = (aspect: ProxyAspect, message: string) => found.push({ aspect, message });
  if (verdictText(own) !== verdictText(other)) tell('verdict', `${verdictText(other)} instead of ${verdictText(own)}: ${other.message}`);
  if (own.endpoints.length > 0 && other.endpoints.length > 0) {
    if (!haveAlike(own, other)) tell('endpoints', `${endpointsText(other)} instead of ${endpointsText(own)}`);
    if (!seeAlike(own, other)) tell('source', `endpoints see ${sourceText(other)} instead of ${sourceText(own)}`);
  }
  return found;
}

/** Two sums of the same parts, taken in another order. */
const NEXT_TO_NOTHING = 1e-9;

function haveAlike({ shares }: Faring, other: Faring): boolean {
  const isAlike = ([endpoint, share]: [string, number]) => Math.abs(share - (other.shares.get(endpoint) ?? 2)) < NEXT_TO_NOTHING;
  return shares.size === other.shares.size && [...shares].every(isAlike);
}

function seeAlike({ seen }: Faring, other: Faring): boolean {
  return [...seen].every(([endpoint, kind]) => (other.seen.get(endpoint) ?? kind) === kind);
}

function verdictText({ verdicts }: Faring): string {
  const texts = [...verdicts].sort();
  return texts.length > 1 ? `${texts.join(' or ')} (the node decides)` : texts.join('');
}

/** How many endpoints a sentence lists. */
const MOST_NAMED = 3;

function endpointsText({ shares }: Faring): string {
  const named = [...shares].slice(0, MOST_NAMED).map(([endpoint, share]) => `${endpoint} (${Math.round(100 * share)} %)`);
  const rest = shares.size - named.length;
  return rest > 0 ? `${named.join(', ')} and ${rest} more` : named.join(', ');
}

function sourceText({ source, sourceSeen }: Faring): string {
  if (source === 'both') return 'now the address of the sender, now that of a node,';
  const whose = source === 'node' ? 'the address of the node' : 'the address of the sender';
  return sourceSeen === null ? whose : `${whose}, ${sourceSeen}`;
}

function answerOf(own: ServiceAnswer, proxies: readonly ComparedProxy[], warnings: readonly Note[]): Answer<ProxyVerdict, ProxyComparison> {
  const unlike = proxies.filter((one) => one.differences.length > 0);
  const assumptions = uniqueNotes([...own.assumptions, OTHER_SETTINGS]);
  const trail = new Trail();
  for (const { proxy, differences: found, verdict, message } of proxies) {
    const parent = trail.add({
      stage: 'proxy',
      outcome: found.length === 0 ? 'match' : 'no-match',
      reason: found.length === 0 ? 'PROXY_ALIKE' : 'PROXY_DIFFERS',
      message: `${proxy}: ${verdict}, ${message}`,
      provenance: 'derived',
    });
    for (const difference of found)
      trail.add({ stage: difference.aspect, outcome: 'info', reason: 'PROXY_DIFFERS', message: difference.message, parent });
  }
  return {
    verdict: unlike.length === 0 ? 'ALIKE' : 'DIFFERENT',
    summary: `${own.summary}; ${summaryOf(proxies, unlike)}`,
    result: { service: own.result.service, proxies: proxies.map(shown) },
    evidence: trail.list(),
    assumptions,
    warnings,
    confidence: own.confidence === 'INSUFFICIENT_INFO' ? own.confidence : 'ASSUMED',
    enforcement: null,
  };
}

const OTHER_SETTINGS: Note = {
  code: 'OTHER_PROXY_SETTINGS',
  message: 'other proxies are taken to have the settings of this cluster as far as they share them, else their defaults',
};

function shown({ proxy, verdict, message, endpoints, source, sourceSeen, differences: found }: ComparedProxy): ComparedProxy {
  return { proxy, verdict, message, endpoints, source, sourceSeen, differences: found };
}

function summaryOf([own, ...others]: readonly ComparedProxy[], unlike: readonly ComparedProxy[]): string {
  const alike = others.filter((one) => !unlike.includes(one)).map(({ proxy }) => proxy);
  const same = alike.length === 0 ? [] : [`${inWords(alike)} ${alike.length === 1 ? 'answers' : 'answer'} as ${own?.proxy ?? ''} does`];
  const other = unlike.map(({ proxy, differences: found }) => `${proxy}: ${found[0]?.message ?? ''}`);
  return [...same, ...other].join('; ');
}

/** `a`, `a and b`, `a, b and c`. */
function inWords(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${last}` : last;
}

import type { RouteBackend, RouteResult } from '../../core/ingress/route-result.js';
import type { EvidenceStep } from '../../core/kernel/evidence.js';
import type { Note } from '../../core/kernel/answer.js';
import { firstFew } from '../../core/kernel/first-few.js';
import { inMap } from '../../core/kernel/in-map.js';
import type { Steps } from '../../core/kernel/steps.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { ResolvedEndpoints } from '../../core/model/resolved-endpoints.js';
import type { Protocol } from '../../core/net/protocol.js';
import { policyVerdict } from '../../core/policy/policy-verdict.js';
import { receivers } from '../policy/receivers.js';
import type { FoundProxies, RouteProxies } from './route-proxies.js';

/** Whether policies let the proxies reach a backend. */
export const PASSAGE_VERDICTS = ['ALLOWED', 'DENIED', 'MIXED', 'UNKNOWN'] as const;

/** One of {@link PASSAGE_VERDICTS}; `MIXED`: some proxies, or some endpoints, and not others. */
export type PassageVerdict = (typeof PASSAGE_VERDICTS)[number];

/** What policies make of the connections to one backend. */
export interface PassedBackend {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  readonly verdict: PassageVerdict;
  /** One line that names the rules. */
  readonly message: string;
  /** Endpoints that not every connection reaches, the first few by name. */
  readonly refused: readonly string[];
}

/** The way from the pods that serve requests to the endpoints they are sent to (ingress.md §1, the end of the pipeline). */
export interface RoutePassage {
  readonly verdict: PassageVerdict;
  /** Why it is not known; else the first backend that is refused, or who is let through. */
  readonly message: string;
  /** The workload whose pods send; null where it is not known. */
  readonly from: string | null;
  readonly pods: number;
  readonly backends: readonly PassedBackend[];
}

/** A passage, and what the answer tells of it beside the result. */
export interface JudgedPassage {
  /** Null: nothing is sent to a backend. */
  readonly passage: RoutePassage | null;
  readonly steps: readonly EvidenceStep[];
  readonly warnings: readonly Note[];
}

const NO_PASSAGE: JudgedPassage = { passage: null, steps: [], warnings: [] };
/** Up to how many refused endpoints are named. */
const MOST_REFUSED = 10;

/** What policies made of the way to backends, as far as somebody has asked: as long as the model and its proxies are kept. */
const asked = new WeakMap<RouteProxies, Map<string, PassedBackend>>();

/** Asks the policy engine whether the proxies reach the endpoints of each backend; of one backend once per model. Yields often. */
export function* judgePassage(
  model: NetworkModel,
  result: Pick<RouteResult, 'backends'>,
  proxies: FoundProxies,
  protocol: Protocol,
): Steps<JudgedPassage> {
  const backends = result.backends.filter(({ endpoints, share }) => endpoints.length > 0 && share > 0);
  if (backends.length === 0) return NO_PASSAGE;
  if ('unknown' in proxies) return unknown(proxies.unknown);
  const passed: PassedBackend[] = [];
  for (const backend of backends) passed.push(yield* passedBackend(model, proxies, backend, protocol));
  return conclude(proxies, passed);
}

function unknown(why: string): JudgedPassage {
  const message = `whether policies let the proxy reach the endpoints is not known: ${why}`;
  return {
    passage: { verdict: 'UNKNOWN', message, from: null, pods: 0, backends: [] },
    steps: [{ stage: 'passage', outcome: 'info', reason: 'PROXY_PODS_UNKNOWN', message }],
    warnings: [],
  };
}

function* passedBackend(model: NetworkModel, proxies: RouteProxies, backend: RouteBackend, protocol: Protocol): Steps<PassedBackend> {
  const { namespace, service, port, endpoints } = backend;
  // The cookie of a session may lead to one endpoint alone.
  const key = `${protocol} ${namespace}/${service}:${port} ${endpoints.length} ${endpoints[0]?.address ?? ''}`;
  const known = inMap(asked, proxies, () => new Map<string, PassedBackend>());
  const before = known.get(key);
  if (before) return before;
  const passed = yield* askPolicies(model, proxies, backend, protocol);
  known.set(key, passed);
  return passed;
}

function* askPolicies(
  model: NetworkModel,
  { pods, name }: RouteProxies,
  { namespace, service, port, endpoints }: RouteBackend,
  protocol: Protocol,
): Steps<PassedBackend> {
  const about = { namespace, service, port };
  const from: ResolvedEndpoints = { selector: name, pods: pods.map(({ id }) => id), nodes: [], ranges: [], services: [], port: undefined };
  const verdicts = new Set<PassageVerdict>();
  const messages: string[] = [];
  const refused: string[] = [];
  for (const target of new Set(endpoints.map((endpoint) => endpoint.port))) {
    const targets = endpoints.filter((endpoint) => endpoint.port === target).map(({ address: ip, pod }) => ({ ip, pod }));
    const to = receivers(model, targets, `${namespace}/${service}:${port}`);
    const answer = yield* policyVerdict(model, { from, to, protocol, port: String(target) });
    if (!answer.ok) return { ...about, verdict: 'UNKNOWN', message: answer.error.message, refused: [] };
    const { verdict, summary, result } = answer.value;
    if (verdict === 'NO_ENDPOINT') continue;
    verdicts.add(verdict);
    messages.push(summary);
    if (verdict !== 'ALLOWED') refused.push(...result.cases.filter((one) => one.verdict !== 'ALLOWED').flatMap((one) => one.to.names));
  }
  const names = [...new Set(refused)].slice(0, MOST_REFUSED);
  return { ...about, verdict: together(verdicts), message: messages.join('; ') || 'there is nothing to judge', refused: names };
}

function together(verdicts: ReadonlySet<PassageVerdict>): PassageVerdict {
  const [only] = verdicts;
  if (only === undefined || verdicts.has('UNKNOWN')) return 'UNKNOWN';
  return verdicts.size === 1 ? only : 'MIXED';
}

const OUTCOMES = { ALLOWED: 'allow', DENIED: 'deny', MIXED: 'pass', UNKNOWN: 'info' } as const;
const REASONS = {
  ALLOWED: 'PASSAGE_ALLOWED',
  DENIED: 'PASSAGE_DENIED',
  MIXED: 'PASSAGE_MIXED',
  UNKNOWN: 'PASSAGE_UNKNOWN',
} as const satisfies Readonly<Record<PassageVerdict, string>>;

function conclude({ name, pods }: RouteProxies, backends: readonly PassedBackend[]): JudgedPassage {
  const verdict = together(new Set(backends.map((one) => one.verdict)));
  const worst = backends.filter((one) => one.verdict !== 'ALLOWED');
  const message = worst[0]?.message ?? `${name} may reach ${firstFew(backends.map(nameOf), 3)}`;
  const steps = backends.map((one): EvidenceStep => ({
    stage: 'passage',
    outcome: OUTCOMES[one.verdict],
    reason: REASONS[one.verdict],
    message: one.message,
  }));
  const warnings = worst
    .filter((one) => one.verdict !== 'UNKNOWN')
    .map((one) => ({
      code: REASONS[one.verdict],
      message: `policies let ${name} reach ${nameOf(one)} ${one.verdict === 'DENIED' ? 'nowhere' : 'in part'}: ${one.message}`,
    }));
  return { passage: { verdict, message, from: name, pods: pods.length, backends }, steps, warnings };
}

function nameOf({ namespace, service, port }: PassedBackend): string {
  return `${namespace}/${service}:${port}`;
}

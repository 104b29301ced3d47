import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { RouteFilter } from '../../../resources/gateway-route.js';
import type { RouteRequest } from '../../route-request.js';
import type { NearMiss, ResponseHeaderChange, RouteBackend, RouteMirror, RouteResult, RouteVerdict } from '../../route-result.js';
import { resolveBackend } from './backend-references.js';
import { corsHeaders, isPreflight } from './cors.js';
import { forwardRequest, redirectOf } from './forward-request.js';
import type { HTTPCandidate } from './http-candidates.js';
import type { ReadRequest } from './http-match.js';
import { type WeightedBackends, weightedBackends } from './weighted-backends.js';

/** What a rule does with a request. */
export interface RuleOutcome {
  readonly candidate: HTTPCandidate;
  readonly verdict: RouteVerdict;
  readonly status: number | null;
  readonly why: string;
  readonly backends: readonly RouteBackend[];
  readonly errorShare: number;
  readonly forwarded: RouteResult['forwarded'];
  readonly redirect: RouteResult['redirect'];
  readonly mirrors: readonly RouteMirror[];
  readonly responseHeaders: readonly ResponseHeaderChange[];
  readonly nearMisses: readonly NearMiss[];
  readonly steps: readonly EvidenceStep[];
}

/** Takes a request through the filters and to the backends of the rule that was chosen (rules G25 to G33). */
export function followRule(
  model: NetworkModel,
  candidate: HTTPCandidate,
  request: RouteRequest,
  read: ReadRequest,
  port: number,
): RuleOutcome {
  const { route, rule, match } = candidate;
  const steps = rule.filters.map((filter) => filterStep(candidate, filter));
  const way = `${route.kind} ${route.namespace}/${route.ref.name} (${match.type} ${match.value})`;
  const plain = {
    candidate,
    backends: [],
    errorShare: 0,
    forwarded: null,
    redirect: null,
    mirrors: [],
    responseHeaders: responseChanges(rule.filters, read),
    nearMisses: [],
    steps,
  };
  const odd = rule.filters.find(({ type }) => type === 'unknown');
  if (odd) return { ...plain, verdict: 'UNDEFINED', status: null, why: `${way} → a filter of an implementation decides (${odd.pointer})` };
  if (rule.filters.some(({ type }) => type === 'CORS') && isPreflight(read))
    return { ...plain, verdict: 'PREFLIGHT', status: 204, why: `${way} → the gateway answers the preflight: 204` };
  const redirecting = rule.filters.find((filter) => filter.type === 'RequestRedirect');
  if (redirecting) {
    const redirect = redirectOf(request, redirecting, port, match.path);
    return {
      ...plain,
      verdict: 'REDIRECTED',
      status: redirect.status,
      redirect,
      why: `${way} → ${redirect.status} to ${redirect.location}`,
    };
  }
  return { ...plain, ...toBackends(model, candidate, request, steps, way) };
}

/** What the backends of a rule make of a request. */
function toBackends(model: NetworkModel, candidate: HTTPCandidate, request: RouteRequest, steps: readonly EvidenceStep[], way: string) {
  const { route, rule, match } = candidate;
  const weighted = weightedBackends(model, route, rule);
  const [verdict, status, end] = endOf(weighted, rule.backends.length);
  const served = verdict === 'ROUTED';
  return {
    verdict,
    status,
    why: `${way} → ${end}`,
    backends: weighted.backends,
    errorShare: weighted.errorShare,
    forwarded: served ? forwardRequest(request, rule.filters, match.path) : null,
    mirrors: mirrorsOf(model, candidate),
    nearMisses: weighted.nearMisses,
    steps: [...steps, ...weighted.steps],
  };
}

function endOf({ backends, errorShare }: WeightedBackends, count: number): readonly [RouteVerdict, number | null, string] {
  if (count === 0) return ['NO_BACKEND', 500, 'the rule has no backend: 500'];
  if (errorShare === 1) return ['NO_BACKEND', 500, 'no backend of the rule can be used: 500'];
  const taking = backends.filter(({ share }) => share > 0);
  const ready = taking.filter(({ endpoints }) => endpoints.length > 0);
  const names = (list: readonly RouteBackend[]) =>
    list
      .map(({ namespace, service, port, share }) => `${namespace}/${service}:${port}${share === 1 ? '' : ` (${percent(share)})`}`)
      .join(', ');
  if (ready.length === 0) return ['NO_ENDPOINTS', 503, `${names(taking)} → no ready endpoint: 503`];
  const rest = errorShare > 0 ? `; ${percent(errorShare)} get 500` : '';
  return ['ROUTED', null, `${names(taking)}${rest}`];
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(2))} %`;
}

function mirrorsOf(model: NetworkModel, { route, rule }: HTTPCandidate): readonly RouteMirror[] {
  return rule.filters.flatMap((filter): readonly RouteMirror[] => {
    if (filter.type !== 'RequestMirror' || !filter.backend) return [];
    const resolved = resolveBackend(model, route, filter.backend);
    if (!resolved.ok) return []; // skipped, and told by ResolvedRefs (rule G32)
    const { service, port } = resolved;
    return [{ namespace: service.namespace, service: service.name, port: port.port, percent: filter.percent }];
  });
}

function responseChanges(filters: readonly RouteFilter[], request: ReadRequest): readonly ResponseHeaderChange[] {
  return filters.flatMap((filter): readonly ResponseHeaderChange[] => {
    if (filter.type === 'CORS') return corsHeaders(filter, request).map(([name, value]) => ({ action: 'set', name, value }));
    if (filter.type !== 'ResponseHeaderModifier') return [];
    const { set, add, remove } = filter.headers;
    return [
      ...set.map(([name, value]): ResponseHeaderChange => ({ action: 'set', name, value })),
      ...add.map(([name, value]): ResponseHeaderChange => ({ action: 'add', name, value })),
      ...remove.map((name): ResponseHeaderChange => ({ action: 'remove', name, value: null })),
    ];
  });
}

function filterStep({ route }: HTTPCandidate, filter: RouteFilter): EvidenceStep {
  const known = filter.type !== 'unknown';
  return {
    stage: 'filter',
    outcome: known ? 'match' : 'info',
    reason: known ? 'FILTER_APPLIED' : 'FILTER_UNKNOWN',
    message: known ? `filter ${filter.type} is applied` : `what the filter \`${filter.name}\` does is up to the implementation`,
    object: route.ref,
    pointer: filter.pointer,
  };
}

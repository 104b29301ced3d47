import type { RouteResult, RouteVerdict } from '../../core/ingress/route-result.js';
import type { Answer } from '../../core/kernel/answer.js';
import { type Citation, type Evidence, type EvidenceStep, Trail } from '../../core/kernel/evidence.js';
import type { Steps } from '../../core/kernel/steps.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { Protocol } from '../../core/net/protocol.js';
import { type Arriving, arrivalOf, arrivalStep, type RouteArrival } from './route-arrival.js';
import { judgePassage, type RoutePassage } from './route-passage.js';
import { proxiesOf } from './route-proxies.js';

/** A route within its cluster: from the address that the client connects to, to what policies make of the way to the endpoints. */
export interface RouteInCluster extends RouteResult {
  readonly arrival: RouteArrival;
  /** Null: nothing is sent to a backend. */
  readonly passage: RoutePassage | null;
}

/** How a request is sent, and whether somebody reads the evidence. */
export interface SentInCluster extends Arriving {
  readonly protocol: Protocol;
  readonly explains: boolean;
}

/** Reasons of the steps that stand before and behind those of `route`. */
export const ROUTE_IN_CLUSTER_REASONS = {
  ARRIVAL_LEADS: 'the host that the client connects to leads to the pods that serve the class or Gateway',
  ARRIVAL_ELSEWHERE:
    'the host that the client connects to leads elsewhere: the request does not come to the class or Gateway that was judged',
  ARRIVAL_UNKNOWN: 'no object tells where the host leads; the request is taken to arrive',
  PROXY_PODS_UNKNOWN: 'which pods send requests to backends is not known, so that policies cannot be judged',
  PASSAGE_ALLOWED: 'policies let the pods that serve reach the endpoints',
  PASSAGE_DENIED: 'policies do not let the pods that serve reach the endpoints',
  PASSAGE_MIXED: 'policies let some of the pods that serve reach some of the endpoints, and not others',
  PASSAGE_UNKNOWN: 'what policies make of the connection cannot be told',
} as const;

const TYPES = 'https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/api';
/** `status.loadBalancer` tells where whoever serves a class or a Gateway is reached (rule A15). */
const ARRIVAL = { rule: 'A15', source: `${TYPES}/networking/v1/types.go` };
const PASSAGE = { rule: 'NetworkPolicy', source: `${TYPES}/networking/v1/types.go` };

/** Which rule each of these reasons goes by. */
const CITED = {
  ARRIVAL_LEADS: ARRIVAL,
  ARRIVAL_ELSEWHERE: ARRIVAL,
  ARRIVAL_UNKNOWN: ARRIVAL,
  PROXY_PODS_UNKNOWN: PASSAGE,
  PASSAGE_ALLOWED: PASSAGE,
  PASSAGE_DENIED: PASSAGE,
  PASSAGE_MIXED: PASSAGE,
  PASSAGE_UNKNOWN: PASSAGE,
} as const satisfies Readonly<Record<keyof typeof ROUTE_IN_CLUSTER_REASONS, Citation>>;

const CITATIONS: ReadonlyMap<string, Citation> = new Map(Object.entries(CITED));

/** Puts an answer of `route` between the two steps of the pipeline (ingress.md §1) that other rooms know of. The verdict stays what the rules of the class or Gateway make it. */
export function* inCluster(
  model: NetworkModel,
  answer: Answer<RouteVerdict, RouteResult>,
  { hostname, port, protocol, explains }: SentInCluster,
): Steps<Answer<RouteVerdict, RouteInCluster>> {
  const proxies = proxiesOf(model, answer.result);
  const arrival = arrivalOf(model, { hostname, port }, answer.result, proxies);
  const { passage, steps, warnings } = yield* judgePassage(model, answer.result, proxies, protocol);
  const [denied] = warnings;
  return {
    ...answer,
    summary: denied ? `${answer.summary}; but ${denied.message}` : answer.summary,
    result: placed(answer.result, arrival, passage),
    evidence: explains ? between(arrivalStep(arrival), answer.evidence, steps) : answer.evidence,
    warnings: [
      ...answer.warnings,
      ...(arrival.verdict === 'ELSEWHERE' ? [{ code: 'ARRIVAL_ELSEWHERE', message: arrival.message }] : []),
      ...warnings,
    ],
  };
}

/** Spelled out: to spread so many members costs a batch as much as judging its passage does. */
function placed(result: RouteResult, arrival: RouteArrival, passage: RoutePassage | null): RouteInCluster {
  return {
    dialect: result.dialect,
    class: result.class,
    controller: result.controller,
    status: result.status,
    grpcStatus: result.grpcStatus,
    gateway: result.gateway,
    listener: result.listener,
    errorShare: result.errorShare,
    limits: result.limits,
    mirrors: result.mirrors,
    errorPages: result.errorPages,
    responseHeaders: result.responseHeaders,
    backends: result.backends,
    pick: result.pick,
    forwarded: result.forwarded,
    redirect: result.redirect,
    certificate: result.certificate,
    candidates: result.candidates,
    possibilities: result.possibilities,
    unspecified: result.unspecified,
    nearMisses: result.nearMisses,
    arrival,
    passage,
  };
}

/** Evidence with a step before it and some behind. */
function between(first: EvidenceStep, evidence: readonly Evidence[], last: readonly EvidenceStep[]): readonly Evidence[] {
  const trail = new Trail(CITATIONS);
  trail.add(first);
  trail.append(evidence);
  for (const step of last) trail.add(step);
  return trail.list();
}

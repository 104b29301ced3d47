import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { NearMiss, RouteBackend, RouteVerdict } from '../../route-result.js';
import type { BackendOutcome } from '../backend-outcome.js';
import type { ClassRouter, Outcome } from '../dialect.js';
import type { AnyGapCode, TraefikGapCode } from '../gaps.js';
import { backendKey, notFound } from '../outcomes.js';
import type { HttpRouter } from './http-router.js';
import type { Prioritised } from './takers.js';
import type { Sent, Target } from './target.js';
import type { Treated } from './treated.js';
import { inBrief } from '../../../kernel/in-brief.js';

/** `Prefix /api`, the rule of an IngressRoute in brief, `default backend`. */
export function servedText({ parts: { rule } }: Pick<Prioritised, 'parts'>): string {
  if (rule.path === undefined) return 'default backend';
  return inBrief(rule.pathType === undefined ? rule.path : `${rule.pathType} ${rule.path}`);
}

function from(owner: ClassRouter, router: HttpRouter): Pick<Outcome, 'router' | 'place' | 'served'> {
  const { rule } = router.parts;
  return { router: owner, place: { ingress: rule.ingress, pointer: rule.pointer }, served: servedText(router) };
}

/** The Services of a router get the request. */
export function served(owner: ClassRouter, router: HttpRouter, target: Target, treated: Treated, because: AnyGapCode | null): Outcome {
  const { backends, mirrors, steps, nearMisses } = target;
  const empty = backends.every(({ backend }) => backend.endpoints.length === 0);
  const shown = backends.map((sent) => sentTo(sent, treated));
  const fallback = router.parts.rule.path === undefined ? 'DEFAULT_BACKEND' : 'ROUTED';
  const verdict: RouteVerdict = empty ? (target.failure ?? 'NO_ENDPOINTS') : fallback;
  const reached: BackendOutcome = {
    verdict,
    backend: shown[0],
    unspecified: [],
    nearMisses,
    steps: [...treated.steps, ...steps],
  };
  const ends = shown.map((one) => `${backendKey(one)} ${one.share}`).join(' ');
  return {
    ...from(owner, router),
    because,
    key: `${verdict} ${ends} ${treated.forwarded.host}${treated.forwarded.path} ${treated.forwarded.headers.join(' ')}`,
    reached,
    backends: shown,
    status: empty ? 503 : null,
    forwarded: treated.forwarded,
    redirect: null,
    mirrors,
    responseHeaders: treated.responseHeaders,
  };
}

/** Without its header passed on, a Service is asked by the address of the endpoint. */
function sentTo({ backend, passHostHeader }: Sent, { forwarded }: Treated): RouteBackend {
  if (passHostHeader) return backend;
  const [first, ...others] = backend.endpoints;
  const host = first && others.length === 0 ? `${first.address}:${first.port}` : '(address of the endpoint)';
  return { ...backend, forwarded: { ...forwarded, host } };
}

/** A middleware answers by itself. */
export function answered(
  owner: ClassRouter,
  router: HttpRouter,
  treated: Treated,
  answer: NonNullable<Treated['answer']>,
  because: AnyGapCode | null,
): Outcome {
  const verdict: RouteVerdict = answer.redirect ? 'REDIRECTED' : answer.status === 200 ? 'PREFLIGHT' : 'REFUSED';
  return {
    ...from(owner, router),
    because,
    key: `${verdict} ${answer.status} ${answer.redirect?.location ?? ''}`,
    reached: { verdict, backend: undefined, unspecified: [], nearMisses: [], steps: treated.steps },
    backends: [],
    status: answer.status,
    forwarded: undefined,
    redirect: answer.redirect ?? null,
    responseHeaders: treated.responseHeaders,
  };
}

/** What becomes of the request cannot be said. */
export function unknown(owner: ClassRouter, router: HttpRouter, code: TraefikGapCode | 'CLIENT_ADDRESS_UNKNOWN', message: string): Outcome {
  const { rule } = router.parts;
  const step: EvidenceStep = {
    stage: 'decision',
    outcome: 'no-match',
    reason: code,
    message,
    object: rule.ingress.ref,
    pointer: rule.pointer,
  };
  return {
    ...from(owner, router),
    because: code,
    key: `UNDEFINED ${code} ${message}`,
    reached: { verdict: 'UNDEFINED', backend: undefined, unspecified: [{ code, message }], nearMisses: [], steps: [step] },
    backends: [],
    status: null,
    forwarded: undefined,
    redirect: null,
  };
}

/** No router takes the request: 404. What would have, had it been made a router, is told. */
export function nothing(owner: ClassRouter, because: AnyGapCode | null, nearMisses: readonly NearMiss[]): Outcome {
  const outcome = notFound(owner);
  return { ...outcome, because, reached: { ...outcome.reached, nearMisses } };
}

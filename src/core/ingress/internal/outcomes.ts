import type { Note } from '../../kernel/answer.js';
import { assertNever } from '../../kernel/assert-never.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { IngressBackend } from '../../resources/ingress.js';
import { type BackendOutcome, backendOutcome } from './backend-outcome.js';
import { describeClaim } from './claim-text.js';
import type { ClassRouter, Outcome } from './dialect.js';
import { type AnyGapCode, type GapCode, GAPS, NGINX_GAPS, TRAEFIK_GAPS } from './gaps.js';
import type { RoutingObject } from './path-rule.js';
import type { Possibility } from './possibility.js';

/** A copy that goes to a Service as the request does. */
export const WHOLE_COPY = { url: null, host: null, body: true } as const;

const NOT_FOUND: BackendOutcome = { verdict: 'NOT_FOUND', backend: undefined, unspecified: [], nearMisses: [], steps: [] };

/** Nothing serves the request: the controller answers 404. */
export function notFound(router: ClassRouter | undefined, because: GapCode | null = null): Outcome {
  return {
    router,
    because,
    place: undefined,
    served: undefined,
    key: NOT_FOUND.verdict,
    reached: NOT_FOUND,
    backends: [],
    status: 404,
    forwarded: undefined,
    redirect: null,
  };
}

/** Follows one possibility of the specification to its service, port and endpoints. */
export function follow(model: NetworkModel, router: ClassRouter, { action, because }: Possibility): Outcome {
  switch (action.type) {
    case 'path': {
      const { ingress, pointer, backend, pathType, path } = action.rule;
      const reached = backendOutcome(model, ingress, backend, 'ROUTED');
      return servedBy(router, because, { ingress, pointer }, backend, reached, `${pathType} ${path}`);
    }
    case 'default-backend': {
      const { ingress } = action;
      const reached = backendOutcome(model, ingress, ingress.defaultBackend, 'DEFAULT_BACKEND');
      return servedBy(router, because, { ingress, pointer: '/spec/defaultBackend' }, ingress.defaultBackend, reached, 'default backend');
    }
    case 'not-found':
      return notFound(router, because);
    default:
      return assertNever(action);
  }
}

function servedBy(
  router: ClassRouter,
  because: GapCode | null,
  place: { readonly ingress: RoutingObject; readonly pointer: string },
  backend: IngressBackend | undefined,
  reached: BackendOutcome,
  served: string,
): Outcome {
  const key = reached.backend ? backendKey(reached.backend) : failureKey(reached, place.ingress, backend);
  const backends = reached.backend ? [reached.backend] : [];
  return { router, because, place, served, key, reached, backends, status: null, forwarded: undefined, redirect: null };
}

/** The same Service port is the same outcome, whichever rule leads to it. */
export function backendKey({ namespace, service, port }: { namespace: string; service: string; port: number }): string {
  return `${namespace}/${service}:${port}`;
}

/** The same failure of the same backend is the same outcome. */
function failureKey({ verdict }: BackendOutcome, { namespace }: RoutingObject, backend: IngressBackend | undefined): string {
  return `${verdict} ${namespace} ${JSON.stringify(backend && { ...backend, pointer: undefined })}`;
}

/** The outcomes that differ, in the order they were found. */
export function distinctOutcomes(outcomes: readonly Outcome[]): readonly Outcome[] {
  if (outcomes.length < 2) return outcomes;
  const seen = new Map<string, Outcome>();
  for (const outcome of outcomes) if (!seen.has(outcome.key)) seen.set(outcome.key, outcome);
  return [...seen.values()];
}

/** The gaps that made several possibilities, each once, with those who claim the path where it is a conflict. */
export function gapsOf(outcomes: readonly Outcome[]): readonly Note[] {
  if (outcomes.length < 2 && outcomes[0]?.because === null) return [];
  const codes: AnyGapCode[] = [...new Set(outcomes.flatMap(({ because }) => because ?? []))];
  const routers = new Set(outcomes.map(({ router }) => router));
  if (routers.size > 1) codes.push('CLASS_AMBIGUOUS');
  return codes.map((code) => {
    const rivals = code === 'PATH_CONFLICT' || code === 'PRIORITY_TIE' ? outcomes.filter(({ because }) => because === code) : [];
    const claims = rivals.flatMap(({ place }) => (place ? [describeClaim(place.ingress)] : []));
    const sentence = { ...GAPS, ...NGINX_GAPS, ...TRAEFIK_GAPS }[code];
    return { code, message: claims.length === 0 ? sentence : `${sentence}; claimed by ${[...new Set(claims)].join(' and ')}` };
  });
}

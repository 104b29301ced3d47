import type { Note } from '../../kernel/answer.js';
import { assertNever } from '../../kernel/assert-never.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { Ingress } from '../../resources/ingress.js';
import { type BackendOutcome, backendOutcome } from './backend-outcome.js';
import type { ClassRouter, Possibility, RouteAction } from './dialect.js';
import { type GapCode, GAPS } from './gaps.js';
import { describeClaim } from './claim-text.js';

/** One way the request can go, followed to its endpoints. */
export interface Outcome {
  readonly router: ClassRouter | undefined;
  readonly possibility: Possibility;
  /** Where the rule or default backend stands; undefined for a plain 404. */
  readonly place: { readonly ingress: Ingress; readonly pointer: string } | undefined;
  readonly reached: BackendOutcome;
  /** 404 where the controller answers itself; null where a backend does, or the specification does not say. */
  readonly status: number | null;
}

const NOT_FOUND: BackendOutcome = { verdict: 'NOT_FOUND', backend: undefined, unspecified: [], nearMisses: [], steps: [] };

/** Follows one possibility to its service, port and endpoints. */
export function follow(model: NetworkModel, router: ClassRouter | undefined, possibility: Possibility): Outcome {
  const { action } = possibility;
  switch (action.type) {
    case 'path': {
      const { ingress, pointer, backend } = action.rule;
      return { router, possibility, place: { ingress, pointer }, reached: backendOutcome(model, ingress, backend, 'ROUTED'), status: null };
    }
    case 'default-backend': {
      const { ingress } = action;
      const reached = backendOutcome(model, ingress, ingress.defaultBackend, 'DEFAULT_BACKEND');
      return { router, possibility, place: { ingress, pointer: '/spec/defaultBackend' }, reached, status: null };
    }
    case 'not-found':
      return { router, possibility, place: undefined, reached: NOT_FOUND, status: 404 };
    default:
      return assertNever(action);
  }
}

/** Outcomes are the same when the client cannot tell them apart: the same Service port, or the same failure of the same backend. */
function outcomeKey({ reached, place, possibility }: Outcome): string {
  const { backend } = reached;
  if (backend) return `${backend.namespace}/${backend.service}:${backend.port}`;
  return place ? `${reached.verdict} ${place.ingress.namespace} ${JSON.stringify(backendOf(possibility.action))}` : reached.verdict;
}

function backendOf(action: RouteAction): unknown {
  const backend =
    action.type === 'path' ? action.rule.backend : action.type === 'default-backend' ? action.ingress.defaultBackend : undefined;
  return backend && { ...backend, pointer: undefined };
}

/** The outcomes that differ, in the order they were found. */
export function distinctOutcomes(outcomes: readonly Outcome[]): readonly Outcome[] {
  const seen = new Map<string, Outcome>();
  for (const outcome of outcomes) {
    const key = outcomeKey(outcome);
    if (!seen.has(key)) seen.set(key, outcome);
  }
  return [...seen.values()];
}

/** The gaps of the specification that made several possibilities, each once, with those who claim the path where it is a conflict. */
export function gapsOf(outcomes: readonly Outcome[]): readonly Note[] {
  const codes: GapCode[] = [...new Set(outcomes.flatMap(({ possibility }) => possibility.because ?? []))];
  const routers = new Set(outcomes.map(({ router }) => router));
  if (routers.size > 1) codes.push('CLASS_AMBIGUOUS');
  return codes.map((code) => {
    const rivals = code === 'PATH_CONFLICT' ? outcomes.filter(({ possibility }) => possibility.because === code) : [];
    const claims = rivals.flatMap(({ place }) => (place ? [describeClaim(place.ingress)] : []));
    const sentence = GAPS[code];
    return { code, message: claims.length === 0 ? sentence : `${sentence}; claimed by ${[...new Set(claims)].join(' and ')}` };
  });
}

import type { Note } from '../../../kernel/answer.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { NearMiss, RouteBackend, RouteMirror, RouteVerdict } from '../../route-result.js';
import type { TraefikGapCode } from '../gaps.js';
import type { RoutingObject } from '../path-rule.js';

/** Why something cannot be served. */
export interface Dropped {
  readonly reason: string;
  readonly message: string;
  /** Its provider makes the router, under its name, and what it leads to cannot be built. */
  readonly isNamed?: boolean;
}

/** A Service and how it is spoken to. */
export interface Sent {
  readonly backend: RouteBackend;
  readonly passHostHeader: boolean;
}

/** Who gets the requests of a router, and in which parts. */
export interface Target {
  /** Why Traefik makes no router of it; undefined: it does. */
  readonly dropped: Dropped | undefined;
  /** Why nobody gets them although there is a router: it answers 503. */
  readonly failure?: RouteVerdict | undefined;
  /** Why it cannot be told who gets them. */
  readonly unknown: { readonly code: TraefikGapCode; readonly message: string } | undefined;
  readonly backends: readonly Sent[];
  readonly mirrors: readonly RouteMirror[];
  readonly steps: readonly EvidenceStep[];
  readonly nearMisses: readonly NearMiss[];
  readonly assumptions: readonly Note[];
}

/** Nobody, so far. */
export const UNTOUCHED_TARGET: Target = {
  dropped: undefined,
  unknown: undefined,
  backends: [],
  mirrors: [],
  steps: [],
  nearMisses: [],
  assumptions: [],
};

/** Nobody, for a reason that stands in an object. */
export function droppedTarget(reason: string, message: string, { ref }: Pick<RoutingObject, 'ref'>, pointer: string): Target {
  const step: EvidenceStep = { stage: 'backend', outcome: 'no-match', reason, message, object: ref, pointer };
  return { ...UNTOUCHED_TARGET, dropped: { reason, message }, steps: [step] };
}

/** The same of what the provider has a name for, but cannot be built. */
export function named(target: Target): Target {
  return target.dropped ? { ...target, dropped: { ...target.dropped, isNamed: true } } : target;
}

/** Somebody who is not known. */
export function unknownTarget(code: TraefikGapCode, message: string): Target {
  return { ...UNTOUCHED_TARGET, unknown: { code, message } };
}

/** One of several, and its weight among them. */
export interface Weighted {
  readonly weight: number;
  readonly target: Target;
}

/** Several by their weights. One that fails fails them all; where all weights are 0 nobody gets anything. */
export function combined(parts: readonly Weighted[]): Target {
  const failed = parts.find(({ target }) => target.dropped)?.target;
  if (failed) return failed;
  const sum = parts.reduce((total, { weight }) => total + weight, 0);
  const taking = parts.filter(({ weight }) => weight > 0);
  const all = <T>(read: (target: Target) => readonly T[]) => parts.flatMap(({ target }) => read(target));
  return {
    dropped: undefined,
    unknown: taking.find(({ target }) => target.unknown)?.target.unknown,
    backends: taking.flatMap(({ weight, target }) =>
      target.backends.map((sent) => ({ ...sent, backend: { ...sent.backend, share: (sent.backend.share * weight) / sum } })),
    ),
    mirrors: taking.flatMap(({ weight, target }) =>
      target.mirrors.map((mirror) => ({ ...mirror, percent: (mirror.percent * weight) / sum })),
    ),
    steps: all(({ steps }) => steps),
    nearMisses: all(({ nearMisses }) => nearMisses),
    assumptions: all(({ assumptions }) => assumptions),
  };
}

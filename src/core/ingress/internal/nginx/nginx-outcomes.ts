import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { RouteRedirect, RouteVerdict } from '../../route-result.js';
import type { BackendOutcome } from '../backend-outcome.js';
import type { ClassRouter, Outcome } from '../dialect.js';
import type { NginxGapCode } from '../gaps.js';
import type { RoutingObject } from '../path-rule.js';
import type { Location } from './servers.js';

/** Where an answer of the controller comes from. */
export interface Source {
  readonly router: ClassRouter;
  readonly ingress: RoutingObject | undefined;
  readonly pointer: string;
  readonly served: string;
}

/** The Ingress, pointer and name of a location. */
export function sourceOf(router: ClassRouter, { ingress, rule, path, exact, upstream }: Location): Source {
  const served = rule?.path === undefined ? 'default backend' : `${rule.pathType ?? ''} ${rule.path}`.trim();
  return {
    router,
    ingress,
    pointer: rule?.pointer ?? (upstream ? '/spec/defaultBackend' : '/spec/rules'),
    served: rule ? served : `default location ${exact ? '= ' : ''}${path}`,
  };
}

/** A way that ends at the controller itself. */
export function reach(verdict: RouteVerdict, step: EvidenceStep, unspecified: BackendOutcome['unspecified'] = []): BackendOutcome {
  return { verdict, backend: undefined, unspecified, nearMisses: [], steps: [step] };
}

function outcome(source: Source, key: string, reached: BackendOutcome, status: number | null, redirect: RouteRedirect | null): Outcome {
  const { router, ingress, pointer, served } = source;
  const place = ingress && { ingress, pointer };
  return { router, because: null, place, served, key, reached, backends: [], status, forwarded: undefined, redirect };
}

/** The controller refuses the request itself. */
export function refused(source: Source, status: number, reason: string, message: string): Outcome {
  const step: EvidenceStep = { stage: 'access', outcome: 'deny', reason, message, object: source.ingress?.ref, pointer: source.pointer };
  return outcome(source, `REFUSED ${status}`, reach('REFUSED', step), status, null);
}

/** The connection was opened for another host. */
export function misdirected(source: Source, message: string): Outcome {
  const { ingress, pointer } = source;
  const step: EvidenceStep = {
    stage: 'client-certificate',
    outcome: 'deny',
    reason: 'MISDIRECTED_REQUEST',
    message,
    object: ingress?.ref,
    pointer,
  };
  return outcome(source, 'MISDIRECTED 421', reach('MISDIRECTED', step), 421, null);
}

/** The controller answers by itself: a rule tells it to, or the reason does. */
export function answered(source: Source, status: number, message: string, reason = 'ROUTE_ANSWERS'): Outcome {
  const step: EvidenceStep = {
    stage: 'decision',
    outcome: 'selected',
    reason,
    message,
    object: source.ingress?.ref,
    pointer: source.pointer,
  };
  return outcome(source, `ANSWERED ${status}`, reach('ANSWERED', step), status, null);
}

/** The controller sends the client elsewhere. `header` is the Location header, where that names no scheme and host. */
export function redirected(source: Source, status: number, location: string, reason: string, message: string, header = location): Outcome {
  const step: EvidenceStep = {
    stage: 'redirect',
    outcome: 'selected',
    reason,
    message,
    object: source.ingress?.ref,
    pointer: source.pointer,
  };
  const [, scheme = '', host = '', port, path = ''] = /^([a-z]+):\/\/([^/:?]*)(?::(\d+))?(.*)$/i.exec(location) ?? [];
  const redirect = { status, location: header, scheme, host, port: port === undefined ? null : Number(port), path };
  return outcome(source, `REDIRECTED ${status} ${header}`, reach('REDIRECTED', step), status, redirect);
}

/** The controller closes the connection, before any request. */
export function closed(source: Source, stage: EvidenceStep['stage'], reason: string, message: string): Outcome {
  const step: EvidenceStep = { stage, outcome: 'deny', reason, message, object: source.ingress?.ref, pointer: source.pointer };
  return outcome(source, `CONNECTION_REFUSED ${message}`, reach('CONNECTION_REFUSED', step), null, null);
}

/** What becomes of the request cannot be said. */
export function unknown(source: Source, code: NginxGapCode, message: string): Outcome {
  const step: EvidenceStep = {
    stage: 'decision',
    outcome: 'no-match',
    reason: code,
    message,
    object: source.ingress?.ref,
    pointer: source.pointer,
  };
  return outcome(source, `UNDEFINED ${code}`, reach('UNDEFINED', step, [{ code, message }]), null, null);
}

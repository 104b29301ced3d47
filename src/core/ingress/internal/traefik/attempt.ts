import { judgeRule } from '../../../traefik-rule/compile-rule.js';
import { entryPointOf } from './entry-points.js';
import type { HttpRouter } from './http-router.js';
import type { TraefikOptions } from './options.js';
import type { SeenRequest } from '../../../traefik-rule/seen-request.js';
import type { Middlewares } from './middlewares.js';
import { neverAsked } from './never-holds.js';
import type { Services } from './services.js';
import type { Attempt } from './takers.js';
import type { TlsOptions } from './tls-options.js';
import { inBrief } from '../../../kernel/in-brief.js';

/** What routers are tried against. */
export interface Arrival {
  readonly seen: SeenRequest;
  readonly scheme: 'http' | 'https';
}

/** How a router of requests fared. */
export type HttpAttempt = Attempt<HttpRouter>;

/** What a router needs beside its rule. */
export interface Surroundings {
  readonly options: TraefikOptions;
  readonly services: Services;
  readonly middlewares: Middlewares;
  readonly tls: TlsOptions;
  /** Why it is left open whether the router of a default backend is made. */
  readonly defaultDoubt: (router: HttpRouter) => string | undefined;
}

/** Tries one router: its rule, whether Traefik makes a router of it at all, and whether it listens where the request arrives. */
export function attempt(router: HttpRouter, arrival: Arrival, surroundings: Surroundings): HttpAttempt {
  const { compiled, parts } = router;
  const no = (
    reason: string,
    message: string,
    key = 'rule',
    own: string | null = inBrief(parts.text),
    other: string | null = null,
  ): HttpAttempt => {
    return { router, state: 'excluded', reason, key, own, other, message };
  };
  if (parts.fault !== undefined) return no('ROUTER_REFUSED', parts.fault);
  if (!compiled.ok) {
    const { message, position, hint } = compiled.error;
    return no('RULE_REFUSED', `the rule is refused at character ${position}: ${message}${hint === undefined ? '' : ` (${hint})`}`);
  }
  const { holds, because } = judgeRule(compiled.value, arrival.seen);
  if (holds === false) {
    const never = neverAsked(router, surroundings.options);
    if (never !== undefined) return no('RULE_NEVER_HOLDS', never);
    return { ...no('RULE_NO_MATCH', because, 'rule', inBrief(parts.text), because), state: 'no-match' };
  }
  const elsewhere = parts.isBehind ? undefined : listensElsewhere(router, arrival.scheme, surroundings.options);
  if (elsewhere?.known) return no('ENTRY_POINT_OTHER', elsewhere.why, 'entry-point', elsewhere.own, entryPointOf(arrival.scheme));
  const { dropped } = surroundings.services.targetOf(router);
  if (dropped) return no(dropped.reason, `matches, but Traefik makes no router of it: ${dropped.message}`, 'backend', dropped.message);
  const chain = surroundings.middlewares.chainOf(router);
  if (!chain.ok) return no('MIDDLEWARE_MISSING', `matches, but Traefik makes no router of it: ${chain.error}`, 'middleware', chain.error);
  const fault = surroundings.tls.faultOf(router);
  if (fault !== undefined) return no('TLS_OPTION_MISSING', `matches, but Traefik makes no router of it: ${fault}`, 'tls', fault);
  const doubt = parts.doubt ?? surroundings.defaultDoubt(router);
  if (doubt !== undefined) return { ...no('RULE_UNKNOWN', doubt), state: 'unknown' };
  if (elsewhere) return { ...no('ENTRY_POINT_UNKNOWN', elsewhere.why, 'entry-point', elsewhere.own), state: 'unknown' };
  if (holds === undefined) return { ...no('RULE_UNKNOWN', because), state: 'unknown' };
  return { router, state: 'match', reason: 'RULE_HOLDS', key: null, own: null, other: null, message: because };
}

interface Elsewhere {
  readonly known: boolean;
  readonly own: string;
  readonly why: string;
}

/** Why a router does not take what arrives by a scheme (`BuildHandlers` of `pkg/server/router/router.go`: routers with TLS and those without are kept apart). */
function listensElsewhere(
  { parts: { entryPoints, tls } }: HttpRouter,
  scheme: Arrival['scheme'],
  options: TraefikOptions,
): Elsewhere | undefined {
  const here = entryPointOf(scheme);
  const own = `${entryPoints.areAll ? 'every entry point' : entryPoints.text}${tls ? ' with TLS' : ''}`;
  if (!entryPoints.has(here)) {
    if (!entryPoints.haveUnknown) return { known: true, own, why: `matches, but listens on ${own} alone, not on \`${here}\`` };
    return { known: false, own, why: `matches, and listens on ${own}: whether ${scheme} requests arrive there is not known` };
  }
  if (scheme === 'http' && tls) return { known: true, own, why: 'matches, but takes connections with TLS alone' };
  if (scheme === 'https' && !tls && !options.websecureTLS) {
    return { known: true, own, why: 'matches, but does not ask for TLS, nor does the entry point `websecure` end it for all routers' };
  }
  return undefined;
}

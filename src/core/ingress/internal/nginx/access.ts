import type { Outcome } from '../dialect.js';
import type { NginxAnnotations } from './annotations.js';
import type { Context } from './context.js';
import { refused, sourceOf } from './nginx-outcomes.js';
import { judgeSource } from './source-range.js';
import type { Visit } from './visit.js';

/** What comes of a request that may be let in, and the annotations whose question who the client is it is taken to answer. */
export interface Admitted {
  readonly outcomes: readonly Outcome[];
  readonly passes: readonly string[];
}

/** Who may: asked after nginx found that something can serve the request at all (`balancer.rewrite` runs first; rule B17). */
export function admit(
  { router, options }: Context,
  { location, request }: Visit,
  annotations: NginxAnnotations,
  served: Outcome,
): Admitted {
  const { names, isAnyEnough } = annotations.authentication;
  if (served.status === 503) return { outcomes: [served], passes: [] };
  const allow = annotations.allow.length > 0 ? annotations.allow : options.allow;
  const deny = annotations.deny.length > 0 ? annotations.deny : options.deny;
  const judged = judgeSource({ allow, deny }, request.clientAddress);
  // Of several ways in, one is enough: an address that is listed, or else whatever proves who the client is (ngx_http_core_access_phase).
  if (isAnyEnough && names.length > 0) return { outcomes: [served], passes: judged === 'allowed' ? [] : names };
  if (judged === 'allowed' || judged === 'unlisted') return { outcomes: [served], passes: names };
  const denied = refused(sourceOf(router, location), 403, 'SOURCE_DENIED', 'the lists of source addresses refuse the client: 403');
  if (judged === 'denied') return { outcomes: [denied], passes: [] };
  return { outcomes: [served, denied].map((outcome) => ({ ...outcome, because: 'CLIENT_ADDRESS_UNKNOWN' })), passes: names };
}

import type { Outcome } from '../dialect.js';
import { type Admitted, type Asked, authenticate } from './authenticate.js';
import type { Context } from './context.js';
import { accessOf } from './forwarded-access.js';
import { refused, sourceOf } from './nginx-outcomes.js';
import type { NginxOptions } from './options.js';
import type { Location } from './servers.js';
import { type Sources, judgeSource } from './source-range.js';
import type { Visit } from './visit.js';

/** Who may: asked after nginx found that something can serve the request at all (`balancer.rewrite` runs first; rules B17, B18). */
export function admit(context: Context, visit: Visit, served: Outcome): Admitted {
  const { router, options } = context;
  const { location, request } = visit;
  if (served.status === 503) return admitted(served);
  const asked = askedOf(options, location);
  const judged = judgeSource(sourcesOf(options, location), accessOf(options, request).client);
  // Of several ways in, one is enough: an address that is listed, or else whatever proves who the client is (ngx_http_core_access_phase).
  if (asked?.isAnyEnough && judged === 'allowed') return admitted(served);
  const behind = asked ? authenticate(context, visit, served, asked) : admitted(served);
  if (asked?.isAnyEnough || judged === 'allowed' || judged === 'unlisted') return behind;
  const denied = refused(sourceOf(router, location), 403, 'SOURCE_DENIED', 'the lists of source addresses refuse the client: 403');
  if (judged === 'denied') return admitted(denied);
  const outcomes = [...behind.outcomes, denied].map((outcome) => ({ ...outcome, because: 'CLIENT_ADDRESS_UNKNOWN' }) as const);
  return { ...behind, outcomes };
}

const admitted = (outcome: Outcome): Admitted => ({ outcomes: [outcome], passes: [], granted: [] });

/** The lists of the location, or those of the whole controller where it has none of its own (`ngx_http_access_merge_loc_conf`). */
function sourcesOf(options: NginxOptions, { annotations }: Location): Sources {
  const allow = annotations && (annotations.allow.length > 0 ? annotations.allow : options.allow);
  const deny = annotations && (annotations.deny.length > 0 ? annotations.deny : options.deny);
  return allow && deny && allow.length + deny.length > 0 ? { allow, deny } : { allow: [], deny: options.blocked };
}

/** Whoever asks the client: those that the location names, and the service that is asked everywhere; undefined: nobody. */
export function askedOf(options: NginxOptions, { path, annotations }: Location): Asked | undefined {
  if (!annotations || options.noAuth.some((start) => path.startsWith(start))) return undefined;
  const { names, isGlobal, service, password, isAnyEnough } = annotations.authentication;
  const everywhere = isGlobal ? options.asksEverywhere : undefined;
  const all = everywhere ? [...names, 'global-auth-url'] : names;
  return all.length === 0 ? undefined : { names: all, service: service ?? everywhere, password, isAnyEnough };
}

import type { Outcome } from '../dialect.js';
import type { Context } from './context.js';
import { accessOf } from './forwarded-access.js';
import { refused, sourceOf } from './nginx-outcomes.js';
import type { NginxOptions } from './options.js';
import type { Location } from './servers.js';
import { type Sources, judgeSource } from './source-range.js';
import type { Visit } from './visit.js';

/** What comes of a request that may be let in, and the annotations whose question who the client is it is taken to answer. */
export interface Admitted {
  readonly outcomes: readonly Outcome[];
  readonly passes: readonly string[];
}

/** Who may: asked after nginx found that something can serve the request at all (`balancer.rewrite` runs first; rule B17). */
export function admit({ router, options }: Context, { location, request }: Visit, served: Outcome): Admitted {
  if (served.status === 503) return { outcomes: [served], passes: [] };
  const isAnyEnough = location.annotations?.authentication.isAnyEnough === true;
  const names = authentications(options, location);
  const judged = judgeSource(sourcesOf(options, location), accessOf(options, request).client);
  // Of several ways in, one is enough: an address that is listed, or else whatever proves who the client is (ngx_http_core_access_phase).
  if (isAnyEnough && names.length > 0) return { outcomes: [served], passes: judged === 'allowed' ? [] : names };
  if (judged === 'allowed' || judged === 'unlisted') return { outcomes: [served], passes: names };
  const denied = refused(sourceOf(router, location), 403, 'SOURCE_DENIED', 'the lists of source addresses refuse the client: 403');
  if (judged === 'denied') return { outcomes: [denied], passes: [] };
  return { outcomes: [served, denied].map((outcome) => ({ ...outcome, because: 'CLIENT_ADDRESS_UNKNOWN' })), passes: names };
}

/** The lists of the location, or those of the whole controller where it has none of its own (`ngx_http_access_merge_loc_conf`). */
function sourcesOf(options: NginxOptions, { annotations }: Location): Sources {
  const allow = annotations && (annotations.allow.length > 0 ? annotations.allow : options.allow);
  const deny = annotations && (annotations.deny.length > 0 ? annotations.deny : options.deny);
  return allow && deny && allow.length + deny.length > 0 ? { allow, deny } : { allow: [], deny: options.blocked };
}

/** Whoever asks the client: those that the location names, and the service that is asked everywhere. */
function authentications(options: NginxOptions, { path, annotations }: Location): readonly string[] {
  if (!annotations || options.noAuth.some((start) => path.startsWith(start))) return [];
  const { names, isGlobal } = annotations.authentication;
  return options.asksEverywhere && isGlobal ? [...names, 'global-auth-url'] : names;
}

import type { RouteRequest } from '../../route-request.js';
import type { ClassRouter, Outcome } from '../dialect.js';
import type { Followed, RouterFollower } from './follow-routers.js';
import type { HttpRouter } from './http-router.js';
import type { TraefikOptions } from './options.js';
import type { Redirection } from './entry-point-settings.js';
import { treat } from './treat.js';
import type { Treated } from './treated.js';

/** What becomes of a request at an entry point that redirects: routers of a higher priority come first (`redirection` of `pkg/provider/traefik/internal.go`). */
export function followRedirected(
  owner: ClassRouter,
  redirection: Redirection,
  follower: RouterFollower,
  routers: readonly HttpRouter[],
  request: RouteRequest,
): Followed {
  if (request.host === '') return follower.follow(routers, request); // its rule is `HostRegexp(^.+$)`
  const before = follower.follow(routersBefore(redirection, routers), request);
  if (before.taking.some(({ state }) => state === 'match')) return follower.follow(routers, request);
  const treated = treat([{ middleware: undefined, name: redirection.name, action: { type: 'redirectScheme', ...redirection } }], request);
  const others = before.outcomes.slice(0, -1); // the last is that of nobody
  return {
    ...before,
    outcomes: [...others, redirected(owner, redirection, treated, others[0]?.because ?? null)],
    judged: follower.behind(routers, request, redirection),
  };
}

/** Why nothing comes to a router: each entry point at which it listens sends it elsewhere first. */
export function alwaysRedirected({ priority, parts }: HttpRouter, redirections: TraefikOptions['redirections']): string | undefined {
  const { areAll, named, text } = parts.entryPoints;
  const takesAll = (name: string) => (name === 'web' || name === 'websecure') && (redirections[name]?.priority ?? priority) > priority;
  if (areAll || parts.isBehind || ![...named].every(takesAll)) return undefined;
  return `its entry point (${text}) redirects whatever comes to it, with a higher priority (\`http.redirections\`)`;
}

/** Those that are asked before. */
export function routersBefore({ priority }: Redirection, routers: readonly HttpRouter[]): readonly HttpRouter[] {
  return routers.filter((router) => router.priority > priority);
}

/** What is not redirected, since it comes by the scheme already, goes to `noop@internal`, which answers 418. */
function redirected(owner: ClassRouter, { entryPoint }: Redirection, { answer, steps }: Treated, because: Outcome['because']): Outcome {
  const status = answer?.status ?? 418;
  const verdict = answer?.redirect ? 'REDIRECTED' : 'REFUSED';
  return {
    router: owner,
    because,
    place: undefined,
    served: `the redirection of the entry point \`${entryPoint}\``,
    key: `${verdict} ${status} ${answer?.redirect?.location ?? ''}`,
    reached: { verdict, backend: undefined, unspecified: [], nearMisses: [], steps },
    backends: [],
    status,
    forwarded: undefined,
    redirect: answer?.redirect ?? null,
  };
}

import type { RouteRequest } from '../../route-request.js';
import type { HttpRouter } from './http-router.js';
import type { Treated } from './treated.js';

/** What the middlewares of a router make of a request. */
export function treat({ parts: { middlewares } }: HttpRouter, { method, host, path, query, headers }: RouteRequest): Treated {
  const others = headers.filter(([name]) => name.toLowerCase() !== 'host').map(([name, value]) => `${name}: ${value}`);
  const names = middlewares.map(({ name }) => `\`${name}\``).join(', ');
  return {
    forwarded: { method, host, path: query === undefined ? path : `${path}?${query}`, headers: others },
    responseHeaders: [],
    answer: undefined,
    unknown:
      middlewares.length === 0 ? undefined : { code: 'MIDDLEWARE_NOT_EVALUATED', message: `the middlewares ${names} are not evaluated` },
    steps: [],
    assumptions: [],
  };
}

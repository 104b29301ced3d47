import type { Chain } from '../traefik/placed-action.js';
import { type Asked, corsAsked, NOTHING, together } from './asked.js';

/** What the middlewares of a router ask of requests: those for other origins. */
export function askedByChain(chain: Chain): Asked {
  if (!chain.ok) return NOTHING;
  const settings = chain.value.flatMap(({ action }) => (action.type === 'headers' ? (action.cors ?? []) : []));
  return together(
    settings.map((cors) =>
      corsAsked([...cors.allowOrigins, ...cors.allowOriginExpressions.map(() => '*')], `traefik ${JSON.stringify(cors)}`),
    ),
  );
}

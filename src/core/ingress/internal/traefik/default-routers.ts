import { once } from '../../../kernel/once.js';
import type { HttpRouter } from './http-router.js';

const ONE_ALONE =
  'of several default backends Traefik makes one router for the whole cluster, on the entry points of its own Ingress: which one is not stable';

/**
 * Why it is left open whether a default backend has a router: there is one for all Ingresses, named `default-router`, whoever comes first (`loadConfigurationFromIngresses`). Where all of
 * them listen at the same entry points they are equals in priority, one of which takes what no rule does.
 */
export function defaultDoubts(
  withoutHost: readonly HttpRouter[],
  isMade: (router: HttpRouter) => boolean,
): (router: HttpRouter) => string | undefined {
  const isDefault = ({ parts, holder }: HttpRouter) => holder.ref.kind === 'Ingress' && parts.rule.pointer === '/spec/defaultBackend';
  const isOpen = once(() => {
    const made = withoutHost.filter((router) => isDefault(router) && isMade(router));
    return new Set(made.map(({ parts: { entryPoints, tls } }) => JSON.stringify([entryPoints.key, tls]))).size > 1;
  });
  return (router) => (isDefault(router) && isOpen() ? ONE_ALONE : undefined);
}

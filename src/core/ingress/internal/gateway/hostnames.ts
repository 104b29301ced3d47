import { NO_HOST } from '../../../resources/gateway-reference.js';

/** Whether a hostname of the Gateway API covers a name: none covers all, a wildcard one or more labels before its rest (`apis/v1/gateway_types.go`, `Listener.Hostname`). */
export function hostnameCovers(hostname: string | undefined, name: string): boolean {
  if (hostname === undefined) return true;
  if (hostname === NO_HOST) return false;
  return hostname.startsWith('*.') ? name.length > hostname.length - 1 && name.endsWith(hostname.slice(1)) : hostname === name;
}

/** What a listener's hostname and a route's have in common: the more specific of both; undefined when nothing (rule G8). */
export function commonHostname(listener: string | undefined, route: string): string | undefined {
  if (listener === NO_HOST || route === NO_HOST) return undefined;
  if (listener === undefined || within(route, listener)) return route;
  return within(listener, route) ? listener : undefined;
}

/** Whether every name that `inner` covers is covered by `outer`. */
function within(inner: string, outer: string): boolean {
  if (inner === outer) return true;
  return outer.startsWith('*.') && hostnameCovers(outer, inner.startsWith('*.') ? inner.slice(2) : inner);
}

/** Keys by which the more specific of the hostnames that cover a name is found: precise before wildcard, then the longer (rules G11 and 6.3, keys 1 and 2). */
export function hostnameRank(hostname: string | undefined): readonly [precise: number, length: number] {
  if (hostname === undefined) return [0, 0];
  return [hostname.startsWith('*.') ? 0 : hostname.length, hostname.length];
}

/** The most specific hostname that covers the host; null where none does. A client that names no host reaches what is for every host. */
export function bestCovering(hostnames: readonly (string | undefined)[], host: string | undefined): string | undefined | null {
  let best: string | undefined | null = null;
  for (const hostname of hostnames) {
    if (host === undefined ? hostname !== undefined : !hostnameCovers(hostname, host)) continue;
    const [precise, length] = hostnameRank(hostname);
    const [bestPrecise, bestLength] = best === null ? [-1, -1] : hostnameRank(best);
    if (precise > bestPrecise || (precise === bestPrecise && length > bestLength)) best = hostname;
  }
  return best;
}

/** The hostnames that cover all that one covers, but for itself: `*.b.c`, `*.c` and every name for `a.b.c`. */
export function widerThan(hostname: string | undefined): readonly (string | undefined)[] {
  if (hostname === undefined) return [];
  const labels = hostname.replace(/^\*\./, '').split('.');
  return [...labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join('.')}`), undefined];
}

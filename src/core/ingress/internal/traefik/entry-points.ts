/** The entry points of Traefik's Helm chart: `web` takes http, `websecure` https. */
export function entryPointOf(scheme: 'http' | 'https'): 'web' | 'websecure' {
  return scheme === 'https' ? 'websecure' : 'web';
}

/** Entry points for Traefik's own pages and figures. */
const OWN: readonly string[] = ['traefik', 'metrics'];
/** Those of which it is known what arrives there. */
export const KNOWN_ENTRY_POINTS: ReadonlySet<string> = new Set(['web', 'websecure', ...OWN]);

/** Whether a router listens on an entry point; one that names none listens on all of them. */
export function listensOn(entryPoints: readonly string[], name: string): boolean {
  return entryPoints.length === 0 || entryPoints.includes(name);
}

/** The same; where the entry point is not known, whether it may be one of them, which `web` and `websecure` are not. */
export function mayListenAt(entryPoints: readonly string[], name: string | undefined): boolean {
  if (name !== undefined) return listensOn(entryPoints, name);
  return entryPoints.length === 0 || entryPoints.some((one) => !KNOWN_ENTRY_POINTS.has(one));
}

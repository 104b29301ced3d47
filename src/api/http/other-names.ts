/** Paths by which people look for what stands elsewhere, and where that is; `:cluster` and the like are filled in. */
const OTHER_NAMES: readonly (readonly [path: string, ...places: readonly string[]])[] = [
  ['/api/v1/clusters/:cluster/imports', '/api/v1/clusters/:cluster/snapshots'],
  ['/api/v1/clusters/:cluster/import', '/api/v1/clusters/:cluster/snapshots'],
  [
    '/api/v1/clusters/:cluster/findings',
    ...['policy', 'service', 'route', 'ipam', 'dataplane'].map((room) => `/api/v1/clusters/:cluster/queries/${room}-lint`),
  ],
];

/** Where to find what a path is looked for by; undefined where it is no such name. */
export function placeOf(path: string): string | undefined {
  const segments = path.split('/');
  for (const [other, ...places] of OTHER_NAMES) {
    const parts = other.split('/');
    if (parts.length !== segments.length) continue;
    if (!parts.every((part, index) => part.startsWith(':') || part === segments[index])) continue;
    const values = new Map(parts.map((part, index) => [part, segments[index] ?? part]));
    return places.map((place) => `\`${place.replace(/:[a-z]+/g, (part) => values.get(part) ?? part)}\``).join(', ');
  }
  return undefined;
}

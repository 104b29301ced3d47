import { isWithin } from '../dns-name.js';

/** `fallthrough` without zones covers every name (coredns `plugin/pkg/fall`). `name` is absolute and in lower case. */
export function fallsThrough(zones: readonly string[] | undefined, name: string): boolean {
  return zones !== undefined && (zones.length === 0 || zones.some((zone) => isWithin(zone, name)));
}

/** The longest of the zones that ends the name; undefined: none. Both are absolute and in lower case. */
export function zoneOf(zones: readonly string[], name: string): string | undefined {
  let best: string | undefined;
  for (const zone of zones) if ((best === undefined || zone.length > best.length) && isWithin(zone, name)) best = zone;
  return best;
}

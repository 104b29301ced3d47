import { matchPattern } from './patterns.js';
import type { Location, NginxServer } from './servers.js';
import { bytesOf } from './uri.js';

/** What nginx makes of a path: a location, a redirect to the path with a slash, or an expression that cannot be evaluated. */
export type LocationChoice =
  | { readonly type: 'location'; readonly location: Location }
  | { readonly type: 'slash'; readonly location: Location }
  | { readonly type: 'unsupported'; readonly location: Location }
  | { readonly type: 'none' };

/** nginx's choice for a normalised path (`ngx_http_core_find_location`; rules B7 to B9, B11). */
export function chooseLocation(server: NginxServer, uri: string): LocationChoice {
  return server.isRegex ? firstPattern(server.locations, uri) : exactOrLongest(server.locations, uri);
}

function firstPattern(locations: readonly Location[], uri: string): LocationChoice {
  for (const location of locations) {
    const match = matchPattern(`^${bytesOf(location.path)}`, uri, true);
    if (match === 'unsupported') return { type: 'unsupported', location };
    if (match !== 'no-match') return { type: 'location', location };
  }
  return { type: 'none' };
}

/** In one pass, for it is asked for every request: the path itself, an exact location first; the path with a slash; the longest prefix, which stands first. */
function exactOrLongest(locations: readonly Location[], uri: string): LocationChoice {
  let same: Location | undefined;
  let slashed: Location | undefined;
  let prefix: Location | undefined;
  for (const location of locations) {
    const text = bytesOf(location.path);
    if (text === uri) {
      if (location.exact) return { type: 'location', location };
      same ??= location;
    } else if (text.length === uri.length + 1 && text.endsWith('/') && text.startsWith(uri)) slashed ??= location;
    else if (prefix === undefined && !location.exact && uri.startsWith(text)) prefix = location;
  }
  if (same) return { type: 'location', location: same };
  if (slashed) return { type: 'slash', location: slashed };
  return prefix ? { type: 'location', location: prefix } : { type: 'none' };
}

/** Whether a location would take the path if no other did. */
export function takes(server: NginxServer, location: Location, uri: string): boolean {
  const text = bytesOf(location.path);
  if (server.isRegex) return Array.isArray(matchPattern(`^${text}`, uri, true));
  return location.exact ? text === uri : uri.startsWith(text);
}

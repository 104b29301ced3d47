import { matchPattern } from './patterns.js';
import type { Location, NginxServer } from './servers.js';

/** What nginx makes of a path: a location, a redirect to the path with a slash, or an expression that cannot be evaluated. */
export type LocationChoice =
  | { readonly type: 'location'; readonly location: Location }
  | { readonly type: 'slash'; readonly location: Location }
  | { readonly type: 'unsupported'; readonly location: Location }
  | { readonly type: 'none' };

/** nginx's choice for a normalised path (`ngx_http_core_find_location`; rules B7 to B9, B11). */
export function chooseLocation(server: NginxServer, uri: string): LocationChoice {
  if (server.isRegex) return firstPattern(server.locations, uri);
  const found = server.texts.find(uri);
  const location = found && server.locations[found.place];
  return location ? { type: found.type, location } : { type: 'none' };
}

function firstPattern(locations: readonly Location[], uri: string): LocationChoice {
  for (const location of locations) {
    const match = matchPattern(`^${location.text}`, uri, true);
    if (match === 'unsupported') return { type: 'unsupported', location };
    if (match !== 'no-match') return { type: 'location', location };
  }
  return { type: 'none' };
}

/** Whether a location would take the path if no other did. */
export function takes(server: NginxServer, location: Location, uri: string): boolean {
  const { text } = location;
  if (server.isRegex) return Array.isArray(matchPattern(`^${text}`, uri, true));
  return location.exact ? text === uri : uri.startsWith(text);
}

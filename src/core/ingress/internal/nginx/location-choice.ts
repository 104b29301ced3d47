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

function exactOrLongest(locations: readonly Location[], uri: string): LocationChoice {
  const texts = locations.map((location) => ({ location, text: bytesOf(location.path) }));
  const exact = texts.find(({ location, text }) => location.exact && text === uri) ?? texts.find(({ text }) => text === uri);
  if (exact) return { type: 'location', location: exact.location };
  const slashed = texts.find(({ text }) => text === `${uri}/`);
  if (slashed) return { type: 'slash', location: slashed.location };
  const prefix = texts.find(({ location, text }) => !location.exact && uri.startsWith(text)); // the longest stands first
  return prefix ? { type: 'location', location: prefix.location } : { type: 'none' };
}

/** Whether a location would take the path if no other did. */
export function takes(server: NginxServer, location: Location, uri: string): boolean {
  const text = bytesOf(location.path);
  if (server.isRegex) return Array.isArray(matchPattern(`^${text}`, uri, true));
  return location.exact ? text === uri : uri.startsWith(text);
}

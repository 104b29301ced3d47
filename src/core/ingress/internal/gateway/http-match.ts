import type { HTTPMatch, NamedMatch } from '../../../resources/gateway-route.js';
import type { RouteRequest } from '../../route-request.js';
import { prefixPath } from '../path-rule.js';
import { matchesPattern } from './text-pattern.js';

/** How a request fares against one entry of `matches[]`: the first condition that fails decides. `open`: implementations read a regular expression of it differently. */
export type MatchOutcome =
  | { readonly state: 'match' }
  | { readonly state: 'open'; readonly what: string }
  | { readonly state: 'no-match'; readonly reason: string; readonly key: string; readonly own: string; readonly other: string };

/** A request as matches are compared with it, read once. */
export interface ReadRequest {
  readonly method: string;
  readonly path: string;
  /** By lower-case name; several of one name are joined by a comma (RFC 9110 §5.3). */
  readonly headers: ReadonlyMap<string, string>;
  /** Of a repeated parameter the first value counts (rule G23). */
  readonly query: ReadonlyMap<string, string>;
}

/** Reads a request for matching. */
export function readRequest({ method, path, query, headers }: RouteRequest): ReadRequest {
  const byName = new Map<string, string>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const before = byName.get(key);
    byName.set(key, before === undefined ? value : `${before},${value}`);
  }
  const parameters = new Map<string, string>();
  for (const part of query === undefined ? [] : query.split('&')) {
    const equals = part.indexOf('=');
    const name = decoded(equals < 0 ? part : part.slice(0, equals));
    if (!parameters.has(name)) parameters.set(name, equals < 0 ? '' : decoded(part.slice(equals + 1)));
  }
  return { method, path, headers: byName, query: parameters };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text; // not every `%` of a request is an escape
  }
}

/** Compares a request with a match: path, method, headers, query parameters, all of which have to hold (rules G16, G22, G23). */
export function matchHTTP(match: HTTPMatch, request: ReadRequest): MatchOutcome {
  if (match.fault !== undefined) return failed('MATCH_INVALID', 'match', match.fault, request.path);
  const { type, value } = match.path;
  if (type === 'Exact' && value !== request.path) return failed('PATH_NOT_EQUAL', 'path', value, request.path);
  if (type === 'PathPrefix' && !hasPrefix(request.path, value)) return failed('PATH_NOT_PREFIX', 'path', value, request.path);
  if (match.method !== undefined && match.method !== request.method) {
    return failed('METHOD_NO_MATCH', 'method', match.method, request.method);
  }
  const pattern = type === 'RegularExpression' ? matchesPattern(value, request.path) : 'yes';
  if (pattern === 'no') return failed('PATH_NO_MATCH', 'path', `${value} (pattern)`, request.path);
  return compareNamed(
    [
      { matches: match.headers, given: request.headers, reason: 'HEADER_NO_MATCH', key: 'header' },
      { matches: match.queryParams, given: request.query, reason: 'QUERY_NO_MATCH', key: 'query' },
    ],
    pattern === 'open' ? [`path ${value}`] : [],
  );
}

/** Matches by name, and what they are compared with. */
interface Named {
  readonly matches: readonly NamedMatch[];
  readonly given: ReadonlyMap<string, string>;
  readonly reason: string;
  readonly key: string;
}

/** Compares headers and query parameters; `open` are patterns that were met before. */
export function compareNamed(all: readonly Named[], open: readonly string[]): MatchOutcome {
  for (const { matches, given, reason, key } of all) {
    const other = differing(matches, given);
    if (other) return failed(reason, key, text(other), shown(other, given));
  }
  const [what] = [...open, ...all.flatMap(({ matches, given }) => matches.filter((one) => fares(one, given) === 'open').map(text))];
  return what === undefined ? { state: 'match' } : { state: 'open', what };
}

function failed(reason: string, key: string, own: string, other: string): MatchOutcome {
  return { state: 'no-match', reason, key, own, other };
}

const text = ({ name, value, type }: NamedMatch) => `${name}: ${value}${type === 'RegularExpression' ? ' (pattern)' : ''}`;
const shown = ({ name }: NamedMatch, given: ReadonlyMap<string, string>) =>
  given.has(name) ? `${name}: ${given.get(name) ?? ''}` : '(absent)';

/** The first that fails for sure: another value, none at all, or an expression that matches by no reading. */
function differing(matches: readonly NamedMatch[], given: ReadonlyMap<string, string>): NamedMatch | undefined {
  return matches.find((one) => fares(one, given) === 'no');
}

function fares({ name, value, type }: NamedMatch, given: ReadonlyMap<string, string>): 'yes' | 'no' | 'open' {
  const sent = given.get(name);
  if (sent === undefined) return 'no';
  if (type === 'RegularExpression') return matchesPattern(value, sent);
  return sent === value ? 'yes' : 'no';
}

/** Element by element; a `/` at the end of the prefix is ignored (`apis/v1/httproute_types.go`, `PathMatchPathPrefix`). */
function hasPrefix(path: string, prefix: string): boolean {
  const trimmed = prefixPath(prefix);
  if (trimmed === '/') return true;
  return path.startsWith(trimmed) && (path.length === trimmed.length || path[trimmed.length] === '/');
}

import type { Note } from '../../../kernel/answer.js';
import type { HTTPMatch, NamedMatch } from '../../../resources/gateway-route.js';
import type { RouteRequest } from '../../route-request.js';
import { prefixPath } from '../path-rule.js';
import type { Compared, GatewayDialect } from './gateway-dialect.js';

/** How a request fares against one entry of `matches[]`: the first condition that fails decides. `open`: it is up to the implementation, as `gap` says. */
export type MatchOutcome =
  | { readonly state: 'match' }
  | { readonly state: 'open'; readonly gap: Note }
  | {
      /** `excluded`: it is not asked at all. */
      readonly state: 'no-match' | 'excluded';
      readonly reason: string;
      readonly key: string | null;
      readonly own: string;
      readonly other: string | null;
    };

/** A request as matches are compared with it, read once. */
export interface ReadRequest {
  readonly method: string;
  readonly path: string;
  /** By lower-case name, without `Host`; several of one name are joined by a comma (RFC 9110 §5.3). */
  readonly headers: ReadonlyMap<string, string>;
  /** The same, each as it was sent, and `Host` where the implementation has it among the headers. */
  readonly headerValues: ReadonlyMap<string, readonly string[]>;
  /** The values of each query parameter, in their order. */
  readonly query: ReadonlyMap<string, readonly string[]>;
  /** By whose rules it is compared. */
  readonly dialect: GatewayDialect;
}

/** Reads a request for matching. */
export function readRequest({ method, path, query, headers, host }: RouteRequest, dialect: GatewayDialect): ReadRequest {
  const sent = byName(headers.map(([name, value]) => [name.toLowerCase(), value] as const).filter(([name]) => name !== HOST));
  const parts = query === undefined ? [] : query.split('&');
  const parameters = parts.map((part): readonly [string, string] => {
    const equals = part.indexOf('=');
    return equals < 0 ? [decoded(part), ''] : [decoded(part.slice(0, equals)), decoded(part.slice(equals + 1))];
  });
  const joined = new Map([...sent].map(([name, values]) => [name, values.join(',')]));
  const headerValues = dialect.hostAmongHeaders === false ? sent : new Map([...sent, [HOST, [host]]]);
  return { method, path: dialect.seenPath(path), headers: joined, headerValues, query: byName(parameters), dialect };
}

/** Where a client names the host in HTTP/1.1; HTTP/2 has `:authority` instead (RFC 9113 §8.3.1). */
const HOST = 'host';

function byName(pairs: readonly (readonly [name: string, value: string])[]): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const list = values.get(name);
    if (list) list.push(value);
    else values.set(name, [value]);
  }
  return values;
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
  if (match.fault !== undefined) return invalid(match.fault);
  const { type, value } = match.path;
  if (type === 'Exact' && value !== request.path) return failed('PATH_NOT_EQUAL', 'path', value, request.path);
  if (type === 'PathPrefix' && !hasPrefix(request.path, value)) return failed('PATH_NOT_PREFIX', 'path', value, request.path);
  if (match.method !== undefined && match.method !== request.method) {
    return failed('METHOD_NO_MATCH', 'method', match.method, request.method);
  }
  const { dialect } = request;
  const pattern = type === 'RegularExpression' ? dialect.pattern(value, request.path) : true;
  if (pattern === false) return failed('PATH_NO_MATCH', 'path', `${value} (pattern)`, request.path);
  return compareNamed(
    [...headersOf(match.headers, request), queryOf(match, request)],
    dialect,
    pattern === 'open' ? [openPattern(`path ${value}`)] : [],
  );
}

/** The headers of a match, and what they are compared with. */
export function headersOf(matches: readonly NamedMatch[], { headerValues, dialect }: ReadRequest): readonly Named[] {
  return [{ matches, given: headerValues, repeated: dialect.repeatedHeader, reason: 'HEADER_NO_MATCH', key: 'header' }];
}

function queryOf({ queryParams }: HTTPMatch, { query, dialect }: ReadRequest): Named {
  return { matches: queryParams, given: query, repeated: dialect.repeatedParameter, reason: 'QUERY_NO_MATCH', key: 'query' };
}

/** Matches by name, and what they are compared with. */
interface Named {
  readonly matches: readonly NamedMatch[];
  readonly given: ReadonlyMap<string, readonly string[]>;
  readonly repeated: GatewayDialect['repeatedHeader'];
  readonly reason: string;
  readonly key: string;
}

/** A regular expression that implementations read differently. */
export function openPattern(what: string): Note {
  const message = `whether the pattern in \`${what}\` matches is up to the implementation: of the whole text, its beginning or any part of it`;
  return { code: 'PATTERN_UNSPECIFIED', message };
}

function openNamed(match: NamedMatch, given: readonly string[] | undefined): Note {
  const what = text(match);
  if (given !== undefined && given.length > 1)
    return {
      code: 'HEADER_UNSPECIFIED',
      message: `whether \`${what}\` matches is up to the implementation: the request has \`${match.name}\` several times`,
    };
  if (match.name !== HOST) return openPattern(what);
  const message = `whether \`${what}\` matches is up to the implementation: some keep \`Host\` apart from the headers`;
  return { code: 'HEADER_UNSPECIFIED', message };
}

/** Compares headers and query parameters; `open` is what was left open before. */
export function compareNamed(all: readonly Named[], dialect: GatewayDialect, open: readonly Note[]): MatchOutcome {
  const left = [...open];
  for (const { matches, given, repeated, reason, key } of all) {
    for (const match of matches) {
      const fared = compareOne(match, given.get(match.name), repeated, dialect);
      if (fared === false) return failed(reason, key, text(match), shown(match, given));
      const isOpen = fared === 'open' || (key === 'header' && match.name === HOST && dialect.hostAmongHeaders === 'open');
      if (isOpen) left.push(openNamed(match, given.get(match.name)));
    }
  }
  const [gap] = left;
  return gap === undefined ? { state: 'match' } : { state: 'open', gap };
}

function compareOne(
  { value, type }: NamedMatch,
  given: readonly string[] | undefined,
  repeated: Named['repeated'],
  { pattern }: GatewayDialect,
): Compared {
  const [first] = given ?? [];
  if (given === undefined || first === undefined) return false;
  const fits = (one: string) => (type === 'Exact' ? one === value : pattern(value, one));
  return given.length === 1 ? fits(first) : repeated(given, fits);
}

/** A match that cannot be read, and why. */
export function invalid(fault: string): MatchOutcome {
  return { state: 'no-match', reason: 'MATCH_INVALID', key: null, own: fault, other: null };
}

function failed(reason: string, key: string, own: string, other: string): MatchOutcome {
  return { state: 'no-match', reason, key, own, other };
}

const text = ({ name, value, type }: NamedMatch) => `${name}: ${value}${type === 'RegularExpression' ? ' (pattern)' : ''}`;
const shown = ({ name }: NamedMatch, given: ReadonlyMap<string, readonly string[]>) => {
  const values = given.get(name);
  return values === undefined ? '(absent)' : `${name}: ${values.join(',')}`;
};

/** Element by element; a `/` at the end of the prefix is ignored (`apis/v1/httproute_types.go`, `PathMatchPathPrefix`). */
function hasPrefix(path: string, prefix: string): boolean {
  const trimmed = prefixPath(prefix);
  if (trimmed === '/') return true;
  return path.startsWith(trimmed) && (path.length === trimmed.length || path[trimmed.length] === '/');
}

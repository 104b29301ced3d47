import type { GRPCMatch, HTTPMatch, NamedMatch, PathMatch, TextMatchType } from '../gateway-route.js';
import type { ObjectReader } from './object-reader.js';

const TEXT_TYPES: readonly TextMatchType[] = ['Exact', 'RegularExpression'];
const PATH_TYPES: readonly PathMatch['type'][] = ['Exact', 'PathPrefix', 'RegularExpression'];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'] as const;
const ANY_PATH: PathMatch = { type: 'PathPrefix', value: '/' };

/** Parts that the CRD refuses in a path of type Exact or PathPrefix (gateway-api `apis/v1/httproute_types.go`, `HTTPPathMatch`). */
const REFUSED_PARTS = ['//', '/./', '/../', '%2f', '%2F', '#'];
const REFUSED_ENDS = ['/..', '/.'];

/** Reads `matches[]` of a rule of an HTTPRoute; none: one that matches every request (rule G15). */
export function readHTTPMatches(rule: ObjectReader): readonly HTTPMatch[] {
  const matches = rule.objects('matches').map((reader): HTTPMatch => {
    const before = reader.findings.errors;
    const path = readPath(reader);
    const read = {
      pointer: reader.pointer,
      path,
      headers: readNamed(reader, 'headers', true),
      queryParams: readNamed(reader, 'queryParams', false),
      method: reader.oneOf('method', METHODS),
    };
    return { ...read, fault: faultSince(reader, before) };
  });
  if (matches.length > 0) return matches;
  return [{ pointer: rule.pointer, path: ANY_PATH, headers: [], queryParams: [], method: undefined, fault: undefined }];
}

/** Reads `matches[]` of a rule of a GRPCRoute; none: one that matches every call. */
export function readGRPCMatches(rule: ObjectReader): readonly GRPCMatch[] {
  const matches = rule.objects('matches').map((reader): GRPCMatch => {
    const before = reader.findings.errors;
    const method = reader.object('method');
    const read = {
      pointer: reader.pointer,
      type: method?.oneOf('type', TEXT_TYPES) ?? 'Exact',
      service: method?.filledText('service'),
      method: method?.filledText('method'),
      headers: readNamed(reader, 'headers', true),
    };
    return { ...read, fault: faultSince(reader, before) };
  });
  if (matches.length > 0) return matches;
  return [{ pointer: rule.pointer, type: 'Exact', service: undefined, method: undefined, headers: [], fault: undefined }];
}

/** A match with an error matches nothing: which requests it was meant for is not known. */
function faultSince(reader: ObjectReader, before: number): string | undefined {
  return reader.findings.errors > before ? 'the API server refuses the match' : undefined;
}

function readPath(match: ObjectReader): PathMatch {
  const reader = match.object('path');
  if (!reader) return ANY_PATH;
  const type = reader.oneOf('type', PATH_TYPES) ?? 'PathPrefix';
  const value = reader.text('value') ?? '/';
  if (type !== 'RegularExpression') checkPath(reader, value);
  return { type, value };
}

function checkPath(reader: ObjectReader, value: string): void {
  if (!value.startsWith('/')) reader.error('invalid-value', 'value', `\`${value}\` must start with \`/\``, `write \`/${value}\``);
  const part = REFUSED_PARTS.find((one) => value.includes(one)) ?? REFUSED_ENDS.find((one) => value.endsWith(one));
  if (part !== undefined) reader.error('invalid-value', 'value', `\`${value}\` must not contain \`${part}\``);
}

/** Of several matchers with one name only the first counts (rules G22 and G23). */
function readNamed(match: ObjectReader, field: string, withoutCase: boolean): readonly NamedMatch[] {
  const found = new Map<string, NamedMatch>();
  for (const reader of match.objects(field)) {
    const name = reader.filledText('name');
    if (name === undefined) {
      reader.error('missing-field', 'name', 'a match needs the name of what it compares');
      continue;
    }
    const key = withoutCase ? name.toLowerCase() : name;
    if (found.has(key)) reader.warn('duplicate', 'name', `\`${name}\` is compared by an earlier entry, which alone counts`);
    else found.set(key, { type: reader.oneOf('type', TEXT_TYPES) ?? 'Exact', name: key, value: reader.text('value') ?? '' });
  }
  return [...found.values()];
}

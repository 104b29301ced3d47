import type { GRPCMatch, HTTPMatch, NamedMatch, PathMatch, TextMatchType } from '../gateway-route.js';
import { isBrokenInEveryEngine } from '../../regex/parse-regex.js';
import type { ObjectReader } from './object-reader.js';

const TEXT_TYPES: readonly TextMatchType[] = ['Exact', 'RegularExpression'];
const PATH_TYPES: readonly PathMatch['type'][] = ['Exact', 'PathPrefix', 'RegularExpression'];
/** What a match and an allowed method of CORS may name (`HTTPMethod`). */
export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'] as const;
const ANY_PATH: PathMatch = { type: 'PathPrefix', value: '/' };

/** Parts that the CRD refuses in a path of type Exact or PathPrefix (gateway-api `apis/v1/httproute_types.go`, `HTTPPathMatch`). */
const REFUSED_PARTS = ['//', '/./', '/../', '%2f', '%2F', '#'];
const REFUSED_ENDS = ['/..', '/.'];
const PATH_CHARACTERS = /^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})*$/;

/** What the CRD takes for the service and the method of an exact match (`apis/v1/grpcroute_types.go`, `GRPCMethodMatch`). */
const SERVICE = /^\.?[a-z_][a-z_0-9]*(?:\.[a-z_][a-z_0-9]*)*$/i;
const METHOD = /^[a-z_][a-z_0-9]*$/i;

/** Reads `matches[]` of a rule of an HTTPRoute; none: one that matches every request (rule G15). One with an error matches nothing: what it was meant for is not known. */
export function readHTTPMatches(rule: ObjectReader): readonly HTTPMatch[] {
  const matches = rule.objects('matches').map((reader): HTTPMatch => {
    const before = reader.findings.errors;
    const path = readPath(reader);
    const read = {
      pointer: reader.pointer,
      path,
      headers: readNamed(reader, 'headers', true),
      queryParams: readNamed(reader, 'queryParams', false),
      method: reader.oneOf('method', HTTP_METHODS),
    };
    return { ...read, fault: reader.findings.errorAfter(before) };
  });
  if (matches.length > 0) return matches;
  return [{ pointer: rule.pointer, path: ANY_PATH, headers: [], queryParams: [], method: undefined, fault: undefined }];
}

/** Reads `matches[]` of a rule of a GRPCRoute; none: one that matches every call. */
export function readGRPCMatches(rule: ObjectReader): readonly GRPCMatch[] {
  const matches = rule.objects('matches').map((reader): GRPCMatch => {
    const before = reader.findings.errors;
    const method = reader.object('method');
    if (method) checkCall(method);
    const read = {
      pointer: reader.pointer,
      type: method?.oneOf('type', TEXT_TYPES) ?? 'Exact',
      service: method?.filledText('service'),
      method: method?.filledText('method'),
      headers: readNamed(reader, 'headers', true),
    };
    return { ...read, fault: reader.findings.errorAfter(before) };
  });
  if (matches.length > 0) return matches;
  return [{ pointer: rule.pointer, type: 'Exact', service: undefined, method: undefined, headers: [], fault: undefined }];
}

function checkCall(method: ObjectReader): void {
  if (method.filledText('service') === undefined && method.filledText('method') === undefined) {
    method.error('missing-field', 'service', 'a match of calls needs a service, a method, or both');
    return;
  }
  const isExpression = method.raw('type') === 'RegularExpression';
  for (const [field, shape] of [
    ['service', SERVICE],
    ['method', METHOD],
  ] as const) {
    const text = method.text(field);
    if (isExpression) checkExpression(method, field, text ?? '');
    else if (text !== undefined && !shape.test(text))
      method.error('invalid-value', field, `\`${text}\` is no ${field} of gRPC; an expression needs \`type: RegularExpression\``);
  }
}

function readPath(match: ObjectReader): PathMatch {
  const reader = match.object('path');
  if (!reader) return ANY_PATH;
  const type = reader.oneOf('type', PATH_TYPES) ?? 'PathPrefix';
  const value = reader.text('value') ?? '/';
  if (type === 'RegularExpression') checkExpression(reader, 'value', value);
  else checkPath(reader, value);
  return { type, value };
}

function checkPath(reader: ObjectReader, value: string): void {
  if (!value.startsWith('/')) reader.error('invalid-value', 'value', `\`${value}\` must start with \`/\``, `write \`/${value}\``);
  const part = REFUSED_PARTS.find((one) => value.includes(one)) ?? REFUSED_ENDS.find((one) => value.endsWith(one));
  if (part !== undefined) reader.error('invalid-value', 'value', `\`${value}\` must not contain \`${part}\``);
  else if (!PATH_CHARACTERS.test(value))
    reader.error('invalid-value', 'value', `\`${value}\` has a character that a path cannot carry unless it is encoded`);
}

/** The CRD takes any text for an expression; one that no engine can read matches nothing, whatever the implementation (`PathMatchRegularExpression` leaves the dialect to it). */
function checkExpression(reader: ObjectReader, field: string, text: string): void {
  if (isBrokenInEveryEngine(text)) reader.error('invalid-expression', field, `\`${text}\` is no regular expression`);
}

/**
 * Of several matchers with equivalent names only the first counts (rules G22 and G23). Names in the same letters never get so far: the CRD makes them the keys of
 * the list (`+listMapKey=name`), and keys are compared as they are written.
 */
function readNamed(match: ObjectReader, field: string, withoutCase: boolean): readonly NamedMatch[] {
  const found = new Map<string, NamedMatch>();
  const written = new Set<string>();
  for (const reader of match.objects(field)) {
    const name = reader.filledText('name');
    if (name === undefined) {
      reader.error('missing-field', 'name', 'a match needs the name of what it compares');
      continue;
    }
    const key = withoutCase ? name.toLowerCase() : name;
    if (written.has(name)) reader.error('duplicate', 'name', `\`${name}\` is there twice: the names of a list are its keys`);
    else if (found.has(key)) reader.warn('duplicate', 'name', `\`${name}\` is compared by an earlier entry, which alone counts`);
    else {
      const match = { type: reader.oneOf('type', TEXT_TYPES) ?? 'Exact', name: key, value: reader.text('value') ?? '' };
      if (match.type === 'RegularExpression') checkExpression(reader, 'value', match.value);
      found.set(key, match);
    }
    written.add(name);
  }
  return [...found.values()];
}
